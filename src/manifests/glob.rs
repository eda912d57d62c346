//! The patterns of `directory.include` and `exclude`: `*` and `?` also match slashes, `{a,b}` is one of
//! several, `[a-z]` a set (Argo CD 3.5, `util/glob`, which gives `gobwas/glob` no separators).

/// How many steps a match may take: nested alternatives grow exponentially.
const MAX_STEPS: usize = 100_000;

/// Whether `text` matches `pattern`. An invalid pattern matches nothing, as in Argo CD, which only logs it.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
    Matcher { steps: MAX_STEPS }.matches(&pattern, &text)
}

struct Matcher {
    steps: usize,
}

impl Matcher {
    fn matches(&mut self, pattern: &[char], text: &[char]) -> bool {
        let Some(steps) = self.steps.checked_sub(1) else { return false };
        self.steps = steps;
        match (pattern, text) {
            ([], rest) => rest.is_empty(),
            (['*', pattern @ ..], _) => (0..=text.len()).any(|start| self.matches(pattern, &text[start..])),
            (['?', pattern @ ..], [_, text @ ..]) => self.matches(pattern, text),
            (['{', rest @ ..], _) => self.alternatives(rest, text),
            (['[', rest @ ..], [char, text @ ..]) => {
                set(rest, *char).is_some_and(|pattern| self.matches(pattern, text))
            }
            (['\\', literal, pattern @ ..] | [literal, pattern @ ..], [char, text @ ..]) => {
                literal == char && self.matches(pattern, text)
            }
            _ => false,
        }
    }

    fn alternatives(&mut self, rest: &[char], text: &[char]) -> bool {
        let Some((options, pattern)) = split(rest) else { return false };
        options.iter().any(|option| self.matches(&[option, pattern].concat(), text))
    }
}

/// The alternatives between braces, and the rest after them.
fn split(rest: &[char]) -> Option<(Vec<&[char]>, &[char])> {
    let (mut depth, mut start, mut options) = (0, 0, Vec::new());
    for (index, char) in rest.iter().enumerate() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => {
                options.push(&rest[start..index]);
                return Some((options, &rest[index + 1..]));
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                options.push(&rest[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    None
}

/// The rest after a set, if the set contains `char`.
fn set(rest: &[char], char: char) -> Option<&[char]> {
    let (negated, rest) = rest.strip_prefix(&['!']).map_or((false, rest), |rest| (true, rest));
    let end = rest.iter().position(|char| *char == ']').filter(|end| *end > 0)?;
    let (items, pattern) = (&rest[..end], &rest[end + 1..]);
    let found = match items {
        [low, '-', high] => (low..=high).contains(&&char),
        _ => items.contains(&char),
    };
    (found != negated).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_argo_cd_matches_them() {
        for (pattern, text) in [
            ("*.yaml", "a.yaml"),
            ("*.yaml", "a/b.yaml"),
            ("{a,b}*", "b1"),
            ("{*.yml,x/{y,z}/*}", "x/z/1"),
            ("[a-c]?", "bz"),
            ("[!a]", "b"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("*.yaml", "a.yml"), ("a", "ab"), ("{a,b", "a"), ("[a", "a"), ("[!a]", "a"), ("", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(60), &format!("{}b", "a".repeat(400))), "given up");
    }
}
