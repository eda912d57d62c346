//! Conditions between keys of a mapping, for editors. `wharf check` refuses what they refuse, with a reason.

use serde_json::{Value, json};

/// A key that makes others required.
struct Condition {
    /// The type of the mapping.
    mapping: &'static str,
    key: &'static str,
    /// Its value as YAML; any value if there is none.
    value: Option<Scalar>,
    /// The keys that are required then, each with its value if it must have one.
    required: &'static [(&'static str, Option<Scalar>)],
}

/// A value of a condition.
#[derive(Clone, Copy)]
enum Scalar {
    Text(&'static str),
    Truth(bool),
}

impl Scalar {
    fn schema(self) -> Value {
        match self {
            Self::Text(text) => json!({ "const": text }),
            Self::Truth(truth) => json!({ "const": truth }),
        }
    }
}

const REASON: &[(&str, Option<Scalar>)] = &[("reason", None)];
const OF_CHARTS: &[(&str, Option<Scalar>)] = &[("repoURL", None), ("targetRevision", None)];

static CONDITIONS: [Condition; 7] = [
    condition("Route", "auth", Some(Scalar::Text("none")), REASON),
    condition("RoutePath", "auth", Some(Scalar::Text("none")), REASON),
    condition("Route", "scheme", Some(Scalar::Text("https")), &[("backendTls", None)]),
    condition("NetworkPolicies", "profile", Some(Scalar::Text("none")), REASON),
    condition("Entry", "enabled", Some(Scalar::Truth(false)), &[("toggleable", Some(Scalar::Truth(true)))]),
    condition("Application", "chart", None, OF_CHARTS),
    condition("Source", "chart", None, OF_CHARTS),
];

const fn condition(
    mapping: &'static str,
    key: &'static str,
    value: Option<Scalar>,
    required: &'static [(&'static str, Option<Scalar>)],
) -> Condition {
    Condition { mapping, key, value, required }
}

/// Mappings of which exactly one of some keys is required.
static ONE_OF: [(&str, &[&str]); 4] = [
    ("Egress", &["namespace", "to", "cidr", "host", "fqdn"]),
    ("Ingress", &["from", "cidr"]),
    ("Route", &["service", "redirect"]),
    ("SecretTemplateFile", &["configMap", "secret"]),
];

/// Adds the conditions of each mapping.
pub(super) fn add(schema: &mut Value) {
    let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) else { return };
    for (name, definition) in definitions {
        let Value::Object(definition) = definition else { continue };
        let own = CONDITIONS.iter().filter(|condition| condition.mapping == name);
        let conditions: Vec<_> = own.map(Condition::schema).collect();
        if !conditions.is_empty() {
            definition.insert("allOf".into(), conditions.into());
        }
        if let Some((_, keys)) = ONE_OF.iter().find(|(mapping, _)| mapping == name) {
            let branches: Vec<_> = keys.iter().map(|key| json!({ "required": [key] })).collect();
            definition.insert("oneOf".into(), branches.into());
        }
    }
}

impl Condition {
    fn schema(&self) -> Value {
        let value = self.value.map_or_else(|| json!({}), Scalar::schema);
        let names: Vec<_> = self.required.iter().map(|(name, _)| *name).collect();
        let values: serde_json::Map<_, _> = self
            .required
            .iter()
            .filter_map(|(name, value)| Some(((*name).to_owned(), value.as_ref()?.schema())))
            .collect();
        json!({
            "if": { "properties": { self.key: value }, "required": [self.key] },
            "then": { "properties": values, "required": names },
        })
    }
}
