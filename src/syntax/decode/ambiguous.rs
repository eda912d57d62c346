//! Bare words that a typed value or a free one cannot be, because YAML readers disagree on them.

use super::cursor::{At, Cursor};
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::syntax::{NodeKind, is_ambiguous, is_date};

/// What could be meant besides the text.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Text,
    Number,
    Any,
}

impl<'d> Cursor<'_, 'd> {
    /// The bare word under the cursor if it is ambiguous; it is reported.
    pub(super) fn ambiguous(&self, expected: Expected) -> Option<&'d str> {
        let At::Node(id) = self.at else { return None };
        let document = self.decoder.document;
        match &document.node(document.follow(id)).kind {
            NodeKind::Scalar { text, plain: true } if is_ambiguous(text) => {
                self.report_ambiguous(text, expected);
                Some(text)
            }
            _ => None,
        }
    }

    fn report_ambiguous(&self, text: &str, expected: Expected) {
        let shown = shorten(text);
        let finding = self.fault(
            &rules::AMBIGUOUS_SCALAR,
            format!("`{shown}` means different things to different YAML readers"),
        );
        let finding = finding.note(if is_date(text) {
            "some readers take it for a date, others for text; JSON, which the API server speaks, has no dates"
        } else {
            "Helm and Kubernetes read YAML 1.1, to which it is something else than to YAML 1.2"
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

/// What a word means that YAML 1.1 takes for a boolean.
pub(super) fn means_true(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "y" | "yes" | "on")
}
