//! The listeners of Gateways that routes are attached to.

use super::entry_points::MAX_ENTRY_POINTS;
use super::gateway_redirects;
use super::routing::Renderer;
use super::{at_most, root};
use crate::diagnostics::{Location, Sink, rules};
use crate::format::{DnsLabel, PortNumber};
use crate::platform::{AllowedRoutes, EntryPoint, GatewayFacts, GatewayListener};

pub(super) fn gateway(facts: &GatewayFacts, findings: &mut Sink) -> Renderer {
    let location = root().key("routing").key("gateway").key("gateways");
    if facts.gateways.is_empty() {
        let finding =
            rules::MISSING_ENTRY_POINT.at(location.clone().itself(), "the list of Gateways is empty");
        findings
            .push(finding.note("an HTTPRoute without parents is attached to nothing: no host would answer"));
    }
    let listeners = at_most(MAX_ENTRY_POINTS, &facts.gateways, "Gateways", &location, findings);
    let attachment = |listener: &GatewayListener| {
        (listener.name.clone(), listener.namespace.clone(), listener.section_name.clone(), listener.port)
    };
    for (index, listener) in listeners.iter().enumerate() {
        check_selector(&location.index(index), listener, findings);
        if listener.port == Some(PortNumber(0)) {
            findings.push(rules::INVALID_PORT.at(
                location.index(index).key("port"),
                "`0` is not a valid port: ports are numbers from 1 to 65535",
            ));
        }
        if let Some(first) =
            listeners[..index].iter().position(|other| attachment(other) == attachment(listener))
        {
            let finding = rules::MISSING_ENTRY_POINT.at(
                location.index(index).key("name"),
                format!("the Gateway `{}` is listed twice", &*listener.name),
            );
            let finding =
                finding.with_secondary_label(location.index(first).key("name"), "first listed here");
            findings.push(finding.help("distinguish its listeners by `sectionName`"));
        } else if let Some(first) = listeners[..index].iter().position(|other| is_mixed_up(other, listener)) {
            let message = format!(
                "the listeners of the Gateway `{}` for the two sides cannot be distinguished",
                &*listener.name
            );
            let finding = rules::MISSING_ENTRY_POINT
                .at(location.index(index).key("name"), message)
                .with_secondary_label(location.index(first).key("name"), "the other listener");
            let finding = finding.note(
                "a route for one side could be attached to both: what is meant for your LAN would be \
                 reachable from outside",
            );
            findings.push(finding.help("give both a `sectionName`, or both a `port`"));
        }
    }
    gateway_redirects::check(listeners, &location, findings);
    Renderer::HttpRoute(listeners.to_vec(), facts.controller.unwrap_or_default())
}

/// Whether a route for one listener may be attached to the other, which faces another side: without
/// `sectionName` and `port`, a route is attached to all listeners of a Gateway (Gateway API 1.6,
/// `ParentReference`).
fn is_mixed_up(one: &GatewayListener, other: &GatewayListener) -> bool {
    let by_section =
        one.section_name.as_ref().zip(other.section_name.as_ref()).is_some_and(|(one, other)| one != other);
    let by_port = one.port.zip(other.port).is_some_and(|(one, other)| one != other);
    (&one.name, &one.namespace) == (&other.name, &other.namespace)
        && one.exposure != other.exposure
        && !by_section
        && !by_port
}

fn check_selector(location: &Location, listener: &GatewayListener, findings: &mut Sink) {
    let selects = listener.allowed_routes == Some(AllowedRoutes::Selector);
    if selects && listener.namespace_labels.is_empty() {
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(location.key("allowedRoutes"), "a selector needs `namespaceLabels`");
        findings.push(
            finding
                .note("it would be unknown which routes are accepted")
                .help("add the labels of the Gateway's selector"),
        );
    }
}

/// A listener as an entry point of routes.
pub(super) fn listener_point(listener: &GatewayListener) -> EntryPoint {
    let name = listener
        .section_name
        .as_ref()
        .map_or_else(|| listener.name.to_string(), |section| format!("{}/{}", &*listener.name, &**section));
    EntryPoint {
        name: DnsLabel(name.into()),
        exposure: listener.exposure,
        port: listener.port.unwrap_or_default(),
        tls: false,
        protocol: None,
        redirect_to: listener.redirect_to.as_ref().map(|name| DnsLabel(name.0.clone())),
    }
}
