//! Access to lists, to mappings with free keys, and to the keys of a struct.

use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::Refused;
use super::cursor::{At, Cursor};
use super::trail::Trail;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::format;
use crate::syntax::NodeId;

/// The items of a list.
pub(super) struct Items<'c, 'd> {
    pub(super) cursor: Cursor<'c, 'd>,
    pub(super) items: &'d [NodeId],
    pub(super) next: usize,
}

impl<'d> SeqAccess<'d> for Items<'_, 'd> {
    type Error = Refused;

    fn next_element_seed<S: DeserializeSeed<'d>>(&mut self, seed: S) -> Result<Option<S::Value>, Refused> {
        let given_up = self.cursor.decoder.budget.get() == 0;
        let Some(&item) = self.items.get(self.next).filter(|_| !given_up) else { return Ok(None) };
        let trail = Trail::Index(self.cursor.trail, self.next);
        self.next += 1;
        seed.deserialize(self.cursor.child(At::Node(item), &trail)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// The pairs of a mapping whose keys are free.
pub(super) struct Pairs<'c, 'd> {
    pub(super) cursor: Cursor<'c, 'd>,
    pub(super) pairs: &'d [(NodeId, NodeId)],
    pub(super) next: usize,
}

impl Pairs<'_, '_> {
    /// Whether an earlier key has the same name, which the parser has reported: paths lead to the first one.
    fn is_repeated(&self, key: NodeId) -> bool {
        let At::Node(id) = self.cursor.at else { return false };
        let document = self.cursor.decoder.document;
        let first = document.find(document.follow(id), self.pairs, document.key(key));
        first.is_some_and(|(first, _)| first != key)
    }
}

impl<'d> MapAccess<'d> for Pairs<'_, 'd> {
    type Error = Refused;

    fn next_key_seed<S: DeserializeSeed<'d>>(&mut self, seed: S) -> Result<Option<S::Value>, Refused> {
        while self.pairs.get(self.next).is_some_and(|(key, _)| self.is_repeated(*key)) {
            self.next += 1;
        }
        let Some((key, _)) = self.pairs.get(self.next) else { return Ok(None) };
        let name = self.cursor.decoder.document.key(*key);
        if !self.cursor.pay(name.len()) {
            return Ok(None);
        }
        seed.deserialize(Name { cursor: self.cursor, name }).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'d>>(&mut self, seed: S) -> Result<S::Value, Refused> {
        let Some(&(key, value)) = self.pairs.get(self.next) else { return Err(Refused(String::new())) };
        self.next += 1;
        let trail = Trail::Key(self.cursor.trail, self.cursor.decoder.document.key(key));
        seed.deserialize(self.cursor.child(At::Node(value), &trail))
    }
}

/// A free key of a mapping, which may have a format.
struct Name<'c, 'd> {
    cursor: Cursor<'c, 'd>,
    name: &'d str,
}

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(self.name)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        if let Some(format) = format::by_name(name) {
            self.cursor
                .check(format, self.name, || self.cursor.location().key(self.name.to_owned()).itself());
        }
        visitor.visit_newtype_struct(StrDeserializer::new(self.name))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The keys of a struct: those that are present, then those that are missing. serde's derived code gets the
/// number of a field, which is faster than another search for its name.
pub(super) struct Fields<'c, 'd> {
    pub(super) cursor: Cursor<'c, 'd>,
    pub(super) pairs: &'d [(NodeId, NodeId)],
    pub(super) fields: &'static [&'static str],
    /// One bit for each field that was present.
    pub(super) seen: u64,
    pub(super) next: usize,
    /// The cursor position of missing fields.
    pub(super) rest: At,
    /// The value of the last field, and the number of the field.
    pub(super) value: (At, usize),
}

impl Fields<'_, '_> {
    /// The next known field that is present.
    fn written(&mut self) -> Option<(At, usize)> {
        while let Some(&(key, value)) = self.pairs.get(self.next) {
            self.next += 1;
            let name = self.cursor.decoder.document.key(key);
            match self.fields.iter().position(|field| *field == name) {
                Some(index) if self.seen & 1 << index == 0 => {
                    self.seen |= 1 << index;
                    return Some((At::Node(value), index));
                }
                // A second key with this name, which the parser has reported.
                Some(_) => {}
                // The parser has reported keys that are not text.
                None if (name.is_empty() || name == "<<") && !self.cursor.is_quoted(key) => {}
                None => self.unknown(name),
            }
        }
        None
    }

    fn unknown(&self, name: &str) {
        let location = self.cursor.location().key(name.to_owned()).itself();
        let finding = rules::UNKNOWN_KEY.at(location, format!("unknown key `{}`", shorten(name)));
        self.cursor.push(finding.help_some(did_you_mean(name, self.fields.iter().copied())));
    }

    fn unwritten(&mut self) -> Option<(At, usize)> {
        let index = self.seen.trailing_ones();
        self.seen |= 1_u64.checked_shl(index)?;
        let index = index as usize;
        (index < self.fields.len()).then_some((self.rest, index))
    }
}

impl<'d> MapAccess<'d> for Fields<'_, 'd> {
    type Error = Refused;

    fn next_key_seed<S: DeserializeSeed<'d>>(&mut self, seed: S) -> Result<Option<S::Value>, Refused> {
        match self.written().or_else(|| self.unwritten()) {
            None => Ok(None),
            Some(value) => {
                self.value = value;
                let number: U64Deserializer<Refused> = (value.1 as u64).into_deserializer();
                seed.deserialize(number).map(Some)
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'d>>(&mut self, seed: S) -> Result<S::Value, Refused> {
        let (at, index) = self.value;
        let trail = Trail::Key(self.cursor.trail, self.fields.get(index).copied().unwrap_or_default());
        seed.deserialize(self.cursor.child(at, &trail))
    }
}
