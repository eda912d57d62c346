//! Whether rendered policies mean the same as those that others wrote, namespace by namespace.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::{Atom, atoms};
use super::meaning::{self, Meaning};
use super::{Reading, is_policy};
use crate::cluster::{Cluster, Direction as Way, End, Evaluator, Labels, Pod, Port, Truth};
use crate::import::learned::Refused;
use crate::import::proof::Class;
use crate::kubernetes::{Identity, Resource};
use crate::model::{Network, PodLabels};
use crate::value::Text;

/// How many pods of a namespace, and how many peers and ports, the evaluator is asked about.
const MAX_ASKED: usize = 24;

/// A policy with its number and its meaning.
type Read<'c> = (usize, &'c Resource, Meaning);

/// The policies whose meaning is rendered.
#[derive(Default)]
pub(in crate::import) struct Judged<'a> {
    /// What became of policies, by their numbers.
    pub(in crate::import) classes: BTreeMap<usize, Class>,
    /// The rendered policies that are the others.
    pub(in crate::import) rendered: BTreeSet<Identity<'a>>,
}

impl<'a> Judged<'a> {
    /// Judges the policies that are described.
    pub(in crate::import) fn new(
        before: &Cluster,
        refused: &Refused,
        after: &'a Cluster,
        network: &Network,
    ) -> Self {
        let mut judged = Self::default();
        if Reading::of(before) == Reading::Names {
            return judged;
        }
        let old = read(before, network, |index| !refused.contains_key(index));
        let new = read(after, network, |_| true);
        let evaluators = [&old, &new].map(|all| evaluator(all.values().flatten()));
        for (namespace, old) in &old {
            let Some(new) = new.get(namespace) else { continue };
            if is_same(namespace, old, new, network) && agree(&evaluators, namespace, old, new, network) {
                judged.add(namespace, old, new, network);
            }
        }
        judged
    }

    /// Names what became of each policy of a namespace.
    fn add(&mut self, namespace: &str, old: &[Read<'_>], new: &[Read<'a>], network: &Network) {
        let mut left: Vec<_> = new.iter().collect();
        for (index, policy, meaning) in old {
            let is_it = |other: &&Read<'_>| {
                let is_about = other.2.own == meaning.own && other.2.isolates == meaning.isolates;
                is_about && all(namespace, [&other.2], network) == all(namespace, [meaning], network)
            };
            let found = left.iter().position(|other| is_it(other)).map(|position| left.remove(position));
            let name = if found.is_some() { "policy renamed" } else { "policies merged" };
            let is_equal = found.is_some_and(|(_, other, _)| other.name == policy.name);
            let name = if is_equal { "policy rewritten" } else { name };
            self.classes.insert(*index, Class::EqualAfter(vec![name]));
        }
        self.rendered.extend(new.iter().map(|(_, policy, _)| policy.identity()));
    }
}

fn read<'c>(
    cluster: &'c Cluster,
    network: &Network,
    wanted: impl Fn(&usize) -> bool,
) -> BTreeMap<&'c str, Vec<Read<'c>>> {
    let mut namespaces = BTreeMap::<_, Vec<_>>::new();
    let policies = cluster.resources().iter().enumerate().filter(|(_, resource)| is_policy(resource));
    for (index, policy) in policies.filter(|(index, _)| wanted(index)) {
        let namespace = policy.namespace.as_deref().unwrap_or_default();
        if let Ok(meaning) = meaning::read(index, policy, network) {
            namespaces.entry(namespace).or_default().push((index, policy, meaning));
        }
    }
    namespaces
}

/// What policies of a namespace allow.
fn all<'m>(
    namespace: &str,
    meanings: impl IntoIterator<Item = &'m Meaning>,
    network: &Network,
) -> BTreeSet<Atom> {
    let allowed = meanings.into_iter().flat_map(|meaning| &meaning.allowed);
    let named = allowed.flat_map(|allowed| atoms(allowed, namespace));
    named.flat_map(|atom| atom.plain(network)).collect()
}

/// Whether both isolate the same pods and allow the same. A direction that is not restricted is the same as one
/// in which everything is allowed.
fn is_same(namespace: &str, old: &[Read<'_>], new: &[Read<'_>], network: &Network) -> bool {
    let [old, new] = [old, new].map(|side| {
        let meanings: Vec<_> = side.iter().map(|(_, _, meaning)| meaning.clone()).collect();
        let open = super::reading::open(&meanings)?;
        let mut atoms = all(namespace, &meanings, network);
        atoms.extend(open.into_iter().flat_map(|direction| {
            let everything = super::reading::everything(direction);
            super::atom::atoms(&everything, namespace).collect::<Vec<_>>()
        }));
        Some(atoms)
    });
    let covers = |wide: &BTreeSet<Atom>, narrow: &BTreeSet<Atom>| {
        narrow.iter().all(|atom| wide.contains(atom) || wide.iter().any(|other| other.includes(atom)))
    };
    old.zip(new).is_some_and(|(old, new)| covers(&old, &new) && covers(&new, &old))
}

fn evaluator<'p, 'c: 'p>(policies: impl Iterator<Item = &'p Read<'c>>) -> Evaluator {
    let resources = policies.map(|(_, policy, _)| (*policy).clone()).collect();
    Evaluator::new(&Cluster::new(resources), crate::cluster::Facts::default())
}

/// Whether the evaluator of policies says the same of both, for pods, peers and ports that they name.
fn agree(
    [before, after]: &[Evaluator; 2],
    namespace: &str,
    old: &[Read<'_>],
    new: &[Read<'_>],
    network: &Network,
) -> bool {
    let meanings = old.iter().chain(new).map(|(_, _, meaning)| meaning);
    let atoms = all(namespace, meanings, network);
    let own: BTreeSet<_> = atoms.iter().map(|atom| (namespace, &atom.own)).collect();
    let none = PodLabels::default();
    let peers = atoms.iter().filter_map(|atom| Some((atom.peer.strip_prefix("namespace-")?, &atom.pods)));
    let peers: BTreeSet<_> = peers.chain([("elsewhere", &none)]).chain(own.iter().copied()).collect();
    let addresses = atoms.iter().filter_map(|atom| atom.target.as_ref()?.parse().ok());
    let addresses: BTreeSet<ipnet::IpNet> = addresses.collect();
    let outside = ["192.0.2.1/32", "1.1.1.1/32"].iter().filter_map(|address| address.parse().ok());
    let outside = addresses.into_iter().chain(outside).map(address);
    let others: Vec<_> = peers.into_iter().map(pod).take(MAX_ASKED).chain(outside.take(MAX_ASKED)).collect();
    let ports: Vec<_> = ports(&atoms).into_iter().take(MAX_ASKED).collect();
    let asked = own.into_iter().chain([(namespace, &none)]).take(MAX_ASKED).map(pod);
    let says = |evaluator: &Evaluator, way, own: &End, other: &End| -> Vec<Truth> {
        let side = evaluator.side(way, own, other);
        ports.iter().map(|port| side.at(port).truth).collect()
    };
    asked.into_iter().all(|own| {
        others.iter().all(|other| {
            let is_same = |way| says(before, way, &own, other) == says(after, way, &own, other);
            is_same(Way::Egress) && is_same(Way::Ingress)
        })
    })
}

fn pod((namespace, labels): (&str, &PodLabels)) -> End {
    let labels = labels.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    End::Pod(Pod { namespace: Text::copied(namespace), labels: Labels::all(labels.collect()) })
}

fn address(range: ipnet::IpNet) -> End {
    End::Outside { addresses: crate::cluster::Addresses::single(range.addr()), name: None }
}

/// The ports that are named, and one that nobody names.
fn ports(atoms: &BTreeSet<Atom>) -> Vec<Port> {
    let number = |atom: &Atom| match &atom.open {
        super::atom::Open::Port(port) => port.split(['/', '-']).next()?.parse().ok(),
        _ => None,
    };
    let numbers: BTreeSet<u16> = atoms.iter().filter_map(number).chain([65000]).collect();
    numbers.into_iter().map(Port::tcp).collect()
}
