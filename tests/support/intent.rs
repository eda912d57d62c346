//! Who is meant to reach whom, derived from the catalog alone, to check that policies allow what was
//! declared.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde_json::{Value as Json, json};

use crate::catalogs::{self, Catalog};
use crate::reach::{End, Pod, Port};

/// The label of the pods that answer an HTTP-01 challenge.
const SOLVER: &str = "acme.cert-manager.io/http01-solver";

/// What the catalog declares.
pub(crate) struct Intent<'c> {
    catalog: &'c Catalog,
    /// The entries that are rendered, by namespace.
    entries: BTreeMap<&'c str, &'c Json>,
    /// The rules of each profile, including those of its parents: side, peer and ports.
    profiles: BTreeMap<String, Vec<(Side, Json, Json)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ingress,
    Egress,
}

impl<'c> Intent<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        let enabled = catalog.entries.iter().filter(|entry| entry["enabled"] != false);
        let mut texts: BTreeMap<String, Json> = BTreeMap::new();
        for built_in in wharf::profile::BUILT_IN {
            let source = wharf::inputs::Source::new("profile", built_in.text);
            texts.insert(built_in.name.into(), catalogs::json(&source).expect("a profile"));
        }
        texts.extend(catalog.profiles.clone());
        let profiles = texts.keys().map(|name| (name.clone(), rules(name, &texts))).collect();
        Self { catalog, entries: enabled.map(|entry| (text(&entry["namespace"]), entry)).collect(), profiles }
    }

    /// The ends whose connections are worth trying.
    pub(crate) fn ends(&self) -> Vec<End> {
        let plain = |namespace: &str| Pod {
            namespace: namespace.into(),
            labels: BTreeMap::from([("app".into(), "plain".into())]),
        };
        let mut pods: BTreeSet<Pod> = self.entries.keys().copied().chain(["elsewhere"]).map(plain).collect();
        let solver = |namespace: &&str| Pod {
            namespace: (*namespace).into(),
            labels: BTreeMap::from([(SOLVER.into(), "true".into())]),
        };
        pods.extend(self.entries.keys().map(solver));
        let peers = list_of_pairs(&self.network()["peers"]);
        for (namespace, labels) in [self.dns(), self.controller()]
            .into_iter()
            .chain(peers.iter().filter_map(|(_, peer)| pods_of(peer)))
        {
            pods.insert(plain(&namespace));
            pods.insert(Pod { namespace, labels });
        }
        let addresses = [
            "1.1.1.1",
            "10.1.2.3",
            "10.42.0.7",
            "192.168.1.10",
            "192.168.1.20",
            "192.168.1.245",
            "192.168.7.7",
            "203.0.113.9",
            "169.254.20.10",
            "2606:4700::1111",
            "2001:db8::7",
            "fd00:1::10",
        ];
        let addresses = addresses.iter().map(|address| End::Address(address.parse().expect("an address")));
        pods.into_iter().map(End::Pod).chain(addresses).collect()
    }

    /// The ports that occur anywhere, and their neighbours.
    pub(crate) fn ports(&self) -> Vec<Port> {
        let mut said = BTreeSet::from(["53/UDP".to_owned(), "443".to_owned()]);
        let mut add =
            |ports: &Json| said.extend(list(ports).iter().filter(|port| !port.is_null()).map(words));
        for (_, _, ports) in self.profiles.values().flatten() {
            add(ports);
        }
        for entry in self.entries.values() {
            let policies = &entry["networkPolicies"];
            list(&policies["egress"])
                .iter()
                .chain(list(&policies["ingress"]))
                .for_each(|edge| add(&edge["ports"]));
            list(&entry["routes"])
                .iter()
                .filter(|route| !route["targetPort"].is_null())
                .for_each(|route| add(&json!([route["targetPort"]])));
        }
        if self.solves() {
            add(&json!([8089]));
        }
        add(&json!([self.forward_auth()["targetPort"]]));
        for address in list(&self.network()["apiServer"]) {
            add(&json!([text(address).rsplit(':').next()]));
        }
        let mut ports = BTreeSet::new();
        for port in &said {
            let range = port.split('/').next().unwrap_or_default();
            let numbers: Vec<u16> = range.split('-').filter_map(|number| number.parse().ok()).collect();
            let name = numbers.is_empty().then(|| range.to_owned());
            for number in numbers
                .iter()
                .flat_map(|number| [number.saturating_sub(1).max(1), *number, number.saturating_add(1)])
                .chain([65000])
            {
                ports.extend(["TCP", "UDP", "SCTP"].map(|protocol| Port {
                    protocol,
                    number,
                    name: name.clone(),
                }));
            }
        }
        ports.into_iter().collect()
    }

    /// Whether `from` is meant to reach `port` of `to`.
    pub(crate) fn allows(&self, from: &End, to: &End, port: &Port) -> bool {
        self.side(Side::Egress, from, to, port) && self.side(Side::Ingress, to, from, port)
    }

    fn side(&self, side: Side, own: &End, other: &End, port: &Port) -> bool {
        let Some(entry) = own.namespace().and_then(|namespace| self.entries.get(namespace)) else {
            return true;
        };
        let policies = &entry["networkPolicies"];
        let profile = text(&policies["profile"]);
        if profile == "none" {
            return true;
        }
        let namespace = text(&entry["namespace"]);
        let by_profile = self.profiles[profile].iter().any(|(at, peer, ports)| {
            *at == side && self.is_named(side, text(peer), namespace, other, ports, port)
        });
        let key = if side == Side::Egress { "egress" } else { "ingress" };
        let by_edge =
            list(&policies[key]).iter().any(|edge| self.is_edge(side, edge, namespace, other, port));
        by_profile
            || by_edge
            || self.by_other_entry(side, namespace, entry, other, port)
            || self.by_solver(side, own, entry, other, port)
    }

    fn is_edge(&self, side: Side, edge: &Json, own: &str, other: &End, port: &Port) -> bool {
        let ports = &edge["ports"];
        if let Some(namespace) = edge["namespace"].as_str() {
            return other.namespace() == Some(namespace) && covers(ports, port);
        }
        if let Some(cidr) = edge["cidr"].as_str() {
            return within(other, &json!([cidr])) && covers(ports, port);
        }
        let name = if edge["to"].is_null() { &edge["from"] } else { &edge["to"] };
        self.is_named(side, text(name), own, other, ports, port)
    }

    /// The other side of an edge that another entry declares, of routes, and of the auth service.
    fn by_other_entry(&self, side: Side, own: &str, entry: &Json, other: &End, port: &Port) -> bool {
        let (controller, _) = self.controller();
        let caller = other.namespace();
        match side {
            Side::Ingress => {
                let caller = caller.and_then(|caller| self.entries.get(caller));
                let edges =
                    caller.map(|caller| list(&caller["networkPolicies"]["egress"])).unwrap_or_default();
                let declared =
                    edges.iter().any(|edge| edge["namespace"] == own && covers(&edge["ports"], port));
                declared
                    || own != controller
                        && self.is_named(Side::Ingress, "ingress-controller", own, other, &json!([]), port)
                        && (routed(entry, port) || self.is_auth(own, port))
            }
            Side::Egress => {
                let Some(caller) = caller.filter(|caller| own == controller && own != *caller) else {
                    return false;
                };
                let solved = |callee: &&Json| self.is_solved(callee) && covers(&json!([8089]), port);
                self.entries.get(caller).is_some_and(|callee| {
                    routed(callee, port) || self.is_auth(caller, port) || solved(callee)
                })
            }
        }
    }

    /// The ingress controller's requests to the pods of cert-manager that answer a challenge beside an app.
    fn by_solver(&self, side: Side, own: &End, entry: &Json, other: &End, port: &Port) -> bool {
        let End::Pod(pod) = own else { return false };
        side == Side::Ingress
            && pod.namespace != self.controller().0
            && pod.labels.contains_key(SOLVER)
            && self.is_solved(entry)
            && self.is_named(Side::Ingress, "ingress-controller", &pod.namespace, other, &json!([8089]), port)
    }

    /// Whether certificates are issued by pods beside the apps.
    fn solves(&self) -> bool {
        let certificates = &self.catalog.platform["certificates"];
        certificates["issuer"]["solver"] == "http01"
            && (certificates["mode"] == "certificate" || certificates["mode"] == "annotation")
    }

    /// Whether a route of the entry can be reached over TLS, so that it needs a certificate.
    fn is_solved(&self, entry: &Json) -> bool {
        let websecure = json!([{ "name": "websecure", "exposure": "internal", "tls": true }]);
        let points = &self.catalog.platform["routing"]["entryPoints"];
        let points = if points.is_null() { &websecure } else { points };
        let defaults = [&entry["exposure"], &self.catalog.platform["defaults"]["exposure"]];
        let reaches = |route: &Json, point: &Json| {
            let lists = [&route["exposure"]].into_iter().chain(defaults).map(list);
            let sides = lists.into_iter().find(|sides| !sides.is_empty()).unwrap_or_default();
            point["redirectTo"].is_null() && (sides.is_empty() || sides.contains(&point["exposure"]))
        };
        let encrypted =
            |route: &Json| list(points).iter().any(|point| point["tls"] == true && reaches(route, point));
        self.solves() && list(&entry["routes"]).iter().any(encrypted)
    }

    fn forward_auth(&self) -> &'c Json {
        &self.catalog.platform["routing"]["auth"]["forwardAuth"]
    }

    /// Whether the auth service is in this namespace and may be asked at this port.
    fn is_auth(&self, namespace: &str, port: &Port) -> bool {
        let auth = self.forward_auth();
        let host = auth["address"].as_str().unwrap_or_default().trim_start_matches("http://");
        let asked = host.split('.').nth(1) == Some(namespace) || auth["callback"]["namespace"] == namespace;
        asked && (auth["targetPort"].is_null() || covers(&json!([auth["targetPort"]]), port))
    }

    /// Whether `other` is the peer with this name, as seen from `own`, on one of `ports`.
    fn is_named(&self, side: Side, name: &str, own: &str, other: &End, ports: &Json, port: &Port) -> bool {
        let network = self.network();
        let is_pod = |(namespace, labels): (String, BTreeMap<String, String>)| match other {
            End::Pod(pod) => {
                pod.namespace == namespace
                    && labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
            }
            End::Address(_) => false,
        };
        let on_host = network["ingressController"]["hostNetwork"] == true;
        let pod = matches!(other, End::Pod(_));
        let is_peer = match name {
            "dns" => is_pod(self.dns()) || within(other, &json!([network["dns"]["nodeLocal"]])),
            "same-namespace" => other.namespace() == Some(own),
            "ingress-controller" if on_host => within(other, &network["nodeCidrs"]),
            "ingress-controller" => is_pod(self.controller()),
            "internet" => self.is_internet(other),
            "lan" => within(other, &network["lanCidrs"]),
            "nodes" => within(other, &network["nodeCidrs"]),
            "kube-apiserver" => within(
                other,
                &self.api_servers(|server| {
                    format!("{}/{}", server.ip(), if server.is_ipv4() { 32 } else { 128 })
                }),
            ),
            "cluster" => pod,
            "anywhere" => true,
            _ => {
                let peer = &network["peers"][name];
                pods_of(peer).is_some_and(is_pod) || within(other, &peer["cidrs"])
            }
        };
        // Some peers listen on well-known ports; the pods of the same namespace do not.
        let known = match name {
            "dns" => json!(["53/UDP", "53/TCP"]),
            "kube-apiserver" => self.api_servers(|server| server.port().to_string()),
            _ => json!([]),
        };
        let ports = if side == Side::Egress && list(ports).is_empty() { &known } else { ports };
        is_peer && covers(ports, port)
    }

    fn api_servers(&self, what: impl Fn(SocketAddr) -> String) -> Json {
        list(&self.network()["apiServer"])
            .iter()
            .map(|server| what(text(server).parse().expect("an address")))
            .collect::<Vec<_>>()
            .into()
    }

    fn is_internet(&self, other: &End) -> bool {
        let End::Address(address) = other else { return false };
        let network = self.network();
        let wanted = match address {
            IpAddr::V4(_) => "ipv4",
            IpAddr::V6(_) => "ipv6",
        };
        let family = if network["ipFamilies"].is_null() {
            wanted == "ipv4"
        } else {
            list(&network["ipFamilies"]).iter().any(|name| name == wanted)
        };
        let private = json!([
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
            "::1/128",
            "64:ff9b::/96",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8"
        ]);
        let private = if network["privateCidrs"].is_null() { &private } else { &network["privateCidrs"] };
        let own = ["podCidrs", "serviceCidrs", "nodeCidrs", "loadBalancerCidrs"];
        family && !within(other, private) && !own.iter().any(|key| within(other, &network[key]))
    }

    fn network(&self) -> &'c Json {
        &self.catalog.platform["network"]
    }

    fn dns(&self) -> (String, BTreeMap<String, String>) {
        self.system_pods("dns", "kube-system", ("k8s-app", "kube-dns"))
    }

    fn controller(&self) -> (String, BTreeMap<String, String>) {
        self.system_pods("ingressController", "traefik", ("app.kubernetes.io/name", "traefik"))
    }

    fn system_pods(
        &self,
        key: &str,
        namespace: &str,
        (label, value): (&str, &str),
    ) -> (String, BTreeMap<String, String>) {
        let said = &self.network()[key];
        let namespace = said["namespace"].as_str().unwrap_or(namespace);
        let labels = labels(&said["podLabels"]);
        (
            namespace.into(),
            if labels.is_empty() { BTreeMap::from([(label.into(), value.into())]) } else { labels },
        )
    }
}

fn rules(name: &str, texts: &BTreeMap<String, Json>) -> Vec<(Side, Json, Json)> {
    let profile = &texts[name];
    let mut all = profile["extends"].as_str().map(|parent| rules(parent, texts)).unwrap_or_default();
    all.extend(
        list(&profile["ingress"])
            .iter()
            .map(|rule| (Side::Ingress, rule["from"].clone(), rule["ports"].clone())),
    );
    all.extend(
        list(&profile["egress"]).iter().map(|rule| (Side::Egress, rule["to"].clone(), rule["ports"].clone())),
    );
    all
}

/// Whether a route of the entry leads to this port of its pods.
fn routed(entry: &Json, port: &Port) -> bool {
    list(&entry["routes"])
        .iter()
        .any(|route| route["targetPort"].is_null() || covers(&json!([route["targetPort"]]), port))
}

/// Whether `ports` contain `port`; an empty list contains all.
fn covers(ports: &Json, port: &Port) -> bool {
    let ports = list(ports);
    let holds = |said: &Json| {
        let said = words(said);
        let (range, protocol) = said.split_once('/').unwrap_or((&said, "TCP"));
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let number = match (low.parse::<u16>(), high.parse::<u16>()) {
            (Ok(low), Ok(high)) => (low..=high).contains(&port.number),
            _ => port.name.as_deref() == Some(range),
        };
        number && protocol == port.protocol
    };
    ports.is_empty() || ports.iter().any(holds)
}

fn within(end: &End, ranges: &Json) -> bool {
    let End::Address(address) = end else { return false };
    list(ranges)
        .iter()
        .filter_map(Json::as_str)
        .any(|range| range.parse::<IpNet>().expect("a range").contains(address))
}

fn pods_of(peer: &Json) -> Option<(String, BTreeMap<String, String>)> {
    Some((peer["namespace"].as_str()?.to_owned(), labels(&peer["podLabels"])))
}

fn labels(json: &Json) -> BTreeMap<String, String> {
    list_of_pairs(json).into_iter().map(|(key, value)| (key.clone(), text(value).to_owned())).collect()
}

fn list_of_pairs(json: &Json) -> Vec<(&String, &Json)> {
    json.as_object().map(|pairs| pairs.iter().collect()).unwrap_or_default()
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_else(|| panic!("text expected, not {json}"))
}

/// A port as text, whether it is written as a number or a string.
fn words(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
