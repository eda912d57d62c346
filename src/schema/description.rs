//! The description of a key, as a phrase.

use super::node::Node;
use crate::diagnostics::Location;

/// The first sentence of the description of the field at `place`, as a phrase.
pub(super) fn description(location: &Location) -> Option<String> {
    let mut node = Node::root(location);
    let mut description = None;
    for segment in &location.segments {
        node = node.segment(segment)?;
        description = node.description().or(description);
    }
    let text = description?.as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = text.split(". ").next().unwrap_or_default().trim_end_matches('.');
    let mut chars = sentence.chars();
    let first = chars.next()?;
    // The first letter of an abbreviation stays in upper case.
    let ordinary = chars.as_str().starts_with(char::is_lowercase);
    Some(if ordinary { format!("{}{}", first.to_lowercase(), chars.as_str()) } else { sentence.into() })
}
