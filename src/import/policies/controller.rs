//! Which pods and ports of a namespace the ingress controller may connect to, and for which routes.

use super::allowed::{self, Allowed, Grant, pod_labels};
use super::{Candidate, of_kind};
use crate::import::entry::Scope;
use crate::model::{Direction, PodLabels, PodPeer, solver};
use crate::value::{Map, Text, Value};

/// The name of the ingress controller in the names of policies.
pub(super) const PEER: &str = "ingress-controller";

/// Pods and a port that the controller may connect to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::import) struct Target {
    /// The labels of the pods; empty for all.
    pub(in crate::import) pods: Map,
    /// The port as the catalog writes it; none for all.
    pub(in crate::import) port: Option<Value>,
}

impl Target {
    /// The keys of a backend.
    pub(in crate::import) fn keys(&self) -> Map {
        Map::new().with_some("targetPort", self.port.clone()).with_filled("podLabels", self.pods.clone())
    }

    fn is_udp(&self) -> bool {
        matches!(&self.port, Some(Value::Text(port)) if port.ends_with("/UDP"))
    }

    /// The port without its protocol, which is that of the entry point.
    fn of_stream(&self) -> Self {
        let number = |port: &Value| match port {
            Value::Text(port) => {
                let name = port.split('/').next().unwrap_or_default();
                name.parse().map_or_else(|_| name.to_owned().into(), Value::Int)
            }
            port => port.clone(),
        };
        Self { port: self.port.as_ref().map(number), ..self.clone() }
    }
}

/// The targets that are still to be given to a route.
#[derive(Debug, Default)]
pub(in crate::import) struct Targets {
    left: Vec<Target>,
    last: [Target; 2],
}

impl Targets {
    /// What is known about a namespace.
    pub(in crate::import) fn of(scope: &Scope<'_, '_>) -> Self {
        let is_own = |namespace: &Text| namespace.as_str() == scope.namespace;
        if scope.known.has_lock && !scope.learned.beyond_lock.iter().any(is_own) {
            return Self::default();
        }
        if is_on_host(scope) {
            return Self { left: to_nodes(scope), ..Self::default() };
        }
        let asked = asked_by_controller(scope);
        let to_pods = of_controllers(scope, |_| PodLabels::default()).into_iter();
        let to_pods: Vec<_> =
            to_pods.filter(|target| !is_solver(&target.pods) && !asked.contains(target)).collect();
        let by_lines = of_controllers(scope, |controller| controller.labels.clone());
        let auth = auth(scope);
        let is_of_route = |target: &Target| Some(target) != auth.as_ref();
        if scope.learned.own_targets.iter().any(is_own) {
            let own = of_own(scope, None).into_iter().filter(|target| !to_pods.contains(target));
            let left = to_pods.iter().cloned().chain(own).filter(is_of_route).collect();
            return Self { left, ..Self::default() };
        }
        if !to_pods.is_empty() {
            return Self { left: to_pods, ..Self::default() };
        }
        let own = of_own(scope, super::profile_of(scope)).into_iter().filter(is_of_route);
        let left = own.filter(|target| !by_lines.contains(target)).collect();
        Self { left, ..Self::default() }
    }

    /// The target of the next route.
    pub(in crate::import) fn of_route(&mut self) -> Target {
        self.next(false)
    }

    /// The target of the next stream.
    pub(in crate::import) fn of_stream(&mut self, udp: bool) -> Target {
        self.next(udp).of_stream()
    }

    fn next(&mut self, udp: bool) -> Target {
        let fits = |target: &Target| target.port.is_none() || target.is_udp() == udp;
        let found = self.left.iter().position(fits).map(|index| self.left.remove(index));
        let [tcp, datagrams] = &mut self.last;
        let last = if udp { datagrams } else { tcp };
        if let Some(found) = found {
            *last = found;
        }
        last.clone()
    }
}

/// What the controller may connect to because it serves the auth of the platform.
fn auth(scope: &Scope<'_, '_>) -> Option<Target> {
    let service = &scope.known.platform.routing.auth_service;
    let is_auth = service.namespaces.iter().any(|namespace| namespace.as_str() == scope.namespace);
    let port = service.port.as_ref().map(|port| allowed::written(&port.to_string()));
    is_auth.then(|| Target { pods: Map::new(), port })
}

/// What lines of the entries of controllers ask for, by what this namespace allows for them.
fn asked_by_controller(scope: &Scope<'_, '_>) -> Vec<Target> {
    let controllers = scope.known.platform.network.controllers();
    let peers: Vec<_> = controllers.map(|pods| format!("namespace-{}", pods.namespace)).collect();
    let asked = scope.policies.of(scope.namespace).iter();
    let asked =
        asked.filter(|allowed| allowed.direction == Direction::Ingress && peers.contains(&allowed.peer));
    let grants = asked.flat_map(|allowed| allowed.grants.iter().map(move |grant| (grant, &allowed.own)));
    grants.filter(|(grant, _)| grant.pods.is_empty()).flat_map(|(grant, own)| targets(grant, own)).collect()
}

fn is_solver(pods: &Map) -> bool {
    pod_labels(pods) == solver()
}

/// What the policies of controllers' namespaces allow to these pods of each.
fn of_controllers(scope: &Scope<'_, '_>, own: impl Fn(&PodPeer) -> PodLabels) -> Vec<Target> {
    let peer = format!("namespace-{}", scope.namespace);
    let mut found = Vec::new();
    for controller in scope.known.platform.network.controllers() {
        let own = own(controller);
        let wanted = scope.policies.of(controller.namespace.as_str()).iter().filter(|allowed| {
            allowed.direction == Direction::Egress && allowed.peer == peer && allowed.labels == own
        });
        for target in wanted.flat_map(|allowed| &allowed.grants).flat_map(|grant| targets(grant, &grant.pods))
        {
            if !found.contains(&target) {
                found.push(target);
            }
        }
    }
    found
}

/// What the policies of the first controller's namespace allow.
fn policies_of_controller<'s>(scope: &Scope<'s, '_>) -> &'s [Allowed] {
    scope.policies.of(scope.known.platform.network.ingress_controller.namespace.as_str())
}

/// Whether a controller may not go out to the namespace as far as its own policies say, as it could if a
/// profile admitted it.
pub(super) fn is_narrow(scope: &Scope<'_, '_>) -> bool {
    let peer = format!("namespace-{}", scope.namespace);
    let is_narrow = |controller: &PodPeer| {
        let namespace = controller.namespace.as_str();
        let lets_out = |allowed: &Allowed| {
            let is_wide = matches!(allowed.peer.as_str(), "anywhere" | "cluster")
                && allowed.labels.covers(&controller.labels);
            let is_mirror = allowed.peer == peer && allowed.labels == controller.labels;
            allowed.direction == Direction::Egress && (is_wide || is_mirror)
        };
        let denies = || of_kind(scope.objects, namespace).any(|(_, policy)| allowed::is_deny(policy));
        namespace != scope.namespace && denies() && !scope.policies.of(namespace).iter().any(lets_out)
    };
    scope.known.platform.network.controllers().any(is_narrow)
}

/// What the policies of the namespace itself allow, beyond a profile.
fn of_own(scope: &Scope<'_, '_>, profile: Option<&Candidate>) -> Vec<Target> {
    let explains = |index: usize| {
        let policy = scope.objects.get(index);
        policy.zip(profile).is_some_and(|(policy, profile)| profile.explains(policy))
    };
    let wanted = scope.policies.of(scope.namespace).iter().filter(|allowed| {
        allowed.direction == Direction::Ingress
            && allowed.peer == PEER
            && !is_solver(&allowed.own)
            && !explains(allowed.index)
    });
    let grants = wanted.flat_map(|allowed| allowed.grants.iter().map(move |grant| (grant, &allowed.own)));
    grants.flat_map(|(grant, own)| targets(grant, own)).collect()
}

/// What the policies of the controller's namespace allow to nodes.
fn to_nodes(scope: &Scope<'_, '_>) -> Vec<Target> {
    let all = policies_of_controller(scope).iter();
    let to_nodes = all.filter(|allowed| allowed.direction == Direction::Egress && allowed.peer == "nodes");
    let grants = to_nodes.flat_map(|allowed| &allowed.grants);
    grants.flat_map(|grant| targets(grant, &Map::new())).collect()
}

fn targets(grant: &Grant, pods: &Map) -> Vec<Target> {
    let target = |port| Target { pods: pods.clone(), port };
    if grant.ping {
        return Vec::new();
    }
    if grant.ports.is_empty() {
        return vec![target(None)];
    }
    grant.ports.iter().map(|port| target(Some(port.clone()))).collect()
}

/// Whether the pods of the entry use the network of their node: the controller may connect to nodes, there
/// are routes, and no policy is about the pods behind them.
pub(in crate::import) fn is_on_host(scope: &Scope<'_, '_>) -> bool {
    let controller = policies_of_controller(scope);
    let own = scope.policies.of(scope.namespace);
    let denies = || of_kind(scope.objects, scope.namespace).any(|(_, policy)| allowed::is_deny(policy));
    let to_nodes = |allowed: &Allowed| allowed.direction == Direction::Egress && allowed.peer == "nodes";
    let peer = format!("namespace-{}", scope.namespace);
    scope.known.platform.network.ingress_controller.namespace.as_str() != scope.namespace
        && !own.iter().any(|allowed| allowed.peer == PEER && allowed.direction == Direction::Ingress)
        && controller.iter().any(to_nodes)
        && !controller.iter().any(|allowed| allowed.peer == peer)
        && denies()
}
