//! `wharf bootstrap`

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::render::{summary, waiting};
use super::{Folder, print_message, print_stream, with_valid_catalog};
use crate::bootstrap::{self, HEADER};
use crate::disk;
use crate::exit::{CommandResult, Exit};

/// Print what must exist before Argo CD can apply the rest, and a checklist of the remaining manual steps
///
/// The root Application and its AppProject are printed to standard output, for
/// `kubectl apply --server-side -f -`, and the checklist to standard error.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf bootstrap | kubectl apply --server-side -f -\n  \
                       wharf bootstrap --output bootstrap")]
pub struct Bootstrap {
    #[command(flatten)]
    folder: Folder,

    /// Write root.yaml, checklist.txt and the Helm values for Argo CD and Traefik to this folder, which must
    /// not be the rendered one
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Bootstrap {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| {
            let bootstrap = bootstrap::Bootstrap::new(&compiled.model, &compiled.objects);
            let Some(output) = &self.output else {
                print_message(&bootstrap.checklist());
                print_message(&hint(&bootstrap));
                return print_stream(&bootstrap.objects, threads);
            };
            let written = disk::write(&bootstrap.tree(), HEADER, output, || print_message(&waiting(output)))?;
            print_message(&summary(&written, output));
            Ok(Exit::Clean)
        })
    }
}

/// Tells where the values files are that the checklist refers to.
fn hint(bootstrap: &bootstrap::Bootstrap) -> String {
    let values =
        bootstrap.tree().into_keys().filter(|path| path.ends_with("-values.yaml")).collect::<Vec<_>>();
    if values.is_empty() {
        String::new()
    } else {
        format!("\nwharf: `--output DIR` also writes {}\n", values.join(" and "))
    }
}
