//! The platform's facts with their defaults, and the checks that concern the platform alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ipnet::IpNet;

use crate::catalog::PodSecurity;
use crate::document::{FileId, Place};
use crate::finding::Finding;
use crate::format::Cidr;
use crate::platform::{
    CertificateMode, Certificates as WrittenCertificates, Cni, EntryPoint, ForwardAuth, IpFamily, Issuer, Network as WrittenNetwork, OutsidePeer,
    Platform as Written, PlatformAuth, Routing, SharedMiddleware,
};
use crate::rules;
use crate::value::Text;

/// What every entry shares.
#[derive(Debug, Default)]
pub struct Platform {
    /// The repository of applications that name none.
    pub repository: Text,
    /// The revision of applications that name none.
    pub revision: Text,
    /// The domain that short hosts stand below.
    pub domain: Text,
    /// The tiers in their order; never empty.
    pub tiers: Vec<Text>,
    /// The minijinja pattern of values files.
    pub values_file: Text,
    /// The namespace of Applications and `AppProjects`.
    pub argocd_namespace: Text,
    /// The API server that applications are deployed to.
    pub server: Text,
    /// The network.
    pub network: Network,
    /// The entry points that routes are attached to.
    pub entry_points: Vec<EntryPoint>,
    /// Whether Traefik lets an `IngressRoute` use a Middleware of another namespace.
    pub allow_cross_namespace: bool,
    /// Whether entry points with TLS terminate it by themselves.
    pub entry_point_tls: bool,
    /// `spec.ingressClassName` of routes.
    pub ingress_class: Option<Text>,
    /// Who may come in.
    pub auth: Auth,
    /// Where certificates come from.
    pub certificates: Certificates,
    /// The Pod Security level of entries that name none.
    pub pod_security: PodSecurity,
}

/// Who may come in by a route that does not say otherwise.
#[derive(Debug, Default)]
pub enum Auth {
    /// Nobody has decided.
    #[default]
    Undecided,
    /// Whom this Middleware lets in.
    Shared(SharedMiddleware),
    /// Whom this service lets in; each namespace has a Middleware of its own.
    Forward(ForwardAuth),
}

/// Where certificates come from.
#[derive(Debug, Default)]
pub enum Certificates {
    /// Not from wharf.
    #[default]
    None,
    /// One for the domain.
    Wildcard(Issuer),
    /// One for each route.
    Each(Issuer),
    /// From Traefik's resolver of this name.
    Resolver(Text),
}

/// Pods of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodPeer {
    /// Their namespace.
    pub namespace: Text,
    /// Their labels; all pods if there are none.
    pub labels: BTreeMap<String, String>,
}

/// The network's facts.
#[derive(Debug, Default)]
pub struct Network {
    /// What enforces policies.
    pub cni: Option<Cni>,
    /// The cluster's DNS.
    pub dns: PodPeer,
    /// The node-local DNS cache.
    pub dns_node_local: Option<IpNet>,
    /// The addresses that count as internet: each range with what is cut out of it.
    pub internet: Vec<(IpNet, Vec<IpNet>)>,
    /// The addresses of the peer `lan`.
    pub lan: Vec<IpNet>,
    /// The addresses of the peer `nodes`.
    pub nodes: Vec<IpNet>,
    /// The API server behind its Service.
    pub api_server: Vec<SocketAddr>,
    /// The ingress controller.
    pub ingress_controller: PodPeer,
    /// Whether the platform leaves it to the default where the ingress controller is.
    pub ingress_controller_assumed: bool,
    /// Whether the ingress controller's traffic comes from its node's address.
    pub ingress_controller_on_host: bool,
    /// Peers outside the catalog.
    pub peers: BTreeMap<Text, OutsideAddresses>,
}

/// Where a peer outside the catalog is.
#[derive(Clone, Debug)]
pub enum OutsideAddresses {
    /// In these pods.
    Pods(PodPeer),
    /// At these addresses.
    Ranges(Vec<IpNet>),
}

/// Addresses that do not count as internet: this host, private and shared networks, link-local and multicast ones, and `64:ff9b::/96`, which
/// would lead back to IPv4 (IANA's special-purpose address registries; RFC 6052).
const PRIVATE: [&str; 14] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::1/128",
    "64:ff9b::/96",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// How many tiers, entry points and peers a platform may have: each may come back in every entry.
const MOST_TIERS: usize = 100;
const MOST_ENTRY_POINTS: usize = 16;
const MOST_PEERS: usize = 256;

const DEFAULT_TIERS: [&str; 3] = ["infrastructure", "platform", "apps"];

impl Platform {
    /// Fills in what is not said.
    pub fn new(written: &Written, findings: &mut Vec<Finding>) -> Self {
        let argocd = written.argocd.clone().unwrap_or_default();
        let routing = written.routing.clone().unwrap_or_default();
        let traefik = routing.traefik.clone().unwrap_or_default();
        let values_file = written.patterns.as_ref().and_then(|patterns| patterns.values_file.clone());
        let auth = auth(&routing, traefik.allow_cross_namespace.unwrap_or(false), findings);
        Self {
            repository: (&written.repository.url).into(),
            revision: written.repository.revision.as_ref().map_or("HEAD".into(), Text::from),
            domain: (&written.domain).into(),
            tiers: tiers(written, findings),
            values_file: values_file.map_or("values-{{ applicationCode }}.yml".into(), |pattern| pattern.0),
            argocd_namespace: argocd.namespace.as_ref().map_or("argocd".into(), Text::from),
            server: argocd.server.as_ref().map_or("https://kubernetes.default.svc".into(), Text::from),
            network: Network::new(&written.network.clone().unwrap_or_default(), findings),
            entry_points: entry_points(&routing, findings),
            allow_cross_namespace: traefik.allow_cross_namespace.unwrap_or(false),
            entry_point_tls: traefik.entry_point_tls.unwrap_or(true),
            ingress_class: traefik.ingress_class.as_ref().map(Text::from),
            auth,
            certificates: certificates(&written.certificates.clone().unwrap_or_default(), findings),
            pod_security: written.defaults.as_ref().and_then(|defaults| defaults.pod_security).unwrap_or_default(),
        }
    }

    /// The wave of routes and certificates: with the first applications of the last tier. By then an earlier tier has brought the custom
    /// resource definitions, and nothing waits: were it a wave of its own, one application that is synced by hand or never gets healthy
    /// would keep every route from being made (Argo CD 3.5, `sync_context.Sync`).
    pub fn route_wave(&self) -> i32 {
        wave_of_tier(self.tiers.len().saturating_sub(1))
    }
}

/// The first wave of a tier.
pub(super) fn wave_of_tier(tier: usize) -> i32 {
    i32::try_from(tier).unwrap_or(i32::MAX / 100).saturating_mul(100)
}

fn root() -> Place {
    Place::root(FileId::PLATFORM)
}

fn tiers(written: &Written, findings: &mut Vec<Finding>) -> Vec<Text> {
    let Some(tiers) = &written.tiers else { return DEFAULT_TIERS.map(Text::from).to_vec() };
    let place = root().key("tiers");
    if tiers.is_empty() {
        findings.push(rules::UNKNOWN_TIER.at(place.clone(), "the list of tiers is empty").help("leave `tiers` out for the three that everybody has"));
    }
    let tiers = at_most(MOST_TIERS, tiers, "tiers", &place, findings);
    for (index, tier) in tiers.iter().enumerate() {
        if let Some(first) = tiers[..index].iter().position(|other| other == tier) {
            let finding = rules::UNKNOWN_TIER.at(place.index(index), format!("the tier `{}` is listed twice", &**tier));
            findings.push(finding.and(place.index(first), "first here"));
        }
    }
    tiers.iter().map(Text::from).collect()
}

fn entry_points(routing: &Routing, findings: &mut Vec<Finding>) -> Vec<EntryPoint> {
    let Some(points) = &routing.entry_points else {
        let name = crate::format::DnsLabel("websecure".into());
        return vec![EntryPoint { name, exposure: crate::catalog::Exposure::Internal, port: 443, tls: true }];
    };
    let place = root().key("routing").key("entryPoints");
    if points.is_empty() {
        let finding = rules::NO_ENTRY_POINT.at(place.clone(), "the list of entry points is empty");
        findings.push(finding.note("an IngressRoute without entry points is attached to every default one, also to those that face outside"));
    }
    let points = at_most(MOST_ENTRY_POINTS, points, "entry points", &place, findings);
    for (index, point) in points.iter().enumerate() {
        if let Some(first) = points[..index].iter().position(|other| other.name == point.name) {
            let finding = rules::NO_ENTRY_POINT.at(place.index(index).key("name"), format!("the entry point `{}` is listed twice", &*point.name));
            findings.push(finding.and(place.index(first).key("name"), "first here"));
        }
    }
    points.to_vec()
}

/// The first of what is listed, if there is more than anybody needs.
fn at_most<'t, T>(most: usize, listed: &'t [T], noun: &str, place: &Place, findings: &mut Vec<Finding>) -> &'t [T] {
    if listed.len() > most {
        findings.push(rules::MALFORMED_VALUE.at(place.clone().itself(), format!("{} {noun} are listed, and {most} are the most", listed.len())));
    }
    &listed[..listed.len().min(most)]
}

fn auth(routing: &Routing, allow_cross_namespace: bool, findings: &mut Vec<Finding>) -> Auth {
    let place = root().key("routing").key("auth");
    match &routing.auth {
        None => Auth::Undecided,
        Some(PlatformAuth { middleware: Some(middleware), forward_auth: None }) => {
            if !allow_cross_namespace {
                let place = place.key("middleware").key("namespace");
                findings.push(rules::cross_namespace_middleware::refuse(place, &middleware.name, "use `forwardAuth`"));
            }
            Auth::Shared(middleware.clone())
        }
        Some(PlatformAuth { middleware: None, forward_auth: Some(forward) }) => Auth::Forward(forward.clone()),
        Some(_) => {
            let finding = rules::NO_AUTH_DECISION.at(place.itself(), "`auth` needs either `middleware` or `forwardAuth`");
            findings.push(finding.help("name the Middleware that all routes share, or the service to ask; not both"));
            Auth::Undecided
        }
    }
}

fn certificates(written: &WrittenCertificates, findings: &mut Vec<Finding>) -> Certificates {
    let place = root().key("certificates");
    let mut missing = |key: &str| {
        let mode = format!("this mode needs `certificates.{key}`");
        findings.push(rules::MISSING_FACT.at(place.key("mode"), mode).help(format!("add `{key}` to `certificates`")));
        Certificates::None
    };
    match (written.mode.unwrap_or_default(), &written.issuer, &written.resolver) {
        (CertificateMode::None, ..) => Certificates::None,
        (CertificateMode::Wildcard, Some(issuer), _) => Certificates::Wildcard(issuer.clone()),
        (CertificateMode::Certificate, Some(issuer), _) => Certificates::Each(issuer.clone()),
        (CertificateMode::Resolver, _, Some(resolver)) => Certificates::Resolver(resolver.into()),
        (CertificateMode::Wildcard | CertificateMode::Certificate, None, _) => missing("issuer"),
        (CertificateMode::Resolver, _, None) => missing("resolver"),
    }
}

impl Network {
    fn new(written: &WrittenNetwork, findings: &mut Vec<Finding>) -> Self {
        let place = root().key("network");
        let mut ranges = |key: &'static str, cidrs: &[Cidr]| parse_all(&place.key(key), cidrs, findings);
        let own = [
            ranges("podCidrs", &written.pod_cidrs),
            ranges("serviceCidrs", &written.service_cidrs),
            ranges("nodeCidrs", &written.node_cidrs),
            ranges("loadBalancerCidrs", &written.load_balancer_cidrs),
        ];
        let lan = ranges("lanCidrs", &written.lan_cidrs);
        let private = match &written.private_cidrs {
            Some(cidrs) => ranges("privateCidrs", cidrs),
            None => PRIVATE.iter().filter_map(|range| range.parse().ok()).collect(),
        };
        let dns = written.dns.clone().unwrap_or_default();
        let dns_node_local = dns.node_local.as_ref().and_then(|cidr| parse_cidr(&place.key("dns").key("nodeLocal"), cidr, findings));
        let controller = written.ingress_controller.clone().unwrap_or_default();
        let on_host = controller.host_network.unwrap_or(false);
        super::edge_reader::check_ingress_controller(on_host, &own[2], written.cni, findings);
        let families = ip_families(written, findings);
        Self {
            cni: written.cni,
            dns: PodPeer {
                namespace: dns.namespace.as_ref().map_or("kube-system".into(), Text::from),
                labels: or_label(dns.pod_labels, "k8s-app", "kube-dns"),
            },
            dns_node_local,
            internet: internet(&families, &own.iter().flatten().chain(&private).collect::<Vec<_>>()),
            lan,
            nodes: own[2].clone(),
            api_server: api_server(written, findings),
            ingress_controller: PodPeer {
                namespace: controller.namespace.as_ref().map_or("traefik".into(), Text::from),
                labels: or_label(controller.pod_labels, "app.kubernetes.io/name", "traefik"),
            },
            ingress_controller_assumed: written.ingress_controller.is_none(),
            ingress_controller_on_host: on_host,
            peers: outside_peers(written, findings),
        }
    }
}

fn ip_families(written: &WrittenNetwork, findings: &mut Vec<Finding>) -> Vec<IpFamily> {
    let families = written.ip_families.clone().unwrap_or_else(|| vec![IpFamily::Ipv4]);
    if families.is_empty() {
        let finding = rules::MISSING_FACT.at(root().key("network").key("ipFamilies"), "the list of address families is empty");
        findings.push(finding.note("the peer `internet` would be nowhere").help("leave `ipFamilies` out for IPv4"));
    }
    families
}

fn or_label(labels: BTreeMap<String, String>, key: &str, value: &str) -> BTreeMap<String, String> {
    if labels.is_empty() { BTreeMap::from([(key.into(), value.into())]) } else { labels }
}

fn internet(families: &[IpFamily], excluded: &[&IpNet]) -> Vec<(IpNet, Vec<IpNet>)> {
    let all = [(IpFamily::Ipv4, IpNet::V4(ipnet::Ipv4Net::default())), (IpFamily::Ipv6, IpNet::V6(ipnet::Ipv6Net::default()))];
    // With all addresses private, nothing is the internet.
    let wanted = all.into_iter().filter(|(family, all)| families.contains(family) && !excluded.contains(&all));
    wanted.map(|(_, range)| (range, minimal(excluded.iter().copied().filter(|other| range.contains(*other))))).collect()
}

/// The ranges without those that lie in another one, in the order of their addresses.
fn minimal<'r>(ranges: impl Iterator<Item = &'r IpNet>) -> Vec<IpNet> {
    let mut ranges: Vec<_> = ranges.map(IpNet::trunc).collect();
    ranges.sort_by_key(|range| (range.network(), range.prefix_len()));
    let mut kept: Vec<IpNet> = Vec::new();
    for range in ranges {
        if !kept.last().is_some_and(|last| last.contains(&range)) {
            kept.push(range);
        }
    }
    kept
}

fn parse_all(place: &Place, cidrs: &[Cidr], findings: &mut Vec<Finding>) -> Vec<IpNet> {
    let parse = |(index, cidr)| parse_cidr(&place.index(index), cidr, findings);
    cidrs.iter().enumerate().filter_map(parse).collect()
}

/// The range of addresses that a CIDR means.
pub(super) fn parse_cidr(place: &Place, cidr: &Cidr, findings: &mut Vec<Finding>) -> Option<IpNet> {
    let Ok(range) = cidr.parse::<IpNet>() else {
        let finding = rules::BAD_CIDR.at(place.clone(), format!("`{}` is not a range of addresses", &**cidr));
        findings.push(finding.help("a range of addresses is `192.168.1.0/24` or `fd00::/8`, a single address `192.168.1.10/32`"));
        return None;
    };
    if range != range.trunc() {
        let finding = rules::BAD_CIDR.at(place.clone(), format!("`{}` has address bits behind its prefix", &**cidr));
        let address = IpNet::from(range.addr());
        let finding = finding.note("the policy would open the whole range, not the one address");
        findings.push(finding.help(format!("write `{}` for the range, or `{address}` for the address", range.trunc())));
    }
    Some(range.trunc())
}

fn api_server(written: &WrittenNetwork, findings: &mut Vec<Finding>) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for (index, endpoint) in written.api_server.iter().enumerate() {
        match endpoint.parse() {
            Ok(address) => addresses.push(address),
            Err(_) => {
                let place = root().key("network").key("apiServer").index(index);
                let finding = rules::BAD_CIDR.at(place, format!("`{}` is not an address with a port", &**endpoint));
                findings.push(finding.help("an address with a port is `192.168.1.10:6443` or `[fd00::10]:6443`"));
            }
        }
    }
    addresses
}

fn outside_peers(written: &WrittenNetwork, findings: &mut Vec<Finding>) -> BTreeMap<Text, OutsideAddresses> {
    let place = root().key("network").key("peers");
    let mut peers = BTreeMap::new();
    let listed: Vec<_> = written.peers.iter().collect();
    for (name, peer) in at_most(MOST_PEERS, &listed, "peers", &place, findings) {
        let place = place.key(*name);
        if super::Peer::built_in(name).is_some() {
            let finding = rules::UNKNOWN_PEER.at(place.clone().itself(), format!("`{}` is a peer that wharf knows already", &***name));
            findings.push(finding.help("give this one another name"));
        }
        match outside(&place, peer, findings) {
            Some(addresses) => peers.insert((*name).into(), addresses),
            None => None,
        };
    }
    peers
}

fn outside(place: &Place, peer: &OutsidePeer, findings: &mut Vec<Finding>) -> Option<OutsideAddresses> {
    match (&peer.namespace, peer.cidrs.as_slice()) {
        (Some(namespace), []) => Some(OutsideAddresses::Pods(PodPeer { namespace: namespace.into(), labels: peer.pod_labels.clone() })),
        (None, [_, ..]) if peer.pod_labels.is_empty() => Some(OutsideAddresses::Ranges(parse_all(&place.key("cidrs"), &peer.cidrs, findings))),
        _ => {
            let finding = rules::EDGE_TARGET.at(place.clone().itself(), "a peer is either a `namespace` or a list of `cidrs`");
            findings.push(finding.help("`podLabels` go with a `namespace`"));
            None
        }
    }
}
