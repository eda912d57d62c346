//! Escapes characters that are invisible, or change how others are displayed, so that a reader of a report
//! sees them. A report quotes files. A terminal interprets control characters; a bidirectional override makes
//! a terminal and a web page display text in another order than programs read it (CVE-2021-42574); two names
//! may differ in a zero-width character.

use std::borrow::Cow;

/// `text` with each hidden character as its code point: `\u{202e}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|char| push(&mut out, char));
    out.into()
}

/// Appends a character, or the code point of a hidden one.
pub(crate) fn push(out: &mut String, char: char) {
    if is_hidden(char) {
        out.extend(char.escape_unicode());
    } else {
        out.push(char);
    }
}

/// Whether a character is a control character, or one that Unicode calls default-ignorable or a separator of
/// lines. This excludes variation selectors, which follow many symbols and only select the form of the one
/// before.
pub(crate) fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            // soft hyphen, combining grapheme joiner, Arabic letter mark
            '\u{AD}' | '\u{34F}' | '\u{61C}'
            // fillers and inherent vowels that have no glyph
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{3164}' | '\u{FFA0}'
            // zero-width characters, direction marks, line and paragraph separators, embeddings, overrides,
            // isolates
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            // byte order mark, interlinear annotations, musical format controls, tags
            | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(printable("a\u{202E}b\u{200B}\u{1B}\u{E0041}"), r"a\u{202e}b\u{200b}\u{1b}\u{e0041}");
    }

    #[test]
    fn text_of_any_script_stays() {
        for text in ["plain", "Grüße", "日本語", "שלום", "❤\u{FE0F}", "e\u{301}"] {
            assert_eq!(printable(text), text);
        }
    }
}
