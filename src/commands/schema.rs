//! `wharf schema`

use std::path::PathBuf;

use clap::Args;

use super::{print, print_message};
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
            for published in &PUBLISHED {
                crate::disk::replace_text(&folder.join(published.file), &text(published))?;
            }
            print_message(&format!("wharf: wrote {} schemas to {}\n", PUBLISHED.len(), display(folder)));
            return Ok(Exit::Clean);
        }
        match &self.name {
            None => {
                let all: serde_json::Map<_, _> = PUBLISHED
                    .iter()
                    .map(|published| (published.name.to_owned(), (published.schema)()))
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
