//! What is derived from the lock and from the built-in facts, judged by Argo CD's own rules.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

#[path = "support/permission.rs"]
#[allow(dead_code, reason = "only objects are judged")]
mod permission;
#[path = "support/reach.rs"]
#[allow(dead_code, reason = "only policies of Kubernetes are judged")]
mod reach;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use permission::{permits_destination, permits_kind};
use reach::{End, Pod, Policies, Port};
use serde_json::Value as Json;
use wharf::compile::{Compiled, compile};
use wharf::inputs::{Inputs, Source};
use wharf::kubernetes::{GroupKind, read};
use wharf::lock::builtin::{self, Chart};
use wharf::lock::objects::ObjectName;
use wharf::lock::{Entry, Interface, Lock, Scopes, extract};
use wharf::locking::digests;
use wharf::model::Model;
use wharf::names::Namespace;
use wharf::report::text;
use wharf::schemas::to_json;

const CHARTS: [&str; 6] =
    ["cert-manager", "cloudnative-pg", "external-secrets", "kube-prometheus-stack", "longhorn", "traefik"];

const SERVER: &str = "https://kubernetes.default.svc";

/// An entry for an own chart with its database.
const OWN: &str = "\
- namespace: web-notes
  networkPolicies: {profile: web-app-internal}
  applications:
    - applicationCode: notes
      path: charts/notes
      dependsOn: [cloudnative-pg]
";

/// What an own chart renders to.
const MANIFESTS: &str = "\
apiVersion: v1
kind: Service
metadata: {name: notes}
spec: {selector: {app: notes}, ports: [{name: http, port: 80, targetPort: web}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notes}
spec:
  selector: {matchLabels: {app: notes}}
  template:
    metadata: {labels: {app: notes}}
    spec:
      containers:
        - name: notes
          image: registry.example.com/notes:1
          env: [{name: URL, valueFrom: {secretKeyRef: {name: notes-app, key: uri}}}]
          ports: [{name: web, containerPort: 8080}]
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: notes}
spec: {selector: {}, endpoints: [{port: http}]}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: notes}
spec: {instances: 1}
";

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
    let entries: Vec<_> = CHARTS.iter().map(entry).chain([OWN.to_owned()]).collect();
    assert!(entries.iter().all(|entry| entry.lines().count() <= 8));
    entries.concat()
}

fn inputs(version: &str) -> Inputs {
    let platform = format!(
        "repository: {{url: https://git.example.com/c.git}}\ndomain: example.com\n\
         defaults: {{podSecurity: privileged, application: {{autoSync: true}}}}\n\
         network: {{monitoring: {{namespace: sys-kube-prometheus-stack, \
         podLabels: {{app.kubernetes.io/name: prometheus}}}}}}\n\
         argocd: {{version: '{version}', applicationHealth: true}}\n"
    );
    Inputs {
        applications: Source::new("applications.yml", catalog()),
        platform: Some(Source::new("platform.yml", platform)),
        ..Inputs::default()
    }
}

/// What an application deploys.
fn interface(code: &str) -> Interface {
    if code != "notes" {
        return chart(code).interface.clone();
    }
    let manifests = read::read(&Source::new("notes.yaml", MANIFESTS));
    assert_eq!(manifests.problems, []);
    extract::interface(&manifests.resources, "web-notes")
}

/// The same, with a lock that says exactly what the built-in facts say.
fn locked(version: &str) -> Inputs {
    let mut inputs = inputs(version);
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let mut lock = Lock { exists: true, ..Lock::default() };
    let versions = wharf::locking::api_versions(&compiled.model);
    for application in compiled.model.applications() {
        let digests = digests(application, &compiled.model.platform, &versions, None);
        let content = Ok(interface(application.code.as_str()));
        lock.entries.insert(application.code.clone(), Entry { digests, content }.into());
    }
    drop(compiled);
    inputs.lock = Some(Source::new("applications.lock.yml", wharf::lock::write(&lock)));
    inputs
}

/// Calls `judge` with each chart and the AppProject of its entry.
fn each(inputs: &Inputs, judge: impl Fn(&Chart, &Json, &Scopes)) {
    let compiled: Compiled = compile(inputs, NonZeroUsize::MIN);
    assert!(compiled.findings.is_empty(), "{}", text::draw(&compiled.findings, &compiled.documents, false));
    let scopes = Scopes::new(&compiled.model.lock);
    let projects: Vec<_> =
        compiled.objects.iter().map(to_json).filter(|object| object["kind"] == "AppProject").collect();
    assert_eq!(projects.len(), CHARTS.len() + 1);
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

#[test]
fn every_object_of_an_own_chart_is_permitted() {
    let compiled = compile(&locked("3.5"), NonZeroUsize::MIN);
    let objects: Vec<_> = compiled.objects.iter().map(to_json).collect();
    let is_own = |object: &&Json| object["kind"] == "AppProject" && object["metadata"]["name"] == "web-notes";
    let project = objects.iter().find(is_own).expect("its project");
    let scopes = Scopes::new(&compiled.model.lock);
    let own = interface("notes");
    assert_eq!(own.objects.len(), 4);
    for (kind, names) in &own.objects {
        assert_eq!(scopes.is_cluster_scoped(kind), Some(false), "{kind}");
        for name in names {
            assert!(permits_kind(project, &kind.group, &kind.kind, &name.name, true), "{kind} {name}");
        }
    }
    assert!(!project["spec"].as_object().expect("a spec").contains_key("clusterResourceWhitelist"));
}

/// The pods of a Service, or of a workload; none where policies do not apply to them.
fn pods(titles: impl IntoIterator<Item = String>, namespace: &str, interface: &Interface) -> Vec<End> {
    let known = titles.into_iter().map(|title| interface.pods.get(title.as_str()).expect("its pods"));
    let labels = known.filter(|pods| !pods.host_network).map(|pods| &pods.labels);
    let pod = |labels: &wharf::value::SortedMap<_, _>| {
        let labels = labels.iter().map(|(key, value): (&wharf::value::Text, &wharf::value::Text)| {
            (key.to_string(), value.to_string())
        });
        End::Pod(Pod { namespace: namespace.to_owned(), labels: labels.collect() })
    };
    labels.map(pod).collect()
}

/// The namespace of a name in the manifests of an application, if an entry owns it.
fn owned<'m>(named: Option<&'m str>, code: &str, model: &'m Model) -> Option<&'m str> {
    let application = model.applications().find(|application| application.code.as_str() == code);
    let namespace = application.expect("the application").namespace_of(named).to_owned();
    Some(model.entry(&Namespace::new(namespace))?.namespace.as_str())
}

fn tcp(number: u16) -> Port {
    Port { protocol: "TCP", number, name: None }
}

#[test]
fn every_webhook_and_every_metric_is_reachable() {
    let compiled = compile(&locked("3.5"), NonZeroUsize::MIN);
    let objects: Vec<_> = compiled.objects.iter().map(to_json).collect();
    let policies = Policies::new(&objects, None);
    // some node, from which the API server calls
    let api_server = End::Address("192.168.1.10".parse().expect("an address"));
    let labels = [("app.kubernetes.io/name".to_owned(), "prometheus".to_owned())].into();
    let prometheus = End::Pod(Pod { namespace: "sys-kube-prometheus-stack".to_owned(), labels });

    let (mut webhooks, mut scrapes) = (0, 0);
    for code in CHARTS.into_iter().chain(["notes"]) {
        let interface = interface(code);
        for webhook in &interface.webhooks {
            let ObjectName { namespace, .. } = &webhook.service;
            let namespace = owned(namespace.as_deref(), code, &compiled.model).expect("an entry");
            let service = interface.services.get(&webhook.service).expect("its Service");
            let titles = service.pods.iter().map(ToString::to_string);
            for (pod, port) in pods(titles, namespace, &interface).iter().zip(&webhook.targets) {
                assert!(policies.allow(&api_server, pod, &tcp(*port)), "{code}: {webhook}");
                assert!(!policies.allow(&api_server, pod, &tcp(22)), "{code}: {webhook}");
                webhooks += 1;
            }
        }
        for scrape in interface.scrapes.iter().filter(|scrape| scrape.namespace.as_deref() != Some("*")) {
            let Some(namespace) = owned(scrape.namespace.as_deref(), code, &compiled.model) else { continue };
            // a name of a port belongs to pods that an operator makes
            let Ok(port) = scrape.port.parse() else { continue };
            let pods = pods(scrape.pods.iter().map(ToString::to_string), namespace, &interface);
            for pod in pods {
                assert!(policies.allow(&prometheus, &pod, &tcp(port)), "{code}: {scrape}");
                scrapes += 1;
            }
        }
    }
    // without pods on the network of their node, and those that an operator makes
    assert_eq!((webhooks, scrapes), (7, 13));
}
