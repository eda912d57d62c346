//! `wharf diff`

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Folder, compile_once, draw, print, print_message, read, report};
use crate::compile::Compiled;
use crate::diagnostics::printable;
use crate::diff::report::{self as reports, Drawn};
use crate::diff::{Change, Diff as Difference, Level};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{
    self, Contents, Inputs, Origin, Revision, Source, newer_revisions, older_revisions, read_revision,
};

/// Show what a change does to the cluster, most dangerous first
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  wharf diff\n  wharf diff HEAD~1 --objects\n  wharf diff --from old new"
)]
pub struct Diff {
    /// Commit, tag or branch to compare with; by default the commit at which HEAD branched off the default
    /// branch. May be omitted before a folder if the current one has no catalog
    #[arg(value_name = "REV")]
    revision: Option<String>,

    #[command(flatten)]
    folder: Folder,

    /// Compare with the catalog in this folder, instead of a revision
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,

    /// Compare with an empty catalog if the revision has none, so that all of the catalog is new
    #[arg(long, conflicts_with = "from")]
    from_nothing: bool,

    /// Show the lines of each object that differ
    #[arg(long)]
    objects: bool,

    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Longest comment, in characters, for `--format markdown`
    #[arg(long, value_name = "CHARACTERS", default_value_t = 60_000, value_parser = limit)]
    limit: usize,

    /// Exit with status 1 if there is a change of this level, from 1 (data lost) to 5 (any), or of one above
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<Level>,

    /// Do not fail because of changes that the catalog states as intended, with `toggleable` or a `reason`
    #[arg(long, requires = "fail_on")]
    allow_stated: bool,
}

/// The format of the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For a comment of a merge request
    Markdown,
    /// JSON, for programs
    Json,
}

/// A shorter comment would have no space for its verdict.
const MIN_LIMIT: usize = 1000;

fn limit(text: &str) -> Result<usize, String> {
    let limit = text.parse::<usize>().ok().filter(|limit| *limit >= MIN_LIMIT);
    limit.ok_or_else(|| format!("a comment needs at least {MIN_LIMIT} characters"))
}

impl Diff {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder()?.read()?;
        let (name, before) = self.before(&inputs)?;
        let mut after = compile_once(&inputs, threads);
        after.allow_empty();
        if after.has_errors() {
            report(&after);
            return Ok(Exit::Findings);
        }
        let mut before = compile_once(&before, threads);
        before.allow_empty();
        if before.has_errors() {
            return Err(self.explain_errors(&name, &before, threads));
        }
        self.compare((&name, &before), &after)
    }

    fn compare(&self, (name, before): (&str, &Compiled), after: &Compiled) -> CommandResult {
        let diff = Difference::new(before, after);
        let drawn = Drawn::new(&diff, (name, &before.documents), (self.after_name(), &after.documents));
        print(&match self.format {
            Format::Text => reports::text(&drawn, self.objects),
            Format::Markdown => reports::markdown(&drawn, self.objects, self.limit),
            Format::Json => reports::json(&drawn),
        })?;
        Ok(if self.fails(&diff) { Exit::Findings } else { Exit::Clean })
    }

    /// Whether a change is at least as dangerous as the level that is not accepted.
    fn fails(&self, diff: &Difference<'_>) -> bool {
        let Some(most) = self.fail_on else { return false };
        let counts = |change: &Change| !(self.allow_stated && change.stated.is_some());
        let found = diff.changes.iter().filter(|change| counts(change)).any(|change| change.level() <= most);
        found || most == Level::Rest && diff.rest().next().is_some()
    }

    /// The folder of the new catalog. With `--from`, there is no revision, and the only argument is the
    /// folder; so it is if only that folder has a catalog.
    fn folder(&self) -> Result<Folder, CommandError> {
        match (&self.from, &self.revision) {
            (Some(_), Some(folder)) if self.folder.folder.as_os_str() == "." => {
                Ok(Folder { folder: folder.into() })
            }
            (Some(_), Some(revision)) => Err(CommandError(format!(
                "name either the revision `{}` or a folder with `--from`, not both",
                printable(revision)
            ))),
            (None, Some(folder)) if self.is_folder(folder) => Ok(Folder { folder: folder.into() }),
            _ => Ok(self.folder.clone()),
        }
    }

    /// Whether the only argument is not a revision but the folder, as for other commands: the current folder
    /// has no catalog, and that one does.
    fn is_folder(&self, argument: &str) -> bool {
        self.folder.folder.as_os_str() == "."
            && !inputs::has_catalog(Path::new("."))
            && inputs::has_catalog(Path::new(argument))
    }

    /// The old catalog, with a name.
    fn before(&self, after: &Inputs) -> Result<(String, Inputs), CommandError> {
        if let Some(from) = &self.from {
            let origin = Origin::Folder(inputs::catalog_folder(from));
            return Ok((inputs::display(from), read(&origin)?));
        }
        let revision = self.revision.as_deref().filter(|revision| !self.is_folder(revision));
        let revision = read_revision(self.folder()?.origin().folder(), revision)
            .map_err(|unreadable| CommandError(unreadable.0))?;
        match revision.contents {
            Contents::Catalog(inputs) => Ok((revision.name, *inputs)),
            Contents::Missing(_) if self.from_nothing => Ok(("nothing".into(), nothing(after))),
            Contents::Missing(why) => {
                Err(CommandError(format!("{why}; `--from-nothing` compares with an empty catalog")))
            }
        }
    }

    fn after_name(&self) -> &'static str {
        if self.from.is_some() { "the new folder" } else { "the working tree" }
    }

    /// Says what is wrong with the old catalog, and what to compare with instead.
    fn explain_errors(&self, name: &str, before: &Compiled, threads: NonZeroUsize) -> CommandError {
        draw(&before.findings, &before.documents);
        print_message("\n");
        let instead = match self.nearest(name, threads) {
            Some(instead) => format!("{instead} without errors: compare with that one"),
            None => "compare with a revision that was rendered".into(),
        };
        CommandError(format!(
            "the catalog of `{}` has errors, so that nothing was rendered from it; {instead}",
            printable(name)
        ))
    }

    /// The newest revision before another one whose catalog has no errors, which is what the cluster runs. If
    /// there is none, such as for a catalog of an older version of wharf, the oldest one after it.
    fn nearest(&self, name: &str, threads: NonZeroUsize) -> Option<String> {
        let origin = self.folder().ok()?.origin();
        if self.from.is_some() {
            return None;
        }
        let first = |ids: Vec<String>| {
            ids.into_iter().find(|id| {
                let revision = read_revision(origin.folder(), Some(id));
                revision.is_ok_and(|revision| compiles(&revision, threads))
            })
        };
        let last = first(older_revisions(origin.folder(), name));
        let next = || first(newer_revisions(origin.folder(), name));
        last.map(|id| format!("`{id}` is the last revision before it"))
            .or_else(|| next().map(|id| format!("`{id}` is the first revision after it")))
    }
}

/// An empty catalog on the same platform.
fn nothing(after: &Inputs) -> Inputs {
    Inputs {
        applications: Source::new("applications.yml", "[]\n"),
        platform: after.platform.clone(),
        environment: after.environment.clone(),
        ..Inputs::default()
    }
}

fn compiles(revision: &Revision, threads: NonZeroUsize) -> bool {
    match &revision.contents {
        Contents::Catalog(inputs) => !compile_once(inputs, threads).has_errors(),
        Contents::Missing(_) => false,
    }
}
