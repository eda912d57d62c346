//! Objects that others name and nothing deploys, in namespaces of which everything is known.

use std::collections::{BTreeMap, BTreeSet};

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
struct Reference<'r> {
    kind: &'static str,
    name: &'r str,
    location: Location,
}

pub(in crate::rules) fn check(survey: &Survey) -> Vec<Finding> {
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

/// The names of ConfigMaps and Services, by kind and namespace.
struct Names<'c>(BTreeMap<(&'c str, &'c str), BTreeSet<&'c str>>);

impl<'c> Names<'c> {
    fn new(deployed: &'c Deployed) -> Self {
        let mut names = BTreeMap::<_, BTreeSet<_>>::new();
        for resource in
            ["ConfigMap", "Service"].into_iter().flat_map(|kind| deployed.cluster.of_kind("", kind))
        {
            let namespace = resource.namespace.as_deref().unwrap_or_default();
            names.entry((&*resource.kind.kind, namespace)).or_default().insert(resource.name.as_str());
        }
        Self(names)
    }

    fn judge(&self, namespace: &str, reference: Reference<'_>) -> Option<Finding> {
        let Reference { kind, name, location } = reference;
        let known = self.0.get(&(kind, namespace));
        if has_placeholder(name) || known.is_some_and(|known| known.contains(name)) {
            return None;
        }
        let message =
            format!("there is no {kind} `{}` in the namespace `{}`", shorten(name), shorten(namespace));
        let finding = MISSING_REFERENCE.at(location, message);
        let note = match kind {
            "ConfigMap" => "the pods do not start",
            _ => "requests are answered with an error, or with status 404",
        };
        Some(finding.note(note).help_some(did_you_mean(name, known.into_iter().flatten().copied())))
    }
}

/// The ConfigMaps that pods need, and the Services that routes name.
fn references(resource: &Resource) -> Vec<Reference<'_>> {
    match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("networking.k8s.io", "Ingress") => of_ingress(resource),
        ("gateway.networking.k8s.io", "HTTPRoute") => of_http_route(resource),
        ("traefik.io" | "traefik.containo.us", "IngressRoute") => of_ingress_route(resource),
        _ => config_maps(resource),
    }
}

fn of_ingress(resource: &Resource) -> Vec<Reference<'_>> {
    let rules = maps_at(&resource.value, &["spec", "rules"]).enumerate();
    let paths = rules.flat_map(|(rule, value)| {
        let paths = maps_at(value, &["http", "paths"]).enumerate();
        paths.map(move |(index, path)| (rule, index, path))
    });
    let reference = |(rule, index, path)| {
        let name = text_at(path, &["backend", "service", "name"])?;
        // an annotation of the AWS load balancer controller answers instead of a Service
        let is_action = text_at(path, &["backend", "service", "port", "name"]) == Some("use-annotation");
        let path =
            resource.location.key("spec").key("rules").index(rule).key("http").key("paths").index(index);
        let location = path.key("backend").key("service").key("name");
        (!is_action).then_some(Reference { kind: "Service", name, location })
    };
    paths.filter_map(reference).collect()
}

fn of_http_route(resource: &Resource) -> Vec<Reference<'_>> {
    let rules = maps_at(&resource.value, &["spec", "rules"]).enumerate();
    let backends = rules.flat_map(|(rule, value)| {
        let backends = maps_at(value, &["backendRefs"]).enumerate();
        backends.map(move |(index, backend)| (rule, index, backend))
    });
    let own = backends.filter(|(_, _, backend)| {
        let is_service = text_at(backend, &["kind"]).is_none_or(|kind| kind == "Service");
        let namespace = text_at(backend, &["namespace"]);
        is_service && namespace.is_none_or(|namespace| Some(namespace) == resource.namespace.as_deref())
    });
    let reference = |(rule, index, backend)| {
        let location = resource.location.key("spec").key("rules").index(rule).key("backendRefs").index(index);
        Some(Reference {
            kind: "Service",
            name: text_at(backend, &["name"])?,
            location: location.key("name"),
        })
    };
    own.filter_map(reference).collect()
}

fn of_ingress_route(resource: &Resource) -> Vec<Reference<'_>> {
    let routes = maps_at(&resource.value, &["spec", "routes"]).enumerate();
    let services = routes.flat_map(|(route, value)| {
        let services = maps_at(value, &["services"]).enumerate();
        services.map(move |(index, service)| (route, index, service))
    });
    let own = services.filter(|(_, _, service)| {
        let is_service = text_at(service, &["kind"]).is_none_or(|kind| kind == "Service");
        let namespace = text_at(service, &["namespace"]);
        is_service && namespace.is_none_or(|namespace| Some(namespace) == resource.namespace.as_deref())
    });
    let reference = |(route, index, service)| {
        let name = text_at(service, &["name"]).filter(|name| !name.contains('@'))?;
        let location = resource.location.key("spec").key("routes").index(route).key("services").index(index);
        Some(Reference { kind: "Service", name, location: location.key("name") })
    };
    own.filter_map(reference).collect()
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
