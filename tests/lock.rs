//! `wharf lock` on the real binary: what it writes, what it starts, what it refuses, and what stays as it
//! was.
//!
//! Charts are rendered by a real Helm and kustomizations by a real kubectl where `scripts/test` could unpack
//! them (Linux on x86-64); the other tests need neither.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cli::{Run, catalog, folder, wharf, write};
use tempfile::TempDir;

const FILE: &str = "applications.lock.yml";

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";

/// An entry with one application.
fn entry(code: &str, keys: &str) -> String {
    format!(
        "- namespace: web-{code}\n  networkPolicies: {{profile: worker}}\n  applications:\n    - \
         applicationCode: {code}\n      {keys}\n"
    )
}

/// A catalog with one application in a plain folder.
fn plain(manifests: &str) -> TempDir {
    let folder = catalog(&entry("notes", "path: apps/notes\n      directory: {}"));
    write(folder.path().join("apps/notes/notes.yaml"), manifests);
    folder
}

/// A catalog with one chart of the repository.
fn chart() -> TempDir {
    let folder = catalog(&entry("notes", "path: charts/notes\n      helm: {valueFiles: []}"));
    write(folder.path().join("charts/notes/Chart.yaml"), "apiVersion: v2\nname: notes\nversion: 1.0.0\n");
    folder
}

fn lock<const N: usize>(folder: &TempDir, arguments: [&str; N]) -> Run {
    wharf(["lock", "--repository", "."].iter().chain(&arguments)).within(folder.path())
}

fn locked(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join(FILE)).unwrap()
}

fn is_locked(folder: &TempDir) -> bool {
    folder.path().join(FILE).exists()
}

/// A folder with a program that is a script.
fn program(name: &str, script: &str) -> TempDir {
    let bin = folder();
    let path = bin.path().join(name);
    write(&path, format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    bin
}

/// Only these programs, and those that a script needs.
fn path(bin: &Path) -> OsString {
    let mut path = OsString::from(bin);
    path.push(":/usr/bin:/bin");
    path
}

/// A `PATH` with nothing in it.
fn no_programs() -> TempDir {
    folder()
}

/// The folder of the real programs; `None` if they are not installed.
fn programs() -> Option<PathBuf> {
    let folder = std::env::var_os("WHARF_TEST_PROGRAMS").map(PathBuf::from)?;
    folder.join("helm").is_file().then_some(folder)
}

fn copy(from: &Path, to: &Path) {
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            write(target, fs::read(item.path()).unwrap());
        }
    }
}

/// The catalog with the charts of the tests.
fn notes(keys: &str) -> TempDir {
    // the chart elects its leader in kube-system
    let line = "  project: {destinations: [kube-system]}\n  applications:";
    let folder = catalog(&entry("notes", keys).replace("  applications:", line));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts"), &folder.path().join("charts"));
    folder
}

#[test]
fn a_plain_folder_is_locked_without_any_program() {
    let folder = plain(SERVICE);
    write(folder.path().join("apps/notes/README.md"), "kind: of a text\n");
    write(folder.path().join("apps/notes/deeper/more.yaml"), SERVICE.replace("web", "deeper"));
    write(folder.path().join("apps/notes/values.yaml"), "a: [b\n");
    let none = no_programs();
    let ran = lock(&folder, []).variable("PATH", none.path()).succeeds();
    assert_eq!(ran.out, "");
    let text = locked(&folder);
    let (head, body) = text.split_at(text.find("    objects:").unwrap());
    assert!(
        head.starts_with(
            "# made by wharf lock, do not edit: change applications.yml and run wharf lock\nversion: 1\n\
             applications:\n  notes:\n    source: fnv1a-"
        ),
        "{head}"
    );
    assert_eq!(
        body,
        "    objects:\n      Service:\n        - \
         web\n    services:\n      web:\n        ports:\n          - 80/TCP to 80\n"
    );
    let again = lock(&folder, ["--all"]).variable("PATH", none.path()).succeeds();
    assert_eq!(
        (again.err.as_str(), locked(&folder)),
        ("wharf: notes is rendered\nwharf: the lock is up to date\n", text)
    );
}

#[test]
fn the_locks_of_the_examples_are_up_to_date() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for example in ["afrotomation", "homelab", "minimal", "odyssey"] {
        let folder = examples.join(example);
        let folder = folder.to_str().unwrap();
        wharf(["lock", "--check", folder, "--repository", folder]).succeeds();
    }
}

#[test]
fn a_secret_that_a_program_creates_is_in_the_lock() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let folder = TempDir::new().unwrap();
    copy(&golden.join("lock-secrets"), folder.path());
    fs::copy(golden.join("platform.yml"), folder.path().join("platform.yml")).unwrap();
    let (lock, repository) = (locked(&folder), folder.path().join("repository"));
    assert!(lock.ends_with("    secrets:\n      speaker-members: []\n"), "{lock}");
    let folder = folder.path().to_str().unwrap();
    wharf(["lock", "--check", folder, "--repository", repository.to_str().unwrap()]).succeeds();
}

#[test]
fn a_folder_is_read_as_argo_cd_reads_it() {
    let folder = catalog(&entry(
        "notes",
        "path: apps/notes\n      directory: {recurse: true, exclude: '{skipped/*,*.json}', include: '*'}",
    ));
    let file = |name: &str, text: String| write(folder.path().join("apps/notes").join(name), text);
    let service = |name: &str| SERVICE.replace("web", name);
    file("a.yml", service("a"));
    file("deeper/b.yaml", service("b"));
    file("skipped/c.yaml", service("c"));
    file("d.json", "{}".into());
    file("e.yaml", format!("# +argocd:skip-file-rendering\n{}", service("e")));
    file("f.txt", service("f"));
    lock(&folder, []).succeeds();
    assert!(
        locked(&folder).contains("      Service:\n        - a\n        - b\n    services"),
        "{}",
        locked(&folder)
    );
}

#[test]
fn helm_renders_a_chart_of_the_repository() {
    let Some(programs) = programs() else { return };
    let folder = notes(
        "path: charts/notes\n      helm:\n        valueFiles: [values-home.yaml]\n        values: {job: \
         true}\n        apiVersions: [monitoring.coreos.com/v1/ServiceMonitor]",
    );
    lock(&folder, []).variable("PATH", path(&programs)).succeeds();
    let text = locked(&folder);
    let digests =
        |text: &str| text.split_inclusive('\n').filter(|line| !line.contains("fnv1a-")).collect::<String>();
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/notes.lock.yml");
    if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
        write(&expected, digests(&text));
    }
    assert_eq!(digests(&text), fs::read_to_string(expected).unwrap());
    lock(&folder, ["--all"]).variable("PATH", path(&programs)).succeeds();
    assert_eq!(locked(&folder), text, "random names and values differ, the lock does not");
    assert!(!folder.path().join("charts/notes/charts").exists(), "nothing is written into the repository");
    for value in ["inline-password", "BEGIN CERTIFICATE", "connection", "busybox"] {
        assert!(!text.contains(value), "{value}");
    }
}

#[test]
fn a_change_of_a_chart_or_of_what_it_includes_makes_its_entry_stale() {
    let Some(programs) = programs() else { return };
    let folder = notes("path: charts/notes\n      helm: {valueFiles: [values-home.yaml]}");
    write(
        folder.path().join(".git/config"),
        "[remote \"origin\"]\n\turl = https://git.example.com/home.git\n",
    );
    let path = path(&programs);
    wharf(["lock"]).within(folder.path()).variable("PATH", &path).succeeds();
    wharf(["lock", "--check"]).within(folder.path()).succeeds();
    assert_eq!(wharf(["check"]).within(folder.path()).succeeds().err, "");
    for file in [
        "charts/notes/values-home.yaml",
        "charts/notes/templates/notes.yaml",
        "charts/cache/templates/cache.yaml",
    ] {
        let file = folder.path().join(file);
        let old = fs::read_to_string(&file).unwrap();
        write(&file, format!("# changed\n{old}"));
        wharf(["check"])
            .within(folder.path())
            .succeeds()
            .says("warning[stale-lock]: the lock entry of `notes` is stale")
            .says("files");
        wharf(["lock", "--check"]).within(folder.path()).fails(1).says("the lock entry of `notes` is stale");
        write(&file, old);
    }
    wharf(["lock", "--check"]).within(folder.path()).succeeds();
}

#[test]
fn kubectl_builds_a_kustomization() {
    let Some(programs) = programs() else { return };
    let folder = catalog(&entry(
        "notes",
        "path: apps/home\n      kustomize:\n        namePrefix: my-\n        images: \
         ['registry.example.com/web=mirror.example.com/web:2']\n        replicas: [{name: web, count: \
         2}]\n        patches:\n          - path: port.yaml\n            target: {kind: Deployment}",
    ));
    let base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: \
        {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: \
        [{name: web, image: registry.example.com/web, ports: [{containerPort: 80}]}]}\n";
    write(folder.path().join("apps/base/web.yaml"), base);
    write(folder.path().join("apps/base/kustomization.yaml"), "resources: [web.yaml]\n");
    write(folder.path().join("apps/home/kustomization.yaml"), "resources: [../base]\nnamespace: web-notes\n");
    write(
        folder.path().join("apps/home/port.yaml"),
        "- {op: replace, path: /spec/template/spec/containers/0/ports/0/containerPort, value: 8080}\n",
    );
    let only_kubectl = folder.path().join("bin");
    fs::create_dir(&only_kubectl).unwrap();
    std::os::unix::fs::symlink(programs.join("kubectl"), only_kubectl.join("kubectl")).unwrap();
    lock(&folder, []).variable("PATH", &only_kubectl).succeeds();
    let text = locked(&folder);
    for line in ["        - my-web", "          - 8080/TCP", "          - mirror.example.com/web"] {
        assert!(text.lines().any(|known| known == line), "`{line}` is not in\n{text}");
    }
    write(
        folder.path().join("apps/base/web.yaml"),
        base.replace("image: registry.example.com/web", "image: registry.example.com/other"),
    );
    lock(&folder, []).variable("PATH", &only_kubectl).succeeds();
    assert!(
        locked(&folder).contains("          - registry.example.com/other\n"),
        "a change of the base is noticed"
    );
    write(folder.path().join("apps/home/kustomization.yaml"), "resources: [../base]\nnamePrefix: your-\n");
    lock(&folder, [])
        .variable("PATH", &only_kubectl)
        .succeeds()
        .says("its kustomization has its own namePrefix, which Argo CD replaces");
}

#[test]
fn helm_is_told_what_argo_cd_tells_it() {
    let keys = "path: charts/notes\n      targetNamespace: elsewhere\n      helm:\n        releaseName: \
        diary\n        valueFiles: [values.yaml, /shared/values.yaml]\n        values: {a: b}\n        \
                parameters: [{name: x.y, value: 'a,b'}, {name: z, value: '1', forceString: \
                true}]\n        fileParameters: [{name: script, path: run.sh}]\n        \
                kubeVersion: '1.36'\n        apiVersions: [example.com/v1]\n        skipTests: true";
    let folder = catalog(&entry("notes", keys));
    let file = |name: &str| {
        write(
            folder.path().join(name),
            if name.ends_with("Chart.yaml") { "name: notes\n" } else { "a: b\n" },
        );
    };
    ["charts/notes/Chart.yaml", "charts/notes/values.yaml", "charts/notes/run.sh", "shared/values.yaml"]
        .into_iter()
        .for_each(file);
    let seen = folder.path().join("seen");
    let bin = program(
        "helm",
        &format!(
            "pwd > {0}; for word; do echo \"$word\"; done >> {0}; cat \"$(dirname $(dirname \
             $(pwd)))/../values.yaml\" >> {0}\ncat <<END\n{SERVICE}END",
            seen.display()
        ),
    );
    lock(&folder, []).variable("PATH", path(bin.path())).succeeds();
    let seen = fs::read_to_string(seen).unwrap();
    let (chart, words) = seen.split_once('\n').unwrap();
    let root = chart.strip_suffix("/charts/notes").unwrap();
    let scratch = root.strip_suffix("/repository").unwrap();
    assert!(!chart.starts_with(folder.path().to_str().unwrap()), "helm works in a folder of its own");
    let said = words.replace(scratch, "SCRATCH");
    assert_eq!(
        said.lines().collect::<Vec<_>>().join(" "),
        "template . --name-template diary --namespace elsewhere --kube-version 1.36 --set x.y=a\\,b \
         --set-string z=1 \
         --set-file script=SCRATCH/repository/charts/notes/run.sh --values \
         SCRATCH/repository/charts/notes/values.yaml \
         --values SCRATCH/repository/shared/values.yaml --values SCRATCH/values.yaml --api-versions \
         example.com/v1 --include-crds --skip-tests a: b"
    );
}

#[test]
fn a_chart_of_a_registry_is_pulled_and_told_which_apis_other_charts_bring() {
    let stack = entry(
        "metrics",
        "repoURL: https://prometheus-community.github.io/helm-charts\n      chart: \
         kube-prometheus-stack\n      targetRevision: 88.5.3",
    );
    let folder = catalog(
        &(entry("notes", "repoURL: ghcr.io/example\n      chart: notes\n      targetRevision: 1.2.3")
            + &stack),
    );
    let seen = folder.path().join("seen");
    let bin = program(
        "helm",
        &format!(
            "echo \"$*\" >> {}\nif [ \"$1\" = pull ]; then for last; do :; done; mkdir \
             -p \"$last/notes\" \"$last/kube-prometheus-stack\"; else cat <<END\n{SERVICE}END\nfi",
            seen.display()
        ),
    );
    wharf(["lock", "--threads", "1"]).within(folder.path()).variable("PATH", path(bin.path())).succeeds();
    let seen = fs::read_to_string(seen).unwrap();
    let lines: Vec<_> = seen.lines().collect();
    assert!(
        lines[0].starts_with(
            "pull kube-prometheus-stack --repo \
                https://prometheus-community.github.io/helm-charts --version 88.5.3 --untar --untardir "
        ),
        "{seen}"
    );
    assert!(
        lines[3].starts_with("pull oci://ghcr.io/example/notes --version 1.2.3 --untar --untardir "),
        "{seen}"
    );
    assert!(lines[4].contains(" --api-versions monitoring.coreos.com/v1/ServiceMonitor "), "{seen}");
}

#[test]
fn only_a_chart_that_checks_for_apis_is_stale_when_the_catalog_defines_others() {
    let Some(programs) = programs() else { return };
    let folder = notes("path: charts/notes\n      helm: {valueFiles: []}");
    let catalog = folder.path().join("applications.yml");
    let charts = fs::read_to_string(&catalog).unwrap()
        + &entry("cache", "path: charts/cache\n      helm: {valueFiles: []}");
    write(&catalog, &charts);
    lock(&folder, []).variable("PATH", path(&programs)).succeeds();
    assert_eq!(locked(&folder).matches("    apis: fnv1a-").count(), 1, "{}", locked(&folder));
    let operator = "repoURL: https://charts.external-secrets.io\n      chart: external-secrets\n      \
                    targetRevision: 2.9.0";
    write(&catalog, charts + &entry("operator", operator));
    let report = wharf(["check"]).within(folder.path()).run().err;
    assert_eq!(report.matches("warning[stale-lock]").count(), 1, "{report}");
    assert!(report.contains("`notes` is stale") && report.contains("its chart checks for APIs"), "{report}");
}

#[test]
fn an_unchanged_application_is_not_rendered_again() {
    let folder = chart();
    let count = folder.path().join("count");
    let bin = program("helm", &format!("echo >> {}\ncat <<END\n{SERVICE}END", count.display()));
    let run = |arguments: &[&str]| {
        wharf(["lock", "--repository", "."].iter().chain(arguments))
            .within(folder.path())
            .variable("PATH", path(bin.path()))
            .succeeds()
    };
    let runs = || fs::read_to_string(&count).unwrap().lines().count();
    run(&[]);
    assert_eq!(runs(), 2, "twice, to notice random values");
    assert_eq!(run(&[]).err, "wharf: the lock is up to date\n");
    assert_eq!(runs(), 2);
    run(&["--application", "notes"]);
    assert_eq!(runs(), 4);
    write(folder.path().join("charts/notes/values.yaml"), "a: b\n");
    assert_eq!(run(&[]).err, "wharf: notes is rendered\nwharf: 1 application locked\n");
}

#[test]
fn only_what_has_changed_is_rendered_and_two_runs_write_the_same_bytes() {
    let charts = ["mail", "notes", "search"];
    let entries =
        charts.map(|code| entry(code, &format!("path: charts/{code}\n      helm: {{valueFiles: []}}")));
    let folder = catalog(&entries.concat());
    for code in charts {
        write(folder.path().join(format!("charts/{code}/Chart.yaml")), "name: chart\n");
    }
    let calls = folder.path().join("calls");
    let log = format!("echo \"$*\" >> {}", calls.display());
    let bin = program("helm", &format!("{log}\ncat <<END\n{}END", SERVICE.replace("web", "$2")));
    // what is rendered since the last call, twice each
    let rendered = |arguments: &[&str]| {
        write(&calls, "");
        let command = ["lock", "--repository", "."];
        wharf(command.iter().chain(arguments))
            .within(folder.path())
            .variable("PATH", path(bin.path()))
            .succeeds();
        let calls = fs::read_to_string(&calls).unwrap();
        charts.map(|code| calls.lines().filter(|line| line.split(' ').nth(1) == Some(code)).count())
    };
    assert_eq!(rendered(&[]), [2, 2, 2]);
    let first = locked(&folder);
    assert!(charts.iter().all(|code| first.contains(&format!("        - {code}\n"))), "{first}");
    assert_eq!(rendered(&[]), [0, 0, 0]);
    assert_eq!(rendered(&["--all"]), [2, 2, 2]);
    assert_eq!(locked(&folder), first, "the same bytes");
    fs::remove_file(folder.path().join(FILE)).unwrap();
    assert_eq!(rendered(&[]), [2, 2, 2]);
    assert_eq!(locked(&folder), first, "the same bytes without the old lock");
    write(folder.path().join("charts/notes/values.yaml"), "a: b\n");
    assert_eq!(rendered(&[]), [0, 2, 0]);
    let changed: Vec<_> = locked(&folder)
        .lines()
        .zip(first.lines())
        .filter(|(new, old)| new != old)
        .map(|(new, _)| new.to_owned())
        .collect();
    assert!(matches!(changed.as_slice(), [files] if files.starts_with("    files: ")), "{changed:?}");
}

#[test]
fn branches_that_change_different_applications_merge_line_by_line() {
    let folder = catalog(
        &["mail", "notes", "search"]
            .map(|code| entry(code, &format!("path: apps/{code}\n      directory: {{}}")))
            .concat(),
    );
    let manifests =
        |code: &str, text: &str| write(folder.path().join(format!("apps/{code}/{code}.yaml")), text);
    ["mail", "notes", "search"].iter().for_each(|code| manifests(code, SERVICE));
    lock(&folder, []).succeeds();
    let save = |name: &str| fs::copy(folder.path().join(FILE), folder.path().join(name)).unwrap();
    save("base");
    manifests("mail", &SERVICE.replace("port: 80", "port: 25"));
    lock(&folder, []).succeeds();
    save("ours");
    write(folder.path().join(FILE), fs::read(folder.path().join("base")).unwrap());
    manifests("mail", SERVICE);
    manifests("search", &format!("{SERVICE}---\n{}", SERVICE.replace("web", "index")));
    lock(&folder, []).succeeds();
    save("theirs");
    let merged = std::process::Command::new("git")
        .args(["merge-file", "-p", "ours", "base", "theirs"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(merged.status.success(), "a conflict: {}", String::from_utf8_lossy(&merged.stdout));
    write(folder.path().join(FILE), &merged.stdout);
    manifests("mail", &SERVICE.replace("port: 80", "port: 25"));
    lock(&folder, ["--check"]).succeeds();
    lock(&folder, ["--all"]).succeeds();
    assert_eq!(locked(&folder).as_bytes(), merged.stdout, "the lock of both branches");
}

#[test]
fn a_chart_that_fails_keeps_its_entry_and_is_named() {
    let folder = catalog(
        &(entry("notes", "path: charts/notes\n      helm: {valueFiles: []}")
            + &entry("plain", "path: apps/plain\n      directory: {}")),
    );
    write(folder.path().join("charts/notes/Chart.yaml"), "name: notes\n");
    write(folder.path().join("apps/plain/web.yaml"), SERVICE);
    let good = program("helm", &format!("cat <<END\n{}END", SERVICE.replace("web", "notes")));
    lock(&folder, []).variable("PATH", path(good.path())).succeeds();
    let old = locked(&folder);
    let bad = program(
        "helm",
        "echo 'WARNING: chatter' >&2; echo 'Error: template: notes.yaml:3: nil pointer' >&2; exit 1",
    );
    write(folder.path().join("apps/plain/web.yaml"), SERVICE.replace("web", "renamed"));
    let ran = lock(&folder, ["--all"]).variable("PATH", path(bad.path())).fails(1);
    let ran = ran
        .says("error[unrendered-application]: `notes` could not be rendered")
        .says("template: notes.yaml:3: nil pointer");
    ran.says("its entry in the lock stays unchanged").says("applications.yml:4");
    assert_eq!(
        locked(&folder)
            .replace("renamed", "web")
            .lines()
            .filter(|line| !line.contains("fnv1a"))
            .collect::<Vec<_>>(),
        old.lines().filter(|line| !line.contains("fnv1a")).collect::<Vec<_>>()
    );
    assert!(locked(&folder).contains("renamed"), "the others are locked anyway");
}

#[test]
fn what_a_hostile_chart_prints_is_refused_and_never_written() {
    let many = "i=0; while [ $i -lt 20001 ]; do printf -- '---\\napiVersion: v1\\nkind: Service\\nmetadata: \
        {name: a%s}\\n' $i; i=$((i+1)); done";
    let bomb = "cat <<END\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a [x,x,x,x,x,x,x,x,x]\n\
        b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,\
                *d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
                g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nEND";
    let cases = [
        ("while :; do sleep 1; done", "helm took longer than 1 s"),
        ("exec yes 'a: b'", "helm printed more than 50 MiB"),
        ("echo 'a: ['", "line 1: this is not YAML: this bracket is not closed"),
        ("echo 'metadata: {name: a}'", "line 1: this object has no `apiVersion`"),
        ("printf 'apiVersion: v1\\nmetadata: {name: a}\\n'", "line 1: this object has no `kind`"),
        ("printf 'apiVersion: v1\\nkind: Service\\n'", "line 1: this object has no `metadata.name`"),
        ("echo 'just words'", "line 1: this document is not an object"),
        (
            "printf 'apiVersion: v1\\nkind: Service\\nmetadata: {name: \"a b\\\\nc: d\"}\\n'",
            "its manifests contain names that Kubernetes refuses",
        ),
        (
            "printf 'apiVersion: v1\\nkind: Service\\nmetadata: {name: a}\\n---\\napiVersion: v1\\nkind: \
             Service\\nmetadata: {name: a}\\n'",
            "line 5: a second Service a",
        ),
        ("printf '\\000\\377'", "the file is not UTF-8"),
        (bomb, "the aliases of this document expand to too many values"),
        (many, "there are more than 20000 objects"),
        ("printf 'a: ['; yes x, | head -n 2000001; echo ']'", "the file holds more than 2000000 values"),
        ("printf 'Error: \\033[31mred\\007' >&2; exit 1", "\\u{1b}[31mred\\u{7}"),
    ];
    for (script, said) in cases {
        let folder = chart();
        let bin = program("helm", script);
        lock(&folder, ["--timeout", if said.contains("1 s") { "1" } else { "60" }])
            .variable("PATH", path(bin.path()))
            .fails(1)
            .says(said);
        let text = locked(&folder);
        assert!(
            text.contains("    unknown: it could not be rendered\n") && text.lines().count() == 7,
            "{said}:\n{text}"
        );
    }
}

#[test]
fn a_missing_program_is_said_once_and_stops_nothing_else() {
    let chart = |code: &str| entry(code, &format!("path: charts/{code}\n      helm: {{valueFiles: []}}"));
    let folder =
        catalog(&(chart("one") + &chart("two") + &entry("plain", "path: apps/plain\n      directory: {}")));
    for code in ["one", "two"] {
        write(folder.path().join(format!("charts/{code}/Chart.yaml")), "name: chart\n");
    }
    write(folder.path().join("apps/plain/web.yaml"), SERVICE);
    let none = no_programs();
    let ran = lock(&folder, [])
        .variable("PATH", none.path())
        .fails(1)
        .says("`helm` is not installed, which renders 2 applications")
        .says("--manifests DIR");
    assert_eq!(ran.err.matches("error[").count(), 1, "{}", ran.err);
    let text = locked(&folder);
    assert_eq!(text.matches("    unknown: helm is not installed\n").count(), 2, "{text}");
    assert!(text.contains("        - web\n"), "{text}");
    assert_eq!(
        wharf(["check"]).within(folder.path()).succeeds().err,
        "",
        "an application that is unknown is not stale"
    );
}

#[test]
fn what_cannot_be_rendered_here_is_unknown_and_no_fault() {
    let keys = [
        "path: a\n      plugin: {name: tanka}",
        "repoURL: https://git.example.com/other.git\n      targetRevision: v1\n      path: \
         x\n      directory: {}",
        "path: jsonnet\n      directory: {}",
    ];
    let entries: String =
        keys.iter().zip(["plugin", "other", "jsonnet"]).map(|(keys, code)| entry(code, keys)).collect();
    let folder = catalog(&entries);
    write(folder.path().join("jsonnet/main.jsonnet"), "{}");
    let ran = lock(&folder, [])
        .succeeds()
        .says("wharf: plugin is unknown: it is rendered by the plugin tanka")
        .says("3 unknown");
    assert_eq!(ran.out, "");
    for reason in [
        "it is rendered by the plugin tanka",
        "its manifests are in https://git.example.com/other.git at v1",
        "jsonnet/main.jsonnet is Jsonnet",
    ] {
        assert!(locked(&folder).contains(&format!("unknown: {reason}\n")), "{}", locked(&folder));
    }
    lock(&folder, ["--check"]).succeeds();
}

#[test]
fn manifests_can_be_handed_in() {
    let folder = chart();
    write(folder.path().join("out/notes.yaml"), SERVICE);
    lock(&folder, ["--manifests", "out"]).succeeds().says("1 application locked");
    let text = locked(&folder);
    assert!(text.contains("      Service:\n        - web\n"), "{text}");
    lock(&folder, ["--check"]).succeeds();
    let none = no_programs();
    assert_eq!(
        lock(&folder, []).variable("PATH", none.path()).succeeds().err,
        "wharf: the lock is up to date\n"
    );
    lock(&folder, ["--application", "notes", "--manifests", "-"])
        .input(SERVICE.replace("web", "other"))
        .succeeds();
    assert!(locked(&folder).contains("        - other\n"));
    lock(&folder, ["--manifests", "-"]).input(SERVICE).succeeds();
    lock(&folder, ["--application", "notes", "--manifests", "-"])
        .input("")
        .fails(1)
        .says("standard input contains no object");
    assert_eq!(locked(&folder), text);
    write(folder.path().join("out/nots.yaml"), SERVICE);
    lock(&folder, ["--manifests", "out"])
        .fails(2)
        .says("there is no application `nots`; did you mean `notes`?");
    lock(&folder, ["--manifests", "nowhere"]).fails(2).says("nowhere");
    lock(&folder, ["--application", "nots"]).fails(2).says("did you mean `notes`?");
}

#[test]
fn check_fails_on_whatever_lock_would_change_and_writes_nothing() {
    let folder = plain(SERVICE);
    lock(&folder, ["--check"]).fails(1).says("the lock entry of `notes` is missing");
    assert!(!is_locked(&folder));
    lock(&folder, []).succeeds();
    lock(&folder, ["--check"]).succeeds();
    let catalog = folder.path().join("applications.yml");
    let old = fs::read_to_string(&catalog).unwrap();
    write(&catalog, old.replace("applicationCode: notes", "applicationCode: diary"));
    let ran = lock(&folder, ["--check"]).fails(1).says("the lock entry of `diary` is missing");
    ran.says("there is no application `notes`");
    lock(&folder, []).succeeds().says("1 application locked, 1 removed");
    assert!(!locked(&folder).contains("  notes:"));
    write(
        &catalog,
        old.replace("directory: {}", "directory: {recurse: true}")
            .replace("applicationCode: notes", "applicationCode: diary"),
    );
    lock(&folder, ["--check"]).fails(1).says("the lock entry of `diary` is stale");
}

#[test]
fn an_application_that_is_switched_off_keeps_its_entry() {
    let folder = plain(SERVICE);
    lock(&folder, []).succeeds();
    let (catalog, old) = (folder.path().join("applications.yml"), locked(&folder));
    let text = fs::read_to_string(&catalog).unwrap();
    write(
        &catalog,
        text.replace("  networkPolicies", "  toggleable: true\n  enabled: false\n  networkPolicies")
            + "- namespace: web-diary\n  networkPolicies: {profile: base}\n",
    );
    lock(&folder, ["--check"]).succeeds();
    lock(&folder, []).succeeds();
    assert_eq!(locked(&folder), old);
}

#[test]
fn a_lock_that_cannot_be_read_is_never_overwritten() {
    let folder = plain(SERVICE);
    lock(&folder, []).succeeds();
    let good = locked(&folder);
    let cases = [
        (good.replace("  notes:\n", "<<<<<<< HEAD\n  notes:\n"), "lock-conflict", ":4:1"),
        (good.replace("version: 1", "version: 2"), "lock-version", ":2:10"),
        (
            good.replace("- 80/TCP to 80", "- eighty"),
            "invalid-value",
            "`eighty` is not what `wharf lock` writes here",
        ),
        (good.replace("    services:", "    servces:"), "unknown-key", "did you mean `services`?"),
        (good.replace("        - web", "        - [web]"), "wrong-type", ":9:11"),
        (good.replace("    objects:", "    objects: ]"), "yaml-syntax", ":7:"),
        (good.replace("  notes:\n", "  notes: {source: a}\n  notes:\n"), "duplicate-key", "`notes`"),
    ];
    for (broken, rule, said) in cases {
        write(folder.path().join(FILE), &broken);
        lock(&folder, ["--all"])
            .fails(1)
            .says(&format!("error[{rule}]"))
            .says(said)
            .says("applications.lock.yml");
        assert_eq!(locked(&folder), broken, "{rule}");
        for verb in ["check", "render"] {
            wharf([verb]).within(folder.path()).fails(1).says(&format!("error[{rule}]"));
        }
    }
}

#[test]
fn a_catalog_with_an_error_is_not_locked() {
    let folder = plain(SERVICE);
    write(folder.path().join("applications.yml"), "- namespace: Web\n  networkPolicies: {profile: worker}\n");
    lock(&folder, []).fails(1).says("invalid-value");
    assert!(!is_locked(&folder));
}

#[test]
fn files_outside_of_the_repository_are_never_read() {
    let folder = plain(SERVICE);
    let outside = cli::folder();
    write(outside.path().join("secret.yaml"), SERVICE.replace("web", "outside"));
    std::os::unix::fs::symlink(
        outside.path().join("secret.yaml"),
        folder.path().join("apps/notes/link.yaml"),
    )
    .unwrap();
    lock(&folder, []).fails(1).says("apps/notes/link.yaml cannot be read");
    assert!(!locked(&folder).contains("outside"));
}
