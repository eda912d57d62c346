//! Closed lists of values, with the meaning of each.

use serde_json::{Map, Value};

/// Writes each closed list as one `enum`. As separate schemas, yaml-language-server 2.0 shows the meaning of
/// the current value in place of the description of the key.
pub(super) fn add(schema: &mut Value) {
    match schema {
        Value::Object(pairs) => {
            pairs.values_mut().for_each(add);
            if let Some(meanings) = pairs.get("oneOf").and_then(meanings) {
                pairs.remove("oneOf");
                pairs.insert("type".into(), "string".into());
                describe(pairs, meanings);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(add),
        _ => {}
    }
}

/// Allows these values only, each with its meaning.
pub(super) fn describe(schema: &mut Map<String, Value>, meanings: Vec<(Value, Value)>) {
    let (values, meanings): (Vec<_>, Vec<_>) = meanings.into_iter().unzip();
    schema.insert("enum".into(), values.into());
    schema.insert("enumDescriptions".into(), meanings.clone().into());
    schema.insert("markdownEnumDescriptions".into(), meanings.into());
}

/// The values of a list of constants, with their meanings.
fn meanings(branches: &Value) -> Option<Vec<(Value, Value)>> {
    let pair = |branch: &Value| Some((branch.get("const")?.clone(), branch.get("description")?.clone()));
    branches.as_array()?.iter().map(pair).collect()
}
