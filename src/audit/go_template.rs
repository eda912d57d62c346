//! The templates of ApplicationSets, as far as they only insert parameters: `{{ path.basename }}` of the
//! older language, `{{ .path.basename }}` of Go templates with a few functions. Text with anything else stays
//! as it is, and counts as unknown.

use std::collections::BTreeMap;

use crate::value::{Map, Text, Value};

/// The parameters of one Application, by their paths: `path.basename`, `path.segments[0]`.
pub(super) type Parameters = BTreeMap<String, String>;

/// A copy of a template with the parameters inserted.
pub(super) fn instantiate(template: &Map, parameters: &Parameters, is_go: bool) -> Map {
    let pair = |(key, value): (&crate::value::Key, &Value)| (key.clone(), of_value(value, parameters, is_go));
    template.iter().map(pair).collect()
}

fn of_value(value: &Value, parameters: &Parameters, is_go: bool) -> Value {
    match value.get() {
        Value::Text(text) if text.contains("{{") => Value::Text(insert(text, parameters, is_go)),
        Value::List(items) => {
            Value::List(items.iter().map(|item| of_value(item, parameters, is_go)).collect())
        }
        Value::Map(map) => Value::Map(instantiate(map, parameters, is_go)),
        other => other.clone(),
    }
}

/// The text with the parameters inserted.
pub(super) fn insert(text: &str, parameters: &Parameters, is_go: bool) -> Text {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((expression, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        let words = expression.trim_matches('-').trim();
        let value = if is_go { go(words, parameters) } else { parameters.get(words).cloned() };
        match value {
            Some(value) => out.push_str(&value),
            None => out.extend(["{{", expression, "}}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    Text::from(out)
}

/// The value of a Go expression.
fn go(expression: &str, parameters: &Parameters) -> Option<String> {
    let mut steps = expression.split('|').map(str::trim);
    let mut value = operand(steps.next()?, parameters)?;
    for step in steps {
        value = match step {
            "lower" => value.to_lowercase(),
            "upper" => value.to_uppercase(),
            "trim" => value.trim().to_owned(),
            "normalize" => normalized(&value),
            "quote" => format!("\"{value}\""),
            "toString" => value,
            _ => return None,
        };
    }
    Some(value)
}

fn operand(text: &str, parameters: &Parameters) -> Option<String> {
    if let Some(rest) = text.strip_prefix("index ") {
        let (list, index) = rest.trim().split_once(' ')?;
        let (list, index) = (list.trim_start_matches('.'), index.trim().trim_matches('"'));
        let named = || parameters.get(&format!("{list}.{index}"));
        return parameters.get(&format!("{list}[{index}]")).or_else(named).cloned();
    }
    parameters.get(text.strip_prefix('.')?).cloned()
}

/// A name as a DNS name (Argo CD 3.5, `SanitizeName`).
pub(super) fn normalized(text: &str) -> String {
    let lower = text.to_lowercase();
    let clean: String = lower
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() || char == '.' { char } else { '-' })
        .collect();
    clean.trim_matches(['-', '.']).to_owned()
}

/// Adds the scalars of a mapping as parameters, by their paths.
pub(super) fn flatten(map: &Map, prefix: &str, parameters: &mut Parameters) {
    for (key, value) in map.iter() {
        add(&format!("{prefix}{}", key.as_str()), value, parameters, 0);
    }
}

fn add(path: &str, value: &Value, parameters: &mut Parameters, depth: usize) {
    let text = match value.get() {
        Value::Text(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Map(map) if depth < 8 => {
            for (key, value) in map.iter() {
                add(&format!("{path}.{}", key.as_str()), value, parameters, depth + 1);
            }
            return;
        }
        Value::List(items) if depth < 8 => {
            for (index, item) in items.iter().enumerate() {
                add(&format!("{path}[{index}]"), item, parameters, depth + 1);
            }
            return;
        }
        _ => return,
    };
    parameters.insert(path.to_owned(), text);
}

#[cfg(test)]
mod tests {
    use super::{Parameters, insert};

    #[test]
    fn parameters_are_inserted_and_anything_else_is_kept() {
        let parameters = Parameters::from([
            ("path.basename".to_owned(), "Web".to_owned()),
            ("path.segments[1]".to_owned(), "b".to_owned()),
            ("path".to_owned(), "a/b".to_owned()),
        ]);
        let old = |text| insert(text, &parameters, false).to_string();
        let go = |text| insert(text, &parameters, true).to_string();
        assert_eq!(old("x-{{ path.basename }}-{{path}}"), "x-Web-a/b");
        assert_eq!(old("{{unknown}} {{ path"), "{{unknown}} {{ path");
        assert_eq!(go("{{ .path.basename | lower }}-{{ index .path.segments 1 }}"), "web-b");
        assert_eq!(go("{{ if .path }}a{{ end }}"), "{{ if .path }}a{{ end }}");
    }
}
