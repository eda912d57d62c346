//! An open folder. Everything in it is named from its handle and no symbolic link is followed, so that
//! swapping a part of the path for a link between two calls leads nowhere.

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

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl FileKind {
    /// Refuses what is not a regular file: a pipe or a device could block, or go on for ever.
    fn expect_file(self) -> io::Result<()> {
        match self {
            Self::File => Ok(()),
            Self::Folder => Err(io::ErrorKind::IsADirectory.into()),
            Self::Link => Err(io::Error::other("this is a symbolic link, which is not followed here")),
            Self::Other => Err(io::Error::other("this is not a regular file")),
        }
    }
}

/// Refuses anything but a single name: the system would look up the folders of a path, and follow links
/// there.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name => Ok(name),
        _ => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

#[cfg(all(test, unix))]
mod tests;
