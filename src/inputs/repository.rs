//! The working tree that the catalog lies in: which files there are, and what those hold that applications
//! are made of.
//!
//! A folder is listed when somebody asks for it. Listing all of a large repository would take longer than
//! compiling the catalog.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::folder::{FileKind, Folder, open_regular};

/// A folder with more items is not listed.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// How much of one of git's own files is read, in bytes.
const MAX_CONFIG_BYTES: u64 = 256 << 10;

/// A longer file is not read, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;

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
        let root = root(folder)?;
        let config = read_config(&root.join(".git"))?;
        let sparse =
            values(&config, "core", "sparsecheckout").any(|value| value.eq_ignore_ascii_case("true"));
        (!sparse)
            .then(|| Self { root, remotes: values(&config, "remote", "url").map(String::from).collect() })
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
        let file = open_regular(&self.path(path)?).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX_FILE_BYTES).then_some(bytes)
    }

    /// What stands in a folder, in the order of the names; `folder` is relative to the root and says no `..`.
    /// Nothing if it cannot be told.
    pub fn list(&self, folder: &str) -> Option<Vec<(String, Item)>> {
        let mut items = Vec::new();
        for item in self.open(folder).ok()?.items().ok()?.take(MAX_FOLDER_ENTRIES + 1) {
            let (name, kind) = item.ok()?;
            let item = match kind {
                FileKind::File => Item::File,
                FileKind::Folder => Item::Folder,
                FileKind::Link | FileKind::Other => Item::Other,
            };
            items.push((name.into_string().ok()?, item));
        }
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        (items.len() <= MAX_FOLDER_ENTRIES).then_some(items)
    }

    /// Opens a folder; one behind a symbolic link, which may lead anywhere, cannot be opened.
    fn open(&self, folder: &str) -> io::Result<Folder> {
        folder
            .split('/')
            .filter(|name| !name.is_empty())
            .try_fold(Folder::open(&self.root)?, |above, name| above.child(name))
    }
}

/// The folder with the `.git` that `folder` lies in, whatever kind of file that is.
pub(super) fn root(folder: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_path_buf)
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
    open_regular(path).ok()?.take(MAX_CONFIG_BYTES).read_to_string(&mut text).ok()?;
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
