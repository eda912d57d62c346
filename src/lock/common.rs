//! The common part of two renderings of an application: random names, such as those of a Job, differ between
//! renderings and must not be in the lock.

use super::Interface;
use super::pods::Pods;
use crate::value::{SortedMap, SortedSet};

impl Interface {
    /// The common part.
    pub fn common(mut self, other: &Self) -> Self {
        self.objects = self.objects.common(&other.objects);
        sets(&mut self.calls, &other.calls);
        sets(&mut self.secrets, &other.secrets);
        values(&mut self.definitions, &other.definitions);
        values(&mut self.services, &other.services);
        values(&mut self.needs, &other.needs);
        values(&mut self.volumes, &other.volumes);
        self.webhooks.retain(|item| other.webhooks.contains(item));
        self.scrapes.retain(|item| other.scrapes.contains(item));
        self.routes.retain(|item| other.routes.contains(item));
        self.pods.retain(|title, own| other.pods.get(title).map(|other| pods(own, other)).is_some());
        self
    }
}

fn pods(own: &mut Pods, other: &Pods) {
    own.labels.retain(|key, value| other.labels.get(key) == Some(value));
    own.ports.retain(|port| other.ports.contains(port));
    own.violations.retain(|violation| other.violations.contains(violation));
    own.images.retain(|image| other.images.contains(image));
}

fn sets<K: Ord, T: Ord>(own: &mut SortedMap<K, SortedSet<T>>, other: &SortedMap<K, SortedSet<T>>) {
    own.retain(|key, items| match other.get(key) {
        None => false,
        Some(same) if same.is_empty() && items.is_empty() => true,
        Some(same) => {
            items.retain(|item| same.contains(item));
            !items.is_empty()
        }
    });
}

fn values<K: Ord, T: PartialEq>(own: &mut SortedMap<K, T>, other: &SortedMap<K, T>) {
    own.retain(|key, value| other.get(key) == Some(value));
}
