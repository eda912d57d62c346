//! Labels and annotations of the objects of routes.

use std::collections::BTreeMap;

/// Labels and annotations, as the user wrote them.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
}

impl Metadata {
    pub(in crate::model) fn new(
        labels: &BTreeMap<String, String>,
        annotations: &BTreeMap<String, String>,
    ) -> Self {
        Self { labels: labels.clone(), annotations: annotations.clone() }
    }
}
