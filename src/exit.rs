//! How the program ends.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{ExitCode, Termination};

use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::inputs::display;

/// The end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing is wrong.
    Clean,
    /// The catalog has faults, or what is rendered is not up to date.
    Findings,
    /// The run could not be made.
    Failure,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        match self {
            Self::Clean => ExitCode::SUCCESS,
            Self::Findings => ExitCode::from(1),
            Self::Failure => ExitCode::from(2),
        }
    }
}

/// Why a run could not be made, as a message for the user.
#[derive(Debug)]
pub struct CommandError(pub String);

impl CommandError {
    /// Something that could not be done with a file.
    pub fn with(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {}", display(path), reason(error)))
    }

    /// There is no `noun` of this name; `known` are those that there are.
    pub fn unknown<'a>(noun: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let hint = did_you_mean(name, known.clone()).unwrap_or_else(|| format!("there is {}", either(known)));
        Self(format!("there is no {noun} `{}`; {hint}", shorten(name)))
    }
}

/// What the system says, in the style of wharf's own messages.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a verb comes to.
pub type CommandResult = Result<Exit, CommandError>;
