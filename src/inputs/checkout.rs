//! The files of an older revision of a repository, as git knows them.

#![allow(clippy::disallowed_methods, reason = "writes into a temporary folder, and nowhere else")]

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::repository;

/// The files of a revision, which are removed at the end.
#[derive(Debug)]
pub struct Checkout {
    scratch: TempDir,
    prefix: PathBuf,
}

impl Checkout {
    /// Writes the files of a revision of the repository around `folder` to a temporary folder. Neither the
    /// repository nor its index is changed.
    ///
    /// # Errors
    /// If there is no repository or no such revision, or if git is not installed.
    pub fn read(folder: &Path, revision: &str) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        let root = repository::root(&folder)
            .ok_or_else(|| io::Error::other("this folder is not in a git repository"))?;
        let prefix = folder.strip_prefix(&root).map(Path::to_path_buf).unwrap_or_default();
        let scratch = tempfile::Builder::new().prefix("wharf-audit-").tempdir()?;
        let git = Git { root: &root, index: scratch.path().join("index") };
        let commit = format!("{revision}^{{commit}}");
        let name = git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        let name = name.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => error,
            _ => io::Error::other(format!("git knows no revision `{revision}`")),
        })?;
        git.run(&["read-tree", name.trim()])?;
        let target = scratch.path().join("tree");
        fs::create_dir_all(target.join(&prefix))?;
        git.run(&["checkout-index", "--all", "--quiet", &format!("--prefix={}/", target.display())])?;
        Ok(Self { scratch, prefix })
    }

    /// The path of the folder from the root of the repository.
    pub fn prefix(&self) -> String {
        self.prefix.display().to_string()
    }

    /// The folder of the revision that corresponds to the folder it was read for.
    pub fn folder(&self) -> PathBuf {
        self.scratch.path().join("tree").join(&self.prefix)
    }
}

struct Git<'g> {
    root: &'g Path,
    index: PathBuf,
}

impl Git<'_> {
    /// Runs git and returns what it prints.
    fn run(&self, arguments: &[impl AsRef<OsStr>]) -> io::Result<String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.root)
            .args(arguments)
            .env("GIT_INDEX_FILE", &self.index)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => io::Error::new(io::ErrorKind::NotFound, "git is not installed"),
                _ => error,
            })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(said.lines().next().unwrap_or("git failed").to_owned()))
    }
}
