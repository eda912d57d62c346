//! `wharf check`

mod schema_copy;
mod watch;

use std::io::IsTerminal;
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::render::keep_line_endings;
use super::{Folder, compile_once, print, print_message, report};
use crate::compile::Compiled;
use crate::diagnostics::{FileId, Finding, Location, bound, count, printable, rules};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{BASELINE_FILE, Inputs, Origin};
use crate::model::{Application, Model};
use crate::report::{github, gitlab, json, junit, sarif};
use crate::schemas::Schemas;
use crate::session::Session;
use crate::syntax::SourceMap;
use crate::{disk, tree, waivers};

/// Report every problem; modifies no file but, if asked to, the baseline
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf check\n  \
                       wharf check --rendered rendered --format sarif > wharf.sarif")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Check {
    #[command(flatten)]
    folder: Folder,

    /// Fail if this folder differs from what `wharf render --output` would write
    #[arg(long, value_name = "DIR")]
    rendered: Option<PathBuf>,

    /// Validate every object against the JSON Schemas in this folder, in the layout of kubeconform
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,

    /// Accept a catalog without any enabled entry
    #[arg(long)]
    allow_empty: bool,

    /// Check again after each change of an input file, until interrupted
    #[arg(long, conflicts_with = "format")]
    watch: bool,
    /// Treat warnings as errors
    #[arg(long)]
    deny_warnings: bool,

    /// Accept the current findings: list them in applications.baseline.yml, except for errors that guard data
    /// or auth
    #[arg(long, conflicts_with_all = ["rendered", "schemas", "deny_warnings"])]
    write_baseline: bool,

    /// Output format; text is written to standard error, every other format to standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people
    #[default]
    Text,
    /// JSON for programs, with a version number
    Json,
    /// GitLab code quality report, for merge requests
    Gitlab,
    /// GitHub workflow annotations
    Github,
    /// SARIF 2.1.0, for GitHub code scanning
    Sarif,
    /// JUnit report, for most CI systems
    Junit,
}

impl Format {
    /// The findings in this format; nothing for text, which is written to standard error.
    pub(super) fn write(self, findings: &[Finding], documents: &SourceMap) -> Option<String> {
        match self {
            Self::Text => None,
            Self::Json => Some(json::write(findings, documents)),
            Self::Gitlab => Some(gitlab::write(findings, documents)),
            Self::Github => Some(github::write(findings, documents)),
            Self::Sarif => Some(sarif::write(findings, documents)),
            Self::Junit => Some(junit::write(findings, documents)),
        }
    }
}

impl Check {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let mut inputs = self.folder.read()?;
        if self.write_baseline {
            return self.accept(&mut inputs, threads);
        }
        // dropping the result value by value would take as long as building it
        let mut session = ManuallyDrop::new(Session::new(inputs, threads));
        let exit = self.check(&mut session, threads)?;
        if self.watch { self.watch(&mut session, threads) } else { Ok(exit) }
    }

    /// Reports the findings of the current sources.
    fn check(&self, session: &mut Session, threads: NonZeroUsize) -> CommandResult {
        let compiled = session.compiled_mut();
        if self.allow_empty {
            compiled.allow_empty();
        }
        if !compiled.has_errors() {
            self.check_output(compiled, threads)?;
            compiled.findings.extend(schema_copy::stale(&self.folder.origin(), &compiled.documents));
            crate::report::sort(&mut compiled.findings, &compiled.documents);
            bound(&mut compiled.findings);
        }
        if self.deny_warnings {
            compiled.deny_warnings();
        }
        let compiled = session.compiled();
        let exit = if compiled.has_errors() { Exit::Findings } else { Exit::Clean };
        let (findings, documents) = (&compiled.findings, &compiled.documents);
        let written = self.format.write(findings, documents);
        match written {
            None => {
                report(compiled);
                print_message(&not_looked_up(session.inputs(), compiled));
                print_message(&not_locked(&compiled.model));
            }
            Some(text) => drop(print(&text)?),
        }
        let shown = self.watch || std::io::stderr().is_terminal();
        if exit == Exit::Clean && self.format == Format::Text && shown {
            print_message(&format!("wharf: {} are fine\n", count(compiled.objects.len(), "object")));
        }
        Ok(exit)
    }

    /// Writes the baseline, without the findings that it cannot accept, which are reported.
    fn accept(&self, inputs: &mut Inputs, threads: NonZeroUsize) -> CommandResult {
        let Origin::Folder(folder) = self.folder.origin() else {
            return Err(CommandError("the baseline is written to a folder, not to standard input".into()));
        };
        inputs.baseline = None;
        let mut compiled = compile_once(inputs, threads);
        let text = waivers::text(&compiled.findings, &compiled.documents);
        disk::replace_text(&folder.join(BASELINE_FILE), &text)?;
        let all = compiled.findings.len();
        compiled.findings.retain(|finding| !finding.rule.waivable);
        report(&compiled);
        let accepted = count(all - compiled.findings.len(), "finding");
        print_message(&format!("wharf: accepted {accepted} in {BASELINE_FILE}\n"));
        Ok(if compiled.has_errors() { Exit::Findings } else { Exit::Clean })
    }

    fn check_output(&self, compiled: &mut Compiled, threads: NonZeroUsize) -> Result<(), CommandError> {
        if let Some(folder) = &self.schemas {
            let schemas = Schemas::read(folder)?;
            compiled.findings.extend(schemas.check(&compiled.objects));
        }
        if let Some(folder) = &self.rendered {
            let difference = disk::compare(&tree::tree(&compiled.objects, threads), tree::HEADER, folder)?;
            compiled.findings.extend(stale(&difference, folder));
        }
        Ok(())
    }
}

/// Reports that no folder or values file was looked up. Not a finding: the URL that Argo CD uses may be that
/// of a mirror.
fn not_looked_up(inputs: &Inputs, compiled: &Compiled) -> String {
    if !inputs.repository.as_ref().is_some_and(|repository| compiled.model.is_elsewhere(repository)) {
        return String::new();
    }
    let url = printable(&compiled.model.platform.repository);
    format!(
        "wharf: the folders and values files of applications were not looked up: \
         no git remote of this folder is {url}\n"
    )
}

/// How many applications are not in the lock. Not a finding: everything works without a lock.
fn not_locked(model: &Model) -> String {
    let is_unlocked = |application: &&Application| application.locked.is_none();
    match model.applications().filter(is_unlocked).count() {
        0 => String::new(),
        number => format!(
            "wharf: {} not locked: run `wharf lock` to check what {}\n",
            if number == 1 { "1 application is".into() } else { format!("{number} applications are") },
            if number == 1 { "it deploys" } else { "they deploy" },
        ),
    }
}

/// One line for all files that differ in their line endings: it is mostly all of them, by one setting of git.
fn crlf(difference: &disk::Difference) -> Option<String> {
    match difference.crlf.as_slice() {
        [] => None,
        [only] => Some(format!("CRLF line endings: {only}")),
        [first, ..] => {
            Some(format!("CRLF line endings: {}, the first is {first}", count(difference.crlf.len(), "file")))
        }
    }
}

/// One finding for all files that differ from the output of `render`.
fn stale(difference: &disk::Difference, folder: &Path) -> Option<Finding> {
    if difference.is_empty() {
        return None;
    }
    let groups = [
        ("not wharf's", &difference.foreign),
        ("changed", &difference.changed),
        ("no longer rendered", &difference.stale),
        ("missing", &difference.missing),
    ];
    let lines =
        groups.iter().flat_map(|(what, files)| files.iter().map(move |file| format!("{what}: {file}")));
    let all: Vec<_> = crlf(difference).into_iter().chain(lines).collect();
    let shown = all
        .iter()
        .take(12)
        .cloned()
        .chain((all.len() > 12).then(|| format!("… and {} more", all.len() - 12)));
    let finding = rules::STALE_RENDERED.at(
        Location::root(FileId::APPLICATIONS),
        format!("`{}` differs from what would be rendered", folder.display()),
    );
    let finding = finding.note(shown.collect::<Vec<_>>().join("; "));
    let first =
        if difference.foreign.is_empty() { "" } else { "move away the files that are not wharf's, then " };
    let run = format!("run `wharf render --output {}` and commit the changes", folder.display());
    Some(finding.help(match difference.crlf.as_slice() {
        [] => format!("{first}{run}"),
        _ => format!("{}, then {first}{run}", keep_line_endings(folder)),
    }))
}
