//! The manual steps on a new cluster, in order, each with its reason.

mod later;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::component::{self, Needed};
use super::release::{self, word};
use super::traefik_values::is_behind_tunnel;
use crate::catalog::SecretSource;
use crate::diagnostics::{count, printable};
use crate::kubernetes::Object;
use crate::model::{Auth, Certificates, Entry, Model, Root, Secret, Source};
use crate::names::Namespace;
use crate::platform::{Cni, IssuerKind, SecretStoreKind};
use crate::value::Text;

/// One thing to do.
#[derive(Debug)]
pub struct Step {
    /// What to do, as a sentence.
    pub what: String,
    /// Why, as a sentence.
    pub why: String,
    /// What the step applies to, one per line, or commands.
    pub lines: Vec<String>,
}

impl Step {
    fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), lines: Vec::new() }
    }

    fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines.extend(lines);
        self
    }

    pub(super) fn draw(&self, number: usize) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{number}. {}\n   Why: {}", printable(&self.what), printable(&self.why));
        for line in &self.lines {
            let _ = writeln!(text, "     {}", printable(line));
        }
        text
    }
}

/// All steps, in the order in which they have to be done. `argocd` and `traefik` say whether there are values
/// for these.
pub(super) fn steps(model: &Model, objects: &[Object], argocd: bool, traefik: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    steps.extend(k3s(model));
    steps.extend(enforcement(model));
    steps.push(install(model, argocd));
    steps.push(repositories(model));
    steps.extend(secrets_by_hand(model));
    steps.extend(encrypted_secrets(model));
    steps.extend(controllers(model, objects));
    steps.extend(store(model));
    steps.extend(issuer(model));
    steps.extend(traefik_settings(model, traefik));
    steps.extend(auth(model));
    steps.extend(hosts(model));
    steps.push(render(model));
    steps.push(root(model));
    steps.extend(synced_by_hand(model));
    steps.push(later::step(model));
    steps
}

/// The packaged components of k3s, which it writes again at each start: the name for `--disable`, and the
/// names of charts with the same content.
const ADD_ONS: [(&str, &[&str]); 5] = [
    ("traefik", &["traefik"]),
    ("metrics-server", &["metrics-server"]),
    ("coredns", &["coredns"]),
    ("local-storage", &["local-path-provisioner"]),
    ("servicelb", &["metallb"]),
];

fn k3s(model: &Model) -> Option<Step> {
    let found =
        ADD_ONS.iter().filter_map(|(switch, charts)| Some((*switch, component::including(model, charts)?)));
    let found: Vec<_> = found.collect();
    let switches = found.iter().map(|(switch, _)| *switch).collect::<Vec<_>>().join(",");
    let lines = found.iter().map(|(switch, (entry, application))| {
        format!("{switch}: the application {} of {}", application.code, entry.namespace)
    });
    let step = Step::new(
        format!("On k3s, start it with --disable={switches}."),
        "k3s includes these itself and writes its own manifests again at every start, over those of the \
         catalog.",
    );
    (!found.is_empty()).then(|| step.lines(lines))
}

fn enforcement(model: &Model) -> Option<Step> {
    let why = "platform.yml names it as the CNI that enforces the policies; without it they are accepted \
        and have no effect.";
    let name = match model.platform.network.cni? {
        // k3s only logs that ipset is missing, and runs without its policy controller (k3s,
        // `pkg/agent/netpol`).
        Cni::K3s => {
            return Some(Step::new(
                "Check that k3s runs without --disable-network-policy, and that its nodes have ipset.",
                why,
            ));
        }
        Cni::Cilium => "Cilium",
        Cni::Calico => "Calico",
        Cni::KubeRouter => "kube-router",
        Cni::Antrea => "Antrea",
        Cni::OvnKubernetes => "OVN-Kubernetes",
        Cni::None => return None,
    };
    Some(Step::new(format!("Check that {name} runs."), why))
}

/// The installation of Argo CD: with the release name and the chart that it manages itself with afterwards.
fn install(model: &Model, values: bool) -> Step {
    let namespace = &model.platform.argocd.namespace;
    let file = if values { " --values argocd-values.yaml" } else { "" };
    let Some(own) = model.own_argo_cd() else {
        let command = format!(
            "helm install argocd argo-cd --repo {CHARTS} --namespace {namespace} --create-namespace{file}"
        );
        let why = "It applies everything else. If it is installed differently, its ConfigMap argocd-cm \
            needs the keys of configs.cm.";
        return Step::new("Install Argo CD.", why).line(command);
    };
    let why = format!(
        "The application {} manages it afterwards. It adopts objects with the same release name and \
         namespace; with another name there would be two installations.",
        own.code
    );
    let step = Step::new("Install Argo CD.", why).line(format!(
        "helm install {} --namespace {namespace} --create-namespace{file}",
        release::arguments(own)
    ));
    if values && own.sources.iter().any(Source::is_folder) {
        return step.line(
            "argocd-values.yaml is for the chart argo-cd itself: in a chart that depends on it, \
                indent its keys below `argo-cd`",
        );
    }
    step
}

/// Where Argo CD's chart is published.
const CHARTS: &str = "https://argoproj.github.io/argo-helm";

fn repositories(model: &Model) -> Step {
    let sources =
        model.applications().flat_map(|application| &application.sources).map(|source| &source.repository);
    let all: BTreeSet<&Text> = sources.chain([&model.platform.repository]).collect();
    let why = "Argo CD reads public ones without credentials, and only reports that it does not find a \
        private one.";
    Step::new("Give Argo CD credentials for the repositories that are private.", why)
        .lines(all.into_iter().map(ToString::to_string))
}

/// The Secrets whose source is one of `sources`, each with its entry.
fn secrets<'p>(
    model: &'p Model,
    sources: &'p [SecretSource],
) -> impl Iterator<Item = (&'p Entry, &'p Secret)> {
    model.secrets().filter(move |(_, secret)| sources.contains(&secret.source))
}

fn secrets_by_hand(model: &Model) -> Option<Step> {
    let found: Vec<_> = secrets(model, &[SecretSource::Manual]).collect();
    let namespaces: BTreeSet<&Namespace> = found
        .iter()
        .map(|(entry, _)| &entry.namespace)
        .filter(|name| **name != model.platform.argocd.namespace)
        .collect();
    let step = Step::new(
        format!("Create {} manually.", count(found.len(), "Secret")),
        "Nothing else creates them, and the pods that name them do not start without them. The root \
         application adopts the namespaces.",
    );
    let step = step.lines(namespaces.iter().map(|namespace| format!("kubectl create namespace {namespace}")));
    let command = |(entry, secret): &(&Entry, &Secret)| {
        format!("kubectl --namespace {} create secret generic {} …", entry.namespace, secret.name)
    };
    (!found.is_empty()).then(|| step.lines(found.iter().map(command)))
}

fn encrypted_secrets(model: &Model) -> Option<Step> {
    let found: Vec<_> = secrets(model, &[SecretSource::Sops, SecretSource::Sealed]).collect();
    let step = Step::new(
        "Restore the keys that decrypt Secrets into the cluster.",
        "These are encrypted in the sources of applications, and a new cluster generates new keys.",
    );
    let lines = found
        .iter()
        .map(|(entry, secret)| format!("{}/{} ({})", entry.namespace, secret.name, secret.source.name()));
    (!found.is_empty()).then(|| step.lines(lines))
}

fn controllers(model: &Model, objects: &[Object]) -> Option<Step> {
    let needed = component::needed(model, objects);
    let line = |needed: &Needed<'_>| {
        let provider = needed
            .application
            .map_or("no application includes it, install it first".to_owned(), |application| {
                format!("the application {} includes it", application.code)
            });
        let kinds: Vec<_> = needed.kinds.iter().map(|kind| kind.kind.as_str()).collect();
        format!("{}, for {}: {provider}", needed.name, kinds.join(", "))
    };
    let step = Step::new(
        "Check that these kinds have a controller.",
        if model.platform.argocd.application_health {
            "A new cluster has none of them. A controller that an application includes may come later: the \
             first sync waits for the application."
        } else {
            "A new cluster has none of them. A controller that an application includes may come later: the \
             objects fail in the first sync, until a retry."
        },
    );
    (!needed.is_empty()).then(|| step.lines(needed.iter().map(line)))
}

fn store(model: &Model) -> Option<Step> {
    let external = model.platform.secrets.external_secrets.as_ref()?;
    let mut paths = BTreeSet::new();
    for (entry, secret) in secrets(model, &[SecretSource::Store]) {
        let user = format!("{}/{}", entry.namespace, secret.name);
        let property = |property: Option<&str>| {
            property.map_or(String::new(), |property| format!(", property {property}"))
        };
        paths.extend(
            secret
                .data
                .iter()
                .map(|data| format!("{}{}: for {user}", &*data.from, property(data.property.as_deref()))),
        );
        paths.extend(secret.data_from.iter().map(|path| format!("{path}, all properties: for {user}")));
    }
    let (kind, name) = (external.store.kind.name(), &*external.store.name);
    let each = if external.store.kind == SecretStoreKind::SecretStore { " in each namespace" } else { "" };
    let step = Step::new(
        format!("Create the {kind} {name}{each} with its credentials, and put these values into the store."),
        "wharf knows only their names. Until a value exists, the pods that need it wait.",
    );
    (!paths.is_empty()).then(|| step.lines(paths))
}

fn issuer(model: &Model) -> Option<Step> {
    let why = format!(
        "Until there is one, {} serves a self-signed certificate, and browsers warn about it.",
        controller(model)
    );
    match &model.platform.certificates {
        Certificates::None => None,
        Certificates::Resolver(name) => Some(Step::new(
            format!("Set up the certificate resolver {name} in Traefik's static configuration."),
            why,
        )),
        Certificates::Wildcard(issuer) | Certificates::Each(issuer) | Certificates::Annotation(issuer) => {
            let wildcard = matches!(model.platform.certificates, Certificates::Wildcard(_));
            let dns = if wildcard {
                ", with a DNS-01 solver: Let's Encrypt issues wildcard certificates for no other"
            } else {
                ""
            };
            let each =
                if issuer.kind == IssuerKind::Issuer { " in each namespace with a certificate" } else { "" };
            Some(Step::new(format!("Create the {} {}{each}{dns}.", issuer.kind.name(), &*issuer.name), why))
        }
    }
}

fn traefik_settings(model: &Model, values: bool) -> Option<Step> {
    let provider = component::including(model, &["traefik"]).map(|(_, application)| application);
    let location = provider.map_or(String::new(), |application| {
        format!(", in the values of the application {}", application.code)
    });
    let step = Step::new(
        format!("Configure Traefik with traefik-values.yaml{location}."),
        "It is the static configuration. Traefik skips a route that names an unknown entry point, and only \
         logs it.",
    );
    let tunnels = model.platform.routing.entry_points.iter().filter(|point| is_behind_tunnel(point));
    let lines = tunnels.flat_map(|point| {
        let service = format!(
            "{0}: it is not on Traefik's own Service; the tunnel needs a ClusterIP Service with port {1}",
            &*point.name, point.port.0
        );
        let trust = format!(
            "{}: set network.podCidrs in platform.yml, or apps see all visitors as plain HTTP from one \
             address",
            &*point.name
        );
        [Some(service), model.platform.network.pods.is_empty().then_some(trust)].into_iter().flatten()
    });
    values.then(|| step.lines(lines))
}

fn auth(model: &Model) -> Option<Step> {
    let guarded = model
        .entries
        .iter()
        .flat_map(|entry| &entry.routes)
        .any(|route| route.paths.iter().any(|path| path.protected));
    let what = match &model.platform.routing.auth {
        Auth::Shared(middleware) => {
            format!("Create the Middleware {} in {}.", &*middleware.name, &*middleware.namespace)
        }
        Auth::Forward(forward) => format!("Check that the auth service answers at {}.", &*forward.address),
        Auth::Undecided => return None,
    };
    let controller = controller(model).replace("the ", "The ");
    guarded.then(|| Step::new(what, format!("{controller} refuses all requests while it is missing.")))
}

/// The controller that serves the routes, for messages.
fn controller(model: &Model) -> &'static str {
    if model.platform.routing.is_traefik() { "Traefik" } else { "the ingress controller" }
}

/// The names that need DNS records: the wildcard of the domain, and each host outside of it.
fn hosts(model: &Model) -> Option<Step> {
    let domain = &model.platform.domain;
    let covered = |host: &str| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.strip_suffix('.').is_some_and(|label| !label.contains('.')))
    };
    let mut records = BTreeSet::new();
    for route in model.entries.iter().flat_map(|entry| &entry.routes) {
        let points =
            route.entry_points.iter().filter_map(|index| model.platform.routing.entry_points.get(*index));
        let sides: BTreeSet<&str> = points.map(|point| point.exposure.name()).collect();
        for (host, side) in route.hosts.iter().flat_map(|host| sides.iter().map(move |side| (host, side))) {
            let name = if covered(host.as_str()) { format!("*.{domain}") } else { host.to_string() };
            records.insert(format!("{name}, {side}"));
        }
    }
    let (what, why) = match &model.platform.external_dns {
        None => ("Point these names at the entry points of their exposure.", "wharf creates no DNS records."),
        Some(_) => (
            "Point these names at the entry points of their exposure, unless external-dns does.",
            "It creates the records of routes with its annotations; `wharf hosts` lists all hosts.",
        ),
    };
    let step = Step::new(what, why);
    (!records.is_empty()).then(|| step.lines(records))
}

fn render(model: &Model) -> Step {
    let root = &model.platform.argocd.root;
    let step = Step::new(
        format!(
            "Render, commit and push to {}, revision {}.",
            model.platform.repository, model.platform.revision
        ),
        "Argo CD applies what is in the repository, not what is on your disk.",
    );
    let plugin = |name: &Text| {
        let why = "The root application uses it, and Argo CD finds no manifests without it.";
        Step::new(
            format!("Install the plugin {name} beside Argo CD's repo server, and push the catalog."),
            why,
        )
    };
    root.plugin
        .as_ref()
        .map_or_else(|| step.line(format!("wharf render --output {}", word(&root.path))), plugin)
}

/// The command that applies the root application and its project.
const APPLY: &str = "wharf bootstrap | kubectl apply --server-side -f -";

fn root(model: &Model) -> Step {
    let Root { name, project_name, .. } = &model.platform.argocd.root;
    let why = "It applies everything else, wave by wave. From then on all changes come from the repository.";
    let what = match model.platform.argocd.root.parts.len() {
        0 => format!("Apply the project and the application {name}."),
        _ => format!(
            "Apply the project {project_name} and the applications {}.",
            model.platform.argocd.root.names().join(", ")
        ),
    };
    Step::new(what, why).line(APPLY)
}

fn synced_by_hand(model: &Model) -> Option<Step> {
    let manual: Vec<_> = model
        .applications()
        .filter(|application| application.automated.is_none())
        .map(|one| one.name.to_string())
        .collect();
    let step = Step::new(
        "Sync the applications without automated sync once.",
        "Nothing of them is deployed before.",
    );
    (!manual.is_empty()).then(|| step.lines(manual))
}
