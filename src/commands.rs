//! The commands, and what they share: arguments in, an exit status out.

mod audit;
mod bootstrap;
mod check;
mod completions;
mod diff;
mod explain;
mod graph;
mod hosts;
mod import;
mod init;
mod lock;
mod man;
mod plugin;
mod profiles;
mod rename;
mod render;
mod rule;
mod schema;
mod test;
mod why;

use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use clap::{Args, Parser, Subcommand};

use crate::compile::{Compiled, compile};
use crate::diagnostics::{Finding, printable};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{self, Inputs, Origin, Unreadable};
use crate::kubernetes::Object;
use crate::report::text;
use crate::syntax::SourceMap;
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
    /// Report every problem; modifies no file but, if asked to, the baseline
    Check(check::Check),
    /// Report the silent failures of a GitOps repository without a catalog; never modifies files
    Audit(audit::Audit),
    /// Write a catalog for what a cluster or a repository contains, and prove that it renders the same
    Import(import::Import),
    /// Record what applications deploy in applications.lock.yml
    Lock(lock::Lock),
    /// Print what must exist before the first sync, and a checklist of manual steps
    Bootstrap(bootstrap::Bootstrap),
    /// Show what an entry, application, host or object is made of, and its lines
    Explain(explain::Explain),
    /// Say whether one end can reach another, and which lines decide
    Why(why::Why),
    /// Show what a change does to the cluster, most dangerous first
    Diff(diff::Diff),
    /// Check the promises about the network in tests/*.yml
    Test(test::Test),
    /// Draw who may connect to whom, as SVG or for other programs
    Graph(graph::Graph),
    /// List the hosts of all routes, as a table or for your own DNS server
    Hosts(hosts::Hosts),
    /// List the network profiles and the entries that use them
    Profiles(profiles::Profiles),
    /// Show the steps that rename an entry or an application without losing its data
    Rename(rename::Rename),
    /// Print the page of a rule, or list all rules
    Rule(rule::Rule),
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
        read(&self.origin())
    }

    /// Reads the catalog of the current folder, if there is one, or that of a folder that is named.
    fn read_if_any(&self) -> Result<Option<Inputs>, CommandError> {
        if self.folder.as_os_str() == "." && !self.folder.join("applications.yml").exists() {
            Ok(None)
        } else {
            self.read().map(Some)
        }
    }

    fn origin(&self) -> Origin {
        if self.folder.as_os_str() == "-" {
            Origin::StandardInput
        } else {
            Origin::Folder(inputs::catalog_folder(&self.folder))
        }
    }
}

fn read(origin: &Origin) -> Result<Inputs, CommandError> {
    inputs::read(origin).map_err(|unreadable| {
        let hint = if is_no_catalog(&unreadable) { format!("; {}", instead(origin)) } else { String::new() };
        CommandError(format!("{}{hint}", CommandError::with(&unreadable.path, &unreadable.error)))
    })
}

/// Whether there is no catalog where one was to be read.
fn is_no_catalog(unreadable: &Unreadable) -> bool {
    let nothing = matches!(unreadable.error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    nothing && unreadable.path.ends_with("applications.yml")
}

/// What to do where there is no catalog. For an untrusted folder, the answer must not reveal what is around
/// it.
fn instead(origin: &Origin) -> String {
    let meant = if let Origin::Folder(folder) = origin { inputs::instead(folder) } else { None };
    meant.unwrap_or_else(|| "`wharf init` makes one to start from".into())
}

/// Runs a command.
pub fn run(arguments: &Arguments) -> Exit {
    let threads =
        arguments.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let result = match &arguments.verb {
        Verb::Render(verb) => verb.run(threads),
        Verb::Check(verb) => verb.run(threads),
        Verb::Audit(verb) => verb.run(),
        Verb::Import(verb) => verb.run(threads),
        Verb::Lock(verb) => verb.run(threads),
        Verb::Bootstrap(verb) => verb.run(threads),
        Verb::Explain(verb) => verb.run(threads),
        Verb::Why(verb) => verb.run(threads),
        Verb::Diff(verb) => verb.run(threads),
        Verb::Test(verb) => verb.run(threads),
        Verb::Graph(verb) => verb.run(threads),
        Verb::Hosts(verb) => verb.run(threads),
        Verb::Profiles(verb) => verb.run(threads),
        Verb::Rename(verb) => verb.run(threads),
        Verb::Rule(verb) => verb.run(),
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
    let mut out = io::stdout().lock();
    let written = tree::stream(objects, threads, |piece| out.write_all(piece.as_bytes()));
    printed(written.and_then(|()| out.flush()))
}

fn print_all(pieces: impl IntoIterator<Item = impl AsRef<str>>) -> CommandResult {
    let mut out = io::stdout().lock();
    let written = pieces
        .into_iter()
        .try_for_each(|piece| out.write_all(piece.as_ref().as_bytes()))
        .and_then(|()| out.flush());
    printed(written)
}

/// A reader that closes the pipe early is not an error.
fn printed(written: io::Result<()>) -> CommandResult {
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
fn report(compiled: &Compiled) {
    draw(&compiled.findings, &compiled.documents);
}

/// Draws the errors on standard error.
fn report_errors(compiled: &Compiled) {
    let errors: Vec<_> = compiled.findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    draw(&errors, &compiled.documents);
}

/// Draws findings in documents outside of a compilation.
#[allow(clippy::disallowed_methods, reason = "colours do not belong to the output")]
fn draw(findings: &[Finding], documents: &SourceMap) {
    let is_terminal = io::stderr().is_terminal();
    let colour = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    print_message(&text::draw(findings, documents, colour));
    if is_terminal && let Some(first) = findings.first() {
        print_message(&format!("wharf: `{}` prints the page of a rule\n", first.rule.address()));
    }
}

/// Compiles for a process that exits right after. Dropping the result value by value would take as long as
/// building it.
fn compile_once(inputs: &Inputs, threads: NonZeroUsize) -> ManuallyDrop<Compiled> {
    ManuallyDrop::new(compile(inputs, threads))
}

/// Compiles, reports the findings, and continues only if the catalog has no errors.
fn with_valid_catalog(
    inputs: &Inputs,
    threads: NonZeroUsize,
    go_on: impl FnOnce(&mut Compiled) -> CommandResult,
) -> CommandResult {
    report_and(compile_once(inputs, threads), go_on)
}

/// Reports errors, and goes on only if the catalog has a meaning. Warnings are reported by the commands that
/// check the catalog, so that nobody reads them several times.
fn report_and(
    mut compiled: ManuallyDrop<Compiled>,
    go_on: impl FnOnce(&mut Compiled) -> CommandResult,
) -> CommandResult {
    report_errors(&compiled);
    if compiled.has_errors() { Ok(Exit::Findings) } else { go_on(&mut compiled) }
}
