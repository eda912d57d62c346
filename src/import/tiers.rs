//! The tiers of entries, from the sync waves of their objects and from their order in a shared project.

use std::collections::BTreeMap;

use super::entry::{Scope, wave};
use super::project;

/// The number of the tier of each entry; nothing where neither objects nor a shared project show one.
pub(super) fn of_entries(scopes: &[Scope<'_, '_>]) -> Vec<Option<usize>> {
    let own = scopes.iter().map(number);
    let by_order = by_order(scopes);
    let by_project = scopes.iter().map(|scope| by_order.get(scope.namespace).copied());
    own.zip(by_project).map(|(own, by_project)| own.or(by_project)).collect()
}

/// The number of the tier of an entry: that of its first application, or of its ExternalSecrets.
fn number(scope: &Scope<'_, '_>) -> Option<usize> {
    let applications = scope.applications.iter().filter_map(|(_, application)| wave(application));
    let secrets = scope.objects.within(scope.namespace, "external-secrets.io", "ExternalSecret");
    let first = applications.min().or_else(|| secrets.filter_map(|(_, secret)| wave(secret)).min());
    let is_early = scope.learned.early.iter().any(|early| early.as_str() == scope.namespace);
    first.map(|wave| wave / 100).or(is_early.then_some(0))
}

/// The last tier that each entry with roles in a shared project may have, by its namespace. Roles are in the
/// order of the tiers, and those of a tier in the order of the namespaces.
fn by_order<'s>(scopes: &[Scope<'s, '_>]) -> BTreeMap<&'s str, usize> {
    let mut projects = BTreeMap::<usize, BTreeMap<usize, &Scope<'s, '_>>>::new();
    for scope in scopes {
        if let (Some(project), Some(position)) = (scope.project, project::position(scope)) {
            projects.entry(project.index).or_default().insert(position, scope);
        }
    }
    let mut tiers = BTreeMap::new();
    for members in projects.into_values() {
        let mut next = None;
        for member in members.into_values().rev() {
            let tier = number(member).unwrap_or_else(|| before(next, member));
            tiers.insert(member.namespace, tier);
            next = Some((tier, member.namespace));
        }
    }
    tiers
}

/// The last tier in which an entry comes before the next one, if there is one.
fn before(next: Option<(usize, &str)>, scope: &Scope<'_, '_>) -> usize {
    match next {
        None => scope.known.platform.tiers.len().saturating_sub(1),
        Some((tier, namespace)) if scope.namespace < namespace => tier,
        Some((tier, _)) => tier.saturating_sub(1),
    }
}
