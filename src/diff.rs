//! What a change of the catalog does to the cluster, most dangerous first. Everything here is a function of
//! two compiled catalogs.
//!
//! Objects are paired by group, kind, namespace and name. [`judges`] look for changes that matter to people:
//! data, access, failing syncs, hosts, connections, certificates. Whatever no judge explains is counted.

mod addresses;
mod certificates;
mod change;
mod comparison;
mod connections;
mod hosts;
mod immutable;
pub mod judges;
mod level;
mod objects;
mod renamed_hosts;
mod renames;
pub mod report;
mod same;
mod verdict;

pub use change::{Change, Place, Side, Subject};
pub use comparison::{Comparison, Version};
pub use level::Level;
pub use objects::{Objects, Pair};

use crate::compile::Compiled;

/// The difference of two catalogs.
#[derive(Debug)]
pub struct Diff<'c> {
    /// Both catalogs.
    pub comparison: Comparison<'c>,
    /// What judges found, the most dangerous first.
    pub changes: Vec<Change>,
    /// The level of each object that differs, in the order of `comparison.objects`: that of the most
    /// dangerous change that it belongs to.
    pub levels: Vec<Level>,
}

impl<'c> Diff<'c> {
    /// Compares two catalogs without errors.
    pub fn new(before: &'c Compiled, after: &'c Compiled) -> Self {
        let comparison = Comparison::new(before, after);
        let mut changes = judges::judge(&comparison);
        for change in &mut changes {
            change.objects.sort_unstable();
            change.objects.dedup();
        }
        let levels = levels(comparison.objects.pairs().len(), &changes);
        Self { comparison, changes, levels }
    }

    /// Whether nothing changes in the cluster.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.levels.is_empty()
    }

    /// The changes of a level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.level() == level)
    }

    /// The number of changes of a level; of the last one, that of its objects.
    pub fn count(&self, level: Level) -> usize {
        match level {
            Level::Rest => self.rest().count(),
            _ => self.of_level(level).count(),
        }
    }

    /// The objects that belong to no change of a judge.
    pub fn rest(&self) -> impl Iterator<Item = &Pair<'c>> {
        let pairs = self.comparison.objects.pairs().iter().zip(&self.levels);
        pairs.filter(|(_, level)| **level == Level::Rest).map(|(pair, _)| pair)
    }
}

fn levels(number: usize, changes: &[Change]) -> Vec<Level> {
    let mut levels = vec![Level::Rest; number];
    for change in changes {
        for index in &change.objects {
            if let Some(level) = levels.get_mut(*index) {
                *level = change.level().min(*level);
            }
        }
    }
    levels
}
