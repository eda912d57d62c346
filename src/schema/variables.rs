//! Variables, which editors see before they are resolved.

use serde_json::Value;

/// What a variable begins with, as a part of a regular expression.
const VARIABLE: &str = r"\$\{[A-Z_]";

/// The schemas of files with variables, by their titles.
const FILES: [&str; 2] = ["wharf applications.yml", "wharf platform.yml"];

/// Accepts a text with a variable wherever a text has a format: what it becomes is not known.
pub(super) fn add(schema: &mut Value) {
    let title = schema["title"].as_str().unwrap_or_default();
    if FILES.contains(&title) {
        accept(schema);
    }
}

fn accept(schema: &mut Value) {
    match schema {
        Value::Object(pairs) => {
            // no key contains a variable
            pairs.iter_mut().filter(|(key, _)| *key != "propertyNames").for_each(|(_, value)| accept(value));
            if let Some(Value::String(pattern)) = pairs.get_mut("pattern")
                && pattern.starts_with('^')
            {
                *pattern = format!("{pattern}|{VARIABLE}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(accept),
        _ => {}
    }
}
