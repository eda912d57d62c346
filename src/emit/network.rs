//! The network policies of an entry: which ones, by the model, and in what form, by a policy API.

mod kubernetes;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::kubernetes::KubernetesPolicies;
use super::{Buckets, KEPT};
use crate::diagnostics::Location;
use crate::kubernetes::{Body, Kind, Object, Origin};
use crate::model::{
    AllowRule, Entry, Model, Network, Peer, Platform, Policies, Port, Ports, Profiles, SOLVER_PORT,
    UnsupportedPeer, allow_rules, profile_line,
};
use crate::names::Namespace;
use crate::value::{Map, Text};

/// An API for network policies: what it supports, and what it writes. Its policies apply to the namespace
/// that they are in, and are additive: what one of them allows is allowed.
trait PolicyApi: Sync {
    /// The kind of its policies.
    fn kind(&self) -> Kind;

    /// Whether a policy can select a peer.
    fn supports(&self, peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer>;

    /// The body of the policy that allows nothing to all pods, in both directions.
    fn deny_all(&self) -> Map;

    /// The body of the policy that allows this to all pods.
    fn allow(&self, allow_rule: &AllowRule, platform: &Platform) -> Map;

    /// The body of the policy that lets a peer connect to the pods with these labels only.
    fn allow_to_pods(&self, labels: Map, peer: &Peer, ports: &Ports, platform: &Platform) -> Map;
}

/// The API that the policies of a cluster are written for: every CNI that enforces policies supports this
/// one.
fn api(_network: &Network) -> &'static dyn PolicyApi {
    &KubernetesPolicies
}

/// Whether a policy can select a peer.
pub(super) fn supports(peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer> {
    api(network).supports(peer, network)
}

/// A policy without its metadata.
struct Policy {
    allow_rule: AllowRule,
    body: Arc<Body>,
}

/// What many entries have in common: the policies of the profiles, built once.
pub(super) struct Shared {
    api: &'static dyn PolicyApi,
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
        let api = api(&model.platform.network);
        Self { api, default_deny: Arc::new(Body::new(api.deny_all())), profiles }
    }

    fn of(&self, profile: &Text) -> &[Policy] {
        self.profiles.get(profile).map(Vec::as_slice).unwrap_or_default()
    }

    /// The body of what an entry allows: that of its profile's policy if it allows nothing more.
    fn body(&self, allow_rule: &AllowRule, profile: &Text, platform: &Platform) -> Arc<Body> {
        let common = self.of(profile).iter().find(|policy| policy.allow_rule.allows_the_same(allow_rule));
        common.map_or_else(
            || Arc::new(Body::new(self.api.allow(allow_rule, platform))),
            |policy| policy.body.clone(),
        )
    }
}

fn of_profile(name: &Text, profiles: &Profiles, platform: &Platform) -> Vec<Policy> {
    let api = api(&platform.network);
    let origin = Origin::profile(Location::default(), name);
    let edges = profiles.edges(name, platform);
    let allowed = allow_rules(edges.iter().map(|edge| (edge, &origin))).into_iter();
    allowed
        .map(|allow_rule| Policy { body: Arc::new(Body::new(api.allow(&allow_rule, platform))), allow_rule })
        .collect()
}

/// The policies that a profile is rendered to in a namespace of its own, for display.
pub fn describe(name: &str, profiles: &Profiles, platform: &Platform) -> Vec<Object> {
    let (api, namespace, origins) = (api(&platform.network), Namespace::new("NAMESPACE"), Arc::default());
    let deny = object(api, "default-deny".into(), Arc::new(Body::new(api.deny_all())), &namespace, &origins);
    let policies = of_profile(&name.to_owned().into(), profiles, platform).into_iter();
    let allow = policies.map(|policy| object(api, policy.allow_rule.name, policy.body, &namespace, &origins));
    [deny].into_iter().chain(allow).collect()
}

pub(super) fn network_policies(entry: &Entry, model: &Model, shared: &Shared, buckets: &mut Buckets) {
    if matches!(entry.policies, Policies::None) {
        return;
    }
    let by_profile: Arc<[Origin]> =
        Arc::new([Origin::profile(profile_line(&entry.location), &entry.profile)]);
    let api = shared.api;
    let deny = object(api, "default-deny".into(), shared.default_deny.clone(), &entry.namespace, &by_profile);
    buckets.push(deny.sync_options(if entry.protected { KEPT } else { "" }));
    let solver = to_solver(api, entry, model);
    match &entry.policies {
        Policies::None => {}
        Policies::Profile => {
            let policies = shared.of(&entry.profile).iter();
            let policies = policies.map(|policy| {
                object(
                    api,
                    policy.allow_rule.name.clone(),
                    policy.body.clone(),
                    &entry.namespace,
                    &by_profile,
                )
            });
            buckets.extend(insert_sorted(policies, solver));
        }
        Policies::Own(allowed) => {
            let body = |item: &AllowRule| shared.body(item, &entry.profile, &model.platform);
            let policies = allowed
                .iter()
                .map(|item| object(api, item.name.clone(), body(item), &entry.namespace, &item.origins));
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
fn to_solver(api: &dyn PolicyApi, entry: &Entry, model: &Model) -> Option<Object> {
    let platform = &model.platform;
    let is_elsewhere = entry.namespace != platform.network.ingress_controller.namespace;
    let solved = entry.routes.iter().filter(|route| is_elsewhere && route.is_solved(platform));
    let origins: Arc<[Origin]> = solved.map(|route| Origin::line(route.location.key("host"))).collect();
    origins.first()?;
    let labels = Map::new().with("acme.cert-manager.io/http01-solver", "true");
    let ports = Ports::Some([Port::tcp(SOLVER_PORT)].into());
    let body = api.allow_to_pods(labels, &Peer::IngressController, &ports, platform);
    let body = Arc::new(Body::new(body));
    Some(object(
        api,
        "allow-from-ingress-controller-to-http01-solver".into(),
        body,
        &entry.namespace,
        &origins,
    ))
}

fn object(
    api: &dyn PolicyApi,
    name: Text,
    body: Arc<Body>,
    namespace: &Namespace,
    origins: &Arc<[Origin]>,
) -> Object {
    let kind = api.kind();
    let mut object = Object::new(kind, name, kind.wave(), namespace, origins).within(namespace);
    object.body = body;
    object
}
