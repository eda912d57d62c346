//! How dangerous a change is.

use std::fmt;
use std::str::FromStr;

/// The level of a change; 1 is the most dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Data is deleted, or its protection is removed.
    DataLost,
    /// More people or workloads may do something.
    Opened,
    /// A sync fails, or has to replace an object.
    ApplyFails,
    /// Users notice it.
    Noticed,
    /// Everything else.
    Rest,
}

impl Level {
    /// All levels, the most dangerous first.
    pub const ALL: [Self; 5] = [Self::DataLost, Self::Opened, Self::ApplyFails, Self::Noticed, Self::Rest];

    /// Its number, from 1 to 5.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// Its heading in reports.
    pub fn heading(self) -> &'static str {
        match self {
            Self::DataLost => "data lost",
            Self::Opened => "open to strangers",
            Self::ApplyFails => "apply fails or replaces",
            Self::Noticed => "noticed",
            Self::Rest => "the rest",
        }
    }

    /// Whether it is one of the two dangerous levels.
    pub fn is_danger(self) -> bool {
        self <= Self::Opened
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.number(), self.heading())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|level| level.number().to_string() == text);
        found.ok_or_else(|| "levels are numbers from 1 (data lost) to 5 (any change)".into())
    }
}
