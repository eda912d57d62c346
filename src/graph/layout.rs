//! Where boxes and lines are. Boxes are in columns with gaps between them; a line leaves its row at the side
//! of the box, crosses other columns only through their gaps, and bends only between columns. So no line
//! crosses a box, and no text is outside of one.

use std::collections::BTreeMap;

use super::picture::{Column, Node, Picture};

/// The width of a character, in pixels, of the widest common monospaced fonts at the font size.
pub(super) const CHARACTER: usize = 8;

/// The height of a row of text.
pub(super) const ROW: usize = 17;

/// The space between the border of a box and its text.
pub(super) const PADDING: usize = 8;

/// The space between two boxes of a column, through which lines pass.
const GAP: usize = 18;

/// The space between two columns, in which lines bend.
const GUTTER: usize = 96;

/// The space around the picture.
pub(super) const MARGIN: usize = 24;

/// How many characters of a row are shown.
pub(super) const MAX_TEXT: usize = 44;

/// The width of a picture in relation to its height, in tenths.
const RATIO: usize = 16;

/// The least height of a column before it is divided.
const MIN_HEIGHT: usize = 600;

/// A picture with positions.
#[derive(Debug, Default)]
pub(super) struct Layout<'p> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) headings: Vec<(usize, &'p str)>,
    pub(super) boxes: Vec<Placed<'p>>,
    /// The points of each line of the picture, two for each gutter that it crosses.
    pub(super) paths: Vec<Vec<Point>>,
}

pub(super) type Point = (usize, usize);

/// A box with its position.
#[derive(Debug)]
pub(super) struct Placed<'p> {
    pub(super) node: &'p Node,
    pub(super) column: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A column of the picture: the horizontal range of its boxes, and the middles of its gaps.
#[derive(Debug)]
struct Lane {
    left: usize,
    right: usize,
    gaps: Vec<usize>,
}

impl<'p> Layout<'p> {
    /// Places everything.
    pub(super) fn new(picture: &'p Picture) -> Self {
        let mut layout = Self::default();
        let top = MARGIN + ROW * (picture.legend.len() + 4);
        let mut lanes = Vec::new();
        let mut x = MARGIN;
        for (heading, part) in parts(picture) {
            let width =
                part.iter().map(|node| width(node)).chain([heading.chars().count() * CHARACTER]).max();
            let lane = layout.column(heading, &part, (x, top, width.unwrap_or_default()), lanes.len());
            x = lane.right + GUTTER;
            lanes.push(lane);
        }
        let texts = picture.legend.iter().chain([&picture.title]).map(|text| columns(text) * CHARACTER);
        let least = texts.max().unwrap_or_default() + 2 * MARGIN;
        layout.width = (x.saturating_sub(GUTTER) + GUTTER / 2 + MARGIN).max(least);
        let bottom = layout.boxes.iter().map(|placed| placed.y + placed.height).max().unwrap_or(top);
        layout.height = bottom + GAP + MARGIN;
        layout.paths = layout.route(picture, &lanes);
        layout
    }

    fn column(
        &mut self,
        heading: &'p str,
        part: &[&'p Node],
        at: (usize, usize, usize),
        column: usize,
    ) -> Lane {
        let (x, top, width) = at;
        self.headings.push((x, heading));
        let mut gaps = vec![top - GAP / 2];
        let mut y = top;
        for node in part {
            let height = height(node);
            self.boxes.push(Placed { node, column, x, y, width, height });
            y += height + GAP;
            gaps.push(y - GAP / 2);
        }
        Lane { left: x, right: x + width, gaps }
    }

    /// The points of each line, in the order of the picture.
    fn route(&self, picture: &Picture, lanes: &[Lane]) -> Vec<Vec<Point>> {
        let by_id: BTreeMap<_, _> =
            self.boxes.iter().map(|placed| (placed.node.id.as_str(), placed)).collect();
        let mut uses: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut paths = Vec::new();
        for (index, line) in picture.lines.iter().enumerate() {
            let ends = by_id.get(line.from.as_str()).zip(by_id.get(line.to.as_str()));
            paths.push(ends.map_or_else(Vec::new, |(from, to)| path(index, from, to, lanes, &mut uses)));
        }
        paths
    }
}

fn path(
    line: usize,
    from: &Placed<'_>,
    to: &Placed<'_>,
    lanes: &[Lane],
    uses: &mut BTreeMap<(usize, usize), usize>,
) -> Vec<Point> {
    let row = from.node.rows.iter().position(|row| row.line == Some(line));
    let start = row.map_or(from.y + ROW / 2, |row| from.y + PADDING + ROW * (row + 1) + ROW / 2);
    let end = to.y + PADDING + ROW / 2;
    let is_forward = from.column <= to.column;
    let sides = |lane: &Lane| if is_forward { (lane.left, lane.right) } else { (lane.right, lane.left) };
    if from.column == to.column {
        return vec![(from.x + from.width, start), (to.x + to.width, end)];
    }
    let out = if is_forward { from.x + from.width } else { from.x };
    let mut points = vec![(out, start)];
    let between = from.column.min(to.column) + 1..from.column.max(to.column);
    let mut crossed: Vec<_> = between.collect();
    if !is_forward {
        crossed.reverse();
    }
    let steps = crossed.len() + 1;
    for (step, column) in crossed.into_iter().enumerate() {
        let Some(lane) = lanes.get(column) else { continue };
        let wanted = (start * (steps - step - 1) + end * (step + 1)) / steps;
        let nearest = lane.gaps.iter().enumerate().min_by_key(|(_, gap)| gap.abs_diff(wanted));
        let Some((gap, y)) = nearest else { continue };
        let used = uses.entry((column, gap)).or_default();
        // lines that share a gap are side by side
        let y = y - GAP / 2 + spread(*used);
        *used += 1;
        let (near, far) = sides(lane);
        points.extend([(near, y), (far, y)]);
    }
    points.push((if is_forward { to.x } else { to.x + to.width }, end));
    points
}

/// The positions of lines that share a gap, from the first below its top: the first is in the middle.
const SPREAD: [usize; 7] = [9, 5, 13, 7, 11, 3, 15];

/// The distance of the line with this number from the top of its gap.
fn spread(number: usize) -> usize {
    SPREAD.get(number % SPREAD.len()).copied().unwrap_or(GAP / 2)
}

/// The columns of the picture: long ones are divided into several of about the same height.
fn parts(picture: &Picture) -> Vec<(&str, Vec<&Node>)> {
    let total = |column: &Column| column.boxes.iter().map(|node| height(node) + GAP).sum::<usize>();
    let area: usize = picture.columns.iter().map(|column| total(column) * (pitch(column) + GUTTER)).sum();
    let limit = (area * 10 / RATIO).isqrt().max(MIN_HEIGHT);
    let mut parts = Vec::new();
    for column in &picture.columns {
        let pieces = total(column).div_ceil(limit).max(1);
        let share = total(column).div_ceil(pieces);
        let mut part: Vec<&Node> = Vec::new();
        let mut used = 0;
        for node in &column.boxes {
            if used >= share && !part.is_empty() {
                parts.push((column.heading.as_str(), std::mem::take(&mut part)));
                used = 0;
            }
            used += height(node) + GAP;
            part.push(node);
        }
        parts.push((column.heading.as_str(), part));
    }
    parts
}

fn pitch(column: &Column) -> usize {
    column.boxes.iter().map(width).max().unwrap_or_default()
}

fn width(node: &Node) -> usize {
    let texts = node.rows.iter().map(|row| &row.text).chain([&node.title]);
    let longest = texts.map(|text| columns(text).min(MAX_TEXT)).max().unwrap_or_default();
    longest * CHARACTER + 2 * PADDING
}

fn height(node: &Node) -> usize {
    ROW * (node.rows.len() + 1) + 2 * PADDING
}

/// How many characters wide a text is: most characters outside of ASCII may be twice as wide.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|char| if char.is_ascii() || matches!(char, '→' | '…') { 1 } else { 2 }).sum()
}
