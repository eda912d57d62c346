//! The manual steps on a new cluster, in order, each with its reason.

mod later;
mod routing;
mod secrets;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::component::{self, Needed};
use super::release::{self, word};
use crate::diagnostics::printable;
use crate::kubernetes::Object;
use crate::model::{Model, Root, Source};
use crate::platform::Cni;
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
    steps.extend(secrets::manual(model));
    steps.extend(secrets::encrypted(model));
    steps.extend(controllers(model, objects));
    steps.extend(secrets::store(model));
    steps.extend(routing::issuer(model));
    steps.extend(routing::traefik_settings(model, traefik));
    steps.extend(routing::auth(model));
    steps.extend(routing::hosts(model));
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
