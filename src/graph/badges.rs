//! What an entry may connect to, or is open to, besides other entries: written in its box instead of drawn,
//! so that the lines of a picture are those between entries.

use crate::cluster::{Addresses, Breadth, Direction, End, PortSet, Side, Transport};
use crate::model::Entry;
use crate::reach::Reach;
use crate::value::Text;

/// The peers that have badges, in their order.
const PEERS: [&str; 4] = ["internet", "lan", "nodes", "kube-apiserver"];

/// The badges of an entry. DNS and its own namespace are open to every entry, and have none.
pub(super) fn badges(entry: &Entry, own: &End, reach: &Reach<'_>) -> Vec<String> {
    if entry.profile.as_str() == "none" {
        return vec!["no policies".into()];
    }
    let ways = [(Direction::Egress, "to"), (Direction::Ingress, "from")];
    ways.into_iter().flat_map(|(way, word)| of_direction(way, word, own, reach)).collect()
}

fn of_direction(way: Direction, word: &str, own: &End, reach: &Reach<'_>) -> Vec<String> {
    // Nothing but a rule about everything is about a namespace that does not exist and an unknown address.
    let elsewhere = reach.side(way, own, &End::namespace("any other namespace"));
    let (anywhere, cluster) = (broad(&elsewhere, Breadth::Everything), broad(&elsewhere, Breadth::Cluster));
    let mut badges = Vec::new();
    badges.extend(badge(word, "anywhere", &anywhere));
    badges.extend(badge(word, "cluster", &beyond(cluster, &anywhere)));
    let declared = reach.model().platform.network.peers.keys().map(Text::as_str);
    let mut listed: Vec<(Addresses, PortSet)> = Vec::new();
    for name in PEERS.into_iter().chain(declared) {
        let end = reach.end_of_peer(name);
        if matches!(&end, End::Node(known) | End::ApiServer(known) if known.is_empty()) {
            continue;
        }
        let ports = beyond(reach.side(way, own, &end).possible(), &anywhere);
        if let End::Outside { addresses, .. } = end {
            // A peer within another one, with the same ports, says nothing new.
            let is_part = |(wide, known): &(Addresses, PortSet)| wide.covers(&addresses) && *known == ports;
            if listed.iter().any(is_part) || addresses.is_empty() {
                continue;
            }
            listed.push((addresses, ports.clone()));
        }
        badges.extend(badge(word, name, &ports));
    }
    badges
}

/// The ports, unless all of them are open to everything anyway.
fn beyond(ports: PortSet, anywhere: &PortSet) -> PortSet {
    if ports.minus(anywhere).is_empty() { PortSet::default() } else { ports }
}

/// The ports that rules of this breadth allow.
fn broad(side: &Side, breadth: Breadth) -> PortSet {
    let grants = side.allowed.iter().filter(|grant| grant.breadth == breadth);
    grants.fold(PortSet::default(), |all, grant| all.union(&grant.ports))
}

fn badge(word: &str, name: &str, ports: &PortSet) -> Option<String> {
    (!ports.is_empty()).then(|| format!("{word} {name}{}", words(ports)))
}

/// How many ports a label lists.
const MAX_PORTS: usize = 4;

/// Ports as a label: TCP is not mentioned, all ports are nothing.
pub(super) fn words(ports: &PortSet) -> String {
    if ports.is_all() {
        return String::new();
    }
    let suffix = format!("/{}", Transport::Tcp.name());
    let all: Vec<_> = ports.words();
    let short: Vec<_> = all
        .iter()
        .take(MAX_PORTS)
        .map(|port| port.strip_suffix(&suffix).unwrap_or(port).to_owned())
        .collect();
    let more = if all.len() > MAX_PORTS { " …" } else { "" };
    format!(" {}{more}", short.join(" "))
}
