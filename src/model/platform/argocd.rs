//! Argo CD's settings, with their defaults.

use crate::model::version::{UnsupportedVersion, Version};
use crate::platform::{ArgoCd as Written, RootApplication};
use crate::value::Text;

/// The facts about Argo CD.
#[derive(Debug, Default)]
pub struct ArgoCd {
    /// The namespace of Applications and `AppProjects`.
    pub namespace: Text,
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
    /// The root application.
    pub root: Root,
}

/// The application that applies everything that wharf renders.
#[derive(Debug, Default)]
pub struct Root {
    /// Its name, and that of its AppProject.
    pub name: Text,
    /// The folder of the repository that it applies.
    pub path: Text,
    /// The plugin that renders the folder; none if the folder holds the manifests.
    pub plugin: Option<Text>,
}

impl Root {
    fn new(written: &RootApplication) -> Self {
        let folder = if written.plugin.is_some() { "." } else { "rendered" };
        Self {
            name: written.name.as_ref().map_or("catalog-root".into(), Text::from),
            path: written.path.as_ref().map_or(folder.into(), Text::from),
            plugin: written.plugin.as_ref().map(Text::from),
        }
    }
}

impl ArgoCd {
    /// The first version whose retries use a new commit (Argo CD 3.2).
    pub const RETRY_REFRESH: Version = Version(3, 2, 0);
    /// The first version whose `AppProjects` can restrict cluster resources by name (Argo CD 3.3, projects).
    pub const RESOURCE_NAMES: Version = Version(3, 3, 0);
    /// The default schemes for values files (Argo CD 3.5, `helm.valuesFileSchemes` in `argocd-cm`).
    pub const VALUES_FILE_SCHEMES: [&str; 2] = ["http", "https"];

    pub(super) fn new(written: &Written) -> Self {
        let schemes = written.values_file_schemes.as_ref();
        Self {
            namespace: written.namespace.as_ref().map_or("argocd".into(), Text::from),
            server: written.server.as_ref().map_or("https://kubernetes.default.svc".into(), Text::from),
            version: written.version.as_ref().map(Version::from),
            application_health: written.application_health.unwrap_or(false),
            values_file_schemes: schemes.map_or_else(
                || Self::VALUES_FILE_SCHEMES.map(Text::from).to_vec(),
                |schemes| schemes.iter().map(Text::from).collect(),
            ),
            generate_paths: written.manifest_generate_paths.unwrap_or(false),
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
