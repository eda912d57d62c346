//! Edits of the text of a file, which keep everything else as it is.

use std::ops::Range;

use crate::diagnostics::{FileId, Location};
use crate::kubernetes::yaml;
use crate::syntax::Document;
use crate::value::Value;

/// A replacement of some bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// The bytes that are replaced; an empty range is an insertion.
    pub range: Range<usize>,
    /// What replaces them.
    pub text: String,
}

/// The text with these edits, which must not overlap.
pub fn apply(text: &str, edits: &[&Edit]) -> String {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.range.start);
    let (mut out, mut from) = (String::new(), 0);
    for edit in edits {
        out.push_str(text.get(from..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        from = edit.range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Replaces the scalar at a location, if its text is `old`: not an alias, which has the text of its anchor.
pub(super) fn replace(document: &Document, location: &Location, old: &str, new: &str) -> Option<Edit> {
    let range = document.span(location);
    let written = document.text.get(range.clone())?;
    (written.trim_matches(['\'', '"']) == old).then(|| Edit { file: document.file, range, text: scalar(new) })
}

/// Replaces a part of the scalar at a location.
pub(super) fn replace_part(document: &Document, location: &Location, old: &str, new: &str) -> Option<Edit> {
    let whole = document.span(location);
    let start = whole.start + document.text.get(whole)?.find(old)?;
    Some(Edit { file: document.file, range: start..start + old.len(), text: new.to_owned() })
}

/// Adds `key: value` behind the scalar of another key of the same mapping, in the style of the mapping.
pub(super) fn insert_after(document: &Document, known: &Location, pair: &str) -> Option<Edit> {
    let (text, key) = (&document.text, document.span(&known.clone().itself()));
    let value = document.span(known);
    let before = text.get(..key.start)?;
    let is_flow = before.trim_end().ends_with(['{', ',']);
    if is_flow {
        return Some(Edit { file: document.file, range: value.end..value.end, text: format!(", {pair}") });
    }
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(value.end..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    let (at, end) =
        (value.end + line.trim_end_matches('\r').len(), if line.ends_with('\r') { "\r\n" } else { "\n" });
    Some(Edit { file: document.file, range: at..at, text: format!("{end}{}{pair}", " ".repeat(column)) })
}

/// The name as a scalar that all YAML parsers read as text.
pub(super) fn scalar(name: &str) -> String {
    let mut text = String::new();
    yaml::write_value(&mut text, &Value::from(name.to_owned()));
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{FileId, Sink};
    use crate::inputs::Source;

    fn inserted(text: &str) -> String {
        let source = Source::new("applications.yml", text);
        let document = Document::load(FileId::APPLICATIONS, &source, &mut Sink::default());
        let known = Location::root(FileId::APPLICATIONS).index(0).key("code");
        let edit = insert_after(&document, &known, "finalizer: none").expect("an edit");
        apply(text, &[&edit])
    }

    #[test]
    fn a_key_is_added_in_the_style_of_its_mapping() {
        assert_eq!(inserted("- {code: a, path: b}\n"), "- {code: a, finalizer: none, path: b}\n");
        assert_eq!(
            inserted("- code: 'a' # a\n  path: b\n"),
            "- code: 'a' # a\n  finalizer: none\n  path: b\n"
        );
        assert_eq!(inserted("- path: b\r\n  code: a\r\n"), "- path: b\r\n  code: a\r\n  finalizer: none\r\n");
        assert_eq!(inserted("- code: a"), "- code: a\n  finalizer: none");
    }

    #[test]
    fn names_that_look_like_other_values_are_quoted() {
        assert_eq!(
            (scalar("web-notes"), scalar("on"), scalar("1e3")),
            ("web-notes".into(), "'on'".into(), "'1e3'".into())
        );
    }
}
