//! “Did you mean …”

use crate::diagnostics::Finding;

/// A longer word is not a misspelling of any word that wharf knows.
const MAX_LENGTH: usize = 100;

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

/// “did you mean `…`?”, if a candidate is similar.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
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
    match words.count() {
        0 => {}
        more => quoted.push(format!("{more} others")),
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
