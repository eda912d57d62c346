//! Argo CD's settings, with their defaults.

use super::root;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink, rules};
use crate::model::version::{UnsupportedVersion, Version};
use crate::names::{ApplicationName, Namespace, ProjectName};
use crate::platform::{ArgoCd as Written, RootApplication, RootClusterResource, RootPart, RootProject};
use crate::value::Text;

/// The API server of the cluster that Argo CD runs in, as Argo CD writes it.
const IN_CLUSTER: &str = "https://kubernetes.default.svc";

/// The facts about Argo CD.
#[derive(Debug, Default)]
pub struct ArgoCd {
    /// The namespace of Applications and `AppProjects`.
    pub namespace: Namespace,
    /// The API server that applications are deployed to.
    pub server: Text,
    /// Its version, if it is known.
    pub version: Option<Version>,
    /// Whether waves wait until Applications are healthy.
    pub application_health: bool,
    /// The schemes that are allowed for values files.
    pub values_file_schemes: Vec<Text>,
    /// Whether Applications list the paths that their manifests depend on.
    pub generate_paths: bool,
    /// Whether it manages EndpointSlices.
    pub endpoint_slices: bool,
    /// The root application.
    pub root: Root,
}

/// The application that applies everything that wharf renders.
#[derive(Debug, Default)]
pub struct Root {
    /// Its name, if it is the only one.
    pub name: ApplicationName,
    /// The name of its AppProject.
    pub project_name: ProjectName,
    /// The folder of the repository that it applies.
    pub path: Text,
    /// The plugin that renders the folder; none if the folder holds the manifests.
    pub plugin: Option<Text>,
    /// The root applications that share the catalog, if there are several.
    pub parts: Vec<RootPart>,
    /// What its AppProject permits.
    pub project: RootProject,
    /// The cluster-scoped kinds that it may apply besides Namespaces.
    pub cluster_resources: Vec<RootClusterResource>,
}

impl Root {
    /// The names of the root applications.
    pub fn names(&self) -> Vec<ApplicationName> {
        if self.parts.is_empty() {
            vec![self.name.clone()]
        } else {
            self.parts.iter().map(|part| ApplicationName::new(&part.name)).collect()
        }
    }

    fn new(written: &RootApplication) -> Self {
        let folder = if written.plugin.is_some() { "." } else { "rendered" };
        let name = written.name.as_ref().map_or("catalog-root".into(), Text::from);
        Self {
            name: ApplicationName::new(name.clone()),
            project_name: ProjectName::new(name),
            path: written.path.as_ref().map_or(folder.into(), Text::from),
            plugin: written.plugin.as_ref().map(Text::from),
            parts: written.applications.clone(),
            project: written.project.unwrap_or_default(),
            cluster_resources: written.cluster_resources.clone(),
        }
    }
}

impl ArgoCd {
    /// The first version whose `AppProjects` can deny a destination: `!kube-*` (Argo CD 2.5, pull request
    /// 9652).
    pub const DENIED_DESTINATIONS: Version = Version(2, 5, 0);
    /// The first version that excludes EndpointSlices by default (Argo CD 3.0, `resource.exclusions`).
    pub const EXCLUSIONS: Version = Version(3, 0, 0);
    /// The first version whose retries use a new commit (Argo CD 3.2).
    pub const RETRY_REFRESH: Version = Version(3, 2, 0);
    /// The first version whose `AppProjects` can permit and deny cluster resources by name (Argo CD 3.3, pull
    /// request 24674).
    pub const RESOURCE_NAMES: Version = Version(3, 3, 0);
    /// The default schemes for values files (Argo CD 3.5, `helm.valuesFileSchemes` in `argocd-cm`).
    pub const VALUES_FILE_SCHEMES: [&str; 2] = ["http", "https"];

    pub(super) fn new(written: &Written, findings: &mut Sink) -> Self {
        findings.extend(another_cluster(written));
        findings.extend(written.root.as_ref().and_then(idle_resources));
        let schemes = written.values_file_schemes.as_ref();
        let version = written.version.as_ref().map(Version::from);
        let manages_slices = version.is_some_and(|version| version < Self::EXCLUSIONS);
        Self {
            namespace: written.namespace.as_ref().map_or_else(|| Namespace::new("argocd"), Namespace::new),
            server: written.server.as_ref().map_or(IN_CLUSTER.into(), Text::from),
            version,
            application_health: written.application_health.unwrap_or(false),
            values_file_schemes: schemes.map_or_else(
                || Self::VALUES_FILE_SCHEMES.map(Text::from).to_vec(),
                |schemes| schemes.iter().map(Text::from).collect(),
            ),
            generate_paths: written.manifest_generate_paths.unwrap_or(false),
            endpoint_slices: written.endpoint_slices.unwrap_or(manages_slices),
            root: Root::new(&written.root.clone().unwrap_or_default()),
        }
    }

    /// Whether Argo CD is known to be `version` or newer.
    pub fn reaches(&self, version: Version) -> bool {
        self.version.is_some_and(|is| is >= version)
    }

    /// Argo CD, if it is known to be older than `needed`.
    pub fn older_than(&self, needed: Version) -> Option<UnsupportedVersion> {
        UnsupportedVersion::check("Argo CD", self.version, needed)
    }
}

/// `AppProjects` and Applications have to be in the cluster that Argo CD runs in, and the root application
/// applies them together with everything else to one cluster.
fn another_cluster(written: &Written) -> Option<Finding> {
    let server = written.server.as_ref().filter(|server| &***server != IN_CLUSTER)?;
    let location = root().key("argocd").key("server");
    let finding = rules::ANOTHER_CLUSTER
        .at(location, format!("`{}` is not the cluster that Argo CD runs in", shorten(server)));
    let finding = finding.note(
        "the AppProjects and Applications would be created in that cluster, where no Argo CD reads them: \
         nothing is deployed",
    );
    Some(finding.help("remove the line, and run an Argo CD in each cluster, with a catalog of its own"))
}

/// An exact project lists the kinds that the templates create automatically.
fn idle_resources(root: &RootApplication) -> Option<Finding> {
    if root.project != Some(RootProject::Exact) || root.cluster_resources.is_empty() {
        return None;
    }
    let location = super::root().key("argocd").key("root").key("clusterResources");
    let finding = rules::INEFFECTIVE_PERMISSION
        .at(location.itself(), "`clusterResources` has no effect with `project: exact`");
    Some(
        finding
            .note("an exact project permits what the catalog renders, and nothing else")
            .help("remove the line"),
    )
}
