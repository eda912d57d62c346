//! `wharf man`

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::{Arguments, print, print_message};
use crate::diagnostics::count;
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::display;

/// Print the manual page of wharf or of a command, or write all pages to a folder
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  wharf man --output ~/.local/share/man/man1")]
pub struct Man {
    /// The command; wharf itself if omitted
    verb: Option<String>,

    /// Write all pages to this folder
    #[arg(long, value_name = "DIR", conflicts_with = "verb")]
    output: Option<PathBuf>,
}

/// The first line of each page, by which `--output` recognises those that it may replace: another program may
/// have a page `wharf.1`.
const MARK: &str = ".\\\" Made by `wharf man`";

impl Man {
    pub(super) fn run(&self) -> CommandResult {
        let mut wharf = Arguments::command();
        wharf.build();
        let verbs = || wharf.get_subcommands().filter(|verb| verb.get_name() != "help");
        if let Some(folder) = &self.output {
            let pages: Vec<_> = [&wharf].into_iter().chain(verbs()).collect();
            let file = |page: &&Command| {
                Ok((format!("{}.1", page.get_display_name().unwrap_or("wharf")), text(page)?))
            };
            let files = pages.iter().map(file).collect::<Result<Vec<_>, CommandError>>()?;
            disk::publish(&files, |page| page.starts_with(MARK.as_bytes()), folder)?;
            print_message(&format!("wharf: wrote {} to {}\n", count(files.len(), "page"), display(folder)));
            return Ok(Exit::Clean);
        }
        let Some(name) = &self.verb else { return print(&text(&wharf)?) };
        let unknown =
            || CommandError::unknown("command", name, verbs().map(Command::get_name).collect::<Vec<_>>());
        let verb = verbs().find(|verb| verb.get_name() == name).ok_or_else(unknown)?;
        print(&text(verb)?)
    }
}

/// A page as troff. It contains no date, so that builds are reproducible.
fn text(command: &Command) -> Result<String, CommandError> {
    let mut page = format!("{MARK}\n").into_bytes();
    Page::new(command.clone())
        .render(&mut page)
        .map_err(|error| CommandError(format!("the page cannot be written: {error}")))?;
    Ok(with_values(&String::from_utf8_lossy(&page), command))
}

/// The page with the values of options in its synopsis, where `clap_mangen` 0.3 leaves them out.
fn with_values(page: &str, command: &Command) -> String {
    command.get_opts().fold(page.to_owned(), |page, option| {
        let (Some(name), Some([value, ..])) = (option.get_long(), option.get_value_names()) else {
            return page;
        };
        let name = format!("\\fB{}\\fR", format!("--{name}").replace('-', "\\-"));
        page.replacen(&format!("[{name}]"), &format!("[{name} \\fI{value}\\fR]"), 1)
    })
}
