//! Parses a long list on two threads: parsing takes longer than any other stage of a compilation. A line of a
//! block list at column 0 that begins with a dash begins an item of it, unless it is in a quoted text, a flow
//! collection or a list below a key. The file is split at such a line in its middle, and both halves are
//! parsed in parallel. The result is only used if both halves are block lists at column 0 without errors that
//! do not refer to each other: then it equals that of the whole file. In all other cases the file is parsed
//! sequentially, like a short one.

use std::num::NonZeroUsize;

use super::nodes::Half;
use super::parser::Parse;
use super::{FileId, NodeKind};
use crate::parallel::both;

/// Shorter files are parsed faster by one thread.
const MIN_PARALLEL_BYTES: usize = 64 << 10;

/// The document of `text`, if it could be parsed in halves.
pub(super) fn read(file: FileId, text: &str, threads: NonZeroUsize) -> Option<Parse<'_>> {
    if threads.get() < 2 || text.len() < MIN_PARALLEL_BYTES {
        return None;
    }
    let cut = cut(text)?;
    let read = |half, part| Parse::read_half(file, text, half, part);
    let (second, first) = both(threads, || read(Half::Second, cut..text.len()), || read(Half::First, 0..cut));
    let ended = text[..cut].contains("\n...");
    (!ended && is_list(&first) && is_list(&second)).then(|| join(first, second))
}

/// The first line after the middle that begins with a dash.
fn cut(text: &str) -> Option<usize> {
    let middle = (text.len() / 2..text.len()).find(|at| text.is_char_boundary(*at))?;
    text[middle..].find("\n- ").map(|at| middle + at + 1)
}

/// Whether a half is only a block list at column 0 without errors.
fn is_list(half: &Parse<'_>) -> bool {
    let Some(root) = half.root.map(|root| &half.nodes[root]) else { return false };
    let (start, text) = (root.span.start as usize, half.text.as_bytes());
    let at_column_0 = start == 0 || text[start - 1] == b'\n';
    half.readable
        && half.documents == 1
        && half.findings.is_empty()
        && half.anchors.is_empty()
        && matches!(root.kind, NodeKind::List(_))
        && at_column_0
        && text.get(start) == Some(&b'-')
}

/// Appends the items of the second half to those of the first.
fn join<'a>(mut first: Parse<'a>, mut second: Parse<'a>) -> Parse<'a> {
    if let (Some(one), Some(other)) = (first.root, second.root) {
        let other = &mut second.nodes[other];
        let (end, rest) = (other.span.end, std::mem::replace(&mut other.kind, NodeKind::List(Vec::new())));
        let root = &mut first.nodes[one];
        root.span.end = end;
        if let (NodeKind::List(items), NodeKind::List(rest)) = (&mut root.kind, rest) {
            items.extend(rest);
        }
    }
    first.nodes.join(second.nodes);
    first.wide.append(&mut second.wide);
    first
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{MIN_PARALLEL_BYTES, read};
    use crate::compile::compile;
    use crate::diagnostics::FileId;
    use crate::inputs::{Inputs, Source};
    use crate::report::text;

    /// The report for a long list with `odd` in its middle and `end` at its end, on a number of threads.
    fn report(odd: &str, end: &str, threads: usize) -> String {
        let entry = |number: usize| {
            format!(
                "- namespace: n-{number}\n  description: a line of text\n  networkPolicies: {{profile: \
                 worker}}\n"
            )
        };
        let mut catalog: String = (0..1500).map(entry).collect();
        catalog.push_str(odd);
        catalog.extend((1500..3000).map(entry));
        catalog.push_str("- namespace: last\n  tierr: apps\n  networkPolicies: {profile: workr}\n");
        catalog.push_str(end);
        let platform = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n";
        let inputs = Inputs {
            applications: Source::new("applications.yml", catalog),
            platform: Some(Source::new("platform.yml", platform)),
            ..Inputs::default()
        };
        let compiled = compile(&inputs, NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN));
        text::draw(&compiled.findings, &compiled.documents, false)
    }

    #[test]
    fn only_a_long_list_is_split_and_only_for_a_second_thread() {
        let is_split = |text: &str, threads| {
            let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
            read(FileId::APPLICATIONS, text, threads).is_some()
        };
        let long = "- a\n".repeat(MIN_PARALLEL_BYTES / 4);
        assert_eq!(long.len(), MIN_PARALLEL_BYTES);
        assert!(is_split(&long, 2));
        assert!(!is_split(&long, 1));
        assert!(!is_split(&long[4..], 2));
    }

    #[test]
    fn halves_give_the_same_report_as_the_whole() {
        let odd = [
            "",
            "- namespace: odd\n  description: \"quoted\n- not an entry\n- nor this\"\n  networkPolicies: \
             {profile: worker}\n",
            "- namespace: odd\n  labels: &labels {a: b}\n  networkPolicies: {profile: worker}\n",
            "- namespace: odd\n  description: |\n    literal\n\n  networkPolicies: {profile: worker}\n",
            "- namespace: [\n- a,\n- b]\n",
            "...\n---\n",
            "---\n",
            "key:\n",
            "- namespace: odd\n  namespace: odd\n  networkPolicies: {profile: worker}\n",
            "  - namespace: deeper\n",
        ];
        // These extend across the middle of the file.
        let quoted = format!(
            "- namespace: odd\n  description: \"{}\"\n  networkPolicies: {{profile: worker}}\n",
            "not an entry\n- ".repeat(20_000)
        );
        let flow = format!("- namespace: [{}x]\n", "\n- y,".repeat(20_000));
        let below = format!("key:\n{}", "- {namespace: x}\n".repeat(20_000));
        for odd in odd.into_iter().chain([quoted.as_str(), &flow, &below]) {
            let whole = report(odd, "", 1);
            assert!(!whole.is_empty());
            assert_eq!(report(odd, "", 2), whole);
        }
    }

    #[test]
    fn an_alias_of_the_second_half_means_what_it_says() {
        let entry = |number, labels| {
            format!(
                "- namespace: alias-{number}\n  labels: {labels}\n  networkPolicies: {{profile: worker}}\n"
            )
        };
        let end = entry(1, "&labels {team: home}") + &entry(2, "*labels");
        let whole = report("", &end, 1);
        assert_eq!(whole.matches("error[").count(), 2, "only what is wrong with the entry before: {whole}");
        assert_eq!(report("", &end, 2), whole);
    }
}
