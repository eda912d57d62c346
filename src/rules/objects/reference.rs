//! Objects that others name and nothing deploys, in namespaces of which everything is known.

use std::collections::{BTreeMap, BTreeSet};

use super::route_reference;
use crate::cluster::{Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::MISSING_REFERENCE;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::groups::is_builtin;
use crate::kubernetes::pods::workload;
use crate::kubernetes::resource::{at, is_true, maps_at, text_at};
use crate::value::{Map, Value};

/// A reference of an object to another one in its namespace.
pub(super) struct Reference<'r> {
    pub(super) kind: &'static str,
    pub(super) name: &'r str,
    pub(super) location: Location,
}

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(|deployed| of_cluster(deployed, survey.is_partial)).collect()
}

/// The groups of custom resources from which no controller makes Services or ConfigMaps.
const INERT: [&str; 10] = [
    "argoproj.io",
    "bitnami.com",
    "cert-manager.io",
    "cilium.io",
    "external-secrets.io",
    "externaldns.k8s.io",
    "gateway.networking.k8s.io",
    "monitoring.coreos.com",
    "traefik.containo.us",
    "traefik.io",
];

/// The namespaces with custom resources from which an operator may make other objects.
fn operated(deployed: &Deployed) -> BTreeSet<&str> {
    let is_custom =
        |resource: &&Resource| !is_builtin(&resource.kind) && !INERT.contains(&&*resource.kind.group);
    let custom = deployed.cluster.resources().iter().filter(is_custom);
    custom.filter_map(|resource| resource.namespace.as_deref()).collect()
}

/// The namespaces with a Service or pods; what routes of others refer to is deployed elsewhere.
fn inhabited(deployed: &Deployed) -> BTreeSet<&str> {
    let all = deployed.cluster.resources().iter();
    let own = all.filter(|resource| resource.kind.is("", "Service") || workload(resource).is_some());
    own.filter_map(|resource| resource.namespace.as_deref()).collect()
}

fn of_cluster(deployed: &Deployed, is_partial: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let operated = operated(deployed);
    let inhabited = inhabited(deployed);
    let names = Names::new(deployed);
    let unpatched = deployed.resources().filter(|(_, facts)| !facts.is_patched);
    for (resource, facts) in unpatched {
        let namespace = resource.namespace.as_deref().unwrap_or_default();
        if !namespace.is_empty()
            && deployed.knows(namespace)
            && !operated.contains(namespace)
            && inhabited.contains(namespace)
        {
            for mut reference in references(resource) {
                if facts.is_rendered {
                    reference.location = resource.location.clone();
                }
                findings.extend(names.judge(namespace, reference));
            }
        }
        if is_partial {
            continue;
        }
        let location = if facts.is_rendered {
            resource.location.clone()
        } else {
            resource.location.key("spec").key("issuerRef")
        };
        findings.extend(issuer(deployed, resource, location));
    }
    findings
}

/// The names of what objects refer to, by kind and namespace.
struct Names<'c> {
    known: BTreeMap<(&'c str, &'c str), BTreeSet<&'c str>>,
    /// Whether all Secrets are known, as far as they are not made manually.
    has_secrets: bool,
}

impl<'c> Names<'c> {
    fn new(deployed: &'c Deployed) -> Self {
        let mut known = BTreeMap::<_, BTreeSet<_>>::new();
        for resource in deployed.cluster.resources() {
            if let Some((kind, name)) = made(resource) {
                let namespace = resource.namespace.as_deref().unwrap_or_default();
                known.entry((kind, namespace)).or_default().insert(name);
            }
        }
        Self { known, has_secrets: has_secrets(deployed) }
    }

    fn judge(&self, namespace: &str, reference: Reference<'_>) -> Option<Finding> {
        let Reference { kind, name, location } = reference;
        let known = self.known.get(&(kind, namespace));
        let is_manual = kind == "Secret" && !self.has_secrets;
        if is_manual || has_placeholder(name) || known.is_some_and(|known| known.contains(name)) {
            return None;
        }
        let message =
            format!("there is no {kind} `{}` in the namespace `{}`", shorten(name), shorten(namespace));
        let finding = MISSING_REFERENCE.at(location, message);
        let note = match kind {
            "ConfigMap" => "the pods do not start",
            "Secret" => "browsers see the default certificate",
            "Middleware" => "Traefik drops the route: requests are answered with status 404",
            _ => "requests are answered with an error, or with status 404",
        };
        Some(finding.note(note).help_some(did_you_mean(name, known.into_iter().flatten().copied())))
    }
}

/// What a resource makes that others refer to: itself, or a Secret.
fn made(resource: &Resource) -> Option<(&'static str, &str)> {
    let (name, spec) = (resource.name.as_str(), |path: &[&str]| text_at(&resource.value, path));
    Some(match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("", "ConfigMap") => ("ConfigMap", name),
        ("", "Service") => ("Service", name),
        ("", "Secret") | ("bitnami.com", "SealedSecret") => ("Secret", name),
        ("traefik.io" | "traefik.containo.us", "Middleware") => ("Middleware", name),
        ("cert-manager.io", "Certificate") => ("Secret", spec(&["spec", "secretName"])?),
        ("external-secrets.io", "ExternalSecret") => {
            ("Secret", spec(&["spec", "target", "name"]).unwrap_or(name))
        }
        _ => return None,
    })
}

/// What copies Secrets to other namespaces.
const COPIERS: [&str; 3] =
    ["reflector.v1.k8s.emberstack.com", "replicator.v1.mittwald.de", "kubed.appscode.com"];

/// Whether certificates are made by cert-manager, and nothing copies Secrets into namespaces.
fn has_secrets(deployed: &Deployed) -> bool {
    let cluster = &deployed.cluster;
    let has_copier = |resource: &Resource| {
        let spec = ["metadata", "spec"].iter().filter_map(|key| resource.value.get(key));
        spec.into_iter().any(|value| contains(value, &COPIERS))
    };
    let is_copied = cluster.of_kind("external-secrets.io", "ClusterExternalSecret").next().is_some()
        || cluster.of_kind("", "Secret").any(has_copier)
        || cluster.of_kind("cert-manager.io", "Certificate").any(has_copier);
    cluster.of_kind("cert-manager.io", "Certificate").next().is_some() && !is_copied
}

/// Whether a key in a value begins with one of these words.
fn contains(value: &Value, words: &[&str]) -> bool {
    let Some(map) = value.map() else { return false };
    let begins = |key: &str| words.iter().any(|word| key.starts_with(word));
    map.iter().any(|(key, value)| begins(key.as_str()) || contains(value, words))
}

/// The ConfigMaps that pods need, and what routes name.
fn references(resource: &Resource) -> Vec<Reference<'_>> {
    route_reference::of(resource).unwrap_or_else(|| config_maps(resource))
}

/// The ConfigMaps without which the pods of a workload do not start.
fn config_maps(resource: &Resource) -> Vec<Reference<'_>> {
    let Some(workload) = workload(resource) else { return Vec::new() };
    let mut names = BTreeSet::new();
    for volume in maps_at(workload.spec, &["volumes"]) {
        names.extend(config_map(volume, &["configMap"]));
        names.extend(
            maps_at(volume, &["projected", "sources"])
                .filter_map(|source| config_map(source, &["configMap"])),
        );
    }
    for container in workload.containers() {
        names.extend(maps_at(container, &["envFrom"]).filter_map(|from| config_map(from, &["configMapRef"])));
        names.extend(
            maps_at(container, &["env"])
                .filter_map(|from| config_map(from, &["valueFrom", "configMapKeyRef"])),
        );
    }
    // every namespace has this one
    let others = names.into_iter().filter(|name| *name != "kube-root-ca.crt");
    let location = || resource.location.key("metadata").key("name");
    others.map(|name| Reference { kind: "ConfigMap", name, location: location() }).collect()
}

fn config_map<'m>(owner: &'m Map, path: &[&str]) -> Option<&'m str> {
    let reference = at(owner, path)?.map()?;
    if is_true(reference, &["optional"]) {
        return None;
    }
    text_at(reference, &["name"])
}

/// An issuer that does not exist, where others of its kind are deployed from here.
fn issuer(deployed: &Deployed, resource: &Resource, location: Location) -> Option<Finding> {
    let reference = resource.at(&["spec", "issuerRef"]).and_then(Value::map)?;
    let is_certificate = resource.kind.is("cert-manager.io", "Certificate");
    let is_own = text_at(reference, &["group"]).is_none_or(|group| group == "cert-manager.io");
    let name =
        text_at(reference, &["name"]).filter(|name| is_certificate && is_own && !has_placeholder(name))?;
    let kind = text_at(reference, &["kind"]).unwrap_or("Issuer");
    let namespace = resource.namespace.as_deref().filter(|_| kind == "Issuer");
    let all = || {
        deployed
            .cluster
            .of_kind("cert-manager.io", kind)
            .filter(|one| namespace.is_none() || one.namespace.as_deref() == namespace)
    };
    let is_name = |one: &Resource| one.name.as_str() == name;
    let clustered = deployed.cluster.of_kind("cert-manager.io", "ClusterIssuer").any(is_name);
    let is_managed = all().next().is_some() || kind == "Issuer" && clustered;
    if !is_managed || all().any(is_name) {
        return None;
    }
    let finding = MISSING_REFERENCE.at(location, format!("there is no {kind} `{}`", shorten(name)));
    let names: Vec<_> = all().map(|one| one.name.as_str()).collect();
    let help = if kind == "Issuer" && clustered {
        Some("add `kind: ClusterIssuer`".to_owned())
    } else {
        did_you_mean(name, names)
    };
    Some(finding.note("the certificate is never issued").help_some(help))
}
