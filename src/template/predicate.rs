//! Tests: `value is name`, with an argument for some.

use super::budget::Budget;
use super::fault::Problem;
use super::operator::Comparison;
use super::value::Value;

/// A test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Predicate {
    Defined,
    Undefined,
    None,
    Boolean,
    True,
    False,
    Number,
    Integer,
    Float,
    String,
    Sequence,
    Mapping,
    Iterable,
    Odd,
    Even,
    DivisibleBy,
    StartingWith,
    EndingWith,
    Compared(Comparison),
}

/// The names of all tests.
pub const NAMES: [&str; 30] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "==",
    "!=",
];

impl Predicate {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "defined" => Self::Defined,
            "undefined" => Self::Undefined,
            "none" => Self::None,
            "boolean" => Self::Boolean,
            "true" => Self::True,
            "false" => Self::False,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "float" => Self::Float,
            "string" => Self::String,
            "sequence" => Self::Sequence,
            "mapping" => Self::Mapping,
            "iterable" => Self::Iterable,
            "odd" => Self::Odd,
            "even" => Self::Even,
            "divisibleby" => Self::DivisibleBy,
            "startingwith" => Self::StartingWith,
            "endingwith" => Self::EndingWith,
            "eq" | "equalto" | "==" => Self::Compared(Comparison::Equal),
            "ne" | "!=" => Self::Compared(Comparison::NotEqual),
            "lt" | "lessthan" => Self::Compared(Comparison::Less),
            "le" => Self::Compared(Comparison::LessOrEqual),
            "gt" | "greaterthan" => Self::Compared(Comparison::Greater),
            "ge" => Self::Compared(Comparison::GreaterOrEqual),
            "in" => Self::Compared(Comparison::In),
            _ => return None,
        })
    }

    /// Whether it accepts an undefined value.
    pub(super) fn takes_undefined(self) -> bool {
        matches!(self, Self::Defined | Self::Undefined)
    }

    /// Whether it compares with an argument.
    pub(super) fn has_argument(self) -> bool {
        matches!(self, Self::DivisibleBy | Self::StartingWith | Self::EndingWith | Self::Compared(_))
    }

    pub(super) fn holds(self, value: &Value, argument: &Value, budget: &mut Budget) -> Result<bool, Problem> {
        Ok(match self {
            Self::Defined => *value != Value::Undefined,
            Self::Undefined => *value == Value::Undefined,
            Self::None => matches!(value, Value::None),
            Self::Boolean => matches!(value, Value::Bool(_)),
            Self::True => matches!(value, Value::Bool(true)),
            Self::False => matches!(value, Value::Bool(false)),
            Self::Number => value.as_number().is_some(),
            Self::Integer => matches!(value, Value::Int(_)),
            Self::Float => matches!(value, Value::Float(_)),
            Self::String => matches!(value, Value::Text(_)),
            Self::Sequence => matches!(value, Value::List(_)),
            Self::Mapping => matches!(value, Value::Map(_)),
            Self::Iterable => matches!(value, Value::List(_) | Value::Map(_)),
            Self::Odd => remainder(value, &Value::Int(2))? != 0,
            Self::Even => remainder(value, &Value::Int(2))? == 0,
            Self::DivisibleBy => remainder(value, argument)? == 0,
            Self::StartingWith => {
                texts(value, argument, budget)?.is_some_and(|(text, part)| text.starts_with(part))
            }
            Self::EndingWith => {
                texts(value, argument, budget)?.is_some_and(|(text, part)| text.ends_with(part))
            }
            Self::Compared(comparison) => comparison.holds(value, argument, budget)?,
        })
    }
}

fn remainder(value: &Value, by: &Value) -> Result<i64, Problem> {
    let numbers =
        if let (Value::Int(number), Value::Int(by)) = (value, by) { number.checked_rem(*by) } else { None };
    numbers.ok_or_else(|| Problem::operation(format!("{} cannot be divided by {}", value.kind(), by.kind())))
}

fn texts<'v>(
    value: &'v Value,
    part: &'v Value,
    budget: &mut Budget,
) -> Result<Option<(&'v str, &'v str)>, Problem> {
    let (Value::Text(text), Value::Text(part)) = (value, part) else { return Ok(None) };
    budget.text(part.len())?;
    Ok(Some((text, part)))
}
