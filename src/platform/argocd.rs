//! Facts about Argo CD.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, HttpUrl, NonEmptyString, RepositoryPath, UrlScheme, Version};

/// Facts about Argo CD.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArgoCd {
    /// The namespace that Argo CD runs in. Default: `argocd`.
    pub namespace: Option<DnsLabel>,
    /// The version of Argo CD: `3.2`. Default: unknown; wharf then renders nothing that only newer versions
    /// support by default.
    pub version: Option<Version>,
    /// The API server of the cluster that applications are deployed to. Default:
    /// `https://kubernetes.default.svc`.
    pub server: Option<HttpUrl>,
    /// Whether the Lua health check for Applications is installed. Without it, sync waves do not wait for
    /// Applications. Default: `false`.
    pub application_health: Option<bool>,
    /// The URL schemes of values files that Argo CD permits: `helm.valuesFileSchemes` in `argocd-cm`.
    /// Default: `[http, https]`.
    pub values_file_schemes: Option<Vec<UrlScheme>>,
    /// Whether Applications declare the files that their manifests depend on, so that Argo CD renders only
    /// those that a commit changes. What a chart or an overlay includes from elsewhere must be listed in the
    /// application's `generatePaths`. Default: `false`.
    pub manifest_generate_paths: Option<bool>,
    /// The root Application, which applies everything that wharf renders. `wharf bootstrap` writes it.
    /// Default: the default of each key.
    pub root: Option<RootApplication>,
}

/// The root Application, which applies everything that wharf renders. `wharf bootstrap` writes it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootApplication {
    /// The name of the root Application and of its AppProject. Default: `catalog-root`.
    pub name: Option<DnsLabel>,
    /// The folder of the repository that the root Application applies: the output of `wharf render` or, with
    /// `plugin`, the folder of the catalog. Default: `rendered`, with `plugin` `.`.
    pub path: Option<RepositoryPath>,
    /// The config management plugin that runs wharf in Argo CD, with its version: `wharf-v1`. Default: none;
    /// Argo CD applies the rendered folder.
    pub plugin: Option<NonEmptyString>,
}
