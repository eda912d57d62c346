//! `wharf explain`

use std::fmt::Write;
use std::num::NonZeroUsize;

use clap::Args;

use super::{Folder, print, with_valid_catalog};
use crate::compile::Compiled;
use crate::derive::{Derived, summary};
use crate::diagnostics::printable;
use crate::exit::{CommandError, CommandResult};
use crate::kubernetes::{Object, Origin};
use crate::model::Entry;
use crate::names::Namespace;
use crate::report::lines::Lines;

/// Show the objects of an entry, the line that each comes from, and what is derived from the lock
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  wharf explain web-vaultwarden")]
pub struct Explain {
    /// The namespace of the entry
    entry: String,

    #[command(flatten)]
    folder: Folder,
}

impl Explain {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| {
            let Some(entry) = compiled.model.entry(&Namespace::new(self.entry.clone())) else {
                let names = compiled.model.entries.iter().map(|entry| entry.namespace.as_str());
                return Err(CommandError::unknown("entry", &self.entry, names));
            };
            print(&explain(entry, compiled))
        })
    }
}

fn explain(entry: &Entry, compiled: &Compiled) -> String {
    let mut out = heading(entry, compiled);
    let objects = compiled.objects.iter().filter(|object| object.folder == entry.namespace);
    let lines: Vec<_> = compiled.documents.iter().map(Lines::new).collect();
    let rows: Vec<_> = objects.map(|object| row(object, &lines)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (wave, kind, name) = (width(0), width(1), width(2));
    for [at, what, called, origin] in &rows {
        let _ = writeln!(out, "{at:>wave$}  {what:kind$}  {called:name$}  {origin}");
    }
    out + &derived(&summary(entry, &compiled.model))
}

/// What follows from what the applications deploy, each with its reason.
fn derived(derived: &[Derived]) -> String {
    let width = |column: fn(&Derived) -> &str| {
        derived.iter().map(|derived| column(derived).chars().count()).max().unwrap_or(0)
    };
    let (object, what) = (width(|derived| &derived.object), width(|derived| &derived.what));
    let mut out = String::from(if derived.is_empty() { "" } else { "\nderived\n" });
    for derived in derived {
        let (subject, says) = (printable(&derived.object), printable(&derived.what));
        let _ = writeln!(out, "  {subject:object$}  {says:what$}  {}", printable(&derived.reason));
    }
    out
}

fn heading(entry: &Entry, compiled: &Compiled) -> String {
    let tier = compiled.model.platform.tiers.get(entry.tier).map_or("", |tier| tier.as_str());
    let kept = if entry.protected {
        "kept in the cluster when the entry is removed"
    } else {
        "removed with the entry"
    };
    let description = entry
        .description
        .as_ref()
        .map(|description| format!(": {}", printable(description)))
        .unwrap_or_default();
    format!("{}{description}\n  tier {tier}, profile {}, {kept}\n\n", entry.namespace, entry.profile)
}

fn row(object: &Object, lines: &[Lines<'_>]) -> [String; 4] {
    let origins: Vec<_> = object.origins.iter().map(|origin| self::origin(origin, lines)).collect();
    [object.wave.to_string(), object.kind_name().into(), object.name.to_string(), origins.join(", ")]
}

/// `applications.yml:12 (profile web-app)`
fn origin(origin: &Origin, lines: &[Lines<'_>]) -> String {
    let Some(lines) = lines.iter().find(|lines| lines.document.file == origin.location.file) else {
        return String::new();
    };
    let document = lines.document;
    let line = lines.line(document.span(&origin.location).start) + 1;
    let by = match (&origin.profile, &origin.template) {
        (Some(profile), _) => format!(" (profile {profile})"),
        (_, Some(template)) => format!(" (template {template})"),
        _ => String::new(),
    };
    format!("{}:{line}{by}", document.name)
}
