//! At any moment, even after the run was killed, each file of the output is either the old or the new one.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use cli::{catalog, entry, files, folder, wharf, write};

/// The least number of runs.
const ROUNDS: u64 = 40;

/// The most runs, if too few of them were killed while writing.
const MAX_ROUNDS: u64 = 240;

const ENTRIES: usize = 300;

type Files = BTreeMap<String, Vec<u8>>;

/// Two catalogs: most entries are in both and differ, some are in one only.
fn versions() -> [String; 2] {
    let version = |name: &str, missing: usize| -> String {
        let kept = (0..ENTRIES).filter(|number| number % 5 != missing);
        kept.map(|number| {
            entry(number, name)
                .lines()
                .filter(|line| !line.contains("egress"))
                .fold(String::new(), |text, line| text + line + "\n")
        })
        .collect()
    };
    [version("the first version", 1), version("the second version, which is longer", 3)]
}

#[test]
fn a_killed_run_leaves_no_broken_file() {
    let versions = versions();
    let trees: Vec<Files> = versions
        .iter()
        .map(|text| {
            let (catalog, out) = (catalog(text), folder());
            wharf(
                ["render", "--output"]
                    .map(str::to_owned)
                    .into_iter()
                    .chain([out.path().display().to_string()]),
            )
            .within(catalog.path())
            .succeeds();
            files(out.path())
        })
        .collect();
    assert!(trees[0].len() > 1500 && trees[0].keys().ne(trees[1].keys()));

    let catalog = catalog(&versions[0]);
    let out = catalog.path().join("out");
    let undisturbed = || {
        let start = Instant::now();
        wharf(["render", "--output", "out"]).within(catalog.path()).succeeds();
        start.elapsed()
    };
    let mut longest = undisturbed();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let (mut killed, mut between) = (0, 0);
    for round in 1..=MAX_ROUNDS {
        let text = &versions[usize::from(round % 2 == 1)];
        write(catalog.path().join("applications.yml"), text);
        let mut child = wharf(["render", "--output", "out"])
            .within(catalog.path())
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(
            longest
                .mul_f64(f64::from(u32::try_from(random >> 40).expect("24 bits")) / f64::from(1 << 24))
                .max(Duration::from_millis(1)),
        );
        child.kill().expect("the program can be killed");
        let was_killed = child.wait().expect("the program ends").code().is_none();
        killed += u32::from(was_killed);
        // On a busy machine the first run took longer than the others: aim earlier after a run that ended.
        longest = if was_killed { longest } else { longest.mul_f64(0.9) };
        let found: Files = files(&out).into_iter().filter(|(path, _)| !path.contains("/.wharf-")).collect();
        check(&found, &trees, round);
        between += u32::from(found != trees[0] && found != trees[1]);
        if round >= ROUNDS && killed >= 10 && between >= 3 {
            break;
        }
    }
    assert!(killed >= 10 && between >= 3, "{killed} runs were killed, {between} of them while writing");

    write(catalog.path().join("applications.yml"), &versions[0]);
    undisturbed();
    assert!(files(&out) == trees[0], "the last run leaves something else than its tree");
    let folders: BTreeSet<_> = fs::read_dir(&out)
        .expect("the folder can be read")
        .map(|item| item.expect("it can be read").file_name())
        .collect();
    let wanted: BTreeSet<_> =
        trees[0].keys().filter_map(|path| path.split('/').next()).map(Into::into).collect();
    assert_eq!(folders, wanted);
}

/// Each file is that of a version, and exists if it is in both.
fn check(found: &Files, trees: &[Files], round: u64) {
    for (path, text) in found {
        assert!(
            trees.iter().any(|tree| tree.get(path) == Some(text)),
            "round {round}: {path} is neither the old file nor the new one"
        );
    }
    for path in trees[0].keys().filter(|path| trees[1].contains_key(*path)) {
        assert!(found.contains_key(path), "round {round}: {path} is gone");
    }
}
