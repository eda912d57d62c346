//! The user's templates: minijinja that becomes YAML, compiled once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::Entry;
use crate::catalog::TemplateUse;
use crate::diagnostics::Finding;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::{did_you_mean_of_many, either, shorten};
use crate::diagnostics::{FileId, Location};
use crate::format::is_dns_label;
use crate::syntax::Document;
use crate::value::Text;

/// How much work one use of a template may do, in steps of minijinja's machine. It does not count how long a
/// text gets that is joined to itself again and again; the filters that lengthen a text in one step are taken
/// away.
const MAX_FUEL: u64 = 50_000;

/// How much text may come of one use, in bytes: as much as any file but the catalog may hold.
const MAX_LENGTH: usize = 256 << 10;

/// Filters that lengthen a text without bound in one step, and the one that lets a value break out of its
/// field.
const DENIED_FILTERS: [&str; 5] = ["center", "format", "indent", "replace", "safe"];

/// All templates, by name.
#[derive(Debug, Default)]
pub struct Templates {
    environment: Environment<'static>,
    all: BTreeMap<Text, Template>,
}

/// A template.
#[derive(Debug)]
pub struct Template {
    /// Where the user wrote it.
    pub file: FileId,
    /// What it says.
    pub text: String,
    /// Whether it could be understood.
    pub valid: bool,
}

impl Templates {
    /// The templates of `documents`.
    pub fn new<'d>(
        documents: impl Iterator<Item = (&'d str, &'d Document<'d>)>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut this = Self { environment: environment(), all: BTreeMap::new() };
        for (name, document) in documents {
            if !is_dns_label(name) {
                let finding = rules::UNKNOWN_TEMPLATE
                    .at(Location::root(document.file), format!("a template cannot be called `{name}`"));
                findings.push(
                    finding.help("name the file as a DNS label: lower-case letters, digits and dashes"),
                );
            }
            let faults = findings.len();
            findings.extend(without_escape(document));
            if let Some(finding) = long_tag(document) {
                findings.push(finding);
            } else if let Err(error) =
                this.environment.add_template_owned(name.to_owned(), document.text.to_owned())
            {
                findings.push(fault(&error, document.file, document.text));
            }
            let template = Template {
                file: document.file,
                text: document.text.to_owned(),
                valid: faults == findings.len(),
            };
            this.all.insert(name.to_owned().into(), template);
        }
        this
    }

    /// The template with this name.
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.all.get(&Text::from(name.to_owned()))
    }

    /// What comes of a template with these words.
    ///
    /// # Errors
    /// If it cannot be filled in.
    pub fn render(&self, name: &str, words: &Value) -> Result<String, Error> {
        write(&self.environment.get_template(name)?, words)
    }

    /// What comes of another text of a template with these words.
    ///
    /// # Errors
    /// If it cannot be filled in.
    pub fn render_text(&self, text: &str, words: &Value) -> Result<String, Error> {
        write(&self.environment.template_from_str(text)?, words)
    }

    /// Finds uses of templates that do not exist, and templates without a use.
    pub(super) fn check_uses(&self, entries: &[Entry], findings: &mut Vec<Finding>) {
        let mut used = BTreeSet::new();
        for entry in entries {
            let of_applications = entry
                .applications
                .iter()
                .map(|application| (&application.location, &application.written.templates));
            for (location, uses) in [(&entry.location, &entry.templates)].into_iter().chain(of_applications) {
                for (index, item) in uses.iter().enumerate() {
                    used.insert(item.name.0.as_str());
                    if self.get(&item.name).is_none() {
                        findings.push(self.unknown(
                            item,
                            location.key("templates").index(index).key("name"),
                            findings,
                        ));
                    }
                }
            }
        }
        for (name, template) in self.all.iter().filter(|(name, _)| !used.contains(name.as_str())) {
            let finding = rules::UNUSED_TEMPLATE
                .at(Location::root(template.file), format!("nothing uses the template `{name}`"));
            findings.push(
                finding
                    .note("no object comes of it")
                    .help("name it in the `templates` of an entry or an application, or remove the file"),
            );
        }
    }

    fn unknown(&self, item: &TemplateUse, location: Location, findings: &[Finding]) -> Finding {
        let finding =
            rules::UNKNOWN_TEMPLATE.at(location, format!("there is no template `{}`", shorten(&item.name)));
        let names = || self.all.keys().map(Text::as_str);
        finding.help(did_you_mean_of_many(findings, &item.name, names()).unwrap_or_else(|| {
            match self.all.len() {
                0 => format!("write it: `templates/{}.yml`", &*item.name),
                _ => format!("write one of {}", either(names())),
            }
        }))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Json);
    environment.set_fuel(Some(MAX_FUEL));
    for filter in DENIED_FILTERS {
        environment.remove_filter(filter);
    }
    environment.remove_global("debug");
    environment
}

/// A block that switches the escaping off would let a value break out of its field.
fn without_escape(document: &Document<'_>) -> Option<Finding> {
    let word = |(at, _): (usize, &str)| {
        let tag = document.text[at + 2..].trim_start_matches(['-', '+']).trim_start();
        tag.starts_with("autoescape").then(|| document.text.len() - tag.len())
    };
    let start = document.text.match_indices("{%").find_map(word)?;
    let location = Location::bytes(document.file, start, start + "autoescape".len());
    let finding = rules::INVALID_TEMPLATE.at(location, "values are always escaped");
    Some(finding.note("without it a value could break out of its field").help("remove the block"))
}

/// How long an expression may be, in bytes: minijinja takes a step deeper for each operator, and its stack
/// has an end.
const MAX_TAG_LENGTH: usize = 1000;

/// The first expression or statement that is too long.
fn long_tag(document: &Document<'_>) -> Option<Finding> {
    let text = document.text.as_bytes();
    let (mut start, mut quote, mut at) = (None, None, 0);
    while at < text.len() {
        let (byte, pair) = (text[at], text.get(at..at + 2).unwrap_or_default());
        match (start, quote) {
            (None, _) if matches!(pair, b"{{" | b"{%") => start = Some(at),
            (Some(_), Some(open)) if byte == open => quote = None,
            (Some(_), Some(_)) if byte == b'\\' => at += 1,
            (Some(_), None) if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            (Some(_), None) if matches!(pair, b"}}" | b"%}") => start = None,
            _ => {}
        }
        if let Some(start) = start.filter(|start| at - start > MAX_TAG_LENGTH) {
            let finding = rules::INVALID_TEMPLATE.at(
                Location::bytes(document.file, start, start + 2),
                "this expression is longer than 1,000 bytes",
            );
            return Some(finding.help("put long values into the `values` of the use"));
        }
        at += 1;
    }
    None
}

impl Template {
    /// The finding for what minijinja refuses of it.
    pub(crate) fn fault(&self, error: &Error) -> Finding {
        fault(error, self.file, &self.text)
    }
}

fn fault(error: &Error, file: FileId, text: &str) -> Finding {
    let whole = error
        .range()
        .filter(|range| text.get(range.clone()).is_some_and(|word| !word.is_empty() && !word.contains('\n')));
    let span = whole.clone().unwrap_or_else(|| line(text, error.line().unwrap_or(1).saturating_sub(1)));
    let word = whole.and_then(|range| text.get(range)).map(shorten);
    let message = match (error.kind(), word) {
        (ErrorKind::UndefinedError, Some(word)) => format!("nothing is called `{word}` here"),
        (ErrorKind::OutOfFuel, _) => format!("this template takes more than {MAX_FUEL} steps"),
        (ErrorKind::WriteFailure, _) => "more than 256 KiB come of this template".to_owned(),
        _ => format!(
            "this template cannot be filled in: {}",
            error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
        ),
    };
    let finding = rules::INVALID_TEMPLATE.at(Location::bytes(file, span.start, span.end), message);
    match error.kind() {
        ErrorKind::UndefinedError => {
            finding.help("a template may use `entry`, `platform` and its `values`, and `application` where an application uses it")
        }
        _ => finding,
    }
}

/// The bytes of a line, counted from 0, without the blanks around it.
pub(crate) fn line(text: &str, number: usize) -> std::ops::Range<usize> {
    let Some(line) = text.lines().nth(number) else { return 0..0 };
    let start = text.split_inclusive('\n').take(number).map(str::len).sum::<usize>()
        + (line.len() - line.trim_start().len());
    start..start + line.trim().len()
}

fn write(template: &minijinja::Template<'_, '_>, words: &Value) -> Result<String, Error> {
    let mut out = Bounded(Vec::new());
    template.render_captured_to(words.clone(), &mut out)?;
    Ok(printable(String::from_utf8(out.0).unwrap_or_default()))
}

/// The text with escapes for the characters that JSON lets stand in a text and YAML does not.
fn printable(text: String) -> String {
    let odd = |char: char| {
        matches!(char, '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    };
    if !text.contains(odd) {
        return text;
    }
    text.chars()
        .map(|char| if odd(char) { format!("\\u{:04x}", u32::from(char)) } else { char.to_string() })
        .collect()
}

/// A text that refuses to get too long.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_LENGTH {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
