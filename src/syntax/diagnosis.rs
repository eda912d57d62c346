//! The mistake behind an error of the YAML parser: its line, and what to write there. The parser reports
//! where it stopped. The mistake is often on an earlier line, and always easier to explain from the text.

mod brackets;
mod indentation;
mod line;
mod quotes;

use granit_parser::{ErrorKind, ScanError};

use self::line::{Line, content_before};
use crate::diagnostics::suggestion::shorten;

/// A syntax error, as it is reported.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Diagnosis {
    /// The first byte that is underlined.
    pub(super) start: usize,
    /// The end of the underlined bytes.
    pub(super) end: usize,
    /// What is wrong there.
    pub(super) label: String,
    /// What to write instead, if that is known.
    pub(super) help: Option<String>,
}

impl Diagnosis {
    fn new(start: usize, end: usize, label: impl Into<String>, help: impl Into<String>) -> Self {
        Self { start, end, label: label.into(), help: Some(help.into()) }
    }
}

/// The diagnosis of `error`, which the parser reported at the byte `at` of `text`.
pub(super) fn diagnose(text: &str, at: usize, error: &ScanError) -> Diagnosis {
    let kind = error.kind();
    let line = Line::at(text, at);
    let found = match kind {
        ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed | ErrorKind::TabInIndentation => {
            tab(&line)
        }
        ErrorKind::UnknownAnchor
        | ErrorKind::MissingAnchorOrAliasName
        | ErrorKind::UnexpectedCharacter { .. } => quotes::needed(text, at, &line),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => quotes::unclosed(text, at),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Some(quotes::trailing(at, &line))
        }
        ErrorKind::UnknownQuotedScalarEscape => Some(quotes::escape(text, at)),
        ErrorKind::UnclosedFlowCollection { .. } => brackets::unclosed(text, at),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            brackets::no_separator(text, at, &line)
        }
        ErrorKind::BlockEntryInFlowCollection | ErrorKind::InvalidColonPlacement => {
            brackets::open_above(text, at, &line)
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            Some(brackets::mismatched(at, *open, *close))
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::ExpectedDocumentStart => indentation::astray(text, at, &line),
        ErrorKind::SimpleKeyExpected => no_colon(&line),
        ErrorKind::MappingValueNotAllowed => stray_colon(text, at, &line),
        _ => None,
    };
    found.unwrap_or_else(|| Diagnosis { start: at, end: at, label: error.info().to_lowercase(), help: None })
}

fn tab(line: &Line<'_>) -> Option<Diagnosis> {
    let at = line.start + line.text.find('\t')?;
    Some(Diagnosis::new(
        at,
        at + 1,
        "there is a tab here",
        "indent with spaces: YAML does not allow tabs there",
    ))
}

/// A line that should have a key.
fn no_colon(line: &Line<'_>) -> Option<Diagnosis> {
    if let Some(found) = glued(line) {
        return Some(found);
    }
    let word = line.content().split(' ').next().filter(|word| !word.is_empty())?;
    let label = format!("there is no colon after `{}`", shorten(word));
    Some(Diagnosis::new(
        line.content_start(),
        line.content_start() + word.len(),
        label,
        format!("write `{}:`", shorten(word)),
    ))
}

/// A colon or dash without a space after it, so that it is part of a word.
fn glued(line: &Line<'_>) -> Option<Diagnosis> {
    let content = line.content();
    if let Some(rest) =
        content.strip_prefix('-').filter(|rest| rest.starts_with(|char: char| char.is_ascii_alphabetic()))
    {
        let at = line.content_start();
        return Some(Diagnosis::new(
            at,
            at + 1,
            "there is no space after this dash",
            format!("write `- {}`", shorten(rest)),
        ));
    }
    let (key, value) = content.split_once(':')?;
    let name = key.chars().all(|char| char.is_ascii_alphanumeric())
        && !value.is_empty()
        && !value.starts_with([' ', '/']);
    let at = line.content_start() + key.len();
    name.then(|| {
        Diagnosis::new(
            at,
            at + 1,
            "there is no space after this colon",
            format!("write `{key}: {}`", shorten(value)),
        )
    })
}

/// A colon where no key is allowed: in a plain scalar, or on a line that continues the one above.
fn stray_colon(text: &str, at: usize, line: &Line<'_>) -> Option<Diagnosis> {
    if let Some((_, value)) = line.pair().filter(|(_, value)| *value < at && !line.value_is_closed(*value)) {
        return Some(quotes::around(line, value, "text that contains a colon and a space needs quotes"));
    }
    let above = content_before(text, line.start)?;
    let found = glued(&above).or_else(|| indentation::too_deep(line, &above));
    found.or_else(|| above.pair().is_none().then(|| no_key(&above)))
}

/// Text without a key, above a mapping.
fn no_key(line: &Line<'_>) -> Diagnosis {
    let content = line.content();
    let label = format!("`{}` is text, and the next line begins a mapping", shorten(content));
    let (start, end) = (line.content_start(), line.content_start() + content.len());
    Diagnosis::new(start, end, label, format!("put its key before it: `key: {}`", shorten(content)))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use crate::compile::compile;
    use crate::diagnostics::FileId;
    use crate::inputs::{Inputs, Source};

    /// Line, column, label and help of the syntax error of a catalog.
    fn diagnosis(catalog: &str) -> String {
        let inputs = Inputs { applications: Source::new("applications.yml", catalog), ..Inputs::default() };
        let compiled = compile(&inputs, NonZeroUsize::MIN);
        let found = compiled.findings.iter().find(|finding| finding.rule.name == "yaml-syntax");
        let Some(finding) = found else { return "nothing".into() };
        let document = compiled.documents.get(FileId::APPLICATIONS).expect("the catalog");
        let range = document.span(finding.location());
        let before = &catalog[..range.start];
        let (line, column) =
            (before.matches('\n').count() + 1, range.start - before.rfind('\n').map_or(0, |end| end + 1) + 1);
        let help = finding.help.as_deref().unwrap_or("-");
        format!("{line}:{column} {:?} {}; {help}", &catalog[range], finding.labels[0].text)
    }

    #[test]
    fn the_line_that_is_indented_wrongly_is_named() {
        let pairs = [
            (
                "- namespace: a\n   tier: apps\n",
                "2:1 \"   \" this line is indented by 3 spaces and continues `namespace: a`; indent it by \
                 2, as `namespace: a` is",
            ),
            (
                "- namespace: a\n  policies:\n    profile: base\n   tier: apps\n",
                "4:1 \"   \" this line is indented by 3 spaces, which matches no line above; indent it by \
                 2, as `policies:` is, or by 4, as `profile: base` is",
            ),
            (
                "- namespace: a\n  tier: apps\n - namespace: b\n",
                "3:1 \" \" this line is indented by 1 space, which matches no line above; indent it by 0, \
                 as `- namespace: a` is",
            ),
            (
                "- namespace: a\n  routes: []\n    tier: apps\n",
                "3:1 \"    \" this line is indented by 4 spaces, which matches no line above; indent it by \
                 2, as `routes: []` is",
            ),
            (
                "  - namespace: a\n- namespace: b\n",
                "2:1 \"\" this line is indented by 0 spaces, which matches no line above; indent it by 2, \
                 as `- namespace: a` is",
            ),
            (
                "- namespace: a\n  policies:\n\tprofile: base\n",
                r#"3:1 "\t" there is a tab here; indent with spaces: YAML does not allow tabs there"#,
            ),
        ];
        for (catalog, wanted) in pairs {
            assert_eq!(diagnosis(catalog), wanted);
        }
    }

    #[test]
    fn the_colon_or_dash_that_is_missing_or_too_many_is_named() {
        let pairs = [
            (
                "- namespace:a\n  tier: apps\n",
                r#"1:12 ":" there is no space after this colon; write `namespace: a`"#,
            ),
            (
                "- namespace: a\n  tier:apps\n  routes: []\n",
                r#"2:7 ":" there is no space after this colon; write `tier: apps`"#,
            ),
            (
                "- namespace: a\n  routes:\n    -host: b\n     port: 80\n",
                r#"3:5 "-" there is no space after this dash; write `- host: b`"#,
            ),
            (
                "- namespace: a\n  policies\n  routes: []\n",
                r#"2:3 "policies" there is no colon after `policies`; write `policies:`"#,
            ),
            (
                "- namespace: a\n  egress:\n    - b\n      ports: [80]\n",
                r#"3:7 "b" `b` is text, and the next line begins a mapping; put its key before it: `key: b`"#,
            ),
            (
                "- namespace: a\n  description: Notes: for all # of us\n",
                "2:16 \"Notes: for all\" text that contains a colon and a space needs quotes; write \
                 `'Notes: for all'`",
            ),
        ];
        for (catalog, wanted) in pairs {
            assert_eq!(diagnosis(catalog), wanted);
        }
    }

    #[test]
    fn what_needs_quotes_or_lacks_one_is_named() {
        let pairs = [
            (
                "- routes:\n    - host: *.a.com\n",
                "2:13 \"*.a.com\" `*` begins an alias of YAML; write each host: routes do not support \
                 wildcards",
            ),
            (
                "- labels:\n    a: *.a.com\n",
                r#"2:8 "*.a.com" `*` begins an alias of YAML; write `'*.a.com'`"#,
            ),
            ("- labels: {a: *}\n", r#"1:15 "*" `*` begins an alias of YAML; write `'*'`"#),
            (
                "- description: @home of 'us'\n",
                r#"1:16 "@home of 'us'" plain text cannot begin with `@`; write `"@home of 'us'"`"#,
            ),
            ("- a: \"b\n  c: d\n", "1:6 \"\\\"b\" this quote is not closed; close it at the end of the text"),
            (
                "- a: 'it's b'\n",
                "1:10 \"s b'\" the text ends at the quote before this; write two quotes for one within the \
                 text: `''`",
            ),
            (
                "- a: \"C:\\dir\"\n",
                "1:6 \"\\\"C:\\\\dir\\\"\" in double quotes, a backslash begins an escape; use single quotes",
            ),
        ];
        for (catalog, wanted) in pairs {
            assert_eq!(diagnosis(catalog), wanted);
        }
    }

    #[test]
    fn the_bracket_that_is_not_closed_is_named() {
        let pairs = [
            (
                "- a: {b: c\n  d: []\n",
                r#"1:6 "{" this bracket is not closed; add `}` at the end of the line"#,
            ),
            ("- a: [{b: c}, [1]\n", r#"1:6 "[" this bracket is not closed; add `]` at the end of the line"#),
            (
                "- a: {b: c,\n- d: e\n",
                r#"1:6 "{" this bracket is not closed; add `}` at the end of the line"#,
            ),
            (
                "- a:\n    - [80\n    - b: c\n",
                r#"2:7 "[" this bracket is not closed; add `]` at the end of the line"#,
            ),
            ("- a: [{b: c]\n", r#"1:7 "{" this bracket is closed by `]`; close it with `}` before that"#),
            (
                "- a: {b: c d: [1]}\n",
                r#"1:13 ":" a comma is missing before this key; separate pairs within `{…}` by commas"#,
            ),
        ];
        for (catalog, wanted) in pairs {
            assert_eq!(diagnosis(catalog), wanted);
        }
    }
}
