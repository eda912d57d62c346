//! How long a file may be. What is longer is refused before it is parsed, so that no file of a repository
//! takes more than 512 MiB or 10 s, whatever it holds.

use std::fs::File;
use std::io::{self, Read};

use crate::diagnostics::Role;

/// How many entries a catalog may have: twice what the benchmarks have.
pub(crate) const MAX_ENTRIES: usize = 20_000;

/// How many bytes a file of this role may have.
pub(crate) const fn max_bytes(role: Role) -> usize {
    match role {
        // 10,000 entries with an application and a route each take 3 MiB
        Role::Catalog => 4 << 20,
        // what a profile or the platform lists may come back in the objects of every entry
        Role::Platform | Role::Profile | Role::Template | Role::Test => 256 << 10,
        Role::Lock => 16 << 20,
        // every finding that is listed, with a long path
        Role::Baseline => 1 << 20,
        Role::Manifest => 50 << 20,
    }
}

/// How many values a file of this role may hold, keys included: an empty mapping of two bytes becomes
/// hundreds of bytes.
pub(crate) const fn max_values(role: Role) -> usize {
    match role {
        // 10,000 entries with an application and a route each take 275,000
        Role::Catalog => 400_000,
        Role::Lock => 1_000_000,
        // those of charts have 15 bytes a value and more: this is 30 MiB
        Role::Manifest => 2_000_000,
        // their bytes are the tighter limit
        Role::Platform | Role::Profile | Role::Template | Role::Test | Role::Baseline => usize::MAX,
    }
}

/// Reads one byte more than the file may have, so that a longer one is found to be too long.
pub(super) fn at_most(file: impl Read, role: Role) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(max_bytes(role) as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same of a file, with space for all of it from the start.
pub(super) fn at_most_of(file: File, role: Role) -> io::Result<Vec<u8>> {
    let most = max_bytes(role) as u64 + 1;
    let size = file.metadata()?.len().saturating_add(1).min(most);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
