//! The files around a catalog, as other people and programs leave them: other runs, git's line endings,
//! links, pipes, and files of other programs. With the real binary.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;

use cli::{Run, catalog, entries, files, folder, shell, wharf, write};
use tempfile::TempDir;

const SECRET: &str = "token: s3cr3t\n";

/// `wharf ARGUMENT…`, killed if it would not end.
fn in_time(arguments: &str) -> Run {
    shell(&format!("exec timeout 60 \"$WHARF\" {arguments}"))
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    const ROUNDS: usize = 15;
    const RUNS: usize = 3;
    let folder = catalog(&entries(20, "d"));
    for round in 0..ROUNDS {
        write(
            folder.path().join("applications.yml"),
            entries(20, &format!("round {round}"))
                .replace("80, targetPort", &format!("{}, targetPort", 80 + round)),
        );
        let runs: Vec<_> = (0..RUNS)
            .map(|_| {
                wharf(["render", "--output", "out"])
                    .within(folder.path())
                    .command()
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for run in runs {
            let ran = run.wait_with_output().unwrap();
            assert!(ran.status.success(), "round {round}: {}", String::from_utf8_lossy(&ran.stderr));
        }
        wharf(["check", "--rendered", "out"]).within(folder.path()).succeeds();
    }
    assert!(
        files(folder.path().join("out")).keys().all(|name| name.ends_with(".yaml")),
        "temporary files are left"
    );
}

#[test]
fn a_run_waits_for_another_one_and_says_so() {
    let folder = catalog(&entries(1, "d"));
    let out = folder.path().join("out");
    // of the other run, which must find it again
    write(out.join("web-00000/.wharf-1-0.tmp"), "half a f");
    let lock = File::open(&out).unwrap();
    lock.lock().unwrap();
    let mut run = wharf(["render", "--output", "out"])
        .within(folder.path())
        .command()
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stderr.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "wharf: waiting for another run that writes to out");
    assert_eq!(files(&out).len(), 1, "nothing is written or removed meanwhile");
    lock.unlock().unwrap();
    assert_eq!(said.next().unwrap().unwrap(), "wharf: 7 files written, 0 files removed");
    assert!(run.wait().unwrap().success());
    assert_eq!(files(&out).len(), 7);
}

fn with_crlf(folder: &Path) {
    for (name, text) in files(folder) {
        write(folder.join(name), String::from_utf8(text).unwrap().replace('\n', "\r\n"));
    }
}

#[test]
fn crlf_is_named_as_the_cause() {
    let folder = catalog(&entries(2, "d"));
    let out = folder.path().join("out");
    let check = || wharf(["check", "--rendered", "out"]).within(folder.path());
    wharf(["render", "--output", "out"]).within(folder.path()).succeeds();
    let clean = files(&out);
    write(out.join("old/namespace.yaml"), wharf::tree::HEADER);
    with_crlf(&out);
    let ran = check().fails(1).says(
        "CRLF line endings: 14 files, the first is web-00000/app-project.yaml; \
        no longer rendered: old/namespace.yaml\n",
    );
    let ran = ran.says(
        "help: write `* text eol=lf` to `out/.gitattributes`, then run `wharf render \
        --output out` and commit the changes",
    );
    assert!(!ran.err.contains("not wharf's"), "{}", ran.err);
    // one that also contains other settings
    write(out.join("web-00001/namespace.yaml"), wharf::tree::HEADER.replace('\n', "\r\n") + "else\r\n");
    check().fails(1).says(
        "CRLF line endings: 13 files, the first is web-00000/app-project.yaml; changed: \
        web-00001/namespace.yaml; ",
    );
    let ran = wharf(["render", "--output", "out", "--fail-on-change"])
        .within(folder.path())
        .fails(1)
        .says("14 files written, 1 file removed\n");
    ran.says("13 files had CRLF line endings; write `* text eol=lf` to `out/.gitattributes`\n")
        .says("changed: old, web-00000, web-00001\n");
    assert!(files(&out) == clean);
}

#[test]
fn crlf_does_not_hide_what_is_not_wharfs() {
    let folder = catalog(&entries(1, "d"));
    write(folder.path().join("out/web-00000/namespace.yaml"), "kind: Namespace\r\n");
    wharf(["render", "--output", "out"]).within(folder.path()).fails(2).says("wharf did not write");
    let ran = wharf(["check", "--rendered", "out"])
        .within(folder.path())
        .fails(1)
        .says("not wharf's: web-00000/namespace.yaml");
    assert!(!ran.err.contains("gitattributes"), "{}", ran.err);
}

/// The help is tested with git itself.
#[test]
fn the_attributes_keep_git_from_writing_crlf() {
    let folder = catalog(&entries(1, "d"));
    let git = "git -c user.name=t -c user.email=t@localhost";
    let commit =
        format!("$WHARF render --output out && git init -q -b main && git add -A && {git} commit -q -m a");
    shell(&commit).within(folder.path()).succeeds();
    let checkout = |name: &str| {
        shell(&format!("git clone -q -c core.autocrlf=true . {name}")).within(folder.path()).succeeds()
    };
    let check =
        |name: &str| wharf(["check", name, "--rendered", &format!("{name}/out")]).within(folder.path());
    checkout("before");
    check("before")
        .fails(1)
        .says("CRLF line endings: ")
        .says("write `* text eol=lf` to `before/out/.gitattributes`");
    write(folder.path().join("out/.gitattributes"), "* text eol=lf\n");
    shell(&format!("git add out && {git} commit -q -m b")).within(folder.path()).succeeds();
    checkout("after");
    check("after").succeeds();
}

#[test]
fn permissions_are_kept() {
    let folder = catalog(&entries(1, "d"));
    let file = folder.path().join("out/web-00000/applications.yaml");
    let render = || shell("umask 022; exec \"$WHARF\" render --output out").within(folder.path()).succeeds();
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o7777;
    render();
    assert_eq!(mode(), 0o644);
    for (number, wanted) in [0o600, 0o640, 0o664, 0o755, 0o444].into_iter().enumerate() {
        fs::set_permissions(&file, fs::Permissions::from_mode(wanted)).unwrap();
        write(
            folder.path().join("applications.yml"),
            entries(1, "d").replace("charts/web", &format!("charts/web-{number}")),
        );
        render().says("1 file written");
        assert_eq!(mode(), wanted, "{wanted:o}");
    }
}

#[test]
fn schemas_and_pages_replace_only_their_own() {
    for (verb, name, other) in
        [("schema", "platform.schema.json", "profile.schema.json"), ("man", "wharf.1", "wharf-check.1")]
    {
        for foreign in ["mine", "", "{\"title\": \"mine\"}", ".TH wharf 1 \"wharf 3.0\"\n"] {
            let folder = folder();
            write(folder.path().join("out").join(name), foreign);
            let ran = wharf([verb, "--output", "out"]).within(folder.path()).fails(2);
            ran.says(&format!(
                "out/{name}: wharf did not write this and does not replace it; nothing was written"
            ));
            assert_eq!(
                files(folder.path().join("out")).into_iter().collect::<Vec<_>>(),
                [(name.to_owned(), foreign.as_bytes().to_vec())]
            );
        }
        let folder = folder();
        let at = |name: &str| folder.path().join("out").join(name);
        write(at("mine"), "mine");
        wharf([verb, "--output", "out"]).within(folder.path()).succeeds();
        let made = files(folder.path().join("out"));
        // of another version, and with the line endings of another system
        let old = String::from_utf8(made[name].clone()).unwrap();
        write(at(name), old.replace("\"type\"", "\"kind\"").replace("SYNOPSIS", "USAGE"));
        write(at(other), String::from_utf8(made[other].clone()).unwrap().replace('\n', "\r\n"));
        wharf([verb, "--output", "out"]).within(folder.path()).succeeds();
        assert!(files(folder.path().join("out")) == made, "{verb}");
        // a link is not what wharf wrote
        fs::rename(at(name), at("elsewhere")).unwrap();
        symlink("elsewhere", at(name)).unwrap();
        wharf([verb, "--output", "out"]).within(folder.path()).fails(2).says(name);
    }
}

#[test]
fn a_pipe_in_the_place_of_git_does_not_hang() {
    let makes = [
        "mkfifo .git",
        "ln -s /dev/zero .git",
        "mkdir .git && mkfifo .git/config",
        "mkfifo pipe && echo 'gitdir: pipe' >.git",
        "mkdir git && mkfifo git/config && echo 'gitdir: git' >.git",
        "mkdir git && mkfifo git/commondir && echo 'gitdir: git' >.git",
        "mkdir git && mkfifo git/pipe && echo pipe >git/commondir && echo 'gitdir: git' >.git",
    ];
    for make in makes {
        let folder = catalog(&entries(1, "d"));
        shell(make).within(folder.path()).succeeds();
        in_time("check").within(folder.path()).succeeds();
        in_time("render --output out").within(folder.path()).succeeds();
    }
}

#[test]
fn a_pipe_among_the_files_is_refused() {
    for name in ["applications.yml", "platform.yml", "profiles/mine.yml", "templates/mine.yml"] {
        let folder = catalog(&entries(1, "d"));
        shell(&format!("mkdir profiles templates; rm -f {name}; mkfifo {name}"))
            .within(folder.path())
            .succeeds();
        in_time("check").within(folder.path()).fails(2).says(name).says("this is not a regular file");
    }
    let folder = catalog(&entries(1, "d"));
    write(folder.path().join("schemas/namespace-v1.json"), r#"{"$ref": "pipe.json"}"#);
    shell("mkfifo schemas/pipe.json").within(folder.path()).succeeds();
    in_time("check --schemas schemas").within(folder.path()).fails(2).says("namespace-v1.json");
}

/// A repository with a catalog in a subfolder, and a secret beside it.
fn repository() -> TempDir {
    let folder = folder();
    write(folder.path().join("secret.yml"), SECRET);
    write(folder.path().join("secrets/s3cr3t.yml"), SECRET);
    write(
        folder.path().join("home/.git/config"),
        format!("[remote \"origin\"]\n\turl = https://s3cr3t@git.example.com/fork.git\n{SECRET}"),
    );
    write(folder.path().join("home/prod/applications.yml"), entries(1, "d"));
    write(folder.path().join("home/prod/platform.yml"), cli::PLATFORM);
    folder
}

const NAMES: [&str; 6] =
    ["applications.yml", "platform.yml", "profiles/mine.yml", "templates/mine.yml", "profiles", "templates"];

/// Puts a link in the place of a file or folder of the catalog.
fn link(repository: &TempDir, name: &str, target: impl AsRef<Path>) {
    let path = repository.path().join("home/prod").join(name);
    let _ = fs::remove_file(&path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink(target, path).unwrap();
}

#[test]
fn links_out_of_the_repository_are_not_followed() {
    for name in NAMES {
        let up = if name.contains('/') { "../../.." } else { "../.." };
        let absolute = |repository: &TempDir, name: &str| repository.path().join(name).display().to_string();
        let outside = |repository: &TempDir| {
            let there = if name.contains('.') { "secret.yml" } else { "secrets" };
            vec![
                format!("{up}/{there}"),
                format!("{up}/home/../{there}"),
                format!("{up}/home/prod/platform.yml"),
                absolute(repository, there),
                absolute(repository, &format!("home/../{there}")),
                "/etc/passwd".to_owned(),
            ]
        };
        let first = repository();
        for target in outside(&first) {
            let repository = repository();
            let target =
                target.replace(&*first.path().to_string_lossy(), &repository.path().to_string_lossy());
            link(&repository, name, &target);
            for verb in ["check", "render", "check --format json", "explain web-00000"] {
                let ran = shell(&format!("exec \"$WHARF\" {verb}"))
                    .within(repository.path().join("home/prod"))
                    .fails(2);
                let ran = ran.says(&format!("{name}: this link points outside the repository"));
                assert!(!ran.err.contains("s3cr3t") && !ran.err.contains("root:"), "{target}: {}", ran.err);
            }
        }
    }
}

#[test]
fn links_through_others_are_not_followed_out_either() {
    let repository = repository();
    symlink("../..", repository.path().join("home/prod/up")).unwrap();
    link(&repository, "platform.yml", "up/secret.yml");
    wharf(["check", "home/prod"])
        .within(repository.path())
        .fails(2)
        .says("home/prod/platform.yml: this link points outside the repository");
    link(&repository, "platform.yml", "platform.yml");
    wharf(["check", "home/prod"])
        .within(repository.path())
        .fails(2)
        .says("home/prod/platform.yml: too many levels of symbolic links");
}

#[test]
fn links_to_gits_own_files_are_not_followed() {
    for target in ["../.git/config", "../.GIT/config", "../prod/../.git/config"] {
        let repository = repository();
        link(&repository, "applications.yml", target);
        let ran = wharf(["check", "home/prod"])
            .within(repository.path())
            .fails(2)
            .says("this link points into git's own files");
        assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    }
}

#[test]
fn links_within_the_repository_are_followed() {
    let repository = repository();
    let common = repository.path().join("home/common");
    write(common.join("platform.yml"), cli::PLATFORM);
    write(common.join("all.yml"), entries(1, "d"));
    write(common.join("profiles/mine.yml"), "summary: mine\nextends: base\n");
    let expected = wharf(["render", "home/prod"]).within(repository.path()).succeeds().out;
    symlink("common/platform.yml", repository.path().join("home/once")).unwrap();
    link(&repository, "platform.yml", "../once");
    link(&repository, "applications.yml", common.join("all.yml"));
    link(&repository, "profiles", ".././common/../common/profiles");
    symlink("home/prod", repository.path().join("elsewhere")).unwrap();
    for folder in ["home/prod", "elsewhere", "home/common/../prod"] {
        assert_eq!(wharf(["render", folder]).within(repository.path()).succeeds().out, expected);
        wharf(["profiles", "list", folder]).within(repository.path()).succeeds().prints("mine (");
    }
}

#[test]
fn links_stay_in_the_folder_where_there_is_no_repository() {
    let repository = repository();
    fs::remove_dir_all(repository.path().join("home/.git")).unwrap();
    link(&repository, "platform.yml", "../../secret.yml");
    wharf(["check", "home/prod"])
        .within(repository.path())
        .fails(2)
        .says("platform.yml: this link points outside the folder");
    wharf(["render", "-"])
        .within(repository.path().join("home/prod"))
        .input(entries(1, "d"))
        .fails(2)
        .says("this link points outside the folder");
}

#[test]
fn the_plugin_tells_nobody_what_exists_outside() {
    for name in NAMES {
        let said = |target: &str| {
            let repository = repository();
            link(&repository, name, target.replace("HERE", &repository.path().to_string_lossy()));
            let plugin = wharf(["plugin"])
                .variable("ARGOCD_APP_SOURCE_PATH", "prod")
                .within(repository.path().join("home/prod"));
            let ran = plugin.fails(2);
            ran.err
        };
        let up = if name.contains('/') { "../../.." } else { "../.." };
        let expected = said(&format!("{up}/secret.yml"));
        for target in [
            "{up}/secrets",
            "{up}/nothing",
            "{up}/secret.yml/nothing",
            "HERE/secret.yml",
            "HERE/nothing",
            "/etc/passwd",
            "/nothing",
            "{up}/home/nothing",
        ] {
            assert_eq!(said(&target.replace("{up}", up)), expected, "{name} -> {target}");
        }
    }
}

/// `missing-path` and `unused-values-file` name what is in a folder.
#[test]
fn names_behind_a_link_are_not_told() {
    let folder = folder();
    write(folder.path().join("outside/values-s3cr3t.yml"), "");
    write(
        folder.path().join("home/.git/config"),
        "[remote \"origin\"]\n\turl = https://git.example.com/home.git\n",
    );
    write(folder.path().join("home/platform.yml"), cli::PLATFORM);
    write(folder.path().join("home/charts/web/Chart.yaml"), "");
    symlink("../../../outside", folder.path().join("home/charts/web/link")).unwrap();
    let values = "{applicationCode: web-00000, path: charts/web, helm: {valueFiles: \
        [link/values-mine.yml]}, autoSync: true}";
    let text =
        entries(1, "d").replace("{applicationCode: web-00000, path: charts/web, autoSync: true}", values);
    write(folder.path().join("home/applications.yml"), text);
    let ran = wharf(["check", "home"]).within(folder.path()).run();
    assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
}

#[test]
fn init_copies_no_secret_out_of_the_remote() {
    let folder = folder();
    let remotes = [
        ("HTTPS://ci:s3cr3t@git.example.com/me/home.git", Some("HTTPS://git.example.com/me/home.git")),
        (
            "https://git.example.com/me/home.git?private_token=s3cr3t",
            Some("https://git.example.com/me/home.git"),
        ),
        ("ssh://git:s3cr3t@git.example.com/me/home.git", None),
        ("ssh://s3cr3t@git.example.com/me/home.git", None),
        ("s3cr3t@git.example.com:me/home.git", None),
        ("https://s3/cr3t@git.example.com/me/s3cr3t.git", None),
    ];
    for (number, (remote, url)) in remotes.into_iter().enumerate() {
        let name = number.to_string();
        shell(&format!("git init -q {name} && git -C {name} remote add origin '{remote}'"))
            .within(folder.path())
            .succeeds();
        let ran = wharf(["init", &name]).within(folder.path()).succeeds();
        let platform = fs::read_to_string(folder.path().join(&name).join("platform.yml")).unwrap();
        assert!(!platform.contains("s3") && !ran.out.contains("s3"), "{remote}: {platform}");
        match url {
            Some(url) => assert!(platform.contains(&format!("  url: {url}\n")), "{platform}"),
            None => drop(ran.prints("set the repository").prints("the URL of the git remote was not copied")),
        }
    }
}
