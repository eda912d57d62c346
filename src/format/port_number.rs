//! The number of one port, quoted or not.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use super::PortDigits;

/// The number of one port. `80` and `"80"` mean the same, as in a list of ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortNumber(pub u16);

impl<'de> Deserialize<'de> for PortNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = PortDigits::deserialize(deserializer)?;
        // What is not a number has been reported.
        Ok(Self(digits.parse().unwrap_or_default()))
    }
}

impl JsonSchema for PortNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PortNumber".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        PortDigits::json_schema(generator)
    }
}
