//! Text that looks like a variable, where the platform has variables.

use crate::value::{Map, Value};

/// The value with `$${NAME}` for `${NAME}` in its texts, which means the text itself.
pub(super) fn escaped(value: Value) -> Value {
    match value {
        Value::Text(text) if text.contains("${") => text.replace("${", "$${").into(),
        Value::List(items) => Value::List(items.into_iter().map(escaped).collect()),
        Value::Map(map) => {
            let pairs = map.iter().map(|(key, value)| (key.clone(), escaped(value.clone())));
            Value::Map(pairs.collect::<Map>())
        }
        other => other,
    }
}
