//! The homelab with the policies of Cilium: what had to be `anywhere` says what it means, and nothing is
//! wider.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/intent.rs"]
#[allow(dead_code, reason = "only its ends and ports are used")]
mod intent;
#[path = "support/reach.rs"]
#[allow(dead_code, reason = "only one side is asked about")]
mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;

use catalogs::Catalog;
use intent::Intent;
use reach::{End, Policies, Port};
use serde_json::{Value as Json, json};
use wharf::compile::compile;
use wharf::inputs::{self, Origin};
use wharf::schemas::to_json;

fn homelab() -> Catalog {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homelab");
    let inputs = inputs::read(&Origin::Folder(folder)).expect("the example can be read");
    catalogs::of_inputs("homelab", &inputs).expect("a catalog")
}

fn policies_of<'c>(catalog: &'c mut Catalog, namespace: &str) -> &'c mut Json {
    let mut entries = catalog.entries.iter_mut();
    &mut entries.find(|entry| entry["namespace"] == namespace).expect("an entry")["networkPolicies"]
}

/// Replaces the edges with `anywhere`, which Cilium matches by no address, by what they mean.
fn on_cilium() -> Catalog {
    let mut catalog = homelab();
    catalog.name = "homelab on Cilium".into();
    catalog.platform["network"]["policies"] = "cilium".into();
    policies_of(&mut catalog, "sys-vault")["egress"] = json!([{ "to": "kube-apiserver" }]);
    policies_of(&mut catalog, "sys-traefik")["ingress"] = json!([{ "from": "lan", "ports": [8000, 8443] }]);
    let watcher = json!({
        "summary": "monitoring of the whole cluster, on Cilium",
        "extends": "base",
        "ingress": [{ "from": "ingress-controller" }],
        "egress": [
            { "to": "cluster" },
            { "to": "kube-apiserver" },
            { "to": "nodes", "ports": [9100, 10250] },
            { "to": "internet", "ports": [443] },
        ],
    });
    catalog.profiles.insert("watcher".into(), watcher);
    policies_of(&mut catalog, "sys-monitoring")["profile"] = "watcher".into();
    catalog
}

/// The lines with `anywhere` of entries and of the profile of the monitoring.
fn anywhere(catalog: &Catalog) -> Vec<String> {
    let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
    let lines = catalog.entries.iter().flat_map(|entry| {
        let policies = &entry["networkPolicies"];
        let lines = list(&policies["egress"]).into_iter().chain(list(&policies["ingress"]));
        let is_wide = |line: &Json| line["to"] == "anywhere" || line["from"] == "anywhere";
        let own = lines.filter(is_wide).map(|line| line["ports"].to_string());
        let profile = (policies["profile"] == "monitoring").then(|| "profile".to_owned());
        let namespace = entry["namespace"].as_str().expect("a namespace");
        own.chain(profile).map(move |what| format!("{namespace} {what}")).collect::<Vec<_>>()
    });
    lines.collect()
}

fn objects(catalog: &Catalog) -> Vec<Json> {
    let compiled = compile(&catalog.inputs(), NonZeroUsize::MIN);
    let messages: Vec<_> = compiled.findings.iter().map(|finding| &finding.message).collect();
    assert!(!compiled.has_errors(), "{messages:?}");
    compiled.objects.iter().map(to_json).collect()
}

/// The entries whose webhooks the API server calls, by the lock.
const WEBHOOKS: [&str; 3] = ["sys-cert-manager", "sys-external-secrets", "sys-metrics-server"];

/// The ends and ports that matter here: only DNS is asked over UDP, and only lines about the DNS, the ingress
/// controller and webhooks choose pods.
fn ends_and_ports(intent: &Intent<'_>) -> (Vec<End>, Vec<Port>) {
    let is_plain = |end: &End| match end {
        End::Pod(pod) => {
            let namespace = pod.namespace.as_str();
            let is_chosen =
                ["kube-system", "sys-traefik"].contains(&namespace) || WEBHOOKS.contains(&namespace);
            is_chosen || pod.labels.values().any(|label| label == "plain")
        }
        End::Address(_) | End::Name(..) | End::Proxy => true,
    };
    let mut ends = intent.ends();
    ends.retain(is_plain);
    let mut ports = intent.ports();
    ports.retain(|port| port.protocol == "TCP" || port.protocol == "UDP" && port.number == 53);
    // the API server, node-exporter and the kubelet
    let more = [6443, 9100, 10250].map(|number| Port { protocol: "TCP", number, name: None });
    ports.extend(more.into_iter().filter(|port| !ports.contains(port)).collect::<Vec<_>>());
    (ends, ports)
}

#[test]
fn the_homelab_on_cilium_says_what_it_means_and_is_nowhere_wider() {
    let (before, after) = (homelab(), on_cilium());
    let wide = ["sys-traefik [8000,8443]", "sys-vault [6443]", "sys-monitoring profile"];
    assert_eq!((anywhere(&before), anywhere(&after)), (wide.map(String::from).into(), Vec::new()));
    let objects = [&before, &after].map(objects);
    let locked = after.with_locked_ports();
    let intent = Intent::new(&locked);
    let known = intent.identities().cloned();
    // as declared: the addresses of a policy are also those of nodes, as with most CNI plugins
    let declared = Policies::new(&objects[0], None);
    let [was, is] = [0, 1].map(|index| Policies::new(&objects[index], known.clone()));
    let (ends, ports) = ends_and_ports(&intent);
    let (mut trials, mut allowed) = (0, 0);
    let (mut narrower, mut nodes) = (BTreeMap::new(), BTreeSet::new());
    let own = ends.iter().filter(|end| end.namespace().is_some_and(|name| name != "elsewhere"));
    for (own, other) in own.flat_map(|own| ends.iter().map(move |other| (own, other))) {
        let namespace = own.namespace().expect("pods");
        for (way, port) in ["Egress", "Ingress"].iter().flat_map(|way| ports.iter().map(move |at| (*way, at)))
        {
            let now = is.side(way, own, other, port);
            let old = declared.side(way, own, other, port);
            assert!(old || !now, "wider than declared: {way} {own:?} {other:?} {port:?}");
            (trials, allowed) = (trials + 1, allowed + usize::from(now));
            if old && !now {
                *narrower.entry((namespace, way)).or_insert(0) += 1;
            }
            if now && !was.side(way, own, other, port) {
                nodes.insert((namespace, way, other.address().expect("no pod").to_string()));
            }
        }
    }
    println!("{trials} connections on one side, {allowed} of them allowed; narrower: {narrower:#?}");
    // webhooks are called by the API server only; the others no longer say `anywhere`
    let narrower: Vec<_> = narrower.into_keys().collect();
    let lines = [("sys-monitoring", "Egress"), ("sys-traefik", "Ingress"), ("sys-vault", "Egress")];
    let expected: Vec<_> = WEBHOOKS.map(|name| (name, "Ingress")).into_iter().chain(lines).collect();
    assert_eq!(narrower, expected);
    // the LAN contains the node, which Cilium matches by no address: before, these lines were not about it
    let nodes: Vec<_> =
        nodes.into_iter().map(|(name, way, address)| format!("{name} {way} {address}")).collect();
    let lines = ["sys-pihole Ingress", "web-esphome Egress", "web-home-assistant Egress", "web-mqtt Ingress"];
    let expected = lines.map(|line| format!("{line} 192.168.1.10"));
    assert_eq!(nodes, expected);
}
