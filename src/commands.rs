//! The verbs, and what they have in common: arguments in, an exit out.

mod bootstrap;
mod check;
mod completions;
mod explain;
mod hosts;
mod init;
mod lock;
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
use crate::diagnostics::{Finding, printable};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{self, Inputs, Origin};
use crate::kubernetes::Object;
use crate::report::text;
use crate::syntax::Document;
use crate::tree;

/// The version, with the commit in a release build that knows it.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("WHARF_COMMIT"));

/// One file in, the whole cluster's manifests out.
#[derive(Debug, Parser)]
#[command(name = "wharf", version = VERSION, about, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,

    /// How many threads to use; the output is the same for any number
    #[arg(long, global = true, hide = true)]
    pub threads: Option<NonZeroUsize>,
}

/// What wharf can do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print all manifests as one YAML stream, or write them to a folder
    Render(render::Render),
    /// Say everything that is wrong; never write
    Check(check::Check),
    /// Record what applications deploy in applications.lock.yml
    Lock(lock::Lock),
    /// Print what has to exist before Argo CD can apply the rest, and a checklist of what is left to do by
    /// hand
    Bootstrap(bootstrap::Bootstrap),
    /// Show what an entry becomes, object by object, and which line made it
    Explain(explain::Explain),
    /// List the hosts of all routes, for people or for a DNS server of your own
    Hosts(hosts::Hosts),
    /// List the network profiles and who uses them
    Profiles(profiles::Profiles),
    /// Print the JSON Schemas of what you write, for editors
    Schema(schema::Schema),
    /// Print all manifests for Argo CD, as its config management plugin
    Plugin(plugin::Plugin),
    /// Make a working folder to start from; overwrites nothing
    Init(init::Init),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the manual page of wharf or of a verb, or write all of them to a folder
    Man(man::Man),
}

/// Where the catalog is.
#[derive(Clone, Debug, Args)]
pub struct Folder {
    /// The folder of applications.yml and platform.yml; `-` reads applications.yml from standard input
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
        let hint = if missing { "; `wharf init` makes one to start from" } else { "" };
        CommandError(format!("{}{hint}", CommandError::with(&unreadable.path, &unreadable.error)))
    })
}

/// Runs a verb.
pub fn run(arguments: &Arguments) -> Exit {
    let threads =
        arguments.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let outcome = match &arguments.verb {
        Verb::Render(verb) => verb.run(threads),
        Verb::Check(verb) => verb.run(threads),
        Verb::Lock(verb) => verb.run(threads),
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
    outcome.unwrap_or_else(|trouble| {
        say(&format!("wharf: {}\n", printable(&trouble.to_string())));
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

/// A reader that has seen enough is no trouble.
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

/// Says something to the person in front of the terminal.
fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Draws the findings on standard error; colours only where a person sees them.
fn report(compiled: &Compiled<'_>) {
    draw(&compiled.findings, &compiled.documents);
}

/// Draws findings in documents that are no part of a compilation.
#[allow(clippy::disallowed_methods, reason = "colours do not belong to the output")]
fn draw(findings: &[Finding], documents: &[Document<'_>]) {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    say(&text::draw(findings, documents, colour));
}

/// Compiles for a process that ends right after: taking the result apart one by one would take as long as
/// making it.
fn compile_once(inputs: &Inputs, threads: NonZeroUsize) -> ManuallyDrop<Compiled<'_>> {
    ManuallyDrop::new(compile(inputs, threads))
}

/// Compiles, says what is wrong, and goes on only if the catalog has a meaning.
fn with_meaning(
    inputs: &Inputs,
    threads: NonZeroUsize,
    go_on: impl FnOnce(&mut Compiled<'_>) -> CommandResult,
) -> CommandResult {
    let mut compiled = compile_once(inputs, threads);
    report(&compiled);
    if compiled.is_faulty() { Ok(Exit::Findings) } else { go_on(&mut compiled) }
}
