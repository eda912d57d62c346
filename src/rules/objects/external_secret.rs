//! ExternalSecrets that are read once, and stores that do not exist.

use crate::cluster::{Deployed, Provenance, Survey, has_placeholder};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::{MISSING_REFERENCE, SECRETS_NEVER_REFRESHED};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, maps_at, text_at};
use crate::value::{Map, Value};

const GROUP: &str = "external-secrets.io";

/// The durations of zero, as Go writes them.
const NEVER: [&str; 5] = ["0", "0h", "0m", "0s", "0h0m0s"];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        let own = deployed.of_kind(GROUP, "ExternalSecret").filter(|(_, facts)| !facts.is_patched);
        for (secret, facts) in own {
            findings.extend(refresh(secret, facts));
            if !survey.is_partial {
                findings.extend(store(deployed, secret, facts));
            }
        }
    }
    findings
}

/// A `refreshInterval` of zero (External Secrets 2.9, `shouldRefresh`).
fn refresh(secret: &Resource, facts: Provenance) -> Option<Finding> {
    let spec = secret.at(&["spec"]).and_then(Value::map)?;
    let is_zero = match spec.get("refreshInterval").map(Value::get) {
        Some(Value::Text(text)) => NEVER.contains(&text.as_str()),
        Some(Value::Int(number)) => *number == 0,
        _ => false,
    };
    // a policy is a decision, and a generator makes another value each time
    if !is_zero || spec.get("refreshPolicy").is_some() || is_generated(spec) {
        return None;
    }
    let location = facts.at(secret, secret.location.key("spec").key("refreshInterval"));
    let finding =
        SECRETS_NEVER_REFRESHED.at(location, "External Secrets reads each value once and never again");
    let finding = finding.note(
        "a rotated password does not arrive, and everything stays healthy until the old one is rejected",
    );
    Some(finding.help("write an interval, for example `1h`, or state `refreshPolicy: CreatedOnce`"))
}

fn is_generated(spec: &Map) -> bool {
    maps_at(spec, &["dataFrom"]).any(|from| at(from, &["sourceRef", "generatorRef"]).is_some())
}

/// A store of the wrong kind, or with a name that no store has, where others of the kind are deployed.
fn store(deployed: &Deployed, secret: &Resource, facts: Provenance) -> Option<Finding> {
    let reference = secret.at(&["spec", "secretStoreRef"]).and_then(Value::map)?;
    let name = text_at(reference, &["name"]).filter(|name| !has_placeholder(name))?;
    let kind = text_at(reference, &["kind"]).unwrap_or("SecretStore");
    let namespace = secret.namespace.as_deref().filter(|_| kind == "SecretStore");
    let all = || {
        let of_kind = deployed.cluster.of_kind(GROUP, kind);
        of_kind.filter(|one| namespace.is_none() || one.namespace.as_deref() == namespace)
    };
    let is_name = |one: &Resource| one.name.as_str() == name;
    let is_clustered = deployed.cluster.of_kind(GROUP, "ClusterSecretStore").any(is_name);
    let is_slip = kind == "SecretStore" && is_clustered && deployed.knows(namespace.unwrap_or_default());
    if !(is_slip || all().next().is_some()) || all().any(is_name) {
        return None;
    }
    let location = facts.at(secret, secret.location.key("spec").key("secretStoreRef"));
    let finding = MISSING_REFERENCE.at(location, format!("there is no {kind} `{}`", shorten(name)));
    let names: Vec<_> = all().map(|one| one.name.as_str()).collect();
    let help =
        if is_slip { Some("add `kind: ClusterSecretStore`".to_owned()) } else { did_you_mean(name, names) };
    Some(finding.note("the Secret is never made").help_some(help))
}
