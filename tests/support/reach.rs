//! Who can reach whom under a set of NetworkPolicies, according to the documentation of Kubernetes, and of
//! CiliumNetworkPolicies, according to that of Cilium. It reads the emitted JSON and nothing else.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value as Json;

/// A pod, as selectors see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pod {
    pub(crate) namespace: String,
    pub(crate) labels: BTreeMap<String, String>,
}

/// One end of a connection. Kubernetes does not define whether a range of addresses includes the pods within
/// it, and CNIs differ; here it does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Pod(Pod),
    Address(IpAddr),
    /// A host outside of the cluster by its name, and its address.
    Name(String, IpAddr),
    /// The proxy of Cilium's own Ingress or Gateway, which is neither a pod nor an address.
    Proxy,
}

impl End {
    pub(crate) fn namespace(&self) -> Option<&str> {
        match self {
            Self::Pod(pod) => Some(&pod.namespace),
            Self::Address(_) | Self::Name(..) | Self::Proxy => None,
        }
    }

    /// Its address, if it is not a pod.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Pod(_) | Self::Proxy => None,
            Self::Address(address) | Self::Name(_, address) => Some(*address),
        }
    }
}

/// What Cilium knows of addresses: it never matches nodes by them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identities {
    /// The addresses of nodes.
    pub(crate) nodes: Vec<IpNet>,
    /// Other addresses of the node itself.
    pub(crate) host: Vec<IpNet>,
    /// The addresses of the API server.
    pub(crate) api_server: Vec<IpAddr>,
}

impl Identities {
    fn is_host(&self, address: IpAddr) -> bool {
        self.host.iter().any(|range| range.contains(&address))
    }

    fn is_node(&self, address: IpAddr) -> bool {
        self.nodes.iter().any(|range| range.contains(&address))
    }

    fn has(&self, address: IpAddr, entity: &str) -> bool {
        match entity {
            "host" => self.is_host(address),
            "remote-node" => self.is_node(address),
            "kube-apiserver" => self.api_server.contains(&address),
            "ingress" => false,
            other => panic!("the entity {other} is not emitted"),
        }
    }
}

/// A port of the receiving end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Port {
    pub(crate) protocol: &'static str,
    pub(crate) number: u16,
    /// Its name in its container.
    pub(crate) name: Option<String>,
}

/// The policies of a cluster, by namespace.
pub(crate) struct Policies<'o> {
    kubernetes: BTreeMap<&'o str, Vec<&'o Json>>,
    cilium: BTreeMap<&'o str, Vec<&'o Json>>,
    /// What Cilium knows, if it enforces the policies.
    identities: Option<Identities>,
}

impl<'o> Policies<'o> {
    pub(crate) fn new(objects: &'o [Json], identities: Option<Identities>) -> Self {
        let of_kind = |kind: &str| {
            let mut policies: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
            for object in objects.iter().filter(|object| object["kind"] == kind) {
                policies.entry(text(&object["metadata"]["namespace"])).or_default().push(&object["spec"]);
            }
            policies
        };
        Self { kubernetes: of_kind("NetworkPolicy"), cilium: of_kind("CiliumNetworkPolicy"), identities }
    }

    /// Whether `from` may open a connection to `port` of `to`: both sides have to allow it.
    pub(crate) fn allow(&self, from: &End, to: &End, port: &Port) -> bool {
        self.side("Egress", from, to, port) && self.side("Ingress", to, from, port)
    }

    /// Whether the policies of `own` allow a connection with `other`: `Egress` to it, or `Ingress` from it.
    pub(crate) fn side(&self, direction: &str, own: &End, other: &End, port: &Port) -> bool {
        let End::Pod(pod) = own else { return true };
        let of = |policies: &BTreeMap<&'o str, Vec<&'o Json>>| {
            policies.get(pod.namespace.as_str()).cloned().unwrap_or_default()
        };
        let (rules, peers) = if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
        let mut is_denied = false;
        for spec in of(&self.kubernetes) {
            let is_meant = list(&spec["policyTypes"]).iter().any(|kind| kind == direction)
                && selects(&spec["podSelector"], &pod.labels);
            if is_meant && list(&spec[rules]).iter().any(|rule| self.matches(rule, peers, pod, other, port)) {
                return true;
            }
            is_denied |= is_meant;
        }
        for spec in of(&self.cilium) {
            assert!(self.identities.is_some(), "nothing enforces a CiliumNetworkPolicy");
            assert!(spec[rules].is_null() || !list(&spec[rules]).is_empty(), "refused by the API server");
            let is_meant = !spec[rules].is_null() && selects(&spec["endpointSelector"], &pod.labels);
            let matches = |rule: &Json| self.cilium_matches(rule, peers, pod, other, port);
            if is_meant && list(&spec[rules]).iter().any(matches) {
                return true;
            }
            is_denied |= is_meant;
        }
        !is_denied
    }

    fn matches(&self, rule: &Json, peers: &str, own: &Pod, other: &End, port: &Port) -> bool {
        let (peers, ports) = (list(&rule[peers]), list(&rule["ports"]));
        (peers.is_empty() || peers.iter().any(|peer| self.is_peer(peer, own, other)))
            && (ports.is_empty() || ports.iter().any(|item| is_port(item, port)))
    }

    fn is_peer(&self, peer: &Json, own: &Pod, other: &End) -> bool {
        let block = &peer["ipBlock"];
        if !block.is_null() {
            return self.is_block(block, other);
        }
        let End::Pod(pod) = other else { return false };
        let name = BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone())]);
        let namespace = match &peer["namespaceSelector"] {
            Json::Null => own.namespace == pod.namespace,
            selector => selects(selector, &name),
        };
        namespace && (peer["podSelector"].is_null() || selects(&peer["podSelector"], &pod.labels))
    }

    /// Whether an address is in a range, and in no exception. Cilium matches no node by its address.
    fn is_block(&self, block: &Json, other: &End) -> bool {
        let Some(address) = other.address() else { return false };
        let is_known = |known: &Identities| known.is_host(address) || known.is_node(address);
        let within = |range: &Json| text(range).parse::<IpNet>().expect("a range").contains(&address);
        !self.identities.as_ref().is_some_and(is_known)
            && within(&block["cidr"])
            && !list(&block["except"]).iter().any(within)
    }

    /// Each key of a rule is another peer. A rule with ports only matches everything, an empty one nothing.
    fn cilium_matches(&self, rule: &Json, peers: &str, own: &Pod, other: &End, port: &Port) -> bool {
        let known = self.identities.as_ref().expect("Cilium enforces the policy");
        let (ports, icmps) = (list(&rule["toPorts"]), list(&rule["icmps"]));
        assert!(ports.is_empty() || icmps.is_empty(), "refused by Cilium: {rule}");
        let is_port = ports.is_empty() && icmps.is_empty()
            || ports.iter().flat_map(|item| list(&item["ports"])).any(|item| is_cilium_port(item, port))
            || icmps.iter().flat_map(|item| list(&item["fields"])).any(|field| is_icmp(field, port));
        let is_peer_key = |key: &&String| !["toPorts", "icmps"].contains(&key.as_str());
        let keys: Vec<_> = rule.as_object().expect("a rule").keys().filter(is_peer_key).collect();
        if keys.is_empty() {
            return (!ports.is_empty() || !icmps.is_empty()) && is_port;
        }
        assert_eq!(keys.len(), 1, "one peer a rule: {rule}");
        let key = keys[0].strip_prefix(peers).unwrap_or_else(|| panic!("another direction: {rule}"));
        let is_peer = |item: &Json| match (key, other) {
            ("Entities", _) if item == "all" => true,
            ("Entities", End::Proxy) => text(item) == "ingress",
            ("Entities", _) => other.address().is_some_and(|address| known.has(address, text(item))),
            ("FQDNs", End::Name(name, _)) => is_name(item, name),
            ("Endpoints", End::Pod(pod)) => is_endpoint(item, own, pod),
            ("CIDRSet", _) => self.is_block(item, other),
            ("FQDNs" | "Endpoints", _) => false,
            _ => panic!("{key} is not emitted"),
        };
        is_port && list(&rule[keys[0]]).iter().any(is_peer)
    }
}

/// A star matches any text without a dot.
fn is_name(item: &Json, name: &str) -> bool {
    let Some(pattern) = item["matchPattern"].as_str() else { return text(&item["matchName"]) == name };
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.split('.').collect(), name.split('.').collect());
    let is_label = |(pattern, label): (&&str, &&str)| match pattern.split_once('*') {
        None => pattern == label,
        Some((head, tail)) => label.strip_prefix(head).is_some_and(|rest| rest.ends_with(tail)),
    };
    pattern.len() == name.len() && pattern.iter().zip(&name).all(is_label)
}

/// A selector that does not name a namespace is about that of its policy.
fn is_endpoint(item: &Json, own: &Pod, pod: &Pod) -> bool {
    let expressions = list(&item["matchExpressions"]);
    let any = serde_json::json!({ "key": NAMESPACE, "operator": "Exists" });
    assert!(expressions.iter().all(|expression| *expression == any), "no others are emitted: {item}");
    let none = serde_json::Map::new();
    let wanted = item["matchLabels"].as_object().unwrap_or(&none);
    let is_bound = expressions.is_empty() && !wanted.contains_key(NAMESPACE);
    let has = |key: &str, value: &Json| match key.strip_prefix("k8s:").expect("a source") {
        "io.kubernetes.pod.namespace" => pod.namespace == text(value),
        key => pod.labels.get(key).is_some_and(|label| label == text(value)),
    };
    (!is_bound || pod.namespace == own.namespace) && wanted.iter().all(|(key, value)| has(key, value))
}

const NAMESPACE: &str = "k8s:io.kubernetes.pod.namespace";

/// An echo request is of type 8 in IPv4, and of type 128 in IPv6.
fn is_icmp(field: &Json, port: &Port) -> bool {
    let protocol = if field["family"] == "IPv6" { "ICMPv6" } else { "ICMP" };
    port.protocol == protocol && field["type"] == port.number
}

fn is_cilium_port(item: &Json, port: &Port) -> bool {
    let written = text(&item["port"]);
    let number = match written.parse::<u64>() {
        Err(_) => port.name.as_deref() == Some(written),
        Ok(low) => (low..=item["endPort"].as_u64().unwrap_or(low)).contains(&port.number.into()),
    };
    item["protocol"] == port.protocol && number
}

fn selects(selector: &Json, labels: &BTreeMap<String, String>) -> bool {
    let selector = selector.as_object().expect("a selector");
    assert!(selector.keys().all(|key| key == "matchLabels"), "no other selectors are emitted: {selector:?}");
    let wanted = selector.get("matchLabels").and_then(Json::as_object);
    wanted.is_none_or(|wanted| {
        wanted.iter().all(|(key, value)| labels.get(key).is_some_and(|label| label == text(value)))
    })
}

fn is_port(item: &Json, port: &Port) -> bool {
    let protocol = item["protocol"].as_str().unwrap_or("TCP");
    let number = match &item["port"] {
        Json::Null => true,
        Json::String(name) => port.name.as_ref() == Some(name),
        low => {
            let low = low.as_u64().expect("a port");
            (low..=item["endPort"].as_u64().unwrap_or(low)).contains(&port.number.into())
        }
    };
    protocol == port.protocol && number
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_else(|| panic!("a string is expected, not {json}"))
}
