//! Reading one file: no more of it than anybody needs, and nothing that a link fetches from outside.

#![allow(clippy::disallowed_methods, reason = "a part of the only reader of input files")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// So much of a file is read: one byte more than the longest catalog may have, so that a longer one is found
/// to be too long.
const MAX_BYTES: u64 = (64 << 20) + 1;

/// Where files may lie.
#[derive(Debug, Default)]
pub(super) struct Boundary {
    root: Option<PathBuf>,
}

impl Boundary {
    /// Keeps to what really lies below `root`.
    pub(super) fn around(root: &Path) -> io::Result<Self> {
        Ok(Self { root: Some(root.canonicalize()?) })
    }

    /// Reads a regular file; a pipe or a device could go on for ever.
    pub(super) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(root) = &self.root
            && !path.canonicalize()?.starts_with(root)
        {
            return Err(io::Error::other("this link leads out of the repository"));
        }
        let kind = fs::metadata(path)?.file_type();
        if !kind.is_file() && !kind.is_dir() {
            return Err(io::Error::other("this is no regular file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
