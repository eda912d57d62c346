//! `wharf lock`

mod failures;
mod jobs;
mod manifests;
mod progress;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{Folder, compile_once, print_message, report};
use crate::compile::Compiled;
use crate::diagnostics::{FileId, Finding, Sink, count, rules};
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{Inputs, Repository, Source as Input};
use crate::kubernetes::read::MAX_BYTES;
use crate::lock::builtin::Chart;
use crate::lock::{self, Digests, Entry, Lock as LockFile};
use crate::locking;
use crate::manifests::{DEFAULT_TIMEOUT, Environment, Failure, Limits};
use crate::model::{Application, Model, is_same_repository};
use crate::names::ApplicationCode;
use crate::syntax::Document;

/// Record what applications deploy in applications.lock.yml
#[derive(Debug, Args)]
#[command(
    after_help = "Plain folders are read; `helm` renders charts, `kustomize` or `kubectl` kustomizations.",
    after_long_help = "Plain folders are read. Charts are rendered by `helm`, kustomizations by `kustomize` \
        or `kubectl`, which have to be installed for that. \
    Without options, only applications are rendered whose entry is missing or stale.\n\nExamples:\n  wharf \
    lock\n  wharf lock --check\n  \
    wharf lock --application cert-manager\n  helm template cert-manager jetstack/cert-manager | wharf lock \
    --application cert-manager --manifests -"
)]
pub struct Lock {
    #[command(flatten)]
    folder: Folder,

    /// Only this application; can be given several times
    #[arg(long, value_name = "NAME")]
    application: Vec<String>,

    /// Render all applications again, not only those whose entry is stale
    #[arg(long, conflicts_with_all = ["application", "check"])]
    all: bool,

    /// Exit with status 1 if the lock is not up to date; render nothing and write nothing
    #[arg(long, conflicts_with = "manifests")]
    check: bool,

    /// Take manifests from here instead of rendering: DIR/<applicationCode>.yaml, or standard input with `-`
    /// and one `--application`
    #[arg(long, value_name = "DIR")]
    manifests: Option<PathBuf>,

    /// The working tree of the platform's repository. Default: the one of the catalog, if one of its remotes
    /// is that repository
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,

    /// How long a program may take. Default: 120
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: Option<u64>,

    /// Write what each chart of a registry deploys to <DIR>/<chart>.yml, as a file of the built-in facts
    #[arg(long, value_name = "DIR", hide = true)]
    charts: Option<PathBuf>,
}

/// The inputs of a run.
struct Session<'s> {
    model: &'s Model,
    old: LockFile,
    environment: Environment<'s>,
    /// The working tree, if it is surely that of the platform's repository.
    repository: Option<&'s Repository>,
}

/// Rules that decide by names and by the built-in facts about charts as long as there is no lock. These may
/// say more than is true here: the lock is what decides.
const GUESSES: [&str; 3] =
    [rules::LATE_DEFINITION.name, rules::SELF_MANAGED_ARGOCD.name, rules::UNPERMITTED_NAMESPACE.name];

impl Lock {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let mut inputs = self.folder.read()?;
        // Errors in a lock do not prevent its replacement.
        let old = inputs.lock.take();
        if let Some(root) = &self.repository {
            inputs.repository = Some(Repository::new(root, Vec::new()));
        }
        let mut compiled = compile_once(&inputs, threads);
        compiled.findings.retain(|finding| !GUESSES.contains(&finding.rule.name));
        if compiled.has_errors() {
            report(&compiled);
            return Ok(Exit::Findings);
        }
        let Some(old) = read_lock(old.as_ref()) else { return Ok(Exit::Findings) };
        let findings = self.lock(&inputs, &compiled, old, threads)?;
        compiled.findings = findings;
        Ok(finish(&mut compiled))
    }

    fn lock(
        &self,
        inputs: &Inputs,
        compiled: &Compiled,
        old: LockFile,
        threads: NonZeroUsize,
    ) -> Result<Vec<Finding>, CommandError> {
        let model = &compiled.model;
        let repository =
            inputs.repository.as_ref().filter(|tree| self.repository.is_some() || is_platforms(tree, model));
        let api_versions = locking::api_versions(model);
        let limits = Limits {
            time: self.timeout.map_or(DEFAULT_TIMEOUT, Duration::from_secs),
            output: MAX_BYTES as u64,
        };
        let environment =
            Environment { platform: &model.platform, repository, api_versions: &api_versions, limits };
        let session = Session { model, old, environment, repository };
        let wanted = self.wanted(&session)?;
        if self.check {
            return Ok(self.outdated(&session, &wanted));
        }
        let made = match &self.manifests {
            Some(folder) => manifests::read(folder, &wanted, &session)?,
            None => jobs::render(&wanted, &session, threads),
        };
        self.write(&session, made)
    }

    /// The applications to look at, in the order of the catalog.
    fn wanted<'s>(&self, session: &Session<'s>) -> Result<Vec<&'s Application>, CommandError> {
        let model = session.model;
        let codes: BTreeSet<_> = model.applications().map(|application| application.code.as_str()).collect();
        if let Some(unknown) = self.application.iter().find(|name| !codes.contains(name.as_str())) {
            return Err(CommandError::unknown("application", unknown, codes));
        }
        let named = |application: &&Application| {
            self.application.iter().any(|name| *name == *application.code.as_str())
        };
        let everything = self.all || self.manifests.is_some();
        let is_wanted = |application: &&Application| match self.application.as_slice() {
            [] => everything || session.is_outdated(application),
            _ => named(application) && (!self.check || session.is_outdated(application)),
        };
        Ok(model.applications().filter(is_wanted).collect())
    }

    /// What `--check` has to say: one line for each entry that `wharf lock` would make or remove.
    fn outdated(&self, session: &Session<'_>, wanted: &[&Application]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for application in wanted.iter().filter(|application| {
            session
                .entry(application)
                .is_none_or(|entry| entry.content.is_ok() || session.is_stale(application, entry))
        }) {
            findings.push(failures::outdated(application, session.entry(application)));
        }
        if self.application.is_empty() {
            findings.extend(session.unused().map(failures::unused));
        }
        findings
    }

    fn write(
        &self,
        session: &Session<'_>,
        made: Vec<(&Application, Result<Entry, Failure>)>,
    ) -> Result<Vec<Finding>, CommandError> {
        let mut new = session.old.clone();
        new.exists = true;
        let unused: Vec<_> = session.unused().cloned().collect();
        new.entries.retain(|code, _| !unused.contains(code));
        let mut failed = Vec::new();
        let (mut locked, mut unknown) = (0, Vec::new());
        let reasons = |lock: &LockFile| lock.entries.values().filter(|entry| entry.content.is_err()).count();
        for (application, result) in made {
            match result {
                Ok(entry) => {
                    locked += 1;
                    new.entries.insert(application.code.clone(), entry.into());
                }
                Err(failure) => {
                    session.keep(application, &failure, &mut new);
                    match failure {
                        Failure::Unknown(reason) => unknown.push((application, reason)),
                        failure => failed.push((application, failure)),
                    }
                }
            }
        }
        let target = self.folder.folder_path().join(lock::FILE);
        let changed = new != session.old;
        match &self.charts {
            Some(folder) => write_charts(folder, session.model, &new)?,
            None if changed => disk::replace_text(&target, &lock::write(&new))?,
            None => {}
        }
        for (application, reason) in &unknown {
            print_message(&crate::diagnostics::printable(&format!(
                "wharf: {} is unknown: {reason}",
                application.code
            )));
            print_message("\n");
        }
        print_message(&summary(changed, locked, reasons(&new), unused.len()));
        Ok(failures::findings(&failed, session))
    }
}

impl Session<'_> {
    fn entry(&self, application: &Application) -> Option<&Entry> {
        self.old.entries.get(&application.code).map(Arc::as_ref)
    }

    /// Whether an entry has to be made, or made again. One that is unknown is tried again: a program may have
    /// been installed since.
    fn is_outdated(&self, application: &Application) -> bool {
        self.entry(application)
            .is_none_or(|entry| entry.content.is_err() || self.is_stale(application, entry))
    }

    fn is_stale(&self, application: &Application, entry: &Entry) -> bool {
        let Environment { platform, api_versions, .. } = self.environment;
        locking::is_stale(application, entry, platform, api_versions, self.repository)
    }

    /// The digests of an application as it is now.
    fn digests(&self, application: &Application) -> Digests {
        let Environment { platform, api_versions, .. } = self.environment;
        locking::digests(application, platform, api_versions, self.repository)
    }

    /// The entries without an application in the catalog; those of disabled entries are kept.
    fn unused(&self) -> impl Iterator<Item = &ApplicationCode> {
        let codes: BTreeSet<_> = self
            .model
            .applications()
            .map(|application| &application.code)
            .chain(&self.model.disabled_applications)
            .collect();
        self.old.entries.keys().filter(move |code| !codes.contains(code))
    }

    /// Keeps the entry of an application that could not be rendered, if it has contents; else records the
    /// reason.
    fn keep(&self, application: &Application, failure: &Failure, new: &mut LockFile) {
        if self.entry(application).is_some_and(|entry| entry.content.is_ok()) {
            return;
        }
        let reason = match failure {
            Failure::Unknown(reason) => reason.clone(),
            Failure::MissingProgram(name) => format!("{name} is not installed"),
            // The output of a program may differ between runs.
            Failure::Failed(..) => "it could not be rendered".into(),
        };
        let digests = Digests { apis: None, ..self.digests(application) };
        let entry = Entry { digests, content: Err(reason.into()) };
        new.entries.insert(application.code.clone(), entry.into());
    }
}

fn is_platforms(repository: &Repository, model: &Model) -> bool {
    repository.remotes().iter().any(|url| is_same_repository(url, &model.platform.repository))
}

/// The old lock; nothing if it has errors, which are reported: its contents must not be lost.
fn read_lock(source: Option<&Input>) -> Option<LockFile> {
    let Some(source) = source else { return Some(LockFile::default()) };
    let mut findings = Sink::new();
    let document = Document::load(FileId::LOCK, source, &mut findings);
    let lock = lock::read(&document, &mut findings);
    if findings.iter().any(Finding::is_error) {
        super::draw(&findings, &document.into());
        return None;
    }
    Some(lock)
}

/// Writes the facts about charts, each as it comes from all repositories that the catalog takes it from.
fn write_charts(folder: &Path, model: &Model, new: &LockFile) -> Result<(), CommandError> {
    for application in model.applications() {
        let (Some(source), Some(interface)) = (application.rendered(), new.application(&application.code))
        else {
            continue;
        };
        let Some(chart) = source.chart.as_deref() else { continue };
        let same = model
            .applications()
            .filter_map(Application::rendered)
            .filter(|other| other.chart.as_deref() == Some(chart));
        let repositories: BTreeSet<_> = same.map(|source| source.repository.clone()).collect();
        let facts = Chart {
            name: chart.to_owned().into(),
            repositories: repositories.into_iter().collect(),
            version: source.revision.clone(),
            namespace: application.rendered_for().to_owned().into(),
            interface: interface.clone(),
        };
        disk::replace_text(&folder.join(format!("{chart}.yml")), &lock::builtin::text(&facts))?;
    }
    Ok(())
}

fn finish(compiled: &mut Compiled) -> Exit {
    if compiled.findings.is_empty() {
        return Exit::Clean;
    }
    crate::report::sort(&mut compiled.findings, &compiled.documents);
    report(compiled);
    Exit::Findings
}

/// `wharf: 2 applications locked, 1 unknown`
fn summary(changed: bool, locked: usize, unknown: usize, removed: usize) -> String {
    if !changed {
        return "wharf: the lock is up to date\n".into();
    }
    let mut text = format!("wharf: {} locked", count(locked, "application"));
    for (number, what) in [(unknown, "unknown"), (removed, "removed")] {
        if number > 0 {
            text = format!("{text}, {number} {what}");
        }
    }
    text + "\n"
}

impl Folder {
    /// The folder that the lock lies in.
    fn folder_path(&self) -> &Path {
        if self.folder.as_os_str() == "-" { Path::new(".") } else { &self.folder }
    }
}
