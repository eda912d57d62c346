//! The evaluator of network policies, judged by an independent one, by mutations, and by what the
//! documentation of Cilium says.
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
mod reach;
#[path = "support/runner.rs"]
mod runner;

use std::cell::Cell;
use std::num::NonZeroUsize;

use catalogs::Catalog;
use ipnet::IpNet;
use reach::Identities;
use serde_json::{Value as Json, json};
use wharf::cluster::{
    Addresses, Cluster, Condition, End, Evaluator, Facts, Labels, Pod, Port, PortName, Transport, Truth,
};
use wharf::compile::compile;
use wharf::inputs::Source;
use wharf::kubernetes;
use wharf::schemas::to_json;

fn evaluator(objects: &[Json], facts: Facts) -> Evaluator {
    let text = objects.iter().map(Json::to_string).collect::<Vec<_>>().join("\n---\n");
    let manifests = kubernetes::read(&Source::new("cluster", text.clone()));
    assert!(manifests.problems.is_empty(), "{:?}\n{text}", manifests.problems);
    Evaluator::new(&Cluster::new(manifests.resources), facts)
}

/// What an end is to the evaluator. Cilium knows nodes and the API server as such, whatever their addresses
/// are, and an API server that is not on a node by its address, too.
fn ends(end: &reach::End, known: Option<&Identities>) -> Vec<End> {
    let outside = |address, name: &str| End::Outside {
        addresses: Addresses::single(address),
        name: Some(name.to_owned().into()),
    };
    match end {
        reach::End::Pod(pod) => vec![End::Pod(Pod {
            namespace: pod.namespace.clone().into(),
            labels: Labels::all(pod.labels.clone()),
        })],
        reach::End::Name(name, address) => vec![outside(*address, name)],
        reach::End::Proxy => vec![End::CiliumIngress],
        reach::End::Address(address) => {
            let is_in = |ranges: &[IpNet]| ranges.iter().any(|range| range.contains(address));
            let is_node = known.is_some_and(|known| is_in(&known.nodes) || is_in(&known.host));
            let is_server = known.is_some_and(|known| known.api_server.contains(address));
            let own = Addresses::single(*address);
            let server = is_server.then(|| End::ApiServer(own.clone()));
            let other = if is_node { End::Node(own) } else { outside(*address, "no-name.invalid") };
            [other].into_iter().chain(server).collect()
        }
    }
}

fn port(port: &reach::Port) -> Port {
    Port {
        protocol: Transport::named(port.protocol).expect("a protocol"),
        number: port.number,
        name: port.name.clone().map_or(PortName::None, |name| PortName::Known(name.into())),
    }
}

/// The objects of a catalog that decide about connections.
fn objects(catalog: &Catalog) -> Vec<Json> {
    let inputs = catalog.inputs();
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let mut objects: Vec<_> = compiled.objects.iter().map(to_json).collect();
    let kinds = ["NetworkPolicy", "CiliumNetworkPolicy", "Namespace"];
    objects.retain(|object| kinds.iter().any(|kind| object["kind"] == *kind));
    for object in &mut objects {
        // YAML does not permit all characters that JSON does.
        object["metadata"]["annotations"] = json!({});
    }
    objects
}

/// Connections that are worth judging.
struct Flows {
    pairs: Vec<(reach::End, reach::End)>,
    ports: Vec<reach::Port>,
    /// What Cilium knows of addresses, if its own policies are rendered.
    known: Option<Identities>,
}

/// How often both evaluators said the same.
#[derive(Default)]
struct Agreement {
    /// The verdict of the independent evaluator about each connection.
    verdicts: Vec<bool>,
    /// The connections that the evaluator does not decide: it is not known which node it is.
    undecided: usize,
}

impl Flows {
    /// Those between each end and some of the others.
    fn of(catalog: &Catalog) -> Self {
        let (pairs, ports, known) = Self::all(catalog);
        // A number of steps that is not a divisor of the number of ends reaches all of them.
        let number = pairs.len().isqrt();
        let step = if number.is_multiple_of(17) { 18 } else { 17 };
        Self { pairs: pairs.into_iter().step_by(step).collect(), ports, known }
    }

    /// All of those from or to a namespace.
    fn around(catalog: &Catalog, namespace: &str) -> Self {
        let (mut pairs, ports, known) = Self::all(catalog);
        pairs.retain(|(from, to)| [from, to].iter().any(|end| end.namespace() == Some(namespace)));
        Self { pairs, ports, known }
    }

    fn all(catalog: &Catalog) -> (Vec<(reach::End, reach::End)>, Vec<reach::Port>, Option<Identities>) {
        let catalog = catalog.with_locked_ports();
        let intent = intent::Intent::new(&catalog);
        let ends = intent.ends();
        let pairs = ends.iter().flat_map(|from| ends.iter().map(move |to| (from.clone(), to.clone())));
        (pairs.collect(), intent.ports(), intent.identities().cloned())
    }

    /// The ports of an end. An address has no names of ports.
    fn ports(&self, to: &reach::End) -> impl Iterator<Item = reach::Port> {
        let has_names = matches!(to, reach::End::Pod(_));
        let port = move |port: &reach::Port| reach::Port {
            name: port.name.clone().filter(|_| has_names),
            ..port.clone()
        };
        self.ports.iter().map(port)
    }

    /// The verdict of the independent evaluator about each of them.
    fn verdicts(&self, objects: &[Json]) -> Vec<bool> {
        let policies = reach::Policies::new(objects, self.known.clone());
        let verdicts = self.pairs.iter().flat_map(|(from, to)| {
            self.ports(to).map(|port| policies.allow(from, to, &port)).collect::<Vec<_>>()
        });
        verdicts.collect()
    }

    /// Compares both evaluators.
    fn compare(&self, objects: &[Json], facts: Facts) -> Agreement {
        let mut agreement = Agreement { verdicts: self.verdicts(objects), undecided: 0 };
        let facts = Facts { is_cilium: facts.is_cilium || self.known.is_some(), ..facts };
        let evaluator = evaluator(objects, facts);
        let mut expected = agreement.verdicts.iter();
        for (from, to) in &self.pairs {
            let [own, others] = [from, to].map(|end| ends(end, self.known.as_ref()));
            let pairs = own.iter().flat_map(|from| others.iter().map(move |to| (from, to)));
            let judgements: Vec<_> = pairs.map(|(from, to)| evaluator.judge(from, to)).collect();
            for at in self.ports(to) {
                let at_port = port(&at);
                let truth = judgements.iter().map(|judgement| judgement.truth(&at_port));
                let truth = truth.fold(Truth::No, Truth::or);
                let expected = *expected.next().expect("a verdict about each flow");
                if self.known.is_some() && truth == Truth::on(Condition::Node) {
                    agreement.undecided += 1;
                } else {
                    assert_eq!(truth, expected.into(), "{from:?}\n{to:?}\n{at:?}");
                }
            }
        }
        agreement
    }
}

/// Figures about the catalogs for one policy API.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    catalogs: usize,
    judged: usize,
    allowed: usize,
    undecided: usize,
}

impl Figures {
    fn with(self, agreement: &Agreement) -> Self {
        Self {
            catalogs: self.catalogs + 1,
            judged: self.judged + agreement.verdicts.len(),
            allowed: self.allowed + agreement.verdicts.iter().filter(|allowed| **allowed).count(),
            undecided: self.undecided + agreement.undecided,
        }
    }
}

#[test]
fn both_evaluators_agree_about_generated_catalogs() {
    let (kubernetes, cilium) = (Cell::new(Figures::default()), Cell::new(Figures::default()));
    runner::check(24, catalogs::sized(8), |catalog| {
        let flows = Flows::of(&catalog);
        let figures = if flows.known.is_some() { &cilium } else { &kubernetes };
        // Cilium judges connections between pods and with other addresses as Kubernetes does.
        let facts = Facts { is_cilium: figures.get().catalogs % 2 == 1, ..Facts::default() };
        figures.set(figures.get().with(&flows.compare(&objects(&catalog), facts)));
    });
    for (name, figures) in [("kubernetes", kubernetes.get()), ("cilium", cilium.get())] {
        println!("{name}: {figures:?}");
        assert!(figures.judged > 10_000, "few connections for {name}");
        assert!(figures.allowed * 20 > figures.judged, "both verdicts occur often for {name}");
        assert!(figures.undecided * 20 < figures.judged, "most verdicts are decided for {name}");
    }
}

/// A name and a change of the specification of a policy.
type Mutation = (&'static str, Box<dyn Fn(&mut Json)>);

/// Each change of one object that may change what is allowed.
fn mutations(object: &Json) -> Vec<(&'static str, Json)> {
    let is_cilium = object["kind"] == "CiliumNetworkPolicy";
    let changes = [("ingress", "from"), ("egress", "to")]
        .into_iter()
        .filter(|(rules, _)| object["spec"][rules].is_array())
        .flat_map(|(rules, peers)| {
            if is_cilium { cilium_mutations(rules, peers) } else { kubernetes_mutations(rules, peers) }
        });
    let selector = if is_cilium { "endpointSelector" } else { "podSelector" };
    let none: Mutation =
        ("for no pods", Box::new(move |spec| spec[selector] = json!({"matchLabels": {"no": "pod"}})));
    let types: Mutation = ("without its types", Box::new(|spec| spec["policyTypes"] = json!(["Other"])));
    let others = [none].into_iter().chain((!is_cilium).then_some(types));
    let changed = changes.chain(others).map(|(name, change)| {
        let mut mutated = object.clone();
        change(&mut mutated["spec"]);
        (name, mutated)
    });
    changed.filter(|(_, mutated)| mutated != object).collect()
}

fn kubernetes_mutations(rules: &'static str, peers: &'static str) -> Vec<Mutation> {
    vec![
        ("without its rules", Box::new(move |spec| spec[rules] = json!([]))),
        (
            "for other ports",
            Box::new(move |spec| spec[rules][0]["ports"] = json!([{"port": 1, "protocol": "SCTP"}])),
        ),
        (
            "for other peers",
            Box::new(move |spec| {
                spec[rules][0][peers] = json!([{"podSelector": {"matchLabels": {"other": "pods"}}}]);
            }),
        ),
        ("for all peers", Box::new(move |spec| remove(&mut spec[rules][0], peers))),
        ("for all ports", Box::new(move |spec| remove(&mut spec[rules][0], "ports"))),
    ]
}

/// An empty list of rules is refused by the API server, and a rule without any key selects nobody.
fn cilium_mutations(rules: &'static str, peers: &'static str) -> Vec<Mutation> {
    let keys = ["Entities", "Endpoints", "FQDNs"].map(|key| format!("{peers}{key}"));
    let without_peers = move |rule: &mut Json| keys.iter().for_each(|key| remove(rule, key));
    let (all, other) = (without_peers.clone(), without_peers);
    vec![
        ("without its rules", Box::new(move |spec| spec[rules] = json!([{}]))),
        ("without its direction", Box::new(move |spec| remove(spec, rules))),
        (
            "for other ports",
            Box::new(move |spec| {
                let ports = json!([{"port": "1", "protocol": "SCTP"}]);
                remove(&mut spec[rules][0], "icmps");
                spec[rules][0]["toPorts"] = json!([{"ports": ports}]);
            }),
        ),
        (
            "for other peers",
            Box::new(move |spec| {
                other(&mut spec[rules][0]);
                let labels = json!({"k8s:other": "pods", "k8s:io.kubernetes.pod.namespace": "elsewhere"});
                spec[rules][0][format!("{peers}Endpoints")] = json!([{"matchLabels": labels}]);
            }),
        ),
        ("for all peers", Box::new(move |spec| all(&mut spec[rules][0]))),
        (
            "for all ports",
            Box::new(move |spec| {
                for key in ["toPorts", "icmps"] {
                    remove(&mut spec[rules][0], key);
                }
            }),
        ),
    ]
}

fn remove(object: &mut Json, key: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(key);
    }
}

/// Some catalogs for each policy API.
fn of_both_apis(each: usize) -> Vec<Catalog> {
    let all = runner::samples(each * 12, catalogs::sized(4));
    let (cilium, kubernetes): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|catalog| catalog.platform["network"]["policies"] == "cilium");
    assert!(cilium.len() >= each && kubernetes.len() >= each, "both policy APIs");
    cilium.into_iter().take(each).chain(kubernetes.into_iter().take(each)).collect()
}

#[test]
fn mutations_of_policies_are_noticed() {
    let (mut made, mut noticed, mut missed) = ([0, 0], [0, 0], Vec::new());
    for catalog in of_both_apis(3) {
        let objects = objects(&catalog);
        // What `default-deny` does, every other policy of its namespace does, too.
        let is_own =
            |object: &Json| object["spec"].is_object() && object["metadata"]["name"] != "default-deny";
        let (cilium, kubernetes): (Vec<_>, Vec<_>) = objects
            .iter()
            .enumerate()
            .filter(|(_, object)| is_own(object))
            .partition(|(_, object)| object["kind"] == "CiliumNetworkPolicy");
        let chosen = kubernetes.into_iter().step_by(6).chain(cilium.into_iter().step_by(2));
        for (index, object) in chosen {
            let flows =
                Flows::around(&catalog, object["metadata"]["namespace"].as_str().expect("a namespace"));
            let verdicts = flows.verdicts(&objects);
            let api = usize::from(object["kind"] == "CiliumNetworkPolicy");
            for (name, mutated) in mutations(object).into_iter().skip(index % 2).step_by(2) {
                let mut changed = objects.clone();
                changed[index] = mutated;
                made[api] += 1;
                if flows.compare(&changed, Facts::default()).verdicts == verdicts {
                    missed.push(format!("{name}: {} {}", object["kind"], object["metadata"]["name"]));
                } else {
                    noticed[api] += 1;
                }
            }
        }
    }
    println!("{noticed:?} of {made:?} mutations change a verdict; the others:\n{}", missed.join("\n"));
    for (made, noticed) in made.into_iter().zip(noticed) {
        assert!(made > 10 && noticed * 2 > made, "{noticed} of {made}");
    }
}

fn pod(namespace: &str, app: &str) -> End {
    let labels = Labels::all([("app".to_owned(), app.to_owned())].into());
    End::Pod(Pod { namespace: namespace.to_owned().into(), labels })
}

fn address(text: &str) -> End {
    End::outside(Addresses::range(&text.parse().expect("a range")))
}

fn policy(kind: &str, spec: &Json) -> Vec<Json> {
    let (version, kind) = match kind {
        "NetworkPolicy" => ("networking.k8s.io/v1", kind),
        _ => ("cilium.io/v2", kind),
    };
    let metadata = json!({"name": "one", "namespace": "a"});
    vec![
        json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}),
        json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "b", "labels": {"team": "green"}},
        }),
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
/// What a rule allows, as the documentation of Cilium 1.19 and the validation of its policies say.
#[test]
fn cilium_policies_have_the_semantics_of_cilium() {
    let own = pod("a", "web");
    let egress =
        |rules: Json| policy("CiliumNetworkPolicy", &json!({"endpointSelector": {}, "egress": rules}));
    let node = End::Node(Addresses::default());
    let api = End::ApiServer(Addresses::default());
    let named = |name: &str| End::Outside {
        addresses: Addresses::range(&"1.1.1.1/32".parse().expect("a range")),
        name: Some(name.to_owned().into()),
    };
    let dns =
        json!([{"ports": [{"port": "53", "protocol": "ANY"}], "rules": {"dns": [{"matchPattern": "*"}]}}]);
    let http = json!([{"ports": [{"port": "53"}], "rules": {"http": [{"method": "GET"}]}}]);
    let cases: Vec<(Json, End, Truth)> = vec![
        // no rule isolates nothing, an empty rule everything
        (json!([]), pod("b", "db"), Truth::Yes),
        (json!([{}]), pod("b", "db"), Truth::No),
        (json!([{}]), address("1.1.1.1/32"), Truth::No),
        // ports alone are about every peer
        (json!([{"toPorts": [{"ports": [{"port": "53"}]}]}]), address("1.1.1.1/32"), Truth::Yes),
        (json!([{"toPorts": [{"ports": [{"port": "54"}]}]}]), pod("b", "db"), Truth::No),
        (json!([{"toPorts": [{"ports": [{"port": "50", "endPort": 60}]}]}]), pod("b", "db"), Truth::Yes),
        (json!([{"toPorts": [{"ports": [{"port": "53", "protocol": "TCP"}]}]}]), pod("b", "db"), Truth::No),
        (json!([{"toPorts": [{"ports": [{"port": "0", "protocol": "UDP"}]}]}]), pod("b", "db"), Truth::Yes),
        (json!([{"icmps": [{"fields": [{"type": 8}]}]}]), pod("b", "db"), Truth::No),
        // a selector is about its own namespace unless it names another
        (json!([{"toEndpoints": [{}]}]), pod("b", "db"), Truth::No),
        (json!([{"toEndpoints": [{}]}]), pod("a", "db"), Truth::Yes),
        (json!([{"toEndpoints": []}]), pod("a", "db"), Truth::No),
        (
            json!([{"toEndpoints": [{"matchLabels": {
                "k8s:io.kubernetes.pod.namespace": "b", "any:app": "db"}}]}]),
            pod("b", "db"),
            Truth::Yes,
        ),
        (
            json!([{"toEndpoints": [{"matchExpressions": [
                {"key": "k8s:io.kubernetes.pod.namespace", "operator": "Exists"}]}]}]),
            pod("b", "db"),
            Truth::Yes,
        ),
        (
            json!([{"toEndpoints": [{"matchLabels": {"k8s:io.cilium.k8s.namespace.labels.team": "green"}}]}]),
            pod("b", "db"),
            Truth::Yes,
        ),
        (
            json!([{"toEndpoints": [{"matchLabels": {"k8s:io.cilium.k8s.namespace.labels.team": "red"}}]}]),
            pod("b", "db"),
            Truth::No,
        ),
        // entities
        (json!([{"toEntities": ["world"]}]), pod("b", "db"), Truth::No),
        (json!([{"toEntities": ["world"]}]), address("192.168.1.0/24"), Truth::Yes),
        (json!([{"toEntities": ["world-ipv6"]}]), address("192.168.1.0/24"), Truth::No),
        (json!([{"toEntities": ["cluster"]}]), pod("b", "db"), Truth::Yes),
        (json!([{"toEntities": ["cluster"]}]), node.clone(), Truth::Yes),
        (json!([{"toEntities": ["cluster"]}]), address("1.1.1.1/32"), Truth::No),
        (json!([{"toEntities": ["host", "remote-node"]}]), node.clone(), Truth::Yes),
        (json!([{"toEntities": ["host"]}]), node.clone(), Truth::on(Condition::Node)),
        (json!([{"toEntities": ["kube-apiserver"]}]), api.clone(), Truth::Yes),
        (json!([{"toEntities": ["ingress"]}]), End::CiliumIngress, Truth::Yes),
        (
            json!([{"toEndpoints": [{"matchLabels": {"reserved:ingress": ""}}]}]),
            End::CiliumIngress,
            Truth::Yes,
        ),
        // addresses are never those of pods and nodes
        (json!([{"toCIDR": ["0.0.0.0/0"]}]), pod("b", "db"), Truth::No),
        (json!([{"toCIDR": ["0.0.0.0/0"]}]), End::Node(Addresses::all()), Truth::No),
        (
            json!([{"toCIDRSet": [{"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}]}]),
            address("10.2.0.0/16"),
            Truth::Yes,
        ),
        (
            json!([{"toCIDRSet": [{"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}]}]),
            address("10.1.7.0/24"),
            Truth::No,
        ),
        (
            json!([{"toCIDRSet": [{"cidr": "10.0.0.0/9"}]}]),
            address("10.0.0.0/8"),
            Truth::on(Condition::Address("10.0.0.0/9".into())),
        ),
        (
            json!([{"toCIDR": ["10.0.0.0/9"]}, {"toCIDR": ["10.128.0.0/9"]}]),
            address("10.0.0.0/8"),
            Truth::Yes,
        ),
        (
            json!([{"toCIDRSet": [{"cidrGroupRef": "missing"}]}]),
            address("10.0.0.0/8"),
            Truth::on(Condition::Unevaluated("cidrGroupRef".into())),
        ),
        // names
        (json!([{"toFQDNs": [{"matchName": "api.github.com"}]}]), named("api.github.com"), Truth::Yes),
        (json!([{"toFQDNs": [{"matchPattern": "*.github.com"}]}]), named("gitlab.com"), Truth::No),
        (
            json!([{"toFQDNs": [{"matchName": "api.github.com"}]}]),
            address("1.1.1.1/32"),
            Truth::on(Condition::DnsName("api.github.com".into())),
        ),
        // layer 7
        (json!([{"toEndpoints": [{}], "toPorts": dns}]), pod("a", "db"), Truth::Yes),
        (json!([{"toEndpoints": [{}], "toPorts": http}]), pod("a", "db"), Truth::on(Condition::Request)),
        (
            json!([{"toServices": [{"k8sService": {"serviceName": "x"}}]}]),
            pod("b", "db"),
            Truth::on(Condition::Unevaluated("toServices".into())),
        ),
    ];
    let at = Port { protocol: Transport::Udp, number: 53, name: PortName::None };
    for (rules, to, expected) in cases {
        let found = evaluator(&egress(rules.clone()), Facts { is_cilium: true, ..Facts::default() });
        assert_eq!(found.judge(&own, &to).truth(&at), expected, "{rules} to {to:?}");
    }
}

#[test]
fn cilium_denies_before_it_allows() {
    let spec = json!({
        "endpointSelector": {"matchLabels": {"app": "web"}},
        "ingress": [{"fromEntities": ["all"]}],
        "ingressDeny": [{"fromEndpoints": [{"matchLabels": {"app": "bot"}}]}],
    });
    let found = evaluator(&policy("CiliumNetworkPolicy", &spec), Facts::default());
    let truth = |from: &End| found.judge(from, &pod("a", "web")).truth(&Port::tcp(80));
    assert_eq!(truth(&pod("a", "other")), Truth::Yes);
    assert_eq!(truth(&pod("a", "bot")), Truth::No);
    assert_eq!(found.judge(&pod("a", "bot"), &pod("a", "db")).truth(&Port::tcp(80)), Truth::Yes);
}

#[test]
fn a_policy_that_is_not_enforced_by_default_only_adds() {
    let spec = json!({
        "endpointSelector": {},
        "enableDefaultDeny": {"ingress": false},
        "ingressDeny": [{"fromEntities": ["world"]}],
    });
    let found = evaluator(&policy("CiliumNetworkPolicy", &spec), Facts::default());
    let truth = |from: &End| found.judge(from, &pod("a", "web")).truth(&Port::tcp(80));
    assert_eq!((truth(&pod("b", "x")), truth(&address("1.1.1.1/32"))), (Truth::Yes, Truth::No));
}

#[test]
fn a_policy_of_the_whole_cluster_selects_pods_of_all_namespaces() {
    let spec =
        json!({"endpointSelector": {}, "ingress": [{"fromEndpoints": [{"matchLabels": {"app": "web"}}]}]});
    let found = evaluator(&policy("CiliumClusterwideNetworkPolicy", &spec), Facts::default());
    let truth = |from: &End| found.judge(from, &pod("elsewhere", "x")).truth(&Port::tcp(80));
    assert_eq!((truth(&pod("b", "web")), truth(&pod("b", "x"))), (Truth::Yes, Truth::No));
}

/// Parts of NetworkPolicies that wharf does not render.
#[test]
fn network_policies_have_the_semantics_of_kubernetes() {
    let own = pod("a", "web");
    let at = Port { protocol: Transport::Tcp, number: 80, name: PortName::Known("http".into()) };
    let all = json!({"podSelector": {}});
    let with = |more: Json| {
        let mut spec = all.clone();
        spec.as_object_mut().expect("a spec").extend(more.as_object().expect("a mapping").clone());
        spec
    };
    let not = json!([{"key": "app", "operator": "NotIn", "values": ["web"]}]);
    let team = json!([{"key": "team", "operator": "In", "values": ["green", "red"]}]);
    let cases = [
        // without types, a policy is about ingress, and about egress if it has such rules
        (with(json!({})), pod("b", "x"), own.clone(), Truth::No),
        (with(json!({})), own.clone(), pod("b", "x"), Truth::Yes),
        (with(json!({"egress": [{"to": [{"podSelector": {}}]}]})), own.clone(), pod("b", "x"), Truth::No),
        (with(json!({"ingress": [{}]})), pod("b", "x"), own.clone(), Truth::Yes),
        (json!({"podSelector": {"matchExpressions": not}}), pod("b", "x"), own.clone(), Truth::Yes),
        (
            with(json!({"ingress": [{"from": [{"namespaceSelector": {"matchExpressions": team}}]}]})),
            pod("b", "x"),
            own.clone(),
            Truth::Yes,
        ),
        // what is not known
        (
            json!({"podSelector": {"matchLabels": {"app": "web"}}}),
            pod("b", "x"),
            End::namespace("a"),
            Truth::on(Condition::PodLabels { namespace: "a".into(), selector: "app=web".into() }),
        ),
        (
            with(json!({"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "green"}}}]}]})),
            pod("unknown", "x"),
            own.clone(),
            Truth::on(Condition::NamespaceLabels {
                namespace: "unknown".into(),
                selector: "team=green".into(),
            }),
        ),
        (
            with(json!({"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]})),
            pod("b", "x"),
            own.clone(),
            Truth::on(Condition::Cni),
        ),
        (
            with(json!({"ingress": [{"from": [{"ipBlock": {"cidr": "192.168.1.10/32"}}]}]})),
            End::Node(Addresses::range(&"192.168.1.10/32".parse().expect("a range"))),
            own.clone(),
            Truth::Yes,
        ),
        // a node is not subject to policies
        (with(json!({})), pod("b", "x"), End::Node(Addresses::default()), Truth::Yes),
        // the name of a port belongs to a pod, not to an address
        (with(json!({"ingress": [{"ports": [{"port": "http"}]}]})), pod("b", "x"), own.clone(), Truth::Yes),
        (
            with(json!({"policyTypes": ["Egress"], "egress": [{"ports": [{"port": "http"}]}]})),
            own.clone(),
            address("1.1.1.1/32"),
            Truth::No,
        ),
    ];
    let facts = Facts { is_cilium: false, pods: Addresses::range(&"10.42.0.0/16".parse().expect("a range")) };
    for (spec, from, to, expected) in cases {
        let found = evaluator(&policy("NetworkPolicy", &spec), facts.clone());
        assert_eq!(found.judge(&from, &to).truth(&at), expected, "{spec} {from:?} {to:?}");
    }
}

#[test]
fn a_named_port_of_unknown_pods_is_a_condition() {
    let spec = json!({"podSelector": {}, "ingress": [{"ports": [{"port": "http"}]}]});
    let found = evaluator(&policy("NetworkPolicy", &spec), Facts::default());
    let truth = found.judge(&pod("b", "x"), &pod("a", "web")).truth(&Port::tcp(80));
    assert_eq!(truth, Truth::on(Condition::PortName("http".into())));
}
