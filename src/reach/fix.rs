//! The line to write that would allow a denied connection.

use super::connection::{Connection, Pair};
use super::{Fix, Place, Reach};
use crate::cluster::{Direction, Port, Side, Transport};
use crate::diagnostics::{Location, Segment};
use crate::model::Entry;
use crate::platform::Policies as PolicyKind;

impl<'m> Reach<'m> {
    /// What to write to allow a connection; if nothing can be written, a note says why.
    pub(super) fn fix(
        &self,
        asked: &Connection<'m>,
        pair: &Pair,
        ports: &[Port],
        notes: &mut Vec<String>,
    ) -> Option<Fix> {
        let is_cilium = self.model.platform.network.policies == PolicyKind::Cilium;
        if ports.contains(&Port::ping()) && !is_cilium {
            notes.push("an edge for `ping` needs `network.policies: cilium` in platform.yml".into());
            return None;
        }
        match (&asked.from, &asked.to) {
            (Place::Entry(from), to) if from.profile.as_str() != "none" => {
                let peer = egress_peer(to)?;
                if matches!(to, Place::Name(_)) && !is_cilium {
                    notes.push("an edge to a name needs `network.policies: cilium` in platform.yml".into());
                    return None;
                }
                let fix = self.edge(from, Direction::Egress, &peer, &pair.judgement.egress, ports, to);
                Some(with_labels(fix, asked))
            }
            (Place::Entry(from), Place::Entry(_)) => {
                notes.push(format!(
                    "`{}` has no policies, and an edge needs both sides: choose a profile for it first",
                    from.namespace
                ));
                None
            }
            (Place::Peer(name), Place::Entry(to)) if name.as_str() == "ingress-controller" => {
                notes.push(format!("a route of `{}` allows the ingress controller to connect", to.namespace));
                None
            }
            (from, Place::Entry(to)) => {
                if matches!(from, Place::Peer(name) if name.as_str() == "internet") {
                    notes.extend(hosts(to));
                }
                let peer = ingress_peer(from)?;
                Some(self.edge(to, Direction::Ingress, &peer, &pair.judgement.ingress, ports, from))
            }
            _ => None,
        }
    }

    fn edge(
        &self,
        entry: &Entry,
        way: Direction,
        peer: &str,
        side: &Side,
        ports: &[Port],
        other: &Place<'_>,
    ) -> Fix {
        let key = if way == Direction::Egress { "egress" } else { "ingress" };
        let location = entry.location.key("networkPolicies").key(key);
        let (words, namespace) = (words(ports), &entry.namespace);
        let is_ping = ports.contains(&Port::ping());
        if let Some(existing) = self.existing(&location, side) {
            let (place, text) = if is_ping {
                (format!("add to the edge of `{namespace}`"), "ping: true".to_owned())
            } else {
                (format!("add to `ports` of the edge of `{namespace}`"), words.join(", "))
            };
            return Fix { place, line: self.line(&existing), text: vec![text] };
        }
        let sides = if matches!(other, Place::Entry(_)) { ", which allows both sides" } else { "" };
        let mut text = vec![format!("- {peer}")];
        if is_ping {
            text.push("  ping: true".into());
        } else if !words.is_empty() {
            text.push(format!("  ports: [{}]", words.join(", ")));
        }
        let place = format!("add to `networkPolicies.{key}` of `{namespace}`{sides}");
        Fix { place, line: self.line(&entry.location.key("namespace")), text }
    }

    /// The edge of an entry that already allows other ports of the same peer: a second one would be an error.
    fn existing(&self, list: &Location, side: &Side) -> Option<Location> {
        let policies = side.allowed.iter().filter_map(|grant| self.objects.get(grant.policy));
        let mut lines = policies.flat_map(|object| object.origins.iter()).map(|origin| &origin.location);
        let depth = list.segments.len();
        let is_edge = |location: &&Location| {
            location.file == list.file
                && location.segments.starts_with(&list.segments)
                && matches!(location.segments.get(depth), Some(Segment::Index(_)))
        };
        lines.find(is_edge).cloned()
    }
}

/// The peer of an edge that leads to a place.
fn egress_peer(to: &Place<'_>) -> Option<String> {
    match to {
        Place::Entry(entry) => Some(format!("namespace: {}", entry.namespace)),
        Place::Peer(name) => Some(format!("to: {name}")),
        Place::Range(range) => Some(format!("cidr: {range}")),
        Place::Name(name) => Some(format!("fqdn: {name}")),
        Place::Namespace(_) | Place::Host(_) => None,
    }
}

/// The edge for the pods with the labels of the question only.
fn with_labels(mut fix: Fix, asked: &Connection<'_>) -> Fix {
    let is_new = fix.text.first().is_some_and(|text| text.starts_with("- "));
    let is_entry = matches!(asked.to, Place::Entry(_));
    let keys = [("fromPodLabels", &asked.from_labels, true), ("toPodLabels", &asked.to_labels, is_entry)];
    for (key, labels, applies) in keys {
        if is_new && applies && !labels.is_empty() {
            let pairs: Vec<_> = labels.iter().map(|(key, value)| format!("{key}: {value:?}")).collect();
            fix.text.push(format!("  {key}: {{{}}}", pairs.join(", ")));
        }
    }
    fix
}

/// The peer of an edge that comes from a place.
fn ingress_peer(from: &Place<'_>) -> Option<String> {
    match from {
        Place::Peer(name) => Some(format!("from: {name}")),
        Place::Range(range) => Some(format!("cidr: {range}")),
        Place::Entry(_) | Place::Namespace(_) | Place::Host(_) | Place::Name(_) => None,
    }
}

/// How visitors reach an entry.
fn hosts(entry: &Entry) -> Option<String> {
    let hosts: Vec<_> =
        entry.routes.iter().flat_map(|route| &route.hosts).map(|host| format!("`{host}`")).collect();
    (!hosts.is_empty()).then(|| format!("visitors reach it by its routes: ask for {}", hosts.join(" or ")))
}

fn words(ports: &[Port]) -> Vec<String> {
    let word = |port: &Port| match port.protocol {
        Transport::Tcp => port.number.to_string(),
        other => format!("{}/{}", port.number, other.name()),
    };
    ports.iter().map(word).collect()
}
