//! Who is meant to reach whom, derived from the catalog alone, to check that policies allow what was
//! declared.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde_json::{Value as Json, json};

use crate::catalogs::{self, Catalog};
use crate::reach::{End, Identities, Pod, Port};

/// The label of the pods that answer an HTTP-01 challenge.
const SOLVER: &str = "acme.cert-manager.io/http01-solver";

/// What the catalog declares.
pub(crate) struct Intent<'c> {
    catalog: &'c Catalog,
    /// The entries that are rendered, by namespace.
    entries: BTreeMap<&'c str, &'c Json>,
    /// The lines of each entry and of its profile, including those of its parents.
    lines: BTreeMap<&'c str, Vec<(Side, Json)>>,
    /// What Cilium knows of addresses, if its own policies are rendered.
    identities: Option<Identities>,
    cilium: bool,
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
        let entries: BTreeMap<_, _> = enabled.map(|entry| (text(&entry["namespace"]), entry)).collect();
        let profiles: BTreeMap<_, _> = texts.keys().map(|name| (name, rules(name, &texts))).collect();
        let lines = entries.iter().map(|(namespace, entry)| {
            let profile = entry["networkPolicies"]["profile"].as_str().map(str::to_owned);
            (*namespace, lines(entry, profile.and_then(|name| profiles.get(&name))))
        });
        let lines = lines.collect();
        let cilium = catalog.platform["network"]["policies"] == "cilium";
        let identities = cilium.then(|| identities(&catalog.platform["network"]));
        Self { catalog, entries, lines, identities, cilium }
    }

    /// What Cilium knows of addresses, if its own policies are rendered.
    pub(crate) fn identities(&self) -> Option<&Identities> {
        self.identities.as_ref()
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
        if self.entries.len() < 100 {
            for labels in self.chosen() {
                let labelled =
                    |namespace: &&str| Pod { namespace: (*namespace).into(), labels: labels.clone() };
                pods.extend(self.entries.keys().chain(&["elsewhere"]).map(labelled));
            }
        }
        let peers = list_of_pairs(&self.network()["peers"]);
        for (namespace, labels) in [self.dns(), self.controller()]
            .into_iter()
            .chain(self.controllers())
            .chain(pods_of(&self.network()["monitoring"]))
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
            "fd00:2::10",
        ];
        let addresses = addresses.iter().map(|address| End::Address(address.parse().expect("an address")));
        let names = ["api.example.org", "www.api.example.org", "example.net"]
            .map(|name| End::Name(name.into(), "1.0.0.1".parse().expect("an address")));
        let proxy = (self.network()["ingressController"]["cilium"] == true).then_some(End::Proxy);
        pods.into_iter().map(End::Pod).chain(addresses).chain(names).chain(proxy).collect()
    }

    /// All lines of profiles, entries and routes.
    fn all_lines(&self) -> impl Iterator<Item = &Json> {
        let routes = self.entries.values().flat_map(|entry| list(&entry["routes"]));
        self.lines.values().flatten().map(|(_, line)| line).chain(routes)
    }

    /// The labels by which lines choose pods.
    fn chosen(&self) -> BTreeSet<BTreeMap<String, String>> {
        let keys = ["fromPodLabels", "toPodLabels", "podLabels"];
        let chosen = self.all_lines().flat_map(|line| keys.map(|key| labels(&line[key])));
        chosen.filter(|labels| !labels.is_empty()).collect()
    }

    /// The ports that occur anywhere, and their neighbours.
    pub(crate) fn ports(&self) -> Vec<Port> {
        let mut said = BTreeSet::from(["53/UDP".to_owned(), "443".to_owned()]);
        let mut add =
            |ports: &Json| said.extend(list(ports).iter().filter(|port| !port.is_null()).map(words));
        for (_, line) in self.lines.values().flatten() {
            add(&line["ports"]);
        }
        for entry in self.entries.values() {
            list(&entry["routes"])
                .iter()
                .flat_map(|route| [route].into_iter().chain(list(&route["backends"])))
                .for_each(|backend| add(&json!([backend["targetPort"]])));
            let streams = list(&entry["streams"]).iter();
            streams.for_each(|stream| add(&json!([stream["targetPort"]])));
            let outside = list(&entry["routes"]).iter().filter(|route| !route["addresses"].is_null());
            outside.for_each(|route| add(&json!([route["port"]])));
        }
        if self.solves() {
            add(&json!([8089]));
        }
        add(&json!([self.forward_auth()["targetPort"], self.shared_auth()["targetPort"]]));
        for address in list(&self.network()["apiServer"]) {
            add(&json!([text(address).rsplit(':').next()]));
        }
        let mut ports = BTreeSet::new();
        if said.contains("8/ICMP") {
            let echo = [("ICMP", 8), ("ICMP", 3), ("ICMPv6", 128)];
            ports.extend(echo.map(|(protocol, number)| Port { protocol, number, name: None }));
        }
        for port in said.iter().filter(|port| !port.contains("ICMP")) {
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
        let End::Pod(pod) = own else { return true };
        let Some(entry) = self.entries.get(pod.namespace.as_str()) else { return true };
        if entry["networkPolicies"]["profile"] == "none" {
            return true;
        }
        self.lines_of(&pod.namespace, side).any(|line| self.is_line(side, line, pod, other, port))
            || self.by_other_side(side, pod, other, port)
            || self.by_routes(side, pod, entry, other, port)
            || self.by_solver(side, own, entry, other, port)
    }

    /// The lines of the entry of a namespace, on one side.
    fn lines_of(&self, namespace: &str, side: Side) -> impl Iterator<Item = &Json> {
        let lines = self.lines.get(namespace).into_iter().flatten();
        lines.filter(move |(at, _)| *at == side).map(|(_, line)| line)
    }

    fn is_line(&self, side: Side, line: &Json, own: &Pod, other: &End, port: &Port) -> bool {
        let (here, there) = (&line["fromPodLabels"], &line["toPodLabels"]);
        let (here, there) = if side == Side::Egress { (here, there) } else { (there, here) };
        let is_chosen = match other {
            End::Pod(pod) => has(pod, there),
            End::Address(_) | End::Name(..) | End::Proxy => there.is_null(),
        };
        let ports = &line["ports"];
        let is_peer = || {
            if let Some(wanted) = line["fqdn"].as_str() {
                return matches!(other, End::Name(name, _) if is_fqdn(wanted, name)) && covers(ports, port);
            }
            if let Some(namespace) = line["namespace"].as_str() {
                other.namespace() == Some(namespace) && covers(ports, port)
            } else if let Some(cidr) = line["cidr"].as_str() {
                self.in_range(other, &json!([cidr])) && covers(ports, port)
            } else {
                self.is_named(side, peer_of(line), &own.namespace, other, ports, port)
            }
        };
        has(own, here) && is_chosen && is_peer()
    }

    /// The other side of a line that names these pods, in the entry of the other end.
    fn by_other_side(&self, side: Side, own: &Pod, other: &End, port: &Port) -> bool {
        let End::Pod(pod) = other else { return false };
        let opposite = if side == Side::Egress { Side::Ingress } else { Side::Egress };
        let names_pods = |line: &&Json| {
            let is_same = peer_of(line) == "same-namespace";
            let is_elsewhere = !line["namespace"].is_null()
                || ["dns", "ingress-controller", "monitoring"].contains(&peer_of(line))
                || !self.network()["peers"][peer_of(line)]["namespace"].is_null();
            is_same || is_elsewhere && own.namespace != pod.namespace
        };
        self.lines_of(&pod.namespace, opposite)
            .filter(names_pods)
            .any(|line| self.is_line(opposite, line, pod, &End::Pod(own.clone()), port))
    }

    /// The ingress controller's connections to the pods of routes and to the auth service.
    fn by_routes(&self, side: Side, own: &Pod, entry: &Json, other: &End, port: &Port) -> bool {
        let is_controller = self.is_controller(&own.namespace);
        match side {
            Side::Egress if self.is_node(other) && is_controller => {
                let on_host = self.entries.values().filter(|entry| has_host_pods(entry));
                on_host.into_iter().any(|entry| {
                    list(&entry["routes"]).iter().any(|route| {
                        route["redirect"].is_null()
                            && (is_on_host(entry) || route["onHost"] != false)
                            && (route["targetPort"].is_null() || covers(&json!([route["targetPort"]]), port))
                    })
                })
            }
            Side::Ingress => {
                let from = "ingress-controller";
                !is_on_host(entry)
                    && self.is_served(&own.namespace)
                    && self.is_named(Side::Ingress, from, &own.namespace, other, &json!([]), port)
                    && (routed(entry, own, port, &self.catalog.platform)
                        || self.is_auth(&own.namespace, port))
            }
            Side::Egress => {
                if is_controller && self.entries.values().any(|entry| self.leads_out(entry, other, port)) {
                    return true;
                }
                let End::Pod(callee) = other else { return false };
                if !is_controller || callee.namespace == own.namespace {
                    return false;
                }
                let solved = |entry: &&Json| {
                    self.is_solved(entry)
                        && callee.labels.contains_key(SOLVER)
                        && covers(&json!([8089]), port)
                };
                self.entries.get(callee.namespace.as_str()).is_some_and(|entry| {
                    let to_pods = routed(entry, callee, port, &self.catalog.platform)
                        || self.is_auth(&callee.namespace, port);
                    !is_on_host(entry) && to_pods || solved(entry)
                })
            }
        }
    }

    /// The ingress controller's requests to the pods of cert-manager that answer a challenge beside an app.
    fn by_solver(&self, side: Side, own: &End, entry: &Json, other: &End, port: &Port) -> bool {
        let End::Pod(pod) = own else { return false };
        side == Side::Ingress
            && self.is_served(&pod.namespace)
            && pod.labels.contains_key(SOLVER)
            && self.is_solved(entry)
            && self.is_named(Side::Ingress, "ingress-controller", &pod.namespace, other, &json!([8089]), port)
    }

    /// Whether a route of the entry leads to this port of a machine outside of the cluster.
    fn leads_out(&self, entry: &Json, other: &End, port: &Port) -> bool {
        list(&entry["routes"]).iter().any(|route| {
            let target = if route["targetPort"].is_null() { &route["port"] } else { &route["targetPort"] };
            let ranges = list(&route["addresses"]).iter().map(|address| {
                let address = text(address);
                format!("{address}/{}", if address.contains(':') { 128 } else { 32 })
            });
            self.in_range(other, &ranges.collect::<Vec<_>>().into()) && covers(&json!([target]), port)
        })
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
            point["redirectTo"].is_null()
                && point["protocol"].is_null()
                && (sides.is_empty() || sides.contains(&point["exposure"]))
        };
        let encrypted =
            |route: &Json| list(points).iter().any(|point| point["tls"] == true && reaches(route, point));
        self.solves() && list(&entry["routes"]).iter().any(encrypted)
    }

    fn forward_auth(&self) -> &'c Json {
        &self.catalog.platform["routing"]["auth"]["forwardAuth"]
    }

    fn shared_auth(&self) -> &'c Json {
        &self.catalog.platform["routing"]["auth"]["middleware"]
    }

    /// Whether the auth service is in this namespace and may be asked at this port.
    fn is_auth(&self, namespace: &str, port: &Port) -> bool {
        let auth = self.forward_auth();
        let host = auth["address"].as_str().unwrap_or_default().trim_start_matches("http://");
        let asked = host.split('.').nth(1) == Some(namespace) || auth["callback"]["namespace"] == namespace;
        // the Middleware that all routes share is expected beside the service that it asks
        let shared = self.shared_auth();
        [(asked, auth), (shared["namespace"] == namespace, shared)].iter().any(|(asked, auth)| {
            *asked && (auth["targetPort"].is_null() || covers(&json!([auth["targetPort"]]), port))
        })
    }

    /// Whether `other` is the peer with this name, as seen from `own`, on one of `ports`.
    fn is_named(&self, side: Side, name: &str, own: &str, other: &End, ports: &Json, port: &Port) -> bool {
        let network = self.network();
        let is_pod = |(namespace, labels): (String, BTreeMap<String, String>)| match other {
            End::Pod(pod) => {
                pod.namespace == namespace
                    && labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
            }
            End::Address(_) | End::Name(..) | End::Proxy => false,
        };
        let on_host = network["ingressController"]["hostNetwork"] == true;
        let is_proxy = network["ingressController"]["cilium"] == true;
        let node_local = self.node_local();
        let pod = matches!(other, End::Pod(_));
        let is_peer = match name {
            "dns" if self.cilium && side == Side::Egress && !list(&node_local).is_empty() => {
                let local = BTreeMap::from([("k8s-app".into(), "node-local-dns".into())]);
                is_pod(self.dns()) || is_pod(("kube-system".into(), local)) || within(other, &node_local)
            }
            // Cilium never matches addresses of the node itself
            "dns" if self.cilium => is_pod(self.dns()),
            "dns" => is_pod(self.dns()) || within(other, &node_local),
            "same-namespace" => other.namespace() == Some(own),
            "ingress-controller" if is_proxy => *other == End::Proxy,
            "ingress-controller" if on_host && self.is_node_or_tunnel(side, other) => true,
            "ingress-controller" => self.controllers().into_iter().any(is_pod),
            "internet" => self.is_internet(other),
            "lan" => self.in_range(other, &network["lanCidrs"]),
            "nodes" => self.is_node_or_tunnel(side, other),
            "webhook-caller" if self.cilium => self.is_node(other) || self.is_api_server_address(other),
            "kube-apiserver" => return self.is_api_server(side, other, ports, port),
            "cluster" => pod,
            "monitoring" => pods_of(&network["monitoring"]).is_some_and(is_pod),
            "anywhere" | "webhook-caller" => true,
            _ => {
                let peer = &network["peers"][name];
                pods_of(peer).is_some_and(is_pod) || self.in_range(other, &peer["cidrs"])
            }
        };
        // Some peers listen on well-known ports; the pods of the same namespace do not.
        let known = match name {
            "dns" => {
                let mut ports = list(&network["dns"]["ports"]).to_vec();
                if ports.is_empty() || !list(&node_local).is_empty() {
                    ports.extend(["53/UDP", "53/TCP"].map(Json::from));
                }
                ports.into()
            }
            _ => json!([]),
        };
        let ports = if side == Side::Egress && list(ports).is_empty() { &known } else { ports };
        is_peer && covers(ports, port)
    }

    fn is_api_server_address(&self, other: &End) -> bool {
        other
            .address()
            .is_some_and(|address| self.identities().is_some_and(|known| known.api_server.contains(&address)))
    }

    /// Whether an end is an address of a node; for Cilium, those of the node itself count.
    fn is_node(&self, other: &End) -> bool {
        let network = self.network();
        within(other, &network["nodeCidrs"]) || self.cilium && within(other, &self.node_local())
    }

    /// Nodes connect to pods of other nodes from the ends of tunnels, which Cilium knows as nodes.
    fn is_node_or_tunnel(&self, side: Side, other: &End) -> bool {
        let is_tunnel = || within(other, &self.network()["nodeTunnelCidrs"]);
        self.is_node(other) || !self.cilium && side == Side::Ingress && is_tunnel()
    }

    /// The addresses of the node-local cache of the DNS.
    fn node_local(&self) -> Json {
        node_local(self.network())
    }

    /// The pods of each ingress controller; none if they are in the host network, or the proxy of Cilium.
    pub(crate) fn controllers(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let written = &self.network()["ingressController"];
        let are_pods = written["hostNetwork"] != true && written["cilium"] != true;
        let others = list(&written["others"]).iter().filter_map(pods_of);
        are_pods.then(|| self.controller()).into_iter().chain(others).collect()
    }

    /// Whether an ingress controller connects to a namespace from elsewhere.
    fn is_served(&self, namespace: &str) -> bool {
        let written = &self.network()["ingressController"];
        let are_others = written["hostNetwork"] == true || written["cilium"] == true;
        are_others || self.controllers().iter().any(|(own, _)| own != namespace)
    }

    /// Whether pods of a namespace are an ingress controller.
    fn is_controller(&self, namespace: &str) -> bool {
        self.controllers().iter().any(|(own, _)| own == namespace)
    }

    /// Whether an end is in one of these ranges. Cilium knows nodes as a whole only.
    fn in_range(&self, other: &End, ranges: &Json) -> bool {
        if !self.cilium || !self.is_node(other) {
            return within(other, ranges);
        }
        let nodes = self.identities().map(|known| known.nodes.as_slice()).unwrap_or_default();
        let covers = |range: &Json| {
            let range: IpNet = text(range).parse().expect("a range");
            !nodes.is_empty() && nodes.iter().all(|nodes| range.contains(nodes))
        };
        list(ranges).iter().any(covers)
    }

    /// Each address has its own port; a port that no address has is meant at all of them.
    fn is_api_server(&self, side: Side, other: &End, ports: &Json, port: &Port) -> bool {
        let Some(address) = other.address() else { return false };
        if self.cilium {
            let own: Vec<_> = list(&self.network()["apiServer"])
                .iter()
                .map(|server| Json::from(text(server).rsplit(':').next().expect("a port")))
                .collect();
            let ports = if list(ports).is_empty() && side == Side::Egress { &Json::from(own) } else { ports };
            let is_from_node = side == Side::Ingress && self.is_node(other);
            return (is_from_node || self.is_api_server_address(other)) && covers(ports, port);
        }
        let servers: Vec<SocketAddr> = list(&self.network()["apiServer"])
            .iter()
            .map(|server| text(server).parse().expect("an address"))
            .collect();
        let here = |number: &str| {
            servers.iter().any(|server| server.ip() == address && server.port().to_string() == number)
        };
        let is_own = |number: &str| servers.iter().any(|server| server.port().to_string() == number);
        let is_item = |item: &Json| {
            let item_text = words(item);
            let number = item_text.strip_suffix("/TCP").unwrap_or(&item_text);
            covers(&json!([item]), port) && (!is_own(number) || here(number))
        };
        servers.iter().any(|server| server.ip() == address)
            && match (side, list(ports)) {
                (Side::Ingress, _) => covers(ports, port),
                (Side::Egress, []) => port.protocol == "TCP" && here(&port.number.to_string()),
                (Side::Egress, ports) => ports.iter().any(is_item),
            }
    }

    fn is_internet(&self, other: &End) -> bool {
        let Some(address) = other.address() else { return false };
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
            // of IPv4
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            // of IPv6
            "::/127",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/63",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8"
        ]);
        let private = if network["privateCidrs"].is_null() { &private } else { &network["privateCidrs"] };
        let own = ["podCidrs", "serviceCidrs", "nodeCidrs", "loadBalancerCidrs", "lanCidrs"];
        let is_server = list(&network["apiServer"])
            .iter()
            .any(|server| text(server).parse::<SocketAddr>().expect("an address").ip() == address);
        let is_own = own.iter().any(|key| within(other, &network[key]));
        let is_node = self.cilium && self.is_node(other);
        let is_excluded = is_server || is_node || is_own || within(other, private);
        family && !is_excluded
    }

    fn network(&self) -> &'c Json {
        &self.catalog.platform["network"]
    }

    fn dns(&self) -> (String, BTreeMap<String, String>) {
        self.system_pods("dns", "kube-system", ("k8s-app", "kube-dns"))
    }

    /// The namespace and labels of the ingress controller.
    pub(crate) fn controller(&self) -> (String, BTreeMap<String, String>) {
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

fn rules(name: &str, texts: &BTreeMap<String, Json>) -> Vec<(Side, Json)> {
    let profile = &texts[name];
    let mut all = profile["extends"].as_str().map(|parent| rules(parent, texts)).unwrap_or_default();
    all.extend(list(&profile["ingress"]).iter().map(|line| (Side::Ingress, line.clone())));
    all.extend(list(&profile["egress"]).iter().map(|line| (Side::Egress, line.clone())));
    all
}

fn identities(network: &Json) -> Identities {
    let ranges = |json: &Json| {
        let range = |range: &Json| text(range).parse().expect("a range");
        list(json).iter().map(range).collect()
    };
    Identities {
        nodes: ranges(&network["nodeCidrs"]),
        host: ranges(&node_local(network)),
        api_server: list(&network["apiServer"])
            .iter()
            .map(|server| text(server).parse::<SocketAddr>().expect("an address").ip())
            .collect(),
    }
}

fn node_local(network: &Json) -> Json {
    let dns = &network["dns"];
    let first = [&dns["nodeLocal"]].into_iter().filter(|range| !range.is_null());
    first.chain(list(&dns["nodeLocalCidrs"])).cloned().collect::<Vec<_>>().into()
}

/// The lines of an entry and of its profile.
fn lines(entry: &Json, profile: Option<&Vec<(Side, Json)>>) -> Vec<(Side, Json)> {
    let policies = &entry["networkPolicies"];
    let is_guess = |line: &Json| line["from"] == "webhook-caller" && entry["knowsWebhooks"] == true;
    let mut all: Vec<_> =
        profile.into_iter().flatten().filter(|(_, line)| !is_guess(line)).cloned().collect();
    all.extend(list(&policies["egress"]).iter().map(|line| (Side::Egress, line.clone())));
    all.extend(list(&policies["ingress"]).iter().map(|line| (Side::Ingress, line.clone())));
    for (key, peer) in [("scrape", "monitoring"), ("webhooks", "webhook-caller")] {
        if !list(&policies[key]).is_empty() {
            all.push((Side::Ingress, json!({ "from": peer, "ports": policies[key] })));
        }
    }
    // echo requests instead of all ports, or besides some
    for (_, line) in all.iter_mut().filter(|(_, line)| line["ping"] == true) {
        let echo = ["8/ICMP", "128/ICMPv6"].map(Json::from);
        line["ports"] = list(&line["ports"]).iter().cloned().chain(echo).collect();
    }
    // names are looked up
    let to_names = all.iter().filter(|(_, line)| !line["fqdn"].is_null());
    let to_dns =
        to_names.map(|(side, line)| (*side, json!({ "to": "dns", "fromPodLabels": line["fromPodLabels"] })));
    all.extend(to_dns.collect::<Vec<_>>());
    // by its public name, a host of the catalog is the ingress controller
    for (_, line) in all.iter_mut().filter(|(_, line)| !line["host"].is_null()) {
        line["to"] = "ingress-controller".into();
    }
    all
}

/// Whether a name is meant by another one, in which `*.` is any one label.
fn is_fqdn(wanted: &str, name: &str) -> bool {
    match wanted.strip_prefix("*.") {
        None => wanted == name,
        Some(domain) => name
            .strip_suffix(domain)
            .and_then(|head| head.strip_suffix('.'))
            .is_some_and(|head| !head.contains('.')),
    }
}

/// Whether all pods of an entry are in the host network.
fn is_on_host(entry: &Json) -> bool {
    let applications = list(&entry["applications"]);
    !applications.is_empty() && applications.iter().all(|item| item["hostNetwork"] == true)
}

/// Whether some pods of an entry are in the host network.
fn has_host_pods(entry: &Json) -> bool {
    let is_on_host = |item: &Json| item["hostNetwork"] == true;
    entry["hasHostPods"] == true || list(&entry["applications"]).iter().any(is_on_host)
}

/// The name of the peer of a line.
fn peer_of(line: &Json) -> &str {
    line["to"].as_str().or_else(|| line["from"].as_str()).unwrap_or_default()
}

/// Whether a pod has the labels of a selector; one that is not written is met by all.
fn has(pod: &Pod, wanted: &Json) -> bool {
    labels(wanted).iter().all(|(key, value)| pod.labels.get(key) == Some(value))
}

/// Whether a route of the entry leads to this port of this pod.
fn routed(entry: &Json, pod: &Pod, port: &Port, platform: &Json) -> bool {
    let leads = |backend: &Json| {
        let is_port = backend["targetPort"].is_null() || covers(&json!([backend["targetPort"]]), port);
        is_port && has(pod, &backend["podLabels"])
    };
    let leads_in = |route: &&Json| {
        let is_outside = ["addresses", "redirect"].iter().any(|key| !route[*key].is_null())
            || text(&route["service"]).contains('@');
        let is_on_host = has_host_pods(entry) && route["onHost"] == true;
        !is_outside && !is_on_host
    };
    let routes = list(&entry["routes"]).iter().filter(leads_in);
    routes.flat_map(|route| [route].into_iter().chain(list(&route["backends"]))).any(leads)
        || list(&entry["streams"]).iter().any(|stream| {
            // the port of the pods has the protocol of the entry point
            let points = list(&platform["routing"]["entryPoints"]);
            let point = points.iter().find(|point| point["name"] == stream["entryPoint"]);
            let transport = point.map_or("tcp", |point| text(&point["protocol"])).to_uppercase();
            let target = format!("{}/{transport}", words(&stream["targetPort"]));
            let is_port = stream["targetPort"].is_null() || covers(&json!([target]), port);
            is_port && has(pod, &stream["podLabels"])
        })
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
    let Some(address) = end.address() else { return false };
    list(ranges)
        .iter()
        .filter_map(Json::as_str)
        .any(|range| range.parse::<IpNet>().expect("a range").contains(&address))
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
