//! The working tree that the catalog lies in: which files there are, and what those hold that applications
//! are made of.
//!
//! A folder is listed when somebody asks for it. Listing all of a large repository would take longer than
//! compiling the catalog.

#![allow(clippy::disallowed_methods, reason = "a part of the only reader of input files")]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A folder with more items is not listed.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// How much of one of git's own files is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 256 << 10;

/// A longer file is not read, in bytes.
const LARGEST_FILE: u64 = 64 << 20;

/// A git working tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    root: PathBuf,
    remotes: Vec<String>,
}

/// What stands in a folder under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, which is not followed, or something else.
    Other,
}

impl Repository {
    /// The working tree in `root`, whose remotes have these URLs.
    pub fn new(root: impl Into<PathBuf>, remotes: Vec<String>) -> Self {
        let root = root.into();
        Self { root: root.canonicalize().unwrap_or(root), remotes }
    }

    /// The working tree that `folder` lies in; nothing if there is none, or if git has left a part of it out.
    pub fn around(folder: &Path) -> Option<Self> {
        let folder = fs::canonicalize(folder).ok()?;
        let root = folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok())?;
        let config = read_config(&root.join(".git"))?;
        let sparse =
            values(&config, "core", "sparsecheckout").any(|value| value.eq_ignore_ascii_case("true"));
        (!sparse).then(|| Self {
            root: root.into(),
            remotes: values(&config, "remote", "url").map(String::from).collect(),
        })
    }

    /// The URLs of the remotes.
    pub fn remotes(&self) -> &[String] {
        &self.remotes
    }

    /// What `path` leads to on the disk, if that is there and within the tree; links are followed.
    pub fn path(&self, path: &str) -> Option<PathBuf> {
        self.root.join(path).canonicalize().ok().filter(|path| path.starts_with(&self.root))
    }

    /// What a regular file of the tree holds; nothing for one that is not there, is too long, or lies
    /// outside.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = self.path(path)?;
        let data = path.metadata().ok()?;
        if !data.is_file() || data.len() > LARGEST_FILE {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(LARGEST_FILE).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// What stands in a folder, in the order of the names; `folder` is relative to the root and says no `..`.
    /// Nothing if it cannot be told.
    pub fn list(&self, folder: &str) -> Option<Vec<(String, Item)>> {
        let mut items = Vec::new();
        for item in fs::read_dir(self.root.join(folder)).ok()?.take(MAX_FOLDER_ENTRIES + 1) {
            let item = item.ok()?;
            let kind = item.file_type().ok()?;
            let kind = if kind.is_dir() {
                Item::Folder
            } else if kind.is_file() {
                Item::File
            } else {
                Item::Other
            };
            items.push((item.file_name().into_string().ok()?, kind));
        }
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        (items.len() <= MAX_FOLDER_ENTRIES).then_some(items)
    }
}

/// The text of git's configuration: that of `.git`, of the folder that a file `.git` points at, or of the
/// repository of a worktree.
fn read_config(git: &Path) -> Option<String> {
    if git.is_dir() {
        return read_text(&git.join("config"));
    }
    let pointer = read_text(git)?;
    let folder = git.parent()?.join(pointer.strip_prefix("gitdir:")?.trim());
    read_text(&folder.join("config")).or_else(|| {
        let common = read_text(&folder.join("commondir"))?;
        read_text(&folder.join(common.trim()).join("config"))
    })
}

fn read_text(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(MAX_CONFIG_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

/// The values of a key in all sections of a name, whatever their subsections are called.
fn values<'c>(config: &'c str, section: &'c str, key: &'c str) -> impl Iterator<Item = &'c str> {
    let mut within = false;
    config.lines().map(str::trim).filter_map(move |line| {
        if let Some(head) = line.strip_prefix('[') {
            let name = head.split([' ', ']', '\t']).next().unwrap_or_default();
            within = name.eq_ignore_ascii_case(section);
            return None;
        }
        let (name, value) = line.split_once('=')?;
        (within && name.trim().eq_ignore_ascii_case(key)).then(|| value.trim().trim_matches('"'))
    })
}
