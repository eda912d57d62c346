//! The objects of an application, by kind.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use super::extract::Rendered;
use crate::kubernetes::GroupKind;
use crate::value::{SortedMap, SortedSet, Text};

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
        // most names are ASCII, which is faster to look through by bytes
        let is_usual = |byte: u8| byte.is_ascii_graphic() && byte != b'/';
        let is_invalid = |char: char| char == '/' || char.is_whitespace();
        let valid =
            |text: &str| !text.is_empty() && (text.bytes().all(is_usual) || !text.contains(is_invalid));
        if !valid(name) || !namespace.is_none_or(valid) {
            return Err(());
        }
        Ok(Self { namespace: namespace.map(Text::copied), name: Text::copied(name) })
    }
}

/// The names of objects by kind; a kind without names has random names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    by_kind: ByKind,
    /// The namespaces in their names.
    namespaces: SortedSet<Text>,
}

type ByKind = SortedMap<GroupKind, SortedSet<ObjectName>>;

impl Objects {
    /// The other namespaces than that of the application.
    pub fn namespaces(&self) -> &SortedSet<Text> {
        &self.namespaces
    }

    /// Those that are in others too. A kind without names still has to be permitted.
    pub fn common(mut self, other: &Self) -> Self {
        self.by_kind.retain(|kind, names| {
            names.retain(|name| other.by_kind.get(kind).is_some_and(|same| same.contains(name)));
            true
        });
        self.by_kind.into()
    }
}

impl From<ByKind> for Objects {
    fn from(by_kind: ByKind) -> Self {
        let mut namespaces = SortedSet::default();
        namespaces.extend(by_kind.values().flatten().filter_map(|name| name.namespace.clone()));
        Self { by_kind, namespaces }
    }
}

impl FromIterator<(GroupKind, SortedSet<ObjectName>)> for Objects {
    fn from_iter<I: IntoIterator<Item = (GroupKind, SortedSet<ObjectName>)>>(objects: I) -> Self {
        ByKind::from_iter(objects).into()
    }
}

impl Deref for Objects {
    type Target = ByKind;

    fn deref(&self) -> &ByKind {
        &self.by_kind
    }
}

impl<'o> IntoIterator for &'o Objects {
    type Item = (&'o GroupKind, &'o SortedSet<ObjectName>);
    type IntoIter = <&'o ByKind as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.by_kind.iter()
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
