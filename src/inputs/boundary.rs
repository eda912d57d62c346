//! Reading the files of a catalog: at most the maximum length of each, and nothing outside through a symbolic
//! link. Reports quote lines of files, and many people read CI logs. So links are resolved here, step by
//! step, and one that leaves the root is refused before anything outside is accessed.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::limit::at_most_of;
use crate::diagnostics::Role;
use crate::folder::{FileKind, Folder};

/// The maximum number of links in a chain, as on Linux.
const MAX_LINKS: usize = 40;

/// The folder that files have to be in, and the folder in it that names are relative to.
#[derive(Debug)]
pub(super) struct Boundary {
    root: Folder,
    path: PathBuf,
    folder: Vec<OsString>,
    /// The noun for `root` in messages.
    noun: &'static str,
}

/// The target of a name.
enum Found {
    File(File),
    /// A folder; empty for the root.
    Folder(Option<Folder>),
}

impl Boundary {
    /// Restricts reading `folder` to files within `root`, which is a `noun`.
    pub(super) fn around(root: &Path, folder: &Path, noun: &'static str) -> io::Result<Self> {
        let (path, folder) = (root.canonicalize()?, folder.canonicalize()?);
        let folder = folder
            .strip_prefix(&path)
            .map_err(|_| io::Error::other(format!("this folder is not in the {noun}")))?;
        Ok(Self {
            root: Folder::open(&path)?,
            folder: folder.iter().map(OsStr::to_owned).collect(),
            path,
            noun,
        })
    }

    /// Reads a regular file, as much of it as its role allows; a pipe or a device could be endless.
    pub(super) fn read(&self, name: &Path, role: Role) -> io::Result<Vec<u8>> {
        let Found::File(file) = self.find(name)? else { return Err(io::ErrorKind::IsADirectory.into()) };
        at_most_of(file, role)
    }

    /// Reads a regular file, one byte more than `most` if it is longer.
    pub(super) fn read_at_most(&self, name: &Path, most: usize) -> io::Result<Vec<u8>> {
        let Found::File(file) = self.find(name)? else { return Err(io::ErrorKind::IsADirectory.into()) };
        let mut bytes = Vec::new();
        file.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The names in a folder.
    pub(super) fn list(&self, name: &Path) -> io::Result<Vec<OsString>> {
        let Found::Folder(folder) = self.find(name)? else { return Err(io::ErrorKind::NotADirectory.into()) };
        folder.as_ref().unwrap_or(&self.root).items()?.map(|item| item.map(|(name, _)| name)).collect()
    }

    fn find(&self, name: &Path) -> io::Result<Found> {
        // the next step is the last item
        let mut steps: Vec<OsString> = name
            .iter()
            .rev()
            .chain(self.folder.iter().rev().map(OsString::as_os_str))
            .map(Into::into)
            .collect();
        let mut above: Vec<Folder> = Vec::new();
        let mut links = 0;
        while let Some(step) = steps.pop() {
            if step == ".." {
                above.pop().ok_or_else(|| self.leads_out())?;
                continue;
            }
            let here = above.last().unwrap_or(&self.root);
            match here.kind(&step)? {
                FileKind::Folder => above.push(here.child(&step)?),
                FileKind::Link if links == MAX_LINKS => {
                    return Err(io::Error::other("too many levels of symbolic links"));
                }
                FileKind::Link => {
                    links += 1;
                    let target = here.link_target(&step)?;
                    let is_absolute = target.is_absolute();
                    steps.extend(self.steps(&target)?);
                    if is_absolute {
                        above.clear();
                    }
                }
                FileKind::File if !steps.is_empty() => return Err(io::ErrorKind::NotADirectory.into()),
                FileKind::File | FileKind::Other => return here.open_file(&step).map(Found::File),
            }
        }
        Ok(Found::Folder(above.pop()))
    }

    /// The steps of a link, in reverse order; those of an absolute one begin at the root.
    fn steps(&self, target: &Path) -> io::Result<Vec<OsString>> {
        let target =
            if target.is_absolute() { self.within(target).ok_or_else(|| self.leads_out())? } else { target };
        let mut steps = Vec::new();
        for component in target.components().rev() {
            match component {
                // git's own files may contain the token of a CI job
                Component::Normal(name) if name.eq_ignore_ascii_case(".git") => {
                    return Err(io::Error::other("this link points into git's own files"));
                }
                Component::Normal(name) => steps.push(name.to_owned()),
                Component::ParentDir => steps.push("..".into()),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        Ok(steps)
    }

    /// The part of an absolute path below the root, whatever name the path has for the root.
    fn within<'t>(&self, target: &'t Path) -> Option<&'t Path> {
        let root =
            target.ancestors().find(|above| above.canonicalize().is_ok_and(|above| above == self.path))?;
        target.strip_prefix(root).ok()
    }

    fn leads_out(&self) -> io::Error {
        io::Error::other(format!("this link points outside the {}", self.noun))
    }
}
