//! Pods let in what is not part of the catalog.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::connections::{Connection, End};
use crate::model::Peer;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for connection in comparison.connections.opened.iter().filter(|it| is_from_outside(it)) {
        if comparison.leads_to_database(connection) {
            continue;
        }
        report
            .add(
                &connection.entry,
                Place::after(connection.location.clone()),
                format!("`{}` may connect to the pods of `{}`", connection.from, connection.to),
                format!(
                    "no route and no auth is in between: only the app itself protects {}",
                    connection.ports()
                ),
            )
            .connection(connection.to_string())
            .objects(comparison.policies(connection))
            .push();
    }
}

fn is_from_outside(connection: &Connection) -> bool {
    let is_outside =
        matches!(&connection.from, End::Peer(Peer::Internet | Peer::Anywhere | Peer::Lan | Peer::Range(_)));
    is_outside && matches!(connection.to, End::Entry(_))
}
