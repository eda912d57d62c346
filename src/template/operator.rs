//! Binary operators.

use std::cmp::Ordering;
use std::sync::Arc;

use super::budget::Budget;
use super::fault::Problem;
use super::output::plain;
use super::value::Value;

/// An operator that computes a value from two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Concat,
}

/// An operator that compares two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

impl Binary {
    fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Concat => "~",
        }
    }

    pub(super) fn apply(self, one: &Value, other: &Value, budget: &mut Budget) -> Result<Value, Problem> {
        match (self, one, other) {
            (Self::Concat, ..) => concat(&plain(one)?, &plain(other)?, budget),
            (Self::Add, Value::Text(one), Value::Text(other)) => concat(one, other, budget),
            (Self::Add, Value::List(one), Value::List(other)) => {
                budget.items(one.items.len() + other.items.len())?;
                Value::list_of(one.items.iter().chain(&other.items).cloned().collect())
            }
            (Self::Multiply, Value::Text(text), Value::Int(count))
            | (Self::Multiply, Value::Int(count), Value::Text(text)) => repeat(text, *count, budget),
            (Self::Divide, ..) => self.floats(one, other),
            (_, Value::Int(one), Value::Int(other)) => self.ints(*one, *other).map(Value::Int),
            _ => self.floats(one, other),
        }
    }

    fn ints(self, one: i64, other: i64) -> Result<i64, Problem> {
        let result = match self {
            Self::Add => one.checked_add(other),
            Self::Subtract => one.checked_sub(other),
            Self::Multiply => one.checked_mul(other),
            Self::FloorDivide => floor_divide(one, other),
            Self::Remainder => {
                floor_divide(one, other).and_then(|quotient| one.checked_sub(quotient.checked_mul(other)?))
            }
            Self::Power => u32::try_from(other).ok().and_then(|other| one.checked_pow(other)),
            Self::Divide | Self::Concat => None,
        };
        result.ok_or_else(|| Problem::operation(format!("`{one} {} {other}` has no result", self.sign())))
    }

    fn floats(self, one: &Value, other: &Value) -> Result<Value, Problem> {
        let undefined = || {
            Problem::operation(format!(
                "`{}` is not defined for {} and {}",
                self.sign(),
                one.kind(),
                other.kind()
            ))
        };
        let (Some(left), Some(right)) = (one.as_number(), other.as_number()) else { return Err(undefined()) };
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::FloorDivide => (left / right).floor(),
            Self::Remainder => left - right * (left / right).floor(),
            Self::Power => left.powf(right),
            Self::Concat => return Err(undefined()),
        };
        if result.is_finite() {
            Ok(Value::Float(result))
        } else {
            Err(Problem::operation(format!("`{left} {} {right}` has no result", self.sign())))
        }
    }
}

impl Comparison {
    pub(super) fn holds(self, one: &Value, other: &Value, budget: &mut Budget) -> Result<bool, Problem> {
        Ok(match self {
            Self::Equal => one.equals(other, budget)?,
            Self::NotEqual => !one.equals(other, budget)?,
            Self::Less => one.order(other, budget)? == Ordering::Less,
            Self::LessOrEqual => one.order(other, budget)? != Ordering::Greater,
            Self::Greater => one.order(other, budget)? == Ordering::Greater,
            Self::GreaterOrEqual => one.order(other, budget)? != Ordering::Less,
            Self::In => contains(other, one, budget)?,
            Self::NotIn => !contains(other, one, budget)?,
        })
    }
}

fn contains(whole: &Value, part: &Value, budget: &mut Budget) -> Result<bool, Problem> {
    match (whole, part) {
        (Value::Text(text), Value::Text(part)) => {
            budget.text(text.len() + part.len())?;
            Ok(text.contains(part.as_ref()))
        }
        (Value::List(list), _) => {
            list.items.iter().try_fold(false, |found, item| Ok(found || item.equals(part, budget)?))
        }
        (Value::Map(map), Value::Text(key)) => Ok(map.get(key, budget)?.is_some()),
        _ => Err(Problem::operation(format!("`in` is not defined for {} in {}", part.kind(), whole.kind()))),
    }
}

fn concat(one: &str, other: &str, budget: &mut Budget) -> Result<Value, Problem> {
    budget.text(one.len() + other.len())?;
    Ok(Value::Text([one, other].concat().into()))
}

fn repeat(text: &str, count: i64, budget: &mut Budget) -> Result<Value, Problem> {
    let count = usize::try_from(count)
        .map_err(|_| Problem::operation("text cannot be repeated a negative number of times"))?;
    budget.text(text.len().saturating_mul(count))?;
    Ok(Value::Text(Arc::from(text.repeat(count))))
}

/// The quotient rounded down, as in Python.
fn floor_divide(one: i64, other: i64) -> Option<i64> {
    let quotient = one.checked_div(other)?;
    let exact = one.checked_rem(other)? == 0;
    if exact || (one < 0) == (other < 0) { Some(quotient) } else { quotient.checked_sub(1) }
}
