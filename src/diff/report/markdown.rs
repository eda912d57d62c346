//! The difference as a comment of a merge request: Markdown that is never longer than its limit.
//!
//! The comment is written in as much detail as fits: first object differences are left out, then the details
//! of entries, then rows of tables, then changes of the lower levels. The verdict, and levels 1 and 2, come
//! first and go last. What was left out is always said.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::tables::{Table, tables};
use super::{Drawn, lines, yaml};
use crate::diagnostics::{count, printable};
use crate::diff::{Change, Level};

/// The first line of a comment, by which the next run finds it.
const MARKER: &str = "<!-- wharf diff -->";

/// How many rows of a table and changes of a lower level are shown if not all fit.
const FEW: usize = 20;

/// How much of the difference is written. Each step leaves out more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    Objects,
    Entries,
    Tables,
    FewRows,
    FewNoticed,
    DangersOnly,
    MessagesOnly,
    Counts,
}

impl Detail {
    const ALL: [Self; 8] = [
        Self::Objects,
        Self::Entries,
        Self::Tables,
        Self::FewRows,
        Self::FewNoticed,
        Self::DangersOnly,
        Self::MessagesOnly,
        Self::Counts,
    ];
}

/// The difference as Markdown of at most `limit` characters, with the objects if wanted.
pub fn markdown(drawn: &Drawn<'_>, objects: bool, limit: usize) -> String {
    let wanted = if objects { Detail::Objects } else { Detail::Entries };
    let details = Detail::ALL.into_iter().filter(|detail| *detail >= wanted);
    let mut written = details.map(|detail| Comment::new(drawn, detail, wanted, limit).write());
    written.find(|text| text.chars().count() <= limit).unwrap_or_else(|| verdict(drawn, limit))
}

/// The verdict alone.
fn verdict(drawn: &Drawn<'_>, limit: usize) -> String {
    let verdict = escaped(&drawn.diff.verdict());
    format!("{MARKER}\n**{verdict}**\n\nLeft out to stay below {limit} characters: everything else.\n")
}

/// A comment that is being written.
struct Comment<'c> {
    drawn: &'c Drawn<'c>,
    detail: Detail,
    wanted: Detail,
    limit: usize,
    out: String,
    left_out: Vec<String>,
}

impl<'c> Comment<'c> {
    fn new(drawn: &'c Drawn<'c>, detail: Detail, wanted: Detail, limit: usize) -> Self {
        Self { drawn, detail, wanted, limit, out: String::new(), left_out: Vec::new() }
    }

    fn write(mut self) -> String {
        let diff = self.drawn.diff;
        let [before, after] = self.drawn.names;
        let _ = write!(
            self.out,
            "{MARKER}\n**{}**\n\nfrom {} to {}\n",
            escaped(&diff.verdict()),
            code(before),
            code(after)
        );
        for level in Level::ALL.into_iter().filter(|level| diff.count(*level) > 0) {
            self.level(level);
        }
        self.tables();
        self.entries();
        self.objects();
        if self.detail >= Detail::MessagesOnly && !diff.changes.is_empty() {
            self.left_out.push("the consequences".into());
        }
        if !self.left_out.is_empty() {
            let left_out = self.left_out.join(", ");
            let _ = write!(self.out, "\nLeft out to stay below {} characters: {left_out}.\n", self.limit);
        }
        self.out
    }

    fn level(&mut self, level: Level) {
        let changes: Vec<_> = self.drawn.diff.of_level(level).collect();
        let shown = self.shown(level, changes.len());
        if shown < changes.len() {
            let left_out = changes.len() - shown;
            self.left_out.push(format!("{} of level {}", count(left_out, "change"), level.number()));
        }
        let alert = match level {
            Level::DataLost | Level::Opened => "> [!CAUTION]\n",
            Level::ApplyFails | Level::Noticed => "> [!WARNING]\n",
            Level::Rest => "",
        };
        let quote = if alert.is_empty() { "" } else { "> " };
        let _ = write!(self.out, "\n{alert}{quote}**{level}**\n{}\n", quote.trim_end());
        if self.detail == Detail::Counts {
            return self.counts(&changes, quote);
        }
        for change in changes.into_iter().take(shown) {
            self.change(change, quote);
        }
        if level == Level::Rest {
            for line in lines::rest(self.drawn.diff) {
                let _ = writeln!(self.out, "{quote}- {}", escaped(&line));
            }
        }
    }

    /// How many of the changes of a level are shown.
    fn shown(&self, level: Level, number: usize) -> usize {
        match self.detail {
            Detail::Counts => 0,
            _ if level.is_danger() => number,
            Detail::FewNoticed => number.min(FEW),
            Detail::DangersOnly | Detail::MessagesOnly => 0,
            _ => number,
        }
    }

    fn change(&mut self, change: &Change, quote: &str) {
        let _ = write!(self.out, "{quote}- {}", escaped(&change.message));
        if self.detail < Detail::MessagesOnly {
            let _ = write!(self.out, ": {}", escaped(&change.consequence));
            if let Some(help) = &change.help {
                let _ = write!(self.out, "; {}", escaped(help));
            }
            if let Some((key, _)) = &change.stated {
                let _ = write!(self.out, "; stated by {}", code(key));
            }
            if let Some(line) = self.drawn.line(&change.place) {
                let _ = write!(self.out, " ({})", code(&line));
            }
        }
        self.out.push('\n');
    }

    /// The number of changes of each judge.
    fn counts(&mut self, changes: &[&Change], quote: &str) {
        let mut judges = BTreeMap::<&str, usize>::new();
        for change in changes {
            *judges.entry(change.judge.name).or_default() += 1;
        }
        for (judge, number) in judges {
            let _ = writeln!(self.out, "{quote}- {}: {number}", code(judge));
        }
    }

    fn tables(&mut self) {
        for table in tables(self.drawn.diff) {
            let shown = match self.detail {
                Detail::Objects | Detail::Entries | Detail::Tables => table.rows.len(),
                Detail::FewRows | Detail::FewNoticed => table.rows.len().min(FEW),
                _ => 0,
            };
            if shown < table.rows.len() {
                self.left_out.push(format!(
                    "{} {} of {}",
                    table.rows.len() - shown,
                    rows(&table, shown),
                    table.noun
                ));
            }
            if shown > 0 {
                self.table(&table, shown);
            }
        }
    }

    fn table(&mut self, table: &Table, shown: usize) {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        self.out.push('\n');
        self.out.push_str(&line(table.head.iter().map(|cell| (*cell).to_owned()).collect()));
        self.out.push_str(&line(table.head.iter().map(|_| "---".to_owned()).collect()));
        for row in table.rows.iter().take(shown) {
            self.out.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
        }
        if shown < table.rows.len() {
            let _ = write!(self.out, "\nand {} more\n", table.rows.len() - shown);
        }
    }

    /// The objects of each entry, folded.
    fn entries(&mut self) {
        let mut folders = BTreeMap::<&str, Vec<String>>::new();
        for pair in self.drawn.diff.comparison.objects.pairs() {
            let Some(object) = pair.either() else { continue };
            let line = format!("- {} {}\n", pair.verb(), code(&lines::name(pair)));
            folders.entry(object.folder.as_str()).or_default().push(line);
        }
        if self.detail > Detail::Entries {
            if !folders.is_empty() {
                self.left_out.push(format!("the objects of {}", entries_of(folders.len())));
            }
            return;
        }
        for (folder, lines) in folders {
            let summary = format!("{folder}: {}", count(lines.len(), "object"));
            self.details(&escaped(&summary), &lines.concat());
        }
    }

    /// The difference of each object, folded.
    fn objects(&mut self) {
        let pairs = self.drawn.diff.comparison.objects.pairs();
        if self.wanted != Detail::Objects || pairs.is_empty() {
            return;
        }
        if self.detail > Detail::Objects {
            self.left_out.push(format!("the differences of {}", count(pairs.len(), "object")));
            return;
        }
        for pair in pairs {
            let text = yaml::difference(pair);
            let fence = fence(&text);
            let summary = format!("{} {}", pair.verb(), lines::name(pair));
            self.details(&escaped(&summary), &format!("{fence}diff\n{text}{fence}\n"));
        }
    }

    fn details(&mut self, summary: &str, body: &str) {
        let _ = write!(self.out, "\n<details><summary>{summary}</summary>\n\n{body}\n</details>\n");
    }
}

fn entries_of(number: usize) -> String {
    if number == 1 { "1 entry".into() } else { format!("{number} entries") }
}

fn rows(table: &Table, shown: usize) -> &'static str {
    if table.rows.len() - shown == 1 { "row" } else { "rows" }
}

/// A fence that the text does not contain.
fn fence(text: &str) -> String {
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

/// Text in which only backticks have a meaning, so that names of users cannot become links, mentions or tags.
fn escaped(text: &str) -> String {
    let text = printable(text);
    let parts: Vec<_> = text.split('`').collect();
    let closed = parts.len() % 2 == 1;
    let part = |(index, part): (usize, &&str)| {
        let is_code = index % 2 == 1 && (closed || index + 1 < parts.len());
        if is_code { code(part) } else { plain(part) }
    };
    parts.iter().enumerate().map(part).collect()
}

/// Text as code, on one line.
fn code(text: &str) -> String {
    let text = printable(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() { text } else { format!("`{text}`") }
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' => out.extend(['\\', char]),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_users_stays_text() {
        assert_eq!(escaped("the host `a` <b> @me"), "the host `a` &lt;b&gt; &#64;me");
        assert_eq!(escaped("broken `out [link](x)"), "broken out \\[link\\](x)");
        assert_eq!(escaped("`a|b` c|d"), "`a\\|b` c\\|d");
        assert_eq!(escaped("``"), "");
        assert_eq!(fence("a ``` b"), "````");
    }
}
