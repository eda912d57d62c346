//! Plain scalars that are refused because YAML parsers disagree on them.

use super::cursor::{At, Cursor};
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::syntax::{NodeKind, is_ambiguous, is_date};

/// The type that is expected.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Text,
    Number,
    Any,
}

impl<'d> Cursor<'_, 'd> {
    /// The plain scalar under the cursor if it is ambiguous; it is reported.
    pub(super) fn ambiguous(&self, expected: Expected) -> Option<&'d str> {
        let At::Node(id) = self.at else { return None };
        let document = self.decoder.document;
        let NodeKind::Scalar { text, plain: true } = &document.node(document.follow(id)).kind else {
            return None;
        };
        let text = text.of(&document.text);
        if is_ambiguous(text) {
            self.report_ambiguous(text, expected);
            return Some(text);
        }
        None
    }

    fn report_ambiguous(&self, text: &str, expected: Expected) {
        let shown = shorten(text);
        let finding = self
            .fault(&rules::AMBIGUOUS_SCALAR, format!("YAML parsers disagree on the meaning of `{shown}`"));
        let finding = finding.note(if is_date(text) {
            "some parsers read a date, others text; JSON, which the API server uses, has no dates"
        } else {
            "Helm and Kubernetes read YAML 1.1, where it has another meaning than in YAML 1.2"
        });
        let help = match expected {
            Expected::Number => "write plain decimal digits".into(),
            Expected::Any if text.starts_with(|char: char| char.is_ascii_alphabetic()) => {
                format!("write `'{shown}'` for the text, or `{}` for the boolean", means_true(text))
            }
            Expected::Any if text.contains(|char: char| char.is_ascii_digit()) && !is_date(text) => {
                format!("write `'{shown}'` for the text, or plain decimal digits for the number")
            }
            Expected::Any | Expected::Text => format!("write it in quotes: `'{shown}'`"),
        };
        self.push(finding.help(help));
    }
}

/// The value of a word that is a boolean in YAML 1.1.
pub(super) fn means_true(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "y" | "yes" | "on")
}
