//! CI: the reports of `wharf check --format …`, and the files of integrations/gitlab and integrations/github:
//! validated against the schemas of both, and their commands run as they are written.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, JoinHandle};

use cli::{Ran, Run, catalog, entries, folder, shell, wharf, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Two errors in the catalog, one of them with a second location, and characters that every format has to
/// escape.
const FAULTY: &str = "\
- namespace: web-notes
  networkPolicies: {profile: 'web,app: <100%>'}
- namespace: web-notes
  networkPolicies: {profile: web-app}
";

fn check(at: &Path, format: &str) -> Ran {
    wharf(["check", "--format", format]).within(at).run()
}

fn faulty(format: &str) -> String {
    let folder = catalog(FAULTY);
    let ran = check(folder.path(), format);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    ran.out
}

fn clean(format: &str) -> String {
    let folder = catalog(&entries(1, "d"));
    let ran = check(folder.path(), format);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    ran.out
}

fn python(script: &str, input: &Path) -> String {
    let interpreter =
        std::env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON is not set: run scripts/test");
    let output = Command::new(interpreter).args(["-c", script]).arg(input).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn github_annotates_lines() {
    let expected = "\
::error title=wharf unknown-profile,file=applications.yml,line=2,endLine=2,col=30,endColumn=47::\
there is no profile `web,app: <100%25>`%0A\
help: write one of `base`, `database`, `media-server`, `monitoring`, `system`, `unrestricted`, \
`web-app`, `web-app-internal`, `worker` or `none`, or create your own profile: \
`profiles/web,app: <100%25>.yml`%0A\
page: wharf rule unknown-profile
::error title=wharf duplicate-namespace,file=applications.yml,line=3,endLine=3,col=14,endColumn=23::\
two entries own the namespace `web-notes`%0A\
note: removing one of them would delete the objects of the other%0A\
help: merge them into one entry with several applications%0A\
page: wharf rule duplicate-namespace
";
    assert_eq!(faulty("github"), expected);
    assert_eq!(clean("github"), "");
}

#[test]
fn a_catalog_cannot_inject_commands_of_github() {
    let folder =
        catalog("- namespace: \"x\\n::add-mask::y\\r::warning::z\"\n  networkPolicies: {profile: web-app}\n");
    let ran = check(folder.path(), "github");
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.lines().all(|line| line.starts_with("::error title=wharf ")), "{}", ran.out);
    assert!(!ran.out.contains('\r'));
}

#[test]
fn gitlab_gets_code_quality() {
    let report: Value = serde_json::from_str(&faulty("gitlab")).expect("JSON");
    let issues = report.as_array().unwrap();
    assert_eq!(issues.len(), 2);
    assert_eq!(issues[0]["check_name"], "unknown-profile");
    assert_eq!(issues[0]["severity"], "blocker");
    assert_eq!(issues[0]["location"], json!({"path": "applications.yml", "lines": {"begin": 2, "end": 2}}));
    assert!(
        issues[0]["description"]
            .as_str()
            .unwrap()
            .starts_with("there is no profile `web,app: <100%>`\nhelp: ")
    );
    assert_eq!(clean("gitlab"), "[]\n");
}

#[test]
fn fingerprints_stay_while_lines_move() {
    let prints = |applications: &str| -> Vec<String> {
        let folder = catalog(applications);
        let report: Value = serde_json::from_str(&check(folder.path(), "gitlab").out).unwrap();
        report
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = prints(FAULTY);
    assert_eq!(before, prints(&format!("# a line more\n\n{FAULTY}")));
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 2);
    assert!(
        before.iter().all(|print| print.len() == 32 && print.bytes().all(|byte| byte.is_ascii_hexdigit()))
    );
    assert_ne!(before, prints(&FAULTY.replace("web-notes", "web-links")));
}

#[test]
fn an_entry_inserted_above_changes_no_fingerprint() {
    const BELOW: &str = "\
- namespace: web-shop
  networkPolicies: {profile: no-such}
  applications:
    - {applicationCode: shop, path: charts/shop, autoSync: true, sync: {options: [Nonsense=true]}}
  routes:
    - {host: shop, service: shop, port: 0}
";
    let prints = |applications: &str, format: &str| -> Vec<String> {
        let folder = catalog(applications);
        let report: Value = serde_json::from_str(&check(folder.path(), format).out).unwrap();
        let (findings, print) = match format {
            "sarif" => (&report["runs"][0]["results"], "/partialFingerprints/wharf~1v1"),
            _ => (&report, "/fingerprint"),
        };
        let findings = findings.as_array().unwrap().iter();
        findings.map(|finding| finding.pointer(print).unwrap().as_str().unwrap().to_owned()).collect()
    };
    let entry = "- {namespace: web-links, networkPolicies: {profile: base}}\n";
    let application = "- {applicationCode: shop-cache, path: charts/cache, autoSync: true}\n    ";
    let route = "- {host: cache, service: cache, port: 80}\n    ";
    for format in ["gitlab", "sarif"] {
        let before = prints(BELOW, format);
        assert_eq!(before.len(), 3, "{format}");
        assert_eq!(prints(&format!("{entry}{BELOW}"), format), before, "{format}");
        let grown = BELOW.replace("- {applicationCode", &format!("{application}- {{applicationCode"));
        let grown = grown.replace("- {host", &format!("{route}- {{host"));
        assert_eq!(prints(&grown, format), before, "{format}");
        assert_ne!(prints(&BELOW.replace("web-shop", "web-cups"), format), before, "{format}");
    }
}

#[test]
fn sarif_has_rules_and_locations() {
    let log: Value = serde_json::from_str(&faulty("sarif")).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (2, 2));
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        assert!(!rules[index]["shortDescription"]["text"].as_str().unwrap().is_empty());
    }
    let location = |line: usize, start: usize, end: usize| {
        json!({
            "artifactLocation": {"uri": "applications.yml"},
            "region": {"startLine": line, "startColumn": start, "endLine": line, "endColumn": end},
        })
    };
    assert_eq!(results[0]["locations"], json!([{"physicalLocation": location(2, 30, 47)}]));
    assert_eq!(
        results[1]["relatedLocations"],
        json!([{"physicalLocation": location(1, 14, 23), "message": {"text": "first used here"}}])
    );
    let empty: Value = serde_json::from_str(&clean("sarif")).unwrap();
    assert_eq!(empty["runs"][0]["results"], json!([]));
}

#[test]
fn sarif_names_files_as_uris() {
    let folder = folder();
    write(folder.path().join("müll 1/applications.yml"), FAULTY);
    let ran = wharf(["check", "müll 1", "--format", "sarif"]).within(folder.path()).run();
    assert!(ran.out.contains("\"uri\": \"m%C3%BCll%201/applications.yml\""), "{}", ran.out);
}

#[test]
fn junit_is_xml_with_a_case_for_each_file() {
    let read = "
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
suite = root.find('testsuite')
print(root.get('tests'), root.get('failures'), suite.get('tests'), suite.get('failures'))
for case in suite:
    failure = case.find('failure')
    if failure is None:
        print(case.get('name'), 'passes', '')
    else:
        print(case.get('name'), failure.text.count('\\n'), failure.get('message'))
";
    let folder = folder();
    let at = folder.path().join("report.xml");
    write(&at, faulty("junit"));
    let expected = "2 1 2 1\n\
                    applications.yml 7 applications.yml:2:30: there is no profile `web,app: <100%>`\n\
                    platform.yml passes \n";
    assert_eq!(python(read, &at), expected);
    write(&at, clean("junit"));
    assert_eq!(python(read, &at), "2 0 2 0\napplications.yml passes \nplatform.yml passes \n");
    let strange =
        catalog("- namespace: \"\\x01]]>\\uFFFE & <b> \\\"\"\n  networkPolicies: {profile: web-app}\n");
    write(&at, check(strange.path(), "junit").out);
    assert!(python(read, &at).starts_with("2 1 2 1\n"));
}

#[test]
fn warnings_are_not_failures() {
    let folder = catalog(&entries(1, "d"));
    write(folder.path().join("schemas/namespace-v1.json"), "{}");
    let said = |format: &str| {
        wharf(["check", "--schemas", "schemas", "--format", format]).within(folder.path()).succeeds().out
    };
    assert!(said("junit").contains("failures=\"0\"") && said("junit").contains("<system-out>"));
    assert!(said("github").starts_with("::warning title=wharf missing-schema,"));
    assert!(said("gitlab").contains("\"severity\": \"minor\""));
    assert!(said("sarif").contains("\"level\": \"warning\""));
}

fn integration(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations").join(name)
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(integration(name)).expect(name)).expect(name)
}

/// check-jsonschema includes the schemas that GitLab and GitHub publish.
#[test]
fn gitlab_and_github_accept_their_files() {
    let files: [(&[&str], &[&str]); 3] = [
        (
            &["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
            &[
                "gitlab/wharf.gitlab-ci.yml",
                "gitlab/rendered-branch.gitlab-ci.yml",
                "gitlab/diff.gitlab-ci.yml",
                "gitlab/wharf-audit.gitlab-ci.yml",
            ],
        ),
        (&["vendor.github-actions"], &["github/action.yml"]),
        (
            &["vendor.github-workflows"],
            &["github/workflow.yml", "github/rendered-branch.yml", "github/diff.yml", "github/audit.yml"],
        ),
    ];
    for (schema, files) in files {
        let interpreter =
            std::env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON is not set: run scripts/test");
        let mut command = Command::new(interpreter);
        command
            .args(["-m", "check_jsonschema", "--builtin-schema"])
            .args(schema)
            .args(files.iter().map(|file| integration(file)));
        let output = command.output().expect("check-jsonschema starts");
        assert!(output.status.success(), "{files:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// A repository with a catalog and its rendered folder, pushed to a second repository beside it.
fn repository() -> TempDir {
    let folder = folder();
    write(folder.path().join("work/applications.yml"), entries(2, "d"));
    write(folder.path().join("work/platform.yml"), cli::PLATFORM);
    let bin = folder.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(cli::BINARY, bin.join("wharf")).unwrap();
    let make = "git init -q --bare -b main remote.git && cd work && $WHARF render --output rendered \
                2>/dev/null && git init -q -b main && git add -A && git -c user.name=t -c \
                user.email=t@localhost commit -q -m catalog && git remote add origin \"$PWD/../remote.git\" \
                && git push -q origin main";
    shell(make).within(folder.path()).succeeds();
    folder
}

/// Runs commands in the repository, with `wharf` on the path.
fn run(repository: &Path, shell_line: &str, commands: &str) -> Run {
    let path = std::env::var("PATH").expect("PATH");
    let run = shell(&format!("exec {shell_line} \"$COMMANDS\""))
        .within(repository.join("work"))
        .variable("COMMANDS", commands);
    run.variable("PATH", format!("{}:{path}", repository.join("bin").display())).variable("HOME", repository)
}

/// Runs the commands of a job, with the variables of its file.
fn gitlab(file: &str, job: &str, repository: &Path) -> Run {
    let file = yaml(file);
    let script: Vec<_> =
        file[job]["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let mut run = run(repository, "bash -eo pipefail -c", &script.join("\n"));
    for (name, variable) in file["variables"].as_object().unwrap() {
        run = run.variable(name, variable["value"].as_str().unwrap());
    }
    run.variable("CI_COMMIT_SHA", "8102f46a").variable("WHARF_PUSH_URL", repository.join("remote.git"))
}

const SLIP: &str = "- namespace: web-extra\n  networkPolicies: {profile: web-ap}\n";
const EXTRA: &str = "- namespace: web-extra\n  networkPolicies: {profile: web-app}\n";

#[test]
fn the_job_of_gitlab_checks_the_catalog() {
    let repository = repository();
    let at = |path: &str| repository.path().join("work").join(path);
    let job = || gitlab("gitlab/wharf.gitlab-ci.yml", "wharf", repository.path());
    let report = || {
        serde_json::from_str::<Value>(&fs::read_to_string(at("gl-code-quality-report.json")).unwrap())
            .unwrap()
    };
    job().succeeds();
    assert_eq!(report(), json!([]));
    for (applications, rule) in [
        ([&entries(2, "d"), EXTRA].concat(), "stale-rendered"),
        ([&entries(2, "d"), SLIP].concat(), "unknown-profile"),
    ] {
        write(at("applications.yml"), applications);
        let ran = job().fails(1).says(rule);
        assert_eq!(ran.out, "");
        assert_eq!(report()[0]["check_name"], rule);
        assert!(fs::read_to_string(at("wharf-junit.xml")).unwrap().contains("failures=\"1\""));
    }
    let artifacts = yaml("gitlab/wharf.gitlab-ci.yml")["wharf"]["artifacts"].clone();
    assert!(
        at(artifacts["reports"]["codequality"].as_str().unwrap()).exists()
            && at(artifacts["reports"]["junit"].as_str().unwrap()).exists()
    );
    fs::remove_file(at("applications.yml")).unwrap();
    job().fails(2);
}

/// The files of a branch of the remote, and its number of commits.
fn branch(repository: &Path) -> (BTreeSet<String>, usize) {
    let list = shell("git ls-tree -r --name-only rendered && git log --format=tformat:commit rendered")
        .within(repository.join("remote.git"))
        .succeeds()
        .out;
    let commits = list.lines().filter(|line| *line == "commit").count();
    (list.lines().filter(|line| *line != "commit").map(str::to_owned).collect(), commits)
}

/// The branch is created by the first run, follows the catalog, and gets no commit if nothing changed.
fn keeps_the_branch(job: impl Fn(&Path) -> Run) {
    let repository = repository();
    let at = |path: &str| repository.path().join("work").join(path);
    job(repository.path()).run_ok();
    let rendered = |at: &Path| cli::files(at).into_keys().collect::<BTreeSet<_>>();
    assert_eq!(branch(repository.path()), (rendered(&at("rendered")), 1));
    fs::remove_dir_all(at(".wharf-branch")).unwrap();
    job(repository.path()).run_ok();
    assert_eq!(branch(repository.path()).1, 1, "nothing changed");
    fs::remove_dir_all(at(".wharf-branch")).unwrap();
    write(at("applications.yml"), [&entries(1, "d"), EXTRA].concat());
    job(repository.path()).run_ok();
    let (files, commits) = branch(repository.path());
    assert_eq!(commits, 2);
    assert!(
        files.contains("web-extra/namespace.yaml")
            && !files.iter().any(|file| file.starts_with("web-00001/")),
        "{files:?}"
    );
    fs::remove_dir_all(at(".wharf-branch")).unwrap();
    write(at("applications.yml"), SLIP);
    assert_eq!(job(repository.path()).run().code, Some(1));
    assert_eq!(branch(repository.path()), (files, 2), "an invalid catalog changes nothing");
}

trait RunOk {
    fn run_ok(self);
}

impl RunOk for Run {
    #[track_caller]
    fn run_ok(self) {
        let ran = self.run();
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn gitlab_keeps_a_rendered_branch() {
    keeps_the_branch(|repository| {
        gitlab("gitlab/rendered-branch.gitlab-ci.yml", "wharf-rendered-branch", repository)
    });
    let repository = repository();
    gitlab("gitlab/rendered-branch.gitlab-ci.yml", "wharf", repository.path()).succeeds();
}

/// The step of a job or an action with this name.
fn step(steps: &Value, name: &str) -> Value {
    steps
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["name"] == name)
        .unwrap_or_else(|| panic!("{name}"))
        .clone()
}

#[test]
fn github_keeps_a_rendered_branch() {
    let job = yaml("github/rendered-branch.yml")["jobs"]["render"].clone();
    keeps_the_branch(|repository| {
        let commands = step(&job["steps"], "render and push")["run"].as_str().unwrap().to_owned();
        let mut run = run(repository, "bash -eo pipefail -c", &commands);
        for (name, value) in job["env"].as_object().unwrap() {
            run = run.variable(name, value.as_str().unwrap());
        }
        run.variable("GITHUB_SHA", "8102f46a")
    });
}

#[test]
fn the_action_of_github_checks_the_catalog() {
    let action = yaml("github/action.yml");
    let step = step(&action["runs"]["steps"], "wharf check");
    let repository = repository();
    let at = |path: &str| repository.path().join("work").join(path);
    let job = |inputs: &[(&str, &str)]| {
        let mut run = run(repository.path(), "bash -eo pipefail -c", step["run"].as_str().unwrap());
        for (name, value) in step["env"].as_object().unwrap() {
            let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            let default = action["inputs"][input]["default"].as_str().unwrap();
            run = run.variable(
                name,
                inputs.iter().find(|(name, _)| *name == input).map_or(default, |(_, value)| value),
            );
        }
        run.run()
    };
    assert_eq!(job(&[]).code, Some(0));
    write(at("applications.yml"), [&entries(2, "d"), EXTRA].concat());
    let ran = job(&[("sarif", "wharf.sarif")]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("::error title=wharf stale-rendered,"), "{}", ran.out);
    assert!(ran.err.contains("error[stale-rendered]"));
    assert!(fs::read_to_string(at("wharf.sarif")).unwrap().contains("stale-rendered"));
    assert_eq!(job(&[("rendered", "")]).code, Some(0), "a catalog without a rendered folder");
    assert_eq!(job(&[("folder", "nowhere"), ("rendered", "")]).code, Some(2));
}

/// A repository without a catalog, whose last commit adds an error.
fn audited() -> (TempDir, String) {
    let repository = repository();
    let at = |path: &str| repository.path().join("work").join(path);
    fs::remove_file(at("applications.yml")).unwrap();
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: notes}\n\
                       spec:\n  source: {repoURL: https://git.example.com/home.git, path: notes}\n  \
                       destination: {namespace: notes}\n  syncPolicy: {automated: {prune: true}}\n";
    write(at("notes.yaml"), application);
    write(at("notes/namespace.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: notes}\n");
    let commit = "git rm -qr rendered && git add -A && git -c user.name=t -c \
                  user.email=t@localhost commit -qm audit && git rev-parse HEAD";
    let base = shell(commit).within(repository.path().join("work")).succeeds().out.trim().to_owned();
    (repository, base)
}

const MISTAKE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: notes, labels: {a: 1}}\n";

#[test]
fn the_job_of_gitlab_audits_what_a_merge_request_adds() {
    let (repository, base) = audited();
    let job = || gitlab("gitlab/wharf-audit.gitlab-ci.yml", "wharf audit", repository.path());
    let of_request = || job().variable("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.clone());
    assert!(!of_request().succeeds().err.contains("unprotected-namespace"));
    job().succeeds().says("unprotected-namespace");
    write(repository.path().join("work/notes/service.yaml"), MISTAKE);
    of_request().fails(1).says("error[metadata-type]");
    let report = fs::read_to_string(repository.path().join("work/gl-code-quality-report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((report.as_array().unwrap().len(), &report[0]["check_name"]), (1, &json!("metadata-type")));
}

#[test]
fn the_workflow_of_github_audits_what_a_pull_request_adds() {
    let (repository, base) = audited();
    let workflow = yaml("github/audit.yml");
    let step = step(&workflow["jobs"]["audit"]["steps"], "wharf audit");
    let job = || {
        let run = run(repository.path(), "bash -eo pipefail -c", step["run"].as_str().unwrap());
        run.variable("WHARF_FOLDER", ".").variable("WHARF_BASE", base.clone()).run()
    };
    assert_eq!(job().code, Some(0));
    write(repository.path().join("work/notes/service.yaml"), MISTAKE);
    let ran = job();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let start = "::error title=wharf metadata-type,file=notes/service.yaml,";
    assert!(ran.out.starts_with(start), "{}", ran.out);
}

/// A repository with a second commit that opens a host to everybody, with a reason, and lets in the LAN.
fn repository_with_a_danger() -> TempDir {
    let repository = repository();
    let catalog = entries(2, "d").replacen(
        "profile: web-app\n",
        "profile: web-app\n    ingress: [{cidr: 192.168.1.0/24}]\n",
        1,
    );
    write(repository.path().join("work/applications.yml"), catalog);
    let commit = "git -c user.name=t -c user.email=t@localhost commit --quiet --all --message change";
    shell(commit).within(repository.path().join("work")).succeeds();
    repository
}

/// The commands that a run of `gh` was asked for; it keeps one comment.
const GH: &str = "#!/bin/sh
echo \"$@\" >> \"$HOME/calls\"
case \"$*\" in
*--jq*) cat \"$HOME/comment\" 2>/dev/null ;;
*POST*) echo 42 > \"$HOME/comment\" ;;
esac
exit 0
";

#[test]
fn github_gets_one_comment_that_is_updated() {
    let job = yaml("github/diff.yml")["jobs"]["diff"].clone();
    let repository = repository_with_a_danger();
    write(repository.path().join("bin/gh"), GH);
    shell("chmod +x bin/gh").within(repository.path()).succeeds();
    let summary = repository.path().join("summary.md");
    let perform = |name: &str, fail_on: &str| {
        let commands = step(&job["steps"], name)["run"].as_str().unwrap().to_owned();
        run(repository.path(), "bash -eo pipefail -c", &commands)
            .variable("WHARF_FOLDER", job["env"]["WHARF_FOLDER"].as_str().unwrap())
            .variable("WHARF_FAIL_ON", fail_on)
            .variable("GITHUB_STEP_SUMMARY", &summary)
            .variable("GITHUB_REPOSITORY", "home/cluster")
            .variable("NUMBER", "7")
            .run()
    };
    for _ in 0..2 {
        assert_eq!(perform("wharf diff", "").code, Some(0));
        assert_eq!(perform("comment", "").code, Some(0));
    }
    let comment = fs::read_to_string(repository.path().join("work/wharf-diff.md")).unwrap();
    assert!(comment.starts_with("<!-- wharf diff -->\n**1 danger · 1 connection opened"), "{comment}");
    assert!(fs::read_to_string(&summary).unwrap().contains(&comment));
    let calls = fs::read_to_string(repository.path().join("calls")).unwrap();
    let changes: Vec<_> = calls.lines().filter(|call| call.contains("--method")).collect();
    assert_eq!(
        changes,
        [
            "api --silent --method POST repos/home/cluster/issues/7/comments --field body=@wharf-diff.md",
            "api --silent --method PATCH repos/home/cluster/issues/comments/42 --field body=@wharf-diff.md",
        ]
    );
    assert_eq!(perform("refuse what nobody stated", "2").code, Some(1));
    assert_eq!(perform("refuse what nobody stated", "1").code, Some(0));
    // a pull request that adds the catalog
    let first = "git rm --quiet --cached applications.yml
        git -c user.name=t -c user.email=t@localhost commit --quiet --message none
        git add applications.yml
        git -c user.name=t -c user.email=t@localhost commit --quiet --message first";
    shell(first).within(repository.path().join("work")).succeeds();
    assert_eq!(perform("wharf diff", "").code, Some(0));
    let comment = fs::read_to_string(repository.path().join("work/wharf-diff.md")).unwrap();
    assert!(comment.contains("objects added**"), "{comment}");
}

/// A request to the API of GitLab: its method, its path and the text of the note.
type Request = (String, String, Option<String>);

/// Answers `number` requests as the API of GitLab does, with one note of somebody else on the first page.
fn serve(listener: TcpListener, number: usize) -> JoinHandle<Vec<Request>> {
    thread::spawn(move || {
        let (mut requests, mut notes) = (Vec::new(), vec![json!({"id": 1, "body": "a remark"})]);
        for stream in listener.incoming().take(number) {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            stream.read_line(&mut head).unwrap();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let note = serde_json::from_slice::<Value>(&body).ok();
            let note = note.map(|note| note["body"].as_str().unwrap().to_owned());
            let words: Vec<_> = head.split(' ').map(str::to_owned).collect();
            if words[0] == "POST" {
                notes.push(json!({"id": 2, "body": note}));
            }
            let page = usize::from(!words[1].ends_with("&page=1"));
            let next = if page == 0 { "2" } else { "" };
            let answer = match words[0].as_str() {
                "GET" => json!(notes.get(page).into_iter().collect::<Vec<_>>()).to_string(),
                _ => "{}".into(),
            };
            let head = format!("HTTP/1.1 200 OK\r\nx-next-page: {next}\r\nconnection: close\r\n");
            write!(stream.get_mut(), "{head}content-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
            requests.push((words[0].clone(), words[1].clone(), note));
        }
        requests
    })
}

#[test]
fn gitlab_gets_one_comment_that_is_updated() {
    let repository = repository_with_a_danger();
    let interpreter = std::env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON");
    let python = format!("#!/bin/sh\nexec {} \"$@\"\n", PathBuf::from(interpreter).display());
    write(repository.path().join("bin/python"), python);
    shell("chmod +x bin/python").within(repository.path()).succeeds();
    let base = shell("git rev-parse HEAD~1").within(repository.path().join("work")).succeeds().out;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://{}/api/v4", listener.local_addr().unwrap());
    // two pages and a change, twice
    let server = serve(listener, 6);
    let job = |token: &str, fail_on: &str| {
        gitlab("gitlab/diff.gitlab-ci.yml", "wharf-diff", repository.path())
            .variable("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.trim())
            .variable("CI_API_V4_URL", &api)
            .variable("CI_PROJECT_ID", "5")
            .variable("CI_MERGE_REQUEST_IID", "7")
            .variable("WHARF_TOKEN", token)
            .variable("WHARF_FAIL_ON", fail_on)
            .run()
    };
    assert_eq!(job("", "").code, Some(0), "without a token, nothing is posted");
    assert_eq!(job("token", "1").code, Some(0));
    let ran = job("token", "2");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let comment = fs::read_to_string(repository.path().join("work/wharf-diff.md")).unwrap();
    let requests = server.join().unwrap();
    let changes: Vec<_> = requests.into_iter().filter(|(method, ..)| method != "GET").collect();
    let notes = "/api/v4/projects/5/merge_requests/7/notes";
    assert_eq!(changes[0], ("POST".into(), notes.into(), Some(comment.clone())));
    assert_eq!(changes[1], ("PUT".into(), format!("{notes}/2"), Some(comment)));
    assert_eq!(changes.len(), 2);
}

/// Whoever can move a tag could otherwise run code in the jobs of all users.
#[test]
fn actions_are_pinned_by_their_commit() {
    let mut actions = BTreeSet::new();
    for name in [
        "github/action.yml",
        "github/workflow.yml",
        "github/rendered-branch.yml",
        "github/diff.yml",
        "github/audit.yml",
    ] {
        let text = fs::read_to_string(integration(name)).unwrap();
        for action in text.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action) {
            if action.starts_with("./") {
                continue;
            }
            let (commit, version) = action
                .split_once('@')
                .and_then(|(_, pin)| pin.split_once(" # v"))
                .unwrap_or_else(|| panic!("{name}: {action}"));
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
                "{name}: {action}"
            );
            assert_eq!(
                version.split('.').filter(|number| number.parse::<u16>().is_ok()).count(),
                3,
                "{name}: {action}"
            );
            actions.insert(action.to_owned());
        }
    }
    assert_eq!(actions.len(), 3, "each action is used in one version: {actions:?}");
}

#[test]
fn this_version_is_installed() {
    let wheel = format!("wharf_gitops-{}-py3-none-manylinux_2_17_x86_64.whl", env!("CARGO_PKG_VERSION"));
    let package = json!(format!("https://files.example.com/{wheel}"));
    assert_eq!(yaml("gitlab/wharf.gitlab-ci.yml")["variables"]["WHARF_PACKAGE"]["value"], package);
    assert_eq!(yaml("gitlab/rendered-branch.gitlab-ci.yml")["variables"]["WHARF_PACKAGE"]["value"], package);
    assert_eq!(yaml("gitlab/diff.gitlab-ci.yml")["variables"]["WHARF_PACKAGE"]["value"], package);
    assert_eq!(yaml("github/rendered-branch.yml")["jobs"]["render"]["env"]["WHARF_PACKAGE"], package);
    assert_eq!(yaml("github/diff.yml")["jobs"]["diff"]["env"]["WHARF_PACKAGE"], package);
    let steps = yaml("github/workflow.yml")["jobs"]["check"]["steps"].clone();
    assert!(steps.as_array().unwrap().iter().any(|step| step["with"]["package"] == package));
}
