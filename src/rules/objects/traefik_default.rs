//! Several objects named `default` that Traefik takes for the whole cluster.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Provenance, Survey};
use crate::diagnostics::rules::DUPLICATE_TRAEFIK_DEFAULT;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;

/// The kinds of which Traefik reads one named `default`, and what happens without it (Traefik 3.7).
const KINDS: [(&str, &str); 2] = [
    ("TLSOption", "Traefik ignores all of them: TLS has the options that are built in"),
    ("TLSStore", "Traefik ignores all of them: browsers see a certificate that nobody trusts"),
];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, note) in KINDS {
        let mut seen = BTreeMap::<&str, Location>::new();
        for (resource, facts) in
            deployed.of_kind("traefik.io", kind).filter(|(one, _)| one.name.as_str() == "default")
        {
            let namespace = resource.namespace.as_deref().unwrap_or_default();
            let here = name(resource, facts);
            let first = seen.values().next().cloned();
            // the same object may be deployed twice
            if seen.insert(namespace, here.clone()).is_none() {
                findings.extend(first.map(|first| duplicate(kind, note, here, first)));
            }
        }
    }
    findings
}

fn name(resource: &Resource, facts: Provenance) -> Location {
    facts.at(resource, resource.location.key("metadata").key("name"))
}

fn duplicate(kind: &str, note: &str, location: Location, first: Location) -> Finding {
    let message = format!("this is the second {kind} `default` of the cluster");
    let finding = DUPLICATE_TRAEFIK_DEFAULT.at(location, message);
    let finding = finding.with_secondary_label(first, "the first is here").note(note);
    finding.help("keep one of them, in the namespace of Traefik")
}
