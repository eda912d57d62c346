//! Answers for people.

use std::fmt::Write;

use super::{Answer, Caller, Callers, Line, PolicyLine, Step};
use crate::cluster::Truth;
use crate::diagnostics::{count, printable};

impl Answer {
    /// The answer for people: the verdict, a line for each step, and what to write.
    pub fn text(&self) -> String {
        let ports = if self.ports.is_empty() { String::new() } else { format!(", {}", ports(self)) };
        let mut out = format!("{}: {} to {}{ports}\n", self.truth.name(), self.from, self.to);
        for condition in self.conditions() {
            let _ = writeln!(out, "  on {}", printable(&condition.to_string()));
        }
        out.push('\n');
        out.push_str(&table(&self.steps));
        for note in &self.notes {
            let _ = writeln!(out, "\nnote: {}", printable(note));
        }
        if let Some(fix) = &self.fix {
            let line = fix.line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
            let _ = writeln!(out, "\n{}{line}:", printable(&fix.place));
            for text in &fix.text {
                let _ = writeln!(out, "  {}", printable(text));
            }
        }
        out
    }
}

fn ports(answer: &Answer) -> String {
    match answer.ports.to_string() {
        only if answer.ports.is_all() || only == "ping" => only,
        ports => format!("port {ports}"),
    }
}

/// A line for each step, and one for each further policy of it.
fn table(steps: &[Step]) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for step in steps {
        let reason = step
            .reason
            .iter()
            .map(|reason| (reason.clone(), step.line.iter().map(Line::to_string).collect()));
        let policies = step.policies.iter().map(|policy| (title(policy), lines(&policy.lines)));
        let details: Vec<(String, String)> = reason.chain(policies).collect();
        let mut details = details.into_iter();
        let (what, at) = details.next().unwrap_or_default();
        rows.push([step.subject.clone(), step.truth.name().into(), what, at]);
        rows.extend(details.map(|(what, at)| [String::new(), String::new(), what, at]));
    }
    aligned(&rows)
}

fn title(policy: &PolicyLine) -> String {
    format!("{} {}", policy.kind, policy.name)
}

fn lines(lines: &[Line]) -> String {
    lines.iter().map(Line::to_string).collect::<Vec<_>>().join(", ")
}

/// Columns of equal width, without spaces at the ends of lines.
fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "  {cell:width$}");
        }
        let _ = writeln!(out, "{}", printable(line.trim_end()));
    }
    out
}

impl Callers {
    /// The list for people.
    pub fn text(&self) -> String {
        let mut out =
            format!("{} can reach {}; {} cannot\n\n", count(self.callers.len(), "end"), self.to, self.others);
        let rows: Vec<_> = self.callers.iter().map(row).collect();
        out.push_str(&aligned(&rows));
        out
    }
}

fn row(caller: &Caller) -> [String; 4] {
    let name = match &caller.host {
        None => caller.name.clone(),
        Some((host, true)) => format!("{} by {host}, with auth", caller.name),
        Some((host, false)) => format!("{} by {host}, some paths without auth", caller.name),
    };
    let conditions: Vec<_> = caller.truth.conditions().map(ToString::to_string).collect();
    let truth = match caller.truth {
        Truth::Depends(_) => format!("depends on {}", conditions.join("; ")),
        _ => caller.truth.name().into(),
    };
    [name, caller.ports.to_string(), truth, lines(&caller.lines)]
}
