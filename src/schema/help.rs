//! The help for a value or key that the schema does not allow, from the schema and the value.

use super::description::description;
use super::foreign;
use super::node::Node;
use crate::diagnostics::suggestion::{either, shorten};
use crate::diagnostics::{Finding, Location, Segment};
use crate::syntax::{Excerpt, SourceMap};

/// Adds the help to each finding about the structure of a file.
pub(crate) fn add(findings: &mut [Finding], documents: &SourceMap) {
    for finding in findings {
        let excerpt =
            documents.get(finding.location().file).and_then(|document| document.excerpt(finding.location()));
        finding.help = match finding.rule.name {
            "unknown-key" => foreign::key(finding.location())
                .or_else(|| glued(finding.location()))
                .or_else(|| finding.help.take())
                .or_else(|| home(finding.location())),
            "unknown-value" | "wrong-type" => excerpt
                .and_then(|excerpt| foreign::value(finding.location(), &excerpt))
                .or_else(|| finding.help.take())
                .or_else(|| shape(finding.location(), &excerpt?))
                .or_else(|| description(finding.location())),
            "invalid-value" => finding.help.take().or_else(|| description(finding.location())),
            "missing-key" => finding.help.take().or_else(|| missing(finding)),
            _ => continue,
        };
    }
}

/// The description of a missing key, with a first key for a mapping.
fn missing(finding: &Finding) -> Option<String> {
    let key = finding.missing_key()?;
    let location = finding.location().key(key.to_owned());
    let description = description(&location)?;
    match Node::at(&location)?.required().as_slice() {
        [only] => Some(format!("add `{key}: {{{only}: …}}`: {description}")),
        _ => Some(description),
    }
}

/// A key and its value without the space after the colon, which flow mappings allow.
fn glued(location: &Location) -> Option<String> {
    let Segment::Key(key) = location.segments.last()? else { return None };
    let (name, value) = key.split_once(':')?;
    let known = Node::at(&location.parent())?.property(name).is_some();
    known.then(|| format!("write a space after the colon: `{name}: {}`", shorten(value)))
}

/// Where an unknown key belongs, or the list of keys.
fn home(location: &Location) -> Option<String> {
    let (Segment::Key(key), parent) = (location.segments.last()?, location.parent()) else { return None };
    let node = Node::at(&parent)?;
    let below: Vec<_> =
        node.properties().filter(|(_, node)| holds(*node, key)).map(|(name, _)| name).collect();
    if let [only] = below.as_slice() {
        return Some(format!("move it below `{only}`, where it belongs"));
    }
    let above = || beside(&parent, key).map(|name| format!("move it next to `{name}`, where it belongs"));
    let keys = || format!("write one of {}", either(node.properties().map(|(name, _)| name)));
    Some(above().unwrap_or_else(keys))
}

/// Whether a mapping, or the items of a list, have a key.
fn holds(node: Node, key: &str) -> bool {
    node.items().unwrap_or(node).property(key).is_some()
}

/// The key around `place` that the unknown `key` belongs next to.
fn beside(location: &Location, key: &str) -> Option<String> {
    // Too many mappings have one.
    if matches!(key, "name" | "namespace") {
        return None;
    }
    (0..location.segments.len()).rev().find_map(|depth| {
        let Segment::Key(name) = &location.segments[depth] else { return None };
        let around = Location { segments: location.segments[..depth].to_vec(), ..location.clone() };
        Node::at(&around)?.property(key).map(|_| name.to_string())
    })
}

/// The help for a value of another type.
fn shape(location: &Location, excerpt: &Excerpt<'_>) -> Option<String> {
    let node = Node::at(location)?;
    match (node.items(), node.is_mapping()) {
        (Some(items), _) => list(location, items, excerpt),
        (None, true) => mapping(location, node, excerpt),
        (None, false) => match excerpt {
            Excerpt::Mapping(source, _) if source.starts_with("{{") => {
                Some("write the value itself: catalogs are not templates".into())
            }
            _ => None,
        },
    }
}

fn mapping(location: &Location, node: Node, excerpt: &Excerpt<'_>) -> Option<String> {
    let required = node.required();
    match excerpt {
        Excerpt::List(true, Some(pair)) => Some(format!("write a mapping: `{{{}}}`", shorten(pair.line))),
        Excerpt::List(false, Some(pair)) => Some(format!("remove the dash: `{}`", shorten(pair.line))),
        Excerpt::List(_, None) | Excerpt::Mapping(..) => None,
        Excerpt::Scalar("") => {
            let key = required.first().copied().or_else(|| node.properties().next().map(|(name, _)| name))?;
            Some(format!("indent its keys below it, as in `{key}: …`"))
        }
        Excerpt::Block => Some("remove the `|` after the key: its value is a mapping".into()),
        Excerpt::Scalar(text) => match (location.segments.last()?, required.as_slice()) {
            (Segment::Key(name), [key]) => Some(format!("write `{name}: {{{key}: {}}}`", shorten(text))),
            _ => None,
        },
    }
}

fn list(location: &Location, items: Node, excerpt: &Excerpt<'_>) -> Option<String> {
    match excerpt {
        Excerpt::Mapping(_, Some(pair)) if location.segments.is_empty() && pair.is_list => {
            Some(format!("write the list of entries itself, without `{}:`", shorten(pair.key)))
        }
        Excerpt::Mapping(_, Some(pair)) if items.property(pair.key).is_some() => {
            Some(format!("start it with a dash: `- {}`", shorten(pair.line)))
        }
        Excerpt::Scalar(text) if !text.is_empty() && !items.is_mapping() => {
            Some(format!("write a list: `[{}]`", shorten(text)))
        }
        _ => None,
    }
}
