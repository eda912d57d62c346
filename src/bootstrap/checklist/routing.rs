//! The steps for routes: certificates, the ingress controller, auth and DNS records.

use std::collections::BTreeSet;

use super::Step;
use crate::bootstrap::component;
use crate::bootstrap::traefik_values::is_behind_tunnel;
use crate::model::{Auth, Certificates, Model};
use crate::platform::IssuerKind;

pub(super) fn issuer(model: &Model) -> Option<Step> {
    let why = format!(
        "Until there is one, {} serves a self-signed certificate, and browsers warn about it.",
        controller(model)
    );
    match &model.platform.certificates {
        Certificates::None => None,
        Certificates::Resolver(name) => Some(Step::new(
            format!("Set up the certificate resolver {name} in Traefik's static configuration."),
            why,
        )),
        Certificates::Wildcard(issuer, _) | Certificates::Each(issuer) | Certificates::Annotation(issuer) => {
            let wildcard = matches!(model.platform.certificates, Certificates::Wildcard(..));
            let dns = if wildcard {
                ", with a DNS-01 solver: Let's Encrypt issues wildcard certificates for no other"
            } else {
                ""
            };
            let each =
                if issuer.kind == IssuerKind::Issuer { " in each namespace with a certificate" } else { "" };
            Some(Step::new(format!("Create the {} {}{each}{dns}.", issuer.kind.name(), &*issuer.name), why))
        }
    }
}

pub(super) fn traefik_settings(model: &Model, values: bool) -> Option<Step> {
    let provider = component::including(model, &["traefik"]).map(|(_, application)| application);
    let location = provider.map_or(String::new(), |application| {
        format!(", in the values of the application {}", application.code)
    });
    let step = Step::new(
        format!("Configure Traefik with traefik-values.yaml{location}."),
        "It is the static configuration. Traefik skips a route that names an unknown entry point, and only \
         logs it.",
    );
    let tunnels = model.platform.routing.entry_points.iter().filter(|point| is_behind_tunnel(point));
    let lines = tunnels.flat_map(|point| {
        let service = format!(
            "{0}: it is not on Traefik's own Service; the tunnel needs a ClusterIP Service with port {1}",
            &*point.name, point.port.0
        );
        let trust = format!(
            "{}: set network.podCidrs in platform.yml, or apps see all visitors as plain HTTP from one \
             address",
            &*point.name
        );
        [Some(service), model.platform.network.pods.is_empty().then_some(trust)].into_iter().flatten()
    });
    values.then(|| step.lines(lines))
}

pub(super) fn auth(model: &Model) -> Option<Step> {
    let guarded = model
        .entries
        .iter()
        .flat_map(|entry| &entry.routes)
        .any(|route| route.paths.iter().any(|path| path.protected));
    let what = match &model.platform.routing.auth {
        Auth::Shared(middleware) => {
            format!("Create the Middleware {} in {}.", &*middleware.name, &*middleware.namespace)
        }
        Auth::Forward(forward) => format!("Check that the auth service answers at {}.", &*forward.address),
        Auth::Undecided => return None,
    };
    let controller = controller(model).replace("the ", "The ");
    guarded.then(|| Step::new(what, format!("{controller} refuses all requests while it is missing.")))
}

/// The controller that serves the routes, for messages.
fn controller(model: &Model) -> &'static str {
    if model.platform.routing.is_traefik() { "Traefik" } else { "the ingress controller" }
}

/// The names that need DNS records: the wildcard of the domain, and each host outside of it.
pub(super) fn hosts(model: &Model) -> Option<Step> {
    let domain = &model.platform.domain;
    let covered = |host: &str| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.strip_suffix('.').is_some_and(|label| !label.contains('.')))
    };
    let mut records = BTreeSet::new();
    for route in model.entries.iter().flat_map(|entry| &entry.routes) {
        let points =
            route.entry_points.iter().filter_map(|index| model.platform.routing.entry_points.get(*index));
        let sides: BTreeSet<&str> = points.map(|point| point.exposure.name()).collect();
        for (host, side) in route.hosts.iter().flat_map(|host| sides.iter().map(move |side| (host, side))) {
            let name = if covered(host.as_str()) { format!("*.{domain}") } else { host.to_string() };
            records.insert(format!("{name}, {side}"));
        }
    }
    let (what, why) = match &model.platform.external_dns {
        None => ("Point these names at the entry points of their exposure.", "wharf creates no DNS records."),
        Some(_) => (
            "Point these names at the entry points of their exposure, unless external-dns does.",
            "It creates the records of routes with its annotations; `wharf hosts` lists all hosts.",
        ),
    };
    let step = Step::new(what, why);
    (!records.is_empty()).then(|| step.lines(records))
}
