//! Cilium's own policies: those of a namespace, and those of the whole cluster (`cilium.io/v2`, Cilium 1.19).

use std::collections::BTreeSet;

use super::Cluster;
use super::addresses::Addresses;
use super::network_policy::block_of;
use super::policy::{
    CILIUM_NAMESPACE, CILIUM_NAMESPACE_LABELS, Direction, Entity, Peer, Policy, Rule, Rules, Scope,
};
use super::ports::{PortSet, Transport};
use super::selector::Selector;
use super::truth::Condition;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text, text_at};
use crate::value::{Map, Text, Value};

/// The names of the keys of one direction.
struct Keys {
    rules: &'static str,
    deny: &'static str,
    endpoints: &'static str,
    entities: &'static str,
    cidr: &'static str,
    cidr_set: &'static str,
    /// Peers that are not evaluated.
    others: &'static [&'static str],
    /// The key of `enableDefaultDeny`.
    default_deny: &'static str,
}

const EGRESS: Keys = Keys {
    rules: "egress",
    deny: "egressDeny",
    endpoints: "toEndpoints",
    entities: "toEntities",
    cidr: "toCIDR",
    cidr_set: "toCIDRSet",
    others: &["toServices", "toGroups", "toNodes", "toRequires"],
    default_deny: "egress",
};

const INGRESS: Keys = Keys {
    rules: "ingress",
    deny: "ingressDeny",
    endpoints: "fromEndpoints",
    entities: "fromEntities",
    cidr: "fromCIDR",
    cidr_set: "fromCIDRSet",
    others: &["fromGroups", "fromNodes", "fromRequires"],
    default_deny: "ingress",
};

/// Reads the policies of the resource with this index: `spec`, and each of `specs`. Those that select nodes
/// apply to no pod.
pub(super) fn read(resource: &Resource, index: usize, cluster: &Cluster) -> Vec<Policy> {
    let one = at(&resource.value, &["spec"]).and_then(Value::map);
    let all = one.into_iter().chain(maps_at(&resource.value, &["specs"]));
    let namespace = (resource.kind.kind.as_str() == "CiliumNetworkPolicy")
        .then(|| resource.namespace.clone().unwrap_or_else(|| "default".into()));
    let reader = Reader { namespace, cluster };
    all.filter_map(|spec| reader.policy(spec, index)).collect()
}

struct Reader<'c> {
    namespace: Option<Text>,
    cluster: &'c Cluster,
}

impl Reader<'_> {
    fn policy(&self, spec: &Map, index: usize) -> Option<Policy> {
        let pods = at(spec, &["endpointSelector"]).and_then(Value::map)?;
        Some(Policy {
            resource: index,
            namespace: self.namespace.clone(),
            pods: selector(pods),
            egress: self.rules(spec, Direction::Egress),
            ingress: self.rules(spec, Direction::Ingress),
        })
    }

    /// A direction with any rule is denied by default, unless `enableDefaultDeny` says otherwise (Cilium
    /// 1.19, `Rule.Sanitize`).
    fn rules(&self, spec: &Map, direction: Direction) -> Rules {
        let keys = if direction == Direction::Egress { &EGRESS } else { &INGRESS };
        let (allow, deny) = (items_at(spec, &[keys.rules]), items_at(spec, &[keys.deny]));
        let default = at(spec, &["enableDefaultDeny", keys.default_deny]).map(Value::get);
        let isolates = match default {
            Some(Value::Bool(isolates)) => *isolates,
            _ => !allow.is_empty() || !deny.is_empty(),
        };
        let read =
            |items: &[Value]| items.iter().filter_map(Value::map).map(|rule| self.rule(rule, keys)).collect();
        Rules { isolates, allow: read(allow), deny: read(deny) }
    }

    fn rule(&self, rule: &Map, keys: &Keys) -> Rule {
        let (ports, condition) = read_ports(rule);
        Rule { peers: self.peers(rule, keys), ports, condition }
    }

    /// The peers of a rule. Without any, ports alone select every peer, and an empty rule selects none.
    fn peers(&self, rule: &Map, keys: &Keys) -> Vec<Peer> {
        let selectors = [keys.endpoints, keys.entities, keys.cidr, keys.cidr_set, "toFQDNs"];
        let has = |key: &&str| rule.get(key).is_some_and(|value| !matches!(value.get(), Value::Null));
        if !selectors.iter().chain(keys.others).any(&has) {
            let is_empty = !["toPorts", "icmps"].iter().any(has);
            return if is_empty { Vec::new() } else { vec![Peer::Everything] };
        }
        let others = keys.others.iter().filter(|key| has(key));
        let mut peers: Vec<_> = others.map(|key| Peer::Unevaluated((*key).into())).collect();
        peers.extend(maps_at(rule, &[keys.endpoints]).map(|selector| self.endpoints(selector)));
        let entities = items_at(rule, &[keys.entities]).iter().filter_map(text).filter_map(Entity::named);
        peers.push(Peer::Entities(entities.collect()));
        let ranges =
            items_at(rule, &[keys.cidr]).iter().filter_map(text).filter_map(|range| range.parse().ok());
        let ranges: Vec<_> = ranges.collect();
        peers.push(Peer::Addresses(Addresses::ranges(&ranges)));
        peers.extend(maps_at(rule, &[keys.cidr_set]).map(|set| self.cidr_set(set)));
        let name = |name: &Map| {
            let name = text_at(name, &["matchName"]).or_else(|| text_at(name, &["matchPattern"]))?;
            Some(Text::from(name.trim_end_matches('.').to_ascii_lowercase()))
        };
        peers.push(Peer::Names(maps_at(rule, &["toFQDNs"]).filter_map(name).collect()));
        peers
    }

    /// A selector of a policy in a namespace only selects pods of that namespace, unless it names another.
    fn endpoints(&self, written: &Map) -> Peer {
        let selector = selector(written);
        let reserved = selector.keys().filter_map(|key| key.strip_prefix("reserved:")).map(Entity::named);
        let reserved: Option<BTreeSet<_>> = reserved.collect();
        match reserved {
            None => return Peer::Unevaluated("reserved".into()),
            Some(entities) if !entities.is_empty() => return Peer::Entities(entities),
            Some(_) => {}
        }
        let names_namespace =
            selector.keys().any(|key| **key == *CILIUM_NAMESPACE || key.starts_with(CILIUM_NAMESPACE_LABELS));
        let scope = match &self.namespace {
            Some(own) if !names_namespace => Scope::Own(own.clone()),
            _ => Scope::All,
        };
        Peer::Pods(scope, selector)
    }

    fn cidr_set(&self, set: &Map) -> Peer {
        if let Some(name) = text_at(set, &["cidrGroupRef"]) {
            let group = self.cluster.find("cilium.io", "CiliumCIDRGroup", None, name);
            let Some(group) = group else { return Peer::Unevaluated("cidrGroupRef".into()) };
            let ranges = items_at(&group.value, &["spec", "externalCIDRs"]).iter().filter_map(text);
            let ranges: Vec<_> = ranges.filter_map(|range| range.parse().ok()).collect();
            return Peer::Addresses(Addresses::ranges(&ranges));
        }
        if set.get("cidrGroupSelector").is_some() {
            return Peer::Unevaluated("cidrGroupSelector".into());
        }
        Peer::Addresses(block_of(set))
    }
}

/// A selector whose keys have no source: `k8s:app` and `any:app` are `app`.
fn selector(written: &Map) -> Selector {
    Selector::read(written, |key| {
        let name = ["k8s:", "any:", "k8s.", "any."].iter().find_map(|source| key.strip_prefix(source));
        Text::copied(name.unwrap_or(key))
    })
}

/// The ports of a rule, and what else a request has to meet.
fn read_ports(rule: &Map) -> (PortSet, Option<Condition>) {
    let lists = items_at(rule, &["toPorts"]);
    if lists.is_empty() {
        let is_icmp = !items_at(rule, &["icmps"]).is_empty();
        return (if is_icmp { icmp_types(rule) } else { PortSet::all() }, None);
    }
    let mut lists = lists.iter().filter_map(Value::map);
    let ports = lists.clone().map(ports_of).fold(PortSet::default(), |set, more| set.union(&more));
    (ports, lists.find_map(restriction))
}

/// The types of ICMP of a rule, by number (Cilium 1.19, `api.ICMPField`).
fn icmp_types(rule: &Map) -> PortSet {
    let fields = maps_at(rule, &["icmps"]).flat_map(|item| maps_at(item, &["fields"]));
    let one = |field: &Map| {
        let is_v6 = text_at(field, &["family"]) == Some("IPv6");
        let protocol = if is_v6 { Transport::IcmpV6 } else { Transport::Icmp };
        let number = match (at(field, &["type"]).map(Value::get)?, is_v6) {
            (Value::Int(number), _) => u16::try_from(*number).ok()?,
            (Value::Text(name), false) if name.as_str() == "EchoRequest" => 8,
            (Value::Text(name), true) if name.as_str() == "EchoRequest" => 128,
            (Value::Text(digits), _) => digits.parse().ok()?,
            _ => return None,
        };
        Some(PortSet::range(protocol, number, number))
    };
    fields.filter_map(one).fold(PortSet::default(), |set, more| set.union(&more))
}

fn ports_of(list: &Map) -> PortSet {
    if items_at(list, &["ports"]).is_empty() {
        return PortSet::all();
    }
    maps_at(list, &["ports"]).filter_map(read_port).fold(PortSet::default(), |set, more| set.union(&more))
}

fn read_port(written: &Map) -> Option<PortSet> {
    let protocol = text_at(written, &["protocol"]).unwrap_or("ANY");
    let protocols: Vec<_> = match protocol.to_ascii_uppercase().as_str() {
        "ANY" => Transport::WITH_PORTS.to_vec(),
        name => vec![Transport::named(name)?],
    };
    let first = at(written, &["port"])?;
    let of = |protocol: Transport| match (port(first), text(first)) {
        (Some(first), _) => {
            let last = at(written, &["endPort"]).and_then(port).unwrap_or(first);
            PortSet::range(protocol, first, last)
        }
        (None, Some(name)) if name != "0" => PortSet::named(protocol, Text::copied(name)),
        _ => PortSet::of(protocol),
    };
    Some(protocols.into_iter().map(of).fold(PortSet::default(), |set, more| set.union(&more)))
}

/// What rules of layer 7 demand. DNS rules that match every name demand nothing.
fn restriction(list: &Map) -> Option<Condition> {
    let rules = at(list, &["rules"]).and_then(Value::map)?;
    let matches_all = |rule: &Map| text_at(rule, &["matchPattern"]) == Some("*");
    let is_open = rules.iter().all(|(key, _)| **key == *"dns" && maps_at(rules, &["dns"]).any(matches_all));
    (!is_open).then_some(Condition::Request)
}
