//! How routes become objects, with the defaults.

use super::{at_most, root};
use crate::finding::Finding;
use crate::platform::{EntryPoint, ForwardAuth, PlatformAuth, Routing, SharedMiddleware};
use crate::rules;

/// Who may come in by a route that does not say otherwise.
#[derive(Debug, Default)]
pub enum Auth {
    /// Nobody has decided.
    #[default]
    Undecided,
    /// Whom this Middleware lets in.
    Shared(SharedMiddleware),
    /// Whom this service lets in; each namespace has a Middleware of its own.
    Forward(ForwardAuth),
}

const MOST_ENTRY_POINTS: usize = 16;

pub(super) fn entry_points(routing: &Routing, findings: &mut Vec<Finding>) -> Vec<EntryPoint> {
    let Some(points) = &routing.entry_points else {
        let name = crate::format::DnsLabel("websecure".into());
        return vec![EntryPoint { name, exposure: crate::catalog::Exposure::Internal, port: 443, tls: true }];
    };
    let place = root().key("routing").key("entryPoints");
    if points.is_empty() {
        let finding = rules::NO_ENTRY_POINT.at(place.clone(), "the list of entry points is empty");
        findings.push(finding.note("an IngressRoute without entry points is attached to every default one, also to those that face outside"));
    }
    let points = at_most(MOST_ENTRY_POINTS, points, "entry points", &place, findings);
    for (index, point) in points.iter().enumerate() {
        if let Some(first) = points[..index].iter().position(|other| other.name == point.name) {
            let finding = rules::NO_ENTRY_POINT.at(place.index(index).key("name"), format!("the entry point `{}` is listed twice", &*point.name));
            findings.push(finding.and(place.index(first).key("name"), "first here"));
        }
    }
    points.to_vec()
}

pub(super) fn auth(routing: &Routing, allow_cross_namespace: bool, findings: &mut Vec<Finding>) -> Auth {
    let place = root().key("routing").key("auth");
    match &routing.auth {
        None => Auth::Undecided,
        Some(PlatformAuth { middleware: Some(middleware), forward_auth: None }) => {
            if !allow_cross_namespace {
                let place = place.key("middleware").key("namespace");
                findings.push(rules::cross_namespace_middleware::refuse(place, &middleware.name, "use `forwardAuth`"));
            }
            Auth::Shared(middleware.clone())
        }
        Some(PlatformAuth { middleware: None, forward_auth: Some(forward) }) => Auth::Forward(forward.clone()),
        Some(_) => {
            let finding = rules::NO_AUTH_DECISION.at(place.itself(), "`auth` needs either `middleware` or `forwardAuth`");
            findings.push(finding.help("name the Middleware that all routes share, or the service to ask; not both"));
            Auth::Undecided
        }
    }
}
