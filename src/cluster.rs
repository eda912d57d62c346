//! The resources of a cluster, whether wharf rendered them or others wrote them: found by kind, namespace
//! and name. What is concluded from them is concluded the same way for both.

mod addresses;
mod cilium_policy;
mod end;
mod evaluator;
mod intervals;
mod network_policy;
mod policy;
mod ports;
mod selector;
mod side;
mod truth;

pub use addresses::Addresses;
pub use end::{End, Labels, Pod};
pub use evaluator::{Evaluator, Facts};
pub use policy::Direction;
pub use ports::{Port, PortName, PortSet, Transport};
pub use side::{Breadth, Grant, Judgement, Ruling, Side};
pub use truth::{Condition, Truth};
mod application;
mod survey;

use std::collections::BTreeMap;

pub use application::{Application, ApplicationSource, IN_CLUSTER, has_placeholder};
pub use survey::{Deployed, Provenance, Survey};

use crate::kubernetes::{GroupKind, Object, Resource};

/// The resources of a cluster.
#[derive(Debug, Default)]
pub struct Cluster {
    resources: Vec<Resource>,
    kinds: BTreeMap<GroupKind, Vec<usize>>,
}

impl Cluster {
    /// A cluster with these resources. Of several with the same identity, all are kept.
    pub fn new(resources: Vec<Resource>) -> Self {
        let mut kinds = BTreeMap::<_, Vec<usize>>::new();
        for (index, resource) in resources.iter().enumerate() {
            kinds.entry(resource.kind.clone()).or_default().push(index);
        }
        Self { resources, kinds }
    }

    /// A cluster with what wharf rendered.
    pub fn of_objects(objects: &[Object]) -> Self {
        Self::new(objects.iter().map(Resource::from).collect())
    }

    /// All resources, in the order in which they were added.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resources of a kind, in any version; the group is empty for the core group.
    pub fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = &Resource> {
        let indices = self.kinds.get(&GroupKind::new(group.to_owned(), kind.to_owned()));
        indices.into_iter().flatten().filter_map(|index| self.resources.get(*index))
    }

    /// The resource of a kind with this namespace and name; the first if there are several.
    pub fn find(&self, group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Option<&Resource> {
        self.of_kind(group, kind)
            .find(|resource| resource.namespace.as_deref() == namespace && resource.name.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kubernetes::Kind;
    use crate::names::Namespace;
    use crate::value::Map;

    #[test]
    fn a_rendered_object_is_found_as_the_api_server_reads_it() {
        let folder = Namespace::new("web-notes");
        let object = Object::new(Kind::ServiceAccount, "default", 0, &folder, &Arc::default())
            .within(&folder)
            .body(Map::new().with("automountServiceAccountToken", false));
        let cluster = Cluster::of_objects(&[object]);
        let found =
            cluster.find("", "ServiceAccount", Some("web-notes"), "default").map(|found| &found.value);
        let metadata = found.and_then(|value| value.get("metadata")).and_then(|value| value.map());
        assert!(found.is_some_and(|value| value.get("automountServiceAccountToken").is_some()));
        assert!(metadata.is_some_and(|metadata| metadata.get("labels").is_some()));
    }
}
