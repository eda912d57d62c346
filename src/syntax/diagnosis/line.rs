//! A line of a file that may not be valid YAML: its dashes, its key, its value.

/// One line, without its line break.
pub(super) struct Line<'t> {
    /// Its offset in the file.
    pub(super) start: usize,
    /// Its text.
    pub(super) text: &'t str,
}

impl<'t> Line<'t> {
    /// The line of `text` with the byte `at`.
    pub(super) fn at(text: &'t str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..).unwrap_or_default().split('\n').next().unwrap_or_default();
        Self { start, text: line.trim_end_matches('\r') }
    }

    /// The number of leading spaces.
    pub(super) fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// The columns of the dashes that begin list items.
    pub(super) fn dashes(&self) -> impl Iterator<Item = usize> {
        let (from, to) = (self.indentation(), self.content_column());
        self.text
            .get(from..to)
            .unwrap_or_default()
            .char_indices()
            .filter(|(_, char)| *char == '-')
            .map(move |(at, _)| from + at)
    }

    /// The column of the content after spaces and dashes.
    pub(super) fn content_column(&self) -> usize {
        let mut rest = self.text.trim_start_matches(' ');
        while let Some(item) = rest.strip_prefix('-').filter(|item| item.starts_with(' ')) {
            rest = item.trim_start_matches(' ');
        }
        self.text.len() - rest.len()
    }

    /// The offset of the content in the file.
    pub(super) fn content_start(&self) -> usize {
        self.start + self.content_column()
    }

    /// The content after spaces and dashes, without a comment.
    pub(super) fn content(&self) -> &'t str {
        without_comment(self.text.get(self.content_column()..).unwrap_or_default())
    }

    /// The whole line without its indentation and comment, for messages.
    pub(super) fn shown(&self) -> &'t str {
        without_comment(self.text.trim_start_matches(' '))
    }

    /// Its key, and the offset of its value in the file; the value may be empty.
    pub(super) fn pair(&self) -> Option<(&'t str, usize)> {
        let content = self.content();
        let colon = content
            .match_indices(':')
            .map(|(at, _)| at)
            .find(|at| content[at + 1..].is_empty() || content[at + 1..].starts_with(' '))?;
        let value = content[colon + 1..].trim_start_matches(' ');
        Some((&content[..colon], self.content_start() + content.len() - value.len()))
    }

    /// The rest of the line from an offset in the file, without a comment.
    pub(super) fn from(&self, at: usize) -> &'t str {
        without_comment(
            at.checked_sub(self.start).and_then(|column| self.text.get(column..)).unwrap_or_default(),
        )
    }

    /// Whether the value at this offset has quotes or brackets.
    pub(super) fn value_is_closed(&self, value: usize) -> bool {
        self.from(value).starts_with(['"', '\'', '[', '{'])
    }
}

/// The nearest line before `start`, the beginning of a line, that has more than spaces and a comment.
pub(super) fn content_before(text: &str, start: usize) -> Option<Line<'_>> {
    lines_before(text, start).next()
}

/// The lines before that have more than spaces and a comment, from the bottom up.
pub(super) fn lines_before(text: &str, start: usize) -> impl Iterator<Item = Line<'_>> {
    let mut end = start;
    let above = std::iter::from_fn(move || {
        let line = Line::at(text, end.checked_sub(1)?);
        end = line.start;
        Some(line)
    });
    above.filter(|line| !line.content().is_empty())
}

fn without_comment(text: &str) -> &str {
    let end = if text.starts_with('#') { Some(0) } else { text.find(" #") };
    text.get(..end.unwrap_or(text.len())).unwrap_or_default().trim_end()
}
