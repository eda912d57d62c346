//! What policies show of the network.

use std::collections::{BTreeMap, BTreeSet};

use super::most;
use crate::cluster::Cluster;
use crate::import::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::{Key, Map, Text, Value};

/// The label that each namespace has, with its name (Kubernetes 1.22).
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Parts of the names of ingress controllers.
const CONTROLLERS: [&str; 6] = ["traefik", "ingress", "nginx", "gateway", "envoy", "haproxy"];

/// `network` of the platform: what policies exclude from the internet, and the pods of the ingress controller.
pub(super) fn inferred(cluster: &Cluster) -> Map {
    let network = Map::new()
        .with_filled("privateCidrs", private_ranges(cluster))
        .with_filled("ingressController", controller(cluster));
    if network.is_empty() { network } else { Map::new().with("network", network) }
}

fn policies(cluster: &Cluster) -> impl Iterator<Item = &Resource> {
    cluster.of_kind("networking.k8s.io", "NetworkPolicy")
}

/// The exceptions that most rules about all addresses have.
fn private_ranges(cluster: &Cluster) -> Vec<Text> {
    let rules = policies(cluster).flat_map(|policy| maps_at(&policy.value, &["spec", "egress"]));
    let blocks = rules.flat_map(|rule| maps_at(rule, &["to"])).filter_map(|peer| map_at(peer, "ipBlock"));
    let all = blocks.filter(|block| text_at(block, &["cidr"]) == Some("0.0.0.0/0"));
    let except =
        all.map(|block| items_at(block, &["except"]).iter().filter_map(text).collect::<BTreeSet<_>>());
    let ranges = most(except.filter(|except| !except.is_empty())).unwrap_or_default();
    ranges.into_iter().map(Text::copied).collect()
}

/// The pods of an ingress controller that most policies of namespaces with routes let in.
fn controller(cluster: &Cluster) -> Map {
    let kinds = ["IngressRoute", "Ingress", "HTTPRoute"];
    let routes = cluster.resources().iter().filter(|route| kinds.contains(&route.kind.kind.as_str()));
    let routed: BTreeSet<_> = routes.filter_map(|route| route.namespace.as_ref()).collect();
    let own =
        policies(cluster).filter(|policy| policy.namespace.as_ref().is_some_and(|own| routed.contains(own)));
    let rules = own.flat_map(|policy| maps_at(&policy.value, &["spec", "ingress"]));
    let Some((namespace, labels)) = most(rules.flat_map(|rule| maps_at(rule, &["from"])).filter_map(pods))
    else {
        return Map::new();
    };
    let labels =
        labels.into_iter().map(|(key, value)| (Key::user(key.to_owned()), Value::from(Text::copied(value))));
    Map::new().with("namespace", Text::copied(namespace)).with_filled("podLabels", labels.collect::<Map>())
}

/// The namespace and the labels of pods that may be those of an ingress controller.
fn pods(peer: &Map) -> Option<(&str, BTreeMap<&str, &str>)> {
    let namespaces = map_at(map_at(peer, "namespaceSelector")?, "matchLabels")?;
    let namespace =
        namespaces.get(NAMESPACE_NAME).and_then(text).filter(|_| namespaces.iter().count() == 1)?;
    let labels = map_at(peer, "podSelector").and_then(|pods| map_at(pods, "matchLabels"));
    let labels = labels.into_iter().flat_map(Map::iter);
    let labels: BTreeMap<_, _> =
        labels.filter_map(|(key, value)| Some((key.as_str(), text(value)?))).collect();
    let is_named = |name: &str| CONTROLLERS.iter().any(|part| name.contains(part));
    (is_named(namespace) || labels.values().any(|value| is_named(value))).then_some((namespace, labels))
}
