//! Label selectors over labels that may be unknown.

use std::fmt;

use super::end::Found;
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// A label selector; one without requirements matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: Text,
    operator: Operator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operator {
    In(Vec<Text>),
    NotIn(Vec<Text>),
    Exists,
    DoesNotExist,
    /// One that does not exist: the API server refuses it.
    Invalid,
}

impl Selector {
    /// Reads `matchLabels` and `matchExpressions`; `name` makes the name of a label of a written key.
    pub(super) fn read(selector: &Map, name: impl Fn(&str) -> Text) -> Self {
        let labels = at(selector, &["matchLabels"]).and_then(Value::map);
        let equal = labels.into_iter().flat_map(Map::iter).map(|(key, value)| Requirement {
            key: name(key),
            operator: Operator::In(vec![Text::copied(text(value).unwrap_or_default())]),
        });
        let expressions = maps_at(selector, &["matchExpressions"]).map(|expression| Requirement {
            key: name(text_at(expression, &["key"]).unwrap_or_default()),
            operator: Operator::read(expression),
        });
        Self(equal.chain(expressions).collect())
    }

    /// The same, for a selector of Kubernetes.
    pub(super) fn plain(selector: &Map) -> Self {
        Self::read(selector, Text::copied)
    }

    /// The keys that it has requirements for.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().map(|requirement| &requirement.key)
    }

    /// The values that it lists for a label.
    pub(super) fn values<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Text> {
        self.0.iter().filter(move |requirement| *requirement.key == *key).flat_map(|requirement| {
            match &requirement.operator {
                Operator::In(values) => values.as_slice(),
                _ => &[],
            }
        })
    }

    /// The part whose keys are accepted.
    pub(super) fn part(&self, accepts: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|requirement| accepts(&requirement.key)).cloned().collect())
    }

    /// Whether it matches; `None` if this depends on labels that are not known.
    pub(super) fn matches<'l>(&self, find: impl Fn(&str) -> Found<'l>) -> Option<bool> {
        let mut is_known = true;
        for requirement in &self.0 {
            match requirement.operator.holds(find(&requirement.key)) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    }

    /// The requirements that are not known to be met.
    pub(super) fn open<'l>(&self, find: impl Fn(&str) -> Found<'l>) -> Self {
        let is_open =
            |requirement: &&Requirement| requirement.operator.holds(find(&requirement.key)).is_none();
        Self(self.0.iter().filter(is_open).cloned().collect())
    }
}

impl Operator {
    fn read(expression: &Map) -> Self {
        let values = || items_at(expression, &["values"]).iter().filter_map(text).map(Text::copied).collect();
        match text_at(expression, &["operator"]) {
            Some("In") => Self::In(values()),
            Some("NotIn") => Self::NotIn(values()),
            Some("Exists") => Self::Exists,
            Some("DoesNotExist") => Self::DoesNotExist,
            _ => Self::Invalid,
        }
    }

    fn holds(&self, found: Found<'_>) -> Option<bool> {
        let is_in = |values: &[Text], value: &str| values.iter().any(|listed| listed.as_str() == value);
        match (self, found) {
            (Self::Invalid, _) => Some(false),
            (_, Found::Unknown) => None,
            (Self::In(values), Found::Value(value)) => Some(is_in(values, value)),
            (Self::NotIn(values), Found::Value(value)) => Some(!is_in(values, value)),
            (Self::Exists, Found::Value(_)) | (Self::NotIn(_) | Self::DoesNotExist, Found::Absent) => {
                Some(true)
            }
            (Self::DoesNotExist, Found::Value(_)) | (Self::In(_) | Self::Exists, Found::Absent) => {
                Some(false)
            }
        }
    }
}

/// `app=web,tier in (a, b),!old`, as `kubectl get --selector` takes it.
impl fmt::Display for Selector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Requirement { key, operator }) in self.0.iter().enumerate() {
            out.write_str(if index > 0 { "," } else { "" })?;
            let list = |values: &[Text]| values.join(", ");
            match operator {
                Operator::In(values) if values.len() == 1 => write!(out, "{key}={}", list(values))?,
                Operator::In(values) => write!(out, "{key} in ({})", list(values))?,
                Operator::NotIn(values) => write!(out, "{key} notin ({})", list(values))?,
                Operator::Exists | Operator::Invalid => write!(out, "{key}")?,
                Operator::DoesNotExist => write!(out, "!{key}")?,
            }
        }
        Ok(())
    }
}
