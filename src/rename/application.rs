//! Renaming an application: its objects are handed over from one Application to another.

use super::edit::{Edit, insert_after, replace, scalar};
use super::references::{Keys, edits, mentions};
use super::{By, Plan, When};
use crate::catalog::Finalizer;
use crate::compile::Compiled;
use crate::diagnostics::Location;
use crate::exit::CommandError;
use crate::format::is_dns_label;
use crate::model::{Application, Entry, Model, Source, SourceType};
use crate::syntax::{Document, SourceMap};

/// The keys that name an application.
const KEYS: Keys = Keys { scalars: &["applicationCode"], lists: &["dependsOn"], addresses: &[] };

/// The steps that rename an application.
///
/// # Errors
/// If there is no such application, or if the new name is not valid or taken.
pub fn application(compiled: &Compiled, old: &str, new: &str) -> Result<Plan, CommandError> {
    let model = &compiled.model;
    let (entry, application) = find(model, old)?;
    check_name(model, new)?;
    let mut plan = Plan::default();
    let first = Handover::new(application, &compiled.documents);
    let is_next = first.edits.is_empty();
    plan.step(
        By::Commit,
        if is_next { When::Done } else { When::Next },
        format!(
            "set `finalizer: none` of `{old}`{}, and wait until the root Application is synced: its objects \
             then stay when it goes",
            if first.has_charts { ", and `releaseName` to its current name" } else { "" }
        ),
    );
    let when = if is_next { When::Next } else { When::Later };
    plan.step(By::Commit, when, format!("write `{new}` wherever the catalog names `{old}`"));
    plan.edits = if is_next { edits(&compiled.documents, &KEYS, old, new) } else { first.edits };
    plan.mentions = mentions(&compiled.documents, &plan.edits, old);
    finish(&mut plan, entry, application, model, new);
    Ok(plan)
}

fn find<'m>(model: &'m Model, code: &str) -> Result<(&'m Entry, &'m Application), CommandError> {
    let all = || model.entries.iter().flat_map(|entry| entry.applications.iter().map(move |it| (entry, it)));
    let found = all().find(|(_, application)| application.code.as_str() == code);
    found.ok_or_else(|| {
        let codes: Vec<_> = all().map(|(_, application)| application.code.as_str()).collect();
        CommandError::unknown("application", code, codes)
    })
}

fn check_name(model: &Model, new: &str) -> Result<(), CommandError> {
    if !is_dns_label(new) {
        return Err(CommandError(format!(
            "`{new}` is not a valid name: lower-case letters, digits and dashes, at most 63 characters"
        )));
    }
    let is_taken = |application: &Application| application.code.as_str() == new;
    if model.applications().any(is_taken) || model.disabled_applications.iter().any(|it| it.as_str() == new) {
        return Err(CommandError(format!("another application has the code `{new}`")));
    }
    Ok(())
}

/// What has to be in the catalog before the name changes.
struct Handover {
    has_charts: bool,
    edits: Vec<Edit>,
}

impl Handover {
    fn new(application: &Application, documents: &SourceMap) -> Self {
        let charts: Vec<_> =
            application.sources.iter().filter(|source| source.source_type() == SourceType::Helm).collect();
        let document = documents.get(application.location.file);
        let edits = document.map(|document| {
            let releases = charts.iter().filter_map(|source| keep_release(source, application, document));
            keep_objects(application, document).into_iter().chain(releases).collect()
        });
        Self { has_charts: !charts.is_empty(), edits: edits.unwrap_or_default() }
    }
}

/// Adds `finalizer: none`, or changes the finalizer to it.
fn keep_objects(application: &Application, document: &Document) -> Option<Edit> {
    let location = application.location.key("finalizer");
    let name = match application.finalizer {
        Finalizer::None => return None,
        Finalizer::Foreground => "foreground",
        Finalizer::Background => "background",
    };
    if document.contains(&location) {
        replace(document, &location, name, "none")
    } else {
        insert_after(document, &application.location.key("applicationCode"), "finalizer: none")
    }
}

/// Adds the name that the release has, which is that of the Application by default.
fn keep_release(source: &Source, application: &Application, document: &Document) -> Option<Edit> {
    let helm = source.helm.as_deref();
    if helm.is_some_and(|helm| helm.release_name.is_some()) {
        return None;
    }
    let name = format!("releaseName: {}", scalar(application.release(source)));
    let location = source.location.key("helm");
    match helm {
        Some(_) => first_scalar(document, &location, &HELM_KEYS)
            .and_then(|known| insert_before(document, &known, &name)),
        None => first_scalar(document, &source.location, &SOURCE_KEYS)
            .and_then(|known| insert_after(document, &known, &format!("helm: {{{name}}}"))),
    }
}

/// Scalar keys of a source, one of which each source has.
const SOURCE_KEYS: [&str; 3] = ["path", "chart", "repoURL"];

/// The keys of the options of Helm.
const HELM_KEYS: [&str; 13] = [
    "valueFiles",
    "values",
    "parameters",
    "fileParameters",
    "ignoreMissingValueFiles",
    "skipCrds",
    "skipTests",
    "skipSchemaValidation",
    "passCredentials",
    "namespace",
    "kubeVersion",
    "apiVersions",
    "version",
];

/// The location of the first of these keys that a mapping has.
fn first_scalar(document: &Document, mapping: &Location, keys: &[&'static str]) -> Option<Location> {
    keys.iter().map(|key| mapping.key(*key)).find(|location| document.contains(location))
}

/// Adds `key: value` before another key of the same mapping.
fn insert_before(document: &Document, known: &Location, pair: &str) -> Option<Edit> {
    let at = document.span(&known.clone().itself()).start;
    let before = document.text.get(..at)?;
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let is_flow = before.trim_end().ends_with(['{', ',']);
    let text = if is_flow { format!("{pair}, ") } else { format!("{pair}\n{}", " ".repeat(column)) };
    Some(Edit { file: document.file, range: at..at, text })
}

fn finish(plan: &mut Plan, entry: &Entry, application: &Application, model: &Model, new: &str) {
    let argocd = &model.platform.argocd.namespace;
    if entry.protected {
        plan.step(
            By::Hand,
            When::Later,
            format!(
                "delete the old Application, which the protected entry keeps: `kubectl --namespace {argocd} \
                 delete application {}`; without a finalizer, its objects stay",
                application.name
            ),
        );
    }
    if application.automated.is_none() {
        plan.step(By::Hand, When::Later, format!("sync `{new}` in Argo CD, which takes the objects over"));
    }
    if model.lock.entries.contains_key(&application.code) {
        plan.step(By::Hand, When::Later, "run `wharf lock`: the lock has an entry for each application");
    }
    plan.step(
        By::Commit,
        When::Later,
        format!("remove `finalizer: none` of `{new}` once it is synced, and keep `releaseName`"),
    );
}
