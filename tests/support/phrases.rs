//! Archaic wordings, what to write instead, and where a text contains one.

/// A wording that the project does not use.
#[derive(Debug)]
pub(crate) struct Phrase {
    /// Its words. `a|b` is either of two words, `!a|b` is any other word, `_` is any word.
    pub(crate) pattern: &'static str,
    /// What to write instead.
    pub(crate) instead: &'static str,
    /// A sentence that contains it.
    pub(crate) example: &'static str,
}

const fn phrase(pattern: &'static str, instead: &'static str, example: &'static str) -> Phrase {
    Phrase { pattern, instead, example }
}

/// The archaic wordings.
pub(crate) const ARCHAIC: &[Phrase] = &[
    phrase("if it is not said", "Default: `x`.", "The port; 443 if it is not said."),
    phrase("is|are not said", "is not set", "The tier is not said anywhere."),
    phrase("say|says|said so", "reports it", "Nothing said so."),
    phrase("nobody|somebody said", "is not set", "It is public, and nobody said why."),
    phrase(
        "say|says everything that is wrong",
        "report every problem",
        "Say everything that is wrong; never write.",
    ),
    phrase("without a word", "silently", "Helm takes the value without a\nword."),
    phrase("by hand", "manually", "It is synced by hand."),
    phrase("a change by hand", "a manual change", "It undoes a change by hand."),
    phrase("press|presses|pushes the button", "synced manually", "Then somebody presses the button."),
    phrase("wait|waits for a button", "must be synced manually", "It waits for a button."),
    phrase("held|hold|holds against", "checked against", "Each object is held against its schema."),
    phrase(
        "hold|holds every|each|all _ against",
        "validates against",
        "Hold every object against the schemas.",
    ),
    phrase("mend|mends|mended|mending", "fix", "What it breaks is what would mend it."),
    phrase("called after", "named after", "The release is called after it."),
    phrase("bring|brings|brought along", "includes", "k3s brings along its own."),
    phrase("bring|brings _ _ along", "includes", "A wheel that brings the binary along."),
    phrase("anew", "again", "The cluster is built anew."),
    phrase("for ever", "permanently", "It waits for ever."),
    phrase("of one's|ones own", "your own", "Objects of one's own."),
    phrase("one's own", "your own", "Nine profiles, and one's own in `profiles/`."),
    phrase("the own", "your, its", "The pods of the own namespace."),
    phrase("the way in|out|back", "ingress, egress, callback", "The way in is a route."),
    phrase("way|ways out|in of", "egress, ingress", "Both ways in of the cluster."),
    phrase("!there|if is|are no !longer|more", "is not a", "`foo` is no version."),
    phrase("that is none", "that is not valid", "A range of addresses that is none."),
    phrase("has|have no word|words for", "does not support", "An Ingress has no words for it."),
    phrase("unsayable|sayable", "unsupported, supported", "The route is unsayable."),
    phrase("overlook|overlooks|overlooked", "ignore", "Argo CD overlooks the difference."),
    phrase("so to speak", "remove it", "It is, so to speak, the root."),
    phrase("as it were", "remove it", "It is, as it were, the root."),
    phrase("all the same", "anyway", "The finalizer deletes it all the same."),
    phrase("without further ado", "automatically", "It is asked without further ado."),
    phrase("waits|wait in vain", "silently has no effect", "Whoever changes it waits in vain."),
    phrase("how grave", "severity", "It says how grave a finding is."),
    phrase("leads|lead nowhere", "does not resolve", "A link that leads nowhere."),
    phrase("takes|take no notice of", "ignores", "A controller takes no notice of it."),
    phrase("makes|make no difference between", "treats alike", "It makes no difference between them."),
    phrase("stand|stands twice", "appears twice", "A key that stands twice in a mapping."),
    phrase("shall", "must", "Argo CD shall not prune itself."),
    phrase("ought", "should", "It ought to be there."),
    phrase(
        "whence|thence|hence|thereby|whereby|wherein|therein|whilst|thus",
        "use a common word",
        "It is thus public.",
    ),
    phrase("twixt|betwixt|amongst|upon|unto", "between, among, on", "It depends upon it."),
    phrase("were it|there", "if it were", "Silent, were it no error."),
    phrase("come|comes|may come in", "may access it", "Everybody may come in."),
    phrase("let|lets everybody in", "allows everybody", "A route that lets everybody in."),
    phrase("has|have to be said", "is required", "The kind has to be said."),
    phrase("not yours to say", "not in the catalog", "It is not yours to say."),
    phrase("what|that is true of", "the facts about", "What is true of Argo CD."),
    phrase("goes|go without saying", "is implied", "It goes without saying."),
    phrase("nobody asks", "nobody notices", "It works, so nobody asks."),
    phrase("line in its log", "which it only logs", "It is skipped, with a line in its log."),
    phrase("says so in its", "only logs it", "It says so in its log."),
    phrase("take|takes|took the place of", "replaces", "It takes the place of the built-in one."),
    phrase("switch|switched|switches off|on", "disable, enable", "An entry that is switched off."),
    phrase("stand|stands in|beside|behind|below|above|there|for", "is in", "It stands in a list."),
    phrase("lend|lends|lent", "provide", "A source that only lends its files."),
    phrase("good for nothing", "not usable", "The objects are good for nothing."),
    phrase("runs|run backwards", "ends before its beginning", "The range runs backwards."),
    phrase("go|goes in circles", "are redirected in a loop", "People go in circles."),
    phrase("means|mean nothing", "has no effect", "A key that means nothing here."),
    phrase("fault of the form", "syntax error", "A fault of the form."),
    phrase("nobody|somebody says|decided|decides", "is not set", "Nobody decided who may use it."),
    phrase("of one name", "with the same name", "Two objects of one name."),
    phrase("say the rest", "add other keys", "Say the rest when you need it."),
    phrase("as the lock says", "according to the lock", "A Secret that nobody makes, as the lock says."),
    phrase("takes|take it that", "assumes that", "Takes it that the folder is meant."),
    phrase("is nothing !to|but|more|else|that", "is null, is empty", "This key is nothing, not text."),
    phrase("whoever asks", "all requests", "The authority believes whoever asks."),
    phrase("who|that waits longer", "after a timeout", "Who waits longer is stuck."),
    phrase("as it stands", "unchanged", "The example is measured as it stands."),
    phrase("in turns with", "alternating with", "It runs in turns with the floor."),
    phrase("seconds|s of a core", "of CPU time", "They took 90 s of a core."),
    phrase("would go unseen", "would be ignored", "The commit would go unseen."),
    phrase("reports|report for people", "prints the report", "The last command reports for people."),
    phrase("hold|holds throughout", "apply to all", "Three things hold throughout."),
];

/// The words of a text in lower case; `.` is where a sentence or a table cell ends.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for char in text.chars() {
        if char.is_alphanumeric() || matches!(char, '\'' | '-' | '_') {
            word.extend(char.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if matches!(char, '.' | ';' | ':' | '?' | '!' | '|' | '(' | ')') {
            words.push(".".into());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn matches(pattern: &str, word: &str) -> bool {
    let is_listed = |list: &str| list.split('|').any(|listed| listed == word);
    match pattern.strip_prefix('!') {
        _ if word == "." => false,
        Some(list) => !is_listed(list),
        None => pattern == "_" || is_listed(pattern),
    }
}

/// Each archaic wording that a text contains, with the words that match.
pub(crate) fn archaic(text: &str) -> Vec<(&'static Phrase, String)> {
    let words = words(text);
    let mut found = Vec::new();
    for phrase in ARCHAIC {
        let pattern: Vec<_> = phrase.pattern.split(' ').collect();
        for window in words.windows(pattern.len()) {
            if pattern.iter().zip(window).all(|(pattern, word)| matches(pattern, word)) {
                found.push((phrase, window.join(" ")));
            }
        }
    }
    found
}
