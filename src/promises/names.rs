//! The names of promises, which may be patterns for entries.

use super::finding::unknown;
use crate::diagnostics::{Finding, Location};
use crate::reach::{Place, Reach, UnknownPlace};
use crate::wildcard;

/// The places with a name, or the entries that a pattern matches.
pub(super) fn places<'m>(
    name: &str,
    location: &Location,
    reach: &Reach<'m>,
) -> Result<Vec<Place<'m>>, Finding> {
    if !name.contains('*') {
        let place = reach.place(name).map_err(|error| unknown(location, &error))?;
        return match place {
            Place::Host(_) => {
                Err(unknown(location, &UnknownPlace { name: name.to_owned(), known: Vec::new() }))
            }
            place => Ok(vec![place]),
        };
    }
    let entries = reach.model().entries.iter();
    let found: Vec<_> = entries.filter(|entry| wildcard::matches(name, entry.namespace.as_str())).collect();
    if found.is_empty() {
        return Err(unknown(location, &UnknownPlace { name: name.to_owned(), known: Vec::new() }));
    }
    Ok(found.into_iter().map(Place::Entry).collect())
}
