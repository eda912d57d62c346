//! The prose of Rust source text: its comments and string literals.

/// The comments and string literals of `code`. Consecutive lines of a comment are one text, and so is each
/// string; `. ` separates them.
pub(crate) fn prose(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(char) = rest.chars().next() {
        let (kind, length) = token(rest);
        let text = &rest[..length];
        match kind {
            Kind::Comment => out.push_str(text.trim_start_matches(['/', '!']).trim_end()),
            Kind::Text => out.extend([". ", &joined(text), " ."]),
            // A blank line or code ends a comment, a single line break does not.
            Kind::Code if char == '\n' && is_comment(&rest[1..]) => out.push(' '),
            Kind::Code if char == '\n' => out.push_str(". "),
            Kind::Code => {}
        }
        rest = &rest[length..];
    }
    out
}

enum Kind {
    Comment,
    Text,
    Code,
}

/// The kind and the length of the token that `code` begins with.
fn token(code: &str) -> (Kind, usize) {
    if code.starts_with("//") {
        return (Kind::Comment, code.find('\n').unwrap_or(code.len()));
    }
    if let Some(length) = raw_string(code) {
        return (Kind::Text, length);
    }
    if let Some(text) = code.strip_prefix('"') {
        return (Kind::Text, 1 + quoted(text, '"'));
    }
    if let Some(text) = code.strip_prefix('\'') {
        return (Kind::Code, 1 + character(text));
    }
    let word = code.find(|char: char| !char.is_alphanumeric() && char != '_').filter(|length| *length > 0);
    (Kind::Code, word.unwrap_or_else(|| code.chars().next().map_or(0, char::len_utf8)))
}

/// The length of a raw string, `r"…"` or `r#"…"#`.
fn raw_string(code: &str) -> Option<usize> {
    let hashes: String = code.strip_prefix('r')?.chars().take_while(|char| *char == '#').collect();
    let start = 1 + hashes.len();
    let body = code[start..].strip_prefix('"')?;
    let end = format!("\"{hashes}");
    Some(start + 1 + body.find(&end)? + end.len())
}

/// The length of `text` up to and including the `end` that is not escaped.
fn quoted(text: &str, end: char) -> usize {
    let mut is_escaped = false;
    for (index, char) in text.char_indices() {
        if !is_escaped && char == end {
            return index + char.len_utf8();
        }
        is_escaped = !is_escaped && char == '\\';
    }
    text.len()
}

/// The length of a character literal after its first quote; nothing for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => quoted(text, '\''),
        (Some(char), Some('\'')) => 1 + char.len_utf8(),
        _ => 0,
    }
}

/// The text of a string literal, without the line breaks that `\` hides.
fn joined(literal: &str) -> String {
    let lines: Vec<_> = literal.split("\\\n").collect();
    let rest = lines.iter().skip(1).map(|line| line.trim_start());
    lines.iter().take(1).copied().chain(rest).collect::<String>().replace("\\n", ". ")
}

fn is_comment(code: &str) -> bool {
    code.trim_start_matches([' ', '\t']).trim_start_matches('/').trim_start_matches('!').starts_with(' ')
        && code.trim_start_matches([' ', '\t']).starts_with("//")
}
