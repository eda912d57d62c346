//! The keys of a mapping: what YAML parsers disagree on, and keys that appear twice.

use super::node::narrow;
use super::parser::Parse;
use super::{Location, NodeId, NodeKind, Scalar, is_ambiguous};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, MAX_FINDINGS, rules};

/// A mapping with more keys has an index for lookups.
const SMALL_MAP: usize = 12;

impl Parse<'_> {
    /// Reports the faults of the keys of a mapping, and indexes the keys if there are many.
    pub(super) fn check_keys(&mut self, node: NodeId) {
        let NodeKind::Map(pairs) = &self.nodes[node].kind else { return };
        let mut faults = Vec::new();
        for (key, _) in pairs {
            faults.extend(self.key_fault(*key));
            if faults.len() > MAX_FINDINGS {
                break;
            }
        }
        let order = (pairs.len() > SMALL_MAP).then(|| in_order(pairs, |key| self.key_text(key)));
        for (first, second) in duplicates(pairs, order.as_deref(), |key| self.key_text(key)) {
            let (first, second) = (self.nodes[first].span, self.nodes[second].span);
            let name = shorten(&self.text[second.range()]);
            let finding =
                rules::DUPLICATE_KEY.at(self.location(second), format!("the key `{name}` appears twice"));
            let finding = finding.with_secondary_label(self.location(first), "the first is here");
            faults.push(
                finding
                    .note("YAML parsers disagree on which of the two values they use")
                    .help("keep one of them"),
            );
        }
        self.wide.extend(order.map(|order| (node, order)));
        for fault in faults {
            self.report(fault);
        }
    }

    fn key_text(&self, key: NodeId) -> Option<&str> {
        match &self.nodes[key].kind {
            NodeKind::Scalar { text, .. } => Some(text.of(self.text)),
            _ => None,
        }
    }

    fn key_fault(&self, key: NodeId) -> Option<Finding> {
        let node = &self.nodes[key];
        match &node.kind {
            NodeKind::Scalar { text, plain: true } => {
                plain_key_fault(text.of(self.text), || self.location(node.span))
            }
            NodeKind::Scalar { .. } => None,
            _ => Some(
                rules::NON_STRING_KEY
                    .at(self.location(node.span), "this key is not text")
                    .help("keys are names; write a plain name"),
            ),
        }
    }
}

fn plain_key_fault(text: &str, location: impl Fn() -> Location) -> Option<Finding> {
    if text == "<<" {
        let finding = rules::MERGE_KEY.at(location(), "merge keys are not part of YAML 1.2");
        let finding = finding.note("some parsers merge, others read a key with the name `<<`");
        return Some(finding.help("write the merged keys here"));
    }
    let quoted = || format!("write it in quotes: `'{}'`", shorten(text));
    if is_ambiguous(text) {
        let message = format!("YAML parsers disagree on the meaning of the key `{}`", shorten(text));
        let finding = rules::AMBIGUOUS_SCALAR.at(location(), message);
        let finding = finding
            .note("Helm and Kubernetes read YAML 1.1, where the key has another name than in YAML 1.2");
        return Some(finding.help(quoted()));
    }
    let noun = match Scalar::plain(text) {
        Scalar::Text(_) => return None,
        Scalar::Null => "null",
        scalar => scalar.noun(),
    };
    Some(rules::NON_STRING_KEY.at(location(), format!("this key is {noun}, not text")).help(quoted()))
}

/// The pairs of a mapping by number, sorted by their keys; those with the same key in text order.
fn in_order<'t>(pairs: &[(NodeId, NodeId)], text: impl Fn(NodeId) -> Option<&'t str>) -> Vec<u32> {
    let mut order: Vec<_> = (0..narrow(pairs.len())).collect();
    order.sort_by_key(|index| text(pairs[*index as usize].0).unwrap_or_default());
    order
}

/// Duplicate keys: the first one, and each other.
fn duplicates<'t>(
    pairs: &[(NodeId, NodeId)],
    order: Option<&[u32]>,
    text: impl Fn(NodeId) -> Option<&'t str>,
) -> Vec<(NodeId, NodeId)> {
    let mut found = Vec::new();
    let Some(order) = order else {
        for (index, (key, _)) in pairs.iter().enumerate() {
            let earlier =
                pairs[..index].iter().find(|(other, _)| text(*key).is_some() && text(*other) == text(*key));
            found.extend(earlier.map(|(other, _)| (*other, *key)));
        }
        return found;
    };
    for duplicates in order.chunk_by(|one, other| {
        text(pairs[*one as usize].0).unwrap_or_default() == text(pairs[*other as usize].0).unwrap_or_default()
    }) {
        let mut keys =
            duplicates.iter().map(|index| pairs[*index as usize].0).filter(|key| text(*key).is_some());
        if let Some(first) = keys.next() {
            found.extend(keys.map(|key| (first, key)));
        }
    }
    found.sort_by_key(|(_, second)| *second);
    found.truncate(MAX_FINDINGS + 1);
    found
}
