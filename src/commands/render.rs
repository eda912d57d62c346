//! `wharf render`

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::{Folder, compile_clean, say};
use crate::disk;
use crate::exit::{Exit, Outcome, Trouble};
use crate::finding::count;
use crate::object::{Kind, Object};
use crate::suggestion::{did_you_mean, either};
use crate::tree;

/// Print all manifests as one YAML stream, or write them to a folder
#[derive(Debug, Args)]
pub struct Render {
    #[command(flatten)]
    folder: Folder,

    /// Write <DIR>/<namespace>/<kind>.yaml: only what changed; what is no longer made is removed
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Only what belongs to this namespace; can be given several times
    #[arg(long, value_name = "NAMESPACE", conflicts_with = "output")]
    entry: Vec<String>,

    /// Only objects of this kind; can be given several times
    #[arg(long, value_name = "KIND", conflicts_with = "output")]
    kind: Vec<String>,
}

impl Render {
    pub(super) fn run(&self, threads: NonZeroUsize) -> Outcome {
        let inputs = self.folder.read()?;
        let compiled = match compile_clean(&inputs, threads) {
            Ok(compiled) => compiled,
            Err(exit) => return Ok(exit),
        };
        if let Some(output) = &self.output {
            let written = disk::write(&tree::tree(&compiled.objects, threads), tree::HEADER, output)?;
            say(&summary(&written));
            return Ok(Exit::Clean);
        }
        if self.entry.is_empty() && self.kind.is_empty() {
            return print_stream(&compiled.objects, threads);
        }
        print_stream(&self.filter(&compiled.objects)?, threads)
    }

    fn filter(&self, objects: &[Object]) -> Result<Vec<Object>, Trouble> {
        let folders: BTreeSet<&str> = objects.iter().map(|object| object.folder.as_str()).collect();
        known("entry", &self.entry, folders.into_iter().collect())?;
        let mut kinds = Kind::ALL.map(Kind::name).to_vec();
        // One that is served in two versions is one kind to the user.
        kinds.dedup();
        known("kind", &self.kind, kinds)?;
        let wanted = |object: &&Object| {
            (self.entry.is_empty() || self.entry.iter().any(|entry| *entry == *object.folder))
                && (self.kind.is_empty() || self.kind.iter().any(|kind| kind.eq_ignore_ascii_case(object.kind.name())))
        };
        Ok(objects.iter().filter(wanted).cloned().collect())
    }
}

/// Refuses a filter that nothing can pass: it would print nothing and look like success.
fn known(noun: &str, wanted: &[String], known: Vec<&str>) -> Result<(), Trouble> {
    let Some(word) = wanted.iter().find(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word))) else { return Ok(()) };
    let hint = did_you_mean(word, known.iter().copied()).unwrap_or_else(|| format!("there is {}", either(known)));
    Err(Trouble(format!("there is no {noun} `{word}`; {hint}")))
}

pub(super) fn summary(written: &disk::Difference) -> String {
    let (new, changed, removed) = (written.missing.len(), written.changed.len(), written.stale.len());
    if new + changed + removed == 0 {
        return "wharf: up to date\n".into();
    }
    format!("wharf: {} written, {} removed\n", count(new + changed, "file"), count(removed, "file"))
}

pub(super) fn print_stream(objects: &[Object], threads: NonZeroUsize) -> Outcome {
    let mut out = io::stdout().lock();
    for piece in tree::stream(objects, threads) {
        match out.write_all(piece.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Clean),
            result => result.map_err(|error| Trouble(format!("standard output: {error}")))?,
        }
    }
    out.flush()
        .or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
        .map_err(|error| Trouble(format!("standard output: {error}")))?;
    Ok(Exit::Clean)
}
