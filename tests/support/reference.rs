//! The reference pages, generated from what the code publishes: schemas, and the pages of the rules.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use wharf::diagnostics::rules;
use wharf::diff::judges;
use wharf::format::{FORMATS, Format};
use wharf::schema::Published;

use super::markdown::anchor;

/// Every key that a file may contain: one table for each mapping, in the order in which a reader meets them.
pub(crate) fn keys(published: &Published) -> String {
    let root = (published.structure)();
    let mut reference = Reference { root: &root, formats: BTreeSet::new(), text: String::new() };
    match root.get("items") {
        Some(item) => reference.section("An entry", "", item),
        None => reference.section("The file", "", &root),
    }
    reference.legend();
    reference.text
}

/// All rules, with the first sentence of their pages.
pub(crate) fn rules() -> String {
    let mut text =
        String::from("| rule | level | can be accepted | what it finds |\n| --- | --- | --- | --- |\n");
    for rule in rules::ALL {
        let summary = rule.page.split("\n\n").nth(1).unwrap_or_default();
        let sentence = summary.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let _ = writeln!(
            text,
            "| [{0}](../src/rules/{0}.md) | {1} | {2} | {3} |",
            rule.name,
            rule.severity.name(),
            if rule.waivable { "yes" } else { "no" },
            cell(sentence)
        );
    }
    text
}

/// The table of all judges.
pub(crate) fn judges() -> String {
    let mut text = String::from("| change | level | what is found |\n| --- | --- | --- |\n");
    for judge in judges::ALL {
        let summary = judge.page.split("\n\n").nth(1).unwrap_or_default();
        let _ = writeln!(
            text,
            "| [{0}](../src/diff/judges/{0}.md) | {1} | {2} |",
            judge.name,
            judge.level.number(),
            cell(summary.trim_end_matches('.'))
        );
    }
    text
}

struct Reference<'r> {
    root: &'r Value,
    formats: BTreeSet<&'static str>,
    text: String,
}

impl<'r> Reference<'r> {
    /// The table of one mapping, and then those of the mappings in it.
    fn section(&mut self, title: &str, path: &str, mapping: &'r Value) {
        let mapping = self.resolve(mapping);
        let heading = if path.is_empty() { title.to_owned() } else { format!("`{path}`") };
        let _ = write!(self.text, "## {heading}\n\n{}\n\n", wrapped("", &words(mapping)));
        self.text.push_str("| key | value | meaning |\n| --- | --- | --- |\n");
        let required: Vec<_> =
            mapping["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties: Vec<_> = mapping["properties"].as_object().into_iter().flatten().collect();
        for (key, property) in &properties {
            let star = if required.contains(&key.as_str()) { ", required" } else { "" };
            let value = self.value(property, &below(path, key));
            let _ = writeln!(self.text, "| `{key}` | {}{star} | {} |", cell(&value), cell(&words(property)));
        }
        self.text.push('\n');
        self.choices(&properties);
        for (key, property) in properties {
            self.mappings(&below(path, key), property);
        }
    }

    /// The meanings of the values of a closed list.
    fn choices(&mut self, properties: &[(&String, &'r Value)]) {
        let before = self.text.len();
        for (key, property) in properties {
            let choices = self.resolve(property.get("items").unwrap_or(property));
            for choice in choices["oneOf"].as_array().into_iter().flatten() {
                let item =
                    format!("`{key}: {}`: {}", choice["const"].as_str().unwrap_or_default(), words(choice));
                let _ = writeln!(self.text, "{}", wrapped("- ", &item));
            }
        }
        if self.text.len() > before {
            self.text.push('\n');
        }
    }

    /// The sections of the mappings below a key.
    fn mappings(&mut self, path: &str, node: &'r Value) {
        let target = self.resolve(node);
        if target.get("properties").is_some() {
            self.section("", path, target);
        } else if let Some(item) = target.get("items") {
            self.mappings(&format!("{path}[]"), item);
        } else if let Some(item) = target.get("additionalProperties").filter(|item| item.is_object()) {
            self.mappings(&format!("{path}.*"), item);
        }
    }

    /// The possible values of a key.
    fn value(&mut self, node: &'r Value, path: &str) -> String {
        let target = self.resolve(node);
        if let Some(choices) = target["oneOf"].as_array() {
            let words: Vec<_> = choices
                .iter()
                .filter_map(|choice| choice["const"].as_str())
                .map(|word| format!("`{word}`"))
                .collect();
            return words.join(", ");
        }
        if target.get("properties").is_some() {
            return format!("[`{path}`](#{})", anchor(path));
        }
        if let Some(item) = target.get("items") {
            return format!("a list: {}", self.value(item, &format!("{path}[]")));
        }
        if let Some(item) = target.get("additionalProperties").filter(|item| item.is_object()) {
            return format!("by name: {}", self.value(item, &format!("{path}.*")));
        }
        match target["type"].as_str() {
            Some("boolean") => "`true` or `false`".into(),
            Some("integer") => "a number".into(),
            Some("object") => "any mapping".into(),
            _ => self.form(target),
        }
    }

    fn form(&mut self, text: &Value) -> String {
        let pattern = text["pattern"].as_str().unwrap_or_default();
        let known = |format: &&Format| {
            format.pattern == pattern && Some(format.max_length as u64) == text["maxLength"].as_u64()
        };
        match FORMATS.iter().find(known) {
            Some(format) if !format.says.starts_with("write ") => {
                self.formats.insert(format.says);
                format.noun.into()
            }
            _ => "a string".into(),
        }
    }

    /// The formats of strings.
    fn legend(&mut self) {
        if self.formats.is_empty() {
            self.text.truncate(self.text.trim_end().len());
            self.text.push('\n');
            return;
        }
        self.text.push_str("## Forms\n\n");
        for says in &self.formats {
            let _ = writeln!(
                self.text,
                "{}",
                wrapped("- ", &format!("{}{}.", says[..1].to_uppercase(), &says[1..]))
            );
        }
    }

    fn resolve(&self, node: &'r Value) -> &'r Value {
        let target =
            node["$ref"].as_str().and_then(|reference| self.root.pointer(reference.trim_start_matches('#')));
        target.unwrap_or(node)
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}

/// The description of a node, on one line.
fn words(node: &Value) -> String {
    node["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph or an item of a list, in lines of at most `MAX_COLUMNS` where words allow it.
fn wrapped(bullet: &str, text: &str) -> String {
    const MAX_COLUMNS: usize = 110;
    let mut lines = vec![bullet.to_owned()];
    for word in text.split(' ') {
        let line = lines.last().map_or("", String::as_str);
        let is_start = line.chars().count() <= bullet.len();
        if !is_start && line.chars().count() + 1 + word.chars().count() > MAX_COLUMNS {
            lines.push(" ".repeat(bullet.len()));
        }
        let Some(line) = lines.last_mut() else { continue };
        if line.chars().count() > bullet.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.join("\n")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
