//! The sides from which routes can be reached.

use std::collections::BTreeSet;

use super::{Part, all_points};
use crate::catalog::Exposure;
use crate::import::entry::Scope;
use crate::model::{SUFFIX_OF_REDIRECTS, route_name};
use crate::names::Host;
use crate::value::Text;

/// The numbers of the entry points that serve a route.
pub(super) fn served(group: &[Part<'_>]) -> BTreeSet<usize> {
    let serving = group.iter().filter(|part| !part.redirects);
    serving.flat_map(|part| part.points.iter().copied()).collect()
}

/// The side that the name of a route ends with, because it is the only one that the route lists.
pub(super) fn named_side(group: &[Part<'_>], scope: &Scope<'_, '_>) -> Option<Exposure> {
    let sides = [Exposure::Internal, Exposure::External];
    let plain = leads(group, None, scope).is_some();
    sides.into_iter().find(|side| !plain && leads(group, Some(*side), scope).is_some())
}

/// The host and path of the rule that the name of the route is made of.
pub(super) fn leads(
    group: &[Part<'_>],
    side: Option<Exposure>,
    scope: &Scope<'_, '_>,
) -> Option<(String, Option<(String, bool)>)> {
    let name = group.first().map(|part| part.name.as_str()).unwrap_or_default();
    let domain = &scope.known.platform.domain;
    let mut rules = group.iter().flat_map(|part| &part.rules);
    let found = rules.find(|rule| {
        let path = rule.path.as_ref().map_or("", |(path, _)| path);
        let side = side.map_or("", Exposure::name);
        let own = route_name(&Host::new(rule.host.clone()), path, side, domain);
        own.as_str() == name || name.strip_suffix(SUFFIX_OF_REDIRECTS) == Some(own.as_str())
    })?;
    Some((found.host.clone(), found.path.clone()))
}

/// `exposure` of the entry: the one side of a route that does not list it, since its name would end with it.
pub(super) fn of_entry<'g, 'c: 'g>(
    groups: impl Iterator<Item = &'g [Part<'c>]>,
    scope: &Scope<'_, 'c>,
) -> Vec<Exposure> {
    let unnamed = groups.filter(|group| named_side(group, scope).is_none());
    let mut sides = unnamed.map(|group| (sides(&served(group), scope), served(group)));
    let only = sides.find_map(|(sides, served)| match sides.as_slice() {
        [only] if served != by_default(&[], scope) => Some(*only),
        _ => None,
    });
    only.into_iter().collect()
}

/// The entry points of routes that list no side.
fn by_default(entry: &[Exposure], scope: &Scope<'_, '_>) -> BTreeSet<usize> {
    let platform = &scope.known.platform;
    let wanted = [entry, &platform.exposure].into_iter().find(|sides| !sides.is_empty()).unwrap_or(&[]);
    let points = &platform.routing.entry_points;
    let faces = |index: &usize| points.get(*index).is_some_and(|point| wanted.contains(&point.exposure));
    all_points(scope).into_iter().filter(|index| wanted.is_empty() || faces(index)).collect()
}

fn sides(served: &BTreeSet<usize>, scope: &Scope<'_, '_>) -> Vec<Exposure> {
    let points = &scope.known.platform.routing.entry_points;
    let mut sides: Vec<_> =
        served.iter().filter_map(|index| points.get(*index)).map(|point| point.exposure).collect();
    sides.sort_unstable_by_key(|side| side.name());
    sides.dedup();
    sides
}

/// `exposure` of the route; nothing if it is that of the entry or of the platform.
pub(super) fn of_route(group: &[Part<'_>], entry: &[Exposure], scope: &Scope<'_, '_>) -> Vec<Text> {
    if let Some(side) = named_side(group, scope) {
        return vec![Text::constant(side.name())];
    }
    let served = served(group);
    if served == by_default(entry, scope) {
        return Vec::new();
    }
    sides(&served, scope).into_iter().map(|side| Text::constant(side.name())).collect()
}
