//! What a folder deploys: resources of files, and how a kustomization changes them.

use crate::kubernetes::Resource;
use crate::kubernetes::kinds::{Scope, facts};
use crate::kubernetes::scope::is_cluster_scoped;
use crate::value::{Key, Map, Text, Value};

/// A resource of a file, with the changes of the kustomizations that include it.
#[derive(Clone, Debug)]
pub(super) struct Item<'t> {
    /// The file.
    pub(super) file: &'t str,
    /// The number of the resource in the file.
    pub(super) index: usize,
    /// The changes.
    pub(super) change: Change,
}

/// What kustomizations change of a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    pub(super) namespace: Option<String>,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) annotations: Vec<(String, String)>,
    pub(super) is_patched: bool,
}

/// What a source deploys.
#[derive(Debug, Default)]
pub(super) struct Contents<'t> {
    /// Its resources.
    pub(super) items: Vec<Item<'t>>,
    /// Resources that a program rendered.
    pub(super) rendered: Vec<Resource>,
    /// The files that belong to it, whether they contain resources or not.
    pub(super) files: Vec<&'t str>,
    /// The folders with a kustomization.
    pub(super) kustomizations: Vec<String>,
    /// Namespaces with resources that are not known; the empty one is that of the Application.
    pub(super) opaque: Vec<String>,
    /// What was not read, with the reason.
    pub(super) left_out: Vec<(String, String)>,
}

impl Change {
    /// The resource after the changes.
    pub(super) fn apply(&self, resource: &Resource) -> Resource {
        let mut changed = resource.clone();
        if let Some(namespace) = self.namespace.as_ref().filter(|_| !is_clustered(resource)) {
            changed.namespace = Some(Text::copied(namespace));
        }
        if !(self.prefix.is_empty() && self.suffix.is_empty()) {
            changed.name = Text::from(format!("{}{}{}", self.prefix, resource.name, self.suffix));
        }
        if !self.annotations.is_empty() {
            let annotation =
                |(key, value): &(String, String)| (Key::user(key.as_str()), Value::Text(Text::copied(value)));
            let annotations: Map = self.annotations.iter().map(annotation).collect();
            let metadata = Map::new().with("metadata", Map::new().with("annotations", annotations));
            changed.value = std::mem::take(&mut changed.value).merged(&metadata);
        }
        changed
    }
}

/// Whether a kind is known to be cluster-scoped.
pub(super) fn is_clustered(resource: &Resource) -> bool {
    is_cluster_scoped(&resource.kind).unwrap_or_else(|| {
        facts(&resource.kind.group, &resource.kind.kind).is_some_and(|facts| facts.scope == Scope::Cluster)
            || resource.kind.kind.starts_with("Cluster") && resource.kind.kind.as_str() != "Cluster"
    })
}
