//! Each folder of `golden/` and `examples/` is a test: its output and its report are exactly the files in it.
//! Together with the pages of the rules, they show every possible finding.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod support;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial, run};

use support::call_sites;
use support::cases::{self, Case};
use support::diff::{Difference, differences};
use support::limits::{self, Limit};
use support::locations;
use support::pages::{self, Page};
use wharf::diagnostics::rules;
use wharf::inputs::{Inputs, Tree};

fn main() -> io::Result<ExitCode> {
    let trial = |case: Case| Trial::test(case.name.clone(), move || check(&case));
    let mut trials: Vec<_> = cases::all()?.into_iter().map(trial).collect();
    trials.extend(
        limits::all()
            .into_iter()
            .map(|limit| Trial::test(format!("limit/{}", limit.name), move || hold(&limit))),
    );
    trials.push(Trial::test("every-finding-is-shown", every_finding_is_shown));
    trials.push(Trial::test("every-location-exists", every_location_exists));
    Ok(run(&Arguments::from_args(), trials).exit_code())
}

/// Each line of the program that creates a finding is covered by a case or by the page of a rule, so that its
/// message is reviewed and its removal is noticed.
fn every_finding_is_shown() -> Result<(), Failed> {
    let mut shown = BTreeSet::new();
    for inputs in tried()? {
        shown.extend(pages::compiled(&inputs).findings.iter().map(call_sites::of));
    }
    for rule in rules::ALL {
        let page = Page::read(rule.name)?;
        let bad = page.section("Bad")?;
        if !bad.is_repository() {
            shown.extend(pages::tested(bad)?.1.iter().map(call_sites::of));
        }
    }
    for tree in audited()? {
        shown.extend(pages::audited(&tree).findings.iter().map(call_sites::of));
    }
    let written = call_sites::written()?;
    let unknown: Vec<_> = shown.difference(&written).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "tests/support/call_sites.rs does not know that a finding is created here: {unknown:#?}"
        )
        .into());
    }
    let untested: Vec<_> = written.difference(&shown).collect();
    if untested.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} of {} findings are in no report of a golden case or rule page: {untested:#?}",
        untested.len(),
        written.len()
    )
    .into())
}

/// Each label points at an existing part of a file. Drawn, any other location looks right, since the nearest
/// part is underlined.
fn every_location_exists() -> Result<(), Failed> {
    let mut unknown = BTreeSet::new();
    for inputs in tried()? {
        let compiled = pages::compiled(&inputs);
        for finding in &compiled.findings {
            unknown.extend(locations::unknown(finding, &compiled.documents));
        }
    }
    for tree in audited()? {
        let audited = pages::audited(&tree);
        for finding in &audited.findings {
            unknown.extend(locations::unknown(finding, &audited.documents));
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(format!("locations that do not exist: {unknown:#?}").into()) }
}

/// The inputs of all cases, limits and rule pages.
fn tried() -> Result<Vec<Inputs>, Failed> {
    let mut tried = Vec::new();
    for case in cases::all()? {
        tried.push(case.inputs()?);
    }
    tried.extend(limits::all().into_iter().map(|limit| limit.beyond));
    for rule in rules::ALL {
        let page = Page::read(rule.name)?;
        if page.section("Bad")?.is_repository() {
            continue;
        }
        tried.extend([page.section("Bad")?.inputs_as_shown()?, page.section("Bad")?.inputs()?]);
    }
    Ok(tried)
}

/// The repositories without a catalog that rule pages show as bad.
fn audited() -> Result<Vec<Tree>, Failed> {
    let mut trees = Vec::new();
    for rule in rules::ALL {
        let page = Page::read(rule.name)?;
        trees.extend(pages::repositories(&page).into_iter().map(|(bad, _)| bad.tree()));
    }
    Ok(trees)
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

/// Checks that the last accepted value has no findings, and the first rejected one has exactly one.
fn hold(limit: &Limit) -> Result<(), Failed> {
    pages::expect_nothing(&pages::compiled(&limit.within))?;
    let beyond = pages::compiled(&limit.beyond);
    match beyond.findings.as_slice() {
        [only] if only.message == limit.says => Ok(()),
        _ => Err(format!("expected only `{}`, but got:\n{}", limit.says, pages::report(&beyond)).into()),
    }
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
