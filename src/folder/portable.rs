//! Folders by their paths, for systems without the `…at` calls of POSIX: a link is looked for before each
//! step, which does not help against somebody who swaps a folder at that very moment.

#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "a part of the only reader and the only writer; compiled for its tests only on Unix"
)]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::{FileKind, single};

/// A folder.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Opens a folder by its path, through whatever links the path has.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if path.is_dir() { Ok(Self(path)) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Opens a folder in this one.
    pub(crate) fn child(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let path = self.path(name.as_ref())?;
        if kind_of(path.symlink_metadata()?.file_type()) == FileKind::Folder {
            Ok(Self(path))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Makes a folder in this one, unless the name is taken.
    pub(crate) fn make_child(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        fs::create_dir(self.path(name.as_ref())?)
            .or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
    }

    /// All names in the folder, in no order.
    pub(crate) fn items(&self) -> io::Result<impl Iterator<Item = io::Result<(OsString, FileKind)>>> {
        Ok(fs::read_dir(self.path_of_itself()?)?.map(|item| {
            let item = item?;
            Ok((item.file_name(), kind_of(item.file_type()?)))
        }))
    }

    /// What a name stands for.
    pub(crate) fn kind(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind> {
        Ok(kind_of(self.path(name.as_ref())?.symlink_metadata()?.file_type()))
    }

    /// Where a symbolic link leads, as it is written.
    pub(crate) fn link_target(&self, name: impl AsRef<OsStr>) -> io::Result<PathBuf> {
        fs::read_link(self.path(name.as_ref())?)
    }

    /// Who may do what with a regular file: nothing that is kept here, as a file that may not be written
    /// could not be replaced.
    #[allow(clippy::unused_self, reason = "as on Unix")]
    pub(crate) fn permissions(&self, _: impl AsRef<OsStr>) -> Option<Permissions> {
        None
    }

    /// Opens a regular file to read it.
    pub(crate) fn open_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.kind(name.as_ref())?.expect_file()?;
        File::open(self.path(name.as_ref())?)
    }

    /// Makes a file whose name is not taken.
    pub(crate) fn create_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        File::create_new(self.path(name.as_ref())?)
    }

    /// Gives a file another name, and takes away what had that name.
    pub(crate) fn rename(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        fs::rename(self.path(from.as_ref())?, self.path(to.as_ref())?)
    }

    /// Gives a file a second name, which must not be taken.
    pub(crate) fn hard_link(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        fs::hard_link(self.path(from.as_ref())?, self.path(to.as_ref())?)
    }

    /// Removes a file or a link.
    pub(crate) fn remove_file(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        fs::remove_file(self.path(name.as_ref())?)
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        fs::remove_dir(self.path(name.as_ref())?)
    }

    fn path(&self, name: &OsStr) -> io::Result<PathBuf> {
        Ok(self.path_of_itself()?.join(single(name)?))
    }

    /// The path, if it still is that of a folder without links.
    fn path_of_itself(&self) -> io::Result<&Path> {
        if self.0.canonicalize()? == self.0 { Ok(&self.0) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }
}

/// Opens a regular file by its path, through whatever links the path has.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    kind_of(fs::metadata(path)?.file_type()).expect_file()?;
    File::open(path)
}

fn kind_of(kind: FileType) -> FileKind {
    if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_file() {
        FileKind::File
    } else {
        FileKind::Other
    }
}
