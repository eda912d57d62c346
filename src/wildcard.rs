//! Names with wildcards. The time is bounded by the product of both lengths, whatever the pattern.

/// Whether a name matches a pattern, in which `*` is any characters.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    matches_with(pattern, name, |byte, own| byte == own)
}

/// The same, with `?` for one character.
pub(crate) fn matches_or_one(pattern: &str, name: &str) -> bool {
    matches_with(pattern, name, |byte, own| byte == b'?' || byte == own)
}

/// A `*` first matches nothing, and one byte more whenever the rest of the pattern does not fit. Only the
/// last one is tried again: whatever an earlier one could match in its place, the last one can.
fn matches_with(pattern: &str, name: &str, is_same: impl Fn(u8, u8) -> bool) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut from, mut star) = (0, 0, None);
    while let Some(own) = name.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if is_same(*byte, *own) => (at, from) = (at + 1, from + 1),
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                (at, from) = (back + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{matches, matches_or_one};

    #[test]
    fn a_star_matches_any_characters() {
        for (pattern, name, expected) in [
            ("web-*", "web-notes", true),
            ("web-*", "sys-web-notes", false),
            ("*", "anything", true),
            ("*", "", true),
            ("*-db-*", "sys-db-main", true),
            ("*-db", "sys-db-main", false),
            ("*-db", "sys-db-db", true),
            ("web-notes", "web-notes", true),
            ("web-notes", "web-note", false),
            ("web-?", "web-a", false),
            ("é*é", "éaé", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        assert!(matches_or_one("web-?*", "web-ab") && !matches_or_one("web-?", "web-"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "*a".repeat(100);
        assert!(!matches(&format!("{pattern}b"), &"a".repeat(250)));
        assert!(matches(&pattern, &"a".repeat(250)));
    }
}
