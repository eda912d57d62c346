//! “Did you mean …”

use crate::diagnostics::Finding;

/// A longer word is not a misspelling of any word that wharf knows.
const MAX_LENGTH: usize = 100;

/// A shorter part of a name is in too many of them.
const SHORTEST_PART: usize = 2;

/// How many words a guess may name.
const FEW: usize = 3;

/// How many words a message lists.
const MAX_LISTED: usize = 24;

/// The number of findings after which there are no more suggestions, because nobody reads that far.
const MAX_SUGGESTIONS: usize = 200;

/// The candidate that `word` is most probably a misspelling of.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    let word = word.to_lowercase();
    let bound = (word.chars().count() / 3).clamp(1, 4);
    let letters = word.bytes().fold(0, |letters, byte| letters | letter(byte));
    candidates
        .into_iter()
        .filter(|candidate| may_be_near(letters, word.len(), candidate, bound))
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= bound)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether two words can be similar at all: comparing their lengths and letters is far cheaper than their
/// distance.
fn may_be_near(letters: u128, length: usize, candidate: &str, bound: usize) -> bool {
    candidate.len().abs_diff(length) <= bound * char::MAX.len_utf8() && {
        let other_letters =
            candidate.bytes().fold(0, |other_letters, byte| other_letters | letter(byte) & !letters);
        other_letters.count_ones() as usize <= bound
    }
}

/// A bit for each ASCII character, the same for upper and lower case; zero for all others.
fn letter(byte: u8) -> u128 {
    if byte.is_ascii() { 1 << byte.to_ascii_lowercase() } else { 0 }
}

/// “did you mean `…`?”, if a candidate is similar, or has the word as a part.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<_> = candidates.into_iter().collect();
    let near = nearest(word, candidates.iter().copied()).map(|candidate| format!("`{candidate}`"));
    near.or_else(|| named_with(word, &candidates)).map(|meant| format!("did you mean {meant}?"))
}

/// The candidates that are `word` with something before or behind it, or that it is made of: `sys-postgres`
/// for `postgres`.
fn named_with(word: &str, candidates: &[&str]) -> Option<String> {
    let has = |long: &str, part: &str| {
        let rest = long.strip_prefix(part).is_some_and(|rest| rest.starts_with('-'))
            || long.strip_suffix(part).is_some_and(|rest| rest.ends_with('-'));
        rest && part.len() >= SHORTEST_PART
    };
    let related = candidates.iter().copied().filter(|candidate| has(candidate, word) || has(word, candidate));
    let mut found: Vec<_> = related.take(FEW + 1).collect();
    found.sort_unstable();
    // A word that is a part of many names says nothing.
    (1..=FEW).contains(&found.len()).then(|| either(found))
}

/// The same for candidates from the catalog, of which there may be as many as there are findings. Only for
/// stages that run on one thread: with several, `findings` would be those of one thread.
pub fn did_you_mean_of_many<'a>(
    findings: &[Finding],
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    if findings.len() < MAX_SUGGESTIONS { did_you_mean(word, candidates) } else { None }
}

/// `` `a`, `b` or `c` ``
pub fn either<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = words.into_iter();
    let mut quoted: Vec<_> = words.by_ref().take(MAX_LISTED).map(|word| format!("`{word}`")).collect();
    match (words.next(), words.count()) {
        (None, _) => {}
        // No shorter than the word itself: "1 other".
        (Some(last), 0) => quoted.push(format!("`{last}`")),
        (Some(_), more) => quoted.push(format!("{} others", more + 1)),
    }
    match quoted.split_last() {
        None => "nothing".into(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// At most 60 characters of a word of the user, for a message.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LISTED, did_you_mean, either};

    #[test]
    fn a_part_of_a_name_is_a_guess() {
        let names = ["sys-postgres", "web-notes", "web-wiki", "web-a", "web-b"];
        assert_eq!(did_you_mean("postgres", names).as_deref(), Some("did you mean `sys-postgres`?"));
        assert_eq!(did_you_mean("web-notes-db", names).as_deref(), Some("did you mean `web-notes`?"));
        assert_eq!(did_you_mean("web", names), None);
        assert_eq!(did_you_mean("gres", names), None);
    }

    #[test]
    fn the_last_word_is_never_counted_alone() {
        let words = |number: usize| (0..number).map(|number| format!("w{number}")).collect::<Vec<_>>();
        let last = |number: usize| {
            either(words(number).iter().map(String::as_str)).rsplit(" or ").next().map(str::to_owned)
        };
        assert_eq!(last(MAX_LISTED + 1).as_deref(), Some("`w24`"));
        assert_eq!(last(MAX_LISTED + 2).as_deref(), Some("2 others"));
    }
}
