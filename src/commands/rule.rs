//! `wharf rule`

use std::fmt::Write;

use clap::Args;

use super::print;
use crate::diagnostics::rules;
use crate::exit::{CommandError, CommandResult};

/// Print the page of a rule: what it reports, why it matters in the cluster, and how to fix it
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  wharf rule\n  wharf rule shadowed-path")]
pub struct Rule {
    /// The name of the rule, as reports print it in brackets; lists all rules if omitted
    name: Option<String>,
}

impl Rule {
    pub(super) fn run(&self) -> CommandResult {
        let Some(name) = &self.name else { return print(&list()) };
        let rule = rules::ALL
            .iter()
            .find(|rule| rule.name == name)
            .ok_or_else(|| CommandError::unknown("rule", name, rules::ALL.iter().map(|rule| rule.name)))?;
        print(rule.page)
    }
}

/// A line for each rule: its name, its severity, and what it finds.
fn list() -> String {
    let width = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    rules::ALL.iter().fold(String::new(), |mut out, rule| {
        let _ = writeln!(out, "{:width$}  {:7}  {}", rule.name, rule.severity.name(), rule.summary());
        out
    })
}
