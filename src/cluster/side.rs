//! What the policies of one side of a connection say, and of both.

use std::collections::BTreeSet;

use super::addresses::Addresses;
use super::end::End;
use super::ports::{Port, PortName, PortSet};
use super::truth::{Condition, Truth};

/// How much more than one end a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// Pods of a namespace, or addresses.
    Narrow,
    /// Pods of any namespace.
    Cluster,
    /// Everything.
    Everything,
}

/// What one rule says about an end.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The index of its policy among the resources of the cluster.
    pub policy: usize,
    /// Whether it is about this end.
    pub truth: Truth,
    /// Which addresses of the end it is about, if it selects addresses.
    pub part: Option<Addresses>,
    /// The ports that it is about.
    pub ports: PortSet,
    /// How much more it is about.
    pub breadth: Breadth,
}

impl Grant {
    /// Whether it is about a port.
    fn at(&self, port: &Port) -> Truth {
        let numbers = Truth::from(self.ports.has_number(port));
        let names = self.ports.names(port.protocol).map(|name| match &port.name {
            PortName::Known(own) => Truth::from(own == name),
            PortName::None => Truth::No,
            PortName::Unknown => Truth::on(Condition::PortName(name.clone())),
        });
        names.fold(numbers, Truth::or).and(self.truth.clone())
    }
}

/// One side of a connection.
#[derive(Clone, Debug)]
pub struct Side {
    /// Whether a policy denies what none allows.
    pub isolated: Truth,
    /// The policies that do, by their indices among the resources of the cluster, and whether each allows
    /// something.
    isolating: Vec<(usize, bool)>,
    /// What is allowed.
    pub allowed: Vec<Grant>,
    /// What is denied, whatever is allowed.
    pub denied: Vec<Grant>,
    /// The addresses of the other end, if it is outside of the cluster.
    addresses: Option<Addresses>,
}

/// A verdict about one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether the connection is allowed.
    pub truth: Truth,
    /// The policies that decide, by their indices among the resources of the cluster: those that allow it, or
    /// else those that deny it.
    pub by: Vec<usize>,
}

impl Side {
    pub(super) fn open(other: &End) -> Self {
        let addresses = match other {
            End::Outside { addresses, .. } => Some(addresses),
            End::Node(addresses) | End::ApiServer(addresses) => Some(addresses).filter(|own| !own.is_empty()),
            End::Pod(_) | End::CiliumIngress => None,
        };
        Self {
            isolated: Truth::No,
            isolating: Vec::new(),
            allowed: Vec::new(),
            denied: Vec::new(),
            addresses: addresses.cloned(),
        }
    }

    pub(super) fn isolate(&mut self, truth: Truth, policy: usize, allows: bool) {
        self.isolated = std::mem::replace(&mut self.isolated, Truth::No).or(truth);
        self.isolating.push((policy, allows));
    }

    /// The policies that deny what none allows: those that allow nothing, if there are any, since the others
    /// only add to them.
    pub fn isolating(&self) -> Vec<usize> {
        let bare = self.isolating.iter().filter(|(_, allows)| !allows).map(|(policy, _)| *policy);
        let bare: Vec<_> = bare.collect();
        if bare.is_empty() { self.isolating.iter().map(|(policy, _)| *policy).collect() } else { bare }
    }

    /// The verdict about a port.
    pub fn at(&self, port: &Port) -> Ruling {
        let allowed = self.sum(&self.allowed, port);
        let denied = self.sum(&self.denied, port);
        let truth = self.isolated.clone().negated().or(allowed.clone()).and(denied.clone().negated());
        let by = if denied.is_yes() {
            deciding(&self.denied, port)
        } else if allowed.is_no() {
            self.isolating()
        } else {
            deciding(&self.allowed, port)
        };
        Ruling { truth, by }
    }

    /// What several rules say together: addresses add up.
    fn sum(&self, grants: &[Grant], port: &Port) -> Truth {
        let mut truth = Truth::No;
        let mut part = Addresses::default();
        for grant in grants {
            match (grant.at(port), &grant.part) {
                (Truth::Yes, Some(addresses)) => part = part.union(addresses),
                (found, _) => truth = truth.or(found),
            }
        }
        truth.or(self.all_of(&part))
    }

    fn all_of(&self, part: &Addresses) -> Truth {
        if part.is_empty() {
            Truth::No
        } else if self.addresses.as_ref().is_some_and(|all| part.covers(all)) {
            Truth::Yes
        } else {
            Truth::on(Condition::Address(part.to_string().into()))
        }
    }

    /// The ports on which a connection may be allowed, if conditions are met.
    pub fn possible(&self) -> PortSet {
        if !self.isolated.is_yes() {
            return PortSet::all();
        }
        let sure = self.denied.iter().filter(|grant| grant.truth.is_yes() && grant.part.is_none());
        let denied = ports(sure);
        ports(self.allowed.iter()).minus(&denied)
    }

    /// The largest breadth of what allows it: all of it if nothing isolates this side.
    pub fn breadth(&self) -> Breadth {
        if !self.isolated.is_yes() {
            return Breadth::Everything;
        }
        self.allowed.iter().map(|grant| grant.breadth).max().unwrap_or(Breadth::Narrow)
    }
}

fn ports<'g>(grants: impl Iterator<Item = &'g Grant>) -> PortSet {
    grants.fold(PortSet::default(), |set, grant| set.union(&grant.ports))
}

fn deciding(grants: &[Grant], port: &Port) -> Vec<usize> {
    let about = grants.iter().filter(|grant| !grant.at(port).is_no()).map(|grant| grant.policy);
    about.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Both sides of a connection.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The side of the end that connects.
    pub egress: Side,
    /// The side of the end that is connected to.
    pub ingress: Side,
}

impl Judgement {
    /// Whether a connection to a port is possible.
    pub fn truth(&self, port: &Port) -> Truth {
        self.egress.at(port).truth.and(self.ingress.at(port).truth)
    }

    /// The ports on which a connection may be possible, if conditions are met.
    pub fn possible(&self) -> PortSet {
        self.egress.possible().both(&self.ingress.possible())
    }
}
