//! Policies that others wrote become lines and profiles that mean the same, by an evaluator that is written
//! from the documentation of Kubernetes and reads nothing but manifests.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use wharf::audit::{Settings, audit};
use wharf::import::Import;
use wharf::inputs::Inputs;

use super::reach::{End, Pod, Policies, Port};
use super::{class, json, of_tree, rendered_again, stream};

const POLICIES: &str = include_str!("policies.yaml");
const UNSAID: &str = include_str!("unsaid.yaml");

fn is_policy(object: &Json) -> bool {
    object["kind"] == "NetworkPolicy"
}

/// The policies of a stream.
fn before(text: &str) -> Vec<Json> {
    let tree = stream(text);
    let audited = audit(&tree, &Settings::default(), &|_| Err("no charts".into()));
    let resources = audited.survey.clusters.iter().flat_map(|deployed| deployed.cluster.resources());
    resources.map(json).filter(is_policy).collect()
}

/// The policies of the catalog that was written, and those that stay as they are.
fn after(imported: &Import, before: &[Json]) -> Vec<Json> {
    let rendered = rendered_again(imported, &Inputs::default()).into_values().filter(is_policy);
    let stays = |policy: &&Json| {
        let (namespace, name) = (&policy["metadata"]["namespace"], &policy["metadata"]["name"]);
        let object = format!(
            "networking.k8s.io/NetworkPolicy {}/{}",
            namespace.as_str().unwrap(),
            name.as_str().unwrap()
        );
        class(imported, &object).starts_with("left")
    };
    rendered.chain(before.iter().filter(stays).cloned()).collect()
}

fn pod(namespace: &str, selector: &Json) -> Pod {
    let labels = selector["matchLabels"].as_object().into_iter().flatten();
    let labels = labels.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()));
    Pod { namespace: namespace.to_owned(), labels: labels.collect() }
}

/// All rules of a policy with their direction.
fn rules(policy: &Json) -> impl Iterator<Item = &Json> {
    ["ingress", "egress"].into_iter().flat_map(|way| policy["spec"][way].as_array().into_iter().flatten())
}

fn peers(policy: &Json) -> impl Iterator<Item = &Json> {
    rules(policy)
        .flat_map(|rule| ["from", "to"].map(|key| &rule[key]))
        .filter_map(|all| all.as_array())
        .flatten()
}

/// Pods that policies name, one without labels in each namespace, and addresses.
fn ends(policies: &[Json]) -> BTreeSet<End> {
    let mut ends = BTreeSet::new();
    for policy in policies {
        let own = policy["metadata"]["namespace"].as_str().unwrap();
        ends.insert(End::Pod(pod(own, &policy["spec"]["podSelector"])));
        ends.insert(End::Pod(pod(own, &Json::Null)));
        for peer in peers(policy) {
            let namespace = &peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"];
            ends.insert(End::Pod(pod(namespace.as_str().unwrap_or(own), &peer["podSelector"])));
            let range = peer["ipBlock"]["cidr"].as_str().and_then(|range| range.parse().ok());
            ends.extend(range.map(|range: ipnet::IpNet| End::Address(range.addr())));
        }
    }
    let others = ["1.1.1.1", "10.1.2.3", "192.168.1.3", "203.0.113.7", "203.0.113.9"];
    ends.extend(others.map(|address| End::Address(address.parse().unwrap())));
    ends.insert(End::Pod(pod("elsewhere", &Json::Null)));
    ends
}

fn ports(policies: &[Json]) -> BTreeSet<Port> {
    let ports = policies.iter().flat_map(rules).filter_map(|rule| rule["ports"].as_array()).flatten();
    let numbers = ports.filter_map(|port| u16::try_from(port["port"].as_u64()?).ok());
    let numbers: BTreeSet<u16> = numbers.chain([65000]).collect();
    let port = |number| Port { protocol: "TCP", number, name: None };
    let dns = Port { protocol: "UDP", number: 53, name: None };
    numbers.into_iter().map(port).chain([dns]).collect()
}

/// The connections on one side that are allowed before or after, but not both, and the number of all.
fn differences(before: &[Json], after: &[Json]) -> (Vec<String>, usize) {
    let (ends, ports) = (ends(before), ports(before));
    let [old, new] = [before, after].map(|policies| Policies::new(policies, None));
    let (mut differences, mut all) = (Vec::new(), 0);
    for own in ends.iter().filter(|own| own.namespace().is_some()) {
        for other in &ends {
            for (port, way) in ports.iter().flat_map(|port| ["Egress", "Ingress"].map(|way| (port, way))) {
                all += 1;
                if old.side(way, own, other, port) != new.side(way, own, other, port) {
                    differences.push(format!("{way} {own:?} {other:?} {port:?}"));
                }
            }
        }
    }
    (differences, all)
}

#[test]
fn the_policies_of_a_whole_cluster_become_lines_and_a_profile_that_mean_the_same() {
    let imported = of_tree(&stream(POLICIES));
    assert!(imported.proof.is_complete(), "{:#?}", imported.proof);
    let policies = imported.proof.rows.iter().filter(|row| row.object.contains("/NetworkPolicy "));
    let of = |name: &str| policies.clone().filter(|row| row.class.detail() == name).count();
    assert_eq!((of("policy renamed"), of("policies merged"), policies.clone().count()), (80, 3, 83));
    let profiles: Vec<_> = imported.files.keys().filter(|path| path.starts_with("profiles/")).collect();
    assert_eq!(profiles, ["profiles/imported-1.yml"]);
    let catalog = &imported.files["applications.yml"];
    assert_eq!(catalog.matches("profile: imported-1").count(), 14, "{catalog}");
    let before = before(POLICIES);
    let after = after(&imported, &before);
    let (found, all) = differences(&before, &after);
    assert_eq!(found, Vec::<String>::new());
    assert!(all > 80_000, "only {all} connections");
    let (found, _) = differences(&before, &after[1..]);
    assert!(!found.is_empty(), "a policy less is seen");
}

#[test]
fn policies_that_the_language_cannot_say_stay_with_the_reason() {
    let imported = of_tree(&stream(UNSAID));
    assert!(imported.proof.is_complete(), "{:#?}", imported.proof);
    let policy = |name: &str| class(&imported, &format!("networking.k8s.io/NetworkPolicy {name}"));
    let said = [("open/from-here", "merged"), ("shop/deny", "renamed"), ("stock/deny", "renamed")];
    for (name, how) in said {
        let word = if how == "merged" { "policies" } else { "policy" };
        assert_eq!(policy(name), format!("equal after {word} {how}"));
    }
    let left = [
        ("shop/by-tier", "its selector has expressions: the language selects by labels only"),
        ("shop/to-stock", "the policies of both ends do not allow the same pods and ports"),
        ("shop/from-team", "it selects namespaces by labels: the language names them"),
        ("shop/to-all-but-two", "it excludes addresses that are not those of the peer `internet`"),
        ("shop/by-protocol", "a port of it has a protocol, but no number"),
        ("partly/some-pods", "the namespace does not deny by default for all of its pods"),
    ];
    for (name, reason) in left {
        assert_eq!(policy(name), format!("left {reason}"));
    }
    let before = before(UNSAID);
    assert_eq!(differences(&before, &after(&imported, &before)).0, Vec::<String>::new());
    assert!(imported.files.contains_key("left/shop/networkpolicy-by-tier.yaml"));
}
