//! Each folder of `golden/` and `examples/` is a test: its output and its report are exactly the files in it.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod support;

use std::env;
use std::fs;
use std::io;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial, run};

use support::cases::{self, Case};
use support::diff::{Difference, differences};

fn main() -> io::Result<ExitCode> {
    let trial = |case: Case| Trial::test(case.name.clone(), move || check(&case));
    let trials = cases::all()?.into_iter().map(trial).collect();
    Ok(run(&Arguments::from_args(), trials).exit_code())
}

fn check(case: &Case) -> Result<(), Failed> {
    if let Some(flaw) = case.flaw()? {
        return Err(flaw.into());
    }
    let made = case.make()?;
    if case.is_example && made.is_faulty {
        return Err(format!("an example must have no errors\n{}", made.files["report.txt"]).into());
    }
    let expected = case.expected()?;
    let differences = differences(&expected, &made.files);
    if differences.is_empty() {
        return Ok(());
    }
    if env::var_os("BLESS").is_some() {
        return bless(case, &differences);
    }
    let drawn: Vec<_> = differences.iter().map(Difference::draw).collect();
    Err(format!(
        "{}\nif this is right, bless it and read `git diff`:\nBLESS=1 cargo test --test golden -- --exact {}",
        drawn.join("\n"),
        case.name
    )
    .into())
}

/// Writes the output to the folder.
fn bless(case: &Case, differences: &[Difference<'_>]) -> Result<(), Failed> {
    if env::var_os("CI").is_some() {
        return Err("nothing is blessed where `CI` is set: somebody has to read it".into());
    }
    for difference in differences {
        let target = case.folder.join(difference.path);
        let Some(text) = difference.new else {
            fs::remove_file(target)?;
            continue;
        };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(target, text)?;
    }
    Ok(())
}
