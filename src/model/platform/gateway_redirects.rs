//! Listeners of Gateways that only redirect to another one.

use super::entry_points::NO_ANSWER;
use crate::diagnostics::{Location, Sink, rules};
use crate::platform::GatewayListener;

/// Checks that each redirect leads to a listener that serves the same clients.
pub(super) fn check(listeners: &[GatewayListener], location: &Location, findings: &mut Sink) {
    for (index, listener) in listeners.iter().enumerate() {
        let Some(name) = &listener.redirect_to else { continue };
        let location = location.index(index).key("redirectTo");
        if listener.section_name.is_none() {
            let finding = rules::REDIRECT_TARGET
                .at(location, "a redirect needs the `sectionName` of the listener that redirects");
            findings.push(
                finding
                    .note("the route that redirects would be attached to every listener")
                    .help("add `sectionName` to this item of the list"),
            );
        } else if !listeners.iter().any(|other| leads(listener, other)) {
            let finding = rules::REDIRECT_TARGET
                .at(location, format!("no listener `{}` of this Gateway serves the same side", &**name));
            findings.push(
                finding
                    .note(NO_ANSWER)
                    .help("list the listener with TLS, with its `sectionName` and the same `exposure`"),
            );
        }
    }
}

fn leads(listener: &GatewayListener, other: &GatewayListener) -> bool {
    (&other.name, &other.namespace) == (&listener.name, &listener.namespace)
        && other.section_name == listener.redirect_to
        && other.redirect_to.is_none()
        && other.exposure == listener.exposure
}
