//! Provides a release build with the commit that it is built from, for `wharf --version`. Nothing else of the
//! machine is included: no clock, no name.
//!
//! Debug builds have no commit, so that a new commit does not recompile all tests.

#![allow(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment and files"
)]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_release = env::var("PROFILE").as_deref() == Ok("release");
    let commit = if is_release { packaged().or_else(checked_out) } else { None };
    println!(
        "cargo::rustc-env=WHARF_COMMIT={}",
        commit.map(|commit| format!(" ({commit})")).unwrap_or_default()
    );
}

/// The commit that `cargo package` writes beside the sources.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let commit = text.split("\"sha1\": \"").nth(1)?.get(..12)?;
    Some(commit.to_owned())
}

/// The commit of the repository whose root this is; none in a tree that was unpacked inside another
/// repository.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}
