//! Folders by their paths, for systems without the `…at` calls of POSIX: checks for links before each step,
//! which does not detect a folder that is replaced at that very moment.

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
    /// Opens a folder by its path, whose links are followed.
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

    /// Creates a folder in this one, unless the name exists.
    pub(crate) fn make_child(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        fs::create_dir(self.path(name.as_ref())?)
            .or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
    }

    /// All names in the folder, unordered.
    pub(crate) fn items(&self) -> io::Result<impl Iterator<Item = io::Result<(OsString, FileKind)>>> {
        Ok(fs::read_dir(self.path_of_itself()?)?.map(|item| {
            let item = item?;
            Ok((item.file_name(), kind_of(item.file_type()?)))
        }))
    }

    /// The type of the item with this name.
    pub(crate) fn kind(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind> {
        Ok(kind_of(self.path(name.as_ref())?.symlink_metadata()?.file_type()))
    }

    /// The target of a symbolic link, as it is written.
    pub(crate) fn link_target(&self, name: impl AsRef<OsStr>) -> io::Result<PathBuf> {
        fs::read_link(self.path(name.as_ref())?)
    }

    /// The permissions of a regular file: not kept here, since a read-only file could not be replaced.
    #[allow(clippy::unused_self, reason = "as on Unix")]
    pub(crate) fn permissions(&self, _: impl AsRef<OsStr>) -> Option<Permissions> {
        None
    }

    /// Opens a regular file to read it.
    pub(crate) fn open_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        self.kind(name.as_ref())?.expect_file()?;
        File::open(self.path(name.as_ref())?)
    }

    /// Creates a file whose name does not exist.
    pub(crate) fn create_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        File::create_new(self.path(name.as_ref())?)
    }

    /// Renames a file, and replaces a file with that name.
    pub(crate) fn rename(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        fs::rename(self.path(from.as_ref())?, self.path(to.as_ref())?)
    }

    /// Gives a file a second name, which must not exist.
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

    /// The path, if it is still that of a folder and not of a link.
    fn path_of_itself(&self) -> io::Result<&Path> {
        if self.0.canonicalize()? == self.0 { Ok(&self.0) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }
}

/// Opens a regular file by its path, whose links are followed.
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
