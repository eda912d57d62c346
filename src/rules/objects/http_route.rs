//! HTTPRoutes as they are deployed, with the places in them that findings are about.

use crate::cluster::{Deployed, Provenance, Survey};
use crate::diagnostics::Location;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::maps_at;
use crate::value::Map;

/// The group of the Gateway API.
pub(super) const GROUP: &str = "gateway.networking.k8s.io";

/// An HTTPRoute that no patch changes.
pub(super) struct HttpRoute<'s> {
    pub(super) deployed: &'s Deployed,
    pub(super) route: &'s Resource,
    facts: Provenance,
}

/// All HTTPRoutes that can be judged by their fields.
pub(super) fn http_routes(survey: &Survey) -> impl Iterator<Item = HttpRoute<'_>> {
    survey.clusters.iter().flat_map(|deployed| {
        let routes = deployed.of_kind(GROUP, "HTTPRoute").filter(|(_, facts)| !facts.is_patched);
        routes.map(move |(route, facts)| HttpRoute { deployed, route, facts })
    })
}

impl<'s> HttpRoute<'s> {
    /// Where a finding about a part belongs: to the whole file if that was rendered.
    pub(super) fn at(&self, location: Location) -> Location {
        if self.facts.is_rendered { self.route.location.clone() } else { location }
    }

    /// The items of `parentRefs`.
    pub(super) fn parents(&self) -> impl Iterator<Item = (&'s Map, Location)> {
        self.items("parentRefs").map(|(parent, location)| (parent, self.at(location)))
    }

    /// The items of `rules`, with their locations in the file.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&'s Map, Location)> {
        self.items("rules")
    }

    fn items(&self, key: &'static str) -> impl Iterator<Item = (&'s Map, Location)> + use<'s> {
        let location = self.route.location.key("spec").key(key);
        let items = maps_at(&self.route.value, &["spec", key]).collect::<Vec<_>>();
        items.into_iter().enumerate().map(move |(index, item)| (item, location.index(index)))
    }
}
