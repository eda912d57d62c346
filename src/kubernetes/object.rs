//! A Kubernetes object as wharf builds it: typed metadata, a body in the order of the manifest, and its
//! origin.

use std::sync::Arc;

use crate::diagnostics::Location;
use crate::kubernetes::{GroupKind, Identity, Kind};
use crate::names::Namespace;
use crate::value::{Key, Map, Shared, Text, Value};

/// A kind that wharf has no knowledge of.
#[derive(Debug, PartialEq, Eq)]
pub struct OtherKind {
    /// `apiVersion` of the object.
    pub api_version: Text,
    /// The group and kind of the object.
    pub kind: GroupKind,
    /// The file of the objects of this kind, within the folder of their entry.
    pub file: Text,
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

/// Everything of an object after its metadata.
pub type Body = Shared<Map>;

/// The metadata that few objects have.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// `metadata.labels`, besides the one that all objects have.
    pub labels: Map,
    /// `metadata.annotations`, besides those that define the order in Argo CD.
    pub annotations: Map,
    /// `metadata.finalizers`
    pub finalizers: &'static [&'static str],
}

static NO_METADATA: Metadata = Metadata { labels: Map::new(), annotations: Map::new(), finalizers: &[] };

/// A Kubernetes object. A large catalog has a hundred thousand of them, so that it is kept small.
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
    /// The metadata that most objects do not have.
    metadata: Option<Box<Metadata>>,
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
            metadata: None,
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
        self.body(Map::from_iter([("spec", spec)]))
    }

    /// Sets everything after the metadata.
    pub fn body(mut self, body: Map) -> Self {
        self.body = Arc::new(Body::new(body));
        self
    }

    /// The metadata that few objects have.
    pub fn metadata(&self) -> &Metadata {
        self.metadata.as_deref().unwrap_or(&NO_METADATA)
    }

    /// The same, to change it.
    pub fn metadata_mut(&mut self) -> &mut Metadata {
        self.metadata.get_or_insert_default()
    }

    /// Adds a label.
    pub fn label(mut self, key: impl Into<Key>, value: impl Into<Text>) -> Self {
        self.metadata_mut().labels.push(key, value.into());
        self
    }

    /// Adds an annotation.
    pub fn annotation(mut self, key: impl Into<Key>, value: impl Into<Text>) -> Self {
        self.metadata_mut().annotations.push(key, value.into());
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
        each_text(&self.metadata().labels, take);
    }

    /// Calls `take` for each annotation, in order.
    pub fn each_annotation(&self, mut take: impl FnMut(&str, &str)) {
        take(SYNC_WAVE, &self.wave.to_string());
        if !self.sync_options.is_empty() {
            take(SYNC_OPTIONS, self.sync_options);
        }
        each_text(&self.metadata().annotations, take);
    }

    /// The sort key of objects, before the order of their entries.
    pub fn order(&self) -> (i32, Kind) {
        (self.wave, self.kind)
    }

    /// `kind` of the object.
    pub fn kind_name(&self) -> &str {
        &self.group_kind().kind
    }

    /// `apiVersion` of the object.
    pub fn api_version(&self) -> &str {
        self.other.as_ref().map_or_else(|| self.kind.api_version(), |other| &other.api_version)
    }

    /// The file of the object, within its folder.
    pub fn file(&self) -> &str {
        self.other.as_ref().map_or_else(|| self.kind.facts().file, |other| &other.file)
    }

    /// The group and kind of the object.
    pub fn group_kind(&self) -> &GroupKind {
        self.other.as_ref().map_or_else(|| &self.kind.facts().kind, |other| &other.kind)
    }

    /// What distinguishes it from other objects.
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            kind: self.group_kind(),
            namespace: self.namespace.as_ref().map(Namespace::as_str),
            name: &self.name,
        }
    }
}

/// The group of an `apiVersion`; empty for the core group.
pub const fn group(api_version: &str) -> &str {
    let mut end = 0;
    while end < api_version.len() {
        if api_version.as_bytes()[end] == b'/' {
            return api_version.split_at(end).0;
        }
        end += 1;
    }
    ""
}

fn each_text(map: &Map, mut take: impl FnMut(&str, &str)) {
    for (key, value) in map.iter() {
        if let Value::Text(text) = value {
            take(key, text);
        }
    }
}
