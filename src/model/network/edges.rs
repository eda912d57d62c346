//! Who may connect to whom: the edges of profiles, entries and routes, merged into policies. One line allows
//! both sides.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::allow_rule::allow_rules;
use super::controller::Controller;
use super::edge::Edge;
use super::edge_reader::{Reader, Writer};
use super::owners::Owners;
use super::peer::Peer;
use super::sides::Sides;
use super::{check, name_edges, services};
use crate::diagnostics::{Location, Sink};
use crate::kubernetes::Origin;
use crate::model::{Entry, Platform, Policies, Profiles};
use crate::parallel::map_chunks;
use crate::value::Text;

/// What one entry has besides its profile.
pub(super) type Extra = Vec<(Edge, Origin)>;

/// Computes the policies of each entry.
pub(in crate::model) fn connect(
    entries: &mut [Entry],
    platform: &Platform,
    profiles: &Profiles,
    threads: NonZeroUsize,
    findings: &mut Sink,
) {
    let profile_edges = edges_of_profiles(entries, profiles, platform);
    let (owners, hosts) = (Owners::new(entries), services::hosts(entries));
    let lines = Lines { platform, owners: &owners, hosts: &hosts, profile_edges: &profile_edges };
    let mut extras = lines.of_all(entries, threads, findings);
    let sides = Sides { entries, owners, profile_edges: &profile_edges, platform };
    sides.mirror(&mut extras);
    for controller in Controller::all(&sides, &extras) {
        controller.connect(&mut extras);
    }
    let pairs: Vec<_> = entries.iter().zip(&extras).collect();
    let of_pair = |(entry, extra): &(&Entry, &Extra)| policies(entry, &profile_edges[&entry.profile], extra);
    let chunks = map_chunks(&pairs, threads, |pairs| pairs.iter().map(of_pair).collect::<Vec<_>>());
    for (entry, policies) in entries.iter_mut().zip(chunks.into_iter().flatten()) {
        entry.policies = policies;
    }
}

/// The edges of each profile that is in use.
fn edges_of_profiles(
    entries: &[Entry],
    profiles: &Profiles,
    platform: &Platform,
) -> BTreeMap<Text, Vec<Edge>> {
    let mut edges = BTreeMap::new();
    for entry in entries {
        if !edges.contains_key(&entry.profile) {
            edges.insert(entry.profile.clone(), profiles.edges(&entry.profile, platform));
        }
    }
    edges
}

/// Reads the lines of entries that allow connections.
struct Lines<'k> {
    platform: &'k Platform,
    owners: &'k Owners<'k>,
    hosts: &'k BTreeMap<&'k str, bool>,
    profile_edges: &'k BTreeMap<Text, Vec<Edge>>,
}

impl Lines<'_> {
    fn of_all(&self, entries: &[Entry], threads: NonZeroUsize, findings: &mut Sink) -> Vec<Extra> {
        let chunks = map_chunks(entries, threads, |entries| {
            let mut findings = Sink::new();
            let extras: Vec<_> = entries.iter().map(|entry| self.of_entry(entry, &mut findings)).collect();
            (extras, findings)
        });
        let mut extras = Vec::with_capacity(entries.len());
        for (more, found) in chunks {
            extras.extend(more);
            findings.extend(found);
        }
        extras
    }

    fn of_entry(&self, entry: &Entry, findings: &mut Sink) -> Extra {
        let mut edges = own_edges(entry, self.platform, findings);
        let profile = &self.profile_edges[&entry.profile];
        check::edges(entry, &edges, profile, self.owners, findings);
        edges.extend(name_edges::edges(&edges, profile, self.platform));
        services::check_hosts(entry, self.hosts, findings);
        edges.extend(services::edges(entry, self.platform, findings));
        edges.reserve_exact(entry.routes.len());
        edges
    }
}

fn own_edges(entry: &Entry, platform: &Platform, findings: &mut Sink) -> Extra {
    if entry.egress.is_empty() && entry.ingress.is_empty() {
        return Extra::new();
    }
    // as many as there are lines, and no more: a catalog may have a hundred thousand
    let mut edges: Extra = Vec::with_capacity(entry.egress.len() + entry.ingress.len());
    let location = entry.location.key("networkPolicies");
    let reader = Reader { platform, writer: Writer::Egress };
    for (index, written) in entry.egress.iter().enumerate() {
        let location = location.key("egress").index(index);
        let edge = reader.egress(&location, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(location))));
    }
    let reader = Reader { platform, writer: Writer::Ingress(&entry.namespace) };
    for (index, written) in entry.ingress.iter().enumerate() {
        let location = location.key("ingress").index(index);
        let edge = reader.ingress(&location, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(location))));
    }
    edges
}

/// The policies of an entry. Ports of webhooks that a profile guesses are left out where all are known.
fn policies(entry: &Entry, all: &[Edge], extra: &Extra) -> Policies {
    if entry.profile.as_str() == "none" {
        return Policies::None;
    }
    let is_guessed = |edge: &Edge| edge.peer == Peer::WebhookCaller && entry.knows_webhooks;
    let profile = || all.iter().filter(|edge| !is_guessed(edge));
    let adds = |(edge, _): &&(Edge, Origin)| !profile().any(|known| known.covers(edge));
    let added: Vec<_> = extra.iter().filter(adds).collect();
    if added.is_empty() && !all.iter().any(is_guessed) {
        return Policies::Profile;
    }
    let by_profile = Origin::profile(profile_line(&entry.location), &entry.profile);
    let edges = profile()
        .map(|edge| (edge, &by_profile))
        .chain(added.into_iter().map(|(edge, origin)| (edge, origin)));
    Policies::Own(allow_rules(edges))
}

/// The line of an entry with its profile.
pub fn profile_line(entry: &Location) -> Location {
    entry.key("networkPolicies").key("profile")
}
