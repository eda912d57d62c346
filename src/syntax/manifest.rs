//! The values of a manifest, as Kubernetes parses them: YAML 1.1 where a plain scalar or a merge key is
//! ambiguous (`sigs.k8s.io/yaml` 1.6, which Helm 4 and Argo CD 3.5 use), and the last one of duplicate keys.

use std::collections::BTreeMap;

use super::{Document, Location, NodeId, NodeKind, Scalar, Segment};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::DUPLICATE_KEY;
use crate::diagnostics::suggestion::shorten;
use crate::value::{Map, Text, Value};

/// How many more values and bytes of text the documents of a stream may contain together when their aliases
/// are expanded.
const MAX_ALIAS_GROWTH: usize = 4 << 20;

/// How deep values may be nested when aliases are expanded.
const MAX_DEPTH: usize = 300;

/// The aliases of a document expand to too many values, or are nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbounded;

/// Reads the values of a stream of manifests. All of them share one limit for what their aliases expand to.
#[derive(Debug)]
pub struct ManifestReader<'d> {
    document: &'d Document,
    /// How many more values and bytes of text may be read.
    budget: usize,
}

impl<'d> ManifestReader<'d> {
    /// A reader of a stream.
    pub fn new(document: &'d Document) -> Self {
        Self { document, budget: document.nodes.len() + document.text.len() + MAX_ALIAS_GROWTH }
    }

    /// The value at `location`; `null` if there is none.
    ///
    /// # Errors
    /// If the aliases of the stream expand to too many values.
    pub fn read(&mut self, location: &Location) -> Result<Value, Unbounded> {
        find(self.document, &location.segments).map_or(Ok(Value::Null), |node| self.value(node, 0))
    }
}

/// Reports the keys that a mapping of a stream of manifests has twice.
pub(crate) fn duplicate_keys(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for node in document.nodes.iter() {
        let NodeKind::Map(pairs) = &node.kind else { continue };
        let mut first = BTreeMap::new();
        for (key, _) in pairs {
            let name = document.text(*key);
            if let Some(before) = first.insert(name, *key).filter(|_| name != "<<") {
                findings.push(duplicate_key(document, before, *key));
            }
        }
    }
    findings
}

fn duplicate_key(document: &Document, first: NodeId, second: NodeId) -> Finding {
    let location = |node| {
        let span = document.node(node).span.range();
        Location::bytes(document.file, span.start, span.end)
    };
    let message = format!("the key `{}` appears twice", shorten(document.text(second)));
    let finding = DUPLICATE_KEY.at(location(second), message);
    finding
        .with_secondary_label(location(first), "the first is here")
        .note("Argo CD uses the last one, and the first has no effect")
        .help("keep one of them")
}

fn find(document: &Document, segments: &[Segment]) -> Option<NodeId> {
    let mut node = document.root?;
    for segment in segments {
        node = document.segment(document.follow(node), segment)?.1;
    }
    Some(node)
}

impl ManifestReader<'_> {
    fn value(&mut self, node: NodeId, depth: usize) -> Result<Value, Unbounded> {
        let document = self.document;
        let node = document.follow(node);
        self.pay(1, depth)?;
        match &document.node(node).kind {
            NodeKind::Scalar { text, plain } => {
                self.pay(text.len(), depth)?;
                Ok(scalar(text.of(&document.text), *plain))
            }
            NodeKind::List(items) => Ok(Value::List(
                items.iter().map(|item| self.value(*item, depth + 1)).collect::<Result<_, _>>()?,
            )),
            NodeKind::Map(pairs) => self.map(pairs, depth).map(Value::Map),
            NodeKind::Alias(_) => Ok(Value::Null),
        }
    }

    fn map(&mut self, pairs: &[(NodeId, NodeId)], depth: usize) -> Result<Map, Unbounded> {
        let mut own = BTreeMap::new();
        let mut order: Vec<Text> = Vec::with_capacity(pairs.len());
        let mut merged = Vec::new();
        for (key, value) in pairs {
            let name = Text::from(self.document.text(*key).to_owned());
            self.pay(name.len(), depth)?;
            let value = self.value(*value, depth + 1)?;
            if name.as_str() == "<<" && self.is_plain(*key) {
                merged.push(value);
            } else if own.insert(name.clone(), value).is_none() {
                order.push(name);
            }
        }
        for map in merged.iter().flat_map(merge_sources) {
            for (name, value) in
                map.iter().filter(|(name, _)| !own.contains_key(name.as_str())).collect::<Vec<_>>()
            {
                own.insert(name.into(), value.clone());
                order.push(name.into());
            }
        }
        Ok(order.into_iter().filter_map(|name| own.remove(&name).map(|value| (name, value))).collect())
    }

    fn is_plain(&self, key: NodeId) -> bool {
        matches!(self.document.node(self.document.follow(key)).kind, NodeKind::Scalar { plain: true, .. })
    }

    fn pay(&mut self, cost: usize, depth: usize) -> Result<(), Unbounded> {
        self.budget = self.budget.checked_sub(cost).filter(|_| depth <= MAX_DEPTH).ok_or(Unbounded)?;
        Ok(())
    }
}

/// The value of a merge key: a mapping, or a list of mappings of which the first has precedence.
fn merge_sources(value: &Value) -> Vec<&Map> {
    match value {
        Value::Map(map) => vec![map],
        Value::List(items) => items.iter().filter_map(Value::map).collect(),
        _ => Vec::new(),
    }
}

fn scalar(text: &str, plain: bool) -> Value {
    if !plain {
        return Value::from(text.to_owned());
    }
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    match Scalar::plain(text) {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(value) => Value::Int(value),
        Scalar::Float(value) if value.is_finite() => Value::Float(value),
        Scalar::Float(_) | Scalar::Text(_) => Value::from(text.to_owned()),
    }
}
