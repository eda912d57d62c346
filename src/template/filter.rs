//! Filters: `value | name(arguments)`. Each pays for its result before it creates it.

mod list;
mod text;

use super::argument::Arguments;
use super::budget::Budget;
use super::fault::Problem;
use super::output::{json, plain};
use super::value::Value;

/// A filter.
#[derive(Clone, Copy)]
pub(super) struct Filter {
    name: &'static str,
    apply: Apply,
}

type Apply = fn(&Value, &mut Arguments, &mut Budget) -> Result<Value, Problem>;

/// All filters.
const ALL: [Filter; 33] = [
    Filter { name: "abs", apply: abs },
    Filter { name: "bool", apply: |value, _, _| Ok(Value::Bool(value.is_true())) },
    Filter { name: "capitalize", apply: text::capitalize },
    Filter { name: "count", apply: list::length },
    Filter { name: "d", apply: default },
    Filter { name: "default", apply: default },
    Filter { name: "dictsort", apply: list::dictsort },
    Filter { name: "first", apply: list::first },
    Filter { name: "float", apply: float },
    Filter { name: "int", apply: int },
    Filter { name: "items", apply: list::items },
    Filter { name: "join", apply: list::join },
    Filter { name: "last", apply: list::last },
    Filter { name: "length", apply: list::length },
    Filter { name: "list", apply: list::list },
    Filter { name: "lower", apply: text::lower },
    Filter { name: "map", apply: list::map },
    Filter { name: "max", apply: list::max },
    Filter { name: "min", apply: list::min },
    Filter { name: "rejectattr", apply: list::rejectattr },
    Filter { name: "replace", apply: text::replace },
    Filter { name: "reverse", apply: list::reverse },
    Filter { name: "selectattr", apply: list::selectattr },
    Filter { name: "sort", apply: list::sort },
    Filter { name: "split", apply: text::split },
    Filter { name: "string", apply: string },
    Filter { name: "sum", apply: list::sum },
    Filter { name: "title", apply: text::title },
    Filter { name: "tojson", apply: |value, _, budget| Ok(Value::text(&json(value, budget)?)) },
    Filter { name: "trim", apply: text::trim },
    Filter { name: "unique", apply: list::unique },
    Filter { name: "upper", apply: text::upper },
    Filter { name: "values", apply: list::values },
];

/// The names of all filters.
pub const NAMES: [&str; ALL.len()] = {
    let mut names = [""; ALL.len()];
    let mut index = 0;
    while index < ALL.len() {
        names[index] = ALL[index].name;
        index += 1;
    }
    names
};

impl Filter {
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|filter| filter.name == name)
    }

    /// Whether it accepts an undefined value.
    pub(super) fn takes_undefined(self) -> bool {
        matches!(self.name, "d" | "default")
    }

    /// Whether it writes a value as JSON, which is the default output of values.
    pub(super) fn is_json(self) -> bool {
        self.name == "tojson"
    }

    pub(super) fn apply(
        self,
        value: &Value,
        mut arguments: Arguments,
        budget: &mut Budget,
    ) -> Result<Value, Problem> {
        let result = (self.apply)(value, &mut arguments, budget)?;
        arguments.finish()?;
        Ok(result)
    }
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

#[allow(clippy::unnecessary_wraps, reason = "all filters have one signature")]
fn default(value: &Value, arguments: &mut Arguments, _: &mut Budget) -> Result<Value, Problem> {
    let other = arguments.next().unwrap_or_else(|| Value::text(""));
    let also_false = arguments.next().is_some_and(|value| value.is_true()) || arguments.flag("boolean");
    let missing = *value == Value::Undefined || also_false && !value.is_true();
    Ok(if missing { other } else { value.clone() })
}

fn abs(value: &Value, _: &mut Arguments, _: &mut Budget) -> Result<Value, Problem> {
    match value {
        Value::Int(number) => {
            number.checked_abs().map(Value::Int).ok_or_else(|| Problem::operation("the number is too large"))
        }
        Value::Float(number) => Ok(Value::Float(number.abs())),
        _ => Err(not(value, "a number")),
    }
}

fn int(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let other = arguments.next().or_else(|| arguments.named("default"));
    let number = match value {
        Value::Int(number) => Some(*number),
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Float(number) => whole(number.trunc()),
        Value::Text(text) => {
            budget.text(text.len())?;
            text.parse().ok()
        }
        _ => None,
    };
    number.map(Value::Int).or(other).ok_or_else(|| not(value, "a whole number"))
}

/// A float without a fraction as an integer.
fn whole(number: f64) -> Option<i64> {
    format!("{number:.0}").parse().ok()
}

fn float(value: &Value, arguments: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    let other = arguments.next().or_else(|| arguments.named("default"));
    let number = match value {
        Value::Text(text) => {
            budget.text(text.len())?;
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        _ => value.as_number(),
    };
    number.map(Value::Float).or(other).ok_or_else(|| not(value, "a number"))
}

fn string(value: &Value, _: &mut Arguments, budget: &mut Budget) -> Result<Value, Problem> {
    match value {
        Value::Text(_) => Ok(value.clone()),
        _ => {
            let text = plain(value)?;
            budget.text(text.len())?;
            Ok(Value::text(&text))
        }
    }
}

/// A value that is not of the type that a filter takes.
fn not(value: &Value, what: &str) -> Problem {
    Problem::operation(format!("{} is not {what}", value.kind()))
}
