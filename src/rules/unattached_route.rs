//! A route that its Gateway does not let in.

use crate::document::{FileId, Place};
use crate::finding::Finding;
use crate::plan::{Entry, Plan, Renderer};
use crate::platform::{AllowedRoutes, GatewayListener};
use crate::rules::UNATTACHED_ROUTE;

/// Judges each route by the listeners that it is to be attached to.
pub(crate) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let Renderer::HttpRoute(listeners, _) = &plan.platform.routing.renderer else { return };
    for entry in &plan.entries {
        for route in &entry.routes {
            let mut refusing = route.entry_points.iter().filter_map(|index| Some((*index, listeners.get(*index)?)));
            if let Some((index, listener)) = refusing.find(|(_, listener)| !lets_in(listener, entry)) {
                let message = format!("the Gateway `{}` does not let in routes of the namespace `{}`", &*listener.name, entry.namespace);
                let finding = UNATTACHED_ROUTE.at(route.place.key("host"), message);
                let gateways = Place::root(FileId::PLATFORM).key("routing").key("gateway").key("gateways");
                let finding = finding.and(gateways.index(index).key("name"), "this one");
                let finding = finding.note("the route would be accepted and attached to nothing: the host would not answer");
                findings.push(finding.help(help(listener)));
            }
        }
    }
}

fn lets_in(listener: &GatewayListener, entry: &Entry) -> bool {
    match listener.allowed_routes.unwrap_or_default() {
        AllowedRoutes::All => true,
        AllowedRoutes::Same => *listener.namespace == *entry.namespace,
        AllowedRoutes::Selector => listener.namespace_labels.iter().all(|(key, value)| has_label(entry, key, value)),
    }
}

/// The API server itself gives each namespace a label with its name.
fn has_label(entry: &Entry, key: &str, value: &str) -> bool {
    entry.labels.get(key).is_some_and(|label| label == value) || key == "kubernetes.io/metadata.name" && value == entry.namespace.as_str()
}

fn help(listener: &GatewayListener) -> String {
    if listener.allowed_routes != Some(AllowedRoutes::Selector) {
        return "let the Gateway take routes of all namespaces, and say `allowedRoutes: all`".into();
    }
    let labels: Vec<_> = listener.namespace_labels.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    format!("add {} to the `labels` of the entry", labels.join(", "))
}
