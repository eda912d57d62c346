//! The sides from which routes can be reached, and the entry points that face them.

use crate::catalog::Exposure;
use crate::diagnostics::{Location, Sink, rules};
use crate::model::Support;
use crate::model::platform::Routing;
use crate::platform::EntryPoint;

/// The sides of a route; every side if there is none.
pub(super) struct Sides<'s>(&'s [Exposure]);

impl<'s> Sides<'s> {
    /// The first list that is not empty: that of the route, of its entry, of the platform.
    pub(super) fn new(lists: &[&'s [Exposure]]) -> Self {
        Self(lists.iter().find(|sides| !sides.is_empty()).copied().unwrap_or_default())
    }

    /// The indexes of the entry points that routes are attached to.
    pub(super) fn entry_points(&self, routing: &Routing) -> Vec<usize> {
        self.points(routing, EntryPoint::serves)
    }

    /// The indexes of the entry points that only redirect.
    pub(super) fn redirects(&self, routing: &Routing) -> Vec<usize> {
        self.points(routing, |point| point.is_http() && point.redirect_to.is_some())
    }

    fn points(&self, routing: &Routing, is_wanted: impl Fn(&EntryPoint) -> bool) -> Vec<usize> {
        let faces = |point: &EntryPoint| self.0.is_empty() || self.0.contains(&point.exposure);
        let points = routing.entry_points.iter().enumerate();
        points.filter(|(_, point)| faces(point) && is_wanted(point)).map(|(index, _)| index).collect()
    }
}

/// Checks a list of sides at `location`: that of a route, or a default.
pub(in crate::model) fn check(
    sides: &[Exposure],
    location: &Location,
    routing: &Routing,
    support: &Support,
    findings: &mut Sink,
) {
    let is_served =
        |side: Exposure| routing.entry_points.iter().any(|point| point.serves() && point.exposure == side);
    for (index, side) in sides.iter().enumerate() {
        let location = location.index(index);
        if !is_served(*side) {
            let finding = rules::MISSING_ENTRY_POINT
                .at(location.clone(), format!("no entry point faces the {} side", side.name()));
            let finding = finding.note("the host would not be reachable from there");
            findings.push(finding.help("list the entry point in `routing.entryPoints` of platform.yml"));
        }
        if sides.iter().take(index).any(|other| other == side) {
            findings.push(
                rules::MISSING_ENTRY_POINT
                    .at(location, format!("the side `{}` is listed twice", side.name())),
            );
        }
    }
    (support.exposure)(sides, location, routing, findings);
}
