//! Contents that many objects have in common.

use std::sync::OnceLock;

/// A part of manifests that many objects have in common, and its YAML, which is written once for all of them.
#[derive(Debug, Default)]
pub struct Shared<T> {
    content: T,
    text: OnceLock<(usize, String)>,
}

impl<T> Shared<T> {
    /// A part that contains `content`.
    pub fn new(content: T) -> Self {
        Self { content, text: OnceLock::new() }
    }

    /// Its content.
    pub fn content(&self) -> &T {
        &self.content
    }

    /// Its YAML at a depth of indentation, which `write` writes on the first call; none if that was for
    /// another depth.
    pub fn text(&self, depth: usize, write: impl FnOnce(&T) -> String) -> Option<&str> {
        let (written, text) = self.text.get_or_init(|| (depth, write(&self.content)));
        (*written == depth).then_some(text)
    }
}

/// The text follows from the content.
impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

#[cfg(test)]
mod tests {
    use super::Shared;

    #[test]
    fn a_text_is_written_once_and_only_for_one_depth() {
        let shared = Shared::new("a");
        assert_eq!(shared.text(1, |content| format!("{content} at 1")), Some("a at 1"));
        assert_eq!(shared.text(1, |_| "not written again".into()), Some("a at 1"));
        assert_eq!(shared.text(2, |_| "not written".into()), None);
        assert_eq!(*shared.content(), "a");
    }
}
