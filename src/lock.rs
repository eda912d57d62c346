//! `applications.lock.yml`: what applications deploy, as far as other applications depend on it. `wharf lock`
//! writes it, people review it, and a compilation reads it as one of its inputs.

pub mod builtin;
pub mod calls;
mod canonical;
mod common;
pub mod configuration;
mod created_secrets;
pub mod definitions;
pub mod digest;
pub mod extract;
pub mod interface;
pub mod objects;
pub mod pods;
mod read;
pub mod routes;
mod scopes;
pub mod scrapes;
pub mod services;
pub mod volumes;
pub mod webhooks;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use canonical::read_canonical;
pub use interface::Interface;
pub use read::read;
pub use scopes::Scopes;
pub use write::write;

use crate::diagnostics::{FileId, Location};
use crate::names::ApplicationCode;
use crate::value::Text;

/// The name of the file.
pub const FILE: &str = crate::inputs::LOCK_FILE;

/// The first line of the file.
pub const HEADER: &str = "# made by wharf lock, do not edit: change applications.yml and run wharf lock\n";

/// The version of the format, and of what is extracted from manifests: entries of another version are stale.
pub const VERSION: u32 = 1;

/// The facts about the applications of a catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// Whether there is a lock file.
    pub exists: bool,
    /// The entries by `applicationCode`.
    pub entries: BTreeMap<ApplicationCode, Arc<Entry>>,
}

/// The facts about one application.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The digests of what it was made from.
    pub digests: Digests,
    /// Its interface, or why that is not known.
    pub content: Result<Interface, Text>,
}

/// The digests of what an entry was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    /// That of its sources in the catalog.
    pub source: String,
    /// That of its files in this repository, if there are any.
    pub files: Option<String>,
    /// That of the API versions of the catalog, if one of its charts may check for some.
    pub apis: Option<String>,
}

impl Lock {
    /// What an application deploys, if that is known.
    pub fn application(&self, code: &ApplicationCode) -> Option<&Interface> {
        self.entries.get(code)?.content.as_ref().ok()
    }

    /// Why it is not known what an application deploys, if the lock has a reason.
    pub fn unknown(&self, code: &ApplicationCode) -> Option<&Text> {
        self.entries.get(code)?.content.as_ref().err()
    }

    /// The known applications, sorted by their codes.
    pub fn applications(&self) -> impl Iterator<Item = (&ApplicationCode, &Interface)> {
        self.entries.iter().filter_map(|(code, entry)| Some((code, entry.content.as_ref().ok()?)))
    }
}

/// The location of an entry of the lock.
pub fn location(code: &ApplicationCode) -> Location {
    Location::root(FileId::LOCK).key("applications").key(code.to_text())
}
