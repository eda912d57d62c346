//! `wharf completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, print};
use crate::exit::CommandResult;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  wharf completions bash > ~/.local/share/bash-completion/completions/wharf"
)]
pub struct Completions {
    /// The shell to complete commands in
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> CommandResult {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "wharf", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
