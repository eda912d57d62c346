//! Where the files of a catalog refer to a name.

use super::edit::{Edit, replace, replace_part};
use crate::diagnostics::{FileId, Location, Role, Sink};
use crate::syntax::{Document, SourceMap, decode};
use crate::value::Value;

/// What refers to a name: keys whose value is the name, and keys of lists that contain it.
pub(super) struct Keys {
    pub(super) scalars: &'static [&'static str],
    pub(super) lists: &'static [&'static str],
    /// Keys whose value is the address of a Service, if the name is that of a namespace.
    pub(super) addresses: &'static [&'static str],
}

/// The edits that replace all references in the catalog and the platform.
pub(super) fn edits(documents: &SourceMap, keys: &Keys, old: &str, new: &str) -> Vec<Edit> {
    let mut found = Vec::new();
    for document in documents.iter().filter(|document| is_edited(document.file)) {
        if let Some(value) = decode::<Value>(document, &mut Sink::default()) {
            let mut search = Search { document, keys, old, new, found: &mut found };
            search.walk(&value, &Location::root(document.file), "");
        }
    }
    found.sort_by_key(|edit| (edit.file, edit.range.start));
    found.dedup();
    found
}

fn is_edited(file: FileId) -> bool {
    matches!(file.role(), Role::Catalog | Role::Platform)
}

struct Search<'s> {
    document: &'s Document,
    keys: &'s Keys,
    old: &'s str,
    new: &'s str,
    found: &'s mut Vec<Edit>,
}

impl Search<'_> {
    /// Looks at a value below `key`.
    fn walk(&mut self, value: &Value, location: &Location, key: &str) {
        match value.get() {
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    self.walk(value, &location.key(key.as_str().to_owned()), key);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let is_listed = self.keys.lists.contains(&key);
                    self.walk(item, &location.index(index), if is_listed { LISTED } else { "" });
                }
            }
            Value::Text(text) => self.look_at(text, location, key),
            _ => {}
        }
    }

    fn look_at(&mut self, text: &str, location: &Location, key: &str) {
        let is_name = key == LISTED || self.keys.scalars.contains(&key);
        let host = format!(".{}.", self.old);
        if text == self.old && is_name {
            self.found.extend(replace(self.document, location, self.old, self.new));
        } else if self.keys.addresses.contains(&key) && text.contains(&host) {
            let new = format!(".{}.", self.new);
            self.found.extend(replace_part(self.document, location, &host, &new));
        }
    }
}

/// The key in place of that of an item of a list that contains names.
const LISTED: &str = "[]";

/// The lines that contain a name as a whole word and that no edit changes.
pub(super) fn mentions(documents: &SourceMap, edits: &[Edit], name: &str) -> Vec<(FileId, usize)> {
    let mut found = Vec::new();
    for document in documents.iter().filter(|document| document.file.role() != Role::Lock) {
        let mut start = 0;
        for (index, line) in document.text.split_inclusive('\n').enumerate() {
            let range = start..start + line.len();
            let is_edited = |edit: &Edit| edit.file == document.file && range.contains(&edit.range.start);
            if has_word(line, name) && !edits.iter().any(is_edited) {
                found.push((document.file, index + 1));
            }
            start = range.end;
        }
    }
    found
}

fn has_word(line: &str, name: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || char == '-';
    line.match_indices(name).any(|(at, _)| {
        let (before, after) =
            (line.get(..at).unwrap_or_default(), line.get(at + name.len()..).unwrap_or_default());
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(has_word("namespace: notes", "notes") && has_word("notes.example.com", "notes"));
        assert!(!has_word("web-notes", "notes") && !has_word("notes-2", "notes"));
    }
}
