//! `wharf why`

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use serde_json::Value as Json;

use super::{Folder, compile_once, print, report};
use crate::cluster::Truth;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::reach::{Answer, Connection, InvalidPort, Place, Question, Reach, UnknownPlace};

/// Say whether one end can reach another, and which lines decide
#[derive(Debug, Args)]
#[command(
    override_usage = "wharf why [OPTIONS] FROM TO [FOLDER]\n       wharf why [OPTIONS] --into ENTRY [FOLDER]",
    after_long_help = "\
FROM is an entry, a peer such as `internet` or `lan`, or an address. TO is one of these, with `:PORT` for \
one of its ports or `:ping` for echo requests, or a host of a route.

Exit status: 0 if it can, 1 if it cannot, 2 if it depends on something or cannot be answered.

Examples:
  wharf why web-notes sys-postgres:5432
  wharf why internet notes.example.com
  wharf why web-bot internet:443
  wharf why --into sys-postgres"
)]
pub struct Why {
    /// Both ends of the connection, and the folder of applications.yml
    #[arg(value_name = "FROM TO", num_args = 0..=3)]
    words: Vec<String>,

    /// List everybody who can reach this entry instead, the widest first
    #[arg(long, value_name = "ENTRY")]
    into: Option<String>,

    /// Labels of the pods that connect
    #[arg(long, value_name = "KEY=VALUE", value_parser = label, value_delimiter = ',')]
    from_labels: Vec<(String, String)>,

    /// Labels of the pods that are connected to
    #[arg(long, value_name = "KEY=VALUE", value_parser = label, value_delimiter = ',')]
    to_labels: Vec<(String, String)>,

    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a question is about.
enum Ends<'w> {
    /// A connection from one end to another.
    Both(&'w str, &'w str),
    /// Everybody who can reach an entry.
    Into(&'w str),
}

/// The format of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    #[default]
    Text,
    /// JSON, for programs
    Json,
}

impl Why {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let (ends, folder) = self.ends()?;
        let inputs = Folder { folder: folder.into() }.read()?;
        let compiled = compile_once(&inputs, threads);
        if compiled.has_errors() {
            report(&compiled);
            return Ok(Exit::Failure);
        }
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        match ends {
            Ends::Into(entry) => self.callers(&reach, entry),
            Ends::Both(from, to) => self.answer(&reach, from, to),
        }
    }

    /// What the question is about, and the folder of the catalog.
    fn ends(&self) -> Result<(Ends<'_>, &str), CommandError> {
        let words: Vec<_> = self.words.iter().map(String::as_str).collect();
        match (&self.into, words.as_slice()) {
            (Some(entry), []) => Ok((Ends::Into(entry), ".")),
            (Some(entry), [folder]) => Ok((Ends::Into(entry), folder)),
            (None, [from, to]) => Ok((Ends::Both(from, to), ".")),
            (None, [from, to, folder]) => Ok((Ends::Both(from, to), folder)),
            _ => {
                Err(CommandError("name two ends, or one entry with `--into`: see `wharf why --help`".into()))
            }
        }
    }

    fn callers(&self, reach: &Reach<'_>, into: &str) -> CommandResult {
        let question = question(into)?;
        let Place::Entry(entry) = place(reach, &question.name)? else {
            let entries = reach.model().entries.iter().map(|entry| entry.namespace.as_str());
            return Err(CommandError::unknown("entry", &question.name, entries));
        };
        let callers = reach.callers(entry, question.port.as_ref());
        self.print(&callers.text(), &callers.json())?;
        Ok(if callers.callers.is_empty() { Exit::Findings } else { Exit::Clean })
    }

    fn answer(&self, reach: &Reach<'_>, from: &str, to: &str) -> CommandResult {
        let question = question(to)?;
        let (from, to) = (source(reach, from)?, place(reach, &question.name)?);
        let answer: Answer = match &to {
            Place::Host(host) => reach.visit(&from, host, question.path.as_deref()),
            _ => reach.connection(&Connection {
                port: question.port,
                from_labels: labels(&self.from_labels),
                to_labels: labels(&self.to_labels),
                from,
                to,
            }),
        };
        self.print(&answer.text(), &answer.json())?;
        Ok(match answer.truth {
            Truth::Yes => Exit::Clean,
            Truth::No => Exit::Findings,
            Truth::Depends(_) => Exit::Failure,
        })
    }

    fn print(&self, text: &str, json: &Json) -> CommandResult {
        match self.format {
            Format::Text => print(text),
            Format::Json => print(&format!("{json:#}\n")),
        }
    }
}

fn question(text: &str) -> Result<Question, CommandError> {
    Question::read(text).map_err(|InvalidPort(port)| {
        CommandError(format!("`{port}` is not a port: write `:5432`, `:53/UDP` or `:ping`"))
    })
}

fn place<'m>(reach: &Reach<'m>, name: &str) -> Result<Place<'m>, CommandError> {
    reach.place(name).map_err(|UnknownPlace { name, known }| {
        let disabled = &reach.model().disabled;
        if disabled.iter().any(|namespace| namespace.as_str() == name) {
            return CommandError(format!("the entry `{name}` is disabled: nothing of it is rendered"));
        }
        CommandError::unknown("entry, peer or host", &name, known.iter().map(String::as_str))
    })
}

/// The end that connects, which is not a host: requests come from pods or from outside.
fn source<'m>(reach: &Reach<'m>, name: &str) -> Result<Place<'m>, CommandError> {
    match place(reach, name)? {
        Place::Host(host) => Err(CommandError(format!(
            "`{host}` is a host, from which nothing connects: name the entry that serves it"
        ))),
        place => Ok(place),
    }
}

fn labels(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    pairs.iter().cloned().collect()
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("a label is `KEY=VALUE`")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}
