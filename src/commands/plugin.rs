//! `wharf plugin`

use std::num::NonZeroUsize;
use std::path::{Component, Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{print, print_stream, read, with_valid_catalog};
use crate::exit::{CommandError, CommandResult};
use crate::inputs::Origin;
use crate::model::Model;
use crate::shard::Shard;
use crate::value::Text;

/// Print all manifests, as a config management plugin of Argo CD
///
/// Reads the catalog of the current folder, and the environment variables that Argo CD sets for plugins (Argo
/// CD 3.5). Symbolic links that lead out of the repository are refused. Nothing is printed if the catalog has
/// an error.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  \
                       ARGOCD_APP_PARAMETERS='[{\"name\": \"tiers\", \"array\": [\"apps\"]}]' \
                       wharf plugin")]
pub struct Plugin {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print the parameters of the plugin, for Argo CD's user interface
    Announce,
}

impl Plugin {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = read(&Origin::Untrusted {
            folder: ".".into(),
            root: root(variable("ARGOCD_APP_SOURCE_PATH")?.as_deref()),
        })?;
        let shard = Shard::parse(variable("ARGOCD_APP_PARAMETERS")?.as_deref().unwrap_or("null"))?;
        with_valid_catalog(&inputs, threads, |compiled| {
            if matches!(self.verb, Some(Verb::Announce)) {
                return print(&announcement(&compiled.model));
            }
            shard.check(&compiled.model, &compiled.objects)?;
            compiled.objects.retain(|object| shard.contains(object, &compiled.model));
            if compiled.objects.is_empty() {
                return Err(CommandError(
                    "nothing is rendered, and Argo CD would prune everything; if that is intended, delete \
                     the root Application"
                        .into(),
                ));
            }
            print_stream(&compiled.objects, threads)
        })
    }
}

/// An environment variable that Argo CD sets.
#[allow(
    clippy::disallowed_methods,
    reason = "Argo CD passes the arguments of a plugin as environment variables"
)]
fn variable(name: &str) -> Result<Option<String>, CommandError> {
    let value = std::env::var_os(name).map(std::ffi::OsString::into_string);
    value.transpose().map_err(|_| CommandError(format!("{name} is not UTF-8")))
}

/// The root of the repository if the current folder has this path in it, else the current folder.
fn root(path: Option<&str>) -> PathBuf {
    let here = Path::new(".").canonicalize().unwrap_or_default();
    let steps = Path::new(path.unwrap_or_default()).components().filter(|step| *step != Component::CurDir);
    let steps: PathBuf = steps.collect();
    let is_plain = steps.components().all(|step| matches!(step, Component::Normal(_)));
    let above = here.ancestors().nth(steps.components().count());
    above.filter(|_| is_plain && here.ends_with(&steps)).unwrap_or(Path::new(".")).to_owned()
}

/// The parameters and their defaults, in the format of Argo CD.
fn announcement(model: &Model) -> String {
    let parameter = |name: &str, title: &str, tooltip: &str, all: Vec<&str>| {
        json!({
            "name": name,
            "title": title,
            "tooltip": tooltip,
            "itemType": "string",
            "collectionType": "array",
            "array": all,
        })
    };
    let entries = model.entries.iter().map(|entry| entry.namespace.as_str()).collect();
    let tiers = model.platform.tiers.iter().map(Text::as_str).collect();
    let all = json!([
        parameter("entries", "Entries", "Render the entries of these namespaces only", entries),
        parameter("tiers", "Tiers", "Render the entries of these tiers only", tiers),
    ]);
    format!("{all:#}\n")
}
