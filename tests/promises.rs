//! `wharf test`: promises about the network that are kept, broken, or not promises.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use cli::{Ran, wharf};
use tempfile::TempDir;
use wharf::compile::compile;
use wharf::diagnostics::{FileId, Role, Sink};
use wharf::inputs::{Inputs, Source};
use wharf::promises::{self, Kept};
use wharf::reach::Reach;
use wharf::syntax::Document;

const PLATFORM: &str = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n";

/// Promises with every key.
const SEED: &str = "\
- description: a promise
  deny: {from: web-*, to: sys-db, ports: [5432, 53/UDP, 8000-8010]}
- allow: {from: lan, to: web-notes}
- only: {from: [web-notes, internet], to: sys-*, ports: [1]}
- auth: {exposure: external, except: [notes]}
";

const CATALOG: &str = "\
- namespace: web-notes
  networkPolicies: {profile: web-app}
- namespace: sys-db
  networkPolicies: {profile: database}
";

fn homelab() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/homelab"))
}

/// Runs `wharf test` on the homelab with other promises, or with another catalog.
fn test(change: impl Fn(&Path)) -> Ran {
    let folder = TempDir::new().expect("a folder");
    for name in ["applications.yml", "platform.yml", "profiles/smart-home.yml", "tests/network.yml"] {
        let target = folder.path().join(name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(homelab().join(name), target).expect("a copy");
    }
    change(folder.path());
    wharf(["test"]).within(folder.path()).run()
}

fn check(catalog: &str, promises: &str) -> (Kept, Vec<String>) {
    let inputs = Inputs {
        applications: Source::new("applications.yml", catalog),
        platform: Some(Source::new("platform.yml", PLATFORM)),
        ..Inputs::default()
    };
    let mut compiled = compile(&inputs, NonZeroUsize::MIN);
    let source = Source::new("tests/network.yml", promises);
    let mut findings = Sink::new();
    compiled.documents.insert(Document::load(FileId::new(Role::Test, 0), &source, &mut findings));
    let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
    let kept = promises::check(&compiled.documents, &reach, &mut findings);
    (kept, findings.iter().map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect())
}

#[test]
fn the_homelab_keeps_its_ten_promises() {
    let ran = wharf(["test"]).within(homelab()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "10 of 10 promises kept\n"), "{}", ran.err);
}

#[test]
fn two_broken_promises_are_shown_with_both_lines() {
    let ran = test(|folder| {
        let path = folder.join("applications.yml");
        let text = fs::read_to_string(&path).expect("a catalog");
        // the agent reads the database, and Vault has another user
        let agent = "- {namespace: web-ai-engine, ports: [8081]}\n  secrets:\n    - name: openclaw";
        assert!(text.contains(agent), "the agent has one edge");
        let edge = "- {namespace: web-ai-engine, ports: [8081]}\n      \
                    - {namespace: sys-postgres, ports: [5432]}\n  secrets:\n    - name: openclaw";
        let text = text.replace(agent, edge);
        fs::write(path, text).expect("a catalog");
    });
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "8 of 10 promises kept\n"), "{}", ran.err);
    let broken = "error[broken-promise]: `web-openclaw` can reach `sys-postgres` on port 5432/TCP\n";
    assert_eq!(ran.err.matches(broken).count(), 2, "{}", ran.err);
    for line in [
        "  only: {from: [sys-monitoring, web-n8n], to: sys-postgres}",
        "  deny: {from: web-openclaw, to: sys-*}",
    ] {
        assert!(ran.err.contains(line), "{}", ran.err);
    }
    let cause = "- {namespace: sys-postgres, ports: [5432]}";
    assert_eq!(ran.err.matches(cause).count(), 2, "{}", ran.err);
    assert!(ran.err.contains("allowed here"), "{}", ran.err);
}

#[test]
fn a_catalog_without_promises_fails() {
    let ran = test(|folder| fs::remove_dir_all(folder.join("tests")).expect("a folder"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("there are no promises: write them to tests/NAME.yml"), "{}", ran.err);
    let ran = test(|folder| {
        fs::rename(folder.join("tests/network.yml"), folder.join("tests/network.yaml")).expect("a name");
    });
    assert!(ran.code == Some(2) && ran.err.contains("rename it to `network.yml`"), "{}", ran.err);
}

#[test]
fn broken_promises_have_the_formats_of_check() {
    let ran = test(|folder| {
        fs::write(folder.join("tests/network.yml"), "- deny: {from: web-n8n, to: sys-postgres}\n")
            .expect("a file");
    });
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "0 of 1 promise kept\n"));
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    file("applications.yml", CATALOG);
    file("platform.yml", PLATFORM);
    fs::create_dir(folder.path().join("tests")).expect("a folder");
    file("tests/a.yml", "- allow: {from: web-notes, to: sys-db}\n");
    let ran = wharf(["test", "--format", "json"]).within(folder.path()).run();
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let finding = &report["findings"][0];
    assert_eq!((ran.code, &finding["rule"]), (Some(1), &"broken-promise".into()), "{}", ran.out);
    assert_eq!(finding["labels"][0]["file"], "tests/a.yml");
}

#[test]
fn an_error_in_the_catalog_comes_first() {
    let ran = test(|folder| fs::write(folder.join("applications.yml"), "- {}\n").expect("a catalog"));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("error[missing-key]"), "{}", ran.err);
}

#[test]
fn an_error_in_a_test_is_shown_with_the_keys() {
    let (_, found) = check(CATALOG, "- dney: {from: lan, to: web-notes}\n");
    assert_eq!(found, ["unknown-key: unknown key `dney`"]);
    let (_, found) = check(CATALOG, "- deny: [\n");
    assert!(found.len() == 1 && found[0].starts_with("yaml-syntax"), "{found:?}");
}

#[test]
fn a_promise_about_very_many_connections_is_refused() {
    let entry = |number| format!("- namespace: web-{number}\n  networkPolicies: {{profile: web-app}}\n");
    let catalog: String = (0..320).map(entry).collect();
    let (_, found) = check(&catalog, "- deny: {from: '*', to: '*'}\n");
    assert_eq!(found, ["promise-form: this promise is about more than 100000 connections"]);
    let (kept, found) = check(&catalog, "- deny: {from: web-1, to: '*'}\n");
    assert_eq!((kept, found.len()), (Kept { kept: 1, all: 1 }, 0));
}

#[test]
fn only_the_first_findings_of_a_promise_are_shown() {
    let entry =
        |number| format!("- namespace: web-{number}\n  networkPolicies: {{profile: none, reason: a}}\n");
    let catalog: String = (0..40).map(entry).collect();
    let (kept, found) = check(&catalog, "- deny: {from: '*', to: web-1}\n");
    assert_eq!((kept, found.len()), (Kept { kept: 0, all: 1 }, 20));
}

#[test]
fn a_verdict_that_depends_on_something_keeps_no_promise() {
    let catalog = "\
- namespace: traefik
  networkPolicies: {profile: unrestricted, reason: a}
- namespace: web-notes
  networkPolicies: {profile: web-app}
";
    for promise in ["deny", "allow"] {
        let (kept, found) =
            check(catalog, &format!("- {promise}: {{from: traefik, to: web-notes, ports: [80]}}\n"));
        assert_eq!((kept.kept, found.len()), (0, 1), "{found:?}");
        assert!(found[0].contains("the labels of the pods in `traefik`"), "{found:?}");
    }
    // the pods that may be meant are those of the ingress controller
    let only = "- only: {from: [ingress-controller], to: web-notes}\n";
    assert_eq!(check(catalog, only), (Kept { kept: 1, all: 1 }, Vec::new()));
}

#[test]
fn every_beginning_of_a_file_is_read_without_panic() {
    assert_eq!(check(CATALOG, SEED).0.all, 4);
    for end in 0..SEED.len() {
        let (kept, found) = check(CATALOG, &SEED[..end]);
        assert!(kept.all > 0 || !found.is_empty(), "{end}");
    }
    for value in ["~", "[]", "{}", "-1", "\u{202e}", "*", "&a [*a]", "'", "9999999999999999999999"] {
        for key in ["web-*", "sys-db", "5432", "lan", "external", "notes", "a promise"] {
            check(CATALOG, &SEED.replacen(key, value, 1));
        }
    }
}
