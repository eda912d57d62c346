//! Filters of lists and mappings.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::predicate::Predicate;
use super::{Arguments, Budget, Problem, Value, not, plain};

/// The items of a list, or the keys of a mapping, paid for.
fn items_of(value: &Value, budget: &mut Budget) -> Result<Vec<Value>, Problem> {
    match value {
        Value::List(list) => {
            budget.items(list.items.len())?;
            Ok(list.items.clone())
        }
        Value::Map(map) => {
            budget.items(map.pairs.len())?;
            Ok(map.pairs.iter().map(|(key, _)| Value::Text(key.clone())).collect())
        }
        _ => Err(not(value, "a list")),
    }
}

fn pairs_of<'v>(value: &'v Value, budget: &mut Budget) -> Result<&'v [(Arc<str>, Value)], Problem> {
    let Value::Map(map) = value else { return Err(not(value, "a mapping")) };
    budget.items(map.pairs.len().saturating_mul(4))?;
    Ok(&map.pairs)
}

pub(super) fn length(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let length = match value {
        Value::Text(text) => {
            budget.text(text.len())?;
            text.chars().count()
        }
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.pairs.len(),
        _ => return Err(not(value, "text, a list or a mapping")),
    };
    i64::try_from(length).map(Value::Int).map_err(|_| Problem::Steps)
}

pub(super) fn list(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    Value::list_of(items_of(value, budget)?)
}

pub(super) fn first(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    end(value, budget, |text| text.chars().next(), <[Value]>::first)
}

pub(super) fn last(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    has_an_end(value)?;
    end(value, budget, |text| text.chars().next_back(), <[Value]>::last)
}

/// A mapping has an order, but no meaningful end.
fn has_an_end(value: &Value) -> Result<(), Problem> {
    if matches!(value, Value::Map(_)) { Err(not(value, "text or a list")) } else { Ok(()) }
}

fn end(
    value: &Value,
    budget: &mut Budget,
    char: fn(&str) -> Option<char>,
    item: fn(&[Value]) -> Option<&Value>,
) -> Result<Value, Problem> {
    match value {
        Value::Text(text) => Ok(char(text).map_or(Value::Undefined, |char| Value::text(&char.to_string()))),
        Value::List(list) => Ok(item(&list.items).cloned().unwrap_or_default()),
        _ => Ok(item(&items_of(value, budget)?).cloned().unwrap_or_default()),
    }
}

pub(super) fn reverse(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    if let Value::Text(text) = value {
        budget.text(text.len())?;
        return Ok(Value::text(&text.chars().rev().collect::<String>()));
    }
    has_an_end(value)?;
    let mut items = items_of(value, budget)?;
    items.reverse();
    Value::list_of(items)
}

pub(super) fn join(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let separator = arguments.text()?.unwrap_or_default();
    let mut joined = String::new();
    for (index, item) in items_of(value, budget)?.iter().enumerate() {
        let text = plain(item)?;
        let separator = if index > 0 { separator.as_str() } else { "" };
        budget.text(separator.len() + text.len())?;
        joined.push_str(separator);
        joined.push_str(&text);
    }
    Ok(Value::Text(joined.into()))
}

/// Pairs as lists of key and value.
pub(super) fn items(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let pair =
        |(key, value): &(Arc<str>, Value)| Value::list_of(vec![Value::Text(key.clone()), value.clone()]);
    Value::list_of(pairs_of(value, budget)?.iter().map(pair).collect::<Result<_, _>>()?)
}

/// The same in the order of the keys, or of the values.
pub(super) fn dictsort(
    value: &Value,
    arguments: &mut Arguments,
    budget: &mut Budget,
) -> Result<Value, Problem> {
    let by_value = matches!(arguments.named("by"), Some(Value::Text(by)) if by.as_ref() == "value");
    let backwards = arguments.flag("reverse");
    let mut pairs = pairs_of(value, budget)?.to_vec();
    if by_value {
        sort_by(&mut pairs, |one, other| one.1.order(&other.1, budget))?;
    }
    if backwards {
        pairs.reverse();
    }
    let pair = |(key, value): (Arc<str>, Value)| Value::list_of(vec![Value::Text(key), value]);
    Value::list_of(pairs.into_iter().map(pair).collect::<Result<_, _>>()?)
}

pub(super) fn values(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    Value::list_of(pairs_of(value, budget)?.iter().map(|(_, value)| value.clone()).collect())
}

pub(super) fn sort(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let backwards = arguments.flag("reverse");
    let attribute = attribute(arguments)?;
    let mut items = items_of(value, budget)?;
    let key = |item: &Value, budget: &mut Budget| at(item, attribute.as_deref(), budget);
    sort_by(&mut items, |one, other| key(one, budget)?.order(&key(other, budget)?, budget))?;
    if backwards {
        items.reverse();
    }
    Value::list_of(items)
}

/// Sorts, and returns the first problem of a comparison: after it everything compares as equal, so that the
/// sort ends soon.
fn sort_by<T>(
    items: &mut [T],
    mut order: impl FnMut(&T, &T) -> Result<Ordering, Problem>,
) -> Result<(), Problem> {
    let mut problem = None;
    let mut compare = |one: &T, other: &T| {
        if problem.is_some() {
            return Ordering::Equal;
        }
        order(one, other).unwrap_or_else(|fault| {
            problem = Some(fault);
            Ordering::Equal
        })
    };
    items.sort_by(&mut compare);
    problem.map_or(Ok(()), Err)
}

pub(super) fn min(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    extreme(value, budget, Ordering::Less)
}

pub(super) fn max(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    extreme(value, budget, Ordering::Greater)
}

fn extreme(value: &Value, budget: &mut Budget, wanted: Ordering) -> Result<Value, Problem> {
    let mut best = Value::Undefined;
    for item in items_of(value, budget)? {
        if best == Value::Undefined || item.order(&best, budget)? == wanted {
            best = item;
        }
    }
    Ok(best)
}

pub(super) fn sum(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let items = items_of(value, budget)?;
    items
        .iter()
        .try_fold(Value::Int(0), |sum, item| super::super::operator::Binary::Add.apply(&sum, item, budget))
}

pub(super) fn unique(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let mut seen: Vec<Value> = Vec::new();
    for item in items_of(value, budget)? {
        let known = seen.iter().try_fold(false, |known, other| Ok(known || other.equals(&item, budget)?))?;
        if !known {
            seen.push(item);
        }
    }
    Value::list_of(seen)
}

/// One attribute of each item.
pub(super) fn map(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let Some(attribute) = attribute(arguments)? else {
        return Err(Problem::operation("`map` needs `attribute`"));
    };
    let other = arguments.named("default");
    let items = items_of(value, budget)?;
    let one = |item: &Value| match at(item, Some(&attribute), budget)? {
        Value::Undefined => {
            other.clone().ok_or_else(|| Problem::operation(format!("an item has no `{attribute}`")))
        }
        found => Ok(found),
    };
    Value::list_of(items.iter().map(one).collect::<Result<_, _>>()?)
}

pub(super) fn selectattr(
    value: &Value,
    arguments: &mut Arguments,
    budget: &mut Budget,
) -> Result<Value, Problem> {
    select(value, arguments, budget, true)
}

pub(super) fn rejectattr(
    value: &Value,
    arguments: &mut Arguments,
    budget: &mut Budget,
) -> Result<Value, Problem> {
    select(value, arguments, budget, false)
}

/// The items whose attribute is true, or passes a test.
fn select(
    value: &Value,
    arguments: &mut Arguments,
    budget: &mut Budget,
    wanted: bool,
) -> Result<Value, Problem> {
    let attribute = arguments.needed("an attribute")?;
    let test = arguments.text()?;
    let test = test
        .map(|name| {
            Predicate::named(&name).ok_or_else(|| Problem::operation(format!("there is no test `{name}`")))
        })
        .transpose()?;
    let argument = arguments.next().unwrap_or_default();
    let mut kept = Vec::new();
    for item in items_of(value, budget)? {
        let found = at(&item, Some(&attribute), budget)?;
        if test.map_or(Ok(found.is_true()), |test| test.holds(&found, &argument, budget))? == wanted {
            kept.push(item);
        }
    }
    Value::list_of(kept)
}

fn attribute(arguments: &mut Arguments) -> Result<Option<String>, Problem> {
    arguments.named("attribute").map(|value| plain(&value).map(std::borrow::Cow::into_owned)).transpose()
}

/// The value at a key of an item; without a key the item itself.
fn at(item: &Value, attribute: Option<&str>, budget: &mut Budget) -> Result<Value, Problem> {
    let Some(attribute) = attribute else { return Ok(item.clone()) };
    let Value::Map(map) = item else { return Err(not(item, "a mapping")) };
    Ok(map.get(attribute, budget)?.cloned().unwrap_or_default())
}
