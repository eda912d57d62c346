//! Descriptions in Markdown. yaml-language-server 2.0 escapes the backticks of `description`, and makes a
//! paragraph of each of its lines.

use schemars::Schema;
use serde_json::Value;

/// Makes each paragraph of a description one line.
pub(super) fn unwrap(schema: &mut Schema) {
    let Some(Value::String(text)) = schema.get_mut("description") else { return };
    let paragraphs: Vec<_> =
        text.split("\n\n").map(|text| text.lines().map(str::trim).collect::<Vec<_>>().join(" ")).collect();
    *text = paragraphs.join("\n\n");
}

/// Adds to each description that it is Markdown.
pub(super) fn add(schema: &mut Value) {
    match schema {
        Value::Object(pairs) => {
            pairs.values_mut().for_each(add);
            if let Some(Value::String(text)) = pairs.get("description") {
                let text = text.clone();
                pairs.insert("markdownDescription".into(), text.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(add),
        _ => {}
    }
}
