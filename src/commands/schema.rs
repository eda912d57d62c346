//! `wharf schema`

use std::path::PathBuf;

use clap::Args;

use super::{print, print_message};
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::display;
use crate::schema::{PUBLISHED, text};

/// Print the JSON Schemas of the input files, for editors
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  wharf schema --output schema")]
pub struct Schema {
    /// The schema to print: applications, platform or profile
    name: Option<String>,

    /// Write all schemas to this folder
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    output: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(&self) -> CommandResult {
        if let Some(folder) = &self.output {
            let files = PUBLISHED.each_ref().map(|published| (published.file.to_owned(), text(published)));
            disk::publish(&files, is_ours, folder)?;
            print_message(&format!("wharf: wrote {} schemas to {}\n", PUBLISHED.len(), display(folder)));
            return Ok(Exit::Clean);
        }
        match &self.name {
            None => {
                let all: serde_json::Map<_, _> = PUBLISHED
                    .iter()
                    .map(|published| (published.name.to_owned(), published.schema()))
                    .collect();
                print(&format!("{:#}\n", serde_json::Value::from(all)))
            }
            Some(name) => {
                let published = PUBLISHED.iter().find(|published| published.name == *name);
                let published = published.ok_or_else(|| {
                    CommandError::unknown("schema", name, PUBLISHED.iter().map(|published| published.name))
                })?;
                print(&text(published))
            }
        }
    }
}

/// Whether a file is one of the schemas, of whichever version: `--output` replaces no others.
fn is_ours(text: &[u8]) -> bool {
    let schema: Option<serde_json::Value> = serde_json::from_slice(text).ok();
    schema.is_some_and(|schema| schema["title"].as_str().is_some_and(|title| title.starts_with("wharf ")))
}
