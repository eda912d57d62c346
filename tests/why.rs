//! `wharf why`: names, exit statuses, formats, and lines that really allow what they say.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/cli.rs"]
mod cli;

use std::num::NonZeroUsize;
use std::path::Path;

use cli::wharf;
use serde_json::{Value as Json, json};
use wharf::cluster::{Condition, Port, Truth};
use wharf::compile::{Compiled, compile};
use wharf::inputs::{self, Inputs, Origin, Source};
use wharf::reach::{Answer, Connection, Reach};

const HOMELAB: &str = "examples/homelab";

fn homelab() -> Inputs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(HOMELAB);
    let mut inputs = inputs::read(&Origin::Folder(folder)).expect("the example can be read");
    inputs.repository = None;
    inputs
}

fn small(catalog: &str) -> Inputs {
    let platform = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n\
                    network: {lanCidrs: [192.168.1.0/24], ingressController: {namespace: traefik}}\n\
                    routing: {auth: {forwardAuth: {address: http://auth.sys-auth.svc:80}}}\n\
                    argocd: {endpointSlices: true}\n";
    Inputs {
        applications: Source::new("applications.yml", catalog),
        platform: Some(Source::new("platform.yml", platform)),
        ..Inputs::default()
    }
}

fn compiled(inputs: &Inputs) -> Compiled {
    let compiled = compile(inputs, NonZeroUsize::MIN);
    let messages: Vec<_> = compiled.findings.iter().map(|finding| &finding.message).collect();
    assert!(!compiled.has_errors(), "{messages:?}");
    compiled
}

fn ask(compiled: &Compiled, from: &str, to: &str, port: Option<u16>) -> Answer {
    let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
    let place = |name: &str| reach.place(name).expect("a place");
    reach.connection(&Connection { port: port.map(Port::tcp), ..Connection::new(place(from), place(to)) })
}

/// Writes what an answer says to the entry that it names.
fn apply(inputs: &Inputs, answer: &Answer, key: &str, owner: &str) -> Inputs {
    let fix = answer.fix.as_ref().expect("a line to write");
    let mut entries = catalogs::json(&inputs.applications).expect("a catalog");
    let text = Source::new("fix", fix.text.join("\n"));
    let edge = catalogs::json(&text).expect("valid YAML")[0].clone();
    let entries_list = entries.as_array_mut().expect("a list");
    let entry = entries_list.iter_mut().find(|entry| entry["namespace"] == owner).expect("the entry");
    let policies = entry["networkPolicies"].as_object_mut().expect("policies");
    let edges = policies.entry(key).or_insert_with(|| json!([])).as_array_mut().expect("edges");
    edges.push(edge);
    Inputs { applications: Source::new("applications.yml", catalogs::text(&entries)), ..inputs.clone() }
}

#[test]
fn the_line_to_write_allows_the_connection() {
    let inputs = homelab();
    let before = compiled(&inputs);
    let questions = [
        ("web-homer", "sys-postgres", 5432, "egress", "web-homer"),
        ("web-sonarr", "sys-vault", 8200, "egress", "web-sonarr"),
        ("sys-monitoring", "sys-vault", 8200, "egress", "sys-monitoring"),
        ("web-openclaw", "internet", 22, "egress", "web-openclaw"),
        ("web-openclaw", "192.168.1.77", 22, "egress", "web-openclaw"),
        ("lan", "web-ntfy", 8080, "ingress", "web-ntfy"),
        ("192.168.1.77", "web-ntfy", 8080, "ingress", "web-ntfy"),
        ("web-blog", "nas", 443, "egress", "web-blog"),
    ];
    for (from, to, port, key, owner) in questions {
        let answer = ask(&before, from, to, Some(port));
        assert_eq!(answer.truth, Truth::No, "{from} {to}");
        let changed = apply(&inputs, &answer, key, owner);
        let after = ask(&compiled(&changed), from, to, Some(port));
        assert_eq!(after.truth, Truth::Yes, "{from} {to}\n{}", after.text());
    }
}

#[test]
fn a_port_is_added_to_the_edge_that_exists() {
    let catalog = "\
- namespace: web-notes
  networkPolicies:
    profile: web-app
    egress:
      - {namespace: sys-db, ports: [5432]}
- namespace: sys-db
  networkPolicies: {profile: database}
";
    let inputs = small(catalog);
    let answer = ask(&compiled(&inputs), "web-notes", "sys-db", Some(9187));
    let fix = answer.fix.expect("a line to write");
    assert_eq!(fix.place, "add to `ports` of the edge of `web-notes`");
    assert_eq!((fix.text, fix.line.expect("a line").line), (vec!["9187".to_owned()], 5));
}

#[test]
fn labels_of_a_question_are_labels_of_the_line() {
    let inputs = small(
        "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n- namespace: sys-db\n  \
         networkPolicies: {profile: database}\n",
    );
    let before = compiled(&inputs);
    let question = |compiled: &Compiled| {
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        let label = |value: &str| [("app".to_owned(), value.to_owned())].into();
        let place = |name: &str| reach.place(name).expect("a place");
        reach.connection(&Connection {
            from: place("web-notes"),
            to: place("sys-db"),
            port: Some(Port::tcp(5432)),
            from_labels: label("web"),
            to_labels: label("db"),
        })
    };
    let answer = question(&before);
    let changed = apply(&inputs, &answer, "egress", "web-notes");
    let after = compiled(&changed);
    assert_eq!(question(&after).truth, Truth::Yes, "{:?}", answer.fix);
    let other = ask(&after, "web-notes", "sys-db", Some(5432)).truth;
    assert!(matches!(other, Truth::Depends(_)), "{other:?}");
}

#[test]
fn pods_call_a_host_by_an_edge_of_its_own() {
    let catalog = "\
- namespace: web-notes
  networkPolicies: {profile: web-app-internal}
  routes: [{host: notes, service: notes, port: 80, targetPort: 8080}]
- namespace: web-bot
  networkPolicies: {profile: base}
- namespace: traefik
  networkPolicies: {profile: system}
";
    let inputs = small(catalog);
    let visit = |inputs: &Inputs| {
        let compiled = compiled(inputs);
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        reach.visit(&reach.place("web-bot").expect("an entry"), &"notes.example.com".into(), None)
    };
    let answer = visit(&inputs);
    assert_eq!(answer.truth, Truth::No);
    let after = visit(&apply(&inputs, &answer, "egress", "web-bot"));
    assert!(matches!(after.truth, Truth::Depends(_)), "{}", after.text());
    assert!(after.text().contains("the address of `notes.example.com` in the cluster"), "{}", after.text());
}

#[test]
fn the_way_to_a_machine_outside_ends_with_the_policies_of_the_ingress_controller() {
    let machine = "\
- namespace: web-nas
  networkPolicies: {profile: base}
  routes:
    - {host: nas, service: nas, port: 5000, addresses: [192.168.1.20], auth: none, reason: it has accounts}
";
    let narrow = "\
- namespace: traefik
  networkPolicies:
    profile: base
    ingress: [{from: anywhere, ports: [8443]}]
";
    let visit = |catalog: &str| {
        let compiled = compiled(&small(catalog));
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        let place = reach.place("lan").expect("a place");
        reach.visit(&place, &"nas.example.com".into(), None)
    };
    let answer = visit(&format!("{machine}{narrow}"));
    let step = answer.steps.iter().find(|step| step.subject.starts_with("egress")).expect("the policies");
    assert_eq!(step.subject, "egress of the ingress controller to 192.168.1.20");
    assert_eq!(step.policies[0].name, "allow-to-cidr-192.168.1.20-32");
    assert_eq!(answer.truth, Truth::Yes, "{}", answer.text());
}

#[test]
fn an_entry_without_policies_needs_a_profile_first() {
    let catalog = "\
- namespace: web-notes
  networkPolicies: {profile: none, reason: a test}
- namespace: sys-db
  networkPolicies: {profile: database}
";
    let inputs = small(catalog);
    let compiled = compiled(&inputs);
    let answer = ask(&compiled, "web-notes", "sys-db", Some(5432));
    assert_eq!((answer.truth, answer.fix), (Truth::No, None));
    assert!(answer.notes[0].contains("choose a profile for it first"), "{:?}", answer.notes);
    assert_eq!(answer.steps[0].reason.as_deref(), Some("no policy applies to its pods"));
    assert_eq!(ask(&compiled, "sys-db", "web-notes", None).truth, Truth::No);
}

#[test]
fn the_lock_tells_workloads_apart() {
    let catalog = "\
- namespace: web-notes
  podSecurity: privileged
  networkPolicies: {profile: web-app}
  applications:
    - {applicationCode: notes, path: notes}
- namespace: traefik
  networkPolicies: {profile: system}
";
    let mut inputs = small(catalog);
    let lock = "\
version: 1
applications:
  notes:
    source: \"0\"
    pods:
      DaemonSet/agent:
        labels: {app: agent}
        podSecurity: privileged
        ports: [9100/TCP]
        hostNetwork: true
      Deployment/web:
        labels: {app: web}
        podSecurity: restricted
        ports: [8080/TCP http]
";
    inputs.lock = Some(Source::new("applications.lock.yml", lock));
    let compiled = compiled(&inputs);
    // only one of them listens on the port of the question
    assert_eq!(ask(&compiled, "lan", "web-notes", Some(8080)).truth, Truth::No);
    assert_eq!(ask(&compiled, "lan", "web-notes", Some(9100)).truth, Truth::Yes);
    let verdicts = Condition::Workload("`DaemonSet/agent` yes, `Deployment/web` no".into());
    assert_eq!(ask(&compiled, "lan", "web-notes", Some(7)).truth, Truth::on(verdicts));
}

#[test]
fn the_exit_status_is_the_verdict() {
    let why = |words: &[&str]| {
        let words = [&["why"], words, &[HOMELAB]].concat();
        wharf(words).within(env!("CARGO_MANIFEST_DIR")).run()
    };
    assert_eq!(why(&["web-n8n", "sys-postgres:5432"]).code, Some(0));
    assert_eq!(why(&["web-homer", "sys-postgres:5432"]).code, Some(1));
    let words = ["why", "ingress-nginx", "agrodata", "examples/afrotomation"];
    assert_eq!(wharf(words).within(env!("CARGO_MANIFEST_DIR")).run().code, Some(2));
    assert_eq!(why(&["--into", "sys-postgres"]).code, Some(0));
    for (words, message) in [
        (
            &["web-obsidan", "sys-vault"][..],
            "there is no entry, peer or host `web-obsidan`; did you mean `web-obsidian`?",
        ),
        (&["internet", "note.hippotion.com"], "did you mean `notes.hippotion.com`?"),
        (&["web-bazarr", "sys-vault"], "the entry `web-bazarr` is disabled"),
        (&["notes.hippotion.com", "sys-vault"], "is a host, from which nothing connects"),
        (&["lan", "sys-vault:http"], "`http` is not a port"),
        (&["--into", "internet"], "there is no entry `internet`"),
    ] {
        let ran = why(words);
        assert_eq!(ran.code, Some(2), "{words:?}: {}", ran.err);
        assert!(ran.err.contains(message) && ran.out.is_empty(), "{}", ran.err);
    }
    wharf(["why", "lan"]).fails(2);
}

#[test]
fn answers_have_a_form_for_programs() {
    let json = |words: &[&str]| -> Json {
        let words = [&["why", "--format", "json"], words, &[HOMELAB]].concat();
        let ran = wharf(words).within(env!("CARGO_MANIFEST_DIR")).run();
        serde_json::from_str(&ran.out).expect("JSON")
    };
    let answer = json(&["web-homer", "sys-postgres:5432"]);
    assert_eq!((&answer["version"], &answer["verdict"]), (&json!(1), &json!("no")));
    assert_eq!(answer["ports"], json!(["5432/TCP"]));
    assert_eq!(answer["steps"][0]["policies"][0]["name"], "default-deny");
    assert_eq!(answer["fix"]["text"], json!(["- namespace: sys-postgres", "  ports: [5432]"]));
    let callers = json(&["--into", "sys-vault"]);
    assert_eq!(callers["callers"][0]["host"], "vault.hippotion.com");
    let depends = json(&["web-n8n", "auth.hippotion.com"]);
    assert_eq!(depends["verdict"], "depends");
    assert!(depends["dependsOn"][0].as_str().expect("a condition").starts_with("the address of"));
}

#[test]
fn the_page_asks_ten_questions_about_the_homelab_and_shows_each_verdict() {
    let page = include_str!("../docs/network-questions.md");
    let questions = page.lines().filter(|line| line.starts_with("$ wharf why "));
    assert!(questions.filter(|line| line.ends_with(HOMELAB)).count() >= 10);
    for verdict in ["\nyes: ", "\nno: ", "\ndepends: "] {
        assert!(page.contains(verdict), "no question of the page has the verdict {verdict:?}");
    }
}

#[test]
fn every_ingress_controller_is_asked() {
    let route = "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n  routes: [{host: notes, \
                 service: notes, port: 80}]\n- namespace: gateway\n  networkPolicies: {profile: base}\n";
    let visit = |controller: &str| {
        let mut inputs = small(route);
        let platform = inputs.platform.as_mut().expect("a platform");
        let text = String::from_utf8(platform.bytes.clone()).expect("text");
        platform.bytes = text.replace("{namespace: traefik}", controller).into_bytes();
        let compiled = compiled(&inputs);
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        let from = reach.place("lan").expect("a peer");
        let answer = reach.visit(&from, &"notes.example.com".into(), None);
        let subjects = answer.steps.iter().map(|step| step.subject.clone());
        let asked: Vec<_> = subjects.filter(|subject| subject.contains("ress controller ")).collect();
        (answer.truth, asked)
    };
    let (truth, asked) = visit("{namespace: traefik, others: [{namespace: gateway}]}");
    assert_eq!(truth, Truth::Yes);
    assert_eq!(
        asked,
        ["egress of the ingress controller in `traefik`", "egress of the ingress controller in `gateway`"]
    );
    let (truth, asked) = visit("{namespace: traefik}");
    assert_eq!((truth, asked.len()), (Truth::Yes, 0));
}

#[test]
fn echo_requests_are_asked_about_as_ping() {
    let entries = |edge: &str| {
        small(&format!(
            "- namespace: web-bot\n  networkPolicies: {{profile: base{edge}}}\n- namespace: sys-nas\n  \
             networkPolicies: {{profile: base}}\n"
        ))
    };
    let with_cilium = |mut inputs: Inputs| {
        let platform = inputs.platform.as_mut().expect("a platform");
        let text = String::from_utf8(platform.bytes.clone()).expect("text");
        platform.bytes = text.replace("{lanCidrs", "{cni: cilium, policies: cilium, lanCidrs").into_bytes();
        inputs
    };
    let ping = |inputs: &Inputs| {
        let compiled = compiled(inputs);
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        let place = |name: &str| reach.place(name).expect("a place");
        let connection = Connection::new(place("web-bot"), place("sys-nas"));
        reach.connection(&Connection { port: Some(Port::ping()), ..connection })
    };
    let plain = ping(&entries(""));
    assert_eq!((plain.truth, plain.fix.is_none()), (Truth::No, true));
    assert_eq!(plain.notes, ["an edge for `ping` needs `network.policies: cilium` in platform.yml"]);
    assert_eq!(ping(&entries(", egress: [{namespace: sys-nas}]")).truth, Truth::Yes, "all ports");
    let tcp = ", egress: [{namespace: sys-nas, ports: [2049]}]";
    assert_eq!(ping(&entries(tcp)).truth, Truth::No, "only a port");

    let inputs = with_cilium(entries(""));
    let denied = ping(&inputs);
    assert_eq!(
        denied.fix.as_ref().map(|fix| fix.text.join(" ")).as_deref(),
        Some("- namespace: sys-nas   ping: true")
    );
    let allowed = ping(&apply(&inputs, &denied, "egress", "web-bot"));
    assert_eq!(allowed.truth, Truth::Yes);
    assert!(allowed.text().starts_with("yes: web-bot to sys-nas, ping\n"), "{}", allowed.text());
    let existing = ping(&with_cilium(entries(tcp)));
    assert_eq!(existing.fix.map(|fix| fix.text), Some(vec!["ping: true".to_owned()]));
}
