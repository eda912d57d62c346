//! A cursor on the tree of a document, as a deserializer for serde's derived code.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::access::{Fields, Items, Pairs};
use super::ambiguous::{Expected, means_true};
use super::trail::Trail;
use super::{COLLECTION, Decoder, Refused};
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Location, Rule, rules};
use crate::format::{self, Format};
use crate::syntax::{NodeId, NodeKind, Scalar, is_ambiguous};

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
    fn unexpected(&self, expected: &str) {
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
    fn text(&self) -> &'d str {
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
    fn source(&self) -> &'d str {
        match self.at {
            At::Node(id) => self.decoder.document.text(id),
            _ => "",
        }
    }

    fn integer(&self, range: std::ops::RangeInclusive<i64>) -> i64 {
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
        self.check(format, &text, self.location());
        text
    }

    pub(super) fn check(&self, format: &Format, text: &str, location: Location) {
        if !(format.check)(text) {
            let finding =
                rules::INVALID_VALUE.at(location, format!("`{}` is not {}", shorten(text), format.noun));
            let help = format::advice(format, self.trail.key(), text).unwrap_or_else(|| format.says.into());
            self.push(finding.help(help));
        }
    }

    /// A value of any type, for parts of a catalog that are passed through.
    fn any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.node() {
            None => visitor.visit_unit(),
            Some(NodeKind::List(items)) => visitor.visit_seq(Items { cursor: self, items, next: 0 }),
            Some(NodeKind::Map(pairs)) => visitor.visit_map(Pairs { cursor: self, pairs, next: 0 }),
            Some(_) => self.any_scalar(visitor),
        }
    }

    fn any_scalar<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Refused> {
        let At::Node(id) = self.at else { return visitor.visit_unit() };
        self.ambiguous(Expected::Any);
        let document = self.decoder.document;
        let id = document.follow(id);
        match document.scalar(id) {
            Some(Scalar::Bool(value)) => visitor.visit_bool(value),
            Some(Scalar::Int(value)) => visitor.visit_i64(value),
            Some(Scalar::Float(value)) if value.is_finite() => visitor.visit_f64(value),
            Some(Scalar::Float(_)) => {
                self.push(self.fault(
                    &rules::WRONG_TYPE,
                    format!("`{}` cannot be represented in JSON", shorten(self.source())),
                ));
                visitor.visit_unit()
            }
            Some(Scalar::Text(text)) => visitor.visit_str(text),
            Some(Scalar::Null) | None => visitor.visit_unit(),
        }
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            let low = i64::try_from(<$type>::MIN).unwrap_or(i64::MIN);
            let high = i64::try_from(<$type>::MAX).unwrap_or(i64::MAX);
            visitor.$visit(<$type>::try_from(self.integer(low..=high)).unwrap_or_default())
        })*
    };
}

impl<'de> Deserializer<'de> for Cursor<'_, 'de> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let value = match self.scalar() {
            Some(Scalar::Bool(value)) => value,
            Some(Scalar::Text(word)) if is_ambiguous(word) => {
                let meant = means_true(word);
                let finding = self.fault(
                    &rules::WRONG_TYPE,
                    format!("expected `true` or `false`, found `{}`", shorten(word)),
                );
                self.push(finding.help(format!("write `{meant}`")));
                meant
            }
            _ => {
                self.unexpected("`true` or `false`");
                false
            }
        };
        visitor.visit_bool(value)
    }

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(self.text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.at {
            At::Node(_) => visitor.visit_some(self),
            At::Absent | At::Placeholder => visitor.visit_none(),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match format::by_name(name) {
            Some(format) => visitor
                .visit_newtype_struct(IntoDeserializer::<Refused>::into_deserializer(self.formatted(format))),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let items: &[NodeId] = match self.node() {
            Some(NodeKind::List(items)) => items,
            _ => {
                if matches!(self.at, At::Node(_)) {
                    self.unexpected("a list");
                }
                &[]
            }
        };
        visitor.visit_seq(Items { cursor: self, items, next: 0 })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let pairs: &[(NodeId, NodeId)] = match self.node() {
            Some(NodeKind::Map(pairs)) => pairs,
            _ => {
                if matches!(self.at, At::Node(_)) {
                    self.unexpected("a mapping");
                }
                &[]
            }
        };
        visitor.visit_map(Pairs { cursor: self, pairs, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let (pairs, rest): (&[_], _) = match self.node() {
            // Keys that a merge key would have added are not missing.
            Some(NodeKind::Map(pairs)) if self.merges(pairs) => (pairs, At::Placeholder),
            Some(NodeKind::Map(pairs)) => (pairs, At::Absent),
            _ => {
                self.unexpected("a mapping");
                (&[], At::Placeholder)
            }
        };
        visitor.visit_map(Fields {
            cursor: self,
            pairs,
            fields,
            seen: 0,
            next: 0,
            rest,
            value: (At::Placeholder, ""),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let first = variants.first().copied().unwrap_or_default();
        let before = self.decoder.findings.borrow().len();
        let word = if matches!(self.at, At::Placeholder) { first } else { self.text() };
        let faulty = self.decoder.findings.borrow().len() > before || self.decoder.budget.get() == 0;
        let known = variants.iter().find(|variant| **variant == word);
        if known.is_none() && !faulty {
            let finding = self.fault(
                &rules::UNKNOWN_VALUE,
                format!("`{}` is not one of {}", shorten(word), either(variants.iter().copied())),
            );
            self.push(finding.help_some(did_you_mean(word, variants.iter().copied())));
        }
        visitor.visit_enum(StrDeserializer::<Refused>::new(known.unwrap_or(&first)))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct identifier ignored_any
    }
}
