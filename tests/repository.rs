//! Which repository a catalog is in, according to git's own files.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "tests write files, and fail if they cannot"
)]

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use tempfile::TempDir;
use wharf::compile::compile;
use wharf::inputs::{self, Item, Origin, Repository};

const CONFIG: &str = "[core]\n\tbare = false\n[remote \"origin\"]\n\
                      \turl = https://token@git.example.com/home/cluster.git\n\tfetch = +refs/*\n\
                      [branch \"main\"]\n\tremote = origin\n";

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    fs::write(path, text).expect("a file is written");
}

fn remotes(folder: &Path) -> Option<Vec<String>> {
    Repository::around(folder).map(|repository| repository.remotes().to_vec())
}

#[test]
fn a_catalog_in_a_subfolder_belongs_to_the_repository_around_it() {
    let root = TempDir::new().expect("a folder");
    write(root.path(), ".git/config", CONFIG);
    write(root.path(), "cluster/prod/applications.yml", "[]");
    assert_eq!(
        remotes(&root.path().join("cluster/prod")),
        Some(vec!["https://token@git.example.com/home/cluster.git".to_owned()])
    );
}

#[test]
fn a_worktree_has_the_remotes_of_its_repository() {
    let root = TempDir::new().expect("a folder");
    write(root.path(), "main/.git/config", CONFIG);
    write(root.path(), "main/.git/worktrees/side/commondir", "../..\n");
    write(root.path(), "side/.git", "gitdir: ../main/.git/worktrees/side\n");
    assert_eq!(remotes(&root.path().join("side")).map(|urls| urls.len()), Some(1));
}

#[test]
fn a_sparse_working_tree_is_ignored() {
    let root = TempDir::new().expect("a folder");
    write(root.path(), ".git/config", &format!("{CONFIG}[core]\n\tsparseCheckout = true\n"));
    assert_eq!(remotes(root.path()), None);
}

#[test]
fn a_link_is_not_followed() {
    let root = TempDir::new().expect("a folder");
    write(root.path(), "b/file", "");
    std::os::unix::fs::symlink("b", root.path().join("a")).expect("a link is made");
    let repository = Repository::new(root.path(), Vec::new());
    assert_eq!(
        repository.list(""),
        Some(vec![("a".to_owned(), Item::Other), ("b".to_owned(), Item::Folder)])
    );
    assert_eq!(repository.list("b"), Some(vec![("file".to_owned(), Item::File)]));
    assert_eq!(repository.list("a"), None);
}

/// The findings for an application whose folder does not exist.
fn said(config: &str) -> Vec<&'static str> {
    let root = TempDir::new().expect("a folder");
    write(root.path(), ".git/config", config);
    write(
        root.path(),
        "platform.yml",
        "repository: {url: 'git@git.example.com:home/cluster.git'}\ndomain: example.com\n",
    );
    write(
        root.path(),
        "applications.yml",
        "- namespace: a\n  networkPolicies: {profile: base}\n  applications: \
         [{applicationCode: a, path: b}]\n",
    );
    let inputs = inputs::read(&Origin::Folder(root.path().into())).expect("files that can be read");
    compile(&inputs, NonZeroUsize::MIN).findings.iter().map(|finding| finding.rule.name).collect()
}

#[test]
fn only_the_repository_of_the_platform_is_searched() {
    assert_eq!(said(CONFIG), ["missing-path"]);
    assert_eq!(said(&CONFIG.replace("home/cluster", "home/fork")), [""; 0]);
    assert_eq!(said(&CONFIG.replace("https://token@git.example.com/", "/srv/git.example.com/")), [""; 0]);
}
