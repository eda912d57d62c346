//! The Middleware that calls the platform's auth service, one in each namespace that has protected routes.

use super::{CRD_COMES_LATER, line};
use crate::kubernetes::{Kind, Object};
use crate::model::{Auth, Entry, Model};
use crate::value::{Map, Text};

/// The name of the Middleware in each namespace.
pub(crate) const NAME: &str = "auth";

/// The internal name that Traefik gives an object of a namespace. With safe naming, both parts are unchanged;
/// otherwise everything except letters and digits becomes a dash (Traefik 3.7.15).
pub(crate) fn traefik_name(namespace: &str, name: &str, safe: bool) -> String {
    if safe {
        return format!("{namespace}_{name}");
    }
    let mut joined = String::with_capacity(namespace.len() + 1 + name.len());
    for part in [namespace, name] {
        for word in part.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            if !joined.is_empty() {
                joined.push('-');
            }
            joined.push_str(word);
        }
    }
    joined
}

pub(super) fn auth(entry: &Entry, model: &Model) -> Option<Object> {
    let Auth::Forward(forward) = &model.platform.routing.auth else { return None };
    let guarded = entry.routes.iter().find(|route| route.is_protected())?;
    let spec = Map::new()
        .with("address", &forward.address)
        .with_true("trustForwardHeader", forward.trust_forward_header == Some(true))
        .with_filled(
            "authResponseHeaders",
            forward.auth_response_headers.iter().map(Text::from).collect::<Vec<_>>(),
        );
    let origins = line(guarded.location.key("host"));
    // Not before the routes: its custom resource definition comes with Traefik, which is an Application like
    // any other.
    let object = Object::new(Kind::Middleware, NAME, model.platform.route_wave(), &entry.namespace, &origins)
        .within(&entry.namespace)
        .sync_options(CRD_COMES_LATER)
        .spec(Map::new().with("forwardAuth", spec));
    Some(object)
}
