//! An application: where it comes from, how it is synced, and its objects.

use std::fmt::Write;

use super::table::{requested_at, table};
use crate::compile::Compiled;
use crate::diagnostics::printable;
use crate::model::{Application, Automated, Entry, Model, Source};

/// An application and its entry.
pub(super) struct Found<'m> {
    application: &'m Application,
    entry: &'m Entry,
}

/// The application with this code, or else with this name in Argo CD.
pub(super) fn find<'m>(name: &str, model: &'m Model) -> Option<Found<'m>> {
    let all = || {
        let of_entry =
            |entry: &'m Entry| entry.applications.iter().map(move |application| Found { application, entry });
        model.entries.iter().flat_map(of_entry)
    };
    let by_code = all().find(|found| found.application.code.as_str() == name);
    by_code.or_else(|| all().find(|found| found.application.name.as_str() == name))
}

/// What an application is made of.
pub(super) fn explain(found: &Found<'_>, compiled: &Compiled) -> String {
    let Found { application, entry } = found;
    let mut out = format!("{}: an application of {}\n", application.code, entry.namespace);
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "  {label:8}  {}", printable(text));
    };
    for from in application.sources.iter().map(source) {
        line("from", &from);
    }
    line(
        "to",
        &application.target_namespace.as_ref().map_or_else(
            || "the namespaces that its objects name".to_owned(),
            |namespace| format!("namespace {namespace}"),
        ),
    );
    line("synced", &synced(application));
    for option in &application.options {
        line("option", &format!("{option}{}", reason(option, application)));
    }
    for code in &application.depends_on {
        line("after", code.as_str());
    }
    for code in dependants(application, &compiled.model) {
        line("before", code);
    }
    out.push('\n');
    out + &table(requested_at(&application.location, compiled), compiled)
}

/// `https://git.example.com/home.git charts/notes at HEAD`
fn source(source: &Source) -> String {
    let part = source.chart.as_deref().or(source.path.as_deref());
    let values = match source.value_files.len() {
        0 => String::new(),
        _ => format!(", values {}", source.value_files.join(", ")),
    };
    let part = part.map(|part| format!(" {part}")).unwrap_or_default();
    format!("{}{part} at {}{values}", source.repository, source.revision)
}

fn synced(application: &Application) -> String {
    let how = application.automated.map_or_else(|| "manually".to_owned(), automated);
    format!("{how}, in wave {}", application.wave)
}

fn automated(automated: Automated) -> String {
    let may = [
        (automated.prune, "prunes"),
        (automated.self_heal, "self-heals"),
        (automated.allow_empty, "may delete everything"),
    ];
    let may = may.into_iter().filter(|(may, _)| *may).map(|(_, what)| what);
    ["automatically"].into_iter().chain(may).collect::<Vec<_>>().join(", ")
}

/// Why an option is there that the application may not list.
fn reason(option: &str, application: &Application) -> &'static str {
    let heals = application.automated.is_some_and(|automated| automated.self_heal);
    if option == "RespectIgnoreDifferences=true" && heals && !application.ignore_differences.is_empty() {
        " (without it, self-healing would revert what `ignoreDifferences` ignores)"
    } else {
        ""
    }
}

fn dependants<'m>(application: &Application, model: &'m Model) -> impl Iterator<Item = &'m str> {
    let needs = |other: &&Application| other.depends_on.contains(&application.code);
    model.applications().filter(needs).map(|other| other.code.as_str())
}
