//! Two objects that Traefik calls the same.

use std::collections::BTreeMap;

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::TRAEFIK_NAME_COLLISION;
use crate::emit::{AUTH_MIDDLEWARE, traefik_name};
use crate::model::{Auth, Model, Route};
use crate::value::Text;

/// An object by the name that Traefik gives it, and where the line is found that first speaks of it.
type Known<'p> = BTreeMap<String, (Text, Text, Line<'p>)>;

/// A line of a route that names an object; its place is made when it is needed, which is hardly ever.
#[derive(Clone, Copy)]
enum Line<'p> {
    Host(&'p Route),
    Service(&'p Route),
    Middleware(&'p Route, usize),
}

impl Line<'_> {
    fn location(self) -> Location {
        match self {
            Self::Host(route) => route.location.key("host"),
            Self::Service(route) => route.location.key("service"),
            Self::Middleware(route, index) => route.location.key("middlewares").index(index).key("name"),
        }
    }
}

/// Judges all Middlewares and Services that routes lead through.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let routing = &model.platform.routing;
    if !routing.is_traefik() || routing.safe_naming {
        return;
    }
    let (mut middlewares, mut services) = (Known::new(), Known::new());
    for entry in &model.entries {
        for route in &entry.routes {
            if let Some((namespace, name)) =
                auth(&routing.auth, &entry.namespace).filter(|_| route.is_guarded())
            {
                findings.extend(meet("Middleware", &namespace, &name, Line::Host(route), &mut middlewares));
            }
            for (index, middleware) in route.middlewares.iter().enumerate() {
                let namespace =
                    middleware.namespace.as_ref().map_or_else(|| entry.namespace.clone(), Text::from);
                let line = Line::Middleware(route, index);
                findings.extend(meet(
                    "Middleware",
                    &namespace,
                    &Text::from(&middleware.name),
                    line,
                    &mut middlewares,
                ));
            }
            let service = Text::from(format!("{}-{}", route.service, route.port));
            findings.extend(meet("Service", &entry.namespace, &service, Line::Service(route), &mut services));
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
fn meet<'p>(
    kind: &str,
    namespace: &Text,
    name: &Text,
    line: Line<'p>,
    known: &mut Known<'p>,
) -> Option<Finding> {
    let called = traefik_name(namespace, name, false);
    let Some((other_namespace, other, first)) = known.get(&called) else {
        known.insert(called, (namespace.clone(), name.clone(), line));
        return None;
    };
    if (namespace, name) == (other_namespace, other) {
        return None;
    }
    let (location, first) = (line.location(), first.location());
    let finding = TRAEFIK_NAME_COLLISION
        .at(location, format!("Traefik calls two {kind}s `{called}`"))
        .with_secondary_label(first, "the first is here");
    let finding = finding.note("it keeps one of them and uses it for both: a route may get another one's Middleware, and lose its auth");
    Some(
        finding
            .help("rename one of them, or switch on `providers.kubernetesCRD.safeNaming` and say `routing.traefik.safeNaming: true` in platform.yml"),
    )
}
