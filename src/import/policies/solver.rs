//! Which lines of entries make the policies that are there, found by what compilations without them and with
//! them rendered.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::{Atom, Open, atoms};
use super::own_profiles::common;
use super::{NONE, Policies, Reading, allowed, controller, is_policy, list, meaning, of_kind, written};
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
        let all = Policies::new(&Objects::new(cluster, before), network).atoms(network);
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
    let policies = Policies::new(&objects, network);
    if let Some(unsaid) = unsaid(&policies, before) {
        return Some(unsaid);
    }
    let rendered: Vec<_> = compiled.objects.iter().map(Resource::from).filter(is_policy).collect();
    let solver = Solver {
        wanted: All::new(policies.atoms(network), objects.reading),
        rendered: All::new(of_rendered(&rendered, objects.reading, network), objects.reading),
        without: without(compiled),
        reading: objects.reading,
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
    if is_new {
        return Some(Learned { profiles, lines: Lines::default(), ..learned });
    }
    if objects.reading == Reading::Names {
        return None;
    }
    if let Some(refused) = solver.refused(&policies, &objects, before) {
        return Some(Learned { refused, ..learned });
    }
    let own_profiles =
        if before.own_profiles.is_empty() { common(before.lines.written.iter()) } else { Vec::new() };
    let is_new = !own_profiles.is_empty();
    is_new.then(|| Learned { own_profiles, lines: Lines::default(), ..learned })
}

/// The policies that the language cannot say, if that is not known yet.
fn unsaid(policies: &Policies<'_>, before: &Learned) -> Option<Learned> {
    let unsaid = policies.unsaid.iter().map(|(index, reason)| (*index, (*reason).to_owned()));
    let refused: BTreeMap<_, _> = unsaid.collect();
    (!refused.is_empty()).then(|| Learned { refused, ..before.next() })
}

fn of_rendered(policies: &[Resource], reading: Reading, network: &Network) -> BTreeSet<Atom> {
    let atoms = |policy: &Resource| -> Vec<Atom> {
        let namespace = policy.namespace.clone().unwrap_or_default();
        let all = match reading {
            Reading::Names => allowed::read(0, policy, network),
            Reading::Contents => {
                meaning::read(0, policy, network).map(|meaning| meaning.allowed).unwrap_or_default()
            }
        };
        all.iter().flat_map(|allowed| atoms(allowed, &namespace)).collect()
    };
    let all = policies.iter().flat_map(atoms);
    match reading {
        Reading::Names => all.collect(),
        Reading::Contents => all.flat_map(|atom| atom.plain(network)).collect(),
    }
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
        let made: BTreeSet<_> = all.iter().flat_map(|atom| solver.made(atom)).collect();
        let excess = solver.excess().filter(|atom| atom.namespace == namespace || made.contains(atom));
        let missing = solver.missing().filter(|atom| atom.namespace == namespace);
        let differences = excess.chain(missing).count();
        (differences > 0).then(|| ((namespace, candidate.name.clone()), differences))
    })
}

/// What policies allow, and what they should allow.
struct Solver<'n> {
    /// What the policies before allow.
    wanted: All,
    /// What the rendered policies allow.
    rendered: All,
    /// The namespaces whose entries have no policies.
    without: BTreeSet<Text>,
    reading: Reading,
    network: &'n Network,
}

impl Solver<'_> {
    /// The lines of the next round. Lines that allow too much go first; of the others, those from which more
    /// may follow are written before the rest.
    fn next(&self, known: &Lines) -> Lines {
        let mut lines = known.clone();
        for excess in self.excess() {
            let makes = |line: &&Atom| self.made(line).iter().any(|made| made.covers(excess));
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

    /// What a line allows.
    fn made(&self, line: &Atom) -> Vec<Atom> {
        let made = line.of_line(self.network);
        match self.reading {
            Reading::Names => made,
            Reading::Contents => made.iter().flat_map(|atom| atom.plain(self.network)).collect(),
        }
    }

    /// The policies that stay as they are, because the catalog would allow less, or else more.
    fn refused(
        &self,
        policies: &Policies<'_>,
        objects: &Objects<'_>,
        before: &Learned,
    ) -> Option<BTreeMap<usize, String>> {
        let missing: BTreeSet<_> = self.missing().collect();
        let less = policies.allowing(&missing, self.network).into_iter();
        let less = less.map(|index| {
            (index, "the policies of both ends do not allow the same pods and ports".to_owned())
        });
        let mut refused: BTreeMap<_, _> = less.filter(|(index, _)| objects.get(*index).is_some()).collect();
        if refused.is_empty() {
            for atom in self.excess() {
                let all = of_kind(objects, &atom.namespace);
                refused.extend(all.map(|(index, _)| (index, more(atom))));
            }
        }
        refused.retain(|index, _| !before.refused.contains_key(index));
        (!refused.is_empty()).then_some(refused)
    }

    /// What is allowed and should not be.
    fn excess(&self) -> impl Iterator<Item = &Atom> {
        self.rendered.atoms.iter().filter(|atom| !self.wanted.has(atom))
    }

    /// What is not allowed and should be, and can be.
    fn missing(&self) -> impl Iterator<Item = &Atom> {
        let possible = self.wanted.atoms.iter().filter(|atom| !self.without.contains(&atom.namespace));
        possible.filter(|atom| !self.rendered.has(atom))
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
        let lines = match self.reading {
            Reading::Names => missing.lines(self.network),
            Reading::Contents => missing.plain_lines(self.network),
        };
        let lines = lines.into_iter().enumerate();
        let possible =
            lines.filter(|(_, line)| !known.banned.contains(line) && !known.written.contains(line));
        let ranked = possible.map(|(position, line)| {
            let made = self.made(&line).into_iter();
            let mut seen = made.filter(|made| !self.without.contains(&made.namespace));
            let is_wanted = seen.all(|made| self.wanted.has(&made));
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

/// What is allowed.
struct All {
    atoms: BTreeSet<Atom>,
    /// The same by namespace and direction; nothing where policies are compared by their names.
    grouped: BTreeMap<(Text, Direction), Vec<Atom>>,
}

impl All {
    fn new(atoms: BTreeSet<Atom>, reading: Reading) -> Self {
        let mut grouped = BTreeMap::<_, Vec<Atom>>::new();
        for atom in atoms.iter().filter(|_| reading == Reading::Contents) {
            grouped.entry((atom.namespace.clone(), atom.direction)).or_default().push(atom.clone());
        }
        Self { atoms, grouped }
    }

    /// Whether something is allowed, by itself, with all ports, or by something wider.
    fn has(&self, atom: &Atom) -> bool {
        let with_all_ports = || self.atoms.contains(&Atom { open: Open::All, ..atom.clone() });
        let wider = || {
            let group = self.grouped.get(&(atom.namespace.clone(), atom.direction));
            group.into_iter().flatten().any(|wide| wide.includes(atom))
        };
        self.atoms.contains(atom) || atom.open != Open::Ping && with_all_ports() || wider()
    }
}

/// What the catalog would allow in addition.
fn more(atom: &Atom) -> String {
    let peer = atom.peer.replacen('-', " ", usize::from(atom.peer.starts_with("namespace-")));
    let way = match atom.direction {
        Direction::Egress => "to",
        Direction::Ingress => "from",
    };
    format!("the catalog would also allow connections {way} {peer}")
}
