//! How wharf is installed, with the real programs: a wheel built by maturin in a fresh environment, the crate
//! as it is published, and the hooks of `.pre-commit-hooks.yaml` run by pre-commit.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cli::{Run, entries, folder, shell, write};
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the programs of tests/requirements.txt.
fn programs() -> PathBuf {
    let interpreter =
        env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON is not set: run scripts/test");
    PathBuf::from(interpreter).parent().unwrap().to_owned()
}

fn target() -> PathBuf {
    // <target>/debug/wharf
    Path::new(cli::BINARY).ancestors().nth(2).unwrap().to_owned()
}

/// A command line that may compile: with the toolchain of this run, the programs of the tests, and profiles
/// that build in seconds.
fn tool(line: &str) -> Run {
    let mut run =
        shell(line).variable("PATH", format!("{}:{}", programs().display(), env::var("PATH").expect("PATH")));
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_PROFILE_DEV_DEBUG"] {
        if let Some(value) = env::var_os(name) {
            run = run.variable(name, value);
        }
    }
    run
}

/// A release build that takes seconds, in a folder that keeps the dependencies for the next run. It is
/// separate from that of the tests, whose binary is in use.
fn quick(run: Run) -> Run {
    let run = run.variable("CARGO_TARGET_DIR", target().join("install"));
    let profile = [
        ("LTO", "off"),
        ("OPT_LEVEL", "0"),
        ("CODEGEN_UNITS", "256"),
        ("DEBUG", "0"),
        ("INCREMENTAL", "false"),
    ];
    profile
        .iter()
        .fold(run, |run, (name, value)| run.variable(&format!("CARGO_PROFILE_RELEASE_{name}"), *value))
}

/// An empty folder beside the builds. A static is never dropped, so a temporary folder would remain.
fn emptied(name: &str) -> PathBuf {
    let path = target().join("install").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// The repository as a user would clone it, with one commit.
fn published() -> &'static Path {
    static CLONE: OnceLock<PathBuf> = OnceLock::new();
    CLONE.get_or_init(|| {
        let clone = emptied("clone");
        let exclude: BTreeSet<&str> = [".git", "target"].into();
        for item in fs::read_dir(root()).unwrap() {
            let item = item.unwrap();
            if !exclude.contains(item.file_name().to_str().unwrap()) {
                shell("cp -R \"$FROM\" .").variable("FROM", item.path()).within(&clone).succeeds();
            }
        }
        let commit = "git init -q -b main && git add -A && git -c user.name=t -c user.email=t@localhost \
                      commit -q -m published";
        shell(commit).within(&clone).succeeds();
        clone
    })
}

/// The version that a release build of [`published`] prints.
fn version() -> String {
    let commit = shell("git rev-parse --short=12 HEAD").within(published()).succeeds().out;
    format!("wharf {} ({})\n", env!("CARGO_PKG_VERSION"), commit.trim())
}

/// The crate as it is published, unpacked.
fn unpacked() -> PathBuf {
    let (packed, unpacked) = (folder(), emptied("crate"));
    let line = "cargo package --no-verify --offline --quiet && cd \"$UNPACKED\" && tar -xzf \
                \"$CARGO_TARGET_DIR\"/package/*.crate --strip-components=1";
    tool(line)
        .within(published())
        .variable("CARGO_TARGET_DIR", packed.path())
        .variable("UNPACKED", &unpacked)
        .succeeds();
    unpacked
}

/// A wheel, built from the published crate and `pyproject.toml`, which shows that both are complete.
fn wheel() -> &'static Path {
    static WHEEL: OnceLock<PathBuf> = OnceLock::new();
    WHEEL.get_or_init(|| {
        let (crate_folder, out) = (unpacked(), emptied("wheel"));
        fs::copy(root().join("pyproject.toml"), crate_folder.join("pyproject.toml")).unwrap();
        let line = format!("maturin build --quiet --release --compatibility linux --out '{}'", out.display());
        let ran = quick(tool(&line)).variable("CARGO_NET_OFFLINE", "true").within(&crate_folder).run();
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        let name = cli::files(&out).into_keys().next().expect("a wheel");
        out.join(name)
    })
}

/// A fresh Python environment that contains only the wheel.
fn environment() -> TempDir {
    let venv = folder();
    let line = format!(
        "python3 -m venv venv && venv/bin/pip install --quiet --no-index --disable-pip-version-check '{}'",
        wheel().display()
    );
    tool(&line).within(venv.path()).succeeds();
    venv
}

/// A command line for a user with the wheel and git, but without a compiler.
fn user(venv: &Path, line: &str) -> Run {
    shell(line)
        .variable("PATH", format!("{}:/usr/bin:/bin", venv.join("venv/bin").display()))
        .variable("HOME", venv)
}

#[test]
fn a_wheel_installs_wharf_without_a_compiler() {
    let venv = environment();
    let work = folder();
    let first = "wharf init && sed -i.bak s/example.com/example.org/ platform.yml && wharf check && wharf \
                 render --output rendered && wharf check --rendered rendered";
    user(venv.path(), first).within(work.path()).succeeds().says("5 files written, 0 files removed");
    user(venv.path(), "wharf --version").succeeds().prints(&version());
    let metadata =
        user(venv.path(), "venv/bin/pip show --files wharf-gitops").within(venv.path()).succeeds().out;
    for line in [concat!("Version: ", env!("CARGO_PKG_VERSION")), "License", "Requires: \n", "/bin/wharf\n"] {
        assert!(metadata.contains(line), "{line}: {metadata}");
    }
    let python: Vec<_> = metadata.lines().filter(|line| line.trim().ends_with(".py")).collect();
    assert!(python.is_empty(), "{python:?}");
}

/// Goes through the life of a repository that uses both hooks; `more` is added to each hook, `prepare`
/// defines how pre-commit is run.
fn hooks_work(more: &str, prepare: &dyn Fn(&str) -> Run) {
    let work = folder();
    let at = |path: &str| work.path().join(path);
    let run = |line: &str| prepare(line).within(work.path()).run();
    let revision = shell("git rev-parse HEAD").within(published()).succeeds().out;
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: wharf-check\n\
         {more}      - id: wharf-render\n{more}",
        published().display(),
        revision.trim()
    );
    write(at(".pre-commit-config.yaml"), config);
    write(at("applications.yml"), entries(2, "d"));
    write(at("platform.yml"), cli::PLATFORM);
    shell(
        "$WHARF render --output rendered && git init -q -b main && git config user.name t && git config \
         user.email t@localhost",
    )
    .within(work.path())
    .succeeds();
    let ran = run("pre-commit install && git add -A && git commit -q -m catalog");
    assert_eq!(ran.code, Some(0), "passes: {}{}", ran.out, ran.err);
    let said = [ran.out, ran.err].concat();
    assert_eq!(said.matches("Passed").count(), 2, "{said}");

    write(at("README.md"), "mine");
    write(at("profiles/README.md"), "mine");
    write(at("other/applications.yml"), "not the catalog");
    let ran = run("git add -A && git commit -m unrelated");
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(
        [ran.out, ran.err].concat().matches("Skipped").count(),
        2,
        "a commit that does not touch the catalog"
    );

    write(at("applications.yml"), entries(2, "d").replace("profile: web-app", "profile: web-ap"));
    let ran = run("git add -A && git commit -m faulty");
    let said = [ran.out, ran.err].concat();
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        (said.matches("Failed").count(), said.matches("error[unknown-profile]").count()),
        (2, 4),
        "{said}"
    );

    write(at("applications.yml"), entries(3, "d"));
    let ran = run("git add -A && git commit -m changed");
    let said = [ran.out, ran.err].concat();
    assert_eq!(ran.code, Some(1));
    assert!(said.contains("changed: web-00001, web-00002\n"), "{said}");
    assert_eq!((said.matches("Failed").count(), said.matches("Passed").count()), (1, 1), "{said}");
    let ran = run("git add -A && git commit -m changed && git status --porcelain && git ls-files \
                   rendered/web-00002/namespace.yaml");
    assert_eq!(ran.code, Some(0), "the hook has fixed it: {}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("rendered/web-00002/namespace.yaml\n"));
}

/// A repository without a catalog, with the hook that audits it.
fn audit_hook_works(more: &str, prepare: &dyn Fn(&str) -> Run) {
    let work = folder();
    let at = |path: &str| work.path().join(path);
    let revision = shell("git rev-parse HEAD").within(published()).succeeds().out;
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: wharf-audit\n{more}",
        published().display(),
        revision.trim()
    );
    write(at(".pre-commit-config.yaml"), config);
    let application = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: notes, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/home.git, path: notes, targetRevision: main}
  destination: {name: in-cluster, namespace: notes}
";
    let service = |label: &str| {
        let head = "apiVersion: v1\nkind: Service\n";
        let spec = "spec: {selector: {app: notes}, ports: [{port: 80}]}\n";
        format!("{head}metadata: {{name: notes, labels: {{tier: {label}}}}}\n{spec}")
    };
    write(at("notes.yaml"), application);
    write(at("notes/service.yaml"), service("web"));
    let commit = |message: &str| {
        let ran = prepare(&format!("git add -A && git commit -m {message}")).within(work.path()).run();
        (ran.code, [ran.out, ran.err].concat())
    };
    shell("git init -q -b main && git config user.name t && git config user.email t@localhost")
        .within(work.path())
        .succeeds();
    prepare("pre-commit install").within(work.path()).succeeds();
    let (code, said) = commit("manifests");
    assert_eq!((code, said.matches("Passed").count()), (Some(0), 1), "{said}");
    write(at("README.md"), "mine");
    let (code, said) = commit("unrelated");
    assert_eq!((code, said.matches("Skipped").count()), (Some(0), 1), "{said}");
    write(at("notes/service.yaml"), service("1"));
    let (code, said) = commit("faulty");
    assert_eq!((code, said.matches("error[metadata-type]").count()), (Some(1), 1), "{said}");
}

/// Runs pre-commit with its own cache and without the network.
fn offline(cache: &Path, run: Run) -> Run {
    run.variable("PRE_COMMIT_HOME", cache)
        .variable("CARGO_NET_OFFLINE", "true")
        .variable("PIP_NO_INDEX", "1")
        .variable("PRE_COMMIT_COLOR", "never")
}

#[test]
fn hooks_run_with_the_wheel() {
    let (venv, cache) = (environment(), folder());
    let prepare = |line: &str| {
        let path =
            format!("{}:{}:/usr/bin:/bin", venv.path().join("venv/bin").display(), programs().display());
        offline(cache.path(), shell(line)).variable("PATH", path).variable("HOME", cache.path())
    };
    hooks_work("        language: system\n", &prepare);
    audit_hook_works("        language: system\n", &prepare);
}

#[test]
fn hooks_are_built_by_pre_commit() {
    let cache = folder();
    // both are built in one folder, one after the other
    wheel();
    let prepare = |line: &str| offline(cache.path(), quick(tool(line)));
    hooks_work("", &prepare);
    // it contains its commit
    let binary = cli::files(cache.path())
        .into_keys()
        .find(|path| path.ends_with("/bin/wharf"))
        .expect("what pre-commit has built");
    let built = shell("\"$BUILT\" --version").variable("BUILT", cache.path().join(binary)).succeeds().out;
    assert_eq!(built, version());
}

#[test]
fn the_crate_contains_what_it_needs_and_no_more() {
    let list = tool("cargo package --list --offline --quiet").within(published()).succeeds().out;
    let folders: BTreeSet<&str> =
        list.lines().map(|path| path.split_once('/').map_or(path, |(folder, _)| folder)).collect();
    let expected = [
        ".cargo_vcs_info.json",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "SECURITY.md",
        "STYLE.md",
        "build.rs",
        "charts",
        "docs",
        "examples",
        "profiles",
        "schema",
        "src",
    ];
    assert_eq!(folders, expected.into());
    assert!(
        list.lines()
            .filter(|path| path.starts_with("examples/"))
            .all(|path| path.starts_with("examples/minimal/")),
        "{list}"
    );
    // it compiles
    wheel();
}
