//! Text that every YAML parser reads as the same string without quotes.

/// Words that some YAML parser reads as a boolean or null, in lower case.
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Whether every parser reads plain `text` as this string.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return false };
    let has_plain_start = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'/' => true,
        b'0'..=b'9' => bytes.iter().any(|byte| is_never_numeric(*byte)),
        _ => false,
    };
    has_plain_start && has_plain_bytes(bytes) && !is_reserved(text)
}

/// Whether this byte occurs in no number or date of any YAML version.
fn is_never_numeric(byte: u8) -> bool {
    matches!(byte.to_ascii_lowercase(), b'/' | b'g'..=b'm' | b'p'..=b's' | b'u'..=b'w')
}

/// Whether all `bytes` are allowed in a plain scalar, with no colon before a space or at the end, and no
/// space at the end.
fn has_plain_bytes(bytes: &[u8]) -> bool {
    // Most words have neither colons nor spaces.
    if bytes.iter().all(|byte| PLAIN[usize::from(*byte)] == Plain::Always) {
        return true;
    }
    let mut last = b' ';
    for byte in bytes {
        if PLAIN[usize::from(*byte)] == Plain::Never || last == b':' && *byte == b' ' {
            return false;
        }
        last = *byte;
    }
    !matches!(last, b':' | b' ')
}

fn is_reserved(text: &str) -> bool {
    text.len() <= 5 && RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word))
        || is_exponent(text.as_bytes())
}

/// Whether `text` looks like an exponent alone (`e1`, `E5`), which some parsers read as a number.
fn is_exponent(text: &[u8]) -> bool {
    matches!(text, [b'e' | b'E', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// Whether a byte is allowed in a plain scalar, after the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Never,
    /// A colon or a space, depending on what is next to it.
    Sometimes,
    Always,
}

const PLAIN: [Plain; 256] = {
    let mut table = [Plain::Never; 256];
    let allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./()`=+,@$&|;<>";
    let mut index = 0;
    while index < allowed.len() {
        table[allowed[index] as usize] = Plain::Always;
        index += 1;
    }
    table[b':' as usize] = Plain::Sometimes;
    table[b' ' as usize] = Plain::Sometimes;
    table
};
