//! Sets of numbers as closed intervals: exact under union and difference, however large the numbers are.

/// A set of numbers: sorted intervals that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Intervals(Vec<(u128, u128)>);

impl Intervals {
    /// The numbers from `first` to `last`.
    pub(super) fn range(first: u128, last: u128) -> Self {
        if first > last { Self::default() } else { Self(vec![(first, last)]) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, u128)> {
        self.0.iter().copied()
    }

    /// The numbers that are in one of two sets.
    pub(super) fn union(&self, other: &Self) -> Self {
        let mut all: Vec<_> = self.iter().chain(other.iter()).collect();
        all.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The numbers of this set that are not in the other one.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for (start, last) in self.iter() {
            let (mut first, mut is_used_up) = (start, false);
            for (low, high) in other.iter().filter(|(low, high)| *low <= last && *high >= start) {
                if low > first {
                    left.push((first, low - 1));
                }
                is_used_up = high >= last;
                first = high.saturating_add(1);
            }
            if !is_used_up {
                left.push((first, last));
            }
        }
        Self(left)
    }

    /// The numbers that are in both sets.
    pub(super) fn both(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }

    pub(super) fn contains(&self, number: u128) -> bool {
        self.iter().any(|(first, last)| (first..=last).contains(&number))
    }
}

#[cfg(test)]
mod tests {
    use super::Intervals;

    /// Every subset of six numbers, as intervals.
    fn all() -> Vec<(u32, Intervals)> {
        let of = |bits: u32| {
            (0..6)
                .filter(|bit| bits & 1 << bit != 0)
                .map(|bit| Intervals::range(bit, bit))
                .fold(Intervals::default(), |set, more| set.union(&more))
        };
        (0..64).map(|bits| (bits, of(bits))).collect()
    }

    fn bits(set: &Intervals) -> u32 {
        (0..6).filter(|bit| set.contains(*bit)).fold(0, |bits, bit| bits | 1 << bit)
    }

    #[test]
    fn sets_of_six_numbers_behave_like_their_bits() {
        for (one, left) in &all() {
            assert_eq!(bits(left), *one);
            for (other, right) in &all() {
                assert_eq!(bits(&left.union(right)), one | other);
                assert_eq!(bits(&left.minus(right)), one & !other, "{left:?} - {right:?}");
                assert_eq!(bits(&left.both(right)), one & other);
                assert_eq!(left == right, one == other);
            }
        }
    }

    #[test]
    fn the_last_number_has_no_successor() {
        let all = Intervals::range(0, u128::MAX);
        assert!(all.minus(&all).is_empty());
        assert_eq!(all.union(&Intervals::range(7, u128::MAX)), all);
        assert_eq!(all.minus(&Intervals::range(1, u128::MAX)), Intervals::range(0, 0));
    }
}
