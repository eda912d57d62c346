//! The findings about applications that cannot be locked, and about a lock that is not up to date.

use std::collections::BTreeMap;

use super::Session;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Finding, Location, count, printable, rules};
use crate::lock::Entry;
use crate::manifests::Failure;
use crate::model::Application;
use crate::names::ApplicationCode;

/// A finding for each application that could not be rendered; one for all that need the same missing program.
pub(super) fn findings(failed: &[(&Application, Failure)], session: &Session<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut missing: BTreeMap<&str, Vec<&Application>> = BTreeMap::new();
    for (application, failure) in failed {
        match failure {
            Failure::MissingProgram(name) => missing.entry(name).or_default().push(application),
            Failure::Failed(message, printed) => {
                findings.push(failure_of(application, message, printed.as_deref(), session));
            }
            Failure::Unknown(_) => {}
        }
    }
    findings
        .extend(missing.into_iter().filter_map(|(name, applications)| missing_program(name, &applications)));
    findings
}

fn location(application: &Application) -> Location {
    application.location.key("applicationCode")
}

fn failure_of(
    application: &Application,
    message: &str,
    printed: Option<&str>,
    session: &Session<'_>,
) -> Finding {
    let message = printable(message).into_owned();
    let finding = rules::UNRENDERED_APPLICATION.at(
        location(application),
        format!("`{}` could not be rendered: {message}", shorten(application.code.as_str())),
    );
    let finding = match printed {
        Some(printed) => finding.with_label(printable(printed).trim_end_matches('.').to_owned()),
        None => finding,
    };
    let known = session.entry(application).is_some_and(|entry| entry.content.is_ok());
    let note = if known {
        "its entry in the lock stays unchanged"
    } else {
        "the lock says that it is unknown: nothing is derived from what it deploys"
    };
    finding.note(note).help(format!(
        "fix it, or provide its manifests: `wharf lock --manifests DIR` reads DIR/{}.yaml",
        application.code
    ))
}

fn missing_program(name: &str, applications: &[&Application]) -> Option<Finding> {
    let first = applications.first()?;
    let message =
        format!("`{name}` is not installed, which renders {}", count(applications.len(), "application"));
    let finding = rules::UNRENDERED_APPLICATION
        .at(location(first), message)
        .note("their entries in the lock stay unchanged, or are unknown");
    let instead = if name == "kustomize" { " or `kubectl`" } else { "" };
    Some(finding.help(format!(
        "install `{name}`{instead}, or provide their manifests with `wharf lock --manifests DIR`"
    )))
}

/// The finding of `--check` for an application whose entry is stale or missing.
pub(super) fn outdated(application: &Application, entry: Option<&Entry>) -> Finding {
    let what = if entry.is_some() { "is stale" } else { "is missing" };
    let finding = rules::STALE_LOCK.at(
        location(application),
        format!("the lock entry of `{}` {what}", shorten(application.code.as_str())),
    );
    finding
        .note("it may need other permissions, ports and Secrets than in the lock")
        .help("run `wharf lock`, and commit the changes")
}

/// The finding of `--check` for an unused entry.
pub(super) fn unused(code: &ApplicationCode) -> Finding {
    let finding = rules::UNUSED_LOCK_ENTRY.at(
        Location::root(FileId::APPLICATIONS),
        format!("there is no application `{}`", shorten(code.as_str())),
    );
    finding.note("the lock has an entry for it").help("run `wharf lock`, which removes it")
}
