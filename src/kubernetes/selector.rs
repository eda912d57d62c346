//! Label selectors: `matchLabels` and `matchExpressions`.

use super::resource::{at, items_at, maps_at, text, text_at};
use crate::value::{Map, Value};

/// Whether a selector matches these labels. An empty one selects everything.
pub fn selects<'l>(selector: &Map, label: impl Fn(&str) -> Option<&'l str>) -> bool {
    let labels = at(selector, &["matchLabels"]).and_then(Value::map);
    let equal = labels.is_none_or(|labels| labels.iter().all(|(key, value)| label(key) == text(value)));
    equal && maps_at(selector, &["matchExpressions"]).all(|expression| holds(expression, &label))
}

fn holds<'l>(expression: &Map, label: &impl Fn(&str) -> Option<&'l str>) -> bool {
    let found = label(text_at(expression, &["key"]).unwrap_or_default());
    let listed =
        || items_at(expression, &["values"]).iter().filter_map(text).any(|value| Some(value) == found);
    match text_at(expression, &["operator"]) {
        Some("In") => found.is_some() && listed(),
        Some("NotIn") => !listed(),
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => false,
    }
}
