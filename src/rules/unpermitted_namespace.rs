//! Objects of applications in namespaces that their AppProject does not permit.

use std::collections::BTreeMap;

use crate::derive::{Basis, Known, chart_of, known};
use crate::diagnostics::rules::UNPERMITTED_NAMESPACE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::GroupKind;
use crate::lock::builtin::{Chart, NamespaceValue};
use crate::lock::location;
use crate::lock::objects::ObjectName;
use crate::model::{Application, Entry, Model, Source};
use crate::value::{Map, Value};

/// A destination is never derived: an AppProject cannot limit kinds by destination (Argo CD issue 6969), so
/// that everything which is permitted would be permitted there as well.
pub(super) fn check(model: &Model, findings: &mut Sink) {
    for entry in &model.entries {
        for application in &entry.applications {
            for known in known(application, model).into_iter().filter(|known| applies(*known, application)) {
                for (namespace, (kind, name)) in elsewhere(known, entry) {
                    findings.push(refuse(entry, application, known, namespace, (kind, name)));
                }
            }
        }
    }
}

/// Whether the application really deploys these objects: the lock lists them, or the chart does unless a
/// value changes that, and all values can be seen.
fn applies(known: Known<'_>, application: &Application) -> bool {
    match known.basis {
        Basis::Lock { .. } => true,
        Basis::Chart(chart) => chart.namespace_value().is_some_and(|value| {
            application.shows_all_values() && !application.sources.iter().any(|source| sets(source, value))
        }),
    }
}

/// The first object in each namespace that the AppProject does not permit.
fn elsewhere<'m>(known: Known<'m>, entry: &Entry) -> BTreeMap<&'m str, (&'m GroupKind, &'m ObjectName)> {
    let is_permitted = |namespace: &str| {
        namespace == entry.namespace.as_str()
            || entry.applications.iter().any(|application| application.target_namespace.as_str() == namespace)
            || entry.project.destinations.iter().any(|asked| &**asked == namespace)
    };
    let mut found = BTreeMap::new();
    for (kind, names) in &known.interface.objects {
        for name in names {
            if let Some(namespace) = name.namespace.as_deref().filter(|namespace| !is_permitted(namespace)) {
                found.entry(namespace).or_insert((kind, name));
            }
        }
    }
    found
}

fn refuse(
    entry: &Entry,
    application: &Application,
    known: Known<'_>,
    namespace: &str,
    (kind, name): (&GroupKind, &ObjectName),
) -> Finding {
    let finding = UNPERMITTED_NAMESPACE.at(
        application.location.key("applicationCode"),
        format!(
            "`{}` deploys the {} `{}` to `{}`",
            shorten(application.code.as_str()),
            kind.kind,
            shorten(&name.name),
            shorten(namespace)
        ),
    );
    let finding = match known.basis {
        Basis::Lock { .. } => finding.with_secondary_label(
            location(&application.code).key("objects").key(kind.to_string()).itself(),
            "locked here",
        ),
        Basis::Chart(chart) => finding.with_label(format!("by chart {} {}", chart.name, chart.version)),
    };
    let asked = entry.project.destinations.iter().map(|asked| &**asked).chain([namespace]);
    let line = format!("`project.destinations: [{}]`", asked.collect::<Vec<_>>().join(", "));
    let value = application.sources.iter().filter_map(chart_of).find_map(Chart::namespace_value);
    let help = match value.filter(|value| value.default == namespace) {
        Some(value) => format!(
            "set the chart's value `{}` to `{}`, or write {line} in the entry",
            value.key, application.target_namespace
        ),
        None => format!("change the namespace in the values of the chart, or write {line} in the entry"),
    };
    finding
        .note(
            "Argo CD would refuse the sync: an AppProject permits the namespaces of its entry, and in each \
             of them all kinds that it permits",
        )
        .help(help)
}

/// Whether the catalog sets a value of the chart.
fn sets(source: &Source, value: NamespaceValue) -> bool {
    source.helm.as_ref().is_some_and(|helm| {
        helm.parameters.iter().any(|parameter| *parameter.name == *value.key)
            || helm.values.as_ref().is_some_and(|values| holds(values, value.key))
    })
}

/// Whether there is a value at `a.b.c`.
fn holds(values: &Map, path: &str) -> bool {
    match path.split_once('.') {
        None => values.get(path).is_some(),
        Some((first, rest)) => {
            values.get(first).map(Value::get).and_then(Value::map).is_some_and(|below| holds(below, rest))
        }
    }
}
