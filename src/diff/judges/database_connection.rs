//! A connection to a database is opened.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for connection in comparison.connections.opened.iter().filter(|it| comparison.leads_to_database(it)) {
        report
            .add(
                &connection.entry,
                Place::after(connection.location.clone()),
                format!("`{}` may connect to the database `{}`", connection.from, connection.to),
                format!(
                    "whoever takes over `{}` reaches {} of the database",
                    connection.from,
                    connection.ports()
                ),
            )
            .connection(connection.to_string())
            .objects(comparison.policies(connection))
            .push();
    }
}
