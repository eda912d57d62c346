//! `wharf rename`

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::Path;

use clap::Args;

use super::{Folder, compile_once, draw, print, print_message, with_valid_catalog};
use crate::compile::Compiled;
use crate::diagnostics::{FileId, count, printable};
use crate::diff::Diff;
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::Inputs;
use crate::rename::{By, Edit, Plan, When, application, apply, entry};

/// Show the steps that rename an entry or an application without losing its data, or make the next of them
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  wharf rename web-notes team-notes\n  wharf rename --application notes \
                             wiki --write"
)]
pub struct Rename {
    /// The namespace of the entry, or the applicationCode of the application
    old: String,

    /// The new name
    new: String,

    #[command(flatten)]
    folder: Folder,

    /// Rename an application instead of an entry
    #[arg(long)]
    application: bool,

    /// Make the edits of the next commit
    #[arg(long)]
    write: bool,
}

/// How many lines that are not edited are listed.
const MAX_MENTIONS: usize = 20;

impl Rename {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| {
            let plan = self.plan(compiled)?;
            let edited = edited(&inputs, compiled, &plan.edits)?;
            let after = compile_once(&edited, threads);
            if after.has_errors() {
                draw(&after.findings, &after.documents);
                return Err(CommandError(
                    "the catalog would have these errors, so that nothing is written: rename it manually"
                        .into(),
                ));
            }
            let mut text = steps(&plan);
            let _ = writeln!(text, "\nthe next commit: {}", Diff::new(compiled, &after).verdict());
            text.push_str(&edits_as_text(&plan, compiled));
            text.push_str(&mentions(&plan, compiled));
            print(&text)?;
            if self.write { self.write(&inputs, &edited) } else { Ok(Exit::Clean) }
        })
    }

    fn plan(&self, compiled: &Compiled) -> Result<Plan, CommandError> {
        if self.application {
            return application(compiled, &self.old, &self.new);
        }
        let is_application = |old: &str| compiled.model.applications().any(|it| it.code.as_str() == old);
        entry(compiled, &self.old, &self.new).map_err(|error| {
            let is_entry = compiled.model.entries.iter().any(|it| it.namespace.as_str() == self.old);
            if !is_entry && is_application(&self.old) {
                CommandError(format!("`{}` is an application: add `--application`", printable(&self.old)))
            } else {
                error
            }
        })
    }

    fn write(&self, old: &Inputs, new: &Inputs) -> CommandResult {
        if self.folder.folder.as_os_str() == "-" {
            return Err(CommandError("standard input cannot be written".into()));
        }
        let mut written = 0;
        let files = [
            (Some(&old.applications), Some(&new.applications)),
            (old.platform.as_ref(), new.platform.as_ref()),
        ];
        for (old, new) in files.into_iter().filter_map(|(old, new)| Some((old?, new?))) {
            if old.bytes != new.bytes {
                if Path::new(&old.name).is_symlink() {
                    return Err(CommandError(format!(
                        "{}: this is a symbolic link: run it in the folder of the file",
                        printable(&old.name)
                    )));
                }
                disk::replace_text(old.name.as_ref(), &String::from_utf8_lossy(&new.bytes))?;
                written += 1;
            }
        }
        print_message(&format!("wharf: {} written\n", count(written, "file")));
        Ok(Exit::Clean)
    }
}

/// The inputs with the edits.
fn edited(inputs: &Inputs, compiled: &Compiled, edits: &[Edit]) -> Result<Inputs, CommandError> {
    let mut edited = inputs.clone();
    let files = [
        (FileId::APPLICATIONS, Some(&mut edited.applications)),
        (FileId::PLATFORM, edited.platform.as_mut()),
    ];
    for (file, source) in files.into_iter().filter_map(|(file, source)| Some((file, source?))) {
        let own: Vec<_> = edits.iter().filter(|edit| edit.file == file).collect();
        if let Some(document) = compiled.documents.get(file)
            && !own.is_empty()
        {
            if document.text.len() != source.bytes.len() {
                return Err(CommandError(format!("{}: it is not UTF-8 text", printable(&source.name))));
            }
            source.bytes = apply(&document.text, &own).into_bytes();
        }
    }
    Ok(edited)
}

fn steps(plan: &Plan) -> String {
    let mut text = String::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let by = match (step.by, step.when) {
            (By::Commit, When::Done) => "commit, done",
            (By::Commit, When::Next) => "commit, next",
            (By::Commit, When::Later) => "commit",
            (By::Hand, _) => "manually",
        };
        let _ = writeln!(text, "{}. {by}: {}", index + 1, printable(&step.text));
    }
    text
}

/// The lines of the next commit.
fn edits_as_text(plan: &Plan, compiled: &Compiled) -> String {
    let mut text = String::new();
    for edit in &plan.edits {
        let Some(document) = compiled.documents.get(edit.file) else {
            continue;
        };
        let before = document.text.get(..edit.range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let old = document.text.get(edit.range.clone()).unwrap_or_default();
        let new = edit.text.trim_matches([',', ' ', '\n', '\r']);
        let name = printable(&document.name);
        let _ = if old.is_empty() {
            writeln!(text, "  {name}:{line}: add `{}`", printable(new))
        } else {
            writeln!(text, "  {name}:{line}: `{}` becomes `{}`", printable(old), printable(new))
        };
    }
    text
}

/// The lines that somebody has to look at.
fn mentions(plan: &Plan, compiled: &Compiled) -> String {
    let is_next = plan.steps.iter().any(|step| step.by == By::Commit && step.when == When::Next);
    if plan.mentions.is_empty() || !is_next {
        return String::new();
    }
    let mut text = String::from("\nother lines with the old name, which are not edited:\n");
    for (file, line) in plan.mentions.iter().take(MAX_MENTIONS) {
        let document = compiled.documents.get(*file);
        let name = document.map_or("", |document| &document.name);
        let _ = writeln!(text, "  {}:{line}", printable(name));
    }
    if plan.mentions.len() > MAX_MENTIONS {
        let _ = writeln!(text, "  and {} more", plan.mentions.len() - MAX_MENTIONS);
    }
    text
}
