//! Versions of the components of a cluster, and what needs a newer one.

use crate::diagnostics::{Finding, Location, rules};
use crate::format;

/// A version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl Version {
    /// Parses two or three numbers joined by dots; a pre-release suffix is ignored.
    pub fn read(text: &str) -> Self {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let mut parts = numbers.split('.').map(|part| part.parse().unwrap_or(u16::MAX));
        let mut next = || parts.next().unwrap_or_default();
        Self(next(), next(), next())
    }
}

impl From<&format::Version> for Version {
    fn from(written: &format::Version) -> Self {
        Self::read(written)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self(major, minor, 0) => write!(formatter, "{major}.{minor}"),
            Self(major, minor, patch) => write!(formatter, "{major}.{minor}.{patch}"),
        }
    }
}

/// A component of the cluster that is older than required.
#[derive(Clone, Copy, Debug)]
pub struct UnsupportedVersion {
    /// Its name.
    pub part: &'static str,
    /// The version in platform.yml.
    pub is: Version,
    /// The minimum version.
    pub needed: Version,
}

impl UnsupportedVersion {
    /// Whether `part` is known to be older than `needed`.
    pub fn check(part: &'static str, is: Option<Version>, needed: Version) -> Option<Self> {
        is.filter(|is| *is < needed).map(|is| Self { part, is, needed })
    }

    /// The finding that `what` needs a newer version.
    pub fn refuse(self, location: Location, what: &str) -> Finding {
        let Self { part, is, needed } = self;
        let finding = rules::UNSUPPORTED_VERSION
            .at(location, format!("{what} needs {part} {needed}, and platform.yml has {is}"));
        finding
            .note(format!("{part} {is} would reject it, or accept it and do nothing"))
            .help(format!("remove it, or upgrade to {part} {needed}"))
    }
}
