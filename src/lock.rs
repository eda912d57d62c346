//! `applications.lock.yml`: what applications deploy, as far as others depend on it. `wharf lock` makes it,
//! people review it, and a compilation reads it as one of its inputs.

pub mod builtin;
pub mod calls;
mod common;
pub mod configuration;
pub mod definitions;
pub mod digest;
pub mod extract;
mod files;
pub mod interface;
mod make;
pub mod objects;
mod pinned;
pub mod pods;
mod read;
pub mod routes;
mod scopes;
pub mod scrapes;
pub mod services;
mod staleness;
pub mod volumes;
pub mod webhooks;
mod write;

use std::collections::BTreeMap;

pub use files::digest as files_digest;
pub use interface::Interface;
pub use make::make;
pub use pinned::is_pinned;
pub use read::read;
pub use scopes::Scopes;
pub use staleness::{Staleness, api_versions, check, source_digest, staleness};
pub use write::write;

use crate::diagnostics::{FileId, Location};
use crate::value::Text;

/// The name of the file.
pub const FILE: &str = "applications.lock.yml";

/// The first line of the file.
pub const HEADER: &str = "# made by wharf lock, do not edit: change applications.yml and run wharf lock\n";

/// The version of the form, and of what is looked for in manifests: entries of another version are made
/// again.
pub const VERSION: u32 = 1;

/// What is known of the applications of a catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// Whether there is a lock file.
    pub exists: bool,
    /// The entries by `applicationCode`.
    pub entries: BTreeMap<Text, Entry>,
}

/// What is known of one application.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The digest of what the catalog says of its sources.
    pub source: String,
    /// The digest of the files of this repository that it is made of, if there are any.
    pub files: Option<String>,
    /// What it deploys, or why that is not known.
    pub content: Result<Interface, Text>,
}

impl Lock {
    /// What an application deploys, if that is known.
    pub fn application(&self, code: &str) -> Option<&Interface> {
        self.entries.get(&Text::from(code.to_owned()))?.content.as_ref().ok()
    }

    /// Why it is not known what an application deploys, if the lock says so.
    pub fn unknown(&self, code: &str) -> Option<&Text> {
        self.entries.get(&Text::from(code.to_owned()))?.content.as_ref().err()
    }

    /// The applications that are known, in the order of their codes.
    pub fn applications(&self) -> impl Iterator<Item = (&Text, &Interface)> {
        self.entries.iter().filter_map(|(code, entry)| Some((code, entry.content.as_ref().ok()?)))
    }
}

/// Where an entry of the lock stands.
pub fn location(code: &str) -> Location {
    Location::root(FileId::LOCK).key("applications").key(code.to_owned())
}
