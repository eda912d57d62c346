//! What is derived from the lock and from the built-in facts, judged by Argo CD's own rules.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[path = "support/permission.rs"]
#[allow(dead_code, reason = "only objects are judged")]
mod permission;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use permission::{permits_destination, permits_kind};
use serde_json::Value as Json;
use wharf::compile::{Compiled, compile};
use wharf::inputs::{Inputs, Source};
use wharf::kubernetes::GroupKind;
use wharf::lock::builtin::{self, Chart};
use wharf::lock::{Entry, Lock, Scopes};
use wharf::locking::digests;
use wharf::report::text;
use wharf::schemas::to_json;

const CHARTS: [&str; 6] =
    ["cert-manager", "cloudnative-pg", "external-secrets", "kube-prometheus-stack", "longhorn", "traefik"];

const SERVER: &str = "https://kubernetes.default.svc";

/// Kinds that no chart may bring unless the entry lists them.
const OWNED: [&str; 4] = ["NetworkPolicy", "ResourceQuota", "LimitRange", "Namespace"];

fn chart(name: &str) -> &'static Chart {
    builtin::charts().find(|chart| chart.name.as_str() == name).expect("the facts about the chart")
}

/// An entry of at most eight lines for each chart. What has to be asked for is a line of it.
fn catalog() -> String {
    let entry = |name: &&str| {
        let chart = chart(name);
        let project = match *name {
            "cert-manager" | "kube-prometheus-stack" => "  project: {destinations: [kube-system]}\n",
            "longhorn" => {
                "  project: {namespaceResources: [{group: networking.k8s.io, kind: NetworkPolicy}]}\n"
            }
            _ => "",
        };
        format!(
            "- namespace: sys-{name}\n{project}  networkPolicies: {{profile: system}}\n  applications:\n    \
             - applicationCode: {name}\n      repoURL: {}\n      chart: {name}\n      targetRevision: {}\n",
            chart.repositories[0], chart.version
        )
    };
    let text: String = CHARTS.iter().map(entry).collect();
    assert!(text.lines().count() <= 8 * CHARTS.len());
    text
}

fn inputs(version: &str) -> Inputs {
    let platform = format!(
        "repository: {{url: https://git.example.com/c.git}}\ndomain: example.com\n\
         defaults: {{podSecurity: privileged}}\n\
         argocd: {{version: '{version}'}}\n"
    );
    Inputs {
        applications: Source::new("applications.yml", catalog()),
        platform: Some(Source::new("platform.yml", platform)),
        ..Inputs::default()
    }
}

/// The same, with a lock that says exactly what the built-in facts say.
fn locked(version: &str) -> Inputs {
    let mut inputs = inputs(version);
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let mut lock = Lock { exists: true, ..Lock::default() };
    let versions = wharf::locking::api_versions(&compiled.model);
    for application in compiled.model.applications() {
        let digests = digests(application, &compiled.model.platform, &versions, None);
        let content = Ok(chart(application.code.as_str()).interface.clone());
        lock.entries.insert(application.code.clone(), Entry { digests, content });
    }
    drop(compiled);
    inputs.lock = Some(Source::new("applications.lock.yml", wharf::lock::write(&lock)));
    inputs
}

/// Calls `judge` with each chart and the AppProject of its entry.
fn each(inputs: &Inputs, judge: impl Fn(&Chart, &Json, &Scopes<'_>)) {
    let compiled: Compiled = compile(inputs, NonZeroUsize::MIN);
    assert!(compiled.findings.is_empty(), "{}", text::draw(&compiled.findings, &compiled.documents, false));
    let scopes = Scopes::new(&compiled.model.lock);
    let projects: Vec<_> =
        compiled.objects.iter().map(to_json).filter(|object| object["kind"] == "AppProject").collect();
    assert_eq!(projects.len(), CHARTS.len());
    for name in CHARTS {
        let project = projects
            .iter()
            .find(|project| project["metadata"]["name"] == *format!("sys-{name}"))
            .expect("its project");
        judge(chart(name), project, &scopes);
    }
}

fn all() -> Vec<Inputs> {
    ["3.2", "3.5"].into_iter().flat_map(|version| [inputs(version), locked(version)]).collect()
}

#[test]
fn every_object_of_a_popular_chart_is_permitted() {
    for inputs in all() {
        each(&inputs, |chart, project, scopes| {
            for (kind, names) in &chart.interface.objects {
                let namespaced = scopes.is_cluster_scoped(kind) == Some(false);
                for name in names {
                    let judged = permits_kind(project, &kind.group, &kind.kind, &name.name, namespaced);
                    assert!(judged, "{}: {kind} {name}", chart.name);
                    let namespace = name.namespace.as_deref().unwrap_or("");
                    let own = format!("sys-{}", chart.name);
                    let namespace = if namespace.is_empty() { own.as_str() } else { namespace };
                    assert!(!namespaced || permits_destination(project, SERVER, namespace), "{name}");
                }
            }
        });
    }
}

#[test]
fn no_kind_is_permitted_that_was_not_seen() {
    let kinds: BTreeSet<&GroupKind> =
        builtin::charts().flat_map(|chart| chart.interface.objects.keys()).collect();
    for inputs in all() {
        each(&inputs, |chart, project, scopes| {
            for kind in &kinds {
                let seen = chart.interface.objects.contains_key(*kind);
                let namespaced = scopes.is_cluster_scoped(kind) != Some(true);
                let is_guarded = !namespaced
                    || kind.group.as_str() == "rbac.authorization.k8s.io"
                    || OWNED.contains(&kind.kind.as_str());
                let judged = permits_kind(project, &kind.group, &kind.kind, "any", namespaced);
                assert!(seen || !is_guarded || !judged, "{}: {kind}", chart.name);
            }
            for kind in OWNED.iter().filter(|kind| **kind != "NetworkPolicy") {
                assert!(!permits_kind(project, "", kind, "any", *kind != "Namespace"), "{kind}");
            }
        });
    }
}

#[test]
fn a_pinned_chart_is_permitted_by_name_since_argo_cd_3_3() {
    let permitted = |inputs: &Inputs, expected: bool| {
        each(inputs, |chart, project, scopes| {
            for kind in chart.interface.objects.keys() {
                if scopes.is_cluster_scoped(kind) == Some(true) {
                    let other = permits_kind(project, &kind.group, &kind.kind, "another-name", false);
                    assert_eq!(other, expected, "{}: {kind}", chart.name);
                }
            }
        });
    };
    permitted(&locked("3.5"), false);
    permitted(&locked("3.2"), true);
    permitted(&inputs("3.5"), true);
}
