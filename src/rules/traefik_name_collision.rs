//! Two objects that Traefik calls the same.

use std::collections::BTreeMap;

use crate::document::Place;
use crate::finding::Finding;
use crate::generate::{AUTH_MIDDLEWARE, traefik_name};
use crate::plan::{Auth, Plan};
use crate::rules::TRAEFIK_NAME_COLLISION;
use crate::value::Text;

/// An object by the name that Traefik gives it, and the line that first speaks of it.
type Known = BTreeMap<String, (Text, Text, Place)>;

/// Judges all Middlewares and Services that routes lead through.
pub(crate) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let routing = &plan.platform.routing;
    if !routing.is_traefik() || routing.safe_naming {
        return;
    }
    let (mut middlewares, mut services) = (Known::new(), Known::new());
    for entry in &plan.entries {
        for route in &entry.routes {
            let host = route.place.key("host");
            if let Some((namespace, name)) = auth(&routing.auth, &entry.namespace).filter(|_| route.is_guarded()) {
                findings.extend(meet("Middleware", &namespace, &name, &host, &mut middlewares));
            }
            for (index, middleware) in route.middlewares.iter().enumerate() {
                let namespace = middleware.namespace.as_ref().map_or_else(|| entry.namespace.clone(), Text::from);
                let place = route.place.key("middlewares").index(index).key("name");
                findings.extend(meet("Middleware", &namespace, &Text::from(&middleware.name), &place, &mut middlewares));
            }
            let service = Text::from(format!("{}-{}", route.service, route.port));
            findings.extend(meet("Service", &entry.namespace, &service, &route.place.key("service"), &mut services));
        }
    }
}

/// Namespace and name of the Middleware that guards the routes of an entry.
fn auth(auth: &Auth, own: &Text) -> Option<(Text, Text)> {
    match auth {
        Auth::Undecided => None,
        Auth::Forward(_) => Some((own.clone(), Text::Static(AUTH_MIDDLEWARE))),
        Auth::Shared(shared) => Some(((&shared.namespace).into(), (&shared.name).into())),
    }
}

/// Remembers an object, and says so if another one has its name.
fn meet(kind: &str, namespace: &Text, name: &Text, place: &Place, known: &mut Known) -> Option<Finding> {
    let called = traefik_name(namespace, name, false);
    let (other_namespace, other, first) = known.entry(called.clone()).or_insert_with(|| (namespace.clone(), name.clone(), place.clone()));
    if (namespace, name) == (&*other_namespace, &*other) {
        return None;
    }
    let finding = TRAEFIK_NAME_COLLISION.at(place.clone(), format!("Traefik calls two {kind}s `{called}`")).and(first.clone(), "the first is here");
    let finding = finding.note("it keeps one of them and uses it for both: a route may get another one's Middleware, and lose its auth");
    Some(
        finding
            .help("rename one of them, or switch on `providers.kubernetesCRD.safeNaming` and say `routing.traefik.safeNaming: true` in platform.yml"),
    )
}
