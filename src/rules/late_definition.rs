//! Objects that are applied before the definition of their kind: an application that is synced later, or at
//! the same time, brings it.

use std::collections::BTreeSet;

use super::rendered::Rendered;
use crate::derive::{Basis, Definitions, Known, Provider};
use crate::diagnostics::rules::LATE_DEFINITION;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::{GroupKind, Object};
use crate::lock::location;
use crate::model::{Application, Model, SourceType, tier_of_wave};

/// Reports an application once for each other one that it would have to wait for.
pub(super) fn check_application(
    application: &Application,
    known: Known<'_>,
    definitions: &Definitions<'_>,
    model: &Model,
    findings: &mut Sink,
) {
    let mut reported = BTreeSet::new();
    for (kind, names) in &known.interface.objects {
        let Some(provider) =
            definitions.provider(kind).filter(|provider| is_late(*provider, application.wave))
        else {
            continue;
        };
        let is_own = known.interface.definitions.contains_key(kind);
        if is_own || may_be_left_out(application, kind) || !reported.insert(&provider.application.code) {
            continue;
        }
        let name = names.first().map_or(String::new(), |name| format!(" `{}`", shorten(&name.name)));
        let finding = LATE_DEFINITION.at(
            application.location.key("applicationCode"),
            format!("`{}` deploys the {}{name} before its definition", application.code, kind.kind),
        );
        let locked = location(&application.code).key("objects").key(kind.to_string());
        let waits = model.platform.argocd.application_health && provider.application.wave > application.wave;
        findings.push(
            defined_by(finding, provider, application.wave)
                .with_secondary_label(locked.itself(), "locked here")
                .note(if waits { NEVER } else { ONCE })
                .help(order(application, provider.application)),
        );
    }
}

const NEVER: &str = "the API server refuses objects of a kind that is not defined, and Argo CD starts a \
     later wave only when this one is synced and healthy: never";

const ONCE: &str = "the API server refuses objects of a kind that is not defined: the sync fails, unless one \
     of a few retries comes late enough";

/// Waves are equal where neither depends on the other.
fn is_late(provider: Provider<'_>, wave: i32) -> bool {
    provider.application.wave >= wave
}

/// Whether a chart may deploy objects of a kind only if the API server knows it: charts ask for the kinds of
/// Prometheus Operator, and Argo CD renders them again when the kinds of the cluster change (Argo CD 3.5,
/// `manifestCacheKey`).
fn may_be_left_out(application: &Application, kind: &GroupKind) -> bool {
    kind.group.as_str() == "monitoring.coreos.com"
        && application.sources.iter().any(|source| source.source_type() == SourceType::Helm)
}

fn order(application: &Application, provider: &Application) -> String {
    let (code, needed) = (shorten(application.code.as_str()), shorten(provider.code.as_str()));
    if tier_of_wave(application.wave) == tier_of_wave(provider.wave) {
        format!("add `dependsOn: [{needed}]` to the application `{code}`")
    } else {
        format!("move the entry of `{needed}` to an earlier tier, or that of `{code}` to a later one")
    }
}

/// Reports the first object that each application is too late for.
pub(super) fn check_objects(rendered: &Rendered<'_>, definitions: &Definitions<'_>, findings: &mut Sink) {
    let mut reported = BTreeSet::new();
    let defined = rendered.by_kind().iter().filter_map(|(kind, objects)| {
        let provider = definitions.provider(kind)?;
        Some(objects.iter().map(move |object| (object, provider)))
    });
    for (object, provider) in defined.flatten().filter(|(object, provider)| is_late(*provider, object.wave)) {
        let (kind, Some(origin)) = (object.group_kind(), object.origins.first()) else { continue };
        if reported.insert(&provider.application.code) {
            let finding = LATE_DEFINITION.at(
                origin.location.clone(),
                format!("the {} `{}` is applied before its definition", kind.kind, shorten(&object.name)),
            );
            findings.push(
                defined_by(finding, provider, object.wave)
                    .note(if provider.application.wave > object.wave { NEVER } else { ONCE })
                    .help(earlier(object, provider.application)),
            );
        }
    }
}

fn earlier(object: &Object, provider: &Application) -> String {
    let needed = shorten(provider.code.as_str());
    let is_template = object.other.is_some();
    if is_template && tier_of_wave(object.wave) == tier_of_wave(provider.wave) {
        format!("use the template in an application with `dependsOn: [{needed}]`")
    } else if tier_of_wave(provider.wave) == 0 {
        format!("add an earlier tier to `tiers` of platform.yml, and move the entry of `{needed}` to it")
    } else {
        format!("move the entry of `{needed}` to an earlier tier")
    }
}

/// Shows which application defines the kind, and when.
fn defined_by(finding: Finding, provider: Provider<'_>, wave: i32) -> Finding {
    let when = if provider.application.wave > wave { "later" } else { "at the same time" };
    let by = match provider.basis {
        Basis::Lock { .. } => String::new(),
        Basis::Chart(chart) => format!(" by chart {} {}", chart.name, chart.version),
    };
    let location = provider.application.location.key("applicationCode");
    finding.with_secondary_label(location, format!("defined here{by}, {when}"))
}
