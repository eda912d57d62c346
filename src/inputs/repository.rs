//! The working tree of the catalog: which files exist, and the contents of those that applications deploy. A
//! folder is listed when it is needed. Listing all of a large repository would take longer than compiling the
//! catalog.

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

/// The type of an item in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, which is not followed, or anything else.
    Other,
}

impl Repository {
    /// The working tree in `root`, whose remotes have these URLs.
    pub fn new(root: impl Into<PathBuf>, remotes: Vec<String>) -> Self {
        let root = root.into();
        Self { root: root.canonicalize().unwrap_or(root), remotes }
    }

    /// The working tree that contains `folder`; `None` if there is none, or if it is a sparse checkout.
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

    /// The path on the disk that `path` resolves to, if it exists within the tree; links are followed.
    pub fn path(&self, path: &str) -> Option<PathBuf> {
        self.root.join(path).canonicalize().ok().filter(|path| path.starts_with(&self.root))
    }

    /// The contents of a regular file of the tree; `None` for one that does not exist, is too long, or is
    /// outside.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let file = open_regular(&self.path(path)?).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX_FILE_BYTES).then_some(bytes)
    }

    /// The items of a folder, sorted by name; `folder` is relative to the root and has no `..`. `None` if
    /// they are not known.
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

    /// Opens a folder; one behind a symbolic link, which may point anywhere, cannot be opened.
    fn open(&self, folder: &str) -> io::Result<Folder> {
        folder
            .split('/')
            .filter(|name| !name.is_empty())
            .try_fold(Folder::open(&self.root)?, |above, name| above.child(name))
    }
}

/// The nearest parent of `folder` with a `.git`, whatever kind of file that is.
pub(super) fn root(folder: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    folder.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_path_buf)
}

/// The text of git's configuration: in `.git`, in the folder that a file `.git` points to, or in the
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

/// The values of a key in all sections with a name, whatever their subsections.
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
