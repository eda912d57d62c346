//! `wharf bootstrap`

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::render::{summary, waiting};
use super::{Folder, print_stream, say, with_meaning};
use crate::bootstrap::{self, HEADER};
use crate::disk;
use crate::exit::{Exit, Outcome};

/// Print what has to exist before Argo CD can apply the rest, and a checklist of what is left to do by hand
///
/// Standard output gets the root application and its project, for `kubectl apply -f -`; the checklist goes to standard error.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf bootstrap | kubectl apply -f -\n  wharf bootstrap --output bootstrap")]
pub struct Bootstrap {
    #[command(flatten)]
    folder: Folder,

    /// Write root.yaml, checklist.txt and the Helm values that Argo CD and Traefik need to this folder, which is not the rendered one
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Bootstrap {
    pub(super) fn run(&self, threads: NonZeroUsize) -> Outcome {
        let inputs = self.folder.read()?;
        with_meaning(&inputs, threads, |compiled| {
            let bootstrap = bootstrap::Bootstrap::new(&compiled.plan, &compiled.objects);
            let Some(output) = &self.output else {
                say(&bootstrap.checklist());
                say(&hint(&bootstrap));
                return print_stream(&bootstrap.objects, threads);
            };
            let written = disk::write(&bootstrap.tree(), HEADER, output, || say(&waiting(output)))?;
            say(&summary(&written, output));
            Ok(Exit::Clean)
        })
    }
}

/// Says where the values are of which the checklist speaks.
fn hint(bootstrap: &bootstrap::Bootstrap) -> String {
    let values = bootstrap.tree().into_keys().filter(|path| path.ends_with("-values.yaml")).collect::<Vec<_>>();
    if values.is_empty() { String::new() } else { format!("\nwharf: `--output DIR` also writes {}\n", values.join(" and ")) }
}
