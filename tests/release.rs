//! What is shipped: the licences of everything that is in it, and a build that does not depend on the
//! machine.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use cli::{Run, folder, shell, write};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The licences that deny.toml allows.
fn allowed() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("deny.toml")).unwrap();
    let list = text.split_once("\nallow = ").expect("a list of licences").1.lines().next().unwrap();
    serde_json::from_str(list).expect("a list of texts on one line")
}

/// Whether an SPDX expression is met by licences, and which of these it needs; `AND` binds closer than `OR`.
fn meets(expression: &str, allowed: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let expression = expression.trim().replace('/', " OR ");
    // wharf's dependencies nest no deeper than `(MIT OR Apache-2.0) AND Unicode-3.0`
    if let Some((inner, rest)) = expression.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let rest = rest.trim().strip_prefix("AND ").expect("what follows a bracket");
        return Some(&meets(inner, allowed)? | &meets(rest, allowed)?);
    }
    let all = |alternative: &str| -> Option<BTreeSet<String>> {
        alternative.split(" AND ").map(|licence| allowed.get(licence.trim()).cloned()).collect()
    };
    expression.split(" OR ").find_map(all)
}

/// All packages of Cargo.lock, for whatever system and use.
fn licences() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (text(&package["id"]), text(&package["license"])))
        .collect()
}

#[test]
fn every_licence_is_allowed_and_every_allowed_one_is_there() {
    let (licences, allowed) = (licences(), allowed());
    assert!(licences.len() > 100);
    let refused: Vec<_> = licences.iter().filter(|(_, licence)| meets(licence, &allowed).is_none()).collect();
    assert!(refused.is_empty(), "deny.toml does not allow {refused:?}");
    for licence in &allowed {
        let mut fewer = allowed.clone();
        fewer.remove(licence);
        assert!(
            licences.values().any(|expression| meets(expression, &fewer).is_none()),
            "nothing needs {licence}"
        );
    }
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = ["MIT", "Unicode-3.0"].map(str::to_owned).into();
    for met in [
        "MIT",
        "MIT OR Apache-2.0",
        "Apache-2.0/MIT",
        "Apache-2.0 OR MIT AND Unicode-3.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
    ] {
        assert!(meets(met, &allowed).is_some(), "{met}");
    }
    for refused in [
        "",
        "MIT-0",
        "Apache-2.0",
        "MIT AND Zlib",
        "(MIT OR Zlib) AND Zlib",
        "(Zlib) AND MIT",
        "MIT WITH exception",
    ] {
        assert!(meets(refused, &allowed).is_none(), "{refused}");
    }
}

/// A program called wharf in a folder of its own, with a dependency where cargo keeps those of a registry;
/// both say where they panic.
fn program(at: &Path) -> Run {
    let depth = ["file!()", "dep::location()", "dep::inlined(&[])"];
    let say = depth.map(|what| format!("    println!(\"{{}}\", {what});\n")).concat();
    write(
        at.join("home/registry/dep/Cargo.toml"),
        "[package]\nname = \"dep\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    let dependency = "pub fn location() -> &'static str {\n    file!()\n}\n#[inline]\npub fn inlined(list: \
        &[u8]) -> usize {\n    list.iter().map(|item| usize::from(*item)).sum()\n}\n";
    write(
        at.join("home/registry/dep/src/lib.rs"),
        format!("{dependency}pub fn fails(list: &[u8]) -> u8 {{\n    list[9]\n}}\n"),
    );
    let manifest = "[package]\nname = \"wharf\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
        dep = { path = \"../home/registry/dep\" }\n[profile.release]\nstrip = true\npanic = \"abort\"\n\
        [workspace]\n";
    write(at.join("work/Cargo.toml"), manifest);
    write(
        at.join("work/src/main.rs"),
        format!(
            "fn main() {{\n{say}    if std::env::args().count() > 9 {{\n        dep::fails(&[]);\n    }}\n\
             }}\n"
        ),
    );
    write(at.join("work/scripts/release"), fs::read(root().join("scripts/release")).unwrap());
    let line =
        "\"$CARGO\" generate-lockfile --offline --quiet && sh scripts/release 2>&1 && target/release/wharf";
    let mut run = shell(line)
        .within(at.join("work"))
        .variable("CARGO_HOME", at.join("home"))
        .variable("CARGO", env!("CARGO"));
    for name in ["HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = std::env::var_os(name) {
            run = run.variable(name, value);
        }
    }
    run.variable(
        "RUSTUP_HOME",
        std::env::var_os("RUSTUP_HOME")
            .unwrap_or_else(|| format!("{}/.rustup", std::env::var("HOME").unwrap()).into()),
    )
}

#[test]
fn a_release_build_is_the_same_in_every_folder() {
    let (one, other) = (folder(), folder());
    let built = |at: &Path| {
        let ran = program(at).succeeds();
        ran.prints("src/main.rs\n/cargo/registry/dep/src/lib.rs\n0\n");
        fs::read(at.join("work/target/release/wharf")).unwrap()
    };
    let deeper = other.path().join("another folder/with a longer name");
    let (first, second) = (built(one.path()), built(&deeper));
    let has = |path: &Path| {
        first.windows(path.as_os_str().len()).any(|window| window == path.as_os_str().as_encoded_bytes())
    };
    assert!(!has(one.path()), "the folder shows");
    assert!(first == second, "two folders make two binaries");
}

#[test]
fn a_path_that_remains_is_noticed() {
    let at = folder();
    let run = program(at.path());
    let main = at.path().join("work/src/main.rs");
    // a value, which no flag replaces
    let text = fs::read_to_string(&main)
        .unwrap()
        .replace("file!()", "concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src\")");
    write(&main, text);
    let ran = run.run();
    assert!(ran.code == Some(1) && ran.out.contains("still contains"), "{}{}", ran.out, ran.err);
}
