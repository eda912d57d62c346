//! The output of a template, and the line of the template that each of its lines came from.

use super::budget::Budget;
use super::fault::Problem;
use super::value::Value;

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As JSON, so that none can break out of its YAML field.
    Json,
    /// As plain text; lists and mappings have none.
    Plain,
}

/// The output of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// For each line of the text the line of the template that it came from, both counted from 0.
    pub lines: Vec<usize>,
    /// The offsets in the text where a value begins with a quote.
    pub quotes: Vec<usize>,
}

pub(super) struct Output<'b> {
    style: Style,
    rendered: Rendered,
    /// Whether the last line has more than whitespace.
    begun: bool,
    pub(super) budget: &'b mut Budget,
}

impl<'b> Output<'b> {
    pub(super) fn new(style: Style, budget: &'b mut Budget) -> Self {
        Self { style, rendered: Rendered { lines: vec![0], ..Rendered::default() }, begun: false, budget }
    }

    pub(super) fn finish(self) -> Rendered {
        self.rendered
    }

    /// Writes text of the template, which begins on this line of it.
    pub(super) fn raw(&mut self, text: &str, line: usize) -> Result<(), Problem> {
        self.budget.output(text.len())?;
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.rendered.text.push('\n');
                self.rendered.lines.push(line + index);
                self.begun = false;
            }
            self.mark(part, line + index);
            self.rendered.text.push_str(part);
        }
        Ok(())
    }

    /// Writes the value of an expression on this line of the template.
    pub(super) fn value(&mut self, value: &Value, line: usize) -> Result<(), Problem> {
        let start = self.rendered.text.len();
        if self.style == Style::Json && matches!(value, Value::Text(_)) {
            self.rendered.quotes.push(start);
        }
        match self.style {
            Style::Json => self.json(value)?,
            Style::Plain => self.plain(value)?,
        }
        // JSON stays on one line; plain text may have several.
        let breaks = self.rendered.text[start..].matches('\n').count();
        self.rendered.lines.extend(std::iter::repeat_n(line, breaks));
        self.begun &= breaks == 0;
        self.mark("x", line);
        Ok(())
    }

    /// A line came from the line of its first part that is more than whitespace.
    fn mark(&mut self, piece: &str, line: usize) {
        if !self.begun && !piece.trim().is_empty() {
            self.begun = true;
            if let Some(last) = self.rendered.lines.last_mut() {
                *last = line;
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), Problem> {
        self.budget.output(text.len())?;
        self.rendered.text.push_str(text);
        Ok(())
    }

    fn plain(&mut self, value: &Value) -> Result<(), Problem> {
        match value {
            Value::Text(text) => self.push(text),
            _ => {
                let text = plain(value)?;
                self.push(&text)
            }
        }
    }

    fn json(&mut self, value: &Value) -> Result<(), Problem> {
        self.budget.step()?;
        match value {
            Value::Text(text) => self.quoted(text),
            Value::List(list) => {
                self.push("[")?;
                for (index, item) in list.items.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.json(item)?;
                }
                self.push("]")
            }
            Value::Map(map) => {
                self.push("{")?;
                for (index, (key, item)) in map.pairs.iter().enumerate() {
                    self.push(if index > 0 { "," } else { "" })?;
                    self.quoted(key)?;
                    self.push(":")?;
                    self.json(item)?;
                }
                self.push("}")
            }
            Value::Undefined | Value::None => self.push("null"),
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            _ => {
                let text = plain(value)?;
                self.push(&text)
            }
        }
    }

    fn quoted(&mut self, text: &str) -> Result<(), Problem> {
        self.push("\"")?;
        let mut rest = text;
        while let Some(at) = rest.find(is_escaped) {
            self.push(&rest[..at])?;
            let Some(char) = rest[at..].chars().next() else { break };
            self.push(&escape(char))?;
            rest = &rest[at + char.len_utf8()..];
        }
        self.push(rest)?;
        self.push("\"")
    }
}

/// The text of a scalar value.
pub(super) fn plain(value: &Value) -> Result<std::borrow::Cow<'_, str>, Problem> {
    Ok(match value {
        Value::Text(text) => text.as_ref().into(),
        // As in Python and Jinja2.
        Value::None => "None".into(),
        Value::Bool(value) => if *value { "True" } else { "False" }.into(),
        Value::Int(number) => number.to_string().into(),
        Value::Float(number) => format!("{number:?}").into(),
        Value::Undefined => return Err(Problem::Undefined),
        Value::List(_) | Value::Map(_) => {
            return Err(Problem::operation(format!(
                "{} cannot be written as text; write `| tojson` or `| join`",
                value.kind()
            )));
        }
    })
}

/// Whether `char` needs an escape in JSON, or in YAML, where line breaks of Unicode and control characters
/// end a text.
fn is_escaped(char: char) -> bool {
    char.is_control()
        || matches!(char, '"' | '\\' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn escape(char: char) -> String {
    match char {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        _ => format!("\\u{:04x}", u32::from(char)),
    }
}

/// The JSON of a value, for the filter.
pub(super) fn json(value: &Value, budget: &mut Budget) -> Result<String, Problem> {
    let mut output = Output::new(Style::Json, budget);
    output.json(value)?;
    Ok(output.finish().text)
}
