//! An open folder. Its items are accessed relative to its handle without following symbolic links, so that
//! replacing a part of the path by a link between two calls has no effect.

#[cfg(any(not(unix), test))]
mod portable;
#[cfg(unix)]
mod unix;

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path};

#[cfg(not(unix))]
pub(crate) use portable::{Folder, open_regular};
#[cfg(unix)]
pub(crate) use unix::{Folder, open_regular};

/// The type of an item in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, whatever its target.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl FileKind {
    /// Refuses what is not a regular file: a pipe or a device could block, or be endless.
    fn expect_file(self) -> io::Result<()> {
        match self {
            Self::File => Ok(()),
            Self::Folder => Err(io::ErrorKind::IsADirectory.into()),
            Self::Link => Err(io::Error::other("this is a symbolic link, which is not followed here")),
            Self::Other => Err(io::Error::other("this is not a regular file")),
        }
    }
}

/// Refuses anything but a single name: the operating system would follow links in the folders of a path.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name => Ok(name),
        _ => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

#[cfg(all(test, unix))]
mod tests;
