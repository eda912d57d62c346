//! What all policies of a cluster allow.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::{self, Allowed, Grant};
use super::atom::{Atom, atoms};
use super::meaning::{self, Meaning};
use super::{KINDS, is_policy};
use crate::cluster::Cluster;
use crate::import::entry::is_ours;
use crate::import::objects::{Numbered, Objects};
use crate::model::{Direction, Network, PodLabels};
use crate::value::Map;

/// How policies are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Reading {
    /// By the names that wharf gives them.
    Names,
    /// By their contents, because others wrote them.
    Contents,
}

impl Reading {
    /// How the policies of a cluster are read: by their contents if wharf rendered none of them.
    pub(in crate::import) fn of(cluster: &Cluster) -> Self {
        let mut policies = cluster.resources().iter().filter(|resource| is_policy(resource)).peekable();
        let is_foreign = policies.peek().is_some() && !policies.any(is_ours);
        if is_foreign { Self::Contents } else { Self::Names }
    }
}

/// What all policies of a cluster allow, by their namespaces.
pub(in crate::import) struct Policies<'c> {
    allowed: BTreeMap<&'c str, Vec<Allowed>>,
    reading: Reading,
    /// The policies that the language cannot say, with the reason.
    pub(super) unsaid: BTreeMap<usize, &'static str>,
    /// The namespaces that deny by default, as far as contents show it.
    closed: BTreeSet<&'c str>,
}

impl<'c> Policies<'c> {
    /// Reads the policies that may be described.
    pub(in crate::import) fn new(objects: &Objects<'c>, network: &Network) -> Self {
        let all = KINDS.iter().flat_map(|(group, kind)| objects.of_kind(group, kind));
        let mut namespaces = BTreeMap::<&str, Vec<Numbered<'_>>>::new();
        for (index, policy) in all {
            let namespace = policy.namespace.as_deref().unwrap_or_default();
            namespaces.entry(namespace).or_default().push((index, policy));
        }
        let mut policies = Self {
            allowed: BTreeMap::new(),
            reading: objects.reading,
            unsaid: BTreeMap::new(),
            closed: BTreeSet::new(),
        };
        for (namespace, own) in namespaces {
            match objects.reading {
                Reading::Names => {
                    let read = own.iter().flat_map(|(index, policy)| allowed::read(*index, policy, network));
                    policies.allowed.insert(namespace, read.collect());
                }
                Reading::Contents => policies.add(namespace, &own, network),
            }
        }
        policies
    }

    /// Reads the policies of a namespace by their contents.
    fn add(&mut self, namespace: &'c str, own: &[Numbered<'_>], network: &Network) {
        let mut meanings = Vec::new();
        for (index, policy) in own {
            match meaning::read(*index, policy, network) {
                Ok(meaning) => meanings.push(meaning),
                Err(reason) => drop(self.unsaid.insert(*index, reason)),
            }
        }
        let Some(open) = open(&meanings) else {
            let reason = "the namespace does not deny by default for all of its pods";
            self.unsaid.extend(own.iter().map(|(index, _)| (*index, reason)));
            return;
        };
        if !meanings.is_empty() {
            self.closed.insert(namespace);
            let allowed = meanings.into_iter().flat_map(|meaning| meaning.allowed);
            self.allowed.insert(namespace, allowed.chain(open.into_iter().map(everything)).collect());
        }
    }

    /// What those of a namespace allow.
    pub(in crate::import) fn of(&self, namespace: &str) -> &[Allowed] {
        self.allowed.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a namespace denies by default, as the contents of its policies show.
    pub(in crate::import) fn is_closed(&self, namespace: &str) -> bool {
        self.closed.contains(namespace)
    }

    /// What all allow, one port at a time.
    pub(super) fn atoms(&self, network: &Network) -> BTreeSet<Atom> {
        let all = self.all().flat_map(|(namespace, allowed)| atoms(allowed, namespace));
        match self.reading {
            Reading::Names => all.collect(),
            Reading::Contents => all.flat_map(|atom| atom.plain(network)).collect(),
        }
    }

    /// The policies that allow one of these.
    pub(super) fn allowing(&self, wanted: &BTreeSet<&Atom>, network: &Network) -> BTreeSet<usize> {
        let is_wanted = |namespace: &str, allowed: &Allowed| {
            let mut plain = atoms(allowed, namespace).flat_map(|atom| atom.plain(network));
            plain.any(|atom| wanted.contains(&atom))
        };
        self.all()
            .filter(|(namespace, allowed)| is_wanted(namespace, allowed))
            .map(|(_, one)| one.index)
            .collect()
    }

    fn all(&self) -> impl Iterator<Item = (&'c str, &Allowed)> {
        self.allowed.iter().flat_map(|(namespace, all)| all.iter().map(|allowed| (*namespace, allowed)))
    }
}

/// The directions in which policies of a namespace restrict nothing; nothing if they restrict only some pods.
pub(super) fn open(meanings: &[Meaning]) -> Option<Vec<Direction>> {
    let mut open = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let mut about = meanings.iter().filter(|meaning| meaning.isolates.contains(&direction)).peekable();
        if about.peek().is_none() {
            open.push(direction);
        } else if !about.any(|meaning| meaning.own.is_all()) {
            return None;
        }
    }
    Some(open)
}

/// That a direction is not restricted, as a policy would say it.
pub(super) fn everything(direction: Direction) -> Allowed {
    Allowed {
        index: usize::MAX,
        direction,
        peer: "anywhere".into(),
        own: Map::new(),
        labels: PodLabels::default(),
        grants: vec![Grant::default()],
    }
}
