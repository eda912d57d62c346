//! The JSON Schemas of what users write: for editors, and for the help of findings. The doc comments of the
//! types are the descriptions.

mod choices;
mod completion;
mod condition;
mod description;
mod foreign;
pub(crate) mod help;
mod markdown;
mod node;
mod variables;

use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::platform::Platform;
use crate::profile::Profile;
use crate::promise::Promises;

/// A schema that is published.
#[derive(Debug)]
pub struct Published {
    /// Its short name.
    pub name: &'static str,
    /// The name of its file.
    pub file: &'static str,
    /// What the decoder accepts, and nothing else.
    pub structure: fn() -> Value,
}

impl Published {
    /// The schema as it is published: the structure, with conditions between keys that `wharf check` refuses
    /// too, values to complete, and descriptions in Markdown.
    pub fn schema(&self) -> Value {
        let mut schema = (self.structure)();
        condition::add(&mut schema);
        completion::add(&mut schema);
        choices::add(&mut schema);
        variables::add(&mut schema);
        markdown::add(&mut schema);
        schema
    }
}

/// All schemas that are published.
pub static PUBLISHED: [Published; 4] = [
    Published { name: "applications", file: "applications.schema.json", structure: schema_of::<Catalog> },
    Published { name: "platform", file: "platform.schema.json", structure: schema_of::<Platform> },
    Published { name: "profile", file: "profile.schema.json", structure: schema_of::<Profile> },
    Published { name: "test", file: "test.schema.json", structure: schema_of::<Promises> },
];

/// The text of a published schema.
pub fn text(published: &Published) -> String {
    format!("{:#}\n", published.schema())
}

fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(Plain);
    SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value()
}

/// Adapts schemas to the decoder: a key is omitted or has its type, but is never `null`; numbers have bounds.
#[derive(Clone, Debug)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        drop_null_type(schema);
        drop_null_branch(schema);
        bound_numbers(schema);
        markdown::unwrap(schema);
        // Editors would show `[]` as the ports of an edge, whose default is all ports.
        schema.remove("default");
    }
}

fn drop_null_type(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
}

fn drop_null_branch(schema: &mut Schema) {
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else { return };
    branches.retain(|branch| branch != &json!({ "type": "null" }));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (key, value) in only {
            if schema.get(&key).is_none() {
                schema.insert(key, value);
            }
        }
    }
}

fn bound_numbers(schema: &mut Schema) {
    let (low, high): (i64, i64) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        _ => return,
    };
    schema.remove("format");
    schema.insert("minimum".into(), low.into());
    schema.insert("maximum".into(), high.into());
}
