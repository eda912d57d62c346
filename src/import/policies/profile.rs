//! The profile that explains most policies of a namespace.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::allowed::{self, Allowed, Grant, pod_labels};
use super::atom::{Atom, atoms};
use super::{NONE, Reading, controller, meaning, of_kind};
use crate::emit::policies_of_profile;
use crate::import::entry::Scope;
use crate::import::normalization::json;
use crate::kubernetes::Resource;
use crate::model::{Network, Platform, Profiles};
use crate::value::{Text, Value};

/// A profile, and its policies in the platform, by kind and name.
pub(in crate::import) struct Candidate {
    pub(super) name: String,
    specs: BTreeMap<(String, String), serde_json::Value>,
    allowed: Vec<Allowed>,
    /// What its policies allow by their contents; nothing if they cannot be read like this.
    plain: Option<BTreeSet<Atom>>,
}

impl Candidate {
    /// Whether the profile alone makes a policy as it is.
    pub(super) fn explains(&self, policy: &Resource) -> bool {
        self.specs.get(&key(policy)).is_some_and(|spec| *spec == spec_of(policy))
    }

    fn admits(&self, peer: &str) -> bool {
        let name = format!("allow-from-{peer}");
        self.specs.keys().any(|(_, policy)| *policy == name)
    }

    /// What the profile allows in a namespace, one port at a time.
    pub(super) fn atoms(&self, namespace: &str) -> BTreeSet<Atom> {
        self.allowed.iter().flat_map(|allowed| atoms(allowed, namespace)).collect()
    }

    /// Whether everything that the profile allows in a namespace is allowed.
    fn is_within(&self, namespace: &str, wanted: &[Atom]) -> bool {
        let own = |atom: &Atom| Atom { namespace: Text::copied(namespace), ..atom.clone() };
        let is_wanted = |atom: &Atom| wanted.iter().any(|wanted| wanted.includes(atom));
        self.plain.as_ref().is_some_and(|plain| plain.iter().map(own).all(|atom| is_wanted(&atom)))
    }

    /// Whether the profile may be that of a namespace whose policies allow this: they allow what the profile
    /// allows, and have nothing apart that the profile allows anyway.
    fn fits(&self, actual: &[Allowed]) -> bool {
        let is_allowed = |own: &Allowed| {
            let mut same =
                actual.iter().filter(|other| is_about_the_same(own, other) && has_same_pods(own, other));
            same.any(|other| {
                own.grants.iter().all(|grant| other.grants.iter().any(|known| covers(known, grant)))
            })
        };
        let is_apart = |other: &Allowed| {
            let wider = |own: &&Allowed| {
                let covers = own.labels.covers(&other.labels);
                is_about_the_same(own, other) && covers && !has_same_pods(own, other)
            };
            let covered = |own: &Allowed| {
                other.grants.iter().all(|grant| own.grants.iter().any(|known| covers(known, grant)))
            };
            let is_own = |own: &Allowed| is_about_the_same(own, other) && has_same_pods(own, other);
            self.allowed.iter().any(is_own) || !self.allowed.iter().filter(wider).any(covered)
        };
        self.allowed.iter().all(is_allowed) && actual.iter().all(is_apart)
    }
}

fn is_about_the_same(one: &Allowed, other: &Allowed) -> bool {
    one.direction == other.direction && one.peer == other.peer
}

fn has_same_pods(one: &Allowed, other: &Allowed) -> bool {
    one.labels == other.labels
}

fn covers(wide: &Grant, narrow: &Grant) -> bool {
    let is_everything = wide.ports.is_empty() && !wide.ping;
    let has_ports = !narrow.ports.is_empty() && narrow.ports.iter().all(|port| wide.ports.contains(port));
    let opens = is_everything || wide.ping == narrow.ping && (narrow.ping || has_ports);
    opens && pod_labels(&wide.pods).covers(&pod_labels(&narrow.pods))
}

fn key(policy: &Resource) -> (String, String) {
    (policy.kind.kind.to_string(), policy.name.to_string())
}

fn spec_of(policy: &Resource) -> serde_json::Value {
    policy.at(&["spec"]).and_then(Value::map).map(json).unwrap_or_default()
}

/// All profiles, each with its policies.
pub(in crate::import) fn candidates(profiles: &Profiles, platform: &Platform) -> Vec<Candidate> {
    let candidate = |name: &str| {
        let policies = policies_of_profile(name, profiles, platform);
        let policies: Vec<_> = policies.iter().map(Resource::from).collect();
        let allowed = allowed::of_policies(policies.iter().map(|policy| (0, policy)), &platform.network);
        let plain = plain(&policies, &platform.network);
        let specs = policies.iter().map(|policy| (key(policy), spec_of(policy)));
        Candidate { name: name.to_owned(), specs: specs.collect(), allowed, plain }
    };
    profiles.names().map(candidate).collect()
}

/// What policies allow by their contents.
fn plain(policies: &[Resource], network: &Network) -> Option<BTreeSet<Atom>> {
    let read = policies.iter().map(|policy| meaning::read(0, policy, network).ok());
    let read: Vec<_> = read.collect::<Option<_>>()?;
    let all = read.iter().flat_map(|meaning| &meaning.allowed);
    Some(all.flat_map(|allowed| atoms(allowed, "")).flat_map(|atom| atom.plain(network)).collect())
}

/// The profile of an entry whose policies others wrote: the one that allows most of what is allowed, and
/// nothing else.
fn by_contents<'s>(scope: &Scope<'s, '_>) -> Option<&'s Candidate> {
    if !scope.policies.is_closed(scope.namespace) {
        return None;
    }
    let wanted = scope.policies.plain(scope.namespace, &scope.known.platform.network);
    let is_possible =
        |candidate: &&Candidate| candidate.name != NONE && candidate.is_within(scope.namespace, &wanted);
    let rank = |candidate: &&Candidate| {
        let key = (Text::copied(scope.namespace), candidate.name.clone());
        let differences = scope.learned.profiles.get(&key).copied().unwrap_or(0);
        let allowed = candidate.plain.as_ref().map_or(0, BTreeSet::len);
        (Reverse(differences), allowed, Reverse(candidate.specs.len()))
    };
    scope.known.candidates.iter().rev().filter(is_possible).max_by_key(rank)
}

/// The profile of the entry: one all of whose policies are there by name, and most of them as they are; none
/// if the namespace denies nothing by default.
pub(super) fn profile_of<'s>(scope: &Scope<'s, '_>) -> Option<&'s Candidate> {
    if scope.objects.reading == Reading::Contents {
        return by_contents(scope);
    }
    let policies: BTreeMap<_, _> =
        of_kind(scope.objects, scope.namespace).map(|(_, policy)| (key(policy), policy)).collect();
    // a line that allows everything turns a policy of Cilium with echo requests into a NetworkPolicy
    let names: BTreeSet<_> = policies.keys().map(|(_, name)| name).collect();
    let actual = scope.policies.of(scope.namespace);
    let is_narrow = controller::is_narrow(scope);
    let is_possible = |candidate: &&Candidate| {
        candidate.specs.keys().all(|(_, name)| names.contains(name))
            && candidate.fits(actual)
            && !(is_narrow && candidate.admits("ingress-controller"))
    };
    let tried = |candidate: &Candidate| {
        let key = (Text::copied(scope.namespace), candidate.name.clone());
        Reverse(scope.learned.profiles.get(&key).copied().unwrap_or(0))
    };
    let rank = |candidate: &Candidate| {
        let equal = policies.values().filter(|policy| candidate.explains(policy)).count();
        (tried(candidate), equal, Reverse(candidate.specs.len()))
    };
    // the first of the best, while `max_by_key` returns the last one
    let possible = scope.known.candidates.iter().rev().filter(is_possible);
    possible.filter(|candidate| rank(candidate).1 > 0).max_by_key(|candidate| rank(candidate))
}
