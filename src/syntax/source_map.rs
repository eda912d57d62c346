//! The parsed files of a run, found by their ids.

use std::collections::BTreeMap;

use super::Document;
use crate::diagnostics::{FileId, Role};

/// The parsed files of a run, in the order of their roles and numbers.
#[derive(Debug, Default)]
pub struct SourceMap(BTreeMap<FileId, Document>);

impl SourceMap {
    /// Adds a file. It replaces the one with the same id, if there is one.
    pub fn insert(&mut self, document: Document) {
        self.0.insert(document.file, document);
    }

    /// The file with this id.
    pub fn get(&self, file: FileId) -> Option<&Document> {
        self.0.get(&file)
    }

    /// All files, to change their values.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Document> {
        self.0.values_mut()
    }

    /// The files of a role, in the order of their numbers.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Document> {
        self.iter().filter(move |document| document.file.role() == role)
    }

    /// All files.
    pub fn iter(&self) -> impl Iterator<Item = &Document> {
        self.0.values()
    }
}

impl Extend<Document> for SourceMap {
    fn extend<T: IntoIterator<Item = Document>>(&mut self, documents: T) {
        documents.into_iter().for_each(|document| self.insert(document));
    }
}

impl From<Document> for SourceMap {
    fn from(document: Document) -> Self {
        Self(BTreeMap::from([(document.file, document)]))
    }
}

impl FromIterator<Document> for SourceMap {
    fn from_iter<T: IntoIterator<Item = Document>>(documents: T) -> Self {
        let mut map = Self::default();
        map.extend(documents);
        map
    }
}

impl IntoIterator for SourceMap {
    type Item = Document;
    type IntoIter = std::collections::btree_map::IntoValues<FileId, Document>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}
