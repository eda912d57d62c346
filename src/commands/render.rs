//! `wharf render`

use std::collections::BTreeSet;
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Folder, compile_once, print_message, print_stream, report};
use crate::compile::Compiled;
use crate::diagnostics::count;
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::display;
use crate::kubernetes::{Kind, Object};
use crate::tree;

/// Print all manifests as one YAML stream, or write them to a folder
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  wharf render | kubectl diff -f -\n  wharf render --output rendered"
)]
pub struct Render {
    #[command(flatten)]
    folder: Folder,

    /// Write <DIR>/<namespace>/<kind>.yaml; updates only files that changed and removes files that are no
    /// longer rendered
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Exit with status 1 if anything changed, and list the entries that changed
    #[arg(long, requires = "output")]
    fail_on_change: bool,

    /// Render a catalog without any enabled entry, so that Argo CD prunes everything that is not protected
    #[arg(long)]
    allow_empty: bool,

    /// Treat warnings as errors
    #[arg(long)]
    deny_warnings: bool,

    /// Print only objects of this namespace; can be repeated
    #[arg(long, value_name = "NAMESPACE", conflicts_with = "output")]
    entry: Vec<String>,

    /// Print only objects of this kind; can be repeated
    #[arg(long, value_name = "KIND", conflicts_with = "output")]
    kind: Vec<String>,
}

impl Render {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        let mut compiled = compile_once(&inputs, threads);
        if self.allow_empty {
            compiled.allow_empty();
        }
        if self.deny_warnings {
            compiled.deny_warnings();
        }
        report(&compiled);
        if compiled.has_errors() {
            return Ok(Exit::Findings);
        }
        self.write(&compiled, threads)
    }

    fn write(&self, compiled: &Compiled, threads: NonZeroUsize) -> CommandResult {
        if let Some(output) = &self.output {
            let written = disk::write(&tree::tree(&compiled.objects, threads), tree::HEADER, output, || {
                print_message(&waiting(output));
            })?;
            print_message(&summary(&written, output));
            let fails = self.fail_on_change && !written.is_empty();
            if fails {
                print_message(&changed_entries(&written));
            }
            return Ok(if fails { Exit::Findings } else { Exit::Clean });
        }
        if self.entry.is_empty() && self.kind.is_empty() {
            return print_stream(&compiled.objects, threads);
        }
        print_stream(&self.filter(&compiled.objects)?, threads)
    }

    fn filter(&self, objects: &[Object]) -> Result<Vec<Object>, CommandError> {
        let folders: BTreeSet<&str> = objects.iter().map(|object| object.folder.as_str()).collect();
        known("entry", &self.entry, folders.into_iter().collect())?;
        let others: BTreeSet<&str> =
            objects.iter().filter(|object| object.other.is_some()).map(Object::kind_name).collect();
        let mut kinds: Vec<_> = Kind::ALL.map(Kind::name).into_iter().chain(others).collect();
        // A kind that is served in two versions is one kind to the user.
        kinds.dedup();
        known("kind", &self.kind, kinds)?;
        let wanted = |object: &&Object| {
            (self.entry.is_empty() || self.entry.iter().any(|entry| *entry == *object.folder.as_str()))
                && (self.kind.is_empty()
                    || self.kind.iter().any(|kind| kind.eq_ignore_ascii_case(object.kind_name())))
        };
        Ok(objects.iter().filter(wanted).cloned().collect())
    }
}

/// Rejects a filter that matches nothing, which would print nothing and look like success.
fn known(noun: &str, wanted: &[String], known: Vec<&str>) -> Result<(), CommandError> {
    let Some(word) = wanted.iter().find(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    else {
        return Ok(());
    };
    Err(CommandError::unknown(noun, word, known))
}

/// `changed: web-links, web-notes`
fn changed_entries(written: &disk::Difference) -> String {
    let entries: BTreeSet<&str> = written.files().filter_map(|file| Some(file.split_once('/')?.0)).collect();
    format!("changed: {}\n", entries.into_iter().collect::<Vec<_>>().join(", "))
}

pub(super) fn summary(written: &disk::Difference, output: &Path) -> String {
    if written.is_empty() {
        return "wharf: up to date\n".into();
    }
    let (all, removed) = (written.files().count(), written.stale.len());
    let mut text =
        format!("wharf: {} written, {} removed\n", count(all - removed, "file"), count(removed, "file"));
    if !written.crlf.is_empty() {
        let _ = writeln!(
            text,
            "wharf: {} had CRLF line endings; {}",
            count(written.crlf.len(), "file"),
            keep_line_endings(output)
        );
    }
    text
}

/// What keeps git from writing CRLF into a working tree (`core.autocrlf`): attributes count before
/// configuration.
pub(super) fn keep_line_endings(output: &Path) -> String {
    format!("write `* text eol=lf` to `{}`", display(&output.join(".gitattributes")))
}

pub(super) fn waiting(output: &Path) -> String {
    format!("wharf: waiting for another run that writes to {}\n", display(output))
}
