//! The types of `applications.yml` as written, without defaults. The doc comment of each field is its only
//! description: editors show it and findings quote it.

mod access;
mod application;
mod backend;
mod entry;
mod filter;
mod image;
mod policy;
mod project;
mod redirect;
mod route;
mod secret;
mod secret_policy;
mod secret_search;
mod secret_store;
mod source;
mod stream;
mod template_use;

pub use access::{Access, AccessRole};
pub use application::{Application, Backoff, Finalizer, IgnoreDifference, Info, Retry, Sync};
pub use backend::{Backend, BackendTls, CertificateAuthority, Scheme};
pub use entry::{ClusterResource, Entry, NamespaceResource, PodSecurity, Project};
pub use filter::{Filters, HeaderChanges};
pub use image::{Image, ImageHelm, ImageKustomize, ImagePlugin, ImageStrategy};
pub use policy::{Egress, Ingress, NetworkPolicies};
pub use project::{OrphanedResource, OrphanedResources, SyncWindow, WindowKind};
pub use redirect::Redirect;
pub use route::{Auth, Exposure, MiddlewareReference, PathMatch, Route, RouteCertificate, RoutePath};
pub use secret::{Secret, SecretData, SecretGenerator, SecretSource, SecretTemplate, SecretTemplateFile};
pub use secret_policy::{CreationPolicy, Decoding, RefreshPolicy};
pub use secret_search::{SecretRewrite, SecretSearch};
pub use secret_store::{SecretStore, SecretStoreKind};
pub use source::{
    Directory, Helm, HelmFileParameter, HelmParameter, Jsonnet, JsonnetVariable, Kustomize, KustomizePatch,
    KustomizeReplicas, KustomizeTarget, Plugin, PluginParameter, PluginVariable, Source,
};
pub use stream::{Stream, StreamTls};
pub use template_use::TemplateUse;

use schemars::JsonSchema;
use serde::Deserialize;

/// Everything that runs in the cluster, with one entry per namespace. What is not listed here does not run.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(title = "wharf applications.yml", extend("minItems" = 1))]
pub struct Catalog(pub Vec<Entry>);
