//! What one policy of wharf allows, by its name and its rules: the inverse of `emit::network`.

use std::collections::BTreeMap;

use crate::import::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text, text_at};
use crate::model::{Direction, Network, OutsideAddresses, PodLabels};
use crate::value::{Key, Map, Text, Value};

/// What some pods of a namespace may do with one peer in one direction.
#[derive(Clone, Debug)]
pub(in crate::import) struct Allowed {
    /// The number of the policy.
    pub(in crate::import) index: usize,
    /// The direction.
    pub(in crate::import) direction: Direction,
    /// The peer, as it is part of the name of the policy.
    pub(in crate::import) peer: String,
    /// The labels of the pods that the policy is about; empty for all.
    pub(in crate::import) own: Map,
    /// The same as the model has them.
    pub(in crate::import) labels: PodLabels,
    /// What is allowed.
    pub(in crate::import) grants: Vec<Grant>,
}

/// Pods of the peer, and the ports that are open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::import) struct Grant {
    /// The labels of the peer's pods; empty for all.
    pub(in crate::import) pods: Map,
    /// The address range or the name of the peer.
    pub(in crate::import) target: Option<Text>,
    /// The ports as the catalog writes them; empty for all.
    pub(in crate::import) ports: Vec<Value>,
    /// Whether echo requests are allowed instead of ports.
    pub(in crate::import) ping: bool,
}

/// What a policy allows; nothing for one that wharf would not name like this.
pub(in crate::import) fn read(index: usize, policy: &Resource, network: &Network) -> Vec<Allowed> {
    let own = ["podSelector", "endpointSelector"];
    let own = own.iter().find_map(|key| at(&policy.value, &["spec", key, "matchLabels"])?.map());
    let own = own.cloned().unwrap_or_default();
    let name = policy.name.as_str();
    let sides = match (name.strip_prefix("allow-from-"), name.strip_prefix("allow-to-")) {
        (Some(rest), _) => vec![(Direction::Ingress, without(rest, "-to-", &own))],
        (_, Some(rest)) => vec![(Direction::Egress, without(rest, "-from-", &own))],
        _ if name.starts_with("allow-same-namespace") => {
            let peer = || "same-namespace".to_owned();
            vec![(Direction::Egress, peer()), (Direction::Ingress, peer())]
        }
        _ => Vec::new(),
    };
    let allowed = sides.into_iter().map(|(direction, peer)| {
        let grants = grants(policy, direction, &peer, network);
        Allowed { index, direction, peer, labels: pod_labels(&own), own: own.clone(), grants }
    });
    allowed.filter(|allowed| !allowed.grants.is_empty()).collect()
}

/// The name of the peer without the pods that the policy is about.
fn without(peer: &str, between: &str, own: &Map) -> String {
    let suffix = pod_labels(own).name();
    let peer_only = peer.strip_suffix(suffix.as_str()).and_then(|rest| rest.strip_suffix(between));
    peer_only.filter(|_| !own.is_empty()).unwrap_or(peer).to_owned()
}

/// Labels as the model has them.
pub(in crate::import) fn pod_labels(labels: &Map) -> PodLabels {
    let pairs = labels.iter().filter_map(|(key, value)| Some((Text::copied(key.as_str()), text(value)?)));
    pairs.map(|(key, value)| (key, Text::copied(value))).collect()
}

/// The rules of a policy in one direction, joined by the pods that they are about.
fn grants(policy: &Resource, direction: Direction, peer: &str, network: &Network) -> Vec<Grant> {
    let path = if direction == Direction::Egress { ["spec", "egress"] } else { ["spec", "ingress"] };
    let mut joined: Vec<Grant> = Vec::new();
    let chosen = is_chosen(peer, network);
    for grant in maps_at(&policy.value, &path).map(|rule| grant(rule, direction, chosen)) {
        // Cilium learns the addresses of a name by a rule about the DNS, and knows nodes by entities
        let is_address = ["fqdn-", "cidr-"].iter().any(|start| peer.starts_with(start));
        if is_address && grant.target.is_none() {
            continue;
        }
        match joined.iter_mut().find(|known| known.pods == grant.pods && known.ping == grant.ping) {
            Some(known) => join(&mut known.ports, grant.ports),
            None => joined.push(grant),
        }
    }
    joined
}

fn join(known: &mut Vec<Value>, more: Vec<Value>) {
    if known.is_empty() || more.is_empty() {
        return known.clear();
    }
    let new: Vec<_> = more.into_iter().filter(|port| !known.contains(port)).collect();
    known.extend(new);
}

/// Whether a line may choose among the pods of a peer.
fn is_chosen(peer: &str, network: &Network) -> bool {
    let of_platform = |name: &str| match network.peers.get(&Text::copied(name)) {
        Some(OutsideAddresses::Pods(pods)) => pods.labels.is_all(),
        _ => false,
    };
    matches!(peer, "same-namespace" | "cluster")
        || peer.starts_with("namespace-")
        || peer.strip_prefix("peer-").is_some_and(of_platform)
}

fn grant(rule: &Map, direction: Direction, chosen: bool) -> Grant {
    let key = if direction == Direction::Egress { "to" } else { "from" };
    let first = maps_at(rule, &[key]).next();
    let pods = first.filter(|_| chosen).and_then(|peer| at(peer, &["podSelector", "matchLabels"])?.map());
    let cidr = first.and_then(|peer| text_at(map_at(peer, "ipBlock")?, &["cidr"]));
    let of_cilium = ["toCIDRSet", "fromCIDRSet"].iter().find_map(|key| maps_at(rule, &[*key]).next());
    let cidr = cidr.or_else(|| text_at(of_cilium?, &["cidr"]));
    let name = maps_at(rule, &["toFQDNs"]).next();
    let name =
        name.and_then(|name| text_at(name, &["matchName"]).or_else(|| text_at(name, &["matchPattern"])));
    Grant {
        pods: pods.cloned().or_else(|| endpoint_labels(rule).filter(|_| chosen)).unwrap_or_default(),
        target: name.or(cidr).map(Text::copied),
        ports: ports(rule),
        ping: rule.get("icmps").is_some(),
    }
}

/// The labels of the pods that a rule of Cilium selects, without their namespace.
fn endpoint_labels(rule: &Map) -> Option<Map> {
    let endpoints = ["toEndpoints", "fromEndpoints"].iter().find_map(|key| maps_at(rule, &[*key]).next())?;
    let label = |(key, value): (&Key, &Value)| {
        let key = key.as_str().strip_prefix("k8s:").filter(|key| *key != "io.kubernetes.pod.namespace")?;
        Some((Key::user(key.to_owned()), value.clone()))
    };
    Some(map_at(endpoints, "matchLabels")?.iter().filter_map(label).collect())
}

/// The ports of a rule, as the catalog writes them.
pub(super) fn ports(rule: &Map) -> Vec<Value> {
    let of_cilium = maps_at(rule, &["toPorts"]).flat_map(|item| maps_at(item, &["ports"]));
    maps_at(rule, &["ports"]).chain(of_cilium).filter_map(written_port).collect()
}

fn written_port(item: &Map) -> Option<Value> {
    let protocol = text_at(item, &["protocol"]).unwrap_or("TCP");
    let first = item.get("port")?;
    let first = port(first)
        .map(|number| number.to_string())
        .or_else(|| text_at(item, &["port"]).map(String::from))?;
    let range = item.get("endPort").and_then(port).map_or(first.clone(), |last| format!("{first}-{last}"));
    Some(written(&format!("{range}/{protocol}")))
}

/// A port as the catalog writes it: a number if it is a single TCP port.
pub(super) fn written(port: &str) -> Value {
    let number = port.strip_suffix("/TCP").unwrap_or(port).parse().ok();
    number.map_or_else(|| port.to_owned().into(), Value::Int)
}

/// All that some policies allow.
pub(super) fn of_policies<'c>(
    policies: impl Iterator<Item = (usize, &'c Resource)>,
    network: &Network,
) -> Vec<Allowed> {
    policies.flat_map(|(index, policy)| read(index, policy, network)).collect()
}

/// Allowed connections by what makes two lines of a catalog the same, with their ports together.
#[derive(Default)]
pub(super) struct Merged(BTreeMap<String, Line>);

/// A line without its ports, the ports if it has any or allows all, and whether it allows echo requests.
struct Line {
    map: Map,
    ports: Option<Vec<Value>>,
    ping: bool,
}

impl Merged {
    /// Adds what is allowed to a line without its ports.
    pub(super) fn add(&mut self, map: Map, grant: &Grant) {
        let key = format!("{map:?}");
        let line = self.0.entry(key).or_insert(Line { map, ports: None, ping: false });
        match &mut line.ports {
            _ if grant.ping => line.ping = true,
            Some(known) => join(known, grant.ports.clone()),
            unknown => *unknown = Some(grant.ports.clone()),
        }
    }

    /// The lines.
    pub(super) fn into_maps(self) -> Vec<Map> {
        let map = |Line { map, ports, ping }| {
            map.with_filled("ports", ports.unwrap_or_default()).with_true("ping", ping)
        };
        self.0.into_values().map(map).collect()
    }
}

/// Whether a policy denies what no other one allows.
pub(super) fn is_deny(policy: &Resource) -> bool {
    items_at(&policy.value, &["spec", "policyTypes"]).len() == 2
        && policy.at(&["spec", "ingress"]).is_none()
        && policy.at(&["spec", "egress"]).is_none()
}
