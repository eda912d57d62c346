//! Pictures in the language of Graphviz.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::picture::Picture;
use crate::diagnostics::printable;

impl Picture {
    /// The picture as a graph of Graphviz, which places it itself.
    pub fn dot(&self) -> String {
        let mut out = String::from("digraph wharf {\n  rankdir=LR\n  node [shape=box, fontname=monospace]\n");
        let mut ids = BTreeMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            let _ = writeln!(out, "  subgraph cluster_{index} {{\n    label={}", quoted(&[&column.heading]));
            for node in &column.boxes {
                let id = ids.len();
                ids.insert(node.id.as_str(), id);
                let texts: Vec<_> =
                    [&node.title].into_iter().chain(node.rows.iter().map(|row| &row.text)).collect();
                let _ = writeln!(out, "    n{id} [label={}]", quoted(&texts));
            }
            out.push_str("  }\n");
        }
        for line in &self.lines {
            if let Some((from, to)) = ids.get(line.from.as_str()).zip(ids.get(line.to.as_str())) {
                let dashed = if line.dashed { " [style=dashed]" } else { "" };
                let _ = writeln!(out, "  n{from} -> n{to}{dashed}");
            }
        }
        out + "}\n"
    }
}

/// Lines of text as a string of Graphviz, aligned to the left.
fn quoted(lines: &[&String]) -> String {
    let escaped = lines.iter().map(|line| printable(line).replace('\\', "\\\\").replace('"', "\\\""));
    format!("\"{}\\l\"", escaped.collect::<Vec<_>>().join("\\l"))
}
