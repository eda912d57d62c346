//! A Kubernetes object as wharf builds it: typed metadata, a body in the order of the manifest, and its
//! origin.

use std::sync::{Arc, OnceLock};

use crate::diagnostics::Location;
use crate::kubernetes::yaml;
use crate::names::Namespace;
use crate::value::{Key, Map, Text, Value};

/// A kind that wharf renders, in the order in which objects are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A core Namespace.
    Namespace,
    /// An Argo CD AppProject.
    AppProject,
    /// A core ServiceAccount.
    ServiceAccount,
    /// A RoleBinding.
    RoleBinding,
    /// A NetworkPolicy of the Kubernetes API.
    NetworkPolicy,
    /// An Argo CD Application.
    Application,
    /// An ExternalSecret of External Secrets since 0.16.
    ExternalSecret,
    /// An ExternalSecret of older External Secrets.
    ExternalSecretBeta,
    /// A cert-manager Certificate.
    Certificate,
    /// A Traefik `TLSStore`.
    TlsStore,
    /// A Traefik Middleware.
    Middleware,
    /// A Traefik `IngressRoute`.
    IngressRoute,
    /// An Ingress of Kubernetes.
    Ingress,
    /// A Gateway API `ReferenceGrant`.
    ReferenceGrant,
    /// A Gateway API `HTTPRoute`.
    HttpRoute,
    /// An `ImageUpdater` of argocd-image-updater, since 1.0.
    ImageUpdater,
    /// A kind that only templates of the user render; the object itself has its name.
    Other,
}

/// A kind that wharf has no knowledge of.
#[derive(Debug, PartialEq, Eq)]
pub struct OtherKind {
    /// `apiVersion` of the object.
    pub api_version: Text,
    /// `kind` of the object.
    pub name: Text,
    /// The file of the objects of this kind, within the folder of their entry.
    pub file: Text,
}

impl Kind {
    /// The kinds that wharf renders by itself.
    pub const ALL: [Self; 16] = [
        Self::Namespace,
        Self::AppProject,
        Self::ServiceAccount,
        Self::RoleBinding,
        Self::NetworkPolicy,
        Self::Application,
        Self::ExternalSecret,
        Self::ExternalSecretBeta,
        Self::Certificate,
        Self::TlsStore,
        Self::Middleware,
        Self::IngressRoute,
        Self::Ingress,
        Self::ReferenceGrant,
        Self::HttpRoute,
        Self::ImageUpdater,
    ];

    /// `kind` of the object; empty for other kinds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::AppProject => "AppProject",
            Self::ServiceAccount => "ServiceAccount",
            Self::RoleBinding => "RoleBinding",
            Self::NetworkPolicy => "NetworkPolicy",
            Self::Application => "Application",
            Self::ExternalSecret | Self::ExternalSecretBeta => "ExternalSecret",
            Self::Certificate => "Certificate",
            Self::TlsStore => "TLSStore",
            Self::Middleware => "Middleware",
            Self::IngressRoute => "IngressRoute",
            Self::Ingress => "Ingress",
            Self::ReferenceGrant => "ReferenceGrant",
            Self::HttpRoute => "HTTPRoute",
            Self::ImageUpdater => "ImageUpdater",
            Self::Other => "",
        }
    }

    /// `apiVersion` of the object; empty for other kinds.
    pub fn api_version(self) -> &'static str {
        match self {
            Self::Namespace | Self::ServiceAccount => "v1",
            Self::AppProject | Self::Application => "argoproj.io/v1alpha1",
            Self::RoleBinding => "rbac.authorization.k8s.io/v1",
            Self::ExternalSecret => "external-secrets.io/v1",
            Self::ExternalSecretBeta => "external-secrets.io/v1beta1",
            Self::NetworkPolicy | Self::Ingress => "networking.k8s.io/v1",
            Self::Certificate => "cert-manager.io/v1",
            Self::TlsStore | Self::Middleware | Self::IngressRoute => "traefik.io/v1alpha1",
            Self::ReferenceGrant => "gateway.networking.k8s.io/v1beta1",
            Self::HttpRoute => "gateway.networking.k8s.io/v1",
            Self::ImageUpdater => "argocd-image-updater.argoproj.io/v1alpha1",
            Self::Other => "",
        }
    }

    /// Whether Argo CD waits in a sync wave until an object of this kind is healthy. This excludes
    /// Applications, which have a health only if the platform enables it (Argo CD 3.6,
    /// `gitops-engine/pkg/health` and the built-in Lua checks; there is none for an `ImageUpdater`).
    pub fn has_health(self) -> bool {
        matches!(
            self,
            Self::ExternalSecret
                | Self::ExternalSecretBeta
                | Self::Certificate
                | Self::Ingress
                | Self::HttpRoute
        )
    }

    /// The file of the objects of this kind, within the folder of their entry; empty for other kinds.
    pub fn file(self) -> &'static str {
        match self {
            Self::Namespace => "namespace.yaml",
            Self::AppProject => "app-project.yaml",
            Self::ServiceAccount => "service-accounts.yaml",
            Self::RoleBinding => "role-bindings.yaml",
            Self::NetworkPolicy => "network-policies.yaml",
            Self::Application => "applications.yaml",
            Self::ExternalSecret | Self::ExternalSecretBeta => "external-secrets.yaml",
            Self::Certificate => "certificates.yaml",
            Self::TlsStore => "tls-stores.yaml",
            Self::Middleware => "middlewares.yaml",
            Self::IngressRoute => "ingress-routes.yaml",
            Self::Ingress => "ingresses.yaml",
            Self::ReferenceGrant => "reference-grants.yaml",
            Self::HttpRoute => "http-routes.yaml",
            Self::ImageUpdater => "image-updaters.yaml",
            Self::Other => "",
        }
    }
}

/// The origin of an object: what requested it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The line.
    pub location: Location,
    /// The profile on that line, if the object comes from a profile.
    pub profile: Option<Text>,
    /// The template on that line, if the object comes from a template.
    pub template: Option<Text>,
}

impl Origin {
    /// An object that a line requests directly.
    pub fn line(location: Location) -> Self {
        Self { location, profile: None, template: None }
    }

    /// An object of a profile that a line uses.
    pub fn profile(location: Location, name: &Text) -> Self {
        Self { location, profile: Some(name.clone()), template: None }
    }

    /// An object of a template that a line uses.
    pub fn template(location: Location, name: &Text) -> Self {
        Self { location, profile: None, template: Some(name.clone()) }
    }
}

/// Everything of an object after its metadata, and its text, which is written once for all objects that share
/// it.
#[derive(Debug, Default)]
pub struct Body {
    map: Map,
    text: OnceLock<String>,
}

impl Body {
    /// A body that contains `map`.
    pub fn new(map: Map) -> Self {
        Self { map, text: OnceLock::new() }
    }

    /// Its contents.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// Its contents as YAML, written on the first call.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut text = String::new();
            yaml::write_lines(&mut text, &self.map);
            text
        })
    }
}

/// A Kubernetes object.
#[derive(Clone, Debug)]
pub struct Object {
    /// `apiVersion` and `kind`
    pub kind: Kind,
    /// The kind, if it is not one that wharf renders by itself.
    pub other: Option<Arc<OtherKind>>,
    /// The Argo CD sync wave, which becomes an annotation.
    pub wave: i32,
    /// Argo CD's options for this object, which become an annotation; may be empty.
    pub sync_options: &'static str,
    /// `metadata.name`
    pub name: Text,
    /// `metadata.namespace`; none for cluster-scoped kinds.
    pub namespace: Option<Namespace>,
    /// `metadata.labels`, besides the one that all objects have.
    pub labels: Map,
    /// `metadata.annotations`, besides those that define the order in Argo CD.
    pub annotations: Map,
    /// `metadata.finalizers`
    pub finalizers: &'static [&'static str],
    /// Everything after `metadata`; shared by objects that differ only in metadata.
    pub body: Arc<Body>,
    /// The folder of its file: the namespace of its entry.
    pub folder: Namespace,
    /// What requested it.
    pub origins: Arc<[Origin]>,
}

/// The label of all objects that wharf renders.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// The annotation with the order in which Argo CD applies objects; a string, like all annotations.
pub const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

/// The annotation with Argo CD's options for one object.
pub const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";

impl Object {
    /// An object without a body.
    pub fn new(
        kind: Kind,
        name: impl Into<Text>,
        wave: i32,
        folder: &Namespace,
        origins: &Arc<[Origin]>,
    ) -> Self {
        Self {
            kind,
            other: None,
            wave,
            sync_options: "",
            name: name.into(),
            namespace: None,
            labels: Map::new(),
            annotations: Map::new(),
            finalizers: &[],
            body: Arc::default(),
            folder: folder.clone(),
            origins: origins.clone(),
        }
    }

    /// Puts the object into a namespace.
    pub fn within(mut self, namespace: &Namespace) -> Self {
        self.namespace = Some(namespace.clone());
        self
    }

    /// Sets `spec`, which is everything after the metadata.
    pub fn spec(self, spec: Map) -> Self {
        self.body(Map::new().with("spec", spec))
    }

    /// Sets everything after the metadata.
    pub fn body(mut self, body: Map) -> Self {
        self.body = Arc::new(Body::new(body));
        self
    }

    /// Adds a label.
    pub fn label(mut self, key: impl Into<Key>, value: impl Into<Text>) -> Self {
        self.labels.push(key, value.into());
        self
    }

    /// Adds an annotation.
    pub fn annotation(mut self, key: impl Into<Key>, value: impl Into<Text>) -> Self {
        self.annotations.push(key, value.into());
        self
    }

    /// Sets Argo CD's options for this object.
    pub fn sync_options(mut self, options: &'static str) -> Self {
        self.sync_options = options;
        self
    }

    /// Calls `take` for each label, in order.
    pub fn each_label(&self, mut take: impl FnMut(&str, &str)) {
        take(MANAGED_BY, "wharf");
        each_text(&self.labels, take);
    }

    /// Calls `take` for each annotation, in order.
    pub fn each_annotation(&self, mut take: impl FnMut(&str, &str)) {
        take(SYNC_WAVE, &self.wave.to_string());
        if !self.sync_options.is_empty() {
            take(SYNC_OPTIONS, self.sync_options);
        }
        each_text(&self.annotations, take);
    }

    /// The sort key of objects, before the order of their entries.
    pub fn order(&self) -> (i32, Kind) {
        (self.wave, self.kind)
    }

    /// `kind` of the object.
    pub fn kind_name(&self) -> &str {
        self.other.as_ref().map_or_else(|| self.kind.name(), |other| &other.name)
    }

    /// `apiVersion` of the object.
    pub fn api_version(&self) -> &str {
        self.other.as_ref().map_or_else(|| self.kind.api_version(), |other| &other.api_version)
    }

    /// The file of the object, within its folder.
    pub fn file(&self) -> &str {
        self.other.as_ref().map_or_else(|| self.kind.file(), |other| &other.file)
    }

    /// The identity of an object: its kind, for other kinds with the group, its namespace and its name. A
    /// version of a kind is another view of the same objects.
    pub fn identity(&self) -> (Kind, Option<(&str, &str)>, Option<&str>, &str) {
        let other = self.other.as_ref().map(|other| (group(&other.api_version), other.name.as_str()));
        let known = |of: (&str, &str)| {
            Kind::ALL.into_iter().find(|kind| (group(kind.api_version()), kind.name()) == of)
        };
        let (kind, other) = other.and_then(known).map_or((self.kind, other), |kind| (kind, None));
        let kind = if kind == Kind::ExternalSecretBeta { Kind::ExternalSecret } else { kind };
        (kind, other, self.namespace.as_ref().map(Namespace::as_str), &self.name)
    }
}

/// The group of an `apiVersion`; empty for the core group.
pub fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

fn each_text(map: &Map, mut take: impl FnMut(&str, &str)) {
    for (key, value) in map.iter() {
        if let Value::Text(text) = value {
            take(key, text);
        }
    }
}
