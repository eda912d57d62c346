//! A route that its Gateway does not accept.

use crate::diagnostics::rules::UNATTACHED_ROUTE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Location, Sink};
use crate::model::{Entry, Model, Renderer};
use crate::platform::{AllowedRoutes, GatewayListener};

/// Checks each route against the listeners that it refers to.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let Renderer::HttpRoute(listeners, _) = &model.platform.routing.renderer else { return };
    for entry in &model.entries {
        for route in &entry.routes {
            let mut refusing =
                route.entry_points.iter().filter_map(|index| Some((*index, listeners.get(*index)?)));
            if let Some((index, listener)) = refusing.find(|(_, listener)| !accepts(listener, entry)) {
                let message = format!(
                    "the Gateway `{}` does not accept routes of the namespace `{}`",
                    &*listener.name, entry.namespace
                );
                let finding = UNATTACHED_ROUTE.at(route.location.key("host"), message);
                let gateways = Location::root(FileId::PLATFORM).key("routing").key("gateway").key("gateways");
                let finding =
                    finding.with_secondary_label(gateways.index(index).key("name"), "this listener");
                let finding = finding
                    .note("the route would be created and attached to nothing: the host would not answer");
                findings.push(finding.help(help(listener, entry)));
            }
        }
    }
}

fn accepts(listener: &GatewayListener, entry: &Entry) -> bool {
    match listener.allowed_routes.unwrap_or_default() {
        AllowedRoutes::All => true,
        AllowedRoutes::Same => *listener.namespace == *entry.namespace.as_str(),
        AllowedRoutes::Selector => {
            listener.namespace_labels.iter().all(|(key, value)| has_label(entry, key, value))
        }
    }
}

/// The API server itself adds a label with its name to each namespace.
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
        None => "allow routes of all namespaces on the Gateway, and write `allowedRoutes: all`".into(),
    }
}
