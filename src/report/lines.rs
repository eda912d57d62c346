//! Offsets as lines and columns, without reading the file again for each.

use crate::syntax::Document;

/// So many bytes apart, the characters before an offset are known.
const STEP: usize = 4096;

/// A file with the offsets of its lines.
pub(crate) struct Lines<'d> {
    /// The file.
    pub(crate) document: &'d Document<'d>,
    /// Where each line begins.
    starts: Vec<usize>,
    /// The characters before each multiple of [`STEP`].
    characters: Vec<usize>,
}

impl<'d> Lines<'d> {
    pub(crate) fn new(document: &'d Document<'d>) -> Self {
        let starts = [0].into_iter().chain(document.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let sum =
            |before: &mut usize, piece: &[u8]| Some(std::mem::replace(before, *before + characters(piece)));
        Self { document, starts, characters: document.text.as_bytes().chunks(STEP).scan(0, sum).collect() }
    }

    /// The number of the line of `offset`, counted from 0.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Where the line with this number begins, and where it ends without its line break.
    pub(super) fn bounds(&self, line: usize) -> (usize, usize) {
        let start = self.starts[line];
        let Some(next) = self.starts.get(line + 1) else { return (start, self.document.text.len()) };
        let text = &self.document.text[start..next - 1];
        (start, start + text.strip_suffix('\r').unwrap_or(text).len())
    }

    /// How many characters of its line stand before `offset`.
    pub(super) fn column(&self, offset: usize) -> usize {
        self.before(offset).saturating_sub(self.before(self.starts[self.line(offset)]))
    }

    fn before(&self, offset: usize) -> usize {
        let segment = (offset / STEP).min(self.characters.len().saturating_sub(1));
        let rest = self.document.text.as_bytes().get(segment * STEP..offset).unwrap_or_default();
        self.characters.get(segment).map_or(0, |before| before + characters(rest))
    }
}

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}
