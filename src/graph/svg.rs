//! Pictures as SVG, without a browser and without scripts: the same bytes on every machine.

use std::fmt::Write;

use super::canvas::{escape, path, text};
use super::layout::{Layout, MARGIN, PADDING, Placed, ROW};
use super::picture::{Connector, Picture, Style};

/// How far a line bends beside its own column.
const BEND: usize = 44;

const STYLE: &str = "\
text{font-family:Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;font-size:12px;\
fill:#24292f}
.title{font-weight:bold}
.heading,.legend{fill:#57606a}
.peer{fill:#57606a}
rect{fill:#fff;stroke:#57606a;rx:4px}
.entry{fill:#f6f8fa}
.database{fill:#fff8c5}
.external{fill:#ddf4ff}
.internal{fill:#dafbe1}
.open{fill:#a40e26}
path{fill:none;stroke:#0969da;stroke-width:1.2;opacity:.75}
.host{stroke:#8c959f}
.dashed{stroke-dasharray:5 4}
.ground{fill:#fff;stroke:none}
";

impl Picture {
    /// The picture as SVG.
    pub fn svg(&self) -> String {
        let layout = Layout::new(self);
        let (width, height) = (layout.width, layout.height);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
             <title>{}</title>\n<style>\n{STYLE}</style>\n\
             <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" \
             markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" \
             style=\"fill:#0969da;stroke:none;opacity:1\"/></marker></defs>\n\
             <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n",
            escape(&self.title)
        );
        self.head(&layout, &mut out);
        for (line, points) in self.lines.iter().zip(&layout.paths) {
            draw(line, &path(points, BEND), &mut out);
        }
        layout.boxes.iter().for_each(|placed| node(placed, &mut out));
        out + "</svg>\n"
    }

    fn head(&self, layout: &Layout<'_>, out: &mut String) {
        let mut y = MARGIN + ROW / 2;
        line(out, "title", y, &self.title);
        for legend in &self.legend {
            y += ROW;
            line(out, "legend", y, legend);
        }
        for (x, heading) in &layout.headings {
            text(out, "heading", (*x, y + 2 * ROW), heading);
        }
    }
}

/// A line of text above the columns, of any length.
fn line(out: &mut String, class: &str, y: usize, text: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{MARGIN}\" y=\"{y}\">{}</text>", escape(text));
}

fn draw(line: &Connector, data: &str, out: &mut String) {
    if data.is_empty() {
        return;
    }
    let dashed = if line.dashed { " dashed" } else { "" };
    let class = if line.is_host { "host" } else { "link" };
    let hint = escape(&line.hint);
    let _ = writeln!(
        out,
        "<path class=\"{class}{dashed}\" d=\"{data}\" marker-end=\"url(#arrow)\"><title>{hint}</title></path>"
    );
}

fn node(placed: &Placed<'_>, out: &mut String) {
    let Placed { node, x, y, width, height, .. } = placed;
    let class = match node.style {
        Style::Entry => "entry",
        Style::Database => "database",
        Style::External => "external",
        Style::Internal => "internal",
    };
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" \
         height=\"{height}\"/>",
        escape(&node.hint)
    );
    let mut at = (x + PADDING, y + PADDING + ROW - 5);
    text(out, "title", at, &node.title);
    for row in &node.rows {
        at.1 += ROW;
        let class = match row {
            row if row.is_open => "open",
            row if row.line.is_some() => "row",
            _ => "peer",
        };
        text(out, class, at, &row.text);
    }
    out.push_str("</g>\n");
}
