//! The objects of an application, by kind.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use crate::kubernetes::GroupKind;
use crate::value::{SortedSet, Text};

/// A name: `web`, or `kube-system/web` in another namespace than that of the application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// The namespace, if it is not that of the application.
    pub namespace: Option<Text>,
    /// The name.
    pub name: Text,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{namespace}/{}", self.name),
            None => write!(out, "{}", self.name),
        }
    }
}

impl FromStr for ObjectName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (namespace, name) =
            text.split_once('/').map_or((None, text), |(namespace, name)| (Some(namespace), name));
        let valid =
            |text: &str| !text.is_empty() && !text.contains(|char: char| char == '/' || char.is_whitespace());
        if !valid(name) || !namespace.is_none_or(valid) {
            return Err(());
        }
        Ok(Self { namespace: namespace.map(Text::copied), name: Text::copied(name) })
    }
}

/// The names of all objects.
pub(super) fn objects(rendered: &Rendered<'_>) -> BTreeMap<GroupKind, SortedSet<ObjectName>> {
    let mut objects: BTreeMap<GroupKind, SortedSet<ObjectName>> = BTreeMap::new();
    for resource in &rendered.resources {
        objects.entry(resource.kind.clone()).or_default().insert(rendered.name(resource));
    }
    objects
}
