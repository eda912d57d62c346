//! Who may access which host: which route answers a request, from which side, and whether it requires auth.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Place, Side};
use super::comparison::Comparison;
use super::renamed_hosts::RenamedHosts;
use crate::catalog::{Exposure, PathMatch};
use crate::model::{Entry, Model, Path, Platform, Route};
use crate::names::Host;

/// The sides from which requests come, the more dangerous one first.
pub(super) const SIDES: [Exposure; 2] = [Exposure::External, Exposure::Internal];

/// Who may make a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guard {
    /// Nobody: no route answers.
    Closed,
    /// Whoever the platform's auth permits.
    Auth,
    /// Everybody.
    Open,
}

/// A path of a host, and how it is matched; the empty prefix is the whole host.
type Region<'m> = (PathMatch, &'m str);

/// A path of a route that answers for a host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'m> {
    pub(super) entry: &'m Entry,
    pub(super) route: &'m Route,
    pub(super) path: &'m Path,
}

impl<'m> Answer<'m> {
    fn region(&self) -> Region<'m> {
        match &self.path.matching {
            Some((PathMatch::Exact, path)) => (PathMatch::Exact, path),
            Some((PathMatch::Prefix, path)) => (PathMatch::Prefix, path.trim_end_matches('/')),
            None => (PathMatch::Prefix, ""),
        }
    }

    fn guard(&self) -> Guard {
        if self.path.protected { Guard::Auth } else { Guard::Open }
    }
}

/// All hosts of a catalog.
#[derive(Debug)]
pub(super) struct Hosts<'m> {
    platform: &'m Platform,
    answers: BTreeMap<&'m Host, Vec<Answer<'m>>>,
}

impl<'m> Hosts<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut answers = BTreeMap::<_, Vec<_>>::new();
        for entry in &model.entries {
            for route in &entry.routes {
                for host in &route.hosts {
                    let of_host: &mut Vec<_> = answers.entry(host).or_default();
                    of_host.extend(route.paths.iter().map(|path| Answer { entry, route, path }));
                }
            }
        }
        Self { platform: &model.platform, answers }
    }

    /// All hosts, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &'m Host> {
        self.answers.keys().copied()
    }

    /// The paths of the routes that answer for a host.
    pub(super) fn of(&self, host: &Host) -> &[Answer<'m>] {
        self.answers.get(host).map(Vec::as_slice).unwrap_or_default()
    }

    /// The route that answers requests for a region from a side: the most specific one.
    fn answer(&self, host: &Host, region: Region<'_>, side: Exposure) -> Option<Answer<'m>> {
        let faces = |answer: &&Answer<'m>| answer.route.faces(side, self.platform);
        let covering = self.of(host).iter().filter(faces).filter(|answer| covers(answer.region(), region));
        covering.max_by_key(|answer| (answer.region().0, answer.region().1.len())).copied()
    }

    /// Who may access a host from a side, in words: `auth; everybody at /api`.
    pub(super) fn describe(&self, host: &Host, side: Exposure) -> String {
        let faces = |answer: &&Answer<'m>| answer.route.faces(side, self.platform);
        let mut groups = BTreeMap::<Guard, BTreeSet<&str>>::new();
        for answer in self.of(host).iter().filter(faces) {
            groups.entry(answer.guard()).or_default().insert(answer.region().1);
        }
        let text = |(guard, paths): (&Guard, &BTreeSet<&str>)| {
            let who = if *guard == Guard::Open { "everybody" } else { "auth" };
            let paths: Vec<_> = paths.iter().filter(|path| !path.is_empty()).copied().collect();
            if paths.is_empty() { who.to_owned() } else { format!("{who} at {}", paths.join(", ")) }
        };
        let parts: Vec<_> = groups.iter().map(text).collect();
        if parts.is_empty() { "nobody".into() } else { parts.join("; ") }
    }
}

/// Whether requests of a region are requests of another one: `/api` is below `/`, and `/api-secret` is not
/// below `/api`.
fn covers(region: Region<'_>, request: Region<'_>) -> bool {
    match (region, request) {
        ((PathMatch::Exact, one), (PathMatch::Exact, other)) => one == other,
        ((PathMatch::Exact, _), (PathMatch::Prefix, _)) => false,
        ((PathMatch::Prefix, above), (_, path)) => {
            path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    }
}

/// A region of a host that other people may request from a side than before, or that another entry answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transition<'m> {
    pub(super) host: &'m Host,
    /// The name of the host in the old catalog.
    pub(super) old_name: &'m Host,
    pub(super) region: Region<'m>,
    pub(super) side: Exposure,
    pub(super) before: Option<Answer<'m>>,
    pub(super) after: Option<Answer<'m>>,
}

impl<'m> Transition<'m> {
    /// All of them, in the order of hosts and paths. Those of a renamed host are between its old name and its
    /// new one.
    pub(super) fn all([before, after]: &[Hosts<'m>; 2], renamed: &RenamedHosts<'m>) -> Vec<Self> {
        let hosts: BTreeSet<_> = before.names().chain(after.names()).collect();
        let mut found = Vec::new();
        for host in hosts.into_iter().filter(|host| !renamed.has(host)) {
            let old_name = renamed.old_name(host);
            let answers = before.of(old_name).iter().chain(after.of(host));
            let regions: BTreeSet<_> = answers.map(Answer::region).collect();
            for (region, side) in regions.into_iter().flat_map(|region| SIDES.map(|side| (region, side))) {
                let (old, new) = (before.answer(old_name, region, side), after.answer(host, region, side));
                let transition = Self { host, old_name, region, side, before: old, after: new };
                if transition.matters() {
                    found.push(transition);
                }
            }
        }
        found
    }

    fn matters(&self) -> bool {
        let owner = |answer: Option<Answer<'m>>| answer.map(|answer| &answer.entry.namespace);
        self.guards().0 != self.guards().1 || owner(self.before) != owner(self.after)
    }

    /// Who could make the requests, and who can.
    pub(super) fn guards(&self) -> (Guard, Guard) {
        let guard = |answer: Option<Answer<'m>>| answer.as_ref().map_or(Guard::Closed, Answer::guard);
        (guard(self.before), guard(self.after))
    }
}

/// Transitions of one host that have the same meaning.
#[derive(Debug)]
pub(super) struct Regions<'m> {
    pub(super) host: &'m Host,
    transitions: Vec<Transition<'m>>,
}

impl<'m> Regions<'m> {
    /// The transitions that `matches` accepts, by host.
    pub(super) fn of(comparison: &Comparison<'m>, matches: impl Fn(&Transition<'m>) -> bool) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for transition in comparison.transitions.iter().filter(|transition| matches(transition)) {
            match found.last_mut() {
                Some(last) if last.host == transition.host => last.transitions.push(*transition),
                _ => found.push(Self { host: transition.host, transitions: vec![*transition] }),
            }
        }
        found
    }

    /// The route that answered the first of them.
    pub(super) fn before(&self) -> Option<Answer<'m>> {
        self.transitions.iter().find_map(|transition| transition.before)
    }

    /// The route that answers the first of them.
    pub(super) fn after(&self) -> Option<Answer<'m>> {
        self.transitions.iter().find_map(|transition| transition.after)
    }

    /// Whether one of them comes from the internet.
    pub(super) fn is_external(&self) -> bool {
        self.transitions.iter().any(|transition| transition.side == Exposure::External)
    }

    /// Whether everybody may make one of them.
    pub(super) fn opens(&self) -> bool {
        self.transitions.iter().any(|transition| transition.guards().1 == Guard::Open)
    }

    /// The host with its paths, in backticks.
    pub(super) fn name(&self) -> String {
        let paths: BTreeSet<_> = self.transitions.iter().map(|transition| transition.region.1).collect();
        let name = |path| format!("`{}{path}`", self.host);
        if paths.contains("") { name("") } else { paths.into_iter().map(name).collect::<Vec<_>>().join(", ") }
    }

    /// The objects of all routes that answered or answer for the host.
    pub(super) fn objects(&self, comparison: &Comparison<'_>) -> BTreeSet<usize> {
        let requested = |(side, answer): (Side, &Answer<'_>)| {
            comparison.requested(side, &answer.entry.namespace, &answer.route.location)
        };
        let [before, after] = &comparison.hosts;
        let old_name = self.transitions.first().map_or(self.host, |transition| transition.old_name);
        let old = before.of(old_name).iter().map(|answer| (Side::Before, answer));
        let new = after.of(self.host).iter().map(|answer| (Side::After, answer));
        old.chain(new).flat_map(requested).collect()
    }
}

/// Who everybody is.
pub(super) fn everybody(regions: &Regions<'_>) -> &'static str {
    if regions.is_external() { "everybody on the internet" } else { "everybody on your LAN" }
}

/// Where the reason of public paths is; nothing if one of them is answered by a path that was public before,
/// whose reason is about something else.
pub(super) fn reason(regions: &Regions<'_>, comparison: &Comparison<'_>) -> Option<Place> {
    let [before, _] = &comparison.hosts;
    let was_open = |transition: &Transition<'_>| {
        let region = transition.after.as_ref().map(Answer::region);
        let known = region.and_then(|region| before.answer(transition.old_name, region, transition.side));
        known.is_some_and(|known| known.guard() == Guard::Open)
    };
    let answer = regions.after().filter(|_| !regions.transitions.iter().any(was_open))?;
    Some(Place::after(answer.path.location.key("reason")))
}

impl<'c> Comparison<'c> {
    /// Whether the region could be requested from any side before.
    pub(super) fn was_reachable(&self, transition: &Transition<'c>) -> bool {
        let [before, _] = &self.hosts;
        SIDES.iter().any(|side| before.answer(transition.old_name, transition.region, *side).is_some())
    }

    /// The hosts that no route answers for any more, under whatever name.
    pub(super) fn removed_hosts(&self) -> impl Iterator<Item = &'c Host> {
        let [before, after] = &self.hosts;
        before.names().filter(|host| after.of(host).is_empty() && !self.renamed_hosts.has(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_whole_segments() {
        let prefix = |path| (PathMatch::Prefix, path);
        assert!(covers(prefix(""), prefix("/api")) && covers(prefix("/api"), prefix("/api/v1")));
        assert!(!covers(prefix("/api"), prefix("/api-secret")) && !covers(prefix("/api"), prefix("")));
        assert!(covers(prefix("/api"), (PathMatch::Exact, "/api")));
        assert!(!covers((PathMatch::Exact, "/api"), prefix("/api")));
    }
}
