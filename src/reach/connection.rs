//! The answer about a connection between two places.

use std::collections::{BTreeMap, BTreeSet};

use super::pods::Group;
use super::{Answer, Place, Reach, Step};
use crate::cluster::{Condition, Direction, End, Judgement, Port, PortSet, Side, Truth};

/// A connection that is asked about.
#[derive(Clone, Debug)]
pub struct Connection<'m> {
    /// The place that connects.
    pub from: Place<'m>,
    /// The place that is connected to.
    pub to: Place<'m>,
    /// The port; any port if there is none.
    pub port: Option<Port>,
    /// The labels of the pods that connect; empty if they are not known.
    pub from_labels: BTreeMap<String, String>,
    /// The labels of the pods that are connected to; empty if they are not known.
    pub to_labels: BTreeMap<String, String>,
}

impl<'m> Connection<'m> {
    /// A connection between two places, on any port.
    pub fn new(from: Place<'m>, to: Place<'m>) -> Self {
        Self { from, to, port: None, from_labels: BTreeMap::new(), to_labels: BTreeMap::new() }
    }
}

/// What the policies say about one pair of groups.
pub(super) struct Pair {
    from: Group,
    to: Group,
    pub(super) judgement: Judgement,
}

impl Pair {
    fn truth(&self, ports: &[Port]) -> Truth {
        same(ports.iter().map(|port| self.judgement.truth(&self.to.named(port))))
    }

    fn name(&self) -> String {
        let name = |group: &Group| group.workload.as_ref().map(|workload| format!("`{workload}`"));
        let ends: Vec<_> = [&self.from, &self.to].into_iter().filter_map(name).collect();
        ends.join(" to ")
    }
}

/// The common verdict; the conditions of all if they differ.
fn same(all: impl IntoIterator<Item = Truth>) -> Truth {
    let all: Vec<_> = all.into_iter().collect();
    match all.split_first() {
        None => Truth::No,
        Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
        Some(_) => Truth::Depends(all.iter().flat_map(Truth::conditions).cloned().collect()),
    }
}

impl<'m> Reach<'m> {
    /// The answer about a connection between two places that are not hosts.
    pub fn connection(&self, asked: &Connection<'m>) -> Answer {
        let (ports, mut notes) = self.ports(asked);
        let pairs = self.pairs(asked, &ports);
        let possible =
            pairs.iter().fold(PortSet::default(), |all, pair| all.union(&pair.judgement.possible()));
        let tried = if asked.port.is_some() { ports.clone() } else { possible.firsts() };
        let truth = if tried.is_empty() { named_only(&possible) } else { verdict(&pairs, &tried) };
        let shown = pairs.iter().find(|pair| pair.truth(&tried) == truth).or(pairs.first());
        let steps = shown.map(|pair| self.steps(asked, pair, &tried)).unwrap_or_default();
        let fix = shown.filter(|_| truth.is_no()).and_then(|pair| self.fix(asked, pair, &ports, &mut notes));
        notes.extend(self.own_policies(asked));
        let ports = if asked.port.is_some() { set(&ports) } else { possible };
        Answer { from: asked.from.name(), to: asked.to.name(), ports, truth, steps, notes, fix }
    }

    /// The ports of pods that are asked about: those behind the port of a Service.
    fn ports(&self, asked: &Connection<'m>) -> (Vec<Port>, Vec<String>) {
        let Some(port) = &asked.port else { return (Vec::new(), Vec::new()) };
        let Place::Entry(entry) = &asked.to else { return (vec![port.clone()], Vec::new()) };
        let Some(found) = self.service_port(entry, port) else { return (vec![port.clone()], Vec::new()) };
        let (number, service) = (port.number, &found.service);
        if found.targets.is_empty() {
            let note = format!(
                "{number} is a port of the Service `{service}`; policies match the port of its pods, which \
                 is not known"
            );
            return (vec![port.clone()], vec![note]);
        }
        let targets: Vec<_> = found.targets.iter().map(ToString::to_string).collect();
        let note = format!(
            "{number} is the port of the Service `{service}`; policies match the port of its pods, {}",
            targets.join(" or ")
        );
        (found.targets.iter().map(|target| Port::tcp(*target)).collect(), vec![note])
    }

    fn pairs(&self, asked: &Connection<'m>, ports: &[Port]) -> Vec<Pair> {
        let froms = self.groups(&asked.from, &asked.from_labels);
        let mut tos = self.groups(&asked.to, &asked.to_labels);
        let listens = |group: &Group| ports.iter().any(|port| group.listens(port));
        if tos.iter().any(listens) {
            tos.retain(listens);
        }
        let pair = |from: &Group, to: &Group| Pair {
            from: from.clone(),
            to: to.clone(),
            judgement: self.evaluator.judge(&from.end, &to.end),
        };
        froms.iter().flat_map(|from| tos.iter().map(move |to| pair(from, to))).collect()
    }

    fn steps(&self, asked: &Connection<'m>, pair: &Pair, ports: &[Port]) -> Vec<Step> {
        let ports: Vec<_> = ports.iter().map(|port| pair.to.named(port)).collect();
        let (from, to) = (&pair.from.end, &pair.to.end);
        vec![
            self.step(Direction::Egress, &asked.from.name(), from, &pair.judgement.egress, &ports),
            self.step(Direction::Ingress, &asked.to.name(), to, &pair.judgement.ingress, &ports),
        ]
    }

    /// What one side says about these ports; about any port if there are none.
    pub(super) fn step(&self, way: Direction, name: &str, own: &End, side: &Side, ports: &[Port]) -> Step {
        let subject = match (own, way) {
            (End::Pod(_), Direction::Egress) => format!("egress of {name}"),
            (End::Pod(_), Direction::Ingress) => format!("ingress of {name}"),
            _ => name.to_owned(),
        };
        let step = |truth, reason: Option<&str>| Step {
            subject: subject.clone(),
            truth,
            reason: reason.map(ToOwned::to_owned),
            policies: Vec::new(),
            line: None,
        };
        match own {
            End::Pod(_) if side.isolated.is_no() => step(Truth::Yes, Some("no policy applies to its pods")),
            End::Pod(_) if ports.is_empty() => any_port(step(Truth::No, None), side, self),
            End::Pod(_) => {
                let rulings: Vec<_> = ports.iter().map(|port| side.at(port)).collect();
                let by: BTreeSet<_> = rulings.iter().flat_map(|ruling| ruling.by.iter().copied()).collect();
                let truth = same(rulings.into_iter().map(|ruling| ruling.truth));
                Step { policies: self.policies(&by.into_iter().collect::<Vec<_>>()), ..step(truth, None) }
            }
            End::Node(_) => step(Truth::Yes, Some("policies do not apply to nodes")),
            End::ApiServer(_) => step(Truth::Yes, Some("policies do not apply to the API server")),
            End::CiliumIngress => step(Truth::Yes, Some("policies do not apply to the proxy of Cilium")),
            End::Outside { .. } => step(Truth::Yes, Some("outside of the cluster, where no policy applies")),
        }
    }

    fn own_policies(&self, asked: &Connection<'m>) -> Vec<String> {
        let ends = [&asked.from, &asked.to].into_iter();
        let entries =
            ends.filter_map(|place| if let Place::Entry(entry) = place { Some(*entry) } else { None });
        let codes: BTreeSet<_> = entries.filter_map(|entry| self.has_own_policies(entry)).collect();
        let note = |code| {
            format!("the application `{code}` deploys network policies itself, which are not evaluated")
        };
        codes.into_iter().map(note).collect()
    }
}

/// What a side allows, if the other side allows none of it.
fn any_port(step: Step, side: &Side, reach: &Reach<'_>) -> Step {
    let possible = side.possible();
    if possible.is_empty() {
        return Step { policies: reach.policies(&side.isolating()), ..step };
    }
    let by: BTreeSet<_> = side.allowed.iter().map(|grant| grant.policy).collect();
    let reason = (!possible.is_all()).then(|| format!("only {possible}"));
    Step { truth: Truth::Yes, reason, policies: reach.policies(&by.into_iter().collect::<Vec<_>>()), ..step }
}

/// The verdict about all pairs; if it differs, that of each is a condition.
fn verdict(pairs: &[Pair], ports: &[Port]) -> Truth {
    let all: Vec<_> = pairs.iter().map(|pair| pair.truth(ports)).collect();
    let first = all.first().cloned().unwrap_or(Truth::No);
    if all.iter().all(|truth| *truth == first) {
        return first;
    }
    let verdicts = pairs.iter().zip(&all).map(|(pair, truth)| format!("{} {}", pair.name(), truth.name()));
    let verdicts = verdicts.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    let conditions = all.iter().flat_map(Truth::conditions).cloned();
    Truth::Depends(conditions.chain([Condition::Workload(verdicts.into())]).collect())
}

/// The verdict about ports of which only the names are known.
fn named_only(possible: &PortSet) -> Truth {
    let words: Vec<_> = possible.words();
    if words.is_empty() { Truth::No } else { Truth::on(Condition::PortName(words.join(", ").into())) }
}

fn set(ports: &[Port]) -> PortSet {
    let one = |port: &Port| PortSet::range(port.protocol, port.number, port.number);
    ports.iter().fold(PortSet::default(), |all, port| all.union(&one(port)))
}
