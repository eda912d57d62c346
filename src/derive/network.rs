//! The edges that follow from what applications deploy: the API server calls webhooks, and the monitoring
//! reads metrics.

use std::collections::BTreeMap;

use super::{Basis, Known, locked};
use crate::lock::pods::Pods;
use crate::lock::scrapes::Scrape;
use crate::lock::webhooks::Webhook;
use crate::model::{Application, DerivedEdge, Direction, Edge, Entry, Model, Peer, PodLabels, Port, Ports};
use crate::names::Namespace;
use crate::value::Text;

/// Labels that many pods have, and that change without the pods: they are left out of selectors.
const SHARED_LABELS: [&str; 3] = ["app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "heritage"];

/// Assigns the derived edges to the entries that own the namespaces of the pods, and notes of which entries
/// all webhooks are known, and which have pods in the host network.
pub fn assign(model: &mut Model) {
    let mut found = Vec::new();
    for application in model.applications() {
        // the built-in facts about a chart include its optional parts, which nobody may call
        let Some(known) = locked(application, model) else { continue };
        webhooks(application, known, &mut found);
        if model.platform.network.monitoring.is_some() {
            scrapes(application, known, &mut found);
        }
    }
    let facts: Vec<_> = model.entries.iter().map(facts).collect();
    for (entry, (knows_webhooks, [all_on_host, some_on_host])) in model.entries.iter_mut().zip(facts) {
        entry.knows_webhooks = knows_webhooks;
        (entry.is_on_host, entry.has_host_pods) = (all_on_host, some_on_host);
    }
    if found.is_empty() {
        return;
    }
    let mut owners: BTreeMap<Namespace, &mut Vec<DerivedEdge>> =
        model.entries.iter_mut().map(|entry| (entry.namespace.clone(), &mut entry.derived)).collect();
    for (namespace, derived) in found {
        if let Some(edges) = owners.get_mut(&namespace) {
            edges.push(derived);
        }
    }
}

/// Whether all webhooks of an entry are known, and whether all of its pods, or some, are in the host network.
fn facts(entry: &Entry) -> (bool, [bool; 2]) {
    let applications = &entry.applications;
    (
        !applications.is_empty() && applications.iter().all(|item| item.interface().is_some()),
        [
            !applications.is_empty() && applications.iter().all(|item| on_host(item)[0]),
            applications.iter().any(|item| on_host(item)[1]),
        ],
    )
}

/// Whether all pods of an application are in the host network, and whether some are.
fn on_host(application: &Application) -> [bool; 2] {
    if let Some(written) = application.host_network {
        return [written; 2];
    }
    let Some(interface) = application.interface() else { return [false; 2] };
    let pods = &interface.pods;
    [
        !pods.is_empty() && pods.values().all(|pods| pods.host_network),
        pods.values().any(|pods| pods.host_network),
    ]
}

type Found = Vec<(Namespace, DerivedEdge)>;

fn webhooks(application: &Application, known: Known<'_>, found: &mut Found) {
    for webhook in &known.interface.webhooks {
        let namespace = namespace(webhook.service.namespace.as_ref(), application);
        let ports: Vec<_> = webhook.targets.iter().map(|port| Port::tcp(*port)).collect();
        if ports.is_empty() {
            continue;
        }
        for own in pods_of(webhook, known) {
            let edge = Edge {
                own,
                ..Edge::new(
                    Direction::Ingress,
                    Peer::WebhookCaller,
                    Ports::Some(ports.iter().cloned().collect()),
                )
            };
            let reason =
                reason(known.basis, &format!("{} webhook {}", webhook.purpose.name(), webhook.service));
            found.push((namespace.clone(), derived(edge, application, reason)));
        }
    }
}

/// The pods behind a webhook: all of the namespace if they are not known exactly; none if policies do not
/// apply to them.
fn pods_of(webhook: &Webhook, known: Known<'_>) -> Vec<PodLabels> {
    let service = known.interface.services.get(&webhook.service);
    let pods: Vec<_> = service
        .into_iter()
        .flat_map(|service| &service.pods)
        .filter_map(|title| known.interface.pods.get(title))
        .collect();
    if pods.is_empty() {
        return vec![PodLabels::default()];
    }
    pods.into_iter().filter(|pods| !pods.host_network).map(selector).collect()
}

fn scrapes(application: &Application, known: Known<'_>, found: &mut Found) {
    for scrape in &known.interface.scrapes {
        let Some((own, port)) = target(scrape, known) else { continue };
        let ports = Ports::Some([port].into());
        let edge = Edge { own, ..Edge::new(Direction::Ingress, Peer::Monitoring, ports) };
        let namespace = namespace(scrape.namespace.as_ref(), application);
        found.push((namespace, derived(edge, application, reason(known.basis, &scrape.by))));
    }
}

/// The pods and the port of a scrape; nothing if it is of any namespace, or if policies do not apply to the
/// pods.
fn target(scrape: &Scrape, known: Known<'_>) -> Option<(PodLabels, Port)> {
    let port = Port::parse(&scrape.port).ok()?;
    if scrape.namespace.as_deref() == Some("*") {
        return None;
    }
    let Some(title) = &scrape.pods else { return Some((PodLabels::default(), port)) };
    let title = match &scrape.namespace {
        Some(namespace) => Text::from(format!("{namespace}/{title}")),
        None => title.clone(),
    };
    let pods = known.interface.pods.get(&title).filter(|pods| !pods.host_network)?;
    Some((selector(pods), port))
}

/// The labels by which a policy selects pods.
fn selector(pods: &Pods) -> PodLabels {
    let labels = || pods.labels.iter().map(|(key, value)| (key.clone(), value.clone()));
    let own: PodLabels = labels().filter(|(key, _)| !SHARED_LABELS.contains(&key.as_str())).collect();
    if own.is_all() { labels().collect() } else { own }
}

fn namespace(named: Option<&Text>, application: &Application) -> Namespace {
    let named = named.map(|name| Namespace::new(name.clone()));
    named.or_else(|| application.target_namespace.clone()).unwrap_or_default()
}

fn derived(edge: Edge, application: &Application, reason: Text) -> DerivedEdge {
    DerivedEdge { edge, location: application.location.key("applicationCode"), reason }
}

fn reason(basis: Basis<'_>, by: &str) -> Text {
    match basis {
        Basis::Lock { code, .. } => format!("lock: {code} {by}").into(),
        Basis::Chart(chart) => format!("chart: {} {} {by}", chart.name, chart.version).into(),
    }
}
