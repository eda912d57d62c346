//! The network policies of an entry: which ones, by the model, and in what form, by a policy API.

mod cilium;
mod kubernetes;
mod ping;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::cilium::CiliumPolicies;
use self::kubernetes::KubernetesPolicies;
use super::{Buckets, KEPT};
use crate::diagnostics::Location;
use crate::kubernetes::{Body, Kind, Object, Origin};
use crate::model::{
    AllowRule, Entry, Model, Network, Peer, Platform, PodLabels, Policies, Port, Ports, Profiles,
    SOLVER_PORT, UnsupportedPeer, allow_rules, profile_line, solver,
};
use crate::names::Namespace;
use crate::platform::Policies as PolicyKind;
use crate::value::{Map, Text};

/// An API for network policies: what it supports, and what it writes. Its policies apply to the namespace
/// that they are in, and are additive: what one of them allows is allowed.
trait PolicyApi: Sync {
    /// Whether a policy can select a peer.
    fn supports(&self, peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer>;

    /// The bodies of the policies that allow this.
    fn allow(&self, allow_rule: &AllowRule, platform: &Platform) -> Vec<(Kind, Map)>;
}

/// The API that the policies of a cluster are written for.
fn api(network: &Network) -> &'static dyn PolicyApi {
    match network.policies {
        PolicyKind::Kubernetes => &KubernetesPolicies,
        PolicyKind::Cilium => &CiliumPolicies,
    }
}

/// Whether a policy can select a peer.
pub(super) fn supports(peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer> {
    api(network).supports(peer, network)
}

/// What is allowed, and the policies for it, without their metadata.
struct Policy {
    allow_rule: AllowRule,
    bodies: Bodies,
}

/// The bodies of policies with the same name, of different kinds.
type Bodies = Arc<[(Kind, Arc<Body>)]>;

/// What many entries have in common: the policies of the profiles, built once.
pub(super) struct Shared {
    api: &'static dyn PolicyApi,
    default_deny: Bodies,
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
        Self { api: api(&model.platform.network), default_deny: default_deny(), profiles }
    }

    fn of(&self, profile: &Text) -> &[Policy] {
        self.profiles.get(profile).map(Vec::as_slice).unwrap_or_default()
    }

    /// The bodies of what an entry allows: those of its profile if it allows nothing more.
    fn bodies(&self, allow_rule: &AllowRule, profile: &Text, platform: &Platform) -> Bodies {
        let common = self.of(profile).iter().find(|policy| policy.allow_rule.allows_the_same(allow_rule));
        common.map_or_else(|| bodies(self.api, allow_rule, platform), |policy| policy.bodies.clone())
    }
}

/// Every CNI enforces this policy, whatever API the others are written for.
fn default_deny() -> Bodies {
    Arc::new([(Kind::NetworkPolicy, Arc::new(Body::new(kubernetes::deny_all())))])
}

fn bodies(api: &dyn PolicyApi, allow_rule: &AllowRule, platform: &Platform) -> Bodies {
    let written = api.allow(allow_rule, platform).into_iter();
    written.map(|(kind, body)| (kind, Arc::new(Body::new(body)))).collect()
}

fn of_profile(name: &Text, profiles: &Profiles, platform: &Platform) -> Vec<Policy> {
    let api = api(&platform.network);
    let origin = Origin::profile(Location::default(), name);
    let edges = profiles.edges(name, platform);
    let allowed = allow_rules(edges.iter().map(|edge| (edge, &origin))).into_iter();
    allowed.map(|allow_rule| Policy { bodies: bodies(api, &allow_rule, platform), allow_rule }).collect()
}

/// The policies that a profile is rendered to in a namespace of its own, for display.
pub fn describe(name: &str, profiles: &Profiles, platform: &Platform) -> Vec<Object> {
    let (namespace, origins) = (Namespace::new("NAMESPACE"), Arc::default());
    let mut described: Vec<_> =
        objects("default-deny".into(), &default_deny(), &namespace, &origins).collect();
    for policy in of_profile(&name.to_owned().into(), profiles, platform) {
        described.extend(objects(policy.allow_rule.name, &policy.bodies, &namespace, &origins));
    }
    described
}

pub(super) fn network_policies(entry: &Entry, model: &Model, shared: &Shared, buckets: &mut Buckets) {
    if matches!(entry.policies, Policies::None) {
        return;
    }
    let by_profile: Arc<[Origin]> =
        Arc::new([Origin::profile(profile_line(&entry.location), &entry.profile)]);
    let kept = if entry.protected { KEPT } else { "" };
    let deny = objects("default-deny".into(), &shared.default_deny, &entry.namespace, &by_profile);
    buckets.extend(deny.map(|object| object.sync_options(kept)));
    let solver = to_solver(entry, model);
    let solver =
        solver.map(|rule| (rule.name.clone(), bodies(shared.api, &rule, &model.platform), rule.origins));
    let mut push = |(name, bodies, origins): Named| {
        buckets.extend(objects(name, &bodies, &entry.namespace, &origins));
    };
    match &entry.policies {
        Policies::None => {}
        Policies::Profile => {
            let policies = shared.of(&entry.profile).iter();
            let policies = policies
                .map(|policy| (policy.allow_rule.name.clone(), policy.bodies.clone(), by_profile.clone()));
            insert_sorted(policies, solver).for_each(&mut push);
        }
        Policies::Own(allowed) => {
            let bodies = |item: &AllowRule| shared.bodies(item, &entry.profile, &model.platform);
            let policies = allowed.iter().map(|item| (item.name.clone(), bodies(item), item.origins.clone()));
            insert_sorted(policies, solver).for_each(&mut push);
        }
    }
}

/// A name, bodies and origins of policies.
type Named = (Text, Bodies, Arc<[Origin]>);

/// Inserts policies in the order of names.
fn insert_sorted(policies: impl Iterator<Item = Named>, more: Option<Named>) -> impl Iterator<Item = Named> {
    let mut policies = policies.peekable();
    let mut more = more;
    std::iter::from_fn(move || {
        let comes_first = |own: &Named| policies.peek().is_none_or(|next| own.0 < next.0);
        if more.as_ref().is_some_and(comes_first) { more.take() } else { policies.next() }
    })
}

/// Allows the ingress controller to reach the pods that cert-manager starts beside an app to answer an
/// HTTP-01 challenge, and no other pods.
fn to_solver(entry: &Entry, model: &Model) -> Option<AllowRule> {
    let platform = &model.platform;
    let is_elsewhere = platform.network.is_served(&entry.namespace);
    let solved = entry.routes.iter().filter(|route| is_elsewhere && route.is_solved(platform));
    let origins: Arc<[Origin]> = solved.map(|route| Origin::line(route.location.key("host"))).collect();
    origins.first()?;
    let name = "allow-from-ingress-controller-to-http01-solver".into();
    let ports = Ports::Some([Port::tcp(SOLVER_PORT)].into());
    let ingress = [(PodLabels::default(), ports)].into();
    let rule = AllowRule::new(name, solver(), Peer::IngressController);
    Some(AllowRule { ingress, origins, ..rule })
}

fn objects(
    name: Text,
    bodies: &Bodies,
    namespace: &Namespace,
    origins: &Arc<[Origin]>,
) -> impl Iterator<Item = Object> {
    bodies.iter().map(move |(kind, body)| {
        let mut object = Object::new(*kind, name.clone(), kind.wave(), namespace, origins).within(namespace);
        object.body = body.clone();
        object
    })
}
