//! Argo CD's facts, with their defaults.

use crate::plan::version::{TooOld, Version};
use crate::platform::ArgoCd as Written;
use crate::value::Text;

/// What is true of Argo CD.
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
    /// The schemes by which values files may be named.
    pub values_file_schemes: Vec<Text>,
    /// Whether Applications say what their manifests depend on.
    pub generate_paths: bool,
}

impl ArgoCd {
    pub(super) fn new(written: &Written) -> Self {
        let schemes = written.values_file_schemes.as_ref();
        Self {
            namespace: written.namespace.as_ref().map_or("argocd".into(), Text::from),
            server: written.server.as_ref().map_or("https://kubernetes.default.svc".into(), Text::from),
            version: written.version.as_ref().map(Version::from),
            application_health: written.application_health.unwrap_or(false),
            values_file_schemes: schemes.map_or_else(default_schemes, |schemes| schemes.iter().map(Text::from).collect()),
            generate_paths: written.manifest_generate_paths.unwrap_or(false),
        }
    }

    /// Argo CD, if it is known to be older than `needed`.
    pub fn older_than(&self, needed: Version) -> Option<TooOld> {
        TooOld::check("Argo CD", self.version, needed)
    }
}

/// Argo CD's own list of schemes (Argo CD 3.5, `helm.valuesFileSchemes` in `argocd-cm`).
fn default_schemes() -> Vec<Text> {
    ["http", "https"].map(Text::from).to_vec()
}
