//! What changes, as tables: hosts, connections, removed objects, certificates.

use std::collections::BTreeSet;

use super::lines;
use crate::diff::Diff;
use crate::diff::hosts::{Hosts, SIDES};
use crate::names::Host;

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    /// What its rows are.
    pub(super) noun: &'static str,
    /// The heads of its columns.
    pub(super) head: Vec<&'static str>,
    /// Its rows.
    pub(super) rows: Vec<Vec<String>>,
}

/// The tables that have rows.
pub(super) fn tables(diff: &Diff<'_>) -> Vec<Table> {
    let all = [hosts(diff), connections(diff), removals(diff), certificates(diff)];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn hosts(diff: &Diff<'_>) -> Table {
    let [before, after] = &diff.comparison.hosts;
    let transitions = diff.comparison.transitions.iter();
    let changed: BTreeSet<_> =
        transitions.filter(|it| it.host == it.old_name).map(|transition| transition.host).collect();
    let row = |host: &Host| vec![format!("`{host}`"), who(before, host), who(after, host)];
    let renamed = diff.comparison.renamed_hosts.all().map(|(old, renamed)| {
        let new = renamed.new;
        vec![format!("`{old}` → `{new}`"), who(before, old), who(after, new)]
    });
    Table {
        noun: "hosts",
        head: vec!["host", "who may access it before", "after"],
        rows: changed.into_iter().map(row).filter(|row| row.get(1) != row.get(2)).chain(renamed).collect(),
    }
}

/// `external: auth; internal: everybody at /api`
fn who(hosts: &Hosts<'_>, host: &Host) -> String {
    let sides = SIDES.map(|side| format!("{}: {}", side.name(), hosts.describe(host, side)));
    let known: Vec<_> = sides.into_iter().filter(|side| !side.ends_with(": nobody")).collect();
    if known.is_empty() { "nobody".into() } else { known.join(", ") }
}

fn connections(diff: &Diff<'_>) -> Table {
    let connections = &diff.comparison.connections;
    let opened = connections.opened.iter().map(|connection| ("opened", connection));
    let closed = connections.closed.iter().map(|connection| ("closed", connection));
    let row = |(verb, connection): (&str, &crate::diff::connections::Connection)| {
        vec![
            format!("`{}`", connection.from),
            format!("`{}`", connection.to),
            connection.ports(),
            verb.to_owned(),
        ]
    };
    Table {
        noun: "connections",
        head: vec!["from", "to", "ports", ""],
        rows: opened.chain(closed).map(row).collect(),
    }
}

fn removals(diff: &Diff<'_>) -> Table {
    let pairs = diff.comparison.objects.pairs().iter().filter(|pair| pair.after.is_none());
    let kept = |is_kept: bool| if is_kept { "yes" } else { "no" };
    Table {
        noun: "removals",
        head: vec!["removed", "kept in the cluster?"],
        rows: pairs
            .map(|pair| vec![format!("`{}`", lines::name(pair)), kept(pair.is_kept()).to_owned()])
            .collect(),
    }
}

fn certificates(diff: &Diff<'_>) -> Table {
    let row = |reissued: &crate::diff::certificates::Reissued| {
        let names: Vec<_> = reissued.names.iter().map(|name| format!("`{name}`")).collect();
        vec![names.join(", "), reissued.why.to_owned()]
    };
    Table {
        noun: "certificates",
        head: vec!["certificate reissued", "because of"],
        rows: diff.comparison.certificates.reissued.iter().map(row).collect(),
    }
}
