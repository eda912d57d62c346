//! What distinguishes objects in a cluster, whether they were read or made.

use std::fmt;

use super::GroupKind;

/// The identity of an object: its kind, its namespace and its name. A version of a kind is another view of
/// the same objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity<'o> {
    /// The group and kind.
    pub kind: &'o GroupKind,
    /// The namespace; none for cluster-scoped kinds, or if none is written.
    pub namespace: Option<&'o str>,
    /// The name.
    pub name: &'o str,
}

impl fmt::Display for Identity<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}
