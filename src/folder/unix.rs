//! Folders by their file descriptors: the `…at` calls of POSIX.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{self as sys, AtFlags, Dir, FileType, Mode, OFlags};

use super::{FileKind, single};

/// On Linux, a handle needs no permission to list the folder, like a path.
#[cfg(target_os = "linux")]
const HANDLE: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const HANDLE: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Without these flags, opening a pipe waits for a writer, and opening a terminal may make it the controlling
/// one.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

impl Folder {
    /// Opens a folder by its path, whose links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(sys::open(path, HANDLE, Mode::empty())?))
    }

    /// Opens a folder in this one.
    pub(crate) fn child(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        Ok(Self(sys::openat(&self.0, single(name.as_ref())?, HANDLE | OFlags::NOFOLLOW, Mode::empty())?))
    }

    /// Creates a folder in this one, unless the name exists.
    pub(crate) fn make_child(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        match sys::mkdirat(&self.0, single(name.as_ref())?, Mode::from_raw_mode(0o777)) {
            Err(rustix::io::Errno::EXIST) => Ok(()),
            made => Ok(made?),
        }
    }

    /// All names in the folder, unordered.
    pub(crate) fn items(&self) -> io::Result<impl Iterator<Item = io::Result<(OsString, FileKind)>>> {
        // not with `Dir::read_from`, which reuses the flags of the handle
        let listing = Dir::new(sys::openat(
            &self.0,
            ".",
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?)?;
        Ok(listing
            .filter(|item| {
                !item
                    .as_ref()
                    .is_ok_and(|item| [b".".as_slice(), b".."].contains(&item.file_name().to_bytes()))
            })
            .map(|item| {
                let item = item?;
                let name = OsStr::from_bytes(item.file_name().to_bytes()).to_owned();
                // some file systems list only names
                let kind = if item.file_type() == FileType::Unknown {
                    self.kind(&name)?
                } else {
                    kind_of(item.file_type())
                };
                Ok((name, kind))
            }))
    }

    /// The type of the item with this name.
    pub(crate) fn kind(&self, name: impl AsRef<OsStr>) -> io::Result<FileKind> {
        let stat = sys::statat(&self.0, single(name.as_ref())?, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(kind_of(FileType::from_raw_mode(stat.st_mode)))
    }

    /// The target of a symbolic link, as it is written.
    pub(crate) fn link_target(&self, name: impl AsRef<OsStr>) -> io::Result<PathBuf> {
        let target = sys::readlinkat(&self.0, single(name.as_ref())?, Vec::new())?;
        Ok(OsString::from_vec(target.into_bytes()).into())
    }

    /// The permissions of a regular file; `None` if there is none.
    #[allow(clippy::useless_conversion, reason = "the bits of a mode are 16 on macOS")]
    pub(crate) fn permissions(&self, name: impl AsRef<OsStr>) -> Option<Permissions> {
        let stat = sys::statat(&self.0, single(name.as_ref()).ok()?, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let mode = Mode::from_raw_mode(stat.st_mode) & Mode::from_raw_mode(0o777);
        (kind_of(FileType::from_raw_mode(stat.st_mode)) == FileKind::File)
            .then(|| Permissions::from_mode(u32::from(mode.bits())))
    }

    /// Opens a regular file to read it.
    pub(crate) fn open_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        let name = name.as_ref();
        self.kind(name)?.expect_file()?;
        regular(File::from(sys::openat(&self.0, name, READ | OFlags::NOFOLLOW, Mode::empty())?))
    }

    /// Creates a file whose name does not exist.
    pub(crate) fn create_file(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(sys::openat(&self.0, single(name.as_ref())?, flags, Mode::from_raw_mode(0o666))?.into())
    }

    /// Renames a file, and replaces a file with that name.
    pub(crate) fn rename(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(sys::renameat(&self.0, single(from.as_ref())?, &self.0, single(to.as_ref())?)?)
    }

    /// Gives a file a second name, which must not exist.
    pub(crate) fn hard_link(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(sys::linkat(&self.0, single(from.as_ref())?, &self.0, single(to.as_ref())?, AtFlags::empty())?)
    }

    /// Removes a file or a link.
    pub(crate) fn remove_file(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(sys::unlinkat(&self.0, single(name.as_ref())?, AtFlags::empty())?)
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(sys::unlinkat(&self.0, single(name.as_ref())?, AtFlags::REMOVEDIR)?)
    }
}

/// Opens a regular file by its path, whose links are followed.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    regular(File::from(sys::open(path, READ, Mode::empty())?))
}

fn regular(file: File) -> io::Result<File> {
    let kind = file.metadata()?.file_type();
    let kind = if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_file() {
        FileKind::File
    } else {
        FileKind::Other
    };
    kind.expect_file().map(|()| file)
}

fn kind_of(kind: FileType) -> FileKind {
    match kind {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Other,
    }
}
