//! `wharf diff` with real repositories: which catalogs it compares, what it prints, and its exit status.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::path::Path;
use std::process::Command;

use cli::{PLATFORM, Ran, catalog, entries, folder, wharf, write};
use serde_json::Value;
use tempfile::TempDir;

const NOTES: &str = "- {namespace: web-notes, networkPolicies: {profile: web-app}}\n";
const LINKS: &str = "- {namespace: web-links, networkPolicies: {profile: web-app}}\n";
const DEMO: &str = "- {namespace: web-demo, toggleable: true, networkPolicies: {profile: web-app}}\n";

/// Runs git with an identity and a clock of its own.
fn git(at: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(at)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "test")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "test@example.com")))
        .output()
        .expect("git starts");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(at: &Path, applications: &str) {
    write(at.join("applications.yml"), applications);
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "a change"]);
}

/// A repository whose commits have these catalogs, on the branch `main`.
fn repository(catalogs: &[&str]) -> TempDir {
    let folder = folder();
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    write(folder.path().join("platform.yml"), PLATFORM);
    for catalog in catalogs {
        commit(folder.path(), catalog);
    }
    folder
}

fn diff(at: &Path, arguments: &[&str]) -> Ran {
    wharf([&["diff"], arguments].concat()).within(at).run()
}

/// Expects a run that cannot compare anything, and says why.
fn refuses(at: &Path, arguments: &[&str], why: &str) {
    wharf([&["diff"], arguments].concat()).within(at).fails(2).says(why);
}

fn verdict(ran: &Ran) -> &str {
    ran.out.lines().next().unwrap_or_default()
}

#[test]
fn by_default_it_compares_with_the_beginning_of_the_branch() {
    let folder = repository(&[NOTES]);
    let at = folder.path();
    assert_eq!(verdict(&diff(at, &[])), "nothing changes in the cluster");
    let base = git(at, &["rev-parse", "HEAD"]);
    git(at, &["checkout", "--quiet", "-b", "topic"]);
    commit(at, &format!("{NOTES}{LINKS}"));
    write(at.join("applications.yml"), format!("{NOTES}{LINKS}{DEMO}"));
    let ran = diff(at, &[]);
    assert_eq!((ran.code, verdict(&ran), ran.err.as_str()), (Some(0), "16 objects added", ""));
    assert!(ran.out.contains(&format!("from {} to the working tree", &base[..10])), "{}", ran.out);
    assert_eq!(verdict(&diff(at, &["HEAD"])), "8 objects added");
    git(at, &["checkout", "--quiet", "--detach"]);
    assert_eq!(verdict(&diff(at, &["main"])), "16 objects added");
}

#[test]
fn without_a_default_branch_it_compares_with_the_last_commit() {
    let folder = folder();
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch", "trunk"]);
    write(at.join("platform.yml"), PLATFORM);
    write(at.join("applications.yml"), NOTES);
    refuses(at, &[], "there is no commit yet to compare with");
    commit(at, NOTES);
    write(at.join("applications.yml"), format!("{NOTES}{LINKS}"));
    assert_eq!(verdict(&diff(at, &[])), "8 objects added");
}

#[test]
fn all_files_of_the_catalog_come_from_the_revision() {
    let folder = repository(&[]);
    let at = folder.path();
    write(at.join("profiles/quiet.yml"), "summary: Quiet.\nextends: base\n");
    write(
        at.join("templates/cache.yml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cache}\ndata: {size: '1'}\n",
    );
    commit(at, "- {namespace: web-notes, networkPolicies: {profile: quiet}, templates: [{name: cache}]}\n");
    assert_eq!(verdict(&diff(at, &["HEAD"])), "nothing changes in the cluster");
    write(at.join("profiles/quiet.yml"), "summary: Quiet.\nextends: base\negress: [{to: internet}]\n");
    write(
        at.join("templates/cache.yml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cache}\ndata: {size: '2'}\n",
    );
    write(at.join("platform.yml"), PLATFORM.replace("domain: example.com", "domain: example.org"));
    let ran = diff(at, &["HEAD", "--objects"]);
    assert_eq!(verdict(&ran), "1 danger · 1 connection opened · 1 object changed, 1 added");
    assert!(ran.out.contains("the profile `quiet` allows more: internet"), "{}", ran.out);
    assert!(ran.out.contains("-  size: '1'\n+  size: '2'\n"), "{}", ran.out);
}

#[test]
fn a_catalog_in_a_subfolder_and_behind_links_is_read() {
    let folder = repository(&[]);
    let (at, home) = (folder.path(), folder.path().join("clusters/home"));
    write(home.join("applications.yml"), "- {namespace: web-notes, networkPolicies: {profile: quiet}}\n");
    write(at.join("profiles/quiet.yml"), "summary: Quiet.\nextends: base\n");
    fs::create_dir_all(&home).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../profiles", home.join("profiles")).unwrap();
        std::os::unix::fs::symlink("../../platform.yml", home.join("platform.yml")).unwrap();
    }
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "a catalog"]);
    assert_eq!(verdict(&diff(&home, &["HEAD"])), "nothing changes in the cluster");
    assert_eq!(verdict(&diff(at, &["HEAD", "clusters/home"])), "nothing changes in the cluster");
    write(home.join("applications.yml"), format!("{NOTES}{LINKS}"));
    let ran = diff(at, &["HEAD", "clusters/home"]);
    assert!(ran.out.contains("added"), "{}", ran.out);
    #[cfg(unix)]
    {
        fs::remove_file(home.join("platform.yml")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", home.join("platform.yml")).unwrap();
        git(at, &["commit", "--quiet", "--all", "--message", "a link out"]);
        fs::remove_file(home.join("platform.yml")).unwrap();
        write(home.join("platform.yml"), PLATFORM);
        refuses(at, &["HEAD", "clusters/home"], "this link leads out of the repository, or nowhere");
    }
}

#[test]
fn the_only_argument_may_be_the_folder_if_only_that_has_a_catalog() {
    let repository = repository(&[NOTES]);
    let below = repository.path().join("home");
    fs::create_dir(&below).unwrap();
    for name in ["applications.yml", "platform.yml"] {
        fs::rename(repository.path().join(name), below.join(name)).unwrap();
    }
    git(repository.path(), &["add", "--all"]);
    git(repository.path(), &["commit", "--quiet", "--message", "move"]);
    assert_eq!(diff(repository.path(), &["home"]).code, Some(0));
    refuses(repository.path(), &["elsewhere"], "name the folder that contains one: `home`");
    assert_eq!(diff(&below, &["HEAD"]).code, Some(0));
    refuses(&below, &["home"], "no revision `home`");
}

#[test]
fn what_cannot_be_compared_is_never_an_empty_difference() {
    let folder = repository(&[NOTES]);
    let at = folder.path();
    refuses(at, &["no-such"], "there is no revision `no-such`");
    refuses(at, &["--", "--output=x"], "there is no revision `--output=x`");
    refuses(at, &["HEAD:platform.yml"], "there is no revision `HEAD:platform.yml`");
    let late = at.join("late");
    write(late.join("applications.yml"), NOTES);
    write(late.join("platform.yml"), PLATFORM);
    refuses(&late, &["HEAD"], "there was no `late/applications.yml` in `HEAD`: all of the catalog is new");
    refuses(&late, &["HEAD"], "`--from-nothing` compares with an empty catalog");
    refuses(at, &["HEAD", "--from", "late", "late"], "not both");
    refuses(at, &["--from", "no-such"], "no such file or directory");
    wharf(["diff"]).within(at).variable("PATH", "/nowhere").fails(2).says("git is not installed");
    let outside = catalog(NOTES);
    refuses(outside.path(), &[], "this folder is in no git repository");
}

#[test]
fn a_first_catalog_is_compared_with_nothing() {
    let folder = folder();
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch", "main"]);
    write(at.join("platform.yml"), PLATFORM);
    write(at.join("applications.yml"), NOTES);
    for revision in [&[][..], &["HEAD"]] {
        refuses(at, revision, "there is no commit yet to compare with; `--from-nothing` compares with");
        let ran = diff(at, &[revision, &["--from-nothing"]].concat());
        assert_eq!((ran.code, verdict(&ran)), (Some(0), "8 objects added"));
        assert!(ran.out.contains("from nothing to the working tree"), "{}", ran.out);
    }
    assert_eq!(hook(at, &[]).code, Some(0), "the hook accepts the first commit");
    let other = repository(&[]);
    write(other.path().join("readme.md"), "a repository without a catalog\n");
    git(other.path(), &["rm", "--quiet", "--cached", "--ignore-unmatch", "platform.yml"]);
    git(other.path(), &["add", "readme.md"]);
    git(other.path(), &["commit", "--quiet", "--message", "no catalog"]);
    write(other.path().join("applications.yml"), NOTES);
    let ran = diff(other.path(), &["HEAD", "--from-nothing", "--format", "markdown"]);
    assert!(ran.out.starts_with("<!-- wharf diff -->\n**8 objects added**"), "{}", ran.out);
    refuses(at, &["no-such", "--from-nothing"], "there is no revision `no-such`");
    refuses(at, &["--from", ".", "--from-nothing"], "cannot be used with");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let folder = repository(&[NOTES, LINKS]);
    let first = git(folder.path(), &["rev-parse", "HEAD~1"]);
    let clone = cli::folder();
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let at = clone.path().join("shallow");
    assert_eq!(verdict(&diff(&at, &["HEAD"])), "nothing changes in the cluster");
    refuses(&at, &[&first], "in this clone, which is shallow: run `git fetch --unshallow`");
    git(folder.path(), &["checkout", "--quiet", "-b", "topic"]);
    commit(folder.path(), DEMO);
    git(&at, &["fetch", "--quiet", "--depth", "1", "origin", "topic"]);
    git(&at, &["checkout", "--quiet", "FETCH_HEAD"]);
    refuses(&at, &[], "this clone is shallow, without the commit at which `HEAD` branched off");
}

#[test]
fn a_partial_clone_downloads_nothing() {
    let folder = repository(&[NOTES, LINKS]);
    git(folder.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = cli::folder();
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "--quiet", "--filter=blob:none", &url, "partial"]);
    refuses(&clone.path().join("partial"), &["HEAD~1"], "not in this clone, which is a partial one");
}

#[test]
fn a_submodule_is_named() {
    let other = repository(&[]);
    write(other.path().join("quiet.yml"), "summary: Quiet.\nextends: base\n");
    git(other.path(), &["add", "--all"]);
    git(other.path(), &["commit", "--quiet", "--message", "a profile"]);
    let folder = repository(&[NOTES]);
    let at = folder.path();
    let url = other.path().display().to_string();
    git(at, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "profiles"]);
    git(at, &["commit", "--quiet", "--all", "--message", "a submodule"]);
    refuses(at, &["HEAD"], "HEAD:profiles: it is a submodule, whose files are in another repository");
}

#[test]
fn an_old_catalog_with_errors_is_explained() {
    let faulty = "- {namespace: web-notes, networkPolicies: {profile: webapp}}\n";
    let folder = repository(&[faulty]);
    write(folder.path().join("applications.yml"), NOTES);
    let ran = wharf(["diff", "HEAD"]).within(folder.path()).fails(2);
    let ran = ran.says("there is no profile `webapp`").says("HEAD:applications.yml:1:");
    let ran =
        ran.says("the catalog of `HEAD` has errors, so that nothing was rendered from it; compare with");
    ran.says("a revision that was rendered");
    commit(folder.path(), NOTES);
    commit(folder.path(), &format!("{NOTES}{LINKS}"));
    let next = git(folder.path(), &["rev-parse", "--short", "HEAD~1"]);
    let ran = wharf(["diff", "HEAD~2"]).within(folder.path()).fails(2);
    ran.says(&format!("`{next}` is the first revision after it without errors: compare with that one"));
    let folder = repository(&[LINKS, NOTES, faulty, &faulty.repeat(2)]);
    let good = git(folder.path(), &["rev-parse", "--short", "HEAD~2"]);
    write(folder.path().join("applications.yml"), NOTES);
    let ran = wharf(["diff", "HEAD"]).within(folder.path()).fails(2);
    ran.says(&format!("it; `{good}` is the last revision before it without errors"));
    assert_eq!(verdict(&diff(folder.path(), &[&good])), "nothing changes in the cluster");
}

#[test]
fn standard_input_is_compared_with_a_revision_of_the_folder() {
    let folder = repository(&[NOTES]);
    let ran = wharf(["diff", "HEAD", "-"]).within(folder.path()).input(format!("{NOTES}{LINKS}")).succeeds();
    assert_eq!(verdict(&ran), "8 objects added");
}

#[test]
fn a_new_catalog_with_errors_is_reported() {
    let folder = repository(&[NOTES]);
    write(folder.path().join("applications.yml"), NOTES.replace("web-app", "webapp"));
    wharf(["diff"]).within(folder.path()).fails(1).says("there is no profile `webapp`");
}

#[test]
fn an_empty_catalog_is_a_difference() {
    let folder = repository(&[&format!("{DEMO}{}", DEMO.replace("demo", "test"))]);
    write(folder.path().join("applications.yml"), "[]\n");
    let ran = diff(folder.path(), &["HEAD", "--fail-on", "1"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("most of the catalog goes: 16 of 16 objects"), "{}", ran.out);
    assert_eq!(verdict(&diff(folder.path(), &["--from", ".", "."])), "nothing changes in the cluster");
}

#[test]
fn a_level_decides_the_exit_status() {
    let folder = repository(&[&format!("{NOTES}{DEMO}")]);
    let at = folder.path();
    write(at.join("applications.yml"), NOTES);
    let code = |arguments: &[&str]| diff(at, &[&["HEAD"], arguments].concat()).code;
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--fail-on", "1"]), Some(1));
    assert_eq!(code(&["--fail-on", "1", "--allow-stated"]), Some(0));
    assert_eq!(code(&["--fail-on", "6"]), Some(2));
    write(at.join("applications.yml"), format!("{NOTES}{DEMO}{LINKS}"));
    assert_eq!(code(&["--fail-on", "4"]), Some(0));
    assert_eq!(code(&["--fail-on", "5"]), Some(1));
    write(
        at.join("applications.yml"),
        format!("{NOTES}{DEMO}")
            .replace("profile: web-app}}\n- ", "profile: web-app, ingress: [{cidr: 192.168.1.0/24}]}}\n- "),
    );
    assert_eq!(code(&["--fail-on", "2", "--allow-stated"]), Some(1));
    assert_eq!(code(&["--fail-on", "1"]), Some(0));
}

#[test]
fn json_has_a_version_counts_and_changes() {
    let folder = repository(&[&format!("{NOTES}{DEMO}")]);
    write(folder.path().join("applications.yml"), format!("{NOTES}{LINKS}"));
    let ran = diff(folder.path(), &["HEAD", "--format", "json"]);
    let json: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!((&json["from"], &json["to"]), (&"HEAD".into(), &"the working tree".into()));
    assert_eq!(json["counts"].to_string(), r#"{"1":1,"2":0,"3":0,"4":0,"5":8}"#);
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 9);
    assert_eq!(changes[0]["rule"], "entry-removed");
    assert_eq!(changes[0]["stated"]["key"], "toggleable");
    assert_eq!(changes[0]["origin"].to_string(), r#"{"file":"HEAD:applications.yml","line":2}"#);
    assert_eq!(changes[0]["objects"].as_array().map(Vec::len), Some(8));
    assert_eq!(changes[1]["rule"], "object-added");
    let namespace = changes.iter().find(|change| change["object"]["kind"] == "Namespace").unwrap();
    assert_eq!(namespace["object"]["name"], "web-links");
}

#[test]
fn a_comment_stays_below_its_limit_and_keeps_the_dangers() {
    let folder = folder();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for at in [&old, &new] {
        write(at.join("platform.yml"), PLATFORM);
    }
    let many = entries(250, "d");
    write(old.join("applications.yml"), format!("{DEMO}{many}"));
    write(
        new.join("applications.yml"),
        many.replace("networkPolicies:\n    profile: web-app\n", "networkPolicies:\n    profile: base\n"),
    );
    let comment = |limit: &str| {
        let ran = diff(
            folder.path(),
            &["--from", "old", "new", "--objects", "--format", "markdown", "--limit", limit],
        );
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        ran.out
    };
    let dangers = |text: &str| text.matches("[!CAUTION]").count();
    let whole = comment("100000000");
    assert!(
        comment("60000").contains("Argo CD deletes the Namespace and everything in it, its volumes included")
    );
    assert_eq!(dangers(&comment("60000")), 1);
    assert!(whole.contains("<details>") && !whole.contains("Left out"));
    for limit in [60_000_usize, 20_000, 5000, 2000, 1000] {
        let text = comment(&limit.to_string());
        assert!(text.chars().count() <= limit, "{} characters", text.chars().count());
        assert!(text.starts_with("<!-- wharf diff -->\n**1 danger · "), "{text}");
        assert!(text.contains("the entry `web-demo` is removed, and was not protected"), "{text}");
        assert!(text.contains(&format!("Left out to stay below {limit} characters: ")), "{text}");
    }
}

#[test]
fn the_hook_of_git_reads_the_right_repository() {
    let folder = repository(&[NOTES]);
    let other = repository(&[LINKS]);
    let ran = wharf(["diff", "HEAD"])
        .within(folder.path())
        .variable("GIT_DIR", other.path().join(".git"))
        .variable("GIT_INDEX_FILE", other.path().join(".git/index"))
        .succeeds();
    assert_eq!(verdict(&ran), "nothing changes in the cluster");
}

/// The command of the hook, as pre-commit runs it: with arguments of the user at its end.
fn hook(at: &Path, more: &[&str]) -> Ran {
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks: Value = serde_yaml::from_str(&fs::read_to_string(hooks).unwrap()).unwrap();
    let hook = hooks.as_array().unwrap().iter().find(|hook| hook["id"] == "wharf-diff").unwrap();
    let words = hook["entry"].as_str().unwrap().strip_prefix("wharf ").unwrap().split(' ');
    wharf(words.chain(more.iter().copied())).within(at).run()
}

#[test]
fn the_hook_accepts_only_dangers_that_the_catalog_states() {
    let folder = repository(&[&format!("{NOTES}{DEMO}")]);
    let at = folder.path();
    assert_eq!(hook(at, &[]).code, Some(0));
    write(at.join("applications.yml"), NOTES);
    assert_eq!(hook(at, &[]).code, Some(0), "`toggleable` states that the entry may go");
    write(at.join("applications.yml"), format!("{}{DEMO}", NOTES.replace("web-notes", "team-notes")));
    assert_eq!(hook(at, &["."]).code, Some(0), "a protected entry stays");
    let widened = NOTES.replace("web-notes, ", "web-notes, podSecurity: privileged, ");
    write(at.join("applications.yml"), format!("{widened}{DEMO}"));
    assert_eq!(hook(at, &["."]).code, Some(1));
}
