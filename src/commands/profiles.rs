//! `wharf profiles`

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Folder, compile_once, print, print_message, report_errors};
use crate::compile::Compiled;
use crate::diagnostics::{FileId, printable};
use crate::disk;
use crate::emit;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{Inputs, Source, display};
use crate::kubernetes::yaml;
use crate::model::Profile;
use crate::profile::BUILT_IN;

/// List the network profiles and the entries that use them
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_long_help = "Examples:\n  wharf profiles\n  wharf profiles show web-app"
)]
pub struct Profiles {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the profiles and the entries that use them (default)
    List {
        #[command(flatten)]
        folder: Folder,
    },
    /// Print a profile and the policies that are rendered for it
    Show {
        /// The name of the profile
        name: String,
        #[command(flatten)]
        folder: Folder,
    },
    /// Copy a built-in profile to profiles/, where it can be edited
    Eject {
        /// The name of the profile
        name: String,
        /// Folder of applications.yml
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
}

impl Profiles {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        match &self.verb {
            Some(Verb::List { folder }) => with_catalog(folder, threads, |compiled| Ok(list(compiled))),
            None => with_catalog(&self.folder, threads, |compiled| Ok(list(compiled))),
            Some(Verb::Show { name, folder }) => {
                with_catalog(folder, threads, |compiled| show(name, compiled))
            }
            Some(Verb::Eject { name, folder }) => {
                eject(name, &folder.join("profiles").join(format!("{name}.yml")))
            }
        }
    }
}

fn with_catalog(
    folder: &Folder,
    threads: NonZeroUsize,
    text: impl Fn(&Compiled) -> Result<String, CommandError>,
) -> CommandResult {
    let read = folder.read_if_any()?;
    let is_stand_in = read.is_none();
    let inputs = read.unwrap_or_else(stand_in);
    let mut compiled = compile_once(&inputs, threads);
    if is_stand_in {
        compiled.model.entries.clear();
        print_message(
            "wharf: there is no applications.yml here; these are the built-in profiles, with the defaults \
             of platform.yml\n",
        );
    }
    report_errors(&compiled);
    if compiled.has_errors() {
        return Ok(Exit::Findings);
    }
    print(&text(&compiled)?)
}

/// A catalog that changes nothing about the built-in profiles.
fn stand_in() -> Inputs {
    let platform = "repository: {url: https://git.example.com/home/cluster.git}\ndomain: example.com\n";
    Inputs {
        applications: Source::new(
            "applications.yml",
            "- namespace: none\n  networkPolicies: {profile: base}\n",
        ),
        platform: Some(Source::new("platform.yml", platform)),
        ..Inputs::default()
    }
}

fn list(compiled: &Compiled) -> String {
    let mut out = String::new();
    for name in compiled.model.profiles.names() {
        let Some(profile) = compiled.model.profiles.get(name) else { continue };
        let users: Vec<_> = compiled
            .model
            .entries
            .iter()
            .filter(|entry| *entry.profile == *name)
            .map(|entry| entry.namespace.as_str())
            .collect();
        let _ = writeln!(out, "{name} ({}): {}", source(profile, compiled), printable(&profile.summary));
        let _ = writeln!(
            out,
            "  used by {}\n",
            if users.is_empty() { "nobody".into() } else { users.join(", ") }
        );
    }
    out
}

fn source(profile: &Profile, compiled: &Compiled) -> String {
    match profile.file {
        None => "built in".into(),
        Some(file) => document_name(file, compiled),
    }
}

fn document_name(file: FileId, compiled: &Compiled) -> String {
    compiled.documents.get(file).map(|document| document.name.clone()).unwrap_or_default()
}

fn show(name: &str, compiled: &Compiled) -> Result<String, CommandError> {
    let profiles = &compiled.model.profiles;
    let profile = profiles.get(name).ok_or_else(|| unknown(name, profiles.names()))?;
    let text = match profile.file {
        None => BUILT_IN.iter().find(|built_in| built_in.name == name).map_or("", |built_in| built_in.text),
        Some(file) => compiled.documents.get(file).map_or("", |document| document.text.as_str()),
    };
    let mut out = format!(
        "# the profile {name} ({})\n{text}\n# the policies that are rendered for it\n",
        source(profile, compiled)
    );
    for object in emit::policies_of_profile(name, profiles, &compiled.model.platform) {
        out.push_str("---\n");
        yaml::write_object(&mut out, &object);
    }
    Ok(out)
}

fn eject(name: &str, target: &std::path::Path) -> CommandResult {
    let names = || BUILT_IN.iter().map(|built_in| built_in.name);
    let built_in =
        BUILT_IN.iter().find(|built_in| built_in.name == name).ok_or_else(|| unknown(name, names()))?;
    disk::create(target, built_in.text)?;
    print(&format!("wrote {}; it replaces the built-in profile\n", display(target)))
}

fn unknown<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> CommandError {
    CommandError::unknown("profile", name, names)
}
