//! Pictures in the language of Mermaid, which GitHub and GitLab draw in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::picture::Picture;
use crate::diagnostics::printable;

impl Picture {
    /// The picture as a flow chart of Mermaid, which places it itself.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        let mut ids = BTreeMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            let _ = writeln!(out, "  subgraph c{index} [\"{}\"]", escaped(&column.heading));
            for node in &column.boxes {
                let id = ids.len();
                ids.insert(node.id.as_str(), id);
                let rows = node.rows.iter().map(|row| escaped(&row.text));
                let texts: Vec<_> = [escaped(&node.title)].into_iter().chain(rows).collect();
                let _ = writeln!(out, "    n{id}[\"{}\"]", texts.join("<br>"));
            }
            out.push_str("  end\n");
        }
        for line in &self.lines {
            if let Some((from, to)) = ids.get(line.from.as_str()).zip(ids.get(line.to.as_str())) {
                let arrow = if line.dashed { "-.->" } else { "-->" };
                let _ = writeln!(out, "  n{from} {arrow} n{to}");
            }
        }
        out
    }
}

/// Text in quotes: what Mermaid would read as its own syntax or as HTML is written as entities of Mermaid.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in printable(text).chars() {
        match char {
            '"' | '#' | '&' | '<' | '>' | ';' | '`' | '\\' | '*' | '_' => {
                let _ = write!(out, "#{};", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out
}
