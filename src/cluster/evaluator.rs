//! Who can reach whom: the semantics of all policies of a cluster together. Policies add up: a connection is
//! possible if both of its sides allow it, and a side allows it if no policy isolates it, or if one allows it
//! and none denies it.

use std::collections::{BTreeMap, BTreeSet};

use super::addresses::Addresses;
use super::end::{End, Found, Labels, Pod};
use super::policy::{
    CILIUM_NAMESPACE, CILIUM_NAMESPACE_LABELS, CILIUM_POLICY_LABELS, Direction, Entity, NAMESPACE_NAME, Peer,
    Policy, Rule, Scope,
};
use super::selector::Selector;
use super::side::{Breadth, Grant, Judgement, Side};
use super::truth::{Condition, Truth};
use super::{Cluster, cilium_policy, network_policy};
use crate::kubernetes::resource::{at, text};
use crate::value::{Map, Text, Value};
use crate::wildcard;

/// What manifests do not say about a cluster.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Whether Cilium enforces the policies. It knows pods and nodes by their identities, and never matches
    /// them by their addresses; other CNIs differ.
    pub is_cilium: bool,
    /// The addresses of pods, as far as they are known.
    pub pods: Addresses,
}

/// Evaluates the policies of a cluster: NetworkPolicies, and those of Cilium.
#[derive(Debug)]
pub struct Evaluator {
    facts: Facts,
    policies: Vec<Policy>,
    /// The policies of each namespace; those of the whole cluster have none.
    by_namespace: BTreeMap<Option<Text>, Vec<usize>>,
    namespaces: BTreeMap<Text, Labels>,
}

impl Evaluator {
    /// Reads the policies and namespaces of a cluster.
    pub fn new(cluster: &Cluster, facts: Facts) -> Self {
        let mut policies = Vec::new();
        for (index, resource) in cluster.resources().iter().enumerate() {
            match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
                ("networking.k8s.io", "NetworkPolicy") => {
                    policies.push(network_policy::read(resource, index));
                }
                ("cilium.io", "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy") => {
                    policies.extend(cilium_policy::read(resource, index, cluster));
                }
                _ => {}
            }
        }
        let mut by_namespace: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, policy) in policies.iter().enumerate() {
            by_namespace.entry(policy.namespace.clone()).or_default().push(index);
        }
        Self { facts, policies, by_namespace, namespaces: namespaces(cluster) }
    }

    /// What the policies of both ends say about connections from one to the other.
    pub fn judge(&self, from: &End, to: &End) -> Judgement {
        Judgement {
            egress: self.side(Direction::Egress, from, to),
            ingress: self.side(Direction::Ingress, to, from),
        }
    }

    /// What the policies of one end say about connections with the other. Policies apply to pods only.
    pub fn side(&self, direction: Direction, own: &End, other: &End) -> Side {
        let mut side = Side::open(other);
        let Some(pod) = own.pod() else { return side };
        let keys = [Some(pod.namespace.clone()), None];
        for index in keys.iter().filter_map(|key| self.by_namespace.get(key)).flatten() {
            if let Some(policy) = self.policies.get(*index) {
                self.add(policy, direction, pod, other, &mut side);
            }
        }
        side
    }

    /// The namespaces that the policies of a namespace name in this direction: what they allow for others is
    /// allowed for all namespaces.
    pub fn named(&self, direction: Direction, namespace: &Text) -> BTreeSet<Text> {
        let keys = [Some(namespace.clone()), None];
        let indices = keys.iter().filter_map(|key| self.by_namespace.get(key)).flatten();
        let policies = indices.filter_map(|index| self.policies.get(*index));
        let peers = policies.flat_map(|policy| &policy.rules(direction).allow).flat_map(|rule| &rule.peers);
        peers.flat_map(named).collect()
    }

    fn add(&self, policy: &Policy, direction: Direction, pod: &Pod, other: &End, side: &mut Side) {
        let applies = self.has_labels(&policy.pods, pod);
        if applies.is_no() {
            return;
        }
        let rules = policy.rules(direction);
        if rules.isolates {
            side.isolate(applies.clone(), policy.resource, !rules.allow.is_empty());
        }
        let grants = |rule| self.grants(policy, rule, direction, &applies, other);
        side.allowed.extend(rules.allow.iter().flat_map(grants));
        side.denied.extend(rules.deny.iter().flat_map(grants));
    }

    /// What a rule says about an end: about all of it, about some of its addresses, or nothing.
    fn grants(
        &self,
        policy: &Policy,
        rule: &Rule,
        way: Direction,
        applies: &Truth,
        other: &End,
    ) -> Vec<Grant> {
        let (mut whole, mut part, mut breadth) = (Truth::No, Addresses::default(), Breadth::Narrow);
        for peer in &rule.peers {
            let (matched, addresses) = self.matches(peer, other);
            if !matched.is_no() {
                breadth = breadth.max(breadth_of(peer));
            }
            if addresses.is_empty() {
                whole = whole.or(matched);
            }
            part = part.union(&addresses);
        }
        // The name of a port is that of a container, which an address does not have.
        let has_names = way == Direction::Ingress || other.pod().is_some();
        let ports = if has_names { rule.ports.clone() } else { rule.ports.numbered() };
        let condition = rule.condition.clone().map_or(Truth::Yes, Truth::on).and(applies.clone());
        let grant = |truth: Truth, part| Grant {
            policy: policy.resource,
            truth: truth.and(condition.clone()),
            part,
            ports: ports.clone(),
            breadth,
        };
        let some = (!part.is_empty()).then(|| grant(Truth::Yes, Some(part)));
        let all = [grant(whole, None)].into_iter().chain(some);
        all.filter(|grant| !grant.truth.is_no() && !grant.ports.is_empty()).collect()
    }

    /// Whether a peer is this end; for addresses, which of them.
    fn matches(&self, peer: &Peer, end: &End) -> (Truth, Addresses) {
        let none = Addresses::default();
        match (peer, end) {
            (Peer::Everything, _) => (Truth::Yes, none),
            (Peer::Unevaluated(what), _) => (Truth::on(Condition::Unevaluated(what.clone())), none),
            (Peer::Pods(scope, selector), End::Pod(pod)) => (self.is_pod(scope, selector, pod), none),
            (Peer::Entities(entities), end) => entity(entities, end),
            (Peer::Addresses(range), End::Outside { addresses, .. }) => within(range, addresses),
            (Peer::Addresses(range), End::Node(own) | End::ApiServer(own)) => self.within_nodes(range, own),
            (Peer::Addresses(range), End::Pod(_)) => (self.covers_pods(range), none),
            (Peer::Names(names), End::Outside { name, .. }) => (is_named(names, name.as_ref()), none),
            _ => (Truth::No, none),
        }
    }

    /// Cilium matches no pod by its address; whether other CNIs do is not defined.
    fn covers_pods(&self, range: &Addresses) -> Truth {
        let may_be = !self.facts.is_cilium && !range.both(&self.facts.pods).is_empty();
        if may_be { Truth::on(Condition::Cni) } else { Truth::No }
    }

    /// Cilium matches no node by its address.
    fn within_nodes(&self, range: &Addresses, own: &Addresses) -> (Truth, Addresses) {
        if self.facts.is_cilium {
            return (Truth::No, Addresses::default());
        }
        if own.is_empty() {
            return (Truth::from(!range.is_empty()).and(Truth::on(Condition::Node)), Addresses::default());
        }
        within(range, own)
    }

    fn is_pod(&self, scope: &Scope, selector: &Selector, pod: &Pod) -> Truth {
        let in_scope = match scope {
            Scope::All => Truth::Yes,
            Scope::Own(namespace) => Truth::from(*namespace == pod.namespace),
            Scope::Labelled(labels) => self.is_namespace(labels, &pod.namespace),
        };
        if in_scope.is_no() { in_scope } else { in_scope.and(self.has_labels(selector, pod)) }
    }

    fn is_namespace(&self, selector: &Selector, namespace: &Text) -> Truth {
        let find = |key: &str| self.namespace_label(namespace, key);
        match selector.matches(find) {
            Some(known) => known.into(),
            None => Truth::on(Condition::NamespaceLabels {
                namespace: namespace.clone(),
                selector: selector.open(find).to_string().into(),
            }),
        }
    }

    /// Whether pods have labels, with those that Cilium adds to each.
    fn has_labels(&self, selector: &Selector, pod: &Pod) -> Truth {
        let find = |key: &str| self.pod_label(pod, key);
        match selector.matches(find) {
            Some(known) => known.into(),
            None => Truth::on(Condition::PodLabels {
                namespace: pod.namespace.clone(),
                selector: selector.open(find).to_string().into(),
            }),
        }
    }

    fn pod_label<'l>(&'l self, pod: &'l Pod, key: &str) -> Found<'l> {
        if key == CILIUM_NAMESPACE {
            Found::Value(&pod.namespace)
        } else if let Some(key) = key.strip_prefix(CILIUM_NAMESPACE_LABELS) {
            self.namespace_label(&pod.namespace, key)
        } else if key.starts_with(CILIUM_POLICY_LABELS) {
            Found::Unknown
        } else {
            pod.labels.find(key)
        }
    }

    fn namespace_label<'l>(&'l self, namespace: &'l Text, key: &str) -> Found<'l> {
        if key == NAMESPACE_NAME {
            return Found::Value(namespace);
        }
        self.namespaces.get(namespace).map_or(Found::Unknown, |labels| labels.find(key))
    }
}

fn breadth_of(peer: &Peer) -> Breadth {
    match peer {
        Peer::Everything => Breadth::Everything,
        Peer::Entities(entities) if entities.contains(&Entity::All) => Breadth::Everything,
        Peer::Entities(entities) if entities.contains(&Entity::Cluster) => Breadth::Cluster,
        Peer::Pods(Scope::All, selector) => broad(selector, &[CILIUM_NAMESPACE]),
        Peer::Pods(Scope::Labelled(labels), _) => broad(labels, &[NAMESPACE_NAME]),
        _ => Breadth::Narrow,
    }
}

/// The namespaces that a peer names.
fn named(peer: &Peer) -> Vec<Text> {
    match peer {
        Peer::Pods(Scope::Own(namespace), _) => vec![namespace.clone()],
        Peer::Pods(Scope::Labelled(labels), _) => labels.values(NAMESPACE_NAME).cloned().collect(),
        Peer::Pods(Scope::All, selector) => selector.values(CILIUM_NAMESPACE).cloned().collect(),
        _ => Vec::new(),
    }
}

/// A selector that names no namespace is about all of them.
fn broad(selector: &Selector, names: &[&str]) -> Breadth {
    let named = selector.part(|key| names.contains(&key));
    if named.matches(|_| Found::Absent) == Some(false) { Breadth::Narrow } else { Breadth::Cluster }
}

fn namespaces(cluster: &Cluster) -> BTreeMap<Text, Labels> {
    let labels = |value: &Map| {
        let pairs = at(value, &["metadata", "labels"]).and_then(Value::map).into_iter().flat_map(Map::iter);
        pairs.filter_map(|(key, value)| Some((key.to_string(), text(value)?.to_owned()))).collect()
    };
    let all = cluster.of_kind("", "Namespace");
    all.map(|namespace| (namespace.name.clone(), Labels::all(labels(&namespace.value)))).collect()
}

/// Which of these addresses are in a range.
fn within(range: &Addresses, addresses: &Addresses) -> (Truth, Addresses) {
    let part = range.both(addresses);
    (Truth::from(!part.is_empty()), part)
}

/// Whether an end belongs to one of these groups; for addresses, which of them.
fn entity(entities: &BTreeSet<Entity>, end: &End) -> (Truth, Addresses) {
    let has = |any: &[Entity]| any.iter().any(|entity| entities.contains(entity));
    let nodes = [Entity::Host, Entity::RemoteNode];
    let are_nodes = nodes.iter().all(|entity| entities.contains(entity));
    let truth = match end {
        _ if has(&[Entity::All]) => Truth::Yes,
        End::Outside { addresses, .. } => return outside(entities, addresses),
        _ if has(&[Entity::Cluster]) => Truth::Yes,
        End::CiliumIngress => has(&[Entity::Ingress]).into(),
        End::Node(_) if are_nodes => Truth::Yes,
        End::ApiServer(_) if has(&[Entity::KubeApiserver]) => Truth::Yes,
        // One of the nodes, or a node that the API server runs on.
        End::Node(_) | End::ApiServer(_) if has(&nodes) || has(&[Entity::KubeApiserver]) => {
            Truth::on(Condition::Node)
        }
        End::Pod(_) | End::Node(_) | End::ApiServer(_) => Truth::No,
    };
    (truth, Addresses::default())
}

fn outside(entities: &BTreeSet<Entity>, addresses: &Addresses) -> (Truth, Addresses) {
    let families = [
        (Entity::World, Addresses::all()),
        (Entity::WorldIpv4, Addresses::all_v4()),
        (Entity::WorldIpv6, Addresses::all_v6()),
    ];
    let listed = families.iter().filter(|(entity, _)| entities.contains(entity));
    within(&listed.fold(Addresses::default(), |all, (_, family)| all.union(family)), addresses)
}

/// Whether a name is one of these; without a name, it may be.
fn is_named(patterns: &[Text], name: Option<&Text>) -> Truth {
    if patterns.is_empty() {
        return Truth::No;
    }
    match name {
        Some(name) => patterns.iter().any(|pattern| matches_name(pattern, name)).into(),
        None => Truth::on(Condition::DnsName(patterns.join(", ").into())),
    }
}

/// Whether a DNS name matches a pattern, in which `*` matches any characters but a dot, and everything if it
/// is alone; `**.` at the beginning matches one or more labels (Cilium 1.19,
/// `matchpattern.ToAnchoredRegexp`).
fn matches_name(pattern: &str, name: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match pattern.strip_prefix("**.") {
        None => matches_labels(pattern, name),
        Some(rest) if name.starts_with('.') || rest.is_empty() => false,
        Some(rest) => {
            let mut tails = name.match_indices('.').filter_map(|(dot, _)| name.get(dot + 1..));
            tails.any(|tail| matches_labels(rest, tail))
        }
    }
}

fn matches_labels(pattern: &str, name: &str) -> bool {
    pattern.split('.').count() == name.split('.').count()
        && pattern.split('.').zip(name.split('.')).all(|(pattern, label)| wildcard::matches(pattern, label))
}

#[cfg(test)]
mod tests {
    use super::matches_name;

    #[test]
    fn a_star_does_not_match_a_dot() {
        for (pattern, name, expected) in [
            ("api.github.com", "api.github.com", true),
            ("*.github.com", "api.github.com", true),
            ("*.github.com", "a.api.github.com", false),
            ("*.github.com", "github.com", false),
            ("a*b*.org", "axxbyy.org", true),
            ("a*b*.org", "axx.org", false),
            ("*", "anything.example.com", true),
            ("**.github.com", "a.api.github.com", true),
            ("**.github.com", "api.github.com", true),
            ("**.github.com", "github.com", false),
            ("api.*.com", "api..com", true),
            (&"*a".repeat(60), &"a".repeat(250), true),
            (&format!("{}b", "*a".repeat(60)), &"a".repeat(250), false),
        ] {
            assert_eq!(matches_name(pattern, name), expected, "{pattern} {name}");
        }
    }
}
