//! The exit status of the program.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{ExitCode, Termination};

use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::inputs::display;

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// There are no findings.
    Clean,
    /// The catalog has errors, or the rendered files are not up to date.
    Findings,
    /// The run failed.
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

/// Why a run failed, as a message for the user.
#[derive(Debug)]
pub struct CommandError(pub String);

impl CommandError {
    /// A file operation that failed.
    pub fn with(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {}", display(path), reason(error)))
    }

    /// There is no `noun` with this name; `known` lists those that exist.
    pub fn unknown<'a>(noun: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let hint = did_you_mean(name, known.clone()).unwrap_or_else(|| format!("use {}", either(known)));
        Self(format!("there is no {noun} `{}`; {hint}", shorten(name)))
    }
}

/// The system's error, in the style of wharf's own messages.
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

/// The result of a command.
pub type CommandResult = Result<Exit, CommandError>;
