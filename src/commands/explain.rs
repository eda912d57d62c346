//! `wharf explain`

mod application;
mod entry;
mod host;
mod object;
mod table;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use clap::Args;

use super::{Folder, print, with_valid_catalog};
use crate::compile::Compiled;
use crate::exit::{CommandError, CommandResult};
use crate::names::{Host, Namespace};

/// Show what an entry, application, host or object is made of, and its lines
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf explain web-vaultwarden\n  \
                       wharf explain vault.example.com\n  \
                       wharf explain NetworkPolicy/web-vaultwarden/default-deny")]
pub struct Explain {
    /// The namespace of an entry, the applicationCode of an application, a host, or an object as KIND/NAME
    /// or KIND/NAMESPACE/NAME
    #[arg(value_name = "NAME")]
    subject: String,

    #[command(flatten)]
    folder: Folder,
}

impl Explain {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| print(&explain(&self.subject, compiled)?))
    }
}

/// What is known of the first of these with the name: an object, an entry, an application, a host.
fn explain(subject: &str, compiled: &Compiled) -> Result<String, CommandError> {
    if subject.contains('/') {
        return object::explain(subject, compiled);
    }
    let model = &compiled.model;
    let entry = model.entry(&Namespace::new(subject.to_owned()));
    entry
        .map(|entry| entry::explain(entry, compiled))
        .or_else(|| application::find(subject, model).map(|found| application::explain(&found, compiled)))
        .or_else(|| host::explain(subject, compiled))
        .ok_or_else(|| unknown(subject, compiled))
}

fn unknown(subject: &str, compiled: &Compiled) -> CommandError {
    let entries = compiled.model.entries.iter();
    let names: BTreeSet<_> = entries
        .flat_map(|entry| {
            let codes = entry.applications.iter().map(|application| application.code.as_str());
            let hosts = entry.routes.iter().flat_map(|route| &route.hosts).map(Host::as_str);
            [entry.namespace.as_str()].into_iter().chain(codes).chain(hosts)
        })
        .collect();
    CommandError::unknown("entry, application or host", subject, names)
}
