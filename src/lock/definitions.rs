//! Custom resource definitions.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use crate::kubernetes::GroupKind;
use crate::kubernetes::resource::{is_true, maps_at, text, text_at};
use crate::value::{SortedSet, Text};

/// A custom resource definition: `Namespaced v1 v1beta1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition {
    /// Whether its kind is cluster-scoped.
    pub is_cluster_scoped: bool,
    /// The served versions.
    pub versions: SortedSet<Text>,
}

impl fmt::Display for Definition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_cluster_scoped { "Cluster" } else { "Namespaced" })?;
        self.versions.iter().try_for_each(|version| write!(out, " {version}"))
    }
}

impl FromStr for Definition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ');
        let is_cluster_scoped = match words.next() {
            Some("Cluster") => true,
            Some("Namespaced") => false,
            _ => return Err(()),
        };
        let versions = words.map(|word| if word.is_empty() { Err(()) } else { Ok(Text::copied(word)) });
        Ok(Self { is_cluster_scoped, versions: versions.collect::<Result<_, _>>()? })
    }
}

/// The kinds of the custom resource definitions.
pub(super) fn definitions(rendered: &Rendered<'_>) -> BTreeMap<GroupKind, Definition> {
    let made = rendered
        .resources
        .iter()
        .copied()
        .filter(|resource| resource.kind.is("apiextensions.k8s.io", "CustomResourceDefinition"));
    let definition = |resource: &crate::kubernetes::Resource| {
        let group = resource.at(&["spec", "group"]).and_then(text)?;
        let kind = resource.at(&["spec", "names", "kind"]).and_then(text)?;
        let served =
            maps_at(&resource.value, &["spec", "versions"]).filter(|version| is_true(version, &["served"]));
        let versions = served
            .filter_map(|version| text_at(version, &["name"]))
            .map(|name| name.to_owned().into())
            .collect();
        let is_cluster_scoped = resource.at(&["spec", "scope"]).and_then(text) == Some("Cluster");
        Some((GroupKind::new(group.to_owned(), kind.to_owned()), Definition { is_cluster_scoped, versions }))
    };
    made.filter_map(definition).collect()
}
