//! Catalogs for tests of properties: those of the repository, and generated ones that are valid and use every
//! key.
//!
//! A generated catalog is derived from a tape of numbers, and the simplest choice is always 0: proptest
//! shrinks the tape, and with it the catalog.
#![allow(dead_code, reason = "each test program uses its part of it")]

#[path = "cases.rs"]
pub(crate) mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map as JsonMap, Value as Json, json};
use wharf::diagnostics::{FileId, Sink};
use wharf::inputs::{Inputs, Source};
use wharf::kubernetes::yaml;
use wharf::schemas::value_json;
use wharf::syntax::{Document, decode};
use wharf::value::{Map, Value};

use cases::Case;

/// The files of a catalog, as JSON.
#[derive(Clone)]
pub(crate) struct Catalog {
    /// Where it comes from.
    pub(crate) name: String,
    /// `applications.yml`
    pub(crate) entries: Vec<Json>,
    /// `platform.yml`
    pub(crate) platform: Json,
    /// `profiles/*.yml`
    pub(crate) profiles: BTreeMap<String, Json>,
    /// `templates/*.yml`
    pub(crate) templates: BTreeMap<String, String>,
    /// `applications.lock.yml`
    pub(crate) lock: Option<Source>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inputs = self.inputs();
        let sources = [&inputs.applications]
            .into_iter()
            .chain(&inputs.platform)
            .chain(inputs.profiles.iter().map(|(_, source)| source));
        writeln!(out, "{}", self.name)?;
        sources.into_iter().try_for_each(|source| {
            writeln!(out, "# {}\n{}", source.name, String::from_utf8_lossy(&source.bytes))
        })
    }
}

impl Catalog {
    /// The catalog as files.
    pub(crate) fn inputs(&self) -> Inputs {
        let profile = |(name, profile): (&String, &Json)| {
            (name.clone(), Source::new(format!("profiles/{name}.yml"), text(profile)))
        };
        let template = |(name, text): (&String, &String)| {
            (name.clone(), Source::new(format!("templates/{name}.yml"), text.clone()))
        };
        Inputs {
            applications: Source::new("applications.yml", text(&Json::Array(self.entries.clone()))),
            platform: Some(Source::new("platform.yml", text(&self.platform))),
            profiles: self.profiles.iter().map(profile).collect(),
            templates: self.templates.iter().map(template).collect(),
            lock: self.lock.clone(),
            environment: BTreeMap::from([("ADMIN".into(), "0755".into())]),
            ..Inputs::default()
        }
    }

    /// The catalog with the `targetPort` of routes that follows from the Services of the lock.
    pub(crate) fn with_locked_ports(&self) -> Self {
        let mut catalog = self.clone();
        let Some(lock) = self.lock.as_ref().and_then(json) else { return catalog };
        let monitored = !catalog.platform["network"]["monitoring"].is_null();
        let points = catalog.platform["routing"]["entryPoints"].as_array().into_iter().flatten();
        let udp: Vec<_> =
            points.filter(|point| point["protocol"] == "udp").map(|point| point["name"].clone()).collect();
        for entry in &mut catalog.entries {
            let codes = entry["applications"].as_array().cloned().unwrap_or_default();
            let codes: Vec<_> = codes.iter().filter_map(|item| item["applicationCode"].as_str()).collect();
            let is_known = |code: &&str| {
                let application = &lock["applications"][*code];
                !application.is_null() && application["unknown"].is_null()
            };
            if !codes.is_empty() && codes.iter().all(is_known) {
                entry["knowsWebhooks"] = true.into();
            }
            let derived: Vec<_> =
                codes.iter().flat_map(|code| locked_edges(&lock["applications"][*code], monitored)).collect();
            if !derived.is_empty() {
                let lines = &mut entry["networkPolicies"]["ingress"];
                let mut all = lines.as_array().cloned().unwrap_or_default();
                all.extend(derived);
                *lines = all.into();
            }
            let pods =
                |code: &&str| lock["applications"][*code]["pods"].as_object().cloned().unwrap_or_default();
            if codes.iter().flat_map(pods).any(|(_, pods)| pods["hostNetwork"] == true) {
                entry["hasHostPods"] = true.into();
            }
            let routes = entry.get_mut("routes").and_then(Json::as_array_mut);
            for route in routes.into_iter().flatten() {
                let service = route["service"].as_str().unwrap_or_default();
                let on_host = codes.iter().find_map(|code| {
                    let locked = &lock["applications"][*code];
                    let titles = locked["services"][service]["pods"].as_array()?;
                    let on_host = |title: &Json| locked["pods"][title.as_str()?]["hostNetwork"].as_bool();
                    Some(titles.iter().map(|title| on_host(title) == Some(true)).collect::<Vec<_>>())
                });
                if let Some([first, rest @ ..]) = on_host.as_deref()
                    && rest.iter().all(|other| other == first)
                {
                    route["onHost"] = (*first).into();
                }
            }
            for key in ["routes", "streams"] {
                for way in entry.get_mut(key).and_then(Json::as_array_mut).into_iter().flatten() {
                    let protocol = if udp.contains(&way["entryPoint"]) { "UDP" } else { "TCP" };
                    let target = locked_target(&lock, &codes, way, protocol);
                    if let Some(target) = target.filter(|_| way["targetPort"].is_null()) {
                        way["targetPort"] = target.into();
                    }
                }
            }
        }
        catalog
    }

    /// The namespaces of all entries, in their order.
    pub(crate) fn namespaces(&self) -> Vec<&str> {
        self.entries.iter().filter_map(|entry| entry["namespace"].as_str()).collect()
    }
}

/// The port of the pods behind a route or stream, if the lock lists its Service.
fn locked_target(lock: &Json, codes: &[&str], way: &Json, protocol: &str) -> Option<u16> {
    let (service, port) = (way["service"].as_str().unwrap_or_default(), &way["port"]);
    let called = |listed: &str| {
        port.as_str().map_or_else(
            || listed.starts_with(&format!("{port}/{protocol} ")),
            |name| listed.contains(&format!("/{protocol} {name} ")),
        )
    };
    codes.iter().find_map(|code| {
        let ports = lock["applications"][*code]["services"][service]["ports"].as_array()?;
        let mut listed = ports.iter().filter_map(Json::as_str).filter(|port| called(port));
        listed.find_map(|port| port.rsplit_once(' ')?.1.parse().ok())
    })
}

/// The edges that follow from the webhooks and scrapes of an application in a lock, in its own namespace.
fn locked_edges(application: &Json, monitored: bool) -> Vec<Json> {
    let labels = |title: &str| {
        let pods = &application["pods"][title];
        let labels = pods["labels"].as_object().cloned().unwrap_or_default();
        let own = labels.into_iter().filter(|(key, _)| key != "app.kubernetes.io/managed-by");
        (pods["hostNetwork"] != true).then(|| Json::Object(own.collect()))
    };
    let texts = |list: &Json| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut edges = Vec::new();
    for webhook in texts(&application["webhooks"]) {
        // without ports of pods, nobody deploys the Service or its port
        let Some((call, ports)) = webhook.split_once(" to ") else { continue };
        let service = call.split([' ', ':']).nth(1).expect("a Service");
        for title in texts(&application["services"][service]["pods"]) {
            let ports: Vec<_> = ports.split(',').collect();
            edges
                .extend(labels(&title).map(
                    |labels| json!({ "from": "webhook-caller", "toPodLabels": labels, "ports": ports }),
                ));
        }
    }
    for scrape in texts(&application["scrapes"]).iter().filter(|_| monitored) {
        let (title, port) = scrape
            .split_once(' ')
            .and_then(|(_, target)| target.rsplit_once(':'))
            .expect("the pods and their port");
        edges.extend(
            labels(title)
                .map(|labels| json!({ "from": "monitoring", "toPodLabels": labels, "ports": [port] })),
        );
    }
    edges
}

/// `json` as YAML.
pub(crate) fn text(json: &Json) -> String {
    let mut text = String::new();
    yaml::write_value(&mut text, &value(json));
    text
}

/// `json` as a value of wharf.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().expect("a number")), Value::Int)
        }
        Json::String(text) => text.clone().into(),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(pairs) => {
            Value::Map(pairs.iter().map(|(key, json)| (key.clone(), value(json))).collect::<Map>())
        }
    }
}

/// The contents of a file, as JSON; nothing if it cannot be parsed.
pub(crate) fn json(source: &Source) -> Option<Json> {
    let mut findings = Sink::new();
    let document = Document::load(FileId::APPLICATIONS, source, &mut findings);
    let value: Value = decode(&document, &mut findings)?;
    findings.is_empty().then(|| value_json(&value))
}

/// The cases of the repository without errors, each with its files. A caller has to check every one of them.
pub(crate) fn without_errors() -> Vec<(Case, Inputs)> {
    let cases = cases::without_errors().expect("cases");
    let (examples, golden): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.is_example);
    assert!(
        examples.len() >= 5 && golden.len() >= 100,
        "{} examples and {} golden cases have no errors",
        examples.len(),
        golden.len()
    );
    cases.into_iter().map(|case| (case.clone(), case.inputs().expect("inputs"))).collect()
}

/// The catalog of a case; nothing if its files cannot be parsed.
pub(crate) fn of_inputs(name: &str, inputs: &Inputs) -> Option<Catalog> {
    let Json::Array(entries) = json(&inputs.applications)? else { return None };
    let profiles = inputs
        .profiles
        .iter()
        .map(|(name, source)| Some((name.clone(), json(source)?)))
        .collect::<Option<_>>()?;
    let template = |(name, source): &(String, Source)| {
        (name.clone(), String::from_utf8_lossy(&source.bytes).into_owned())
    };
    let templates = inputs.templates.iter().map(template).collect();
    let mut platform = json(inputs.platform.as_ref()?)?;
    let variables = platform.as_object_mut()?.remove("variables").unwrap_or_default();
    let entries = entries.iter().map(|entry| resolved(entry, &variables, inputs)).collect();
    let mut platform = resolved(&platform, &variables, inputs);
    let kept: JsonMap<_, _> =
        passed(&variables).map(|(name, text)| (name.clone(), json!({ "passthrough": text }))).collect();
    if !kept.is_empty() {
        platform["variables"] = kept.into();
    }
    Some(Catalog { name: name.into(), entries, platform, profiles, templates, lock: inputs.lock.clone() })
}

/// A value in which each `${NAME}` is replaced by the value of the variable, if wharf knows it.
fn resolved(value: &Json, variables: &Json, inputs: &Inputs) -> Json {
    const ESCAPED: &str = "\u{1}";
    if variables.is_null() {
        return value.clone();
    }
    let mut text = value.to_string().replace("$${", ESCAPED);
    for (name, variable) in variables.as_object().into_iter().flatten() {
        let of_environment = inputs.environment.get(name).map(String::as_str);
        if let Some(value) = variable["value"].as_str().or(of_environment) {
            text = text.replace(&format!("${{{name}}}"), value);
        }
    }
    // without other variables, `${NAME}` needs no escape
    let escaped = if passed(variables).next().is_some() { "$${" } else { "${" };
    serde_json::from_str(&text.replace(ESCAPED, escaped)).expect("variables without quotes")
}

/// The variables that a plugin of the cluster replaces, with the texts that manifests contain.
fn passed(variables: &Json) -> impl Iterator<Item = (&String, &str)> {
    let all = variables.as_object().into_iter().flatten();
    all.filter_map(|(name, variable)| Some((name, variable["passthrough"].as_str()?)))
}

/// What the plugin of a cluster knows of a variable that is passed through: a domain, or a host below it.
fn of_plugin(name: &str) -> String {
    match name {
        "DOMAIN" => "plugin.example".into(),
        _ => format!("{}.plugin.example", name.to_ascii_lowercase().replace('_', "-")),
    }
}

/// A manifest after the plugin of the cluster.
pub(crate) fn after_plugin(manifest: &str, inputs: &Inputs) -> String {
    let platform = inputs.platform.as_ref().and_then(json).unwrap_or_default();
    let passed = passed(&platform["variables"]);
    passed.fold(manifest.to_owned(), |text, (name, written)| text.replace(written, &of_plugin(name)))
}

/// A catalog with what the plugin of the cluster knows.
pub(crate) fn with_plugin(catalog: Catalog) -> Catalog {
    let variables = catalog.platform["variables"].clone();
    let known = |value: Json| -> Json {
        let text = passed(&variables).fold(value.to_string(), |text, (name, _)| {
            text.replace(&format!("${{{name}}}"), &of_plugin(name))
        });
        serde_json::from_str(&text).expect("hosts without quotes")
    };
    let entries = catalog.entries.into_iter().map(&known).collect();
    Catalog { entries, platform: known(catalog.platform), ..catalog }
}

/// Valid catalogs of 1 to 30 entries.
pub(crate) fn any_catalog() -> impl Strategy<Value = Catalog> {
    sized(30)
}

/// Valid catalogs of 1 to `most` entries.
pub(crate) fn sized(most: usize) -> impl Strategy<Value = Catalog> {
    prop::collection::vec(any::<u32>(), 0..5000).prop_map(move |cells| {
        let mut tape = Tape { cells, next: 0 };
        let number = 1 + tape.below(most);
        emit(&mut tape, number)
    })
}

/// A valid catalog with this number of entries.
pub(crate) fn large(number: usize) -> impl Strategy<Value = Catalog> {
    prop::collection::vec(any::<u32>(), 300 * number)
        .prop_map(move |cells| emit(&mut Tape { cells, next: 0 }, number))
}

/// Numbers that determine every choice; after its end they are all 0.
struct Tape {
    cells: Vec<u32>,
    next: usize,
}

impl Tape {
    fn below(&mut self, limit: usize) -> usize {
        let cell = self.cells.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        usize::try_from(cell).expect("a small number") % limit
    }

    /// True once in `times` calls.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// Some of the items, in their order, each at most once.
    fn some<T: Clone>(&mut self, items: &[T], most: usize) -> Vec<T> {
        let wanted = self.below(most.min(items.len()) + 1);
        let mut picked = BTreeSet::new();
        for _ in 0..wanted {
            picked.insert(self.below(items.len()));
        }
        picked.into_iter().map(|index| items[index].clone()).collect()
    }

    fn boolean(&mut self) -> Json {
        Json::Bool(self.once_in(2))
    }

    fn words(&mut self, items: &[&str], most: usize) -> Json {
        self.some(items, most).into()
    }
}

/// The platform's settings for Secrets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Secrets {
    Nothing,
    Store,
    StoreAndPullSecret,
}

/// What argocd-image-updater supports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Images {
    /// There is none.
    Nothing,
    /// Images of Helm and Kustomize; whether a pull secret does not have to be listed by an entry.
    Charts { pull_secrets: bool },
    /// Those of plugins as well.
    Plugins { pull_secrets: bool },
}

/// Lets an entry call a host of another one by its public name.
fn call_a_host(tape: &mut Tape, entries: &mut [Json]) {
    if !tape.once_in(3) {
        return;
    }
    let hosts: Vec<Json> = entries
        .iter()
        .filter(|entry| entry["enabled"] != false)
        .flat_map(|entry| entry["routes"].as_array().into_iter().flatten())
        .map(|route| route["host"].clone())
        .filter(|host| host.as_str().is_some_and(|host| host.contains('.')))
        .collect();
    let calls = |entry: &&mut Json| {
        let to_controller = |edge: &Json| edge["to"] == "ingress-controller";
        let edges = entry["networkPolicies"]["egress"].as_array();
        edges.is_some_and(|edges| !edges.iter().any(to_controller))
    };
    let Some(entry) = entries.iter_mut().find(calls) else { return };
    if let (Some(host), Some(edges)) = (hosts.first(), entry["networkPolicies"]["egress"].as_array_mut()) {
        edges.push(json!({ "host": host, "ports": [8443] }));
    }
}

/// What entries have to know about their platform.
#[allow(clippy::struct_excessive_bools, reason = "each is a separate fact")]
struct Facts {
    domain: &'static str,
    tiers: Vec<String>,
    wildcard: bool,
    /// Whether the wildcard covers `example.net` too.
    has_domains: bool,
    authenticated: bool,
    cross_namespace: bool,
    secrets: Secrets,
    kind: &'static str,
    images: Images,
    exposures: Vec<&'static str>,
    /// The entry points for streams.
    streams: Vec<&'static str>,
    /// Whether external-dns makes records.
    has_records: bool,
    /// Whether Argo CD manages EndpointSlices.
    manages_slices: bool,
    /// The label that a Gateway requires of namespaces.
    label: Option<&'static str>,
    peers: Vec<String>,
    /// Whether policies of Cilium are rendered.
    cilium: bool,
    argocd: String,
    controller: String,
    /// How waves wait.
    waves: Waves,
    profiles: Vec<(String, bool)>,
}

/// Whether waves wait for each other, so that an application that is synced manually would block later ones.
#[derive(PartialEq, Eq)]
enum Waves {
    Wait,
    Run,
}

struct Keys(JsonMap<String, Json>);

impl Keys {
    fn set(&mut self, key: &str, value: impl Into<Json>) {
        self.0.insert(key.into(), value.into());
    }

    /// Sets the key once in `times` calls.
    fn rarely(&mut self, tape: &mut Tape, times: usize, key: &str, value: impl FnOnce(&mut Tape) -> Json) {
        if tape.once_in(times) {
            let value = value(tape);
            self.set(key, value);
        }
    }

    fn json(self) -> Json {
        Json::Object(self.0)
    }
}

fn keys() -> Keys {
    Keys(JsonMap::new())
}

fn emit(tape: &mut Tape, number: usize) -> Catalog {
    let namespaces = namespaces(tape, number);
    let (platform, mut facts) = platform(tape, &namespaces);
    let profiles = profiles(tape, &mut facts);
    let mut entries = Vec::new();
    let mut applications = Vec::new();
    for index in 0..number {
        entries.push(entry(tape, index, &namespaces, &facts, &mut applications));
    }
    if entries.iter().all(|entry| entry["enabled"] == false) {
        entries[0]["enabled"] = true.into();
    }
    call_a_host(tape, &mut entries);
    // The order of entries does not matter.
    for index in 0..number {
        let other = index + tape.below(number - index);
        entries.swap(index, other);
    }
    let used = Json::from(entries.clone()).to_string();
    let templates =
        TEMPLATES.iter().filter(|(name, _)| used.contains(&format!("\"name\":\"{name}-template\"")));
    let templates = templates.map(|(name, text)| (format!("{name}-template"), (*text).to_owned())).collect();
    Catalog { name: "generated".into(), entries, platform, profiles, templates, lock: None }
}

/// The templates of an entry and of an application; the same for all catalogs.
const TEMPLATES: [(&str, &str); 2] = [
    (
        "entry",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-entry\n  \
         labels: {tier: {{ entry.namespace }}}\n\
         data:\n  values: {{ values | length | string }}\n  \
         description: {{ entry.description | string }}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {name: second}\n",
    ),
    (
        "application",
        "apiVersion: v1\nkind: ConfigMap\n\
         metadata:\n  name: {{ application.applicationCode ~ '-settings' }}\n\
         data: {domain: {{ platform.domain }}}\n",
    ),
];

fn template_use(tape: &mut Tape, name: &str) -> Json {
    let mut keys = keys();
    keys.set("name", format!("{name}-template"));
    keys.rarely(tape, 2, "values", |tape| free_map(tape, 2));
    vec![keys.json()].into()
}

fn namespaces(tape: &mut Tape, number: usize) -> Vec<String> {
    let fixed = ["argocd", "traefik", "monitoring"];
    let mut names: Vec<String> = Vec::new();
    for index in 0..number {
        let name = match fixed.get(index) {
            Some(name) if tape.once_in(2) => (*name).to_owned(),
            _ => format!(
                "{}-{}{index}",
                tape.pick(&["web", "sys", "db", "0x", "on"]),
                tape.pick(&["a", "shop", "n", "e", "long-name-with-dashes-"])
            ),
        };
        names.push(name);
    }
    names
}

const TEXTS: [&str; 12] = [
    "plain",
    "two words",
    "naïve café – Größe",
    "日本語の説明",
    "🦀 and \u{200d} joiners",
    "a: colon, a # hash and a 'quote'",
    "yes",
    "0755",
    "first line\nsecond line\n",
    "- not a list",
    "{{ not a template }}",
    "ends with a colon:",
];

/// Strings that are difficult for YAML parsers. Parsing the list takes longer than generating a small
/// catalog, so it is parsed once.
static NASTY: LazyLock<Vec<String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("nasty.json")).expect("a list of strings"));

fn sentence(tape: &mut Tape) -> Json {
    tape.pick(&TEXTS).into()
}

fn domain(tape: &mut Tape) -> &'static str {
    tape.pick(&["example.com", "home.example.org", "lan"])
}

fn platform(tape: &mut Tape, namespaces: &[String]) -> (Json, Facts) {
    let domain = domain(tape);
    let mut keys = keys();
    keys.rarely(tape, 4, "requiredVersion", |tape| tape.pick(&["0.1", "0.0.9"]).into());
    keys.set("repository", repository(tape));
    keys.set("domain", domain);
    let tiers = tape.pick(&[
        &["infrastructure", "platform", "apps"][..],
        &["only"],
        &["1", "zwei", "drei vier", "on"],
    ]);
    if tiers[0] != "infrastructure" || tape.once_in(2) {
        keys.set("tiers", tiers);
    }
    let patterns =
        ["values-{{ applicationCode }}.yml", "../{{ namespace }}/{{ applicationCode }}.yaml", "values.yml"];
    keys.rarely(tape, 4, "registries", |_| json!(["docker.io", "ghcr.io", "localhost:5000"]));
    keys.rarely(tape, 3, "patterns", |tape| name_patterns(tape, &patterns));
    let argocd = if tape.once_in(4) { "gitops".to_owned() } else { "argocd".to_owned() };
    let (mut health, mut manages_slices) = (false, false);
    if argocd != "argocd" || tape.once_in(3) {
        health = tape.once_in(3);
        let mut facts = argo_cd(tape, &argocd, health);
        manages_slices = facts["endpointSlices"] == true;
        share_out(&mut facts, tiers);
        keys.set("argocd", facts);
    }
    let (network, controller, peers) = network(tape, namespaces);
    let cilium = network["policies"] == "cilium";
    if network != json!({}) {
        keys.set("network", network);
    }
    let routing = routing(tape, namespaces);
    keys.set("routing", routing.json);
    let modes: &[&str] = match routing.kind {
        "traefik" => &["none", "wildcard", "certificate", "resolver"],
        "nginx" => &["none", "wildcard", "certificate", "annotation"],
        "traefik-ingress" => &["none", "wildcard", "certificate", "resolver", "annotation"],
        _ => &["none", "wildcard"],
    };
    let mode = tape.pick(modes);
    let has_domains = mode == "wildcard" && tape.once_in(2);
    if mode != "none" || tape.once_in(2) {
        let mut certificates = certificates(tape, mode);
        if has_domains {
            certificates["domains"] = json!(["example.net"]);
        }
        keys.set("certificates", certificates);
    }
    let known = tape.pick(&[Secrets::Nothing, Secrets::Store, Secrets::StoreAndPullSecret]);
    if known > Secrets::Nothing || tape.once_in(4) {
        keys.set("secrets", secrets(tape, known));
    }
    let images = image_updater(tape, &mut keys, !namespaces.contains(&argocd));
    keys.rarely(tape, 3, "access", |_| json!({ "groupPrefix": "oidc:" }));
    keys.rarely(tape, 3, "externalDns", |tape| external_dns(tape, routing.kind, &routing.exposures));
    let has_records = keys.0.contains_key("externalDns");
    keys.rarely(tape, 3, "defaults", |tape| defaults(tape, routing.kind, &routing.exposures));
    keys.rarely(tape, 3, "findings", findings);
    keys.rarely(tape, 4, "variables", |tape| {
        let passed = tape.pick(&["${SECRET:HOME}", "<path:secret/home#host>", "yes: {a: b}"]);
        json!({
            "OWNER": { "value": sentence(tape) },
            "ADMIN": { "from": "env" },
            "HOME": { "passthrough": passed },
        })
    });
    let facts = Facts {
        domain,
        tiers: tiers.iter().map(|&tier| tier.to_owned()).collect(),
        wildcard: mode == "wildcard",
        has_domains,
        waves: if health { Waves::Wait } else { Waves::Run },
        secrets: known,
        authenticated: routing.authenticated,
        cross_namespace: routing.cross_namespace && routing.kind != "gateway",
        kind: routing.kind,
        exposures: routing.exposures,
        streams: routing.streams,
        has_records,
        manages_slices,
        label: routing.labelled.then_some("routes"),
        images,
        peers,
        cilium,
        argocd,
        controller,
        profiles: Vec::new(),
    };
    (keys.json(), facts)
}

fn defaults(tape: &mut Tape, kind: &str, exposures: &[&'static str]) -> Json {
    let mut keys = keys();
    keys.set("podSecurity", tape.pick(&["privileged", "baseline", "restricted"]));
    if kind != "nginx" {
        keys.rarely(tape, 2, "exposure", |tape| sides(tape, exposures));
    }
    keys.rarely(tape, 3, "routePort", |_| 80.into());
    more_defaults(tape, &mut keys);
    keys.json()
}

/// Some of the sides that the platform has.
fn sides(tape: &mut Tape, exposures: &[&'static str]) -> Json {
    let sides: BTreeSet<_> = exposures.iter().copied().collect();
    let sides: Vec<_> = sides.into_iter().collect();
    tape.words(&sides, 2)
}

fn name_patterns(tape: &mut Tape, values_files: &[&str]) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "valuesFile", |tape| tape.pick(values_files).into());
    keys.rarely(tape, 2, "application", |tape| {
        tape.pick(&["{{ applicationCode }}-x", "in-{{ applicationCode }}"]).into()
    });
    keys.rarely(tape, 2, "appProject", |_| "{{ namespace }}-project".into());
    keys.rarely(tape, 2, "host", |tape| {
        tape.pick(&["{{ host }}.{{ domain }}", "x-{{ host }}.{{ domain }}"]).into()
    });
    keys.rarely(tape, 2, "certificateSecret", |tape| {
        tape.pick(&["{{ route }}", "{{ route }}-{{ namespace }}"]).into()
    });
    keys.rarely(tape, 2, "storePath", |tape| tape.pick(&["{{ namespace }}", "x/{{ secret }}"]).into());
    keys.rarely(tape, 2, "storeProperty", |_| "{{ key }}".into());
    keys.json()
}

fn image_updater(tape: &mut Tape, platform: &mut Keys, pull_secrets: bool) -> Images {
    if !tape.once_in(2) {
        return Images::Nothing;
    }
    let version = tape.pick(&["1.2", "1.3", "0.17.0", "1.3.1", "1.1.2", "1.4"]);
    let mut keys = keys();
    keys.set("version", version);
    keys.set("writeBack", "git");
    keys.set("branch", tape.pick(&["main", "on"]));
    keys.rarely(tape, 2, "reviewBranch", |_| "updates-{{.SHA256}}".into());
    keys.rarely(tape, 2, "credentials", |_| "git.push".into());
    platform.set("imageUpdater", keys.json());
    if matches!(version, "1.3" | "1.3.1" | "1.4") {
        Images::Plugins { pull_secrets }
    } else {
        Images::Charts { pull_secrets }
    }
}

fn repository(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.set(
        "url",
        tape.pick(&[
            "https://git.example.com/home.git",
            "git@git.example.com:home/cluster.git",
            "https://git.example.com/ünï.git",
        ]),
    );
    keys.rarely(tape, 2, "revision", |tape| tape.pick(&["main", "v1.0", "1e3", "0755"]).into());
    keys.json()
}

fn argo_cd(tape: &mut Tape, namespace: &str, health: bool) -> Json {
    let mut keys = keys();
    keys.set("namespace", namespace);
    keys.rarely(tape, 2, "version", |tape| tape.pick(&["3.5", "3.4.1"]).into());
    keys.rarely(tape, 2, "server", |_| "https://kubernetes.default.svc".into());
    if health || tape.once_in(2) {
        keys.set("applicationHealth", health);
    }
    keys.set(
        "valuesFileSchemes",
        tape.pick(&[json!(["https", "secrets"]), json!(["secrets", "secrets+age-import"])]),
    );
    keys.rarely(tape, 2, "manifestGeneratePaths", Tape::boolean);
    keys.set("endpointSlices", !tape.once_in(3));
    keys.rarely(tape, 2, "root", root);
    keys.json()
}

/// Adds the keys of the root application that depend on other keys, without another number from the tape.
fn share_out(argocd: &mut Json, tiers: &[&str]) {
    let Some(root) = argocd.get_mut("root").and_then(Json::as_object_mut) else { return };
    let (named, placed) = (root.contains_key("name"), root.contains_key("path"));
    match (root.contains_key("plugin"), named, placed) {
        (true, true, _) => {
            drop(root.insert("applications".into(), json!([{ "name": "root-of-all", "tiers": tiers }])));
        }
        (false, true, _) => drop(root.insert("project".into(), "exact".into())),
        (_, false, true) => {
            drop(root.insert(
                "clusterResources".into(),
                json!([{ "group": "kyverno.io", "kind": "ClusterPolicy" }]),
            ));
        }
        _ => {}
    }
}

fn root(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "name", |tape| tape.pick(&["root", "bootstrap-argocd"]).into());
    keys.rarely(tape, 2, "path", |tape| tape.pick(&["clusters/home/rendered", "."]).into());
    keys.rarely(tape, 2, "plugin", |_| "wharf-v1".into());
    keys.json()
}

fn network(tape: &mut Tape, namespaces: &[String]) -> (Json, String, Vec<String>) {
    let mut keys = keys();
    let mut peers: Vec<String> =
        ["dns", "same-namespace", "ingress-controller", "internet", "cluster", "anywhere"]
            .map(String::from)
            .to_vec();
    // Cilium more often, so that both policy APIs are tried
    let cni = tape.pick(&["", "cilium", "calico", "cilium", "kube-router", "antrea", "ovn-kubernetes"]);
    if !cni.is_empty() {
        keys.set("cni", cni);
    }
    let cilium = cni == "cilium" && tape.below(3) > 0;
    if cilium {
        keys.set("policies", "cilium");
    }
    let selects_nodes = cni != "cilium" || cilium;
    keys.rarely(tape, 3, "dns", |tape| dns(tape, namespaces));
    keys.rarely(tape, 3, "ipFamilies", |tape| {
        tape.pick(&[json!(["ipv4"]), json!(["ipv6"]), json!(["ipv4", "ipv6"])])
    });
    keys.rarely(tape, 2, "podCidrs", |tape| tape.words(&["10.42.0.0/16", "fd42::/56", "100.64.0.0/11"], 3));
    keys.rarely(tape, 2, "serviceCidrs", |tape| tape.words(&["10.43.0.0/16", "fd43::/112"], 2));
    keys.rarely(tape, 3, "loadBalancerCidrs", |tape| tape.words(&["192.168.1.240/28", "198.51.100.0/24"], 2));
    keys.rarely(tape, 4, "privateCidrs", |tape| tape.words(&["10.0.0.0/8", "192.168.0.0/16", "fd00::/8"], 3));
    let nodes = tape.once_in(2);
    if nodes {
        keys.set(
            "nodeCidrs",
            // Cilium cannot select some of the nodes, such as 192.168.1.20 of the second choice
            if cni == "cilium" {
                tape.pick(&[json!(["192.168.1.10/32"]), json!(["192.168.1.8/29"])])
            } else {
                tape.pick(&[json!(["192.168.1.10/32"]), json!(["192.168.1.0/27", "2001:db8:1::/64"])])
            },
        );
    }
    keys.rarely(tape, 3, "nodeTunnelCidrs", |_| json!(["10.42.0.7/32"]));
    if tape.once_in(2) {
        keys.set(
            "lanCidrs",
            tape.pick(&[json!(["192.168.0.0/16"]), json!(["192.168.7.0/24", "fd00:1::/64"])]),
        );
        peers.push("lan".into());
    }
    if tape.once_in(2) {
        keys.set(
            "apiServer",
            tape.pick(&[
                json!(["192.168.1.10:6443"]),
                json!(["192.168.1.10:6443", "[fd00:1::10]:443", "192.168.1.11:6443"]),
            ]),
        );
        if selects_nodes {
            peers.push("kube-apiserver".into());
        }
    }
    if nodes && selects_nodes {
        peers.push("nodes".into());
    }
    let mut controller = "traefik".to_owned();
    if tape.once_in(2) {
        let (json, namespace) = ingress_controller(tape, namespaces, nodes && selects_nodes, cilium);
        controller = namespace.unwrap_or(controller);
        keys.set("ingressController", json);
    }
    keys.rarely(tape, 2, "peers", |tape| outside_peers(tape, namespaces, &mut peers));
    if tape.once_in(3) {
        keys.set("monitoring", monitoring(tape, namespaces));
        peers.push("monitoring".into());
    }
    (keys.json(), controller, peers)
}

fn dns(tape: &mut Tape, namespaces: &[String]) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "namespace", |tape| {
        if tape.once_in(2) { tape.pick(namespaces).into() } else { "dns".into() }
    });
    keys.rarely(tape, 2, "podLabels", |_| json!({ "k8s-app": "coredns", "on": "yes" }));
    keys.rarely(tape, 4, "ports", |_| json!(["5353/UDP", "5353/TCP"]));
    keys.rarely(tape, 3, "nodeLocal", |_| "169.254.20.10/32".into());
    keys.rarely(tape, 3, "nodeLocalCidrs", |tape| tape.words(&["169.254.20.11/32", "fd00:2::10/128"], 2));
    keys.json()
}

fn monitoring(tape: &mut Tape, namespaces: &[String]) -> Json {
    let mut keys = keys();
    keys.set("namespace", if tape.once_in(2) { tape.pick(namespaces) } else { "monitoring".into() });
    keys.rarely(tape, 2, "podLabels", |_| json!({ "app.kubernetes.io/name": "prometheus" }));
    keys.json()
}

fn ingress_controller(
    tape: &mut Tape,
    namespaces: &[String],
    may_be_on_host: bool,
    may_be_proxy: bool,
) -> (Json, Option<String>) {
    let mut keys = keys();
    if may_be_proxy && tape.once_in(3) {
        keys.set("cilium", true);
        return (keys.json(), None);
    }
    let namespace = tape.once_in(2).then(|| tape.pick(namespaces));
    if let Some(namespace) = &namespace {
        keys.set("namespace", namespace.clone());
    }
    keys.rarely(tape, 2, "podLabels", |_| json!({ "app": "traefik" }));
    keys.rarely(tape, 2, "hostNetwork", |tape| Json::Bool(may_be_on_host && tape.once_in(2)));
    keys.rarely(tape, 3, "others", |tape| {
        let mut pods = self::keys();
        pods.set("namespace", if tape.once_in(2) { tape.pick(namespaces) } else { "gateways".into() });
        pods.rarely(tape, 2, "podLabels", |_| json!({ "app": "gateway" }));
        json!([pods.json()])
    });
    (keys.json(), namespace)
}

fn outside_peers(tape: &mut Tape, namespaces: &[String], peers: &mut Vec<String>) -> Json {
    let mut all = keys();
    for name in tape.some(&["nas", "vendor", "other-pods", "0"], 4) {
        let mut peer = keys();
        if tape.once_in(2) {
            peer.set("namespace", if tape.once_in(2) { tape.pick(namespaces) } else { "elsewhere".into() });
            peer.rarely(tape, 2, "podLabels", |_| json!({ "app.kubernetes.io/name": "thing" }));
        } else {
            peer.set(
                "cidrs",
                tape.pick(&[json!(["192.168.1.20/32"]), json!(["203.0.113.0/24", "2001:db8::/32"])]),
            );
        }
        all.set(name, peer.json());
        peers.push(name.into());
    }
    all.json()
}

/// The kind of routes, and what routes have to know about it.
struct Routing {
    json: Json,
    kind: &'static str,
    exposures: Vec<&'static str>,
    /// The entry points for streams.
    streams: Vec<&'static str>,
    authenticated: bool,
    cross_namespace: bool,
    labelled: bool,
}

fn routing(tape: &mut Tape, namespaces: &[String]) -> Routing {
    let mut keys = keys();
    let kind = tape.pick(&["traefik", "nginx", "traefik-ingress", "gateway"]);
    if kind != "traefik" || tape.once_in(4) {
        keys.set("kind", if matches!(kind, "nginx" | "traefik-ingress") { "ingress" } else { kind });
    }
    if matches!(kind, "nginx" | "traefik-ingress") {
        let controller = if kind == "nginx" { "nginx" } else { "traefik" };
        keys.set("ingress", json!({ "className": "class.internal", "controller": controller }));
    }
    let mut exposures = vec!["internal"];
    let mut streams = Vec::new();
    if tape.once_in(2) {
        let points = 1 + tape.below(4);
        exposures.clear();
        let mut list = Vec::new();
        for name in &["websecure", "cloudflare", "web", "0-on"][..points] {
            let exposure = tape.pick(&["internal", "external"]);
            exposures.push(exposure);
            let port = tape.pick(&[443, 80, 7080]);
            let tls = tape.boolean();
            list.push(json!({ "name": name, "exposure": exposure, "port": port, "tls": tls }));
        }
        if kind != "nginx" {
            redirect(tape, &mut list);
        }
        if matches!(kind, "traefik" | "traefik-ingress") {
            for protocol in ["tcp", "udp"] {
                list.push(json!({
                    "name": protocol, "exposure": exposures[0], "port": 5353, "tls": protocol == "tcp",
                    "protocol": protocol,
                }));
            }
            streams = vec!["tcp", "udp"];
        }
        keys.set("entryPoints", list);
    }
    let (mut labelled, mut served) = (false, true);
    if kind == "gateway" {
        let (json, sides) = gateway(tape);
        served = json["controller"] == "traefik";
        labelled = json["gateways"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|gateway| gateway["allowedRoutes"] == "selector");
        exposures = sides;
        keys.set("gateway", json);
    }
    keys.rarely(tape, 3, "labels", |_| json!({ "team": "home", "on": "yes" }));
    keys.rarely(tape, 3, "annotations", |tape| json!({ "dashboard.example.com/group": sentence(tape) }));
    let cross_namespace = tape.once_in(2);
    if cross_namespace || tape.once_in(2) {
        keys.set("traefik", traefik(tape, cross_namespace));
    }
    let shared = cross_namespace && matches!(kind, "traefik" | "traefik-ingress");
    let auth = tape.below(3);
    match auth {
        1 if shared => {
            let mut middleware = self::keys();
            middleware.set("name", "oauth.auth");
            let namespace = if tape.once_in(2) { tape.pick(namespaces) } else { "sys-oauth".into() };
            middleware.set("namespace", namespace);
            middleware.rarely(tape, 2, "targetPort", |_| 4180.into());
            keys.set("auth", json!({ "middleware": middleware.json() }));
        }
        2 if served => keys.set("auth", json!({ "forwardAuth": forward_auth(tape, namespaces) })),
        _ => {}
    }
    Routing {
        json: keys.json(),
        kind,
        exposures,
        streams,
        authenticated: auth == 2 && served || auth == 1 && shared,
        cross_namespace,
        labelled,
    }
}

/// Adds an entry point that redirects to one of the others.
fn redirect(tape: &mut Tape, points: &mut Vec<Json>) {
    let Some(target) = points.iter().find(|point| point["tls"] == true) else { return };
    if tape.once_in(3) {
        let point = json!({
            "name": "redirect", "exposure": target["exposure"], "port": 80, "tls": false,
            "redirectTo": target["name"],
        });
        points.push(point);
    }
}

fn traefik(tape: &mut Tape, cross_namespace: bool) -> Json {
    let mut keys = keys();
    let version = tape.pick(&["", "3.7", "3.7.11", "3.6"]);
    if !version.is_empty() {
        keys.set("version", version);
    }
    if cross_namespace || tape.once_in(2) {
        keys.set("allowCrossNamespace", cross_namespace);
    }
    if version != "3.6" {
        keys.rarely(tape, 2, "safeNaming", Tape::boolean);
    }
    keys.rarely(tape, 2, "entryPointTls", Tape::boolean);
    keys.rarely(tape, 3, "ingressClass", |_| "traefik.internal".into());
    keys.json()
}

fn gateway(tape: &mut Tape) -> (Json, Vec<&'static str>) {
    let mut keys = keys();
    keys.rarely(tape, 2, "controller", |_| "traefik".into());
    let (mut gateways, mut sides) = (Vec::new(), Vec::new());
    for name in &["internal", "external.two", "third"][..=tape.below(3)] {
        let side = tape.pick(&["internal", "external"]);
        sides.push(side);
        let mut gateway = self::keys();
        gateway.set("name", *name);
        gateway.set("namespace", tape.pick(&["traefik", "gateways"]));
        gateway.set("exposure", side);
        gateway.rarely(tape, 2, "sectionName", |_| "https".into());
        gateway.rarely(tape, 2, "port", |_| 8443.into());
        if tape.once_in(3) {
            gateway.set("allowedRoutes", "selector");
            gateway.set("namespaceLabels", json!({ "routes": "on" }));
        } else {
            gateway.set("allowedRoutes", "all");
        }
        let gateway = gateway.json();
        if gateway["sectionName"] == "https" && tape.once_in(3) {
            let mut redirect = gateway.clone();
            redirect["sectionName"] = "http".into();
            redirect["redirectTo"] = "https".into();
            redirect["port"] = 8000.into();
            gateways.push(redirect);
        }
        gateways.push(gateway);
    }
    keys.set("gateways", gateways);
    (keys.json(), sides)
}

fn forward_auth(tape: &mut Tape, namespaces: &[String]) -> Json {
    let mut keys = keys();
    let namespace = if tape.once_in(2) { tape.pick(namespaces) } else { "sys-auth".to_owned() };
    keys.set("address", format!("http://auth.{namespace}.svc:4180/oauth2?x=%20#y"));
    keys.rarely(tape, 2, "targetPort", |tape| tape.pick(&[json!(4180), json!("http")]));
    keys.rarely(tape, 2, "trustForwardHeader", Tape::boolean);
    keys.rarely(tape, 2, "authResponseHeaders", |tape| {
        tape.words(&["X-User", "X-Groups", "Remote-Email"], 3)
    });
    keys.rarely(tape, 2, "signIn", |_| "https://$host/oauth2/start?rd=$escaped_request_uri".into());
    keys.rarely(tape, 2, "callback", |tape| {
        let mut callback = self::keys();
        callback.set("namespace", namespace);
        callback.set("service", "auth");
        callback.set("port", 4180);
        callback.rarely(tape, 3, "path", |_| "/login/".into());
        callback.json()
    });
    keys.json()
}

fn external_dns(tape: &mut Tape, kind: &str, exposures: &[&'static str]) -> Json {
    let mut keys = keys();
    keys.set("version", tape.pick(&["0.22", "0.21.3"]));
    if kind == "traefik" || tape.once_in(2) {
        keys.set("target", "tunnel.example.net");
    }
    keys.rarely(tape, 2, "proxied", Tape::boolean);
    keys.rarely(tape, 3, "exposure", |tape| tape.pick(exposures).into());
    keys.json()
}

fn certificates(tape: &mut Tape, mode: &str) -> Json {
    let mut keys = keys();
    keys.set("mode", mode);
    if matches!(mode, "wildcard" | "certificate" | "annotation") || tape.once_in(3) {
        let mut issuer = self::keys();
        issuer.set("kind", tape.pick(&["ClusterIssuer", "Issuer"]));
        issuer.set("name", "letsencrypt.dns");
        issuer.rarely(tape, 2, "solver", |tape| {
            if mode != "wildcard" && tape.once_in(2) { "http01".into() } else { "dns01".into() }
        });
        keys.set("issuer", issuer.json());
    }
    if mode == "resolver" || tape.once_in(4) {
        keys.set("resolver", "letsencrypt");
    }
    keys.json()
}

const BUILT_IN: [(&str, bool); 9] = [
    ("base", false),
    ("web-app", false),
    ("web-app-internal", false),
    ("media-server", false),
    ("worker", false),
    ("database", false),
    ("system", false),
    ("monitoring", false),
    ("unrestricted", true),
];

/// Profiles of the user; some replace a built-in one, some extend one or each other.
fn profiles(tape: &mut Tape, facts: &mut Facts) -> BTreeMap<String, Json> {
    let mut profiles = BTreeMap::new();
    let mut reasons: BTreeMap<String, bool> =
        BUILT_IN.iter().map(|(name, reason)| ((*name).to_owned(), *reason)).collect();
    let mut parents: Vec<&str> = vec!["base", "worker", "unrestricted"];
    for name in tape.some(&["web-app", "smart-home", "zigbee"], 3) {
        let mut keys = keys();
        keys.set("summary", sentence(tape));
        let mut reason = false;
        if tape.once_in(2) {
            let parent = tape.pick(&parents);
            reason = reasons[parent];
            keys.set("extends", parent);
        }
        if tape.once_in(3) {
            let required = tape.once_in(2);
            keys.set("reasonRequired", required);
            reason |= required;
        }
        for (key, peer) in [("ingress", "from"), ("egress", "to")] {
            keys.rarely(tape, 2, key, |tape| {
                let mut rules = Vec::new();
                for name in tape.some(&facts.peers, 3) {
                    let mut rule = self::keys();
                    rule.set(peer, name);
                    rule.rarely(tape, 2, "ports", ports);
                    if facts.cilium {
                        rule.rarely(tape, 5, "ping", Tape::boolean);
                    }
                    let own = if peer == "from" { "toPodLabels" } else { "fromPodLabels" };
                    rule.rarely(tape, 5, own, pod_labels);
                    let mut rule = rule.json();
                    if matches!(rule[peer].as_str(), Some("same-namespace" | "cluster")) && tape.once_in(3) {
                        let other = if peer == "from" { "fromPodLabels" } else { "toPodLabels" };
                        rule[other] = pod_labels(tape);
                    }
                    if peer == "to" {
                        without_names(&mut rule);
                    }
                    rules.push(rule);
                }
                rules.into()
            });
        }
        profiles.insert(name.to_owned(), keys.json());
        reasons.insert(name.to_owned(), reason);
        parents.push(name);
    }
    // `web-app` may be one of these by now, and `media-server` extends it.
    let reason = reasons["web-app"];
    reasons.insert("media-server".into(), reason);
    facts.profiles = reasons.into_iter().collect();
    profiles
}

fn ports(tape: &mut Tape) -> Json {
    let all = [
        json!(8080),
        json!("443"),
        json!("53/UDP"),
        json!("8000-8010"),
        json!("http"),
        json!("5000-5005/UDP"),
        json!("9/SCTP"),
        json!("metrics/UDP"),
        json!(1),
        json!("65535/TCP"),
    ];
    tape.some(&all, 3).into()
}

/// An application that others may wait for.
struct Known {
    code: String,
    tier: usize,
    enabled: bool,
}

fn entry(
    tape: &mut Tape,
    index: usize,
    namespaces: &[String],
    facts: &Facts,
    known: &mut Vec<Known>,
) -> Json {
    let namespace = &namespaces[index];
    let mut keys = keys();
    keys.set("namespace", namespace.clone());
    keys.rarely(tape, 2, "description", sentence);
    let last = facts.tiers.len() - 1;
    let mut tier = last;
    if tape.once_in(2) {
        tier = tape.below(last + 1);
        keys.set("tier", facts.tiers[tier].clone());
    }
    let mut enabled = true;
    if tape.once_in(3) {
        let toggleable = *namespace != facts.argocd && tape.once_in(2);
        keys.set("toggleable", toggleable);
        if tape.once_in(2) {
            enabled = !toggleable || tape.once_in(2);
            keys.set("enabled", enabled);
        }
    }
    if facts.label.is_none() && tape.once_in(16) {
        keys.set("ownsNamespace", false);
        keys.set("networkPolicies", json!({ "profile": "none", "reason": sentence(tape) }));
    } else {
        owned(tape, &mut keys);
        keys.set("networkPolicies", network_policies(tape, namespace, namespaces, facts));
    }
    if let Some(label) = facts.label {
        let labels = keys.0.entry("labels").or_insert_with(|| json!({}));
        labels[label] = json!("on");
    }
    let has_applications = tape.once_in(2);
    keys.rarely(tape, 3, "project", |tape| project(tape, index, namespace, has_applications));
    keys.rarely(tape, 3, "access", access);
    keys.rarely(tape, 3, "secrets", |tape| entry_secrets(tape, facts));
    keys.rarely(tape, 4, "imagePullSecret", |tape| {
        Json::Bool(facts.secrets == Secrets::StoreAndPullSecret && tape.once_in(2))
    });
    keys.rarely(tape, 4, "templates", |tape| template_use(tape, "entry"));
    if has_applications {
        let mut applications = Vec::new();
        let earlier = known.len();
        for number in 0..=tape.below(3) {
            let code = match number {
                0 => namespace.clone(),
                1 => format!("{namespace}-{number}"),
                _ => format!("{namespace}.{number}"),
            };
            let wait_for = |other: &&Known| other.tier <= tier && (other.enabled || !enabled);
            let before: Vec<String> = known.iter().filter(wait_for).map(|other| other.code.clone()).collect();
            let mut application = application(tape, &code, &before, facts);
            if *namespace == facts.argocd && code == "argocd" {
                keep_itself(&mut application);
            }
            applications.push(application);
            known.push(Known { code, tier, enabled });
        }
        debug_assert!(known.len() > earlier);
        keys.set("applications", applications);
    }
    if tape.once_in(2) {
        let routes = routes(tape, index, namespace, facts);
        keys.set("routes", routes);
        if !facts.streams.is_empty() && tape.once_in(2) {
            let streams = streams(tape, index, facts);
            keys.set("streams", streams);
        }
        if facts.kind != "nginx" {
            keys.rarely(tape, 4, "exposure", |tape| sides(tape, &facts.exposures));
        }
    }
    keys.json()
}

/// An Argo CD that manages itself must not delete itself, and needs more than others to apply itself.
fn keep_itself(application: &mut Json) {
    // images are written to a source that is replaced here
    let source =
        ["repoURL", "chart", "sources", "targetRevision", "helm", "kustomize", "directory", "plugin"];
    for key in source.into_iter().chain(["images", "imageValuesFile"]) {
        application.as_object_mut().expect("an application").remove(key);
    }
    application["path"] = "infra/argocd".into();
    application["finalizer"] = "none".into();
    if application["autoSync"] == true {
        application["sync"]["prune"] = false.into();
    }
    application["sync"]["options"] = json!(["ServerSideApply=true"]);
}

fn labels(tape: &mut Tape) -> Json {
    let mut keys = keys();
    for key in tape.some(&["team", "app.example.com/part-of", "x_y.Z", "yes"], 4) {
        keys.set(key, tape.pick(&["", "a", "A-1_b.c", "true", "1.10", "0x1F"]));
    }
    keys.json()
}

fn annotations(tape: &mut Tape) -> Json {
    let mut keys = keys();
    for key in tape.some(&["note", "example.com/why", "on"], 3) {
        keys.set(key, tape.pick(&NASTY));
    }
    keys.json()
}

const CIDRS: [&str; 7] = [
    "10.0.0.0/8",
    "192.168.7.0/24",
    "203.0.113.9/32",
    "fd00:1::/64",
    "2001:db8::/32",
    "0.0.0.0/0",
    "::ffff:0:0/96",
];

fn network_policies(tape: &mut Tape, own: &str, namespaces: &[String], facts: &Facts) -> Json {
    let mut keys = keys();
    if tape.once_in(12) {
        keys.set("profile", "none");
        keys.set("reason", sentence(tape));
        return keys.json();
    }
    let (mut profile, reason) = tape.pick(&facts.profiles);
    if own == facts.argocd {
        // Argo CD needs the API server and its repository
        "system".clone_into(&mut profile);
    }
    keys.set("profile", profile);
    if reason || tape.once_in(4) {
        keys.set("reason", sentence(tape));
    }
    if tape.once_in(2) {
        let others: Vec<String> = namespaces.iter().filter(|name| *name != own).cloned().collect();
        let mut edges: Vec<Json> =
            tape.some(&others, 4).into_iter().map(|name| json!({ "namespace": name })).collect();
        edges.extend(tape.some(&facts.peers, 3).into_iter().map(|name| json!({ "to": name })));
        edges.extend(tape.some(&CIDRS, 2).into_iter().map(|cidr| json!({ "cidr": cidr })));
        if facts.cilium {
            let names = ["api.example.org", "*.example.org", "*.api.example.org"];
            edges.extend(tape.some(&names, 2).into_iter().map(|name| json!({ "fqdn": name })));
        }
        keys.set("egress", with_ports(tape, edges, ["fromPodLabels", "toPodLabels"], facts.cilium));
    }
    if tape.once_in(3) {
        let mut edges: Vec<Json> =
            tape.some(&facts.peers, 3).into_iter().map(|name| json!({ "from": name })).collect();
        edges.extend(tape.some(&CIDRS, 2).into_iter().map(|cidr| json!({ "cidr": cidr })));
        keys.set("ingress", with_ports(tape, edges, ["toPodLabels", "fromPodLabels"], facts.cilium));
    }
    keys.rarely(tape, 5, "webhooks", |_| json!([9443, "https"]));
    if facts.peers.iter().any(|peer| peer == "monitoring") {
        keys.rarely(tape, 3, "scrape", |_| json!([9090]));
    }
    keys.json()
}

/// Edges with ports and pods: `own` is the key of the entry's pods, `other` that of the peer's.
fn with_ports(tape: &mut Tape, mut edges: Vec<Json>, [own, other]: [&str; 2], cilium: bool) -> Vec<Json> {
    for edge in &mut edges {
        if tape.once_in(2) {
            edge["ports"] = ports(tape);
        }
        if own == "fromPodLabels" {
            without_names(edge);
        }
        if cilium && tape.once_in(4) {
            edge["ping"] = tape.boolean();
        }
        if tape.once_in(4) {
            edge[own] = pod_labels(tape);
        }
        let peer = ["to", "from"].iter().find_map(|key| edge[key].as_str());
        let may_choose = !edge["namespace"].is_null() || matches!(peer, Some("same-namespace" | "cluster"));
        if may_choose && tape.once_in(3) {
            edge[other] = pod_labels(tape);
        }
    }
    edges
}

/// Removes names of ports from an egress edge whose peer may be addresses.
fn without_names(edge: &mut Json) {
    let pods = ["dns", "same-namespace", "ingress-controller", "monitoring", "cluster", "anywhere"];
    let is_pods =
        !edge["namespace"].is_null() || edge["to"].as_str().is_some_and(|peer| pods.contains(&peer));
    if let Some(ports) = edge.get_mut("ports").and_then(Json::as_array_mut).filter(|_| !is_pods) {
        ports.retain(|port| {
            port.as_str().is_none_or(|port| !port.starts_with(|first: char| first.is_ascii_alphabetic()))
        });
        if ports.is_empty() {
            ports.push(8080.into());
        }
    }
}

/// What only the owner of a namespace sets.
fn owned(tape: &mut Tape, keys: &mut Keys) {
    keys.rarely(tape, 8, "ownsNamespace", |_| true.into());
    keys.rarely(tape, 3, "podSecurity", |tape| tape.pick(&["privileged", "baseline", "restricted"]).into());
    keys.rarely(tape, 4, "labels", labels);
    keys.rarely(tape, 4, "annotations", annotations);
}

/// Severities of findings, and a rule whose findings are accepted although there are none.
fn findings(tape: &mut Tape) -> Json {
    let severity = tape.pick(&["error", "warning"]);
    json!({
        "severity": { "unused-template": severity, "shared-object": "warning" },
        "allow": [{ "rule": "unused-lock-entry", "reason": sentence(tape) }],
    })
}

fn pod_labels(tape: &mut Tape) -> Json {
    tape.pick(&[
        json!({ "app": "plain" }),
        json!({ "tier": "front" }),
        json!({ "app": "web", "tier": "front" }),
    ])
}

/// Defaults of applications and projects that leave every generated entry valid.
fn more_defaults(tape: &mut Tape, keys: &mut Keys) {
    keys.rarely(tape, 2, "application", |tape| {
        let mut keys = self::keys();
        keys.rarely(tape, 3, "path", |_| "charts/app".into());
        keys.rarely(tape, 2, "finalizer", |tape| tape.pick(&["background", "none"]).into());
        keys.rarely(tape, 2, "serviceAccount", Tape::boolean);
        keys.rarely(tape, 2, "revisionHistoryLimit", |tape| tape.pick(&[0, 3]).into());
        keys.rarely(tape, 2, "sync", |tape| sync(tape, true));
        keys.rarely(tape, 8, "autoSync", |_| false.into());
        keys.json()
    });
    keys.rarely(tape, 2, "project", |tape| {
        let mut project = project(tape, 0, "apps", false);
        let windows = project.get_mut("syncWindows").and_then(Json::as_array_mut);
        for window in windows.into_iter().flatten() {
            window["schedule"] = "0 8 * * 1-5".into();
            window["applications"] = json!([]);
        }
        project
    });
}

fn project(tape: &mut Tape, index: usize, namespace: &str, has_applications: bool) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 4, "name", |_| format!("shared-{index}").into());
    keys.rarely(tape, 4, "labels", |_| json!({ "team": "home" }));
    keys.rarely(tape, 3, "syncWindows", |tape| {
        let zone = tape.pick(&["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]);
        let mut windows =
            vec![json!({ "kind": "allow", "schedule": "*/15 0-6,22 1 1 0", "duration": "1h30m",
            "timeZone": zone, "manualSync": tape.boolean() })];
        if has_applications {
            windows[0]["applications"] = json!([namespace]);
        }
        windows.into()
    });
    keys.rarely(tape, 3, "orphanedResources", |tape| {
        let ignored = [
            json!({ "kind": "Secret", "name": "backup-*" }),
            json!({ "group": "batch", "kind": "Job" }),
            json!({ "name": "on" }),
        ];
        json!({ "warn": tape.boolean(), "ignore": tape.some(&ignored, 3) })
    });
    keys.rarely(tape, 2, "clusterResources", |tape| {
        let all = [
            json!({ "group": "", "kind": "PersistentVolume" }),
            json!({ "group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "app-*" }),
            json!({ "group": "rbac.authorization.k8s.io", "kind": "ClusterRole" }),
            json!({ "group": "*", "kind": "*" }),
        ];
        tape.some(&all, 4).into()
    });
    keys.rarely(tape, 2, "namespaceResources", |tape| {
        let all = [
            json!({ "group": "rbac.authorization.k8s.io", "kind": "Role" }),
            json!({ "group": "", "kind": "ResourceQuota" }),
        ];
        tape.some(&all, 2).into()
    });
    keys.rarely(tape, 2, "sourceRepos", |tape| {
        tape.words(&["https://charts.example.com", "ghcr.io/example/charts", "on"], 3)
    });
    let mut project = keys.json();
    // without another number from the tape
    if project.get("namespaceResources").is_some() {
        project["destinations"] = json!(["kube-system"]);
    }
    project
}

fn secrets(tape: &mut Tape, known: Secrets) -> Json {
    let mut keys = keys();
    if known > Secrets::Nothing {
        let store =
            json!({ "kind": tape.pick(&["ClusterSecretStore", "SecretStore"]), "name": "vault.main" });
        let mut operator = self::keys();
        // older versions have no `refreshPolicy`
        let versions: &[&str] = &["2.9", "0.16.0", "2.3", "0.15.2"];
        let newer = if known == Secrets::StoreAndPullSecret { &versions[..3] } else { versions };
        operator.set("version", tape.pick(newer));
        operator.set("store", store);
        operator.rarely(tape, 3, "refreshInterval", |tape| tape.pick(&["5m", "1h30m", "0s"]).into());
        keys.set("externalSecrets", operator.json());
    }
    if known == Secrets::StoreAndPullSecret {
        let mut secret = self::keys();
        secret.set("name", "registry");
        secret.set("from", "shared/registry");
        secret.rarely(tape, 2, "property", |_| ".dockerconfigjson".into());
        keys.set("imagePullSecret", secret.json());
    }
    keys.json()
}

fn entry_secrets(tape: &mut Tape, facts: &Facts) -> Json {
    let names = tape.some(&["db", "on", "0.5", "token-0"], 4);
    let secret = |name| {
        let mut keys = keys();
        keys.set("name", name);
        if facts.secrets > Secrets::Nothing && tape.once_in(2) {
            keys.rarely(tape, 3, "source", |_| "store".into());
            keys.rarely(tape, 3, "type", |tape| tape.pick(&["kubernetes.io/tls", "yes"]).into());
            keys.rarely(tape, 2, "dataFrom", |tape| vec![tape.pick(&["shared/all", "on"])].into());
            let data = secret_data(tape);
            keys.set("data", data);
            keys.rarely(tape, 3, "generators", secret_generators);
            keys.rarely(tape, 4, "find", |tape| {
                let named = json!({ "name": tape.pick(&["^db-", "on"]), "path": "/a" });
                vec![named, json!({ "tags": { "on": "yes" } })].into()
            });
            if keys.0.contains_key("find") || keys.0.contains_key("dataFrom") {
                keys.rarely(tape, 3, "rewrite", secret_rewrites);
            }
            keys.rarely(tape, 5, "store", |_| json!({ "kind": "SecretStore", "name": "own.store" }));
            keys.rarely(tape, 5, "creationPolicy", |tape| tape.pick(&["owner", "orphan", "merge"]).into());
            if facts.secrets == Secrets::StoreAndPullSecret {
                keys.rarely(tape, 5, "refreshPolicy", |tape| tape.pick(&["periodic", "onChange"]).into());
            }
            keys.rarely(tape, 3, "template", secret_template);
            keys.rarely(tape, 3, "refreshInterval", |tape| tape.pick(&["15m", "0s"]).into());
        } else {
            keys.set("source", tape.pick(&["manual", "sops", "sealed"]));
        }
        keys.json()
    };
    names.into_iter().map(secret).collect::<Vec<_>>().into()
}

fn secret_generators(tape: &mut Tape) -> Json {
    let mut generator = keys();
    generator.set("kind", tape.pick(&["ECRAuthorizationToken", "Password"]));
    generator.set("name", "on");
    generator.rarely(tape, 3, "rewrite", secret_rewrites);
    vec![generator.json()].into()
}

fn secret_rewrites(tape: &mut Tape) -> Json {
    json!([{ "from": "(.*)", "to": tape.pick(&["on_$1", "yes"]) }])
}

fn secret_template(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "data", |tape| {
        // the operator renders the text: what it reads has to exist
        let text = Some(tape.pick(&NASTY)).filter(|text| !text.contains("{{"));
        json!({ "on": "{{ .password | b64enc }}", "config.toml": text.unwrap_or_default() })
    });
    keys.rarely(tape, 2, "keepValues", Tape::boolean);
    keys.rarely(tape, 3, "from", |tape| {
        let object = tape.pick(&["configMap", "secret"]);
        json!([{ object: "texts", "keys": ["app.yml", "on"] }])
    });
    keys.rarely(tape, 2, "labels", labels);
    keys.rarely(tape, 2, "annotations", annotations);
    keys.json()
}

fn secret_data(tape: &mut Tape) -> Json {
    let mut all = Vec::new();
    for key in [vec!["password"], tape.some(&["tls.crt", ".hidden", "ON_1"], 3)].concat() {
        let mut data = keys();
        data.set("key", key);
        data.set("from", tape.pick(&["web/notes", "secret/data/on", "a: b"]));
        data.rarely(tape, 2, "property", |tape| tape.pick(&["password", "0755", "x.y[0]"]).into());
        data.rarely(tape, 4, "version", |tape| tape.pick(&["3", "on"]).into());
        data.rarely(tape, 4, "decode", |tape| tape.pick(&["base64", "base64url", "auto"]).into());
        all.push(data.json());
    }
    all.into()
}

fn access(tape: &mut Tape) -> Json {
    let groups = tape
        .some(&["family", "my-org:team alpha", "on", "0755", "ops@example.com", "{curly}: 'ünï'", "a#b"], 4);
    let access = |group| json!({ "group": group, "role": tape.pick(&["viewer", "editor", "admin"]) });
    groups.into_iter().map(access).collect::<Vec<_>>().into()
}

fn application(tape: &mut Tape, code: &str, before: &[String], facts: &Facts) -> Json {
    let mut keys = keys();
    keys.set("applicationCode", code);
    match tape.below(6) {
        0 | 1 => chart(tape, &mut keys),
        2 => keys.set("sources", sources(tape)),
        _ => folder(tape, &mut keys),
    }
    let mut automated = facts.waves == Waves::Wait;
    if automated || tape.once_in(2) {
        automated |= tape.once_in(2);
        keys.set("autoSync", automated);
    }
    keys.rarely(tape, 3, "sync", |tape| sync(tape, automated));
    keys.rarely(tape, 4, "ignoreDifferences", |tape| vec![ignore_difference(tape)].into());
    keys.rarely(tape, 4, "info", |tape| json!([{ "name": sentence(tape), "value": tape.pick(&NASTY) }]));
    keys.rarely(tape, 4, "revisionHistoryLimit", |tape| tape.pick(&[0, 1, 10, 4_294_967_295_u32]).into());
    keys.rarely(tape, 4, "labels", labels);
    keys.rarely(tape, 4, "annotations", annotations);
    keys.rarely(tape, 6, "templates", |tape| template_use(tape, "application"));
    keys.rarely(tape, 5, "targetNamespace", |tape| tape.pick(&["other", "kube-system", "none"]).into());
    keys.rarely(tape, 4, "finalizer", |tape| tape.pick(&["foreground", "background", "none"]).into());
    keys.rarely(tape, 4, "serviceAccount", Tape::boolean);
    keys.rarely(tape, 8, "hostNetwork", |_| false.into());
    images(tape, &mut keys, facts);
    keys.rarely(tape, 4, "generatePaths", |tape| tape.words(&["charts/common", "on"], 2));
    if !before.is_empty() {
        keys.rarely(tape, 3, "dependsOn", |tape| tape.some(before, 3).into());
    }
    keys.json()
}

/// Images of an application that one folder describes, or that takes its values from another source.
fn images(tape: &mut Tape, keys: &mut Keys, facts: &Facts) {
    let (pull_secrets, plugins) = match facts.images {
        Images::Charts { pull_secrets } => (pull_secrets, false),
        Images::Plugins { pull_secrets } => (pull_secrets, true),
        Images::Nothing => return,
    };
    let said = |key: &str| keys.0.contains_key(key);
    let lends = keys
        .0
        .get("sources")
        .and_then(Json::as_array)
        .filter(|sources| sources.len() == 2)
        .map(|sources| &sources[1]);
    let on_main = |source: Option<&Json>| source.is_some_and(|source| source["targetRevision"] == "main");
    let follows_branch =
        on_main(lends) || keys.0.get("targetRevision").is_some_and(|revision| revision == "main");
    let unknown = said("chart") || said("directory") || said("plugin") && !plugins;
    if unknown || !follows_branch || !said("plugin") && !tape.once_in(2) {
        return;
    }
    let renderer = ["kustomize", "plugin"].into_iter().find(|key| said(key)).unwrap_or("helm");
    let aliases = [vec!["app"], tape.some(&["on", "0.5", "proxy_2"], 2)].concat();
    if lends.is_some() {
        keys.set("imageValuesFile", "$values/values/app.yml");
    }
    keys.set(
        "images",
        aliases.into_iter().map(|alias| image(tape, alias, renderer, pull_secrets)).collect::<Vec<_>>(),
    );
}

fn image(tape: &mut Tape, alias: &str, renderer: &str, pull_secrets: bool) -> Json {
    let mut keys = keys();
    keys.set("alias", alias);
    let (strategy, tag) = tape.pick(&[
        ("digest", ":latest"),
        ("semver", ":~1.26"),
        ("semver", ""),
        ("newest-build", ""),
        ("alphabetical", ""),
    ]);
    keys.set(
        "image",
        format!(
            "{}{tag}",
            tape.pick(&["ghcr.io/team/app", "nginx", "localhost:5000/0755", "docker.io/library/on"])
        ),
    );
    keys.set("strategy", strategy);
    if strategy != "digest" {
        keys.rarely(tape, 2, "allowTags", |tape| {
            tape.pick(&["^v[0-9]+$", "yes|no", "\\.[a-z]{2,3}: #"]).into()
        });
        keys.rarely(tape, 2, "ignoreTags", |tape| tape.words(&["*-rc*", "1.?", "on"], 2));
    }
    keys.rarely(tape, 2, "platforms", |tape| tape.words(&["linux/amd64", "linux/arm64/v8"], 2));
    if pull_secrets {
        keys.rarely(tape, 2, "pullSecret", |_| "registry.pull".into());
    }
    keys.rarely(tape, 2, "forceUpdate", Tape::boolean);
    if renderer == "kustomize" {
        keys.rarely(tape, 2, "kustomize", |_| json!({ "name": "nginx" }));
    } else if tape.once_in(2) {
        keys.set(renderer, json!({ "spec": format!("{alias}.image") }));
    } else {
        keys.set(renderer, json!({ "name": format!("{alias}.name"), "tag": format!("{alias}.tag") }));
    }
    keys.json()
}

fn chart(tape: &mut Tape, keys: &mut Keys) {
    keys.set("repoURL", tape.pick(&["https://charts.example.com", "ghcr.io/example/charts"]));
    keys.set("chart", tape.pick(&["app", "0755"]));
    keys.set("targetRevision", tape.pick(&["1.10", "v2", "3e5"]));
    keys.rarely(tape, 2, "helm", helm);
}

fn folder(tape: &mut Tape, keys: &mut Keys) {
    keys.set("path", tape.pick(&["charts/app", "on", "deploy/ä,b"]));
    keys.rarely(tape, 4, "repoURL", |_| "git@git.example.com:other.git".into());
    keys.rarely(tape, 2, "targetRevision", |_| "main".into());
    match tape.below(6) {
        1 => keys.set("helm", helm(tape)),
        2 => keys.set("kustomize", kustomize(tape)),
        3 => keys.set("directory", directory(tape)),
        4 => keys.set("plugin", plugin(tape)),
        _ => {}
    }
}

/// Several sources, the last of which only provides its files.
fn sources(tape: &mut Tape) -> Json {
    let mut sources = Vec::new();
    for number in 0..tape.below(4) {
        let mut keys = keys();
        keys.rarely(tape, 4, "name", |_| format!("source-{number}").into());
        folder(tape, &mut keys);
        sources.push(keys.json());
    }
    let mut user = keys();
    chart(tape, &mut user);
    let mut helm = helm(tape);
    helm["valueFiles"] = json!(["$values/values/app.yml"]);
    helm["ignoreMissingValueFiles"] = false.into();
    user.set("helm", helm);
    let mut ref_source = keys();
    ref_source.set("ref", "values");
    ref_source.rarely(tape, 2, "repoURL", |_| "git@git.example.com:values.git".into());
    ref_source.rarely(tape, 2, "targetRevision", |_| "main".into());
    sources.extend([user.json(), ref_source.json()]);
    sources.into()
}

fn helm(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 3, "releaseName", |_| "release.name".into());
    keys.rarely(tape, 3, "valueFiles", |tape| tape.words(&["values.yml", "on", "../x y.yml"], 3));
    keys.rarely(tape, 2, "values", |tape| free_map(tape, 3));
    keys.rarely(tape, 3, "parameters", |tape| {
        let mut parameter = self::keys();
        parameter.set("name", "image.tag");
        parameter.set("value", tape.pick(&NASTY));
        parameter.rarely(tape, 2, "forceString", Tape::boolean);
        vec![parameter.json()].into()
    });
    keys.rarely(tape, 5, "fileParameters", |_| json!([{ "name": "script", "path": "files/yes" }]));
    keys.rarely(tape, 4, "ignoreMissingValueFiles", |_| false.into());
    for key in ["skipCrds", "skipTests", "skipSchemaValidation", "passCredentials"] {
        keys.rarely(tape, 4, key, Tape::boolean);
    }
    keys.rarely(tape, 5, "namespace", |_| "other".into());
    keys.rarely(tape, 5, "kubeVersion", |_| "1.34".into());
    keys.rarely(tape, 5, "apiVersions", |tape| tape.words(&["traefik.io/v1alpha1", "v1"], 2));
    keys.json()
}

/// Values that are passed through: anything.
fn free(tape: &mut Tape, depth: usize) -> Json {
    match tape.below(if depth == 0 { 6 } else { 9 }) {
        0 => tape.pick(&NASTY).into(),
        1 => tape.boolean(),
        2 => tape.pick(&[0, 1, -1, i64::MAX, i64::MIN, 755, 1_000]).into(),
        3 => tape.pick(&[0.5, 1.0, -0.0, 1e300, 1e-9, 123_456.789]).into(),
        4 => Json::Null,
        5 => tape.pick(&[json!({}), json!([]), json!("")]),
        6 => (0..tape.below(4)).map(|_| free(tape, depth - 1)).collect::<Vec<_>>().into(),
        _ => free_map(tape, depth - 1),
    }
}

fn free_map(tape: &mut Tape, depth: usize) -> Json {
    let pairs = 1 + tape.below(4);
    (0..pairs).map(|_| (tape.pick(&NASTY), free(tape, depth))).collect::<JsonMap<_, _>>().into()
}

fn kustomize(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 3, "namePrefix", |_| "pre-".into());
    keys.rarely(tape, 3, "nameSuffix", |_| "-post".into());
    keys.rarely(tape, 3, "namespace", |_| "other".into());
    keys.rarely(tape, 3, "images", |tape| tape.words(&["nginx=nginx:1.27", "app@sha256:00", "1.10"], 3));
    keys.rarely(tape, 4, "replicas", |tape| json!([{ "name": "app", "count": tape.below(3) }]));
    keys.rarely(tape, 4, "patches", |tape| vec![patch(tape)].into());
    keys.rarely(tape, 3, "commonLabels", labels);
    keys.rarely(tape, 3, "commonAnnotations", annotations);
    for key in [
        "forceCommonLabels",
        "labelWithoutSelector",
        "labelIncludeTemplates",
        "forceCommonAnnotations",
        "commonAnnotationsEnvsubst",
    ] {
        keys.rarely(tape, 5, key, Tape::boolean);
    }
    keys.rarely(tape, 3, "components", |tape| tape.words(&["../a", "b"], 2));
    keys.rarely(tape, 5, "ignoreMissingComponents", Tape::boolean);
    keys.rarely(tape, 5, "version", |_| "v5.4".into());
    keys.rarely(tape, 5, "kubeVersion", |_| "1.36".into());
    keys.rarely(tape, 5, "apiVersions", |tape| tape.words(&["traefik.io/v1alpha1", "v1"], 2));
    keys.json()
}

fn patch(tape: &mut Tape) -> Json {
    let mut keys = keys();
    if tape.once_in(2) {
        keys.set("path", "patches/on.yml");
    } else {
        keys.set("patch", "- op: remove\n  path: /spec/replicas\n");
    }
    keys.rarely(tape, 2, "target", |tape| {
        let mut target = self::keys();
        target.rarely(tape, 2, "group", |tape| tape.pick(&["apps", ""]).into());
        target.rarely(tape, 2, "version", |_| "v1".into());
        target.rarely(tape, 2, "kind", |_| "Deployment".into());
        target.rarely(tape, 2, "name", |_| "app.*".into());
        target.rarely(tape, 2, "namespace", |_| "other".into());
        target.rarely(tape, 2, "labelSelector", |_| "app=on".into());
        target.rarely(tape, 2, "annotationSelector", |_| "note=yes".into());
        target.json()
    });
    keys.rarely(tape, 2, "options", |_| json!({ "allowNameChange": true, "allowKindChange": false }));
    keys.json()
}

fn directory(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "recurse", Tape::boolean);
    keys.rarely(tape, 3, "include", |_| "*.yaml".into());
    keys.rarely(tape, 3, "exclude", |_| "{a,b}/*".into());
    keys.rarely(tape, 4, "jsonnet", |tape| {
        let mut jsonnet = self::keys();
        jsonnet.rarely(
            tape,
            2,
            "extVars",
            |tape| json!([{ "name": "on", "value": tape.pick(&NASTY), "code": tape.boolean() }]),
        );
        jsonnet.rarely(tape, 2, "tlas", |_| json!([{ "name": "replicas", "value": "1 + 1", "code": true }]));
        jsonnet.rarely(tape, 2, "libs", |tape| tape.words(&["vendor", "lib/yes"], 2));
        jsonnet.json()
    });
    keys.json()
}

fn plugin(tape: &mut Tape) -> Json {
    let mut keys = keys();
    keys.set("name", tape.pick(&["wharf-1.0", "on"]));
    keys.rarely(tape, 2, "env", |tape| json!([{ "name": "TIER", "value": sentence(tape) }]));
    keys.rarely(tape, 2, "parameters", |tape| {
        let values = [
            json!({ "string": sentence(tape) }),
            json!({ "array": ["yes", "1.10"] }),
            json!({ "map": { "on": "1.10" } }),
        ];
        let mut parameter = tape.pick(&values);
        parameter["name"] = "entries".into();
        vec![parameter].into()
    });
    keys.json()
}

const SYNC_OPTIONS: [&str; 7] = [
    "ApplyOutOfSyncOnly=true",
    "Prune=confirm",
    "PrunePropagationPolicy=orphan",
    "Replace=true",
    "RespectIgnoreDifferences=true",
    "ServerSideApply=true",
    "Validate=false",
];

fn sync(tape: &mut Tape, automated: bool) -> Json {
    let mut keys = keys();
    if automated {
        keys.rarely(tape, 2, "prune", Tape::boolean);
        keys.rarely(tape, 2, "selfHeal", Tape::boolean);
        keys.rarely(tape, 2, "allowEmpty", Tape::boolean);
    }
    keys.rarely(tape, 2, "options", |tape| tape.words(&SYNC_OPTIONS, 4));
    keys.rarely(tape, 2, "retry", |tape| {
        let mut retry = self::keys();
        retry.rarely(tape, 2, "limit", |tape| tape.pick(&[0, 5, -1, i32::MAX, i32::MIN]).into());
        retry.rarely(tape, 2, "refresh", Tape::boolean);
        retry.rarely(tape, 2, "backoff", |tape| {
            let mut backoff = self::keys();
            backoff.set("duration", "5s");
            backoff.set("factor", tape.pick(&[2, 1, 0]));
            backoff.set("maxDuration", "1h30m");
            backoff.json()
        });
        retry.json()
    });
    keys.json()
}

fn ignore_difference(tape: &mut Tape) -> Json {
    let mut keys = keys();
    if tape.once_in(2) {
        keys.set("group", "apps");
        keys.set("kind", "Deployment");
    } else {
        keys.set("kind", "ConfigMap");
    }
    keys.rarely(tape, 3, "name", |_| "app.web".into());
    keys.rarely(tape, 3, "namespace", |_| "web".into());
    keys.set("jsonPointers", json!(["/spec/replicas"]));
    keys.rarely(tape, 3, "jqPathExpressions", |_| {
        json!([".spec.template.spec.containers[] | select(.name == \"a: b\")"])
    });
    keys.rarely(tape, 3, "managedFieldsManagers", |_| json!(["kube-controller-manager"]));
    keys.json()
}

fn routes(tape: &mut Tape, index: usize, namespace: &str, facts: &Facts) -> Json {
    let mut routes = Vec::new();
    for number in 0..=tape.below(3) {
        let host = host(tape, &format!("h{index}-{number}"), facts);
        if tape.once_in(4) {
            // One host, shared by routes to different services.
            let special = if facts.kind == "traefik" { "/static/~é(y)" } else { "/static/~(y)" };
            for path in ["/api", special] {
                let mut paths = vec![route_path(tape, path, facts)];
                if tape.once_in(2) {
                    paths.push(route_path(tape, &format!("{path}/more"), facts));
                }
                let route = route(tape, &host, namespace, facts, paths);
                routes.push(route);
            }
        } else {
            let mut route = route(tape, &host, namespace, facts, Vec::new());
            if tape.once_in(3) {
                route["aliases"] = json!([self::host(tape, &format!("alias{index}-{number}"), facts)]);
            }
            // two expressions for the same path are an error
            if facts.kind == "traefik" && facts.wildcard && index + number == 0 && tape.once_in(2) {
                let domain = facts.domain.replace('.', r"\.");
                route["hostRegexp"] = format!(r"^[a-z]+\.{domain}$").into();
                route["certificate"] = "platform".into();
                if route.get("redirect").is_none() {
                    route["auth"] = "none".into();
                    route["reason"] = sentence(tape);
                }
            }
            routes.push(route);
        }
    }
    routes.into()
}

/// A stream with a host on the entry point for TCP; one entry has that for UDP.
fn streams(tape: &mut Tape, index: usize, facts: &Facts) -> Json {
    let mut streams = Vec::new();
    for protocol in facts.streams.iter().filter(|protocol| **protocol == "tcp" || index == 0) {
        let mut keys = keys();
        keys.set("entryPoint", *protocol);
        keys.set("service", format!("{protocol}-app"));
        keys.set("port", tape.pick(&[json!(5432), json!("db")]));
        keys.set("reason", sentence(tape));
        keys.rarely(tape, 2, "targetPort", |tape| tape.pick(&[json!(5433), json!("db")]));
        keys.rarely(tape, 4, "podLabels", pod_labels);
        if *protocol == "tcp" {
            keys.set("host", format!("db{index}.example.net"));
            keys.rarely(tape, 2, "tls", |tape| tape.pick(&["terminate", "passthrough"]).into());
        }
        streams.push(keys.json());
    }
    streams.into()
}

fn host(tape: &mut Tape, name: &str, facts: &Facts) -> String {
    match tape.below(4) {
        0 | 1 => name.to_owned(),
        2 if !facts.wildcard || facts.has_domains => format!("{name}.example.net"),
        3 if !facts.wildcard => format!("{name}.deep.{}", facts.domain),
        _ => format!("{name}.{}", facts.domain),
    }
}

fn route(tape: &mut Tape, host: &str, namespace: &str, facts: &Facts, paths: Vec<Json>) -> Json {
    let mut keys = keys();
    keys.set("host", host);
    if matches!(facts.kind, "traefik" | "gateway") && tape.once_in(8) {
        return redirecting(tape, keys, facts, paths);
    }
    backends(tape, &mut keys, facts);
    let number = paths.len();
    let is_special = ["backends", "scheme"].iter().any(|key| keys.0.contains_key(*key));
    let has_prefix = !paths.is_empty() && paths.iter().all(|path| path["match"] != "exact");
    let decided = !paths.is_empty() && paths.iter().any(|path| path.get("auth").is_some());
    if !paths.is_empty() || tape.once_in(4) {
        keys.set("paths", paths);
    }
    if !facts.authenticated && !decided || tape.once_in(4) {
        keys.set("auth", "none");
        keys.set("reason", sentence(tape));
    } else if facts.authenticated {
        keys.rarely(tape, 3, "auth", |_| "platform".into());
    }
    if facts.kind != "nginx" {
        keys.rarely(tape, 3, "exposure", |tape| sides(tape, &facts.exposures));
        keys.rarely(tape, 3, "middlewares", |tape| {
            let mut all =
                vec![json!({ "name": "headers" }), json!({ "name": "compress", "namespace": namespace })];
            if facts.cross_namespace {
                all.push(json!({ "name": "limit", "namespace": facts.controller }));
            }
            tape.some(&all, 3).into()
        });
    }
    let shares = keys.0.contains_key("backends");
    keys.rarely(tape, 4, "filters", |tape| {
        let mut filters = filters(tape, facts, has_prefix);
        // the routes of an entry share a Service
        if let Some(filters) = filters.as_object_mut().filter(|_| shares) {
            filters.remove("timeout");
        }
        filters
    });
    keys.rarely(tape, 4, "labels", |_| json!({ "team": "app" }));
    keys.rarely(tape, 4, "annotations", |tape| json!({ "dashboard.example.com/name": sentence(tape) }));
    if facts.wildcard && facts.kind != "gateway" {
        keys.rarely(tape, 3, "certificate", |tape| tape.pick(&["own", "platform"]).into());
    }
    if facts.kind == "traefik" && !is_special {
        keys.rarely(tape, 6, "grpc", Tape::boolean);
    }
    if facts.has_records {
        keys.rarely(tape, 3, "dns", Tape::boolean);
    }
    if facts.kind == "traefik" || facts.kind == "traefik-ingress" && number < 2 {
        keys.rarely(tape, 3, "priority", |tape| tape.pick(&[0, 1, 4_294_967_295_u32]).into());
    }
    keys.json()
}

/// A route that leads to another address.
fn redirecting(tape: &mut Tape, mut keys: Keys, facts: &Facts, mut paths: Vec<Json>) -> Json {
    for path in paths.iter_mut().filter_map(Json::as_object_mut) {
        path.retain(|key, _| key != "auth" && key != "reason");
    }
    if !paths.is_empty() {
        keys.set("paths", paths);
    }
    keys.rarely(tape, 3, "exposure", |tape| sides(tape, &facts.exposures));
    let mut address = self::keys();
    address.set("host", "moved.example.org");
    address.rarely(tape, 3, "scheme", |tape| tape.pick(&["http", "https"]).into());
    address.rarely(tape, 3, "port", |tape| tape.pick(&[80, 443, 8443]).into());
    address.rarely(tape, 3, "path", |tape| tape.pick(&["/", "/new/$1", "/~é(y)"]).into());
    address.rarely(tape, 2, "permanent", Tape::boolean);
    keys.set("redirect", address.json());
    keys.json()
}

/// Filters that the kind of route supports.
fn filters(tape: &mut Tape, facts: &Facts, has_prefix: bool) -> Json {
    let mut keys = keys();
    keys.rarely(tape, 2, "host", |_| "app.internal".into());
    if facts.kind != "nginx" {
        keys.rarely(
            tape,
            2,
            "requestHeaders",
            |_| json!({ "set": { "X-Filter": "on" }, "remove": ["X-Client"] }),
        );
        keys.rarely(
            tape,
            2,
            "responseHeaders",
            |_| json!({ "set": { "X-Filter": "no" }, "remove": ["X-App"] }),
        );
    }
    if facts.kind == "gateway" && tape.once_in(3) {
        keys.set("requestHeaders", json!({ "add": { "X-Other": "more" } }));
        keys.set("responseHeaders", json!({ "add": { "X-Other": "more" } }));
    }
    if facts.kind != "nginx" && has_prefix {
        keys.rarely(tape, 2, "replacePrefix", |tape| tape.pick(&["/", "/new/$1"]).into());
    }
    if matches!(facts.kind, "nginx" | "traefik") {
        keys.rarely(tape, 2, "timeout", |tape| tape.pick(&["1h", "90s"]).into());
    }
    keys.json()
}

/// Where a route leads: to an app, to several of them, to one that serves HTTPS, or out of the cluster.
fn backends(tape: &mut Tape, keys: &mut Keys, facts: &Facts) {
    let (weighs, verifies) = (matches!(facts.kind, "traefik" | "gateway"), facts.kind != "traefik-ingress");
    match tape.below(8) {
        5 if weighs => {
            let mut backend = json!({ "service": "next", "port": 81, "targetPort": 8081, "weight": 2 });
            if tape.once_in(2) {
                backend["podLabels"] = pod_labels(tape);
            }
            if facts.kind == "gateway" && tape.once_in(2) {
                backend["requestHeaders"] =
                    json!({ "set": { "X-Other": "next" }, "add": { "X-More": "on" }, "remove": ["X-A"] });
            }
            keys.set("backends", vec![backend]);
            keys.rarely(tape, 2, "weight", |tape| tape.pick(&[0, 3]).into());
        }
        6 if verifies => {
            keys.set("service", "vault");
            keys.set("port", 8200);
            keys.set("scheme", "https");
            let ca = if facts.kind == "nginx" { "secret" } else { "configMap" };
            let unverified = facts.kind != "gateway" && tape.once_in(3);
            let tls = if unverified {
                json!({ "verify": false, "reason": sentence(tape) })
            } else {
                json!({ "serverName": "vault.internal", "ca": { ca: "vault-ca" } })
            };
            keys.set("backendTls", tls);
            return;
        }
        7 if facts.manages_slices => {
            keys.set("service", "nas");
            keys.set("port", 5000);
            keys.set("addresses", json!(["192.168.1.245"]));
            return;
        }
        _ => {}
    }
    keys.set("service", tape.pick(&["app", "web-0", "on"]));
    let named = facts.kind != "gateway" && tape.once_in(4);
    let number = tape.pick(&[80, 1, 65535, 8080]);
    keys.set("port", if named { json!("web") } else { json!(number) });
    keys.rarely(tape, 5, "podLabels", pod_labels);
    keys.rarely(tape, 2, "targetPort", |tape| {
        tape.pick(&[json!(8080), json!("http"), json!("8443/TCP"), json!("9000-9002")])
    });
}

/// A path; if nothing else decides about auth, each path does.
fn route_path(tape: &mut Tape, path: &str, facts: &Facts) -> Json {
    let mut keys = keys();
    keys.set("path", path);
    keys.rarely(tape, 2, "match", |tape| tape.pick(&["prefix", "exact"]).into());
    if !facts.authenticated || tape.once_in(3) {
        keys.set("auth", "none");
        keys.set("reason", sentence(tape));
    } else {
        keys.rarely(tape, 3, "auth", |_| "platform".into());
    }
    keys.json()
}
