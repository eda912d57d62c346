//! The names of promises, which may be patterns for entries.

use super::finding::unknown;
use crate::diagnostics::{Finding, Location};
use crate::reach::{Place, Reach, UnknownPlace};

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
    let found: Vec<_> = entries.filter(|entry| matches(name, entry.namespace.as_str())).collect();
    if found.is_empty() {
        return Err(unknown(location, &UnknownPlace { name: name.to_owned(), known: Vec::new() }));
    }
    Ok(found.into_iter().map(Place::Entry).collect())
}

/// Whether a name matches a pattern, in which `*` is any characters.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name.strip_prefix(before).is_some_and(|name| {
            let mut ends = name.char_indices().map(|(index, _)| index).chain([name.len()]);
            ends.any(|end| name.get(end..).is_some_and(|left| matches(rest, left)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_matches_any_characters() {
        for (pattern, name, expected) in [
            ("web-*", "web-notes", true),
            ("web-*", "sys-web-notes", false),
            ("*", "anything", true),
            ("*-db-*", "sys-db-main", true),
            ("*-db", "sys-db-main", false),
            ("web-notes", "web-notes", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
