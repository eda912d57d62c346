//! A route that its Gateway does not let in.

use crate::diagnostics::Finding;
use crate::diagnostics::rules::UNATTACHED_ROUTE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Location};
use crate::model::{Entry, Model, Renderer};
use crate::platform::{AllowedRoutes, GatewayListener};

/// Judges each route by the listeners that it is to be attached to.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let Renderer::HttpRoute(listeners, _) = &model.platform.routing.renderer else { return };
    for entry in &model.entries {
        for route in &entry.routes {
            let mut refusing =
                route.entry_points.iter().filter_map(|index| Some((*index, listeners.get(*index)?)));
            if let Some((index, listener)) = refusing.find(|(_, listener)| !lets_in(listener, entry)) {
                let message = format!(
                    "the Gateway `{}` does not let in routes of the namespace `{}`",
                    &*listener.name, entry.namespace
                );
                let finding = UNATTACHED_ROUTE.at(route.location.key("host"), message);
                let gateways = Location::root(FileId::PLATFORM).key("routing").key("gateway").key("gateways");
                let finding = finding.with_secondary_label(gateways.index(index).key("name"), "this one");
                let finding = finding
                    .note("the route would be accepted and attached to nothing: the host would not answer");
                findings.push(finding.help(help(listener, entry)));
            }
        }
    }
}

fn lets_in(listener: &GatewayListener, entry: &Entry) -> bool {
    match listener.allowed_routes.unwrap_or_default() {
        AllowedRoutes::All => true,
        AllowedRoutes::Same => *listener.namespace == *entry.namespace,
        AllowedRoutes::Selector => {
            listener.namespace_labels.iter().all(|(key, value)| has_label(entry, key, value))
        }
    }
}

/// The API server itself gives each namespace a label with its name.
fn has_label(entry: &Entry, key: &str, value: &str) -> bool {
    entry.labels.get(key).is_some_and(|label| label == value)
        || key == "kubernetes.io/metadata.name" && value == entry.namespace.as_str()
}

fn help(listener: &GatewayListener, entry: &Entry) -> String {
    let missing = listener.namespace_labels.iter().find(|(key, value)| !has_label(entry, key, value));
    match missing.filter(|_| listener.allowed_routes == Some(AllowedRoutes::Selector)) {
        Some((key, value)) => {
            format!("add `{}: {}` to the `labels` of the entry", shorten(key), shorten(value))
        }
        None => "let the Gateway take routes of all namespaces, and say `allowedRoutes: all`".into(),
    }
}
