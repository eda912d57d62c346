//! The rules whose findings are accepted in the whole catalog, and the severity of the others.

use std::collections::BTreeMap;

use super::{unused, waivable};
use crate::diagnostics::{FileId, Finding, Location, Rule, Severity, rules};
use crate::platform::{FindingSeverity, Findings};

/// What `findings` of `platform.yml` says.
#[derive(Default)]
pub(super) struct Allowances {
    allowed: BTreeMap<&'static str, Allowance>,
    severities: BTreeMap<&'static str, Severity>,
}

struct Allowance {
    rule: &'static Rule,
    location: Location,
    is_used: bool,
}

impl Allowances {
    pub(super) fn read(settings: &Findings, faults: &mut Vec<Finding>) -> Self {
        let mut this = Self::default();
        let location = Location::root(FileId::PLATFORM).key("findings");
        for (index, allowed) in settings.allow.iter().enumerate() {
            let location = location.key("allow").index(index);
            match waivable(&allowed.rule, &location.key("rule")) {
                Ok(rule) => this.allow(rule, location, faults),
                Err(fault) => faults.push(*fault),
            }
        }
        for (name, severity) in &settings.severity {
            let location = location.key("severity").key(name.0.clone()).itself();
            match waivable(name, &location) {
                Ok(rule) => drop(this.severities.insert(rule.name, of(*severity))),
                Err(fault) => faults.push(*fault),
            }
        }
        this
    }

    fn allow(&mut self, rule: &'static Rule, location: Location, faults: &mut Vec<Finding>) {
        let at = location.key("rule");
        let first = self.allowed.entry(rule.name).or_insert(Allowance { rule, location, is_used: false });
        if first.location.key("rule") != at {
            let finding = rules::INVALID_WAIVER.at(at, format!("the rule `{}` is listed twice", rule.name));
            let finding = finding.with_secondary_label(first.location.key("rule"), "first listed here");
            faults.push(finding.note("the second line has no effect").help("remove one of the two lines"));
        }
    }

    /// Whether findings of this rule are accepted everywhere.
    pub(super) fn accept(&mut self, finding: &Finding) -> bool {
        let allowance = self.allowed.get_mut(finding.rule.name);
        allowance.is_some_and(|allowance| {
            allowance.is_used = true;
            true
        })
    }

    /// The severity of a rule.
    pub(super) fn severity(&self, rule: &Rule) -> Severity {
        self.severities.get(rule.name).copied().unwrap_or(rule.severity)
    }

    /// The lines that accepted nothing.
    pub(super) fn unused(&self, reports: impl Fn(&Rule) -> bool) -> Vec<Finding> {
        let unused_ones =
            self.allowed.values().filter(|allowance| !allowance.is_used && reports(allowance.rule));
        unused_ones
            .map(|allowance| unused(allowance.location.key("rule"), allowance.rule).help("remove the item"))
            .collect()
    }
}

fn of(severity: FindingSeverity) -> Severity {
    match severity {
        FindingSeverity::Error => Severity::Error,
        FindingSeverity::Warning => Severity::Warning,
        FindingSeverity::Note => Severity::Note,
    }
}
