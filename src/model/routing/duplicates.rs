//! Routes that answer the same requests, or lead to different machines by the same Service.

use std::collections::{BTreeMap, BTreeSet};

use super::host_pattern;
use super::hosts::place;
use super::routes::{Path, Route};
use super::streams;
use crate::catalog::PathMatch;
use crate::diagnostics::{Finding, Sink, rules};
use crate::model::Entry;
use crate::names::Host;
use crate::value::{Index, Text};

/// A request that a route answers: host, path, and how it is matched.
type Request<'r> = (&'r Host, Option<(PathMatch, &'r str)>);

/// Reports requests that several routes answer.
pub(in crate::model) fn check_unique(entries: &[Entry], findings: &mut Sink) {
    for entry in entries {
        check_shared(&entry.routes, findings);
    }
    streams::check_unique(entries, findings);
    host_pattern::check_unique(entries, findings);
    let mut answers: Index<Request<'_>, Vec<(&Route, &Path)>> = Index::with_capacity(entries.len());
    let mut reported = BTreeSet::new();
    for route in entries.iter().filter(|entry| entry.enabled).flat_map(|entry| &entry.routes) {
        for path in &route.paths {
            for (index, host) in route.hosts.iter().enumerate() {
                let others = answers.entry((host, path.restriction()));
                let rival = others.iter().find(|(other, _)| {
                    other.entry_points.iter().any(|point| route.entry_points.contains(point))
                });
                // Two paths are reported once, however many hosts they share.
                if let Some((other, at)) = rival
                    && reported.insert(if path.location == at.location {
                        (&route.location, &route.location)
                    } else {
                        (&path.location, &at.location)
                    })
                {
                    findings.push(collision(host, index, (route, path), (other, at)));
                }
                let adds =
                    |point: &usize| !others.iter().any(|(other, _)| other.entry_points.contains(point));
                if route.entry_points.iter().any(adds) {
                    others.push((route, path));
                }
            }
        }
    }
}

fn collision(
    host: &Host,
    index: usize,
    (route, path): (&Route, &Path),
    (other, first): (&Route, &Path),
) -> Finding {
    let location =
        if path.matching.is_some() { path.location.key("path") } else { place(&route.location, index) };
    let known = other.hosts.iter().position(|other| other == host).unwrap_or_default();
    if path.location == first.location {
        let finding = rules::DUPLICATE_ROUTE
            .at(place(&route.location, index), format!("this route lists the host `{host}` twice"));
        return finding
            .with_secondary_label(place(&route.location, known), "first listed here")
            .help("remove one of the two");
    }
    let rival =
        if first.matching.is_some() { first.location.key("path") } else { place(&other.location, known) };
    let what = path.matching.as_ref().map_or_else(|| host.to_string(), |(_, path)| format!("{host}{path}"));
    let finding = rules::DUPLICATE_ROUTE
        .at(location, format!("two routes answer for `{what}`"))
        .with_secondary_label(rival, "first used here");
    let finding =
        finding.note("which route Traefik uses may change with each restart, and one of them may lack auth");
    finding.help("keep one of them, or change the host, path or `exposure` of one")
}

/// Reports routes of an entry that share a Service, but not its machines.
fn check_shared(routes: &[Route], findings: &mut Sink) {
    let mut services: BTreeMap<&Text, &Route> = BTreeMap::new();
    for route in routes.iter().filter(|route| !route.outside.is_empty()) {
        let first = *services.entry(&route.backend.service).or_insert(route);
        let is_other_port = first.backend.port == route.backend.port
            && first.backend.outside_port() != route.backend.outside_port();
        if first.outside != route.outside || is_other_port {
            let finding = rules::INVALID_VALUE.at(
                route.location.key("service"),
                format!("two routes lead to different machines by the Service `{}`", route.backend.service),
            );
            let finding =
                finding.with_secondary_label(first.location.key("service"), "first used here").note(
                    "wharf makes one Service of this name: requests of both would go to all of the machines",
                );
            findings.push(finding.help("name another Service, or list the same addresses in the same order"));
        }
    }
}
