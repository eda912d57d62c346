//! Everybody who can reach a place, the widest first.

use super::connection::Connection;
use super::{Answer, Line, Place, Reach};
use crate::catalog::Exposure;
use crate::cluster::{Port, PortSet, Truth};
use crate::model::Entry;
use crate::value::Text;

/// One end that can reach a place.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its name.
    pub name: String,
    /// The host by which visitors reach it, and whether every path of it requires auth.
    pub host: Option<(Text, bool)>,
    /// The ports.
    pub ports: PortSet,
    /// Whether it can, or what it depends on.
    pub truth: Truth,
    /// The lines that allow it.
    pub lines: Vec<Line>,
    /// How wide it is; smaller is wider.
    width: usize,
}

/// Everybody who can reach a place.
#[derive(Clone, Debug)]
pub struct Callers {
    /// The name of the place.
    pub to: String,
    /// Who can, the widest first.
    pub callers: Vec<Caller>,
    /// How many entries and peers cannot.
    pub others: usize,
}

/// The peers that connections may come from, the widest first.
const SOURCES: [&str; 5] = ["internet", "lan", "nodes", "kube-apiserver", "ingress-controller"];

impl<'m> Reach<'m> {
    /// Everybody who can reach an entry, on any port or on one.
    pub fn callers(&self, to: &'m Entry, port: Option<&Port>) -> Callers {
        let mut callers = self.visitors(to);
        let mut others = 0;
        for (width, from) in self.sources(to).into_iter().enumerate() {
            let asked = Connection { port: port.cloned(), ..Connection::new(from.clone(), Place::Entry(to)) };
            let answer = self.connection(&asked);
            if answer.truth.is_no() {
                others += 1;
            } else {
                callers.push(caller(&from, answer, width));
            }
        }
        callers.sort_by(|one, other| {
            let key =
                |caller: &Caller| (caller.width, std::cmp::Reverse(caller.ports.size()), caller.name.clone());
            key(one).cmp(&key(other))
        });
        Callers { to: to.namespace.to_string(), callers, others }
    }

    /// The ends that may connect to an entry and are worth asking about, the widest first.
    pub fn sources(&self, to: &Entry) -> Vec<Place<'m>> {
        let network = &self.model.platform.network;
        let declared = network.peers.keys().cloned().map(Place::Peer);
        let peers = SOURCES.iter().map(|name| Place::Peer((*name).into()));
        let known = peers.filter(|place| !matches!(self.peer(&place.name()), ref end if is_nowhere(end)));
        // A namespace that does not exist is what every other one may be.
        let any = [Place::Namespace("any other namespace".into())];
        let entries = self.model.entries.iter().filter(|entry| entry.namespace != to.namespace);
        known.chain(declared).chain(any).chain(entries.map(Place::Entry)).collect()
    }

    fn visitors(&self, to: &'m Entry) -> Vec<Caller> {
        let mut found = Vec::new();
        for route in &to.routes {
            let is_external = route.faces(Exposure::External, &self.model.platform);
            let from = Place::Peer(if is_external { "internet" } else { "lan" }.into());
            for host in &route.hosts {
                let host = Text::copied(host.as_str());
                let answer = self.visit(&from, &host, None);
                let is_protected = route.paths.iter().all(|path| path.protected);
                if !answer.truth.is_no() {
                    let line = self.line(&route.location.key("host"));
                    let caller = caller(&from, answer, 0);
                    found.push(Caller {
                        host: Some((host, is_protected)),
                        lines: line.into_iter().collect(),
                        ..caller
                    });
                }
            }
        }
        found
    }
}

fn is_nowhere(end: &crate::cluster::End) -> bool {
    matches!(end, crate::cluster::End::Outside { addresses, .. } if addresses.is_empty())
}

/// Entries are equally wide, and narrower than all peers.
fn caller(from: &Place<'_>, answer: Answer, width: usize) -> Caller {
    let last = answer.steps.last();
    let lines =
        last.into_iter().flat_map(|step| &step.policies).flat_map(|policy| policy.lines.clone()).collect();
    let width = if matches!(from, Place::Entry(_)) { usize::MAX } else { width };
    Caller { name: from.name(), host: None, ports: answer.ports, truth: answer.truth, lines, width }
}
