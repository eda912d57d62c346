//! Text that looks like a variable, and text that variables pass through, where the platform has variables.

use crate::platform::Platform;
use crate::value::{Map, Value};

/// The variables of a platform, as far as they concern what a catalog contains.
#[derive(Clone, Debug)]
pub(super) struct Variables {
    /// The texts that manifests contain in place of a variable, with its name; longer ones first.
    passed: Vec<(String, String)>,
}

impl Variables {
    /// The variables of a platform; nothing if it has none.
    pub(super) fn of(platform: &Platform) -> Option<Self> {
        let variables = platform.variables.iter();
        let passed =
            variables.filter_map(|(name, variable)| Some((variable.passthrough.clone()?, name.clone())));
        let mut passed: Vec<_> = passed.filter(|(text, _)| !text.is_empty()).collect();
        passed.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        (!platform.variables.is_empty()).then_some(Self { passed })
    }

    /// The value with `${NAME}` for what a variable passes through, and with `$${` for any other `${`, which
    /// means the text itself.
    pub(super) fn written(&self, value: Value) -> Value {
        match value {
            Value::Text(text) if self.is_concerned(&text) => self.text(&text).into(),
            Value::List(items) => Value::List(items.into_iter().map(|item| self.written(item)).collect()),
            Value::Map(map) => {
                let pairs = map.iter().map(|(key, value)| (key.clone(), self.written(value.clone())));
                Value::Map(pairs.collect::<Map>())
            }
            other => other,
        }
    }

    fn is_concerned(&self, text: &str) -> bool {
        text.contains("${") || self.passed.iter().any(|(passed, _)| text.contains(passed))
    }

    fn text(&self, text: &str) -> String {
        let found =
            self.passed.iter().find_map(|(passed, name)| Some((text.split_once(passed.as_str())?, name)));
        match found {
            Some(((before, after), name)) => format!("{}${{{name}}}{}", self.text(before), self.text(after)),
            None => text.replace("${", "$${"),
        }
    }
}
