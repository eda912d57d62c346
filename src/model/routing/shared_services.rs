//! Services that several routes with weights lead to.
//!
//! For weights, Traefik names how it connects to a Service after its namespace, name and port (Traefik 3.7,
//! IngressRoutes): of two routes, one decides for both. A route to a single Service has a name of its own.

use std::collections::BTreeMap;

use super::backend::ServicePort;
use super::backend_tls::BackendTls;
use super::routes::Route;
use crate::catalog::Scheme;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::value::Text;

/// How Traefik connects to the Services of a route.
type Way<'r> = (Scheme, Option<&'r BackendTls>, Option<u64>);

/// Reports routes of an entry with weights that connect to the same Service in different ways.
pub(in crate::model) fn check(routes: &[Route], findings: &mut Sink) {
    let mut known: BTreeMap<(&Text, &ServicePort), (Way<'_>, &Location)> = BTreeMap::new();
    for route in routes.iter().filter(|route| !route.others.is_empty()) {
        for backend in route.backends() {
            let Some(port) = &backend.port else { continue };
            let own = (way(route, port), &backend.location);
            let (first, location) = *known.entry((&backend.service, port)).or_insert(own);
            if first != own.0 {
                let name = shorten(&backend.service);
                let finding = rules::UNSUPPORTED_ROUTE.at(
                    backend.location.key("service"),
                    format!("two routes with weights connect to port {port} of `{name}` in different ways"),
                );
                let finding = finding.with_secondary_label(location.key("service"), "first used here");
                let finding = finding.note(
                    "Traefik 3.7 has one way for all weighted routes to the port: it would ignore `scheme`, \
                     `backendTls` or the timeout of one of them",
                );
                findings.push(finding.help("write the same in both, or lead one of them to another Service"));
            }
        }
    }
}

/// Without a scheme, Traefik speaks HTTPS to some ports (Traefik 3.7, IngressRoutes).
fn way<'r>(route: &'r Route, port: &ServicePort) -> Way<'r> {
    let is_https = match port {
        ServicePort::Number(number) => *number == 443,
        ServicePort::Name(name) => name.starts_with("https"),
    };
    let default = if is_https { Scheme::Https } else { Scheme::Http };
    (route.scheme.unwrap_or(default), route.tls.as_ref(), route.filters.timeout)
}
