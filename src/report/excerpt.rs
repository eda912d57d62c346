//! Lines of a file as they are drawn, with hidden characters written out.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostics::visible;

/// A window of a text.
pub(super) struct Excerpt<'t> {
    /// What is drawn.
    pub(super) text: Cow<'t, str>,
    /// Where the window begins in the file.
    start: usize,
    /// Behind each character that is drawn differently: its end in the file, and in what is drawn.
    shifts: Vec<(usize, usize)>,
}

impl<'t> Excerpt<'t> {
    pub(super) fn new(text: &'t str, window: &Range<usize>) -> Self {
        let source = &text[window.clone()];
        let mut excerpt = Self { text: source.into(), start: window.start, shifts: Vec::new() };
        if source.contains(is_drawn_differently) {
            excerpt.text = Cow::Owned(String::with_capacity(source.len() + 16));
            excerpt.draw(source);
        }
        excerpt
    }

    fn draw(&mut self, source: &str) {
        let out = self.text.to_mut();
        for (at, char) in source.char_indices() {
            let end = at + char.len_utf8();
            if !is_drawn_differently(char) {
                out.push(char);
                continue;
            }
            // the first half of a line break of Windows is not drawn
            if !source[at..].starts_with("\r\n") {
                visible::push(out, char);
            }
            self.shifts.push((self.start + end, out.len()));
        }
    }

    /// Where an offset of the file, which is the beginning of a character of the window or its end, is in
    /// what is drawn.
    pub(super) fn offset(&self, at: usize) -> usize {
        let before = self.shifts.partition_point(|(end, _)| *end <= at);
        let (end, drawn) = before.checked_sub(1).map_or((self.start, 0), |last| self.shifts[last]);
        drawn + at - end
    }
}

/// Tabs are left to the renderer, which knows how wide it draws them.
fn is_drawn_differently(char: char) -> bool {
    visible::is_hidden(char) && char != '\n' && char != '\t'
}

#[cfg(test)]
mod tests {
    use super::Excerpt;

    #[test]
    fn offsets_follow_what_is_drawn() {
        let text = "..a\u{202E}b\r\nc\r";
        let excerpt = Excerpt::new(text, &(2..text.len()));
        assert_eq!(excerpt.text, "a\\u{202e}b\nc\\u{d}");
        let drawn: Vec<_> = [2, 3, 6, 7, 8, 9, 10, 11].map(|at| &excerpt.text[..excerpt.offset(at)]).to_vec();
        assert_eq!(
            drawn,
            [
                "",
                "a",
                "a\\u{202e}",
                "a\\u{202e}b",
                "a\\u{202e}b",
                "a\\u{202e}b\n",
                "a\\u{202e}b\nc",
                "a\\u{202e}b\nc\\u{d}"
            ]
        );
    }
}
