//! What rounds of an import have shown.

use std::collections::{BTreeMap, BTreeSet};

use super::before::Origin;
use super::policies::{Lines, OwnProfile};
use crate::value::Text;
use crate::waivers;

/// The objects that are not described, by their numbers, with the reason.
pub(super) type Refused = BTreeMap<usize, String>;

/// What earlier rounds have shown about objects, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// What the language does not support.
    pub refused: Refused,
    /// The lines of policies.
    pub lines: Lines,
    /// The profiles that were tried for namespaces, with the number of differences that were left.
    pub profiles: BTreeMap<(Text, String), usize>,
    /// The profiles that are made of what several namespaces allow.
    pub own_profiles: Vec<OwnProfile>,
    /// The namespaces whose routes the lock does not explain.
    pub beyond_lock: BTreeSet<Text>,
    /// The namespaces whose routes lead to the pods that their own policies name.
    pub own_targets: BTreeSet<Text>,
    /// The objects that become templates.
    pub templates: BTreeSet<usize>,
    /// The rules whose findings the platform accepts.
    pub allowed: BTreeSet<&'static str>,
    /// The findings that the baseline accepts, by rule and path.
    pub accepted: BTreeSet<(&'static str, String)>,
    /// The templates that belong to applications.
    pub of_applications: BTreeSet<usize>,
    /// The namespaces of entries in the first tier, because their applications define kinds.
    pub early: BTreeSet<Text>,
}

impl Learned {
    /// What is known before the first round.
    pub(super) fn before(origins: &[Origin]) -> Self {
        let numbered = origins.iter().enumerate();
        let refused = numbered.filter_map(|(index, origin)| Some((index, origin.refused.clone()?)));
        Self { refused: refused.collect(), ..Self::default() }
    }

    /// The baseline with what is accepted.
    pub(super) fn baseline(&self) -> String {
        let mut known = BTreeMap::<_, Vec<Text>>::new();
        for (rule, path) in &self.accepted {
            known.entry(*rule).or_default().push(Text::copied(path));
        }
        waivers::written(known)
    }

    /// What the next round starts with: the lines that are known.
    pub(super) fn next(&self) -> Self {
        Self { lines: self.lines.clone(), ..Self::default() }
    }

    /// Learns from a round; false if there was nothing new.
    pub(super) fn add(&mut self, mut round: Self) -> bool {
        round.refused.retain(|index, _| !self.refused.contains_key(index));
        round.profiles.retain(|profile, _| !self.profiles.contains_key(profile));
        round.templates.retain(|index| !self.templates.contains(index));
        round.allowed.retain(|rule| !self.allowed.contains(rule));
        let new = !round.refused.is_empty()
            || round.lines != self.lines
            || !round.profiles.is_empty()
            || !round.own_profiles.is_empty()
            || !round.beyond_lock.is_subset(&self.beyond_lock)
            || !round.own_targets.is_subset(&self.own_targets)
            || !round.templates.is_empty()
            || !round.allowed.is_empty()
            || !round.accepted.is_subset(&self.accepted)
            || !round.of_applications.is_subset(&self.of_applications)
            || !round.early.is_subset(&self.early);
        self.refused.append(&mut round.refused);
        self.lines = round.lines;
        self.own_profiles.append(&mut round.own_profiles);
        self.profiles.append(&mut round.profiles);
        self.beyond_lock.append(&mut round.beyond_lock);
        self.own_targets.append(&mut round.own_targets);
        self.templates.append(&mut round.templates);
        self.accepted.append(&mut round.accepted);
        self.of_applications.append(&mut round.of_applications);
        self.allowed.append(&mut round.allowed);
        self.early.append(&mut round.early);
        new
    }
}
