//! Which lines of entries make the policies that are there, found by what compilations without them and with
//! them rendered.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::{Atom, Open};
use super::{NONE, Policies, allowed, controller, is_policy, list, written};
use crate::cluster::Cluster;
use crate::compile::Compiled;
use crate::import::facts::Known;
use crate::import::learned::Learned;
use crate::import::objects::Objects;
use crate::kubernetes::Resource;
use crate::model::{Direction, Network};
use crate::value::{Map, Text, Value};

/// The lines that are written, and those that would allow something that is not allowed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::import) struct Lines {
    /// The lines of all entries, each with one port.
    pub(in crate::import) written: BTreeSet<Atom>,
    /// Those that must not be written.
    banned: BTreeSet<Atom>,
}

impl Lines {
    /// Bans an item of a list of an entry; false if nothing is banned.
    pub(in crate::import) fn ban(&mut self, namespace: &str, key: &str, item: &Value) -> bool {
        let own =
            self.written.iter().filter(|line| line.namespace.as_str() == namespace && list(line) == key);
        let is_meant = |line: &&Atom| match item {
            Value::Map(map) => without_ports(map) == written(line),
            port => line.grant().ports.contains(port),
        };
        let meant: Vec<_> = own.filter(is_meant).cloned().collect();
        for line in &meant {
            self.remove(line);
        }
        !meant.is_empty()
    }

    /// Writes lines for everything that the policies of a namespace allow; false if there are no new ones.
    pub(in crate::import) fn write_all(
        &mut self,
        namespace: &str,
        cluster: &Cluster,
        known: &Known,
        before: &Learned,
    ) -> bool {
        let network = &known.platform.network;
        let all = Policies::new(&Objects::new(cluster, before), network).atoms();
        let own = all.into_iter().filter(|atom| atom.namespace.as_str() == namespace);
        let lines = own.filter(|atom| atom.lines(network).first() == Some(atom));
        let new: Vec<_> = lines.filter(|line| !self.banned.contains(line)).collect();
        let count = self.written.len();
        self.written.extend(new);
        self.written.len() > count
    }

    fn remove(&mut self, line: &Atom) {
        self.written.remove(line);
        self.banned.insert(line.clone());
    }
}

fn without_ports(line: &Map) -> Map {
    let kept = line.iter().filter(|(key, _)| !matches!(key.as_str(), "ports" | "ping"));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What the policies of a compilation have shown; nothing if there is no other line to try.
pub(in crate::import) fn learned(
    cluster: &Cluster,
    known: &Known,
    compiled: &Compiled,
    before: &Learned,
) -> Option<Learned> {
    let network = &known.platform.network;
    let objects = Objects::new(cluster, before);
    let rendered: Vec<_> = compiled.objects.iter().map(Resource::from).filter(is_policy).collect();
    let solver = Solver {
        wanted: Policies::new(&objects, network).atoms(),
        rendered: of_rendered(&rendered, network),
        without: without(compiled),
        network,
    };
    let lines = solver.next(&before.lines);
    let learned = before.next();
    if lines != before.lines {
        return Some(Learned { lines, ..learned });
    }
    let own_targets: BTreeSet<_> = solver.wrongly_served().collect();
    if known.has_lock && !own_targets.is_subset(&before.beyond_lock) {
        return Some(Learned { beyond_lock: own_targets, lines: Lines::default(), ..learned });
    }
    if !own_targets.is_subset(&before.own_targets) {
        return Some(Learned { own_targets, lines: Lines::default(), ..learned });
    }
    let profiles: BTreeMap<_, _> = doubtful_profiles(&solver, known, compiled).collect();
    let is_new = profiles.keys().any(|profile| !before.profiles.contains_key(profile));
    is_new.then(|| Learned { profiles, lines: Lines::default(), ..learned })
}

fn of_rendered(policies: &[Resource], network: &Network) -> BTreeSet<Atom> {
    let atoms = |policy: &Resource| {
        let namespace = policy.namespace.clone().unwrap_or_default();
        let all = allowed::read(0, policy, network);
        all.iter().flat_map(|allowed| super::atom::atoms(allowed, &namespace).collect::<Vec<_>>()).collect()
    };
    policies.iter().flat_map(|policy| -> Vec<Atom> { atoms(policy) }).collect()
}

/// The namespaces whose entries have no policies.
fn without(compiled: &Compiled) -> BTreeSet<Text> {
    let entries = compiled.model.entries.iter();
    let without = entries.filter(|entry| entry.profile.as_str() == NONE);
    without.map(|entry| entry.namespace.to_text()).collect()
}

/// The profiles of entries whose policies are not as they should be, with the number of differences.
fn doubtful_profiles(
    solver: &Solver<'_>,
    known: &Known,
    compiled: &Compiled,
) -> impl Iterator<Item = ((Text, String), usize)> {
    let entries = compiled.model.entries.iter();
    entries.filter_map(move |entry| {
        let candidate = known.candidates.iter().find(|candidate| candidate.name == entry.profile.as_str())?;
        let namespace = entry.namespace.to_text();
        let all = candidate.atoms(&namespace);
        let made: BTreeSet<_> = all.iter().flat_map(|atom| atom.of_line(solver.network)).collect();
        let excess = solver.excess().filter(|atom| atom.namespace == namespace || made.contains(atom));
        let missing = solver.missing().filter(|atom| atom.namespace == namespace);
        let differences = excess.chain(missing).count();
        (differences > 0).then(|| ((namespace, candidate.name.clone()), differences))
    })
}

/// What policies allow, and what they should allow.
struct Solver<'n> {
    /// What the policies before allow.
    wanted: BTreeSet<Atom>,
    /// What the rendered policies allow.
    rendered: BTreeSet<Atom>,
    /// The namespaces whose entries have no policies.
    without: BTreeSet<Text>,
    network: &'n Network,
}

impl Solver<'_> {
    /// The lines of the next round. Lines that allow too much go first; of the others, those from which more
    /// may follow are written before the rest.
    fn next(&self, known: &Lines) -> Lines {
        let mut lines = known.clone();
        for excess in self.excess() {
            let makes = |line: &&Atom| line.of_line(self.network).iter().any(|made| made.covers(excess));
            let culprits: Vec<_> = lines.written.iter().filter(makes).cloned().collect();
            for culprit in culprits {
                lines.remove(&culprit);
            }
        }
        if lines != *known {
            return lines;
        }
        let candidates: Vec<_> =
            self.missing().filter_map(|missing| self.candidate(missing, known)).collect();
        let first = candidates.iter().map(|(rank, _)| *rank).min();
        let best = candidates.into_iter().filter(|(rank, _)| Some(*rank) == first);
        lines.written.extend(best.map(|(_, line)| line));
        lines
    }

    /// What is allowed and should not be.
    fn excess(&self) -> impl Iterator<Item = &Atom> {
        self.rendered.iter().filter(|atom| !is_covered(atom, &self.wanted))
    }

    /// What is not allowed and should be, and can be.
    fn missing(&self) -> impl Iterator<Item = &Atom> {
        let possible = self.wanted.iter().filter(|atom| !self.without.contains(&atom.namespace));
        possible.filter(|atom| !is_covered(atom, &self.rendered))
    }

    /// The namespaces whose routes lead the ingress controller to other pods than its policies say.
    fn wrongly_served(&self) -> impl Iterator<Item = Text> {
        let controllers: BTreeSet<_> =
            self.network.controllers().map(|pods| pods.namespace.to_text()).collect();
        let served = move |atom: &Atom| {
            let of_controller = controllers.contains(&atom.namespace) && atom.direction == Direction::Egress;
            match atom.peer.strip_prefix("namespace-") {
                Some(namespace) if of_controller => Some(Text::copied(namespace)),
                _ => (atom.peer == controller::PEER).then(|| atom.namespace.clone()),
            }
        };
        self.excess().chain(self.missing()).filter_map(served)
    }

    /// The best line for something that is missing, with its rank; 0 is the best.
    fn candidate(&self, missing: &Atom, known: &Lines) -> Option<(usize, Atom)> {
        let lines = missing.lines(self.network).into_iter().enumerate();
        let possible =
            lines.filter(|(_, line)| !known.banned.contains(line) && !known.written.contains(line));
        let ranked = possible.map(|(position, line)| {
            let made = line.of_line(self.network).into_iter();
            let mut seen = made.filter(|made| !self.without.contains(&made.namespace));
            let is_wanted = seen.all(|made| is_covered(&made, &self.wanted));
            let rank = match (line.is_wide(), is_wanted) {
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                (false, false) => 3 + position,
            };
            (rank, line)
        });
        ranked.min_by_key(|(rank, _)| *rank)
    }
}

/// Whether something is allowed, by itself or with all ports.
fn is_covered(atom: &Atom, all: &BTreeSet<Atom>) -> bool {
    let with_all_ports = || all.contains(&Atom { open: Open::All, ..atom.clone() });
    all.contains(atom) || atom.open != Open::Ping && with_all_ports()
}
