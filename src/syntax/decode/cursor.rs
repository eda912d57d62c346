//! A cursor on the tree of a document: reads values and reports what is wrong with them.

use std::borrow::Cow;

use super::ambiguous::Expected;
use super::trail::Trail;
use super::{COLLECTION, Decoder};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Rule, rules};
use crate::format::{self, Format};
use crate::syntax::{NodeId, NodeKind, Scalar};

/// How deep values may be nested when aliases are expanded.
const MAX_DEPTH: usize = 128;

/// The position of a cursor.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// A node of the document.
    Node(NodeId),
    /// The value of a missing key.
    Absent,
    /// A value whose error has been reported.
    Placeholder,
}

#[derive(Clone, Copy)]
pub(super) struct Cursor<'c, 'd> {
    pub(super) decoder: &'c Decoder<'d>,
    pub(super) at: At,
    pub(super) trail: &'c Trail<'c>,
    pub(super) depth: usize,
}

impl<'c, 'd> Cursor<'c, 'd> {
    /// The location of the cursor; the root once no more findings are collected.
    pub(super) fn location(&self) -> Location {
        let mut location = Location::root(self.decoder.document.file);
        if self.decoder.memory.get() > 0 {
            self.trail.push_to(&mut location.segments);
        }
        location
    }

    #[track_caller]
    pub(super) fn fault(&self, rule: &'static Rule, message: String) -> Finding {
        rule.at(self.location(), message)
    }

    /// The node under the cursor, with aliases resolved; `None` if there is none to read.
    pub(super) fn node(&self) -> Option<&'d NodeKind> {
        let At::Node(id) = self.at else { return None };
        let document = self.decoder.document;
        let kind = &document.node(document.follow(id)).kind;
        let cost = match kind {
            NodeKind::Scalar { text, .. } => text.len() + 1,
            _ => COLLECTION,
        };
        (self.depth <= MAX_DEPTH || self.give_up("are nested too deeply")).then_some(())?;
        self.pay(cost).then_some(kind)
    }

    /// Takes the cost of reading a value from the budget, if it is sufficient.
    pub(super) fn pay(&self, cost: usize) -> bool {
        let left = self.decoder.budget.get();
        if left > cost {
            self.decoder.budget.set(left - cost);
            return true;
        }
        self.give_up("expand to too many values")
    }

    /// Stops reading the document, and reports it the first time.
    fn give_up(&self, why: &str) -> bool {
        if self.decoder.budget.replace(0) > 0 {
            let finding = self.fault(&rules::ALIAS_CYCLE, format!("the aliases of this file {why}"));
            self.push(finding.help("write the values without aliases"));
        }
        false
    }

    pub(super) fn scalar(&self) -> Option<Scalar<'d>> {
        let At::Node(id) = self.at else { return None };
        self.node()?;
        let document = self.decoder.document;
        document.scalar(document.follow(id))
    }

    fn noun(&self) -> &'static str {
        let At::Node(id) = self.at else { return "nothing" };
        let document = self.decoder.document;
        match &document.node(document.follow(id)).kind {
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
            _ => document.scalar(document.follow(id)).map_or("nothing", |scalar| scalar.noun()),
        }
    }

    /// Reports that the value is not what is `expected`, or is missing.
    pub(super) fn unexpected(&self, expected: &str) {
        match self.at {
            At::Placeholder => {}
            At::Absent => match self.trail {
                Trail::Key(_, key) => {
                    let mut location = self.location();
                    location.segments.pop();
                    let finding = rules::MISSING_KEY.at(location, format!("the key `{key}` is missing"));
                    let finding = finding.with_missing_key(*key);
                    self.push(finding.with_label(format!("expected `{key}` here")));
                }
                _ => self
                    .push(self.fault(&rules::MISSING_KEY, format!("the file is empty, expected {expected}"))),
            },
            At::Node(_) if self.decoder.budget.get() == 0 => {}
            At::Node(_) => {
                let found = self.noun();
                self.push(self.fault(&rules::WRONG_TYPE, format!("expected {expected}, found {found}")));
            }
        }
    }

    pub(super) fn child(&self, at: At, trail: &'c Trail<'c>) -> Self {
        Self { decoder: self.decoder, at, trail, depth: self.depth + 1 }
    }

    /// The text under the cursor; a placeholder if there is none.
    pub(super) fn text(&self) -> &'d str {
        match self.scalar() {
            Some(Scalar::Text(_)) if self.ambiguous(Expected::Text).is_some() => "",
            Some(Scalar::Text(text)) => text,
            Some(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_)) => {
                let finding = self.fault(&rules::WRONG_TYPE, format!("expected text, found {}", self.noun()));
                self.push(finding.help(format!("write it in quotes: `'{}'`", shorten(self.source()))));
                ""
            }
            _ => {
                self.unexpected("text");
                ""
            }
        }
    }

    /// The scalar under the cursor as it is written.
    pub(super) fn source(&self) -> &'d str {
        match self.at {
            At::Node(id) => self.decoder.document.text(id),
            _ => "",
        }
    }

    pub(super) fn integer(&self, range: std::ops::RangeInclusive<i64>) -> i64 {
        let scalar = self.scalar();
        if scalar.is_some() && self.ambiguous(Expected::Number).is_some() {
            return *range.start();
        }
        match scalar.and_then(|scalar| scalar.whole()) {
            Some(number) if range.contains(&number) => number,
            Some(_) => {
                self.push(self.fault(
                    &rules::INVALID_VALUE,
                    format!("expected a number from {} to {}", range.start(), range.end()),
                ));
                *range.start()
            }
            None => {
                self.unexpected("a whole number");
                *range.start()
            }
        }
    }

    pub(super) fn merges(&self, pairs: &[(NodeId, NodeId)]) -> bool {
        pairs.iter().any(|(key, _)| self.decoder.document.key(*key) == "<<" && !self.is_quoted(*key))
    }

    pub(super) fn is_quoted(&self, key: NodeId) -> bool {
        matches!(self.decoder.document.node(key).kind, NodeKind::Scalar { plain: false, .. })
    }

    /// The text of a value with a format; a format may allow numbers without quotes.
    pub(super) fn formatted(&self, format: &Format) -> Cow<'d, str> {
        let scalar = self.scalar();
        if self.decoder.budget.get() == 0 {
            return "".into();
        }
        let number = scalar.filter(|_| format.integers).and_then(|scalar| scalar.whole());
        if number.is_some() && self.ambiguous(Expected::Number).is_some() {
            return "".into();
        }
        let text: Cow<'d, str> = match number {
            // The number, whatever its notation: `0x50` is port 80.
            Some(number) => number.to_string().into(),
            _ if matches!(self.at, At::Placeholder) => return "".into(),
            _ => {
                let before = self.decoder.findings.borrow().len();
                let text = self.text();
                if self.decoder.findings.borrow().len() > before || matches!(self.at, At::Absent) {
                    return "".into();
                }
                text.into()
            }
        };
        self.check(format, &text, || self.location());
        text
    }

    pub(super) fn check(&self, format: &Format, text: &str, location: impl Fn() -> Location) {
        if !(format.check)(text) {
            let finding =
                rules::INVALID_VALUE.at(location(), format!("`{}` is not {}", shorten(text), format.noun));
            let help = format::advice(format, self.trail.key(), text).unwrap_or_else(|| format.says.into());
            self.push(finding.help(help));
        }
    }
}
