//! Offsets as lines and columns, without reading the file again for each.

use crate::syntax::Document;

/// The number of bytes between offsets for which the number of preceding characters is stored.
const STEP: usize = 4096;

/// A file with the offsets of its lines.
pub(crate) struct Lines<'d> {
    /// The file.
    pub(crate) document: &'d Document,
    /// The offset of each line.
    starts: Vec<usize>,
    /// The number of characters before each multiple of [`STEP`].
    characters: Vec<usize>,
}

impl<'d> Lines<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        let starts = [0].into_iter().chain(document.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let sum =
            |before: &mut usize, piece: &[u8]| Some(std::mem::replace(before, *before + characters(piece)));
        Self { document, starts, characters: document.text.as_bytes().chunks(STEP).scan(0, sum).collect() }
    }

    /// The number of the line of `offset`, counted from 0.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The offsets where the line with this number begins, and where it ends without its line break.
    pub(super) fn bounds(&self, line: usize) -> (usize, usize) {
        let start = self.starts[line];
        let Some(next) = self.starts.get(line + 1) else { return (start, self.document.text.len()) };
        let text = &self.document.text[start..next - 1];
        (start, start + text.strip_suffix('\r').unwrap_or(text).len())
    }

    /// The number of characters before `offset` in its line.
    pub(super) fn column(&self, offset: usize) -> usize {
        self.before(offset).saturating_sub(self.before(self.starts[self.line(offset)]))
    }

    fn before(&self, offset: usize) -> usize {
        let segment = (offset / STEP).min(self.characters.len().saturating_sub(1));
        let rest = self.document.text.as_bytes().get(segment * STEP..offset).unwrap_or_default();
        self.characters.get(segment).map_or(0, |before| before + characters(rest))
    }
}

/// The number of characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}
