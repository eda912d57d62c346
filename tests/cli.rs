//! The command line, with the real binary: what each command prints, writes and refuses, and its exit status.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Stdio;

use cli::{PLATFORM, catalog, entries, entry, files, folder, shell, wharf, write};

const FAULTY: &str = "- namespace: Web\n  networkPolices: {profile: web-app}\n";

/// The inode and the time of the last change of all files, which show whether a file was written again.
fn identities(folder: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let identity = |path: &String| {
        let data = fs::symlink_metadata(folder.join(path)).unwrap();
        (data.ino(), data.mtime(), data.mtime_nsec())
    };
    files(folder).keys().map(|path| (path.clone(), identity(path))).collect()
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[test]
fn every_verb_has_help() {
    wharf(["--help"]).succeeds().prints("render").prints("completions");
    wharf(["--version"]).succeeds().prints(env!("CARGO_PKG_VERSION"));
    for verb in [
        &["render"][..],
        &["check"],
        &["lock"],
        &["bootstrap"],
        &["explain"],
        &["diff"],
        &["rename"],
        &["why"],
        &["test"],
        &["graph"],
        &["rule"],
        &["profiles"],
        &["profiles", "show"],
        &["profiles", "eject"],
        &["schema"],
        &["init"],
        &["plugin"],
        &["plugin", "announce"],
        &["completions"],
        &["man"],
    ] {
        wharf(verb.iter().chain(&["--help"])).succeeds().prints("Usage: wharf");
        let short = wharf(verb.iter().chain(&["-h"])).succeeds().out;
        assert!(short.lines().count() <= 24, "more than a screen:\n{short}");
    }
    assert!(wharf(["-h"]).succeeds().out.lines().count() <= 37);
    for verb in [
        "render",
        "check",
        "lock",
        "explain",
        "diff",
        "rename",
        "profiles",
        "rule",
        "schema",
        "plugin",
        "init",
        "completions",
        "man",
    ] {
        let long = wharf([verb, "--help"])
            .succeeds()
            .prints(&format!("\n  wharf {verb}").replace("\n  wharf plugin", " wharf plugin"))
            .out;
        assert!(long.contains("Example:\n") || long.contains("Examples:\n"), "{long}");
    }
    wharf([] as [&str; 0]).fails(2);
    wharf(["rendre"]).fails(2).says("render");
    wharf(["render", "--outptu", "x"]).fails(2).says("--output");
}

#[test]
fn a_clean_catalog_exits_with_0() {
    let folder = catalog(&entries(2, "d"));
    let ran = wharf(["render"]).within(folder.path()).succeeds();
    assert!(ran.out.starts_with("---\napiVersion: v1\nkind: Namespace\n"), "{}", ran.out);
    assert_eq!(ran.err, "");
    let named = wharf([Path::new("render"), folder.path()]).succeeds();
    assert_eq!(named.out, ran.out, "the folder can be named from anywhere");
    let ran = wharf(["check"]).within(folder.path()).succeeds();
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", NOT_LOCKED));
    assert_eq!(wharf(["check", "--format", "json"]).within(folder.path()).succeeds().err, "");
}

/// What `check` prints about a catalog of two applications without a lock.
const NOT_LOCKED: &str = "wharf: 2 applications are not locked: run `wharf lock` to check what they deploy\n";

#[test]
fn errors_exit_with_1_and_print_nothing() {
    let folder = catalog(FAULTY);
    for verb in [
        &["render"][..],
        &["check"],
        &["bootstrap"],
        &["bootstrap", "--output", "out"],
        &["explain", "web"],
        &["profiles"],
        &["profiles", "show", "base"],
        &["render", "--output", "out"],
    ] {
        let ran = wharf(verb).within(folder.path()).fails(1);
        ran.says("applications.yml:1:14")
            .says("invalid-value")
            .says("did you mean `networkPolicies`?")
            .says("wharf: 2 errors");
    }
    assert_eq!(names(folder.path()), ["applications.yml", "platform.yml"], "nothing is written");
}

#[test]
fn bootstrap_prints_objects_and_a_checklist() {
    let folder = catalog(&entries(2, "d"));
    let ran = wharf(["bootstrap"]).within(folder.path()).succeeds();
    let kinds: Vec<_> = ran.out.lines().filter(|line| line.starts_with("kind: ")).collect();
    assert_eq!(kinds, ["kind: AppProject", "kind: Application"]);
    ran.prints("  name: catalog-root\n").says("1. Install Argo CD.\n").says("   Why: ");
    assert_eq!(names(folder.path()), ["applications.yml", "platform.yml"], "nothing is written");
}

#[test]
fn bootstrap_and_render_leave_each_others_files_alone() {
    let folder = catalog(&entries(1, "d"));
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    let rendered = names(&folder.path().join("out"));
    wharf(["bootstrap", "--output", "out"])
        .within(folder.path())
        .succeeds()
        .says("wharf: 2 files written, 0 files removed");
    wharf(["bootstrap", "--output", "out"]).within(folder.path()).succeeds().says("wharf: up to date");
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds().says("wharf: up to date");
    let both: Vec<_> = names(&folder.path().join("out"));
    assert_eq!(both.len(), rendered.len() + 2, "{both:?}");
    write(folder.path().join("mine/checklist.txt"), "buy milk\n");
    wharf(["bootstrap", "--output", "mine"])
        .within(folder.path())
        .fails(2)
        .says("checklist.txt")
        .says("nothing was written");
    assert_eq!(names(&folder.path().join("mine")), ["checklist.txt"]);
}

#[test]
fn warnings_do_not_fail() {
    let folder = catalog(&entries(1, "d"));
    write(folder.path().join("schemas/namespace-v1.json"), "{}");
    let ran = wharf(["check", "--schemas", "schemas"]).within(folder.path()).succeeds();
    ran.says("warning[missing-schema]").says("wharf: 6 warnings");
}

/// A catalog with two warnings and no error.
const WARNED: &str = "\
- namespace: web-notes
  networkPolicies: {profile: web-app}
  applications:
    - {applicationCode: notes, path: charts/notes, sync: {options: [Replace=false]}}
    - {applicationCode: links, path: charts/links, sync: {options: [Validate=true]}}
";

#[test]
fn warnings_fail_if_they_are_denied() {
    let folder = catalog(WARNED);
    let run = |arguments: &[&str]| wharf(arguments).within(folder.path());
    run(&["render"]).succeeds().prints("kind: Application").says("wharf: 2 warnings");
    run(&["check", "--deny-warnings"])
        .fails(1)
        .says("error[ineffective-sync-option]")
        .says("wharf: 2 errors");
    let ran = run(&["render", "--deny-warnings"]).fails(1).says("wharf: 2 errors");
    assert_eq!(ran.out, "");
    run(&["render", "--deny-warnings", "--output", "out"]).fails(1);
    assert_eq!(names(folder.path()), ["applications.yml", "platform.yml"], "nothing is written");
}

#[test]
fn warnings_are_reported_where_the_catalog_is_checked() {
    let folder = catalog(WARNED);
    for verb in [&["explain", "notes"][..], &["hosts"], &["profiles"], &["profiles", "show", "base"]] {
        assert_eq!(wharf(verb).within(folder.path()).succeeds().err, "", "{verb:?}");
    }
    assert!(!wharf(["bootstrap"]).within(folder.path()).succeeds().err.contains("warning"));
}

#[test]
fn a_baseline_accepts_what_is_known() {
    let folder = catalog(WARNED);
    let check = |arguments: &[&str]| wharf(["check"].iter().chain(arguments)).within(folder.path());
    check(&["--write-baseline"]).succeeds().says("wharf: accepted 2 findings in applications.baseline.yml\n");
    assert_eq!(check(&["--deny-warnings"]).succeeds().err, NOT_LOCKED);
    // entries that are inserted above change nothing
    let more =
        WARNED.replace("web-notes", "web-files").replace("notes,", "files,").replace("links,", "pages,");
    write(folder.path().join("applications.yml"), format!("{more}{WARNED}"));
    check(&[]).succeeds().says("wharf: 2 warnings");
    // what is fixed is reported
    write(folder.path().join("applications.yml"), WARNED.replace("[Replace=false]", "[Replace=true]"));
    check(&[]).succeeds().says("warning[unused-waiver]").says("wharf: 1 warning");
    check(&["--write-baseline"]).succeeds().says("wharf: accepted 1 finding in applications.baseline.yml\n");
    assert_eq!(check(&[]).succeeds().err, NOT_LOCKED);
    // what cannot be accepted is not listed
    write(folder.path().join("applications.yml"), format!("{WARNED}{FAULTY}"));
    check(&["--write-baseline"]).fails(1).says("error[unknown-key]");
    let text = fs::read_to_string(folder.path().join("applications.baseline.yml")).unwrap();
    assert!(!text.contains("unknown-key"), "{text}");
    wharf(["check", "--write-baseline", "-"])
        .within(folder.path())
        .input(WARNED)
        .fails(2)
        .says("standard input");
}

#[test]
fn unreadable_files_exit_with_2() {
    let folder = folder();
    let at = |path: &str| folder.path().join(path);
    wharf(["render"]).within(folder.path()).fails(2).says("applications.yml").says("`wharf init`");
    wharf(["check", "nowhere"]).within(folder.path()).fails(2).says("nowhere");
    write(at("file"), "");
    wharf(["check", "file"]).within(folder.path()).fails(2).says("file");
    fs::create_dir_all(at("odd/applications.yml")).unwrap();
    wharf(["check", "odd"]).within(folder.path()).fails(2).says("odd/applications.yml");
    write(at("closed/applications.yml"), entries(1, "d"));
    write(at("closed/platform.yml"), cli::PLATFORM);
    write(at("closed/profiles"), "no folder");
    wharf(["check", "closed"]).within(folder.path()).fails(2).says("closed/profiles");
    // a user with all permissions cannot be denied access
    shell(
        "mkdir shut && chmod 000 shut && { ls shut/. 2>/dev/null || \"$WHARF\" check shut; code=$?; \
         chmod 700 shut; test $code = 0 -o $code = 2; }",
    )
    .within(folder.path())
    .succeeds();
}

#[test]
fn a_missing_platform_is_a_finding() {
    let folder = catalog(&entries(1, "d"));
    fs::remove_file(folder.path().join("platform.yml")).unwrap();
    wharf(["check"]).within(folder.path()).fails(1).says("missing-platform").says("wharf init");
}

#[test]
fn a_dash_reads_standard_input() {
    let folder = catalog("not read");
    let text = entries(2, "d");
    let ran = wharf(["render", "-"]).within(folder.path()).input(text.as_str()).succeeds();
    write(folder.path().join("applications.yml"), &text);
    assert_eq!(ran.out, wharf(["render"]).within(folder.path()).succeeds().out);
    wharf(["check", "-"]).within(folder.path()).input(FAULTY).fails(1).says("<stdin>:1:14");
    wharf(["check", "-"]).within(folder.path()).fails(1).says("empty-catalog");
    wharf(["explain", "web-00000", "-"])
        .within(folder.path())
        .input(text.as_str())
        .succeeds()
        .prints("<stdin>:1");
    wharf(["render", "-", "--output", "out"]).within(folder.path()).input(text.as_str()).succeeds();
    assert_eq!(files(folder.path().join("out")).len(), 14);
}

#[test]
fn hosts_are_listed_for_people_programs_and_dns_servers() {
    let folder = catalog(&entries(2, "d"));
    let hosts = |arguments: &[&str]| wharf(["hosts"].iter().chain(arguments)).within(folder.path());
    let table = "app-00000.example.com  internal  auth  web-00000  web:80\n\
                 app-00001.example.com  internal  auth  web-00001  web:80\n";
    assert_eq!(hosts(&[]).succeeds().out, table);
    assert_eq!(hosts(&["--exposure", "external"]).succeeds().out, "");
    let listed = "192.168.1.10 app-00000.example.com\n192.168.1.10 app-00001.example.com\n";
    assert_eq!(hosts(&["--format", "hosts", "--address", "192.168.1.10"]).succeeds().out, listed);
    let block =
        "hosts {\n    fd00::1 app-00000.example.com\n    fd00::1 app-00001.example.com\n    fallthrough\n}\n";
    assert_eq!(hosts(&["--format", "coredns", "--address", "fd00::1"]).succeeds().out, block);
    let records =
        "host-record=app-00000.example.com,192.168.1.10\nhost-record=app-00001.example.com,192.168.1.10\n";
    assert_eq!(hosts(&["--format", "dnsmasq", "--address", "192.168.1.10"]).succeeds().out, records);
    let json: serde_json::Value = serde_json::from_str(&hosts(&["--format", "json"]).succeeds().out).unwrap();
    assert_eq!(json["version"], 1);
    let route = serde_json::json!({
        "entry": "web-00001", "service": "web", "port": 80, "path": "/", "match": "prefix",
        "auth": "platform", "exposure": ["internal"], "entryPoints": ["websecure"],
    });
    assert_eq!(json["hosts"][1], serde_json::json!({ "host": "app-00001.example.com", "routes": [route] }));
    hosts(&["--format", "hosts"]).fails(2).says("--address");
    hosts(&["--format", "hosts", "--address", "home"]).fails(2).says("home");
    write(folder.path().join("applications.yml"), FAULTY);
    hosts(&[]).fails(1).says("error[");
}

#[test]
fn hosts_name_the_variables_that_a_plugin_replaces() {
    let folder = Path::new("golden/platform-passthrough");
    let run = |arguments: &[&str]| wharf(arguments).within(folder).succeeds().out;
    let hosts = run(&["hosts"]);
    assert!(hosts.contains("notes.${DOMAIN}  "), "{hosts}");
    assert!(run(&["why", "internet", "notes.${DOMAIN}"]).starts_with("yes: internet to notes.${DOMAIN}\n"));
    assert!(run(&["why", "internet", "notes"]).starts_with("yes: internet to notes.${DOMAIN}\n"));
    let graph = run(&["graph", "--format", "mermaid"]);
    assert!(graph.contains("shop.${DOMAIN}"), "{graph}");
    for text in [hosts, graph, run(&["hosts", "--format", "json"])] {
        assert!(!text.contains(".invalid"), "{text}");
    }
}

#[test]
fn filters_choose_objects() {
    let folder = catalog(&entries(3, "d"));
    let render = |arguments: &[&str]| wharf(["render"].iter().chain(arguments)).within(folder.path());
    let kinds = |out: &str| {
        out.lines().filter_map(|line| line.strip_prefix("kind: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let ran = render(&["--kind", "Namespace"]).succeeds();
    assert_eq!(kinds(&ran.out), ["Namespace"; 3]);
    let ran = render(&["--kind", "namespace", "--kind", "IngressRoute", "--entry", "web-00001"]).succeeds();
    assert_eq!(kinds(&ran.out), ["Namespace", "IngressRoute"]);
    let all = render(&[]).succeeds().out;
    let one =
        render(&["--entry", "web-00000", "--entry", "web-00001", "--entry", "web-00002"]).succeeds().out;
    assert_eq!(all, one);
    render(&["--kind", "NetworkPolcy"])
        .fails(2)
        .says("there is no kind `NetworkPolcy`; did you mean `NetworkPolicy`?");
    render(&["--kind", "Secret"]).fails(2).says("use `Namespace`, `AppProject`");
    render(&["--entry", "web-0001"]).fails(2).says("there is no entry `web-0001`; did you mean `web-00");
    render(&["--entry", "else"]).fails(2).says("use `web-00000`, `web-00001` or `web-00002`");
    render(&["--entry", "web-00001", "--output", "out"]).fails(2).says("--output");
}

#[test]
fn rendering_twice_changes_no_file() {
    let folder = catalog(&entries(5, "d"));
    let out = folder.path().join("out");
    let render = || wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    assert_eq!(render().says("35 files written, 0 files removed").out, "");
    let first = identities(&out);
    assert_eq!(first.len(), 35);
    render().says("up to date");
    assert_eq!(identities(&out), first);
    // a change affects only the files that it changes
    write(
        folder.path().join("applications.yml"),
        entries(5, "d").replacen("80, targetPort: 8080", "81, targetPort: 8080", 1),
    );
    render().says("1 file written, 0 files removed");
    let second = identities(&out);
    let changed: Vec<_> = second
        .iter()
        .filter(|(path, identity)| first.get(*path) != Some(identity))
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(changed, ["web-00000/ingress-routes.yaml"]);
}

#[test]
fn removing_an_entry_removes_its_files_only() {
    let folder =
        catalog(&[entry(0, "d"), entry(1, "d"), entry(7, "d").replace("web-00006", "web-00001")].concat());
    let out = folder.path().join("out");
    let render = || wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    render();
    let before = identities(&out);
    write(folder.path().join("applications.yml"), entries(2, "d"));
    render().says("1 file written, 7 files removed");
    assert!(!out.join("web-00007").exists(), "the empty folder is removed too");
    let after = identities(&out);
    let kept = before
        .iter()
        .filter(|(path, _)| !path.starts_with("web-00007/") && *path != "web-00001/network-policies.yaml");
    for (path, identity) in kept {
        assert_eq!(after.get(path), Some(identity), "{path}");
    }
    assert_eq!(after.len(), 14);
}

#[test]
fn the_last_entry_is_removed_only_with_allow_empty() {
    let folder = catalog(&entries(1, "d"));
    let render =
        |allow: &[&str]| wharf([&["render", "--output", "out"], allow].concat()).within(folder.path());
    render(&[]).succeeds();
    let before = files(folder.path().join("out"));
    let disabled =
        "- {namespace: web-off, toggleable: true, enabled: false, networkPolicies: {profile: base}}\n";
    for (applications, message) in [("[]\n", "the catalog is empty"), (disabled, "every entry is disabled")] {
        write(folder.path().join("applications.yml"), applications);
        render(&[]).fails(1).says(message).says("--allow-empty");
        wharf(["check"]).within(folder.path()).fails(1).says(message);
        assert_eq!(files(folder.path().join("out")), before);
        wharf(["check", "--allow-empty"]).within(folder.path()).succeeds();
        wharf(["plugin"]).within(folder.path()).fails(1).says(message);
    }
    write(
        folder.path().join("applications.yml"),
        [disabled, "- {namespace: Web, networkPolicies: {profile: base}}\n"].concat(),
    );
    render(&["--allow-empty"]).fails(1).says("invalid-value");
    write(folder.path().join("applications.yml"), disabled);
    render(&["--allow-empty"]).succeeds();
    assert_eq!(files(folder.path().join("out")).len(), 0);
}

#[test]
fn foreign_files_survive() {
    let folder = catalog(&entries(2, "d"));
    let out = folder.path().join("out");
    let foreign = [
        "README.md",
        "kustomization.yaml",
        "web-00000/notes.txt",
        "web-00001/own.yaml",
        "web-00001/.wharf-notes",
        "elsewhere/namespace.yaml",
        "elsewhere/deep/down/x.yaml",
        "web-00001/deep/namespace.yaml",
        ".git/config",
        ".wharf-mine.yaml",
    ];
    for path in foreign {
        write(out.join(path), format!("# mine: {path}\n"));
    }
    // a file that begins like one of wharf's but is deeper than wharf writes is ignored
    write(out.join("a/b/namespace.yaml"), wharf::tree::HEADER);
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    write(folder.path().join("applications.yml"), entry(0, "d"));
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    let left = files(&out);
    for path in foreign {
        assert_eq!(left.get(path).map(Vec::as_slice), Some(format!("# mine: {path}\n").as_bytes()));
    }
    assert!(left.contains_key("a/b/namespace.yaml"));
    assert!(!left.contains_key("web-00001/namespace.yaml"));
}

#[test]
fn conflicting_files_are_refused() {
    type Block = (&'static str, fn(&Path));
    let blocks: [Block; 6] = [
        ("a file", |path| write(path, "kind: Namespace\n")),
        ("an empty file", |path| write(path, "")),
        ("a folder", |path| fs::create_dir_all(path).unwrap()),
        ("a link", |path| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink("../../applications.yml", path).unwrap();
        }),
        ("a dangling link", |path| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink("nowhere", path).unwrap();
        }),
        ("a file instead of the folder", |path| write(path.parent().unwrap(), "mine")),
    ];
    for (what, block) in blocks {
        let folder = catalog(&entries(3, "d"));
        let out = folder.path().join("out");
        block(&out.join("web-00001/namespace.yaml"));
        let before = identities(folder.path());
        let ran = wharf(["render", "--output", "out"]).within(folder.path()).fails(2);
        ran.says("out/web-00001").says("wharf did not write");
        assert_eq!(identities(folder.path()), before, "{what}: nothing is written");
        let ran = wharf(["check", "--rendered", "out"]).within(folder.path()).fails(1);
        ran.says("not wharf's: web-00001").says("move away the files that are not wharf's");
    }
}

#[test]
fn links_are_not_followed() {
    let folder = catalog(&entries(2, "d"));
    let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
    fs::create_dir_all(&out).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    // the folder of an entry
    symlink(&elsewhere, out.join("web-00001")).unwrap();
    wharf(["render", "--output", "out"]).within(folder.path()).fails(2).says("wharf did not write");
    assert_eq!(names(&elsewhere), [] as [&str; 0]);
    fs::remove_file(out.join("web-00001")).unwrap();
    // the folder of a removed entry, and a file in it
    write(elsewhere.join("namespace.yaml"), wharf::tree::HEADER);
    symlink(&elsewhere, out.join("web-00009")).unwrap();
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    symlink(elsewhere.join("namespace.yaml"), out.join("web-00001/own.yaml")).unwrap();
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds().says("up to date");
    assert_eq!(names(&elsewhere), ["namespace.yaml"]);
    assert!(out.join("web-00009").is_symlink() && out.join("web-00001/own.yaml").is_symlink());
    // the output itself may be one
    symlink(&out, folder.path().join("link")).unwrap();
    wharf(["render", "--output", "link"]).within(folder.path()).succeeds().says("up to date");
}

#[test]
fn leftovers_of_killed_runs_are_removed() {
    let folder = catalog(&entries(2, "d"));
    let out = folder.path().join("out");
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    let clean = names(&out);
    write(out.join("web-00001/.wharf-a1b2c3.tmp"), "half a f");
    write(out.join("gone/.wharf-a1b2c3.tmp"), "half a f");
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    assert_eq!(names(&out), clean);
    assert!(!out.join("gone").exists());
}

#[test]
fn check_rendered_compares() {
    let folder = catalog(&entries(2, "d"));
    let check = || wharf(["check", "--rendered", "out"]).within(folder.path());
    check()
        .fails(1)
        .says("stale-rendered")
        .says("missing: web-00000/app-project.yaml")
        .says("… and 2 more")
        .says("run `wharf render --output out`");
    assert!(!folder.path().join("out").exists(), "check writes nothing");
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    check().succeeds();
    write(folder.path().join("out/web-00000/namespace.yaml"), format!("{}changed", wharf::tree::HEADER));
    write(folder.path().join("out/web-00000/mine.yaml"), "mine");
    write(folder.path().join("out/web-old/namespace.yaml"), wharf::tree::HEADER);
    let before = identities(folder.path());
    check().fails(1).says("changed: web-00000/namespace.yaml; no longer rendered: web-old/namespace.yaml");
    assert_eq!(identities(folder.path()), before, "check writes nothing");
    wharf(["render", "--output", "out"])
        .within(folder.path())
        .succeeds()
        .says("1 file written, 1 file removed");
    check().succeeds();
}

/// A folder of schemas in the layout of kubeconform, and one in the layout of the CRDs catalogue, with all
/// kinds of [`entries`].
fn schemas(folder: &Path) {
    let any = r#"{"type": "object", "required": ["metadata"]}"#;
    for name in ["namespace-v1", "serviceaccount-v1", "networkpolicy-networking-v1"] {
        write(folder.join(format!("master-standalone-strict/{name}.json")), any);
    }
    write(
        folder.join("_definitions.json"),
        r#"{"definitions": {"port": {"type": "integer", "maximum": 65535}}}"#,
    );
    for name in ["application_v1alpha1", "appproject_v1alpha1"] {
        write(folder.join(format!("argoproj.io/{name}.json")), any);
    }
    for name in ["ingressroute-traefik-v1alpha1", "middleware-traefik-v1alpha1"] {
        write(folder.join(format!("{name}.json")), any);
    }
}

#[test]
fn check_schemas_validates_objects() {
    let folder = catalog(&entries(2, "d"));
    let at = |path: &str| folder.path().join("schemas").join(path);
    let check = || wharf(["check", "--schemas", "schemas"]).within(folder.path());
    check().fails(2).says("schemas");
    schemas(&at(""));
    assert_eq!(check().succeeds().err, NOT_LOCKED);
    // a violation in both layouts; references stay in their folder
    let ports = r#"{"properties": {"spec": {"properties": {"routes": {"items": {"properties":
        {"services": {"items": {"properties": {"port":
        {"$ref": "_definitions.json#/definitions/port", "minimum": 1000}}}}}}}}}}}"#;
    write(at("ingressroute-traefik-v1alpha1.json"), ports);
    write(
        at("argoproj.io/application_v1alpha1.json"),
        r#"{"properties": {"spec": {"required": ["sources"]}}}"#,
    );
    let ran = check()
        .fails(1)
        .says("wharf: 4 errors")
        .says("applications.yml:5:36")
        .says("the Application `web-00000` does not match its schema");
    ran.says("at `/spec/routes/0/services/0/port`").says("80 is less than the minimum of 1000");
    // kinds without a schema
    schemas(&at(""));
    fs::remove_file(at("argoproj.io/application_v1alpha1.json")).unwrap();
    check().succeeds().says("there is no schema for the kind Application").says("wharf: 1 warning");
    // invalid schemas
    write(at("argoproj.io/application_v1alpha1.json"), "{");
    check().fails(2).says("application_v1alpha1.json");
    write(at("argoproj.io/application_v1alpha1.json"), r#"{"$ref": "https://example.com/else.json"}"#);
    check().fails(2).says("application_v1alpha1.json");
    // links do not form a cycle
    schemas(&at(""));
    symlink(".", at("again")).unwrap();
    check().succeeds();
}

#[test]
fn json_is_for_programs() {
    let folder = catalog(FAULTY);
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("the report is JSON");
    let ran = wharf(["check", "--format", "json"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let report = read(&ran.out);
    assert_eq!(report["version"], 1);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings[0]["level"], "error");
    assert_eq!(findings[0]["labels"][0]["file"], "applications.yml");
    let all: Vec<_> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(all, ["invalid-value", "unknown-key"]);
    assert_eq!(findings[1]["labels"][0]["start"], serde_json::json!({"line": 2, "column": 3}));
    assert_eq!(findings[1]["labels"][0]["end"], serde_json::json!({"line": 2, "column": 17}));
    write(folder.path().join("applications.yml"), entries(1, "d"));
    let ran = wharf(["check", "--format", "json"]).within(folder.path()).succeeds();
    assert_eq!(read(&ran.out), serde_json::json!({"version": 1, "findings": []}));
    wharf(["check", "--format", "xml"]).within(folder.path()).fails(2);
}

#[test]
fn explain_names_the_lines() {
    let folder =
        catalog(&entries(2, "says \\x1b[31m nothing").replace("says \\x1b[31m nothing", "\"a \\e[31m b\""));
    let ran = wharf(["explain", "web-00001"]).within(folder.path()).succeeds();
    let ran = ran
        .prints("web-00001: a \\u{1b}[31m b\n")
        .prints("profile web-app")
        .prints("applications.yml:7\n")
        .prints("allow-to-namespace-web-00000");
    assert!(
        ran.out.lines().any(|line| line.contains("NetworkPolicy") && line.contains("(profile web-app)")),
        "{}",
        ran.out
    );
    wharf(["explain", "web-0001"])
        .within(folder.path())
        .fails(2)
        .says("there is no entry, application or host `web-0001`; did you mean `web-00");
    wharf(["explain"]).within(folder.path()).fails(2);
}

#[test]
fn explain_knows_applications_hosts_and_objects() {
    let catalog_text = "\
- namespace: web-notes
  networkPolicies: {profile: web-app}
  applications:
    - applicationCode: notes
      path: charts/notes
      autoSync: true
      ignoreDifferences: [{kind: ConfigMap, jsonPointers: [/data]}]
      dependsOn: [notes-postgres]
    - {applicationCode: notes-postgres, path: charts/postgres}
  routes:
    - {host: notes, service: notes, port: 80, paths: [{path: /}, {path: /public, auth: none, reason: site}]}
";
    let folder = catalog(catalog_text);
    let explain = |name: &str| wharf(["explain", name]).within(folder.path());
    let notes = explain("notes").succeeds().out;
    let heading = "\
notes: an application of web-notes
  from      https://git.example.com/home.git charts/notes at main, values values-notes.yml
  to        namespace web-notes
  synced    automatically, prunes, self-heals, in wave 201
  option    RespectIgnoreDifferences=true (without it, self-healing would revert what \
`ignoreDifferences` ignores)
  after     notes-postgres

";
    assert!(notes.starts_with(heading), "{notes}");
    assert!(notes.contains("Application     notes  applications.yml:4\n"), "{notes}");
    assert!(!notes.contains("Namespace"), "{notes}");
    explain("notes-postgres").succeeds().prints("  synced    manually, in wave 200\n  before    notes\n");
    let host = explain("notes.example.com").succeeds().out;
    let lines = "notes.example.com\n  /* leads to web-notes/notes:80, after login, on websecure\n  \
                 /public* leads to web-notes/notes:80, for everybody, on websecure\n\n";
    assert!(host.starts_with(lines), "{host}");
    assert!(host.contains("IngressRoute  notes  applications.yml:11\n"), "{host}");
    let shown = explain("networkpolicy/web-notes/default-deny").succeeds().out;
    let first = "# NetworkPolicy/web-notes/default-deny: applications.yml:2 (profile web-app)\n---\n";
    assert!(shown.starts_with(first), "{shown}");
    assert_eq!(shown.matches("\nkind: ").count(), 1, "{shown}");
    assert_eq!(explain("Namespace/web-notes").succeeds().out.matches("kind: ").count(), 1);
    explain("Namespace/web-note").fails(2).says("there is no object `Namespace/web-note`; did you mean");
}

#[test]
fn pages_of_rules_are_printed() {
    let page = wharf(["rule", "shadowed-path"]).succeeds().out;
    assert_eq!(page, include_str!("../src/rules/shadowed-path.md"));
    wharf(["rule", "shadowed-paths"]).fails(2).says("did you mean `shadowed-path`?");
    let list = wharf(["rule"]).succeeds().out;
    assert_eq!(list.lines().count(), wharf::diagnostics::rules::ALL.len());
    let severities = ["  error    ", "  warning  ", "  note     "];
    assert!(list.lines().all(|line| severities.iter().any(|severity| line.contains(severity))), "{list}");
}

#[test]
fn profiles_are_listed_shown_and_ejected() {
    let folder = catalog(&entries(2, "d"));
    let profiles = |arguments: &[&str]| wharf(["profiles"].iter().chain(arguments)).within(folder.path());
    profiles(&[])
        .succeeds()
        .prints("web-app (built in): ")
        .prints("used by web-00000, web-00001")
        .prints("used by nobody");
    assert_eq!(profiles(&["list"]).succeeds().out, profiles(&[]).succeeds().out);
    profiles(&["list", "nowhere"]).fails(2).says("nowhere/applications.yml: no such file or directory");
    profiles(&["show", "web-app"])
        .succeeds()
        .prints("extends: base")
        .prints("name: default-deny")
        .prints("allow-from-ingress-controller");
    profiles(&["show", "web-ap"]).fails(2).says("did you mean `web-app`?");
    profiles(&["eject", "nothing-like-it"]).fails(2).says("use `base`");
    profiles(&["eject", "../base"]).fails(2);
    profiles(&["eject", "web-app"]).succeeds().prints("profiles/web-app.yml");
    let path = folder.path().join("profiles/web-app.yml");
    profiles(&[]).succeeds().prints("web-app (profiles/web-app.yml): ");
    // an ejected profile is equivalent to the built-in one
    let built_in = catalog(&entries(2, "d"));
    let render = |folder: &Path| wharf(["render"]).within(folder).succeeds().out;
    assert_eq!(render(folder.path()), render(built_in.path()));
    write(&path, "summary: mine\n");
    profiles(&["eject", "web-app"]).fails(2).says("already exists");
    assert_eq!(fs::read_to_string(&path).unwrap(), "summary: mine\n");
    fs::remove_file(&path).unwrap();
    symlink("../nowhere", &path).unwrap();
    profiles(&["eject", "web-app"]).fails(2).says("already exists");
}

#[test]
fn the_checklist_asks_whether_k3s_enforces_policies() {
    let folder = catalog(&entries(1, "d"));
    write(folder.path().join("platform.yml"), PLATFORM.replace("network: {", "network: {cni: k3s, "));
    let said = "Check that k3s runs without --disable-network-policy, and that its nodes have ipset.\n   \
                Why: platform.yml names it as the CNI that enforces";
    wharf(["bootstrap"]).within(folder.path()).succeeds().says(said);
}

#[test]
fn profiles_are_shown_without_a_catalog() {
    let empty = folder();
    let profiles = |arguments: &[&str]| wharf(["profiles"].iter().chain(arguments)).within(empty.path());
    let with_catalog =
        wharf(["profiles", "show", "web-app"]).within(catalog(&entries(1, "d")).path()).succeeds().out;
    assert_eq!(
        profiles(&["show", "web-app"]).succeeds().says("there is no applications.yml here").out,
        with_catalog
    );
    profiles(&[]).succeeds().prints("database (built in): ").prints("used by nobody");
    profiles(&["show", "web-app", "nowhere"])
        .fails(2)
        .says("nowhere/applications.yml: no such file or directory");
}

#[test]
fn a_file_of_the_catalog_selects_its_folder() {
    let folder = catalog(FAULTY);
    let wanted = wharf(["check"]).within(folder.path()).fails(1).err;
    for file in ["applications.yml", "./applications.yml", "platform.yml"] {
        assert_eq!(wharf(["check", file]).within(folder.path()).fails(1).err, wanted);
    }
    let root = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    wharf(["check", &format!("{name}/applications.yml")])
        .within(root)
        .fails(1)
        .says(&format!("--> {name}/applications.yml:1:14"));
    write(folder.path().join("rendered.txt"), "");
    wharf(["check", "rendered.txt"])
        .within(folder.path())
        .fails(2)
        .says("name the folder that contains `applications.yml`");
}

#[test]
fn a_folder_without_a_catalog_suggests_one() {
    let folder = folder();
    write(folder.path().join("clusters/home/applications.yml"), entries(1, "d"));
    fs::create_dir_all(folder.path().join("clusters/home/charts/notes")).unwrap();
    let check =
        |within: &str, named: &str| wharf(["check", named]).within(folder.path().join(within)).fails(2).err;
    let missing = "applications.yml: no such file or directory; name the folder that contains one:";
    assert_eq!(check(".", "."), format!("wharf: {missing} `clusters/home`\n"));
    assert_eq!(check("clusters/home/charts/notes", "."), format!("wharf: {missing} `../..`\n"));
    assert_eq!(check("clusters/home", "charts/notes"), format!("wharf: charts/notes/{missing} `.`\n"));
    assert_eq!(check("clusters", "home/charts"), format!("wharf: home/charts/{missing} `home`\n"));
    wharf(["check"]).within(self::folder().path()).fails(2).says("`wharf init` makes one to start from");
}

#[test]
fn files_that_end_in_yaml_are_not_ignored_silently() {
    let says = |from: &str, to: &str, wanted: &str| {
        let folder = catalog(&entries(1, "d"));
        write(folder.path().join("profiles/mine.yml"), "summary: mine\n");
        write(folder.path().join("templates/mine.yml"), "kind: ConfigMap\n");
        fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
        assert_eq!(wharf(["check"]).within(folder.path()).fails(2).err, format!("wharf: {wanted}\n"));
    };
    let missing = "applications.yml: no such file or directory; rename `applications.yaml`: \
                   wharf reads `applications.yml`";
    says("applications.yml", "applications.yaml", missing);
    for file in ["platform", "profiles/mine", "templates/mine"] {
        let name = file.rsplit('/').next().unwrap();
        let wanted = format!("{file}.yaml: wharf does not read this file: rename it to `{name}.yml`");
        says(&format!("{file}.yml"), &format!("{file}.yaml"), &wanted);
    }
}

#[test]
fn skipped_lookups_are_reported_once() {
    let folder = catalog(&entries(2, "d"));
    let check = |remote: &str, arguments: &[&str]| {
        write(folder.path().join(".git/config"), format!("[remote \"origin\"]\n\turl = {remote}\n"));
        wharf(["check"].iter().chain(arguments)).within(folder.path())
    };
    let fork = "https://git.example.com/me/fork.git";
    let said = "wharf: the folders and values files of applications were not looked up: no git remote of \
                this folder is https://git.example.com/home.git\n";
    assert_eq!(check(fork, &[]).succeeds().err, format!("{said}{NOT_LOCKED}"));
    assert_eq!(check(fork, &["--format", "json"]).succeeds().err, "");
    check("git@git.example.com:home.git", &[])
        .fails(1)
        .says("there is no folder `charts/web` in the repository");
}

#[test]
fn the_published_schemas_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let folder = folder();
    wharf(["schema", "--output", "schema"]).within(folder.path()).succeeds().says("4 schemas");
    let made = files(folder.path().join("schema"));
    let committed = files(&root);
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, text) in &committed {
        assert!(
            made.get(name) == Some(text),
            "{name} is out of date: run `wharf schema --output schema` in the repository"
        );
    }
    for name in ["applications", "platform", "profile", "test"] {
        let ran = wharf(["schema", name]).succeeds();
        assert_eq!(ran.out.as_bytes(), committed[&format!("{name}.schema.json")]);
    }
    let all: serde_json::Value = serde_json::from_str(&wharf(["schema"]).succeeds().out).unwrap();
    assert_eq!(all.as_object().unwrap().len(), 4);
    wharf(["schema", "application"]).fails(2).says("did you mean `applications`?");
}

#[test]
fn init_creates_a_catalog_that_renders() {
    let folder = folder();
    let ran = wharf(["init"])
        .within(folder.path())
        .succeeds()
        .prints("wrote applications.yml")
        .prints("set the repository and the domain");
    assert_eq!(ran.err, "");
    for line in ran.out.lines().filter_map(|line| line.strip_prefix("wrote ")) {
        assert!(folder.path().join(line).is_file(), "{line}");
    }
    wharf(["check"]).within(folder.path()).succeeds();
    wharf(["render", "--output", "rendered"]).within(folder.path()).succeeds();
    wharf(["check", "--rendered", "rendered"]).within(folder.path()).succeeds();
    // the comments for editors refer to the schemas
    let text = fs::read_to_string(folder.path().join("platform.yml")).unwrap();
    let schema = text.lines().next().unwrap().split("$schema=").nth(1).unwrap();
    assert!(folder.path().join(schema).is_file(), "{schema}");
    // a second run overwrites nothing
    let before = identities(folder.path());
    wharf(["init"]).within(folder.path()).fails(2).says("already exists").says("nothing was written");
    assert_eq!(identities(folder.path()), before);
}

#[test]
fn init_overwrites_nothing() {
    for path in [
        "applications.yml",
        "platform.yml",
        "helm-charts/extra-objects/Chart.yaml",
        "schema/platform.schema.json",
    ] {
        let folder = folder();
        write(folder.path().join("new").join(path), "mine");
        wharf(["init", "new"]).within(folder.path()).fails(2).says(path).says("nothing was written");
        assert_eq!(files(folder.path()), BTreeMap::from([(format!("new/{path}"), b"mine".to_vec())]));
    }
    let folder = folder();
    wharf(["init", "a/b"]).within(folder.path()).succeeds();
    wharf(["check", "a/b"]).within(folder.path()).succeeds();
}

#[test]
fn init_uses_the_remote() {
    let folder = folder();
    let remotes = [
        ("https://git.example.com/me/home.git", "https://git.example.com/me/home.git"),
        ("git@git.example.com:me/home.git", "git@git.example.com:me/home.git"),
        ("ssh://git@git.example.com:2222/me/home.git", "ssh://git@git.example.com:2222/me/home.git"),
        // credentials of CI systems must not be committed
        ("https://ci:s3cret@git.example.com/me/home.git", "https://git.example.com/me/home.git"),
    ];
    for (number, (remote, url)) in remotes.into_iter().enumerate() {
        let name = number.to_string();
        shell(&format!("git init -q {name} && git -C {name} remote add origin '{remote}'"))
            .within(folder.path())
            .succeeds();
        wharf(["init", &name]).within(folder.path()).succeeds().prints("next: set the domain");
        let platform = fs::read_to_string(folder.path().join(&name).join("platform.yml")).unwrap();
        assert!(platform.contains(&format!("  url: {url}\n")), "{platform}");
        wharf(["render", &name]).within(folder.path()).succeeds().prints(url);
    }
}

#[test]
fn completions_are_for_shells() {
    wharf(["completions", "bash"]).succeeds().prints("_wharf()").prints("--output");
    for name in ["zsh", "fish", "elvish", "powershell"] {
        wharf(["completions", name]).succeeds().prints("wharf");
    }
    wharf(["completions", "tcsh"]).fails(2).says("bash");
    wharf(["completions"]).fails(2);
}

#[test]
fn manual_pages_are_printed_and_written() {
    wharf(["man"]).succeeds().prints(".TH wharf 1").prints("completions");
    wharf(["man", "check"])
        .succeeds()
        .prints("wharf\\-check")
        .prints("[\\fB\\-\\-rendered\\fR \\fIDIR\\fR] [\\fB\\-\\-schemas\\fR \\fIDIR\\fR]");
    wharf(["man", "chek"]).fails(2).says("there is no command `chek`; did you mean `check`?");
    let folder = folder();
    let written = wharf(["man", "--output", "man1"]).within(folder.path()).succeeds();
    let pages = files(folder.path().join("man1"));
    written.says(&format!("wrote {} pages to man1", pages.len()));
    assert!(pages.contains_key("wharf.1") && pages.contains_key("wharf-render.1"));
    let out = wharf(["man", "render"]).succeeds().out;
    assert_eq!(pages["wharf-render.1"], out.into_bytes());
}

#[test]
fn colours_are_for_terminals() {
    let folder = catalog(FAULTY);
    let on_terminal = |line: &str| {
        let terminal = "python3 -c 'import pty, sys; pty.spawn([\"sh\", \"-c\", sys.argv[1]])' \"$LINE\"";
        shell(terminal).within(folder.path()).variable("TERM", "xterm").variable("LINE", line).succeeds().out
    };
    assert!(
        on_terminal("\"$WHARF\" check")
            .contains("wharf: `wharf rule invalid-value` prints the page of a rule")
    );
    for verb in ["check", "--help"] {
        let line = format!("\"$WHARF\" {verb}");
        assert!(on_terminal(&line).contains("\u{1b}["), "{verb}");
        assert!(!on_terminal(&format!("NO_COLOR=1 {line}")).contains("\u{1b}["), "{verb}");
        assert!(
            !shell(&format!("{line} 2>&1"))
                .within(folder.path())
                .variable("TERM", "xterm")
                .run()
                .out
                .contains("\u{1b}["),
            "{verb}"
        );
    }
}

#[test]
fn rendering_can_fail_on_change() {
    let folder = catalog(&entries(2, "d"));
    let render = || wharf(["render", "--output", "out", "--fail-on-change"]).within(folder.path());
    render().fails(1).says("14 files written, 0 files removed\nchanged: web-00000, web-00001\n");
    render().succeeds().says("up to date");
    write(folder.path().join("applications.yml"), entries(1, "d"));
    render().fails(1).says("changed: web-00000, web-00001\n");
    wharf(["render", "--fail-on-change"]).within(folder.path()).fails(2).says("--output");
}

#[test]
fn a_reader_may_stop_reading() {
    // more than a pipe holds
    let folder = catalog(&entries(300, "d"));
    let head = |verb: &str| {
        let ran = shell(&format!("{{ \"$WHARF\" {verb}; echo $? >code; }} | head -n 1"))
            .within(folder.path())
            .succeeds();
        assert_eq!((ran.out.lines().count(), ran.err.as_str()), (1, ""), "{verb}");
        assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap(), "0\n", "{verb}");
    };
    head("render");
    head("schema");
    head("profiles");
    head("explain web-00001");
    head("completions bash");
    shell("\"$WHARF\" render | :").within(folder.path()).succeeds();
    shell("exec \"$WHARF\" render >&-").within(folder.path()).succeeds();
    shell("exec \"$WHARF\" render >&- 2>&- <&-").within(folder.path()).succeeds();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let folder = catalog(&entries(2, "d"));
    for verb in
        ["render", "schema", "profiles", "explain web-00001", "completions bash", "check --format json"]
    {
        let ran = shell(&format!("exec \"$WHARF\" {verb} >/dev/full")).within(folder.path()).fails(2);
        ran.says("standard output");
    }
}

/// Enough entries that two threads have something to do.
#[test]
fn threads_and_order_change_nothing() {
    const COUNT: usize = 1100;
    let in_order = catalog(&entries(COUNT, "d"));
    let shuffled: String = (0..COUNT).map(|number| entry(number * 389 % COUNT, "d")).collect();
    let shuffled = catalog(&shuffled);
    let render =
        |folder: &Path, threads: &str| wharf(["render", "--threads", threads]).within(folder).succeeds().out;
    let one = render(in_order.path(), "1");
    assert!(one == render(in_order.path(), "2"), "two threads print something else");
    assert!(one == render(in_order.path(), "7"), "seven threads print something else");
    assert!(one == render(shuffled.path(), "2"), "the order of the entries shows");
    for (folder, threads) in [(&in_order, "1"), (&shuffled, "2")] {
        wharf(["render", "--output", "out", "--threads", threads]).within(folder.path()).succeeds();
    }
    assert!(files(in_order.path().join("out")) == files(shuffled.path().join("out")), "the trees differ");
    assert_eq!(files(in_order.path().join("out")).len(), 7 * COUNT);
    wharf(["render", "--threads", "0"]).within(in_order.path()).fails(2);
}

/// A carriage return, a bidirectional override, and a zero-width character.
#[test]
fn reports_show_hidden_characters() {
    let folder = catalog(
        "- namespace: \"a\u{202E}b\"\r\n  \"t\u{200B}ier\": \"x\\r\"\r\n  \
         networkPolicies: {profile: web-app}\r\r\n",
    );
    for format in ["text", "json", "sarif", "gitlab", "github", "junit"] {
        let ran = wharf(["check", "--format", format]).within(folder.path()).run();
        assert_eq!(ran.code, Some(1));
        let report = ran.out + &ran.err;
        let stray = report.chars().find(|char| matches!(char, '\r' | '\u{200B}' | '\u{202E}'));
        assert_eq!(stray, None, "{format}: {report}");
        let message = if format == "junit" || format == "github" || format == "text" {
            r"a\u{202e}b"
        } else {
            r"a\\u{202e}b"
        };
        assert!(report.contains(&format!("`{message}` is not a DNS label")), "{format}: {report}");
    }
}

/// The next line of a running program that contains `text`.
fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, text: &str) -> String {
    let line = lines.map_while(Result::ok).find(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("the program ended without printing `{text}`"))
}

#[test]
fn a_watched_catalog_is_checked_after_each_change() {
    let folder = catalog(&entries(1, "d"));
    let file = folder.path().join("applications.yml");
    let mut command = wharf(["check", "--watch"]).within(folder.path()).command();
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    wait_for(&mut lines, "objects are fine");
    write(&file, FAULTY);
    wait_for(&mut lines, "unknown key `networkPolices`");
    fs::remove_file(&file).unwrap();
    wait_for(&mut lines, "applications.yml");
    write(&file, entries(2, "d"));
    wait_for(&mut lines, "objects are fine");
    child.kill().unwrap();
    child.wait().unwrap();
    wharf(["check", "--watch", "--format", "json"]).within(folder.path()).fails(2).says("--watch");
    wharf(["check", "--watch", "-"])
        .within(folder.path())
        .input(entries(1, "d"))
        .fails(2)
        .says("`--watch` needs the folder of a catalog");
}
