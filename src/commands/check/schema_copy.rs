//! Whether the schemas that editors read beside the catalog are those of this version of wharf.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::diagnostics::{Finding, Location, Role, rules};
use crate::inputs::{Origin, display, read_beside};
use crate::schema::{self, PUBLISHED, Published};
use crate::syntax::{Document, SourceMap};

/// What the path of a schema follows in the comment that yaml-language-server reads.
const KEY: &str = "$schema=";

/// The beginning of that comment.
const PROGRAM: &str = "yaml-language-server:";

/// A comment that names a schema beside the catalog.
struct Reference {
    location: Location,
    /// Relative to the folder of the catalog.
    path: PathBuf,
    published: &'static Published,
}

/// Reports the copies that are not current: one finding for each folder, since one command writes all.
pub(super) fn stale(origin: &Origin, documents: &SourceMap) -> Vec<Finding> {
    let mut folders = BTreeSet::new();
    let references = documents.iter().filter_map(reference);
    references
        .filter(|reference| is_stale(origin, reference))
        .filter(|reference| folders.insert(folder(&reference.path).to_owned()))
        .map(|reference| report(origin, reference))
        .collect()
}

fn report(origin: &Origin, reference: Reference) -> Finding {
    let path = origin.folder().join(&reference.path);
    let finding = rules::STALE_SCHEMA.at(
        reference.location,
        format!("`{}` is the schema of another version of wharf", display(&reference.path)),
    );
    finding
        .note("editors suggest, explain and refuse what that version did")
        .help(format!("run `wharf schema --output {}`", display(folder(&path))))
}

/// The schema that the first comments of a file name, unless it is a URL.
fn reference(document: &Document) -> Option<Reference> {
    let (number, within) = match document.file.role() {
        Role::Catalog => (0, ""),
        Role::Platform => (1, ""),
        Role::Profile => (2, "profiles"),
        _ => return None,
    };
    let (start, named) = named(&document.text)?;
    let location = Location::bytes(document.file, start, start + named.len());
    Some(Reference { location, path: beside(within, named)?, published: PUBLISHED.get(number)? })
}

/// The path or URL in the comments at the beginning of a text, and where it is.
fn named(text: &str) -> Option<(usize, &str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with(['#', '\n', '\r'])) {
        if let Some((before, rest)) = line.split_once(KEY).filter(|(before, _)| before.contains(PROGRAM)) {
            let named = rest.split_whitespace().next()?;
            return Some((start + before.len() + KEY.len(), named));
        }
        start += line.len();
    }
    None
}

/// A relative path from a folder of the catalog, without steps that cancel each other.
fn beside(within: &str, path: &str) -> Option<PathBuf> {
    if path.contains("://") {
        return None;
    }
    let mut steps = PathBuf::from(within);
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => steps.push(name),
            Component::CurDir => {}
            Component::ParentDir if steps.file_name().is_some() => drop(steps.pop()),
            Component::ParentDir => steps.push(".."),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(steps)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether the file is a schema of wharf, but not the current one.
fn is_stale(origin: &Origin, reference: &Reference) -> bool {
    let Some(bytes) = read_beside(origin, &reference.path) else { return false };
    let current = schema::text(reference.published);
    if bytes == current.as_bytes() {
        return false;
    }
    let [copy, current] = [bytes.as_slice(), current.as_bytes()].map(title);
    copy.is_some() && copy == current
}

fn title(schema: &[u8]) -> Option<String> {
    let schema: serde_json::Value = serde_json::from_slice(schema).ok()?;
    Some(schema.get("title")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{beside, named};

    #[test]
    fn paths_are_relative_to_the_file() {
        let paths = |within, path| beside(within, path).unwrap_or_default();
        assert_eq!(paths("", "./schema/a.json"), PathBuf::from("schema/a.json"));
        assert_eq!(paths("profiles", "../schema/a.json"), PathBuf::from("schema/a.json"));
        assert_eq!(paths("profiles", "../../schema/a.json"), PathBuf::from("../schema/a.json"));
        assert_eq!(beside("", "https://example.com/a.json"), None);
        assert_eq!(beside("", "/schema/a.json"), None);
    }

    #[test]
    fn the_comment_is_above_the_first_value() {
        let text = "# one\n\n#  yaml-language-server:  $schema=a.json  # two\n- namespace: web\n";
        assert_eq!(named(text), Some((41, "a.json")));
        assert_eq!(text.get(41..47), Some("a.json"));
        assert_eq!(named("- a\n# yaml-language-server: $schema=a.json\n"), None);
        assert_eq!(named("# $schema=a.json\n"), None);
        assert_eq!(named("# yaml-language-server: $schema=\n"), None);
    }
}
