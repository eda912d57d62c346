//! “Did you mean …”

use crate::diagnostics::Finding;

/// Longer words are no misspellings of anything that wharf knows.
const MAX_LENGTH: usize = 100;

/// How many words a message lists.
const MAX_LISTED: usize = 24;

/// Behind so many findings nobody reads what a word may have meant.
const READ: usize = 200;

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

/// Whether two words can be near at all: looking at lengths and letters is far cheaper than measuring.
fn may_be_near(letters: u128, length: usize, candidate: &str, bound: usize) -> bool {
    candidate.len().abs_diff(length) <= bound * char::MAX.len_utf8() && {
        let strange = candidate.bytes().fold(0, |strange, byte| strange | letter(byte) & !letters);
        strange.count_ones() as usize <= bound
    }
}

/// A bit for each character of ASCII, the same for upper and lower case; none for any other.
fn letter(byte: u8) -> u128 {
    if byte.is_ascii() { 1 << byte.to_ascii_lowercase() } else { 0 }
}

/// “did you mean `…`?”, if anything is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// The same for candidates that the catalog lists, of which there may be many, as there may be findings. For
/// stages that run on one thread: on several, `findings` would be those of one.
pub fn did_you_mean_of_many<'a>(
    findings: &[Finding],
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    if findings.len() < READ { did_you_mean(word, candidates) } else { None }
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

/// At most 60 characters of a user's word, for a message.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
