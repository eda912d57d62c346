//! The whole difference in one line.

use std::collections::BTreeSet;

use super::Diff;
use crate::diagnostics::count;

/// The judges of hosts that become public.
const PUBLIC: [&str; 2] = ["auth-removed", "public-host"];

impl Diff<'_> {
    /// `2 dangers · 1 host becomes public · 3 connections opened · 14 objects changed, 1 replaced`
    pub fn verdict(&self) -> String {
        if self.is_empty() {
            return "nothing changes in the cluster".into();
        }
        let dangers = self.changes.iter().filter(|change| change.level().is_danger()).count();
        let connections = &self.comparison.connections;
        let parts = [
            counted(dangers, "danger", ""),
            self.public_hosts(),
            counted(self.by(&["host-exposed"]), "host", " exposed to the internet"),
            counted(connections.opened.len(), "connection", " opened"),
            counted(connections.closed.len(), "connection", " closed"),
            counted(self.by(&["host-removed"]), "host", " removed"),
            counted(self.by(&["host-renamed"]), "host", " renamed"),
            counted(self.by(&["certificate-reissued"]), "certificate", " reissued"),
            self.objects(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn public_hosts(&self) -> Option<String> {
        let hosts: BTreeSet<_> = self
            .changes
            .iter()
            .filter(|change| PUBLIC.contains(&change.judge.name))
            .filter_map(super::Change::host)
            .collect();
        let verb = if hosts.len() == 1 { " becomes public" } else { " become public" };
        counted(hosts.len(), "host", verb)
    }

    fn objects(&self) -> Option<String> {
        let pairs = self.comparison.objects.pairs();
        let replaced = self.by(&["immutable-field"]);
        let number = |verb: &str| pairs.iter().filter(|pair| pair.verb() == verb).count();
        let counts = [
            (number("changed").saturating_sub(replaced), "changed"),
            (number("added"), "added"),
            (number("removed"), "removed"),
            (replaced, "replaced"),
        ];
        let mut counts = counts.into_iter().filter(|(number, _)| *number > 0);
        let (first, verb) = counts.next()?;
        let rest = counts.map(|(number, verb)| format!(", {number} {verb}"));
        Some(format!("{} {verb}{}", count(first, "object"), rest.collect::<String>()))
    }

    /// The number of changes that these judges found.
    fn by(&self, names: &[&str]) -> usize {
        self.changes.iter().filter(|change| names.contains(&change.judge.name)).count()
    }
}

fn counted(number: usize, noun: &str, rest: &str) -> Option<String> {
    (number > 0).then(|| format!("{}{rest}", count(number, noun)))
}
