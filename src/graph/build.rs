//! The graph, from a catalog and its evaluated policies.

use std::collections::BTreeSet;

use super::badges::badges;
use crate::catalog::Exposure;
use crate::cluster::{Breadth, Direction, End, PortSet, Truth};
use crate::model::{Entry as ModelEntry, Model, Route};
use crate::reach::Reach;
use crate::value::Text;

/// The network of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The names of the tiers, in the order in which they are synced.
    pub tiers: Vec<String>,
    /// The hosts of all routes, in the order of their entries.
    pub hosts: Vec<Host>,
    /// The entries, in the order of their namespaces.
    pub entries: Vec<Entry>,
    /// The connections between entries that are not open to all of them.
    pub links: Vec<Link>,
}

/// A host of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The name.
    pub name: String,
    /// The namespace of the entry that serves it.
    pub entry: String,
    /// Whether visitors from the internet reach it.
    pub external: bool,
    /// Whether visitors from the LAN reach it.
    pub internal: bool,
    /// Which of its paths require auth.
    pub auth: Auth,
}

/// Which paths of a host require auth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Auth {
    /// None of them.
    None,
    /// Some of them.
    Some,
    /// All of them.
    All,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its namespace.
    pub name: String,
    /// A description in one sentence.
    pub description: Option<String>,
    /// The index of its tier.
    pub tier: usize,
    /// The name of its profile.
    pub profile: String,
    /// Whether it is a database: its profile is `database`, or extends it.
    pub is_database: bool,
    /// What it may connect to and is open to, besides other entries: `to internet 443`.
    pub badges: Vec<String>,
}

/// Connections from one entry to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The namespace of the entry that connects.
    pub from: String,
    /// The namespace of the entry that is connected to.
    pub to: String,
    /// The ports of its pods.
    pub ports: PortSet,
    /// Whether it is only possible for some of the pods, or under other conditions.
    pub is_conditional: bool,
}

impl Graph {
    /// The graph of a catalog without errors.
    pub fn new(reach: &Reach<'_>) -> Self {
        let model = reach.model();
        let ends: Vec<_> =
            model.entries.iter().map(|entry| End::namespace(entry.namespace.to_text())).collect();
        let entry = |(entry, end): (&ModelEntry, &End)| Entry {
            name: entry.namespace.to_string(),
            description: entry.description.as_ref().map(ToString::to_string),
            tier: entry.tier,
            profile: entry.profile.to_string(),
            is_database: is_database(entry, model),
            badges: badges(entry, end, reach),
        };
        Self {
            tiers: model.platform.tiers.iter().map(ToString::to_string).collect(),
            hosts: model.entries.iter().flat_map(|entry| hosts(entry, model)).collect(),
            entries: model.entries.iter().zip(&ends).map(entry).collect(),
            links: links(reach),
        }
    }

    /// The part of the graph with one entry and its neighbours; nothing if there is no such entry.
    pub fn around(&self, entry: &str) -> Option<Self> {
        self.entries.iter().find(|known| known.name == entry)?;
        let links: Vec<_> =
            self.links.iter().filter(|link| link.from == entry || link.to == entry).cloned().collect();
        let is_near =
            |name: &str| name == entry || links.iter().any(|link| link.from == name || link.to == name);
        Some(Self {
            tiers: self.tiers.clone(),
            hosts: self.hosts.iter().filter(|host| host.entry == entry).cloned().collect(),
            entries: self.entries.iter().filter(|known| is_near(&known.name)).cloned().collect(),
            links,
        })
    }
}

fn is_database(entry: &ModelEntry, model: &Model) -> bool {
    let mut name = entry.profile.to_string();
    // a profile that extends itself is an error
    for _ in 0..16 {
        if name == "database" {
            return true;
        }
        match model.profiles.get(&name).and_then(|profile| profile.extends.as_deref()) {
            Some(parent) => name = parent.to_owned(),
            None => return false,
        }
    }
    false
}

fn hosts(entry: &ModelEntry, model: &Model) -> Vec<Host> {
    let mut found: Vec<Host> = Vec::new();
    for route in &entry.routes {
        for name in &route.hosts {
            let host = host(entry, route, name.as_str(), model);
            match found.iter_mut().find(|known| known.name == host.name) {
                Some(known) => {
                    known.external |= host.external;
                    known.internal |= host.internal;
                    known.auth = if known.auth == host.auth { host.auth } else { Auth::Some };
                }
                None => found.push(host),
            }
        }
    }
    found
}

fn host(entry: &ModelEntry, route: &Route, name: &str, model: &Model) -> Host {
    let protected = route.paths.iter().filter(|path| path.protected).count();
    let auth = match protected {
        0 => Auth::None,
        all if all == route.paths.len() => Auth::All,
        _ => Auth::Some,
    };
    Host {
        name: name.to_owned(),
        entry: entry.namespace.to_string(),
        external: route.faces(Exposure::External, &model.platform),
        internal: route.faces(Exposure::Internal, &model.platform),
        auth,
    }
}

/// The connections that at least one side allows for this other end in particular. What both sides allow for
/// all of the cluster is a badge. Connections of the ingress controller are those of hosts.
fn links(reach: &Reach<'_>) -> Vec<Link> {
    let network = &reach.model().platform.network;
    let is_controller =
        |name: &Text| network.controllers().any(|pods| pods.namespace.as_str() == name.as_str());
    let pairs = pairs(reach).into_iter().filter(|(from, _)| !is_controller(from));
    pairs.filter_map(|(from, to)| link(&from, &to, reach)).collect()
}

/// The pairs of entries of which at least one names the other, in order.
fn pairs(reach: &Reach<'_>) -> BTreeSet<(Text, Text)> {
    let entries: BTreeSet<Text> =
        reach.model().entries.iter().map(|entry| entry.namespace.to_text()).collect();
    let mut pairs = BTreeSet::new();
    for own in &entries {
        let egress = reach.named(Direction::Egress, own).into_iter().map(|to| (own.clone(), to));
        let ingress = reach.named(Direction::Ingress, own).into_iter().map(|from| (from, own.clone()));
        pairs.extend(egress.chain(ingress));
    }
    pairs.retain(|(from, to)| from != to && entries.contains(from) && entries.contains(to));
    pairs
}

fn link(from: &Text, to: &Text, reach: &Reach<'_>) -> Option<Link> {
    let judgement = reach.judge(&End::namespace(from.clone()), &End::namespace(to.clone()));
    let ports = judgement.possible();
    let is_broad =
        [&judgement.egress, &judgement.ingress].iter().all(|side| side.breadth() > Breadth::Narrow);
    if ports.is_empty() || is_broad {
        return None;
    }
    let is_certain = ports.firsts().iter().any(|port| judgement.truth(port) == Truth::Yes);
    Some(Link { from: from.to_string(), to: to.to_string(), ports, is_conditional: !is_certain })
}
