//! The commands, and what they share: arguments in, an exit status out.

mod bootstrap;
mod check;
mod completions;
mod explain;
mod hosts;
mod init;
mod man;
mod plugin;
mod profiles;
mod render;
mod schema;

use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use clap::{Args, Parser, Subcommand};

use crate::compile::{Compiled, compile};
use crate::diagnostics::printable;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{self, Inputs, Origin};
use crate::kubernetes::Object;
use crate::report::text;
use crate::tree;

/// The version, with the commit in a release build that knows it.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("WHARF_COMMIT"));

/// Compile one file into the manifests of a whole cluster.
#[derive(Debug, Parser)]
#[command(name = "wharf", version = VERSION, about, max_term_width = 100)]
pub struct Arguments {
    /// The command to run.
    #[command(subcommand)]
    pub verb: Verb,

    /// Number of threads; does not affect the output
    #[arg(long, global = true, hide = true)]
    pub threads: Option<NonZeroUsize>,
}

/// The commands of wharf.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print all manifests as one YAML stream, or write them to a folder
    Render(render::Render),
    /// Report every problem; never modifies files
    Check(check::Check),
    /// Print what must exist before Argo CD can apply the rest, and a checklist of the remaining manual steps
    Bootstrap(bootstrap::Bootstrap),
    /// Show the objects of an entry, and the line that each comes from
    Explain(explain::Explain),
    /// List the hosts of all routes, as a table or for your own DNS server
    Hosts(hosts::Hosts),
    /// List the network profiles and the entries that use them
    Profiles(profiles::Profiles),
    /// Print the JSON Schemas of the input files, for editors
    Schema(schema::Schema),
    /// Print all manifests, as a config management plugin of Argo CD
    Plugin(plugin::Plugin),
    /// Create a folder with a minimal catalog; never overwrites files
    Init(init::Init),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the manual page of wharf or of a command, or write all pages to a folder
    Man(man::Man),
}

/// Where the catalog is.
#[derive(Clone, Debug, Args)]
pub struct Folder {
    /// Folder of applications.yml and platform.yml; `-` reads applications.yml from standard input
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

impl Folder {
    fn read(&self) -> Result<Inputs, CommandError> {
        read(&if self.folder.as_os_str() == "-" {
            Origin::StandardInput
        } else {
            Origin::Folder(self.folder.clone())
        })
    }
}

fn read(origin: &Origin) -> Result<Inputs, CommandError> {
    inputs::read(origin).map_err(|unreadable| {
        let missing = unreadable.error.kind() == io::ErrorKind::NotFound
            && unreadable.path.ends_with("applications.yml");
        let hint = if missing { "; `wharf init` creates one" } else { "" };
        CommandError(format!("{}{hint}", CommandError::with(&unreadable.path, &unreadable.error)))
    })
}

/// Runs a command.
pub fn run(arguments: &Arguments) -> Exit {
    let threads =
        arguments.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let result = match &arguments.verb {
        Verb::Render(verb) => verb.run(threads),
        Verb::Check(verb) => verb.run(threads),
        Verb::Bootstrap(verb) => verb.run(threads),
        Verb::Explain(verb) => verb.run(threads),
        Verb::Hosts(verb) => verb.run(threads),
        Verb::Profiles(verb) => verb.run(threads),
        Verb::Schema(verb) => verb.run(),
        Verb::Plugin(verb) => verb.run(threads),
        Verb::Init(verb) => verb.run(),
        Verb::Completions(verb) => verb.run(),
        Verb::Man(verb) => verb.run(),
    };
    result.unwrap_or_else(|error| {
        print_message(&format!("wharf: {}\n", printable(&error.to_string())));
        Exit::Failure
    })
}

/// Prints to standard output.
fn print(text: &str) -> CommandResult {
    print_all([text])
}

/// Prints objects to standard output as one YAML stream.
fn print_stream(objects: &[Object], threads: NonZeroUsize) -> CommandResult {
    print_all(tree::stream(objects, threads))
}

/// A reader that closes the pipe early is not an error.
fn print_all(pieces: impl IntoIterator<Item = impl AsRef<str>>) -> CommandResult {
    let mut out = io::stdout().lock();
    let written = pieces
        .into_iter()
        .try_for_each(|piece| out.write_all(piece.as_ref().as_bytes()))
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError(format!("standard output: {error}")))
        }
        _ => Ok(Exit::Clean),
    }
}

/// Writes a message to standard error.
fn print_message(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Draws the findings on standard error, in colour only on a terminal.
#[allow(clippy::disallowed_methods, reason = "colours do not belong to the output")]
fn report(compiled: &Compiled<'_>) {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    print_message(&text::draw(&compiled.findings, &compiled.documents, colour));
}

/// Compiles for a process that exits right after. Dropping the result value by value would take as long as
/// building it.
fn compile_once(inputs: &Inputs, threads: NonZeroUsize) -> ManuallyDrop<Compiled<'_>> {
    ManuallyDrop::new(compile(inputs, threads))
}

/// Compiles, reports the findings, and continues only if the catalog has no errors.
fn with_valid_catalog(
    inputs: &Inputs,
    threads: NonZeroUsize,
    go_on: impl FnOnce(&mut Compiled<'_>) -> CommandResult,
) -> CommandResult {
    let mut compiled = compile_once(inputs, threads);
    report(&compiled);
    if compiled.has_errors() { Ok(Exit::Findings) } else { go_on(&mut compiled) }
}
