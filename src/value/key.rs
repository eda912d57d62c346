//! The keys of mappings, with their authors.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Text;

/// A key of a mapping. Its author decides how it is written and who can correct it.
#[derive(Clone)]
pub struct Key(Author);

#[derive(Clone)]
enum Author {
    /// wharf: a constant that every YAML parser reads as itself without quotes.
    Constant(&'static str),
    /// wharf, from text that is only known when it runs.
    Derived(Arc<str>),
    /// The user.
    User(Arc<str>),
}

impl Key {
    /// A constant of wharf. The caller guarantees that it needs no quotes in YAML.
    pub const fn constant(text: &'static str) -> Self {
        Self(Author::Constant(text))
    }

    /// A key that wharf derives from text that is only known when it runs.
    pub fn derived(text: impl Into<Arc<str>>) -> Self {
        Self(Author::Derived(text.into()))
    }

    /// A key that the user wrote.
    pub fn user(text: impl Into<Arc<str>>) -> Self {
        Self(Author::User(text.into()))
    }

    /// Whether the user wrote it.
    pub fn is_user(&self) -> bool {
        matches!(self.0, Author::User(_))
    }

    /// Whether it is known to need no quotes in YAML.
    pub fn is_constant(&self) -> bool {
        matches!(self.0, Author::Constant(_))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Author::Constant(text) => text,
            Author::Derived(text) | Author::User(text) => text,
        }
    }
}

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// Keys are equal if their texts are, whoever wrote them: a mapping has one value for each text.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// Literals of the source code are constants.
impl From<&'static str> for Key {
    fn from(text: &'static str) -> Self {
        Self::constant(text)
    }
}

/// Text that is only known when the program runs may need quotes.
impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::derived(text)
    }
}

/// A [`Text`] may need quotes, even if it is a constant.
impl From<Text> for Key {
    fn from(text: Text) -> Self {
        Self::derived(text)
    }
}

impl From<Key> for Text {
    fn from(key: Key) -> Self {
        match key.0 {
            Author::Constant(text) => text.into(),
            Author::Derived(text) | Author::User(text) => text.into(),
        }
    }
}

impl From<&Key> for Text {
    fn from(key: &Key) -> Self {
        key.clone().into()
    }
}
