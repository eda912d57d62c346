//! What a NetworkPolicy that others wrote means, whatever its name is, in the terms of a catalog.

use ipnet::IpNet;

use super::allowed::{Allowed, Grant, pod_labels, ports};
use super::atom::named;
use crate::import::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::model::{Direction, Network, PodLabels};
use crate::value::{Map, Text, Value};

/// The label that each namespace has, with its name (Kubernetes 1.22).
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// What a policy means.
#[derive(Clone, Debug)]
pub(in crate::import) struct Meaning {
    /// The pods that it is about.
    pub(in crate::import) own: PodLabels,
    /// The directions in which it denies what no policy allows.
    pub(in crate::import) isolates: Vec<Direction>,
    /// What it allows.
    pub(in crate::import) allowed: Vec<Allowed>,
}

/// The meaning of a policy.
///
/// # Errors
/// Why the language cannot say it.
pub(in crate::import) fn read(
    index: usize,
    policy: &Resource,
    network: &Network,
) -> Result<Meaning, &'static str> {
    if policy.kind.kind.as_str() != "NetworkPolicy" {
        return Err("a policy of Cilium that wharf did not render stays as it is");
    }
    let own = labels(at(&policy.value, &["spec", "podSelector"]))?;
    let isolates = isolates(policy);
    let mut allowed = Vec::new();
    for direction in &isolates {
        let (rules, peers) = match direction {
            Direction::Egress => ("egress", "to"),
            Direction::Ingress => ("ingress", "from"),
        };
        for rule in items_at(&policy.value, &["spec", rules]) {
            let empty = Map::new();
            let rule = rule.map().unwrap_or(&empty);
            let ports = checked_ports(rule)?;
            for (peer, grant) in self::peers(rule, peers, network)? {
                let own = own.to_map();
                let labels = pod_labels(&own);
                let grants = vec![Grant { ports: ports.clone(), ..grant }];
                allowed.push(Allowed { index, direction: *direction, peer, own, labels, grants });
            }
        }
    }
    Ok(Meaning { own, isolates, allowed })
}

/// The directions that a policy is about. Without `policyTypes`, it is about ingress, and about egress if it
/// has rules for that (Kubernetes 1.36, `SetDefaults_NetworkPolicy`).
fn isolates(policy: &Resource) -> Vec<Direction> {
    let types: Vec<_> = items_at(&policy.value, &["spec", "policyTypes"]).iter().filter_map(text).collect();
    let has_egress = !items_at(&policy.value, &["spec", "egress"]).is_empty();
    let is_about = |direction: &Direction| match direction {
        Direction::Ingress => types.is_empty() || types.contains(&"Ingress"),
        Direction::Egress => types.contains(&"Egress") || types.is_empty() && has_egress,
    };
    [Direction::Ingress, Direction::Egress].into_iter().filter(is_about).collect()
}

/// The labels of a selector; all pods if there is none.
fn labels(selector: Option<&Value>) -> Result<PodLabels, &'static str> {
    let Some(selector) = selector.and_then(Value::map) else { return Ok(PodLabels::default()) };
    if !items_at(selector, &["matchExpressions"]).is_empty() {
        return Err("its selector has expressions: the language selects by labels only");
    }
    Ok(map_at(selector, "matchLabels").map(pod_labels).unwrap_or_default())
}

fn checked_ports(rule: &Map) -> Result<Vec<Value>, &'static str> {
    let found = ports(rule);
    let written = items_at(rule, &["ports"]);
    if found.len() == written.len() { Ok(found) } else { Err("a port of it has a protocol, but no number") }
}

/// The peers of a rule, by their names in policies of wharf; one without peers is about everything.
fn peers(rule: &Map, key: &str, network: &Network) -> Result<Vec<(String, Grant)>, &'static str> {
    let written: Vec<_> = maps_at(rule, &[key]).collect();
    if items_at(rule, &[key]).is_empty() {
        return Ok(vec![("anywhere".to_owned(), Grant::default())]);
    }
    let blocks: Vec<_> = written.iter().filter_map(|peer| block(peer)).collect();
    let is_internet = !network.internet.is_empty()
        && network.internet.iter().all(|wanted| blocks.iter().any(|block| is_same(block, wanted)));
    let mut all = Vec::new();
    if is_internet {
        all.push(("internet".to_owned(), Grant::default()));
    }
    for peer in written {
        match block(peer) {
            Some(block) if is_internet && network.internet.iter().any(|known| is_same(&block, known)) => {}
            Some((range, except)) if except.is_empty() => {
                let peer = format!("cidr-{range}").replace(['/', ':'], "-");
                let target = Some(Text::from(range.to_string()));
                all.push((peer, Grant { target, ..Grant::default() }));
            }
            Some(_) => return Err("it excludes addresses that are not those of the peer `internet`"),
            None => all.extend(pods(peer, network)?),
        }
    }
    Ok(all)
}

/// A range of addresses and its exceptions.
type Block = (IpNet, Vec<IpNet>);

fn block(peer: &Map) -> Option<Block> {
    let written = map_at(peer, "ipBlock")?;
    let except = items_at(written, &["except"]).iter().filter_map(text);
    let except = except.filter_map(|range| range.parse().ok()).map(|range: IpNet| range.trunc());
    let range: IpNet = text_at(written, &["cidr"])?.parse().ok()?;
    Some((range.trunc(), except.collect()))
}

/// Whether both are the same addresses, in whatever order the exceptions are.
fn is_same(one: &Block, other: &Block) -> bool {
    let sorted = |block: &Block| {
        let mut except = block.1.clone();
        except.sort();
        except
    };
    one.0 == other.0 && sorted(one) == sorted(other)
}

/// The pods of a peer.
fn pods(peer: &Map, network: &Network) -> Result<Vec<(String, Grant)>, &'static str> {
    if peer.get("ipBlock").is_some() || peer.is_empty() {
        return Err("a peer of it has no valid range of addresses");
    }
    let labels = labels(peer.get("podSelector"))?;
    let grant = Grant { pods: labels.to_map(), ..Grant::default() };
    let Some(namespaces) = peer.get("namespaceSelector").and_then(Value::map) else {
        return Ok(vec![("same-namespace".to_owned(), grant)]);
    };
    let selected = self::labels(Some(&namespaces.clone().into()))?;
    let selected: Vec<_> = selected.iter().collect();
    match selected.as_slice() {
        [] => Ok(vec![("cluster".to_owned(), grant)]),
        [(key, namespace)] if key.as_str() == NAMESPACE_NAME => {
            let is_meant = |name: &str, own: &PodLabels| name == namespace.as_str() && *own == labels;
            let known = named(network).find(|(_, pods)| is_meant(pods.namespace.as_str(), &pods.labels));
            let known = known.filter(|_| !labels.is_all()).map(|(name, _)| (name, Grant::default()));
            Ok(vec![known.unwrap_or_else(|| (format!("namespace-{namespace}"), grant))])
        }
        _ => Err("it selects namespaces by labels: the language names them"),
    }
}
