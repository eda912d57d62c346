//! Objects of applications in namespaces that their AppProject does not permit.

use std::collections::BTreeMap;

use crate::derive::{Basis, Known, chart_of, known};
use crate::diagnostics::rules::UNPERMITTED_NAMESPACE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::GroupKind;
use crate::kubernetes::resource::at;
use crate::lock::builtin::{Chart, NamespaceDefault, NamespaceValue};
use crate::lock::location;
use crate::lock::objects::ObjectName;
use crate::model::{Application, Entry, Model, Source};
use crate::value::Value;

/// Objects in one other namespace, the first of which a message shows.
type Objects<'m> = Vec<(&'m GroupKind, &'m ObjectName)>;

/// A destination is never derived: an AppProject cannot limit kinds by destination (Argo CD issue 6969), so
/// that everything which is permitted would be permitted there as well.
pub(super) fn check(entry: &Entry, model: &Model, findings: &mut Sink) {
    for application in &entry.applications {
        for known in known(application, model) {
            for (namespace, objects) in elsewhere(known, entry, application, model) {
                findings.extend(refuse(entry, application, known, namespace, &objects));
            }
        }
    }
}

/// The objects in each namespace that the AppProject does not permit.
fn elsewhere<'m>(
    known: Known<'m>,
    entry: &Entry,
    application: &Application,
    model: &Model,
) -> BTreeMap<&'m str, Objects<'m>> {
    let shares = |other: &&Entry| entry.shares_project && other.project_name == entry.project_name;
    let is_permitted = |namespace: &str| {
        permits(entry, namespace)
            || model.entries.iter().filter(shares).any(|other| permits(other, namespace))
    };
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for (kind, names) in &known.interface.objects {
        for name in names {
            let namespace = name.namespace.as_deref().filter(|namespace| !is_permitted(namespace));
            if let Some(namespace) =
                namespace.filter(|namespace| deploys(application, known, namespace, name))
            {
                found.entry(namespace).or_default().push((kind, name));
            }
        }
    }
    found
}

/// Whether the project permits a namespace for this entry.
fn permits(entry: &Entry, namespace: &str) -> bool {
    let is_target = |application: &Application| {
        application.target_namespace.as_ref().is_some_and(|target| target.as_str() == namespace)
    };
    namespace == entry.namespace.as_str()
        || entry.applications.iter().any(is_target)
        || entry.project.destinations.iter().any(|asked| &**asked == namespace)
}

/// Whether the application really deploys this object: the lock lists it, or the chart does unless a value
/// changes that, and all values can be seen.
fn deploys(application: &Application, known: Known<'_>, namespace: &str, name: &ObjectName) -> bool {
    match known.basis {
        Basis::Lock { .. } => true,
        Basis::Chart(chart) => {
            let mut values = chart.namespace_values().iter();
            application.shows_all_values()
                && values.any(|value| {
                    value.decides(namespace, &name.name)
                        && !application.sources.iter().any(|source| changes(source, value))
                })
        }
    }
}

/// Whether the catalog changes a value of the chart.
fn changes(source: &Source, value: &NamespaceValue) -> bool {
    let Some(helm) = &source.helm else { return false };
    let path: Vec<_> = value.key.split('.').collect();
    let is_other = |found: &Value| match found.get() {
        Value::Bool(found) => found.to_string() != value.default_text(),
        Value::Text(found) => found.as_str() != value.default_text(),
        _ => true,
    };
    helm.parameters
        .iter()
        .any(|parameter| *parameter.name == *value.key && *parameter.value != *value.default_text())
        || helm.values.as_ref().and_then(|values| at(values, &path)).is_some_and(is_other)
}

fn refuse(
    entry: &Entry,
    application: &Application,
    known: Known<'_>,
    namespace: &str,
    objects: &Objects<'_>,
) -> Option<Finding> {
    let (kind, name) = *objects.first()?;
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
    Some(
        finding
            .note(
                "Argo CD would refuse the sync: an AppProject permits the namespaces of its entry, and in \
                 each of them all kinds that it permits",
            )
            .help(help(entry, application, namespace, objects)),
    )
}

/// The value of the chart that changes it, or the line of the entry that permits it.
fn help(entry: &Entry, application: &Application, namespace: &str, objects: &Objects<'_>) -> String {
    let asked = entry.project.destinations.iter().map(|asked| &**asked).chain([namespace]);
    let line = format!("`project.destinations: [{}]`", asked.collect::<Vec<_>>().join(", "));
    let charts = application.sources.iter().filter_map(chart_of);
    let decide =
        |value: &&NamespaceValue| objects.iter().any(|(_, name)| value.decides(namespace, &name.name));
    let values: Vec<_> = charts.flat_map(Chart::namespace_values).filter(decide).collect();
    let keys = values.iter().map(|value| format!("`{}`", value.key)).collect::<Vec<_>>().join(", ");
    match values.first().map(|value| value.default) {
        Some(NamespaceDefault::Namespace) => format!(
            "set the chart's value {keys} to `{}`, or write {line} in the entry",
            application.target_namespace.as_ref().unwrap_or(&entry.namespace)
        ),
        Some(NamespaceDefault::On) => {
            format!("write {line} in the entry, or set values of the chart to `false`: {keys}")
        }
        None => format!("change the namespace in the values of the chart, or write {line} in the entry"),
    }
}
