//! `wharf audit`

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::check::Format;
use super::{draw, print, print_message};
use crate::audit::{Audited, Renderable, Settings, audit, baseline, picture};
use crate::diagnostics::{Finding, count, printable};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{Checkout, Repository, Source, Tree, read_standard_input_as_tree, read_text, read_tree};
use crate::manifests::{Failure, Limits, build_folder, render_folder};

/// How long a program may take to render one folder.
const TIME: Duration = Duration::from_secs(30);

/// How many bytes it may print.
const OUTPUT: u64 = 16 << 20;

/// How many lines about what was assumed or left out are printed.
const SHOWN: usize = 5;

/// Report the silent failures of a GitOps repository without a catalog; never modifies files
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf audit\n  wharf audit --reach clusters/home\n  \
                       kubectl get applications,appprojects -A -o yaml | wharf audit -")]
pub struct Audit {
    /// Folder of the repository; `-` reads manifests from standard input
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,

    /// Print what deploys what, and what nothing deploys; as JSON with `--format json`
    #[arg(long)]
    reach: bool,

    /// URL of the repository as Applications name it. Default: that of the git remotes
    #[arg(long, value_name = "URL")]
    repository: Option<String>,

    /// Folder of the repository as Applications name it, and where it is in DIR; may be repeated
    #[arg(long = "path", value_name = "FROM=TO", value_parser = moved)]
    paths: Vec<(String, String)>,

    /// File or folder with the Applications that are applied manually; may be repeated
    #[arg(long, value_name = "PATH")]
    root: Vec<String>,

    /// Report only findings that the files of this git revision do not have
    #[arg(long, value_name = "REV", conflicts_with = "reach")]
    since: Option<String>,

    /// Report only findings that this file does not list
    #[arg(long, value_name = "FILE", conflicts_with = "reach")]
    baseline: Option<PathBuf>,

    /// Print the findings as a baseline, one per line
    #[arg(long, conflicts_with_all = ["reach", "since", "baseline", "format"])]
    print_baseline: bool,

    /// Output format; text is written to standard error, every other format to standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn moved(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('=').ok_or("write it as FROM=TO")?;
    let clean = |path: &str| path.trim_matches('/').trim_start_matches("./").to_owned();
    Ok((clean(from), if to == "." { String::new() } else { clean(to) }))
}

impl Audit {
    pub(super) fn run(&self) -> CommandResult {
        let tree = self.tree()?;
        let known = self.known()?;
        let settings = self.settings();
        let missing = RefCell::new(BTreeSet::new());
        let render = |folder: &Renderable| render(folder, &tree, &missing);
        let mut audited = audit(&tree, &settings, &render);
        if self.print_baseline {
            return print(&baseline::lines(&audited));
        }
        for known in &known {
            baseline::subtract(&mut audited, known);
        }
        if self.reach {
            let is_json = self.format == Format::Json;
            return print(&if is_json { picture::json(&audited) } else { picture::text(&audited) });
        }
        self.report(&audited)
    }

    fn tree(&self) -> Result<Tree, CommandError> {
        let tree = if self.folder.as_os_str() == "-" {
            read_standard_input_as_tree()
        } else {
            read_tree(&self.folder)
        };
        tree.map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))
    }

    /// The findings that are not reported, as the lines of baselines.
    fn known(&self) -> Result<Vec<String>, CommandError> {
        let mut known = Vec::new();
        if let Some(path) = &self.baseline {
            let text = read_text(path).map_err(|error| CommandError::with(path, &error))?;
            known.push(text);
        }
        if let Some(revision) = &self.since {
            let before = Checkout::read(&self.folder, revision)
                .map_err(|error| CommandError(format!("--since {revision}: {error}")))?;
            known.push(self.findings_of(&before)?);
        }
        Ok(known)
    }

    /// The findings of an older revision.
    fn findings_of(&self, revision: &Checkout) -> Result<String, CommandError> {
        let tree = read_tree(&revision.folder())
            .map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))?;
        let mut tree = tree;
        let now = Repository::around(&self.folder);
        tree.remotes = now.map(|now| now.remotes().to_vec()).unwrap_or_default();
        tree.prefix = revision.prefix();
        let missing = RefCell::new(BTreeSet::new());
        let render = |folder: &Renderable| render(folder, &tree, &missing);
        Ok(baseline::lines(&audit(&tree, &self.settings(), &render)))
    }

    fn settings(&self) -> Settings {
        Settings { repository: self.repository.clone(), paths: self.paths.clone(), roots: self.root.clone() }
    }

    fn report(&self, audited: &Audited<'_>) -> CommandResult {
        let failed = audited.findings.iter().any(Finding::is_error);
        match self.format.write(&audited.findings, &audited.documents) {
            None => {
                draw(&audited.findings, &audited.documents);
                print_message(&facts(audited));
            }
            Some(text) => drop(print(&text)?),
        }
        if !failed && self.format == Format::Text && std::io::stderr().is_terminal() {
            let number = audited.survey.applications.len();
            print_message(&format!("wharf: {} read\n", count(number, "Application")));
        }
        Ok(if failed { Exit::Findings } else { Exit::Clean })
    }
}

/// Renders a chart or a kustomization, or says why it cannot.
pub(super) fn render(
    folder: &Renderable,
    tree: &Tree,
    missing: &RefCell<BTreeSet<&'static str>>,
) -> Result<Source, String> {
    let Some(repository) = &tree.repository else {
        return Err("folders of a stream are not rendered".into());
    };
    let (needed, what) = match folder {
        Renderable::Chart(_) => ("helm", "this chart is not rendered"),
        Renderable::Kustomization(_) => ("kustomize", "what they change is not judged"),
    };
    let not_installed = || format!("{needed} is not installed, so that {what}");
    if missing.borrow().contains(needed) {
        return Err(not_installed());
    }
    let limits = Limits { time: TIME, output: OUTPUT };
    let rendered = match folder {
        Renderable::Chart(chart) => render_folder(chart, repository, limits),
        Renderable::Kustomization(folder) => build_folder(folder, repository, limits),
    };
    rendered.map_err(|failure| match failure {
        Failure::MissingProgram(_) => {
            missing.borrow_mut().insert(needed);
            not_installed()
        }
        Failure::Unknown(reason) | Failure::Failed(reason, None) => reason,
        Failure::Failed(reason, Some(said)) => format!("{reason}: {said}"),
    })
}

/// What was assumed, and what was not read.
fn facts(audited: &Audited<'_>) -> String {
    let mut lines: Vec<_> =
        audited.assumptions.iter().map(|assumption| format!("wharf: {assumption}\n")).collect();
    let left_out = audited.left_out.len();
    for one in audited.left_out.iter().take(SHOWN) {
        lines.push(format!("wharf: left out {}: {}\n", one.path, one.reason));
    }
    if left_out > SHOWN {
        lines.push(format!("wharf: {} more left out; `--reach` lists them\n", left_out - SHOWN));
    }
    match audited.unreached.len() {
        0 => {}
        1 => lines.push("wharf: 1 manifest is deployed by nothing; `--reach` lists it\n".into()),
        number => {
            lines.push(format!("wharf: {number} manifests are deployed by nothing; `--reach` lists them\n"));
        }
    }
    lines.iter().map(|line| printable(line.trim_end()).into_owned() + "\n").collect()
}
