//! The rows of a table by a name in them, for tables that are searched for each kind of a lock: a binary
//! search compares more text than all other checks together.

const COUNT: usize = 64;

/// Rows by name.
pub(super) struct Shelves<T: 'static>([Vec<&'static T>; COUNT]);

impl<T> Shelves<T> {
    /// The rows, each on the shelf of its name.
    pub(super) fn new(
        rows: impl Iterator<Item = &'static T>,
        name: impl Fn(&'static T) -> &'static str,
    ) -> Self {
        let mut shelves = [const { Vec::new() }; COUNT];
        for row in rows {
            shelves.get_mut(number(name(row))).into_iter().for_each(|shelf| shelf.push(row));
        }
        Self(shelves)
    }

    /// The rows among which are all those with a name, in their order.
    pub(super) fn near(&self, name: &str) -> impl Iterator<Item = &'static T> {
        self.0.get(number(name)).into_iter().flatten().copied()
    }
}

/// The number of a shelf, by the length and the outer letters of a name.
fn number(name: &str) -> usize {
    let letter = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
    let bytes = name.as_bytes();
    (name.len() + letter(bytes.first()) * 7 + letter(bytes.last()) * 3) % COUNT
}

#[cfg(test)]
mod tests {
    use super::Shelves;

    #[test]
    fn every_row_is_near_its_name() {
        const ROWS: [&str; 5] = ["", "a", "apps", "networking.k8s.io", "é"];
        let shelves = Shelves::new(ROWS.iter(), |row| row);
        for name in ROWS {
            assert!(shelves.near(name).any(|row| *row == name), "{name}");
        }
        assert_eq!(shelves.near("batch").find(|row| **row == "batch"), None);
    }
}
