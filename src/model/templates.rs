//! The user's templates, each parsed once.

use std::collections::{BTreeMap, BTreeSet};

use super::Entry;
use crate::catalog::TemplateUse;
use crate::diagnostics::suggestion::{did_you_mean_of_many, either, shorten};
use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::format::is_dns_label;
use crate::syntax::Document;
use crate::template::{Budget, Fault, Problem, Program, Rendered, Style, Value};
use crate::value::Text;

/// How many steps one use of a template may take.
pub(crate) const MAX_STEPS: u64 = 50_000;

/// The maximum output of one use, in bytes: that of any file but the catalog.
pub(crate) const MAX_OUTPUT: usize = 256 << 10;

/// The maximum length of all templates together, in bytes: the tree of each takes about thirty times as much
/// memory.
const MAX_TEXT: usize = 2 << 20;

/// All templates, by name.
#[derive(Debug, Default)]
pub struct Templates {
    all: BTreeMap<Text, Template>,
}

/// A template.
#[derive(Debug)]
pub struct Template {
    /// Its file.
    pub file: FileId,
    /// Its text.
    pub text: String,
    /// The parsed program, if it is valid.
    program: Option<Program>,
}

impl Templates {
    /// The templates of `documents`.
    pub fn new<'d>(documents: impl Iterator<Item = (&'d str, &'d Document)>, findings: &mut Sink) -> Self {
        let mut all = BTreeMap::new();
        let mut remaining = MAX_TEXT;
        for (name, document) in documents {
            if !is_dns_label(name) {
                let finding = rules::UNKNOWN_TEMPLATE
                    .at(Location::root(document.file), format!("a template cannot be called `{name}`"));
                findings.push(
                    finding.help("name the file as a DNS label: lower-case letters, digits and dashes"),
                );
            }
            let mut template = Template { file: document.file, text: document.text.clone(), program: None };
            if let Some(left) = remaining.checked_sub(document.text.len()) {
                remaining = left;
                match Program::parse(&document.text) {
                    Ok(program) => template.program = Some(program),
                    Err(fault) => findings.push(template.fault(&fault)),
                }
            } else {
                let finding = rules::INVALID_TEMPLATE
                    .at(Location::root(document.file), "the templates are longer than 2 MiB in total");
                findings.push(
                    finding
                        .note("this one is not read")
                        .help("remove unused templates, or move long texts into the files of an application"),
                );
            }
            all.insert(name.to_owned().into(), template);
        }
        Self { all }
    }

    /// The template with this name.
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.all.get(&Text::from(name.to_owned()))
    }

    /// Whether one of them is invalid.
    pub(crate) fn are_faulty(&self) -> bool {
        self.all.values().any(|template| template.program.is_none())
    }

    /// Reports uses of templates that do not exist, and unused templates.
    pub(super) fn check_uses(&self, entries: &[Entry], findings: &mut Sink) {
        let mut used = BTreeSet::new();
        for entry in entries {
            let of_applications =
                entry.applications.iter().map(|application| (&application.location, &application.templates));
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
                    .note("it renders no object")
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
                0 => format!("create it: `templates/{}.yml`", &*item.name),
                _ => format!("write one of {}", either(names())),
            }
        }))
    }
}

impl Template {
    /// The output of the template with these variables; `None` if it is invalid.
    pub(crate) fn render(
        &self,
        variables: &[(&str, Value)],
        budget: &mut Budget,
    ) -> Option<Result<Rendered, Fault>> {
        self.program.as_ref().map(|program| program.render(variables, Style::Json, budget))
    }

    /// The finding for a fault.
    pub(crate) fn fault(&self, fault: &Fault) -> Finding {
        let word = self.text.get(fault.span.clone()).filter(|word| !word.is_empty() && !word.contains('\n'));
        let span = if word.is_some() { fault.span.clone() } else { line_at(&self.text, fault.span.start) };
        let finding = |message: String| {
            rules::INVALID_TEMPLATE.at(Location::bytes(self.file, span.start, span.end), message)
        };
        match &fault.problem {
            Problem::Undefined => finding(word.map_or_else(
                || "a value is undefined here".to_owned(),
                |word| {
                    format!(
                        "there \
                    is no variable `{}` here",
                        shorten(word)
                    )
                },
            ))
            .help(
                "a template may use `entry`, `platform` and its `values`, and `application` where \
                        an application uses it",
            ),
            Problem::Steps => finding(format!("this template takes more than {MAX_STEPS} steps")),
            Problem::Output => finding("the output of this template is longer than 256 KiB".to_owned()),
            Problem::TooLong(message) => finding((*message).to_owned()).help(
                "put long values into the \
                `values` of the use",
            ),
            Problem::Refused(message) if message == "values are always escaped" => finding(message.clone())
                .note(
                    "without it a value could break out of its \
                    field",
                )
                .help("remove the block"),
            Problem::Syntax(message) | Problem::Refused(message) | Problem::Operation(message) => {
                finding(format!("this template cannot be rendered: {message}"))
            }
        }
    }
}

/// The bytes of the line that `offset` is in.
fn line_at(text: &str, offset: usize) -> std::ops::Range<usize> {
    line(text, text.get(..offset).unwrap_or_default().matches('\n').count())
}

/// The bytes of a line, counted from 0, without surrounding whitespace.
pub(crate) fn line(text: &str, number: usize) -> std::ops::Range<usize> {
    let Some(line) = text.lines().nth(number) else { return 0..0 };
    let start = text.split_inclusive('\n').take(number).map(str::len).sum::<usize>()
        + (line.len() - line.trim_start().len());
    start..start + line.trim().len()
}
