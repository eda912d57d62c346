//! Who may connect to whom, as the network policies of both catalogs allow it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::comparison::Comparison;
use super::renames::Renames;
use crate::diagnostics::Location;
use crate::kubernetes::Origin;
use crate::model::{
    AllowRule, Direction, Edge, Entry, Grants, Model, Peer, PodLabels, Policies, Port, Ports, allow_rules,
    profile_line,
};
use crate::names::Namespace;
use crate::value::Text;

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// The pods of an entry.
    Entry(Namespace),
    /// Another peer.
    Peer(Peer),
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(namespace) => namespace.fmt(out),
            Self::Peer(Peer::Range(range)) => range.fmt(out),
            Self::Peer(Peer::Outside(name)) => name.fmt(out),
            Self::Peer(peer) => out.write_str(&peer.label()),
        }
    }
}

/// A connection whose ports differ.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) from: End,
    pub(super) to: End,
    /// The ports that are opened or closed; all if there are none listed.
    pub(super) ports: Vec<String>,
    /// The entry whose policies differ.
    pub(super) entry: Namespace,
    /// The names of the policies that differ, by the namespace that they are in.
    pub(super) policies: BTreeSet<(Namespace, Text)>,
    /// The line that allows it, or allowed it.
    pub(super) location: Location,
}

impl Connection {
    /// Its ports, for people.
    pub(super) fn ports(&self) -> String {
        if self.ports.is_empty() { "all ports".into() } else { self.ports.join(", ") }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} → {}: {}", self.from, self.to, self.ports())
    }
}

/// The connections that differ, in the order of their ends.
#[derive(Debug, Default)]
pub(super) struct Connections {
    pub(super) opened: Vec<Connection>,
    pub(super) closed: Vec<Connection>,
    /// Those of renamed entries, which are closed under the old name and opened under the new one.
    pub(super) renamed: Vec<(Connection, Connection)>,
}

impl Connections {
    pub(super) fn new(before: &Model, after: &Model, renames: &Renames<'_>) -> Self {
        let (old, new) = (Allowed::new(before), Allowed::new(after));
        let mut connections = Self {
            opened: difference(&new, &old, Pods::All),
            closed: difference(&old, &new, Pods::Any),
            renamed: Vec::new(),
        };
        if renames.entries().next().is_some() {
            connections.pair(renames);
        }
        connections
    }

    /// Takes out the connections that only have another name.
    fn pair(&mut self, renames: &Renames<'_>) {
        for closed in std::mem::take(&mut self.closed) {
            match self.opened.iter().position(|opened| is_renamed(&closed, opened, renames)) {
                Some(at) => self.renamed.push((closed, self.opened.remove(at))),
                None => self.closed.push(closed),
            }
        }
    }
}

fn is_renamed(closed: &Connection, opened: &Connection, renames: &Renames<'_>) -> bool {
    let is_same_end = |one: &End, other: &End| match (one, other) {
        (End::Entry(one), End::Entry(other)) => renames.is_same_entry(one, other),
        (one, other) => one == other,
    };
    closed.ports == opened.ports
        && is_same_end(&closed.from, &opened.from)
        && is_same_end(&closed.to, &opened.to)
}

impl Comparison<'_> {
    /// The objects of the policies of a connection.
    pub(super) fn policies(&self, connection: &Connection) -> Vec<usize> {
        let policies = connection.policies.iter();
        policies.flat_map(|(entry, name)| self.policies_named(entry, name)).collect()
    }

    /// Whether a connection leads to an entry whose profile is `database`, or extends it.
    pub(super) fn leads_to_database(&self, connection: &Connection) -> bool {
        let model = self.after.model;
        let End::Entry(namespace) = &connection.to else { return false };
        let profile = model.entry(namespace).map(|entry| entry.profile.as_str());
        let chain = profile.and_then(|profile| model.profiles.chain(profile)).unwrap_or_default();
        connection.from != connection.to
            && (profile == Some("database")
                || chain.iter().any(|profile| profile.extends.as_deref() == Some("database")))
    }
}

/// What is found of a connection: the ports, the line, and its policies.
struct Found {
    ports: Vec<Ports>,
    policies: BTreeSet<(Namespace, Text)>,
    entry: Namespace,
    location: Location,
}

/// Which pods of an entry have to have a connection, so that the entry has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pods {
    /// All that it is about: a connection of other pods is another one.
    All,
    /// Any: whoever can still connect to some of them has not lost it.
    Any,
}

/// The connections of `new` that `old` does not have. Of an entry that only one side has, only connections
/// with entries of both sides count: what its profile allows is not news.
fn difference(new: &Allowed<'_>, old: &Allowed<'_>, pods: Pods) -> Vec<Connection> {
    let mut found = BTreeMap::<(End, End), Found>::new();
    for entry in &new.model.entries {
        let known = old.model.entry(&entry.namespace);
        if known.is_some_and(|known| new.has_same_profile(entry, old, known)) {
            continue;
        }
        let (Some(rules), before) = (new.rules(entry), known.and_then(|known| old.rules(known))) else {
            continue;
        };
        if known.is_some() && before.is_none() {
            // everything was allowed before
            continue;
        }
        for rule in &rules {
            let counts = known.is_some() || is_news(rule, old.model);
            let covers = |other: &&AllowRule| {
                let is_same = other.own == rule.own || other.own == PodLabels::default();
                other.peer == rule.peer && (is_same || pods == Pods::Any)
            };
            let before: Vec<_> = before.iter().flatten().filter(covers).collect();
            for (direction, ports) in counts.then(|| more(rule, &before)).into_iter().flatten() {
                add(&mut found, entry, rule, direction, ports);
            }
        }
    }
    found.into_iter().map(|((from, to), found)| connection(from, to, found)).collect()
}

/// Whether a rule of a new entry is more than what its profile says: a connection with an entry that existed,
/// or one that a line allows.
fn is_news(rule: &AllowRule, model: &Model) -> bool {
    match &rule.peer {
        Peer::Namespace(namespace) => model.entry(namespace).is_some(),
        _ => !rule.ingress.is_empty() && rule.origins.iter().any(|origin| origin.profile.is_none()),
    }
}

/// What a rule allows that none of the others does.
pub(super) fn more(rule: &AllowRule, before: &[&AllowRule]) -> Vec<(Direction, Ports)> {
    let side = |direction| {
        let more = rule.grants(direction).iter().filter_map(move |(pods, ports)| {
            let mut known = before.iter().filter_map(|before| of_pods(before.grants(direction), pods));
            known.try_fold(ports.clone(), |left, known| beyond(&left, known))
        });
        more.map(move |ports| (direction, ports))
    };
    side(Direction::Ingress).chain(side(Direction::Egress)).collect()
}

/// The ports that were allowed for these pods, or for all.
fn of_pods<'p>(allowed: &'p Grants, pods: &PodLabels) -> Option<&'p Ports> {
    let of = |pods: &PodLabels| allowed.iter().find(|(known, _)| known == pods).map(|(_, ports)| ports);
    of(pods).or_else(|| of(&PodLabels::default()))
}

/// The ports of `new` that are not in `old`.
fn beyond(new: &Ports, old: &Ports) -> Option<Ports> {
    match (new, old) {
        (_, Ports::All) => None,
        (Ports::All, Ports::Some(_)) => Some(Ports::All),
        (Ports::Some(new), Ports::Some(old)) => {
            let more: BTreeSet<Port> = new.difference(old).cloned().collect();
            (!more.is_empty()).then_some(Ports::Some(more))
        }
    }
}

fn add(
    found: &mut BTreeMap<(End, End), Found>,
    entry: &Entry,
    rule: &AllowRule,
    direction: Direction,
    ports: Ports,
) {
    let own = End::Entry(entry.namespace.clone());
    let peer = match &rule.peer {
        Peer::Namespace(namespace) => End::Entry(namespace.clone()),
        Peer::SameNamespace => own.clone(),
        peer => End::Peer(peer.clone()),
    };
    let ends = if direction == Direction::Ingress { (peer, own) } else { (own, peer) };
    let location = rule.origins.first().map(|origin| origin.location.clone());
    let known = found.entry(ends).or_insert_with(|| Found {
        ports: Vec::new(),
        policies: BTreeSet::new(),
        entry: entry.namespace.clone(),
        location: location.unwrap_or_else(|| entry.location.key("networkPolicies")),
    });
    known.ports.push(ports);
    known.policies.insert((entry.namespace.clone(), rule.name.clone()));
}

fn connection(from: End, to: End, found: Found) -> Connection {
    let mut ports = BTreeSet::new();
    for listed in &found.ports {
        match listed {
            Ports::All => {}
            Ports::Some(some) => ports.extend(some.iter().map(ToString::to_string)),
        }
    }
    if found.ports.contains(&Ports::All) {
        ports.clear();
    }
    let Found { policies, entry, location, .. } = found;
    Connection { from, to, ports: ports.into_iter().collect(), entry, policies, location }
}

/// What the entries of a catalog allow.
pub(super) struct Allowed<'m> {
    pub(super) model: &'m Model,
    profiles: BTreeMap<&'m Text, Vec<Edge>>,
}

impl<'m> Allowed<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, profiles: model.profile_edges() }
    }

    fn edges(&self, entry: &Entry) -> &[Edge] {
        self.profiles.get(&entry.profile).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether both entries allow what their profiles allow, and these allow the same.
    fn has_same_profile(&self, entry: &Entry, other: &Self, known: &Entry) -> bool {
        matches!((&entry.policies, &known.policies), (Policies::Profile, Policies::Profile))
            && self.edges(entry) == other.edges(known)
    }

    /// What an entry allows; nothing if it has no policies, so that everything is allowed.
    pub(super) fn rules(&self, entry: &Entry) -> Option<Vec<AllowRule>> {
        match &entry.policies {
            Policies::None => None,
            Policies::Own(rules) => Some(rules.clone()),
            Policies::Profile => {
                let origin = Origin::profile(profile_line(&entry.location), &entry.profile);
                Some(allow_rules(self.edges(entry).iter().map(|edge| (edge, &origin))))
            }
        }
    }
}
