//! The policies of a whole cluster, as people write them one by one, and those of the catalog that says the
//! same: both allow exactly the same connections, on each side.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic"
)]

#[path = "support/reach.rs"]
#[allow(dead_code, reason = "only a part of it is used")]
mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::Path;

use ipnet::IpNet;
use reach::{End, Identities, Pod, Port};
use serde_json::Value as Json;
use wharf::compile::compile;
use wharf::inputs::{self, Origin};
use wharf::schemas::to_json;

/// One policy a line: its namespace and pods; whether it denies everything, or lets them connect to a peer
/// (`->`) or a peer connect to them (`<-`); and the ports.
const POLICIES: &str = "
traefik           *                        deny
traefik           *                        ->  dns                                         53/UDP,53
traefik           app=traefik              <-  anywhere                                    8443
traefik           app=traefik              <-  monitoring/app=prometheus                   9100
traefik           app=traefik              ->  api-server                                  6443
traefik           *                        ->  monitoring/app=grafana                      3000
traefik           *                        ->  auth/app=auth                               9091
traefik           *                        ->  photos/app=photos-server                    2283
traefik           *                        ->  notes/app=notes                             8080
traefik           *                        ->  git/app=git-web                             3000
cnpg-system       *                        deny
cnpg-system       *                        ->  dns                                         53/UDP,53
cnpg-system       app=cnpg                 <-  api-server-or-nodes                         9443
cnpg-system       app=cnpg                 ->  api-server                                  6443
cnpg-system       app=cnpg                 ->  databases/cnpg.io/podRole=instance          8000
databases         *                        deny
databases         *                        ->  dns                                         53/UDP,53
databases         cnpg.io/podRole=instance ->  api-server                                  6443
databases         cnpg.io/podRole=instance <-  cnpg-system/app=cnpg                        8000
databases         cnpg.io/podRole=instance <-  monitoring/app=prometheus                   9187
databases         cnpg.io/podRole=instance <-  backup/app=backup                           5432
databases         cnpg.io/cluster=auth     <-  auth/app=auth                               5432
databases         cnpg.io/cluster=photos   <-  photos/app=photos-server                    5432
databases         cnpg.io/cluster=notes    <-  notes/app=notes                             5432
databases         cnpg.io/cluster=git      <-  git/app=git-web                             5432
cert-manager      *                        deny
cert-manager      *                        ->  dns                                         53/UDP,53
cert-manager      app=webhook              <-  api-server-or-nodes                         10250
cert-manager      app=cert-manager         <-  monitoring/app=prometheus                   9402
cert-manager      app=cert-manager         ->  api-server                                  6443
cert-manager      app=cert-manager         ->  0.0.0.0/0!10.0.0.0/8!172.16.0.0/12!192.168.0.0/16  443
external-secrets  *                        deny
external-secrets  *                        ->  dns                                         53/UDP,53
external-secrets  app=webhook              <-  api-server-or-nodes                         10250
external-secrets  app=external-secrets     ->  api-server                                  6443
external-secrets  app=external-secrets     ->  vault/app=vault                             8200
vault             *                        deny
vault             *                        ->  dns                                         53/UDP,53
vault             app=vault                <-  external-secrets/app=external-secrets       8200
vault             app=vault                ->  api-server                                  6443
monitoring        *                        deny
monitoring        *                        ->  dns                                         53/UDP,53
monitoring        app=grafana              <-  traefik/app=traefik                         3000
monitoring        app=grafana              ->  monitoring/app=prometheus                   9090
monitoring        app=prometheus           <-  monitoring/app=grafana                      9090
monitoring        app=prometheus           ->  api-server                                  6443
monitoring        app=prometheus           ->  nodes                                       9100,10250
monitoring        app=prometheus           ->  databases/cnpg.io/podRole=instance          9187
monitoring        app=prometheus           ->  cert-manager/app=cert-manager               9402
monitoring        app=prometheus           ->  git/app=git-web                             3000
monitoring        app=prometheus           ->  traefik/app=traefik                         9100
auth              *                        deny
auth              *                        ->  dns                                         53/UDP,53
auth              app=auth                 <-  traefik/app=traefik                         9091
auth              app=auth                 ->  databases/cnpg.io/cluster=auth              5432
photos            *                        deny
photos            *                        ->  dns                                         53/UDP,53
photos            app=photos-server        <-  traefik/app=traefik                         2283
photos            app=photos-server        ->  databases/cnpg.io/cluster=photos            5432
photos            app=photos-server        ->  queue/app=redis                             6379
photos            app=photos-server        ->  photos/app=photos-ml                        3003
photos            app=photos-ml            <-  photos/app=photos-server                    3003
photos            app=photos-server        ->  0.0.0.0/0!10.0.0.0/8!172.16.0.0/12!192.168.0.0/16  443
notes             *                        deny
notes             *                        ->  dns                                         53/UDP,53
notes             app=notes                <-  traefik/app=traefik                         8080
notes             app=notes                ->  databases/cnpg.io/cluster=notes             5432
git               *                        deny
git               *                        ->  dns                                         53/UDP,53
git               app=git-web              <-  traefik/app=traefik                         3000
git               app=git-web              <-  monitoring/app=prometheus                   3000
git               app=git-ssh              <-  192.168.7.0/24                              2222
git               app=git-web              ->  databases/cnpg.io/cluster=git               5432
queue             *                        deny
queue             *                        ->  dns                                         53/UDP,53
queue             app=redis                <-  photos/app=photos-server                    6379
bot               *                        deny
bot               *                        ->  dns                                         53/UDP,53
bot               app=bot                  ->  api.github.com                              443
backup            *                        deny
backup            *                        ->  dns                                         53/UDP,53
backup            app=backup               ->  databases/cnpg.io/podRole=instance          5432
backup            app=backup               ->  192.168.1.20/32                             8000
";

/// The nodes of the cluster, and the one that the API server runs on.
const NODES: &str = "192.168.1.0/28";
const API_SERVER: &str = "192.168.1.2";

/// A policy of the list.
struct Policy {
    namespace: &'static str,
    pods: Selector,
    /// `Egress` or `Ingress`, the peer and the ports; it denies everything if there is none.
    allows: Option<(&'static str, Peer, Vec<&'static str>)>,
}

/// One label, or all pods.
type Selector = Option<(&'static str, &'static str)>;

enum Peer {
    Pods(&'static str, Selector),
    Range(IpNet, Vec<IpNet>),
    Name(&'static str),
    Known(&'static str),
}

fn policies() -> Vec<Policy> {
    POLICIES.lines().filter(|line| !line.is_empty()).map(policy).collect()
}

fn policy(line: &'static str) -> Policy {
    let words: Vec<_> = line.split_whitespace().collect();
    let allows = match words[2] {
        "deny" => None,
        way => {
            let direction = if way == "->" { "Egress" } else { "Ingress" };
            Some((direction, peer(words[3]), words[4].split(',').collect()))
        }
    };
    Policy { namespace: words[0], pods: selector(words[1]), allows }
}

fn selector(word: &'static str) -> Selector {
    word.split_once('=')
}

fn peer(word: &'static str) -> Peer {
    match word {
        "dns" => Peer::Pods("kube-system", Some(("k8s-app", "kube-dns"))),
        "anywhere" | "nodes" | "api-server" | "api-server-or-nodes" => Peer::Known(word),
        word if word.contains('=') => {
            let (namespace, labels) = word.split_once('/').expect("a namespace");
            Peer::Pods(namespace, selector(labels))
        }
        word if word.contains('/') => {
            let mut ranges = word.split('!').map(|range| range.parse().expect("a range"));
            Peer::Range(ranges.next().expect("a range"), ranges.collect())
        }
        name => Peer::Name(name),
    }
}

fn is_selected(pod: &Pod, selector: Selector) -> bool {
    selector.is_none_or(|(key, value)| pod.labels.get(key).is_some_and(|label| label == value))
}

fn is_peer(peer: &Peer, other: &End) -> bool {
    let is_node = |address: &IpAddr| NODES.parse::<IpNet>().expect("a range").contains(address);
    let is_server = |address: &IpAddr| address.to_string() == API_SERVER;
    match (peer, other) {
        (Peer::Pods(namespace, labels), End::Pod(pod)) => {
            pod.namespace == *namespace && is_selected(pod, *labels)
        }
        (Peer::Range(range, except), End::Address(address) | End::Name(_, address)) => {
            range.contains(address)
                && !except.iter().any(|range| range.contains(address))
                && !is_node(address)
        }
        (Peer::Name(wanted), End::Name(name, _)) => name == wanted,
        (Peer::Known("anywhere"), _) => true,
        (Peer::Known("nodes"), End::Address(address)) => is_node(address),
        (Peer::Known("api-server"), End::Address(address)) => is_server(address),
        (Peer::Known(_), End::Address(address)) => is_server(address) || is_node(address),
        _ => false,
    }
}

fn is_port(written: &str, port: &Port) -> bool {
    let (number, protocol) = written.split_once('/').unwrap_or((written, "TCP"));
    number == port.number.to_string() && protocol == port.protocol
}

/// The policies of the list that allow a connection of these pods.
fn allowing<'p>(
    policies: &'p [Policy],
    way: &'static str,
    own: &'p Pod,
    other: &'p End,
    port: &'p Port,
) -> impl Iterator<Item = usize> + 'p {
    let allows = move |policy: &Policy| {
        policy.namespace == own.namespace
            && is_selected(own, policy.pods)
            && policy.allows.as_ref().is_some_and(|(direction, peer, ports)| {
                *direction == way
                    && is_peer(peer, other)
                    && ports.iter().any(|written| is_port(written, port))
            })
    };
    policies.iter().enumerate().filter(move |(_, policy)| allows(policy)).map(|(index, _)| index)
}

/// Pods with each of the labels in each of their namespaces, and in one without policies.
fn pods(policies: &[Policy]) -> BTreeSet<Pod> {
    let labelled = |namespace: &str, (key, value): (&str, &str)| Pod {
        namespace: namespace.to_owned(),
        labels: [(key.to_owned(), value.to_owned())].into(),
    };
    let peers = policies.iter().filter_map(|policy| match &policy.allows {
        Some((_, Peer::Pods(namespace, labels), _)) => Some((*namespace, *labels)),
        _ => None,
    });
    let own = policies.iter().map(|policy| (policy.namespace, policy.pods));
    own.chain(peers)
        .flat_map(|(namespace, labels)| {
            let chosen = labels.into_iter().flat_map(move |label| {
                [namespace, "elsewhere", "kube-system"].map(|namespace| labelled(namespace, label))
            });
            chosen.chain([labelled(namespace, ("app", "other"))])
        })
        .collect()
}

fn ends(policies: &[Policy]) -> Vec<End> {
    let addresses = [
        "1.1.1.1",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.2",
        "192.168.1.3",
        "192.168.1.20",
        "192.168.1.21",
        "192.168.7.7",
        "203.0.113.9",
    ];
    let addresses = addresses.map(|address| End::Address(address.parse().expect("an address")));
    let names = ["api.github.com", "github.com", "www.api.github.com"]
        .map(|name| End::Name(name.into(), "140.82.121.6".parse().expect("an address")));
    pods(policies).into_iter().map(End::Pod).chain(addresses).chain(names).collect()
}

/// The ports of the list, their neighbours, and one that nobody has.
fn ports(policies: &[Policy]) -> Vec<Port> {
    let written = policies.iter().filter_map(|policy| policy.allows.as_ref()).flat_map(|(.., ports)| ports);
    let numbers: BTreeSet<u16> = written
        .map(|port| port.split('/').next().expect("a number").parse().expect("a number"))
        .flat_map(|number: u16| [number, number + 1])
        .chain([65000])
        .collect();
    let port = |number| ["TCP", "UDP"].map(|protocol| Port { protocol, number, name: None });
    numbers.into_iter().flat_map(port).collect()
}

/// The policies that wharf renders for the catalog.
fn rendered() -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/edge-real-cluster");
    let mut inputs = inputs::read(&Origin::Folder(folder)).expect("the catalog can be read");
    inputs.repository = None;
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    assert!(compiled.findings.is_empty(), "{:?}", compiled.findings.first());
    assert!(compiled.model.entries.len() <= 15, "few entries");
    assert!(compiled.model.entries.iter().all(|entry| entry.profile.as_str() == "closed"), "one profile");
    let objects = compiled.objects.iter().map(to_json);
    objects.filter(|object| object["spec"].is_object() && is_policy(object)).collect()
}

fn is_policy(object: &Json) -> bool {
    object["kind"] == "NetworkPolicy" || object["kind"] == "CiliumNetworkPolicy"
}

fn namespace(object: &Json) -> &str {
    object["metadata"]["namespace"].as_str().expect("a namespace")
}

fn count<'n>(namespaces: impl Iterator<Item = &'n str>) -> BTreeMap<&'n str, usize> {
    namespaces.fold(BTreeMap::new(), |mut counts, namespace| {
        *counts.entry(namespace).or_default() += 1;
        counts
    })
}

#[test]
fn a_catalog_says_the_policies_of_a_whole_cluster_exactly() {
    let (policies, objects) = (policies(), rendered());
    assert_eq!((policies.len(), objects.len()), (83, 83));
    let own = count(policies.iter().map(|policy| policy.namespace));
    assert_eq!(count(objects.iter().map(namespace)), own, "as many in each namespace");
    let identities = Identities {
        nodes: vec![NODES.parse().expect("a range")],
        host: Vec::new(),
        api_server: vec![API_SERVER.parse().expect("an address")],
    };
    let judged = reach::Policies::new(&objects, Some(identities));
    let (ends, ports) = (ends(&policies), ports(&policies));
    let pods = ends.iter().filter_map(|end| match end {
        End::Pod(pod) if own.contains_key(pod.namespace.as_str()) => Some(pod),
        _ => None,
    });
    let (mut trials, mut allowed, mut needed) = (0, 0, BTreeSet::<usize>::new());
    for (pod, other) in pods.flat_map(|pod| ends.iter().map(move |other| (pod, other))) {
        let end = End::Pod(pod.clone());
        for port in &ports {
            for way in ["Egress", "Ingress"] {
                let by: Vec<_> = allowing(&policies, way, pod, other, port).collect();
                let is = judged.side(way, &end, other, port);
                assert_eq!(is, !by.is_empty(), "{way} {pod:?} {other:?} {port:?}");
                trials += 1;
                allowed += usize::from(is);
                needed.extend(by.first().filter(|_| by.len() == 1));
            }
        }
    }
    println!("{trials} connections on one side, {allowed} of them allowed");
    let denials = policies.iter().filter(|policy| policy.allows.is_none()).count();
    assert_eq!(needed.len() + denials, 83, "each policy of the list allows what no other one does");
}
