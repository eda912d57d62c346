//! Markdown pages: their fenced blocks, links and headings.

use std::ops::Range;

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block<'p> {
    /// The text after the fence.
    pub(crate) language: &'p str,
    /// Its contents.
    pub(crate) text: &'p str,
    /// Their position in the page.
    pub(crate) range: Range<usize>,
}

impl<'p> Block<'p> {
    /// The comment that it begins with.
    pub(crate) fn title(&self) -> Option<&'p str> {
        self.text.lines().next()?.strip_prefix("# ")
    }
}

/// The fenced blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(language) = line.trim_end().strip_prefix("```") else { continue };
        open = match open {
            None => Some((language, at)),
            Some((language, from)) => {
                blocks.push(Block { language, text: &page[from..start], range: from..start });
                None
            }
        };
    }
    blocks
}

/// The page without its fenced blocks.
fn prose(page: &str) -> String {
    let mut text = page.to_owned();
    for block in blocks(page).iter().rev() {
        text.replace_range(block.range.clone(), "");
    }
    text
}

/// The rows of all tables, including heads, cell by cell.
pub(crate) fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.filter(|row| !row.contains("---")).map(|row| row.split('|').map(str::trim).collect()).collect()
}

/// The targets of the links of a page.
pub(crate) fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let behind = prose.split("](").skip(1);
    behind.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// The anchors of a page.
pub(crate) fn anchors(page: &str) -> Vec<String> {
    prose(page)
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

/// The anchor of a heading, as code forges generate it.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.map(|char| if char == ' ' { '-' } else { char.to_ascii_lowercase() }).collect()
}
