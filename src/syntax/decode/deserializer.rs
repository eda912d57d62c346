//! A cursor as a deserializer for serde's derived code.

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::Refused;
use super::access::{Fields, Items, Pairs};
use super::ambiguous::{Expected, means_true};
use super::cursor::{At, Cursor};
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::format;
use crate::syntax::{NodeId, NodeKind, Scalar, is_ambiguous};

impl<'d> Cursor<'_, 'd> {
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
            value: (At::Placeholder, 0),
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
