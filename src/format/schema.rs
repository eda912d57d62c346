//! The JSON Schema of a format.

use schemars::{Schema, json_schema};

use super::by_name;

/// The schema of the format of the type with this name.
pub(crate) fn schema(name: &str) -> Schema {
    let Some(format) = by_name(name) else { return Schema::default() };
    let mut schema =
        json_schema!({ "type": "string", "pattern": format.pattern, "maxLength": format.max_length });
    if format.integers {
        schema.insert("type".into(), serde_json::json!(["integer", "string"]));
        let greatest: u32 = if (format.check)("99999") { 99_999 } else { u16::MAX.into() };
        schema.insert("minimum".into(), 0.into());
        schema.insert("maximum".into(), greatest.into());
    }
    schema
}
