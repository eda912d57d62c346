//! Entries with their defaults.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::access::{self, Access};
use super::delivery::applications::{self, Application};
use super::network::allow_rule::AllowRule;
use super::network::derived::DerivedEdge;
use super::patterns::Patterns;
use super::routing::exposure;
use super::routing::routes::{self, Route, Surroundings};
use super::routing::streams::{self, Stream};
use super::secrets::{self, Secret};
use super::{ArgoCd, Platform, Profiles};
use super::{defaults, ownership, projects};
use crate::catalog::{Catalog, Egress, Entry as Written, Ingress, PodSecurity, Project, TemplateUse};
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::format::Port;
use crate::names::{Namespace, ProjectName};
use crate::parallel::map_owned;
use crate::platform::Cni;
use crate::value::{Index, Text};

/// An entry of the model.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Entry {
    /// Its location.
    pub location: Location,
    /// The namespace that it owns, or only deploys to.
    pub namespace: Namespace,
    /// Whether it owns the namespace, so that the Namespace and all restrictions are rendered.
    pub owns_namespace: bool,
    /// The name of its `AppProject`.
    pub project_name: ProjectName,
    /// Whether it has the project in common with the entries that give theirs the same name.
    pub shares_project: bool,
    /// A description in one sentence.
    pub description: Option<Text>,
    /// The index of its tier.
    pub tier: usize,
    /// Whether its namespace and its applications are kept in the cluster when it is removed.
    pub protected: bool,
    /// Whether it is rendered.
    pub enabled: bool,
    /// The Pod Security level that the namespace enforces; `privileged`, which refuses nothing, if the entry
    /// does not own it.
    pub pod_security: PodSecurity,
    /// Labels of the Namespace.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Namespace.
    pub annotations: BTreeMap<String, String>,
    /// The name of its profile, or `none`.
    pub profile: Text,
    /// Its network policies.
    pub policies: Policies,
    /// Its egress edges, as the user wrote them.
    pub egress: Vec<Egress>,
    /// Its ingress edges, as the user wrote them.
    pub ingress: Vec<Ingress>,
    /// The ports of metrics, as the user wrote them.
    pub(super) scrape: Vec<Port>,
    /// The ports of webhooks, as the user wrote them.
    pub(super) webhooks: Vec<Port>,
    /// The edges that follow from what applications deploy.
    pub derived: Vec<DerivedEdge>,
    /// Whether the webhooks of all of its applications are known, so that none has to be guessed.
    pub knows_webhooks: bool,
    /// Whether all of its pods use the network of their node, where policies do not apply.
    pub is_on_host: bool,
    /// Whether some of its pods do, or all.
    pub has_host_pods: bool,
    /// Permissions of its applications beyond the minimum.
    pub project: Project,
    /// Who may view and change what runs in it.
    pub access: Vec<Access>,
    /// Its Secrets.
    pub secrets: Vec<Secret>,
    /// The Secret with which its pods pull images.
    pub image_pull_secret: Option<Text>,
    /// The templates that it uses.
    pub templates: Vec<TemplateUse>,
    /// Its applications.
    pub applications: Vec<Application>,
    /// Its routes.
    pub routes: Vec<Route>,
    /// Its TCP and UDP ports.
    pub streams: Vec<Stream>,
    /// Routes of its hosts that lead to the auth service.
    pub callbacks: Vec<Route>,
}

impl Entry {
    /// Whether the entry or one of its applications uses a template.
    pub(crate) fn uses_templates(&self) -> bool {
        !self.templates.is_empty()
            || self.applications.iter().any(|application| !application.templates.is_empty())
    }
}

/// The policies of an entry.
#[derive(Debug, Default)]
pub enum Policies {
    /// None at all.
    None,
    /// Those of its profile only.
    #[default]
    Profile,
    /// These, in the order of their names.
    Own(Vec<AllowRule>),
}

pub(super) fn model(
    catalog: Catalog,
    platform: &Platform,
    profiles: &Profiles,
    threads: NonZeroUsize,
    findings: &mut Sink,
) -> Vec<Entry> {
    let root = Location::root(FileId::APPLICATIONS);
    if catalog.0.is_empty() {
        let finding = rules::EMPTY_CATALOG.at(root.clone(), "the catalog is empty");
        findings.push(
            finding
                .note("Argo CD would prune everything that was listed before")
                .help("add an entry, or write `--allow-empty` if everything may be deleted"),
        );
    }
    check_enforcement(platform, findings);
    defaults::check(platform, findings);
    let lowering = Lowering { platform, profiles, patterns: Patterns::new(platform, findings) };
    let count = catalog.0.len();
    let chunks = map_owned(catalog.0, threads, |first, written| {
        let mut findings = Sink::new();
        let model = |(index, written)| lowering.entry(root.index(first + index), written, &mut findings);
        // the first chunk has space for all entries, so that only the others are moved
        let mut entries = Vec::with_capacity(if first == 0 { count } else { written.len() });
        entries.extend(written.into_iter().enumerate().map(model));
        (entries, findings)
    });
    let mut entries = Vec::new();
    for (more, found) in chunks {
        if entries.is_empty() {
            entries = more;
        } else {
            entries.extend(more);
        }
        findings.extend(found);
    }
    lowering.patterns.check(findings);
    check_enabled(&entries, findings);
    check_unique_namespaces(&entries, findings);
    applications::check_unique(&entries, findings);
    applications::check_unique_names(&entries, findings);
    entries
}

struct Lowering<'p> {
    platform: &'p Platform,
    profiles: &'p Profiles,
    patterns: Patterns,
}

impl Lowering<'_> {
    fn entry(&self, location: Location, written: Written, findings: &mut Sink) -> Entry {
        let argocd = &self.platform.argocd;
        ownership::check(&written, &location, (&argocd.namespace, argocd.root.project), findings);
        check_lifecycle(&location, &written, findings);
        self.check_profile(&location, &written, findings);
        self.check_project(&location, &written, findings);
        let owns_namespace = ownership::owns(&written);
        let tier = self.tier(&location, &written, findings);
        let namespace = Namespace::new(&written.namespace);
        let pull = secrets::image_pull_secret(&written, &location, self.platform, findings);
        let secrets =
            secrets::model(&written, &location, tier, pull, self.platform, &self.patterns, findings);
        let access = access::model(&written.access, &location.key("access"), findings);
        let routes = self.routes(&location, &written, &namespace, findings);
        let streams = streams::lower(&written.streams, &location.key("streams"), self.platform, findings);
        let application = |(index, application)| {
            applications::model(
                application,
                location.key("applications").index(index),
                &namespace,
                self.platform,
                &self.patterns,
                findings,
            )
        };
        let applications = written.applications.into_iter().enumerate().map(application).collect();
        let project = defaults::project(written.project, self.platform);
        Entry {
            owns_namespace,
            project_name: project_name(&project).unwrap_or_else(|| self.patterns.app_project(&namespace)),
            shares_project: project.name.is_some(),
            namespace,
            description: written.description.as_ref().map(Text::from),
            tier,
            protected: !written.toggleable.unwrap_or(false),
            enabled: written.enabled.unwrap_or(true),
            pod_security: if owns_namespace {
                written.pod_security.or(self.platform.defaults.pod_security).unwrap_or_default()
            } else {
                PodSecurity::Privileged
            },
            labels: written.labels,
            annotations: written.annotations,
            profile: (&written.network_policies.profile).into(),
            policies: Policies::default(),
            egress: written.network_policies.egress,
            ingress: written.network_policies.ingress,
            scrape: written.network_policies.scrape,
            webhooks: written.network_policies.webhooks,
            derived: Vec::new(),
            knows_webhooks: false,
            is_on_host: false,
            has_host_pods: false,
            project,
            access,
            secrets,
            image_pull_secret: pull.map(|pull| (&pull.name).into()),
            templates: written.templates,
            applications,
            routes,
            streams,
            callbacks: Vec::new(),
            location,
        }
    }

    fn routes(
        &self,
        location: &Location,
        written: &Written,
        namespace: &Namespace,
        findings: &mut Sink,
    ) -> Vec<Route> {
        let platform = self.platform;
        let Platform { routing, support, .. } = platform;
        exposure::check(&written.exposure, &location.key("exposure"), routing, support, findings);
        let exposure = if written.exposure.is_empty() { &platform.exposure } else { &written.exposure };
        let around = Surroundings { namespace, exposure, platform, patterns: &self.patterns };
        let location = location.key("routes");
        let route = |(index, route)| routes::model(route, location.index(index), &around, findings);
        written.routes.iter().enumerate().map(route).collect()
    }

    fn check_profile(&self, location: &Location, written: &Written, findings: &mut Sink) {
        let policies = &written.network_policies;
        let name = &*policies.profile;
        let location = location.key("networkPolicies");
        let none = name == "none";
        if !none && self.profiles.get(name).is_none() {
            let finding = rules::UNKNOWN_PROFILE
                .at(location.key("profile"), format!("there is no profile `{}`", shorten(name)));
            let help = did_you_mean(name, self.profiles.names()).unwrap_or_else(|| {
                let names = either(self.profiles.names().chain(["none"]));
                format!("write one of {names}, or create your own profile: `profiles/{}.yml`", shorten(name))
            });
            findings.push(finding.help(help));
        }
        if policies.reason.is_none() && (none || self.profiles.reason_required(name)) {
            let finding = rules::PROFILE_WITHOUT_REASON
                .at(location.key("profile"), format!("the profile `{}` needs a reason", shorten(name)));
            let finding = finding.note("it leaves the namespace open, and a later reader has to know why");
            findings.push(finding.help("add `reason: …` next to it"));
        }
        if none && !(policies.egress.is_empty() && policies.ingress.is_empty()) {
            let key = if policies.egress.is_empty() { "ingress" } else { "egress" };
            let finding =
                rules::EDGE_TARGET.at(location.key(key).itself(), "an entry without policies has no edges");
            findings.push(finding.note("`profile: none` already allows everything"));
        }
    }

    fn check_project(&self, location: &Location, written: &Written, findings: &mut Sink) {
        if let Some(project) = &written.project {
            let location = location.key("project");
            let names = self.platform.argocd.older_than(ArgoCd::RESOURCE_NAMES);
            projects::check(project, &location, names, findings);
            projects::check_windows(project, &written.applications, &location, findings);
        }
    }

    fn tier(&self, location: &Location, written: &Written, findings: &mut Sink) -> usize {
        let tiers = &self.platform.tiers;
        let last = tiers.len().saturating_sub(1);
        let Some(name) = &written.tier else { return last };
        tiers.iter().position(|tier| tier.as_str() == &**name).unwrap_or_else(|| {
            let finding =
                rules::UNKNOWN_TIER.at(location.key("tier"), format!("there is no tier `{}`", shorten(name)));
            let names = || tiers.iter().map(Text::as_str);
            let help =
                did_you_mean(name, names()).unwrap_or_else(|| format!("write one of {}", either(names())));
            findings.push(finding.help(help));
            last
        })
    }
}

fn project_name(project: &Project) -> Option<ProjectName> {
    project.name.as_ref().map(ProjectName::new)
}

fn check_lifecycle(location: &Location, written: &Written, findings: &mut Sink) {
    if written.enabled == Some(false) && written.toggleable != Some(true) {
        let finding = rules::DISABLED_WITHOUT_TOGGLEABLE
            .at(location.key("enabled"), "an entry that is not toggleable cannot be disabled");
        let finding = finding.note(
            "its objects are protected from deletion: they would keep running although the catalog lists \
             them as disabled",
        );
        findings.push(finding.help("add `toggleable: true` if everything in the namespace may be deleted"));
    }
}

/// A mistake that disables the last entry would look like a success.
fn check_enabled(entries: &[Entry], findings: &mut Sink) {
    let Some(first) = entries.first().filter(|_| entries.iter().all(|entry| !entry.enabled)) else { return };
    let finding = rules::EMPTY_CATALOG.at(first.location.key("enabled"), "every entry is disabled");
    let finding =
        finding.note("nothing would be rendered for them, and Argo CD would prune them all, data included");
    findings.push(finding.help("enable one of them, or write `--allow-empty` if everything may be deleted"));
}

fn check_enforcement(platform: &Platform, findings: &mut Sink) {
    if platform.network.cni == Some(Cni::None) {
        let location = Location::root(FileId::PLATFORM).key("network").key("cni");
        let finding =
            rules::POLICIES_NOT_ENFORCED.at(location, "nothing in this cluster enforces network policies");
        let finding = finding.note(
            "the API server would accept every policy, Argo CD would show it as healthy, and no packet would \
             be blocked",
        );
        findings.push(finding.help(
            "install a CNI that enforces them; for k3s, which includes kube-router unless it is disabled, \
             write `cni: k3s`",
        ));
    }
}

fn check_unique_namespaces(entries: &[Entry], findings: &mut Sink) {
    let mut owners = Index::with_capacity(entries.len());
    for entry in entries {
        if let Some(first) = owners.add_first(&entry.namespace, &entry.location) {
            let finding = rules::DUPLICATE_NAMESPACE.at(
                entry.location.key("namespace"),
                format!("two entries own the namespace `{}`", entry.namespace),
            );
            let finding = finding.with_secondary_label(first.key("namespace"), "first used here");
            findings.push(
                finding
                    .note("removing one of them would delete the objects of the other")
                    .help("merge them into one entry with several applications"),
            );
        }
    }
}
