//! The values of templates.

use std::cmp::Ordering;
use std::sync::Arc;

use super::budget::Budget;
use super::fault::Problem;
use crate::value::{Map as CatalogMap, Value as CatalogValue};

/// How deep lists and mappings may be nested: more than in any document, and few enough for every stack.
const MAX_DEPTH: u16 = 128;

/// A value; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// An undefined value.
    #[default]
    Undefined,
    /// `none`
    None,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number; always finite.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list.
    List(Arc<List>),
    /// A mapping.
    Map(Arc<Map>),
}

/// The items of a list.
#[derive(Debug, PartialEq)]
pub struct List {
    pub(super) items: Vec<Value>,
    depth: u16,
}

/// The pairs of a mapping, in the order of their keys.
#[derive(Debug, PartialEq)]
pub struct Map {
    pub(super) pairs: Vec<(Arc<str>, Value)>,
    depth: u16,
}

impl Map {
    /// The value at `key`; pays for each key that is compared.
    pub(super) fn get(&self, key: &str, budget: &mut Budget) -> Result<Option<&Value>, Problem> {
        let compared = usize::BITS - self.pairs.len().leading_zeros();
        budget.text(key.len().saturating_mul(compared as usize))?;
        let found = self.pairs.binary_search_by(|(known, _)| known.as_ref().cmp(key));
        Ok(found.ok().map(|index| &self.pairs[index].1))
    }
}

impl Value {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// A mapping of scalars; the last one of two values with the same key is used.
    pub fn map<'k>(pairs: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::map_of(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect()).unwrap_or_default()
    }

    /// A value of the catalog, and its size: the number of its nodes, and of blocks of 64 bytes of text.
    pub fn of_catalog(value: &CatalogValue) -> (Self, u64) {
        match value {
            CatalogValue::Null => (Self::None, 1),
            CatalogValue::Bool(value) => (Self::Bool(*value), 1),
            CatalogValue::Int(number) => (Self::Int(*number), 1),
            CatalogValue::Float(number) => (Self::Float(*number), 1),
            CatalogValue::Text(text) => (Self::text(text), 1 + text.len() as u64 / 64),
            CatalogValue::List(items) => {
                let (items, sizes): (Vec<_>, Vec<_>) = items.iter().map(Self::of_catalog).unzip();
                (Self::list_of(items).unwrap_or_default(), 1 + sizes.iter().sum::<u64>())
            }
            CatalogValue::Map(map) => Self::of_catalog_map(map),
            CatalogValue::Shared(shared) => Self::of_catalog(shared.content()),
        }
    }

    /// The same for a mapping.
    pub fn of_catalog_map(map: &CatalogMap) -> (Self, u64) {
        let mut size = 1;
        let pair = |(key, value): (&crate::value::Key, &CatalogValue)| {
            let (value, more) = Self::of_catalog(value);
            size += 1 + more + key.len() as u64 / 64;
            (key.as_str().into(), value)
        };
        let pairs = map.iter().map(pair).collect();
        (Self::map_of(pairs).unwrap_or_default(), size)
    }

    /// A list of `items`, which were paid for.
    pub(super) fn list_of(items: Vec<Self>) -> Result<Self, Problem> {
        let depth = deeper(items.iter())?;
        Ok(Self::List(Arc::new(List { items, depth })))
    }

    /// A mapping of `pairs`, which were paid for.
    pub(super) fn map_of(mut pairs: Vec<(Arc<str>, Self)>) -> Result<Self, Problem> {
        let depth = deeper(pairs.iter().map(|(_, value)| value))?;
        // A stable sort, then the last one of each key.
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        pairs.reverse();
        pairs.dedup_by(|(one, _), (other, _)| one == other);
        pairs.reverse();
        Ok(Self::Map(Arc::new(Map { pairs, depth })))
    }

    fn depth(&self) -> u16 {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            _ => 0,
        }
    }

    /// The type of the value, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "an undefined value",
            Self::None => "none",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }

    /// Whether it is true as a condition.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.pairs.is_empty(),
        }
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            #[allow(
                clippy::cast_precision_loss,
                reason = "as every language does that mixes both kinds of numbers"
            )]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The order of two numbers or of two strings; other values have none.
    pub(super) fn order(&self, other: &Self, budget: &mut Budget) -> Result<Ordering, Problem> {
        let none = || Problem::operation(format!("{} and {} have no order", self.kind(), other.kind()));
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => Ok(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => {
                budget.text(one.len().min(other.len()))?;
                Ok(one.cmp(other))
            }
            _ => self
                .as_number()
                .zip(other.as_number())
                .and_then(|(one, other)| one.partial_cmp(&other))
                .ok_or_else(none),
        }
    }

    /// Whether both are equal; an integer may equal a floating-point number.
    pub(super) fn equals(&self, other: &Self, budget: &mut Budget) -> Result<bool, Problem> {
        budget.step()?;
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => {
                budget.text(one.len().min(other.len()))?;
                Ok(one == other)
            }
            (Self::List(one), Self::List(other)) => {
                let same = one.items.len() == other.items.len();
                all(one.items.iter().zip(&other.items), same, |(one, other)| one.equals(other, budget))
            }
            (Self::Map(one), Self::Map(other)) => {
                let same = one.pairs.len() == other.pairs.len();
                all(one.pairs.iter().zip(&other.pairs), same, |((one_key, one), (other_key, other))| {
                    budget.text(one_key.len())?;
                    Ok(one_key == other_key && one.equals(other, budget)?)
                })
            }
            (Self::Int(_) | Self::Float(_), Self::Int(_) | Self::Float(_)) => {
                Ok(self.as_number() == other.as_number())
            }
            _ => Ok(self == other),
        }
    }
}

/// The nesting depth of a collection of `items`.
fn deeper<'v>(items: impl Iterator<Item = &'v Value>) -> Result<u16, Problem> {
    let depth = 1 + items.map(Value::depth).max().unwrap_or(0);
    if depth > MAX_DEPTH {
        Err(Problem::operation(format!("lists and mappings are nested more than {MAX_DEPTH} levels deep")))
    } else {
        Ok(depth)
    }
}

fn all<T>(
    mut pairs: impl Iterator<Item = T>,
    same: bool,
    mut equal: impl FnMut(T) -> Result<bool, Problem>,
) -> Result<bool, Problem> {
    if !same {
        return Ok(false);
    }
    pairs.try_fold(true, |so_far, pair| Ok(so_far && equal(pair)?))
}
