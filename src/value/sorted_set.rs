//! A small set in order.

use std::slice;

/// A set in order, with little space for more: a `BTreeSet` of one item has space for eleven. It is made once
/// and read often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortedSet<T>(Vec<T>);

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> SortedSet<T> {
    /// Adds an item; a known one stays.
    pub fn insert(&mut self, item: T) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact(self.0.len().max(1));
        }
        if self.0.last().is_none_or(|last| *last < item) {
            self.0.push(item);
        } else if let Err(place) = self.0.binary_search(&item) {
            self.0.insert(place, item);
        }
    }

    /// Whether an item is in it.
    pub fn contains(&self, item: &T) -> bool {
        self.0.binary_search(item).is_ok()
    }

    /// Whether all items are in another set.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|item| other.contains(item))
    }

    /// Removes the items for which `keep` is false.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
}

impl<T> SortedSet<T> {
    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first item.
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }

    /// The items, in order.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<'s, T> IntoIterator for &'s SortedSet<T> {
    type Item = &'s T;
    type IntoIter = slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Ord> Extend<T> for SortedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.insert(item));
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        Self(items)
    }
}

#[cfg(test)]
mod tests {
    use super::SortedSet;

    #[test]
    fn items_are_in_order_and_each_is_there_once() {
        let mut set: SortedSet<_> = ["c", "a", "c"].into_iter().collect();
        set.extend(["b", "d", "a"]);
        assert_eq!(set.iter().copied().collect::<String>(), "abcd");
        assert_eq!((set.first(), set.len()), (Some(&"a"), 4));
    }

    #[test]
    fn a_subset_has_no_item_that_is_not_in_the_other() {
        let set = |items: &str| items.chars().collect::<SortedSet<_>>();
        assert!(set("").is_subset(&set("")) && set("ac").is_subset(&set("abc")));
        assert!(!set("ad").is_subset(&set("abc")));
    }
}
