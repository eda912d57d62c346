//! The lines of a lock. Each method reads lines of one form, and returns nothing if they have another one.

use std::str::FromStr;

use crate::diagnostics::Role;
use crate::inputs::{max_bytes, max_values};
use crate::kubernetes::{GroupKind, kinds};
use crate::syntax::{canonical_key, canonical_text};
use crate::value::{Index, SortedMap, SortedSet};

/// The lines of a lock.
pub(super) struct Lines<'a> {
    /// What follows the next line.
    rest: &'a str,
    /// The indentation and the text of the next line; none at the end, and at a line that cannot be read.
    next: Option<(usize, &'a str)>,
    /// Whether the end has been reached.
    at_end: bool,
    /// How many more values there may be.
    values: usize,
    /// The kinds so far, by their text: all applications share the memory of one.
    kinds: Index<&'a str, GroupKind>,
}

impl<'a> Lines<'a> {
    /// The lines of `text` after its comments.
    pub(super) fn new(text: &'a str) -> Self {
        let rest = if text.len() > max_bytes(Role::Lock) { "" } else { text };
        let (values, kinds) = (max_values(Role::Lock) - 1, Index::with_capacity(0));
        let mut lines = Self { rest, next: None, at_end: false, values, kinds };
        lines.advance();
        while lines.next.is_some_and(|(indent, line)| indent == 0 && line.starts_with('#') && is_ascii(line))
        {
            lines.advance();
        }
        lines
    }

    /// Whether all lines have been read.
    pub(super) fn is_complete(&self) -> bool {
        self.at_end
    }

    fn advance(&mut self) {
        self.next = None;
        self.at_end = self.rest.is_empty();
        // lines are so short that a loop is faster than a search by words
        let bytes = self.rest.as_bytes();
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
        let indent = bytes.iter().position(|byte| *byte != b' ').unwrap_or(end);
        let (Some(text), Some(rest)) = (self.rest.get(indent..end), self.rest.get(end + 1..)) else { return };
        if !text.is_empty() && !text.ends_with(' ') {
            (self.rest, self.next) = (rest, Some((indent, text)));
        }
    }

    /// Goes to the next line, and counts the values of this one.
    fn take(&mut self, values: usize) -> Option<()> {
        self.values = self.values.checked_sub(values)?;
        self.advance();
        Some(())
    }

    /// What follows the colon of a key, if it is the next one: nothing, or a space and the value.
    pub(super) fn field(&mut self, indent: usize, key: &str) -> Option<&'a str> {
        let (_, line) = self.next.filter(|(at, _)| *at == indent)?;
        let rest = line.strip_prefix(key)?.strip_prefix(':')?;
        self.take(2).map(|()| rest)
    }

    /// Whether there is a key that is `true`.
    pub(super) fn flag(&mut self, indent: usize, key: &str) -> Option<bool> {
        match self.field(indent, key) {
            None => Some(false),
            Some(rest) => (rest == " true").then_some(true),
        }
    }

    /// The mapping of a key; empty if it is not the next key.
    pub(super) fn section<K: FromStr + Ord, V>(
        &mut self,
        indent: usize,
        key: &str,
        read: impl Fn(&mut Self, &'a str, usize) -> Option<V>,
    ) -> Option<SortedMap<K, V>> {
        match self.field(indent, key) {
            None => Some(SortedMap::default()),
            Some(rest) => self.map(rest, indent, read),
        }
    }

    /// The names by kind of a key; empty if it is not the next key.
    pub(super) fn objects<T: FromStr + Ord>(
        &mut self,
        indent: usize,
        key: &str,
    ) -> Option<SortedMap<GroupKind, SortedSet<T>>> {
        match self.field(indent, key) {
            None => Some(SortedMap::default()),
            Some(rest) => self.keyed(rest, indent, Self::kind, Self::items),
        }
    }

    fn kind(&mut self, text: &'a str) -> Option<GroupKind> {
        if let Some(kind) = self.kinds.get(text) {
            return Some(kind.clone());
        }
        let read: GroupKind = parse(text)?;
        let known = kinds::facts(&read.group, &read.kind);
        let kind = known.map_or(read, |facts| facts.kind.clone());
        self.kinds.replace(text, kind.clone());
        Some(kind)
    }

    /// The list of a key; empty if it is not the next key.
    pub(super) fn list<T: FromStr + Ord>(&mut self, indent: usize, key: &str) -> Option<SortedSet<T>> {
        match self.field(indent, key) {
            None => Some(SortedSet::default()),
            Some(rest) => self.items(rest, indent),
        }
    }

    /// The mapping of a key with this indentation.
    pub(super) fn map<K: FromStr + Ord, V>(
        &mut self,
        rest: &str,
        indent: usize,
        read: impl Fn(&mut Self, &'a str, usize) -> Option<V>,
    ) -> Option<SortedMap<K, V>> {
        self.keyed(rest, indent, |_, key| parse(key), read)
    }

    fn keyed<K: Ord, V>(
        &mut self,
        rest: &str,
        indent: usize,
        read_key: impl Fn(&mut Self, &'a str) -> Option<K>,
        read: impl Fn(&mut Self, &'a str, usize) -> Option<V>,
    ) -> Option<SortedMap<K, V>> {
        let mut map = SortedMap::default();
        if rest == " {}" {
            return Some(map);
        }
        let within = self.nested(rest, indent)?;
        while let Some((_, line)) = self.next.filter(|(at, _)| *at == within) {
            let (key, rest) = canonical_key(line)?;
            let key = read_key(self, key)?;
            self.take(2)?;
            if !map.push(key, read(self, rest, within)?) {
                return None;
            }
        }
        Some(map)
    }

    /// The list of a key with this indentation.
    pub(super) fn items<T: FromStr + Ord>(&mut self, rest: &str, indent: usize) -> Option<SortedSet<T>> {
        let mut items = SortedSet::default();
        if rest == " []" {
            return Some(items);
        }
        let within = self.nested(rest, indent)?;
        while let Some((_, line)) = self.next.filter(|(at, _)| *at == within) {
            items.insert(parse(line.strip_prefix("- ")?)?);
            self.take(1)?;
        }
        Some(items)
    }

    /// The indentation of what is below a key with this one, if something is.
    pub(super) fn nested(&self, rest: &str, indent: usize) -> Option<usize> {
        let within = indent + 2;
        (rest.is_empty() && self.next.is_some_and(|(at, _)| at == within)).then_some(within)
    }
}

/// The value behind a key.
pub(super) fn value<T: FromStr>(_: &mut Lines<'_>, rest: &str, _: usize) -> Option<T> {
    parse(rest.strip_prefix(' ')?)
}

/// Quoted text that is not ASCII may contain what a report warns about.
fn parse<T: FromStr>(text: &str) -> Option<T> {
    if text.starts_with('\'') && !is_ascii(text) {
        return None;
    }
    canonical_text(text)?.parse().ok()
}

fn is_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}
