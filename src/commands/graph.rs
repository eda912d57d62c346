//! `wharf graph`

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use super::{Folder, print, with_valid_catalog};
use crate::exit::{CommandError, CommandResult};
use crate::graph::{Graph as Network, waves};
use crate::reach::Reach;

/// Draw who may connect to whom, as SVG or for other programs
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wharf graph > network.svg
  wharf graph --entry web-notes --format mermaid")]
pub struct Graph {
    #[command(flatten)]
    folder: Folder,

    /// Draw only this entry and its neighbours
    #[arg(long, conflicts_with = "waves")]
    entry: Option<String>,

    /// Draw the order in which applications are synced instead
    #[arg(long)]
    waves: bool,

    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The format of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An SVG image
    #[default]
    Svg,
    /// A flow chart of Mermaid, for Markdown
    Mermaid,
    /// A graph of Graphviz
    Dot,
    /// JSON, for programs
    Json,
}

impl Graph {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| {
            if self.waves {
                let picture = waves(&compiled.model);
                return match self.format {
                    Format::Svg => print(&picture.svg()),
                    Format::Mermaid => print(&picture.mermaid()),
                    Format::Dot => print(&picture.dot()),
                    Format::Json => Err(CommandError(
                        "the waves have no JSON format: they are annotations of the rendered objects".into(),
                    )),
                };
            }
            let graph = self.graph(&Reach::new(&compiled.model, &compiled.objects, &compiled.documents))?;
            print(&match self.format {
                Format::Svg => graph.picture().svg(),
                Format::Mermaid => graph.picture().mermaid(),
                Format::Dot => graph.picture().dot(),
                Format::Json => format!("{:#}\n", graph.json()),
            })
        })
    }

    fn graph(&self, reach: &Reach<'_>) -> Result<Network, CommandError> {
        let whole = Network::new(reach);
        let Some(entry) = &self.entry else { return Ok(whole) };
        let names = reach.model().entries.iter().map(|entry| entry.namespace.as_str());
        whole.around(entry).ok_or_else(|| CommandError::unknown("entry", entry, names))
    }
}
