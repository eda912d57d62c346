//! The NetworkPolicies of an entry, for the Kubernetes API.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Buckets, GUARD_WAVE, KEPT};
use crate::diagnostics::Location;
use crate::kubernetes::{Body, Kind, Object, Origin};
use crate::model::{
    AllowRule, Direction, Entry, Model, OutsideAddresses, Peer, Platform, PodPeer, Policies, Port, PortRange,
    Ports, Profiles, SOLVER_PORT, allow_rules, profile_line,
};
use crate::names::Namespace;
use crate::value::{Key, Map, Text, Value};

/// A policy without its metadata.
struct Policy {
    allow_rule: AllowRule,
    body: Arc<Body>,
}

/// What many entries have in common: the policies of the profiles, built once.
pub(super) struct Shared {
    default_deny: Arc<Body>,
    profiles: BTreeMap<Text, Vec<Policy>>,
}

impl Shared {
    pub(super) fn new(model: &Model) -> Self {
        let mut profiles = BTreeMap::new();
        for entry in &model.entries {
            if !profiles.contains_key(&entry.profile) {
                profiles.insert(
                    entry.profile.clone(),
                    of_profile(&entry.profile, &model.profiles, &model.platform),
                );
            }
        }
        Self { default_deny: Arc::new(Body::new(default_deny())), profiles }
    }

    fn of(&self, profile: &Text) -> &[Policy] {
        self.profiles.get(profile).map(Vec::as_slice).unwrap_or_default()
    }

    /// The body of what an entry allows: that of its profile's policy if it allows nothing more.
    fn body(&self, allow_rule: &AllowRule, profile: &Text, platform: &Platform) -> Arc<Body> {
        let common = self.of(profile).iter().find(|policy| policy.allow_rule.allows_the_same(allow_rule));
        common.map_or_else(|| Arc::new(Body::new(allow(allow_rule, platform))), |policy| policy.body.clone())
    }
}

fn of_profile(name: &Text, profiles: &Profiles, platform: &Platform) -> Vec<Policy> {
    let origin = Origin::profile(Location::default(), name);
    let edges = profiles.edges(name, platform);
    let allowed = allow_rules(edges.iter().map(|edge| (edge, &origin))).into_iter();
    allowed
        .map(|allow_rule| Policy { body: Arc::new(Body::new(allow(&allow_rule, platform))), allow_rule })
        .collect()
}

/// The policies that a profile is rendered to in a namespace of its own, for display.
pub fn describe(name: &str, profiles: &Profiles, platform: &Platform) -> Vec<Object> {
    let namespace = Namespace::new("NAMESPACE");
    let deny =
        object("default-deny".into(), Arc::new(Body::new(default_deny())), &namespace, &Arc::default());
    let policies = of_profile(&name.to_owned().into(), profiles, platform).into_iter();
    let allow =
        policies.map(|policy| object(policy.allow_rule.name, policy.body, &namespace, &Arc::default()));
    [deny].into_iter().chain(allow).collect()
}

pub(super) fn network_policies(entry: &Entry, model: &Model, shared: &Shared, buckets: &mut Buckets) {
    if matches!(entry.policies, Policies::None) {
        return;
    }
    let by_profile: Arc<[Origin]> =
        Arc::new([Origin::profile(profile_line(&entry.location), &entry.profile)]);
    let deny = object("default-deny".into(), shared.default_deny.clone(), &entry.namespace, &by_profile);
    buckets.push(deny.sync_options(if entry.protected { KEPT } else { "" }));
    let solver = to_solver(entry, model);
    match &entry.policies {
        Policies::None => {}
        Policies::Profile => {
            let policies = shared.of(&entry.profile).iter();
            let policies = policies.map(|policy| {
                object(policy.allow_rule.name.clone(), policy.body.clone(), &entry.namespace, &by_profile)
            });
            buckets.extend(insert_sorted(policies, solver));
        }
        Policies::Own(allowed) => {
            let body = |item: &AllowRule| shared.body(item, &entry.profile, &model.platform);
            let policies = allowed
                .iter()
                .map(|item| object(item.name.clone(), body(item), &entry.namespace, &item.origins));
            buckets.extend(insert_sorted(policies, solver));
        }
    }
}

/// Inserts a policy in the order of names.
fn insert_sorted(
    policies: impl Iterator<Item = Object>,
    more: Option<Object>,
) -> impl Iterator<Item = Object> {
    let mut policies = policies.peekable();
    let mut more = more;
    std::iter::from_fn(move || {
        let comes_first = |object: &Object| policies.peek().is_none_or(|next| object.name < next.name);
        if more.as_ref().is_some_and(comes_first) { more.take() } else { policies.next() }
    })
}

/// Allows the ingress controller to reach the pods that cert-manager starts beside an app to answer an
/// HTTP-01 challenge, and no other pods.
fn to_solver(entry: &Entry, model: &Model) -> Option<Object> {
    let platform = &model.platform;
    let is_elsewhere = entry.namespace != platform.network.ingress_controller.namespace;
    let solved = entry.routes.iter().filter(|route| is_elsewhere && route.is_solved(platform));
    let origins: Arc<[Origin]> = solved.map(|route| Origin::line(route.location.key("host"))).collect();
    origins.first()?;
    let labels = Map::new().with("acme.cert-manager.io/http01-solver", "true");
    let ports = Ports::Some([Port::tcp(SOLVER_PORT)].into());
    let spec = Map::new()
        .with("podSelector", Map::new().with("matchLabels", labels))
        .with("policyTypes", vec!["Ingress"])
        .with("ingress", rules(Direction::Ingress, &Peer::IngressController, &ports, platform));
    let body = Arc::new(Body::new(Map::new().with("spec", spec)));
    Some(object("allow-from-ingress-controller-to-http01-solver".into(), body, &entry.namespace, &origins))
}

fn object(name: Text, body: Arc<Body>, namespace: &Namespace, origins: &Arc<[Origin]>) -> Object {
    let mut object = Object::new(Kind::NetworkPolicy, name, GUARD_WAVE, namespace, origins).within(namespace);
    object.body = body;
    object
}

/// Without `policyTypes`, a policy without egress rules does not restrict egress (Kubernetes,
/// `NetworkPolicySpec`).
fn default_deny() -> Map {
    let spec = Map::new().with("podSelector", Map::new()).with("policyTypes", vec!["Ingress", "Egress"]);
    Map::new().with("spec", spec)
}

fn allow(allow_rule: &AllowRule, platform: &Platform) -> Map {
    let types =
        [allow_rule.ingress.as_ref().map(|_| "Ingress"), allow_rule.egress.as_ref().map(|_| "Egress")];
    let rule = |direction, ports: &Option<Ports>| {
        ports.as_ref().map(|ports| rules(direction, &allow_rule.peer, ports, platform))
    };
    let spec = Map::new()
        .with("podSelector", Map::new())
        .with("policyTypes", types.into_iter().flatten().collect::<Vec<_>>())
        .with_some("ingress", rule(Direction::Ingress, &allow_rule.ingress))
        .with_some("egress", rule(Direction::Egress, &allow_rule.egress));
    Map::new().with("spec", spec)
}

fn rules(direction: Direction, peer: &Peer, ports: &Ports, platform: &Platform) -> Vec<Map> {
    let peers = peers(peer, platform);
    // A rule without peers allows everything, so a peer without addresses gets no rule at all.
    if peers.is_empty() && *peer != Peer::Anywhere {
        return Vec::new();
    }
    let ports = match ports {
        Ports::All => Vec::new(),
        Ports::Some(ports) => ports.iter().map(port).collect(),
    };
    vec![rule(direction, peers, ports)]
}

fn rule(direction: Direction, peers: Vec<Map>, ports: Vec<Map>) -> Map {
    let key = match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    Map::new().with_filled(key, peers).with_filled("ports", ports)
}

fn port(port: &Port) -> Map {
    let map = Map::new().with("protocol", port.protocol.name());
    match &port.range {
        PortRange::Named(name) => map.with("port", name),
        PortRange::Numbers(low, high) if low == high => map.with("port", *low),
        PortRange::Numbers(low, high) => map.with("port", *low).with("endPort", *high),
    }
}

/// The peers of a rule; an empty list means everything.
fn peers(peer: &Peer, platform: &Platform) -> Vec<Map> {
    let network = &platform.network;
    match peer {
        Peer::Anywhere => Vec::new(),
        Peer::SameNamespace => vec![Map::new().with("podSelector", Map::new())],
        Peer::Cluster => vec![Map::new().with("namespaceSelector", Map::new())],
        Peer::Dns => [pods(&network.dns)]
            .into_iter()
            .chain(network.dns_node_local.iter().map(|local| range(local, &[])))
            .collect(),
        Peer::IngressController if network.ingress_controller_on_host => ranges(&network.nodes),
        Peer::IngressController => vec![pods(&network.ingress_controller)],
        Peer::Internet => network.internet.iter().map(|(all, except)| range(all, except)).collect(),
        Peer::Lan => ranges(&network.lan),
        Peer::Nodes => ranges(&network.nodes),
        // By the addresses behind its Service: policies are evaluated after address translation.
        Peer::KubeApiserver => {
            network.api_server.iter().map(|address| range(&IpNet::from(address.ip()), &[])).collect()
        }
        Peer::Range(only) => vec![range(only, &[])],
        Peer::Namespace(namespace) => {
            vec![pods(&PodPeer { namespace: namespace.clone(), labels: BTreeMap::new() })]
        }
        Peer::Outside(name) => match platform.network.peers.get(name) {
            Some(OutsideAddresses::Pods(peer)) => vec![pods(peer)],
            Some(OutsideAddresses::Ranges(list)) => ranges(list),
            None => Vec::new(),
        },
    }
}

/// Namespace and pods in one item: two items would select all pods of the namespace, and these pods in the
/// policy's own namespace.
fn pods(peer: &PodPeer) -> Map {
    let namespace =
        Map::new().with("matchLabels", Map::new().with("kubernetes.io/metadata.name", &peer.namespace));
    let selector = Map::new().with("namespaceSelector", namespace);
    if peer.labels.is_empty() {
        return selector;
    }
    let labels: Map = peer
        .labels
        .iter()
        .map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone())))
        .collect();
    selector.with("podSelector", Map::new().with("matchLabels", labels))
}

fn ranges(ranges: &[IpNet]) -> Vec<Map> {
    ranges.iter().map(|only| range(only, &[])).collect()
}

fn range(range: &IpNet, except: &[IpNet]) -> Map {
    let except: Vec<_> = except.iter().map(IpNet::to_string).collect();
    Map::new().with("ipBlock", Map::new().with("cidr", range.to_string()).with_filled("except", except))
}
