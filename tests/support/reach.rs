//! Who can reach whom under a set of NetworkPolicies, according to the documentation of Kubernetes. It reads
//! the emitted JSON and nothing else.

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
}

impl End {
    pub(crate) fn namespace(&self) -> Option<&str> {
        match self {
            Self::Pod(pod) => Some(&pod.namespace),
            Self::Address(_) => None,
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
pub(crate) struct Policies<'o>(BTreeMap<&'o str, Vec<&'o Json>>);

impl<'o> Policies<'o> {
    pub(crate) fn new(objects: &'o [Json]) -> Self {
        let mut policies: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
        for object in objects.iter().filter(|object| object["kind"] == "NetworkPolicy") {
            policies.entry(text(&object["metadata"]["namespace"])).or_default().push(&object["spec"]);
        }
        Self(policies)
    }

    /// Whether `from` may open a connection to `port` of `to`: both sides have to allow it.
    pub(crate) fn allow(&self, from: &End, to: &End, port: &Port) -> bool {
        self.side("Egress", from, to, port) && self.side("Ingress", to, from, port)
    }

    /// Whether the policies of `own` allow a connection with `other`: `Egress` to it, or `Ingress` from it.
    pub(crate) fn side(&self, direction: &str, own: &End, other: &End, port: &Port) -> bool {
        let End::Pod(pod) = own else { return true };
        let all = self.0.get(pod.namespace.as_str()).map(Vec::as_slice).unwrap_or_default();
        let selects = |spec: &&&Json| {
            list(&spec["policyTypes"]).iter().any(|kind| kind == direction)
                && selects(&spec["podSelector"], &pod.labels)
        };
        let mut policies = all.iter().filter(selects).peekable();
        if policies.peek().is_none() {
            return true;
        }
        let (rules, peers) = if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
        policies.any(|spec| list(&spec[rules]).iter().any(|rule| matches(rule, peers, pod, other, port)))
    }
}

fn matches(rule: &Json, peers: &str, own: &Pod, other: &End, port: &Port) -> bool {
    let (peers, ports) = (list(&rule[peers]), list(&rule["ports"]));
    (peers.is_empty() || peers.iter().any(|peer| is_peer(peer, own, other)))
        && (ports.is_empty() || ports.iter().any(|item| is_port(item, port)))
}

fn is_peer(peer: &Json, own: &Pod, other: &End) -> bool {
    match other {
        End::Address(address) => {
            let block = &peer["ipBlock"];
            let within = |range: &Json| text(range).parse::<IpNet>().expect("a range").contains(address);
            !block.is_null() && within(&block["cidr"]) && !list(&block["except"]).iter().any(within)
        }
        End::Pod(pod) => {
            if !peer["ipBlock"].is_null() {
                return false;
            }
            let name = BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone())]);
            let namespace = match &peer["namespaceSelector"] {
                Json::Null => own.namespace == pod.namespace,
                selector => selects(selector, &name),
            };
            namespace && (peer["podSelector"].is_null() || selects(&peer["podSelector"], &pod.labels))
        }
    }
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
