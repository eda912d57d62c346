//! All files of a folder that may be manifests, whoever wrote them: bounded, and nothing outside of the
//! folder.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::boundary::Boundary;
use super::limit::{at_most, max_bytes};
use super::{Repository, Source, Unreadable, display, repository};
use crate::diagnostics::Role;
use crate::folder::{FileKind, Folder};

/// How many files a tree may have, of all kinds.
const MAX_FILES: usize = 50_000;

/// How deep folders may be nested.
const MAX_DEPTH: usize = 32;

/// A longer file is not read, in bytes: the largest definitions of custom resources have 2 MiB.
const MAX_FILE: usize = 4 << 20;

/// How many bytes of all files are read.
const MAX_TOTAL: usize = 96 << 20;

/// How many of the files and folders that were left out are listed.
const MAX_LEFT_OUT: usize = 1000;

/// A file or folder that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Its path from the root of the tree.
    pub path: String,
    /// The reason, as a phrase.
    pub reason: String,
}

/// The files of a folder by their paths from it, which are separated by slashes.
#[derive(Debug, Default)]
pub struct Tree {
    /// The contents of files that may be manifests; nothing for other files, and for those that were not
    /// read.
    pub files: BTreeMap<String, Option<Source>>,
    /// What was not read.
    pub left_out: Vec<LeftOut>,
    /// The URLs of the git remotes of the folder.
    pub remotes: Vec<String>,
    /// The path of the folder from the root of its git repository; empty for the root, and without one.
    pub prefix: String,
    /// The folder on the disk, from which charts are rendered; nothing for a tree in memory.
    pub repository: Option<Repository>,
}

impl Tree {
    /// A tree in memory.
    pub fn of_files<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let file = |(path, text): (&str, &str)| {
            (path.to_owned(), may_be_manifest(path).then(|| Source::new(path, text)))
        };
        Self { files: files.into_iter().map(file).collect(), ..Self::default() }
    }

    /// The contents of a file that may be a manifest.
    pub fn read(&self, path: &str) -> Option<&Source> {
        self.files.get(path)?.as_ref()
    }

    /// The paths of all files below a folder, in order; the empty path is the root.
    pub fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = &'t str> + use<'t> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = self.files.range(prefix.clone()..);
        start.map(|(path, _)| path.as_str()).take_while(move |path| path.starts_with(&prefix))
    }

    /// Whether there is a folder with files at this path.
    pub fn is_folder(&self, path: &str) -> bool {
        self.below(path).next().is_some()
    }

    fn leave_out(&mut self, path: &str, reason: impl Into<String>) {
        if self.left_out.len() < MAX_LEFT_OUT {
            self.left_out.push(LeftOut { path: path.into(), reason: reason.into() });
        }
    }
}

/// Reads the files of a folder. Links to files are followed within the folder, links to folders are not.
///
/// # Errors
/// If the folder cannot be listed.
pub fn read_tree(folder: &Path) -> Result<Tree, Unreadable> {
    let unreadable = |error| Unreadable { path: folder.into(), error };
    let boundary = Boundary::around(folder, folder, "folder").map_err(unreadable)?;
    let root = repository::root(folder);
    let prefix = root.as_deref().and_then(|root| prefix(root, folder)).unwrap_or_default();
    let remotes = Repository::around(folder).map(|found| found.remotes().to_vec()).unwrap_or_default();
    let repository = Some(Repository::new(folder, remotes.clone()));
    let tree = Tree { remotes, prefix, repository, ..Tree::default() };
    let mut walk = Walk { tree, boundary, base: folder, total: 0 };
    walk.folder(&Folder::open(folder).map_err(unreadable)?, "", 0).map_err(unreadable)?;
    Ok(walk.tree)
}

/// The text of a file that is named on the command line, at most as long as a manifest.
///
/// # Errors
/// If it cannot be read.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = at_most(crate::folder::open_regular(path)?, Role::Manifest)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file with manifests as standard input is read.
///
/// # Errors
/// If it cannot be read.
pub fn read_file_as_tree(path: &Path) -> Result<Tree, Unreadable> {
    let bytes = crate::folder::open_regular(path).and_then(|file| at_most(file, Role::Manifest));
    bytes.map(of_stream).map_err(|error| Unreadable { path: path.into(), error })
}

/// Reads standard input as the only file of a tree.
///
/// # Errors
/// If standard input cannot be read.
pub fn read_standard_input_as_tree() -> Result<Tree, Unreadable> {
    let bytes = at_most(io::stdin().lock(), Role::Manifest);
    bytes.map(of_stream).map_err(|error| Unreadable { path: "standard input".into(), error })
}

fn of_stream(bytes: Vec<u8>) -> Tree {
    let mut tree = Tree::default();
    if bytes.len() > max_bytes(Role::Manifest) {
        tree.leave_out("<stdin>", format!("it is longer than {} MiB", max_bytes(Role::Manifest) >> 20));
    } else {
        tree.files.insert("<stdin>".into(), Some(Source { name: "<stdin>".into(), bytes }));
    }
    tree
}

/// The path of a folder from the root of its repository.
fn prefix(root: &Path, folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let steps = folder.strip_prefix(root).ok()?.iter().map(|step| step.to_str());
    steps.collect::<Option<Vec<_>>>().map(|steps| steps.join("/"))
}

/// A tree that is being read.
struct Walk<'w> {
    tree: Tree,
    boundary: Boundary,
    base: &'w Path,
    /// How many bytes were read.
    total: usize,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Folder, path: &str, depth: usize) -> io::Result<()> {
        let mut items = Vec::new();
        for item in folder.items()? {
            let (name, kind) = item?;
            match name.into_string() {
                Ok(name) => items.push((name, kind)),
                Err(name) => {
                    let path = below(path, &name.to_string_lossy());
                    self.tree.leave_out(&path, "its name is not valid UTF-8");
                }
            }
        }
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        if !path.is_empty() && items.iter().any(|(name, _)| name == ".git") {
            self.tree.leave_out(path, "it is another repository");
            return Ok(());
        }
        for (name, kind) in items.iter().filter(|(name, _)| name != ".git") {
            self.item(folder, (name, *kind), &below(path, name), depth);
        }
        Ok(())
    }

    fn item(&mut self, folder: &Folder, (name, kind): (&str, FileKind), path: &str, depth: usize) {
        if self.tree.files.len() >= MAX_FILES {
            return self.too_many(path);
        }
        match kind {
            FileKind::Folder if depth == MAX_DEPTH => {
                self.tree.leave_out(path, format!("folders are nested deeper than {MAX_DEPTH} levels"));
            }
            FileKind::Folder => {
                let listed = folder.child(name).and_then(|child| self.folder(&child, path, depth + 1));
                if let Err(error) = listed {
                    self.tree.leave_out(path, reason(&error));
                }
            }
            FileKind::File | FileKind::Link => self.file(path),
            FileKind::Other => self.tree.leave_out(path, "it is not a regular file"),
        }
    }

    fn too_many(&mut self, path: &str) {
        let reason = format!("there are more than {MAX_FILES} files");
        if self.tree.left_out.last().is_none_or(|last| last.reason != reason) {
            self.tree.leave_out(path, reason);
        }
    }

    fn file(&mut self, path: &str) {
        let content = if may_be_manifest(path) { self.read(path) } else { None };
        self.tree.files.insert(path.into(), content);
    }

    fn read(&mut self, path: &str) -> Option<Source> {
        if self.total >= MAX_TOTAL {
            self.tree.leave_out(path, format!("the files are longer than {} MiB", MAX_TOTAL >> 20));
            return None;
        }
        match self.boundary.read_at_most(Path::new(path), MAX_FILE) {
            Ok(bytes) if bytes.len() > MAX_FILE => {
                self.tree.leave_out(path, format!("it is longer than {} MiB", MAX_FILE >> 20));
                None
            }
            Ok(bytes) => {
                self.total += bytes.len();
                Some(Source { name: display(&self.base.join(path)), bytes })
            }
            Err(error) => {
                self.tree.leave_out(path, reason(&error));
                None
            }
        }
    }
}

fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn may_be_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "yaml" | "yml" | "json") || name == "Kustomization"
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
