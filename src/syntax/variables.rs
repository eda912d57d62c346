//! Variables in the values of a document: `${NAME}`, resolved after the file has been parsed, so that no
//! value becomes a part of its structure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::node::ScalarText;
use super::{Document, NodeId, NodeKind};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::syntax::too_large;

/// How many bytes the values of variables may add to a file.
const MAX_ADDED: usize = 4 << 20;

/// What a text refers to.
enum Piece<'t> {
    /// Text that stays.
    Text(&'t str),
    /// The name of a variable.
    Variable(&'t str),
}

impl Document {
    /// Replaces the variables in all values, except in that of `skipped` at the root. A resolved value is a
    /// text, whatever it looks like.
    pub(crate) fn resolve(
        &mut self,
        variables: &BTreeMap<String, String>,
        skipped: Option<&str>,
        findings: &mut Sink,
    ) {
        let kept = self.kept(skipped);
        let mut added = 0;
        for (id, node) in self.nodes.iter_mut() {
            let NodeKind::Scalar { text, plain } = &mut node.kind else { continue };
            let written = text.of(&self.text);
            if !written.contains("${") || kept.contains(&id) {
                continue;
            }
            let range = node.span.range();
            let location = Location::bytes(self.file, range.start, range.end);
            match resolved(written, variables) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    added += value.len().saturating_sub(text.len());
                    (*text, *plain) = (ScalarText::Copy(value.into()), false);
                }
                Err(name) => findings.push(unknown(&name, variables, location.clone())),
            }
            if added > MAX_ADDED {
                findings
                    .push(too_large(location, "the values of variables make the file too long".to_owned()));
                return;
            }
        }
    }

    /// The nodes that stay as they are: keys, and everything below a key of the root.
    fn kept(&self, skipped: Option<&str>) -> BTreeSet<NodeId> {
        let mut kept = BTreeSet::new();
        for node in self.nodes.iter() {
            if let NodeKind::Map(pairs) = &node.kind {
                kept.extend(pairs.iter().map(|(key, _)| *key));
            }
        }
        let root = self.root.map(|root| &self.node(root).kind);
        if let (Some(NodeKind::Map(pairs)), Some(skipped)) = (root, skipped) {
            let values = pairs.iter().filter(|(key, _)| self.text(*key) == skipped);
            values.for_each(|(_, value)| self.keep_below(*value, &mut kept));
        }
        kept
    }

    /// The texts below a key of the root, with the variables resolved, and where they are written.
    pub(crate) fn texts_below(&self, key: &str) -> Vec<(&str, Range<usize>)> {
        let below = self.root.map(|root| &self.node(root).kind).into_iter().flat_map(|kind| match kind {
            NodeKind::Map(pairs) => pairs.as_slice(),
            _ => &[],
        });
        let mut found = BTreeSet::new();
        below
            .filter(|(name, _)| self.text(*name) == key)
            .for_each(|(_, value)| self.keep_below(*value, &mut found));
        let scalars = found.into_iter().map(|id| self.node(id));
        scalars
            .filter_map(|node| match &node.kind {
                NodeKind::Scalar { text, .. } => Some((text.of(&self.text), node.span.range())),
                _ => None,
            })
            .collect()
    }

    fn keep_below(&self, node: NodeId, kept: &mut BTreeSet<NodeId>) {
        let mut open = vec![node];
        while let Some(next) = open.pop() {
            kept.insert(next);
            match &self.node(next).kind {
                NodeKind::Map(pairs) => open.extend(pairs.iter().map(|(_, value)| *value)),
                NodeKind::List(items) => open.extend(items),
                NodeKind::Scalar { .. } | NodeKind::Alias(_) => {}
            }
        }
    }
}

/// The text with its variables replaced, if it has any; the name of one that does not exist.
fn resolved(text: &str, variables: &BTreeMap<String, String>) -> Result<Option<String>, String> {
    let pieces = pieces(text);
    if matches!(pieces.as_slice(), [Piece::Text(only)] if *only == text) {
        return Ok(None);
    }
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable(name) => out.push_str(variables.get(name).ok_or_else(|| name.to_owned())?),
        }
    }
    Ok(Some(out))
}

/// `$${` is `${` itself. What is not a name in capital letters, such as `${a:-b}`, stays as it is.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| is_variable(name));
        match (before.strip_suffix('$'), name) {
            (Some(before), _) => {
                pieces.extend([Piece::Text(before), Piece::Text("${")]);
                rest = after;
            }
            (None, Some(name)) => {
                pieces.extend([Piece::Text(before), Piece::Variable(name)]);
                rest = after.get(name.len() + 1..).unwrap_or_default();
            }
            (None, None) => {
                let end = before.len() + "${".len();
                let (kept, next) = rest.split_at(end);
                pieces.push(Piece::Text(kept));
                rest = next;
            }
        }
    }
    if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) && !text.contains("$${") {
        return vec![Piece::Text(text)];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Whether `text` is a name of a variable: capital letters, digits and underscores.
fn is_variable(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn unknown(name: &str, variables: &BTreeMap<String, String>, location: Location) -> Finding {
    let finding = rules::UNKNOWN_VARIABLE.at(location, format!("there is no variable `{}`", shorten(name)));
    let finding = finding.note("the text would reach the cluster as it is written");
    let near = did_you_mean(name, variables.keys().map(String::as_str));
    finding.help_some(near.or_else(|| {
        Some(format!(
            "add it to `variables` in platform.yml, or write `$${{{}}}` for the text itself",
            shorten(name)
        ))
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::resolved;

    fn of(text: &str) -> Result<Option<String>, String> {
        let variables = [("A", "1"), ("LONG_NAME", "${A}")];
        resolved(text, &BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value.to_owned()))))
    }

    #[test]
    fn names_in_capital_letters_are_replaced_once() {
        assert_eq!(of("a${A}b${LONG_NAME}"), Ok(Some("a1b${A}".into())));
        assert_eq!(of("${B}"), Err("B".into()));
    }

    #[test]
    fn everything_else_stays() {
        for text in ["${a}", "${A:-b}", "$A", "${A", "${}", "${SECRET:DOMAIN}"] {
            assert_eq!(of(text), Ok(None), "{text}");
        }
        assert_eq!(of("$${A} ${A}"), Ok(Some("${A} 1".into())));
        assert_eq!(of("$${B}"), Ok(Some("${B}".into())));
        assert_eq!(of("${b} ${A}"), Ok(Some("${b} 1".into())));
    }
}
