//! Two objects to which Traefik gives the same internal name.

use crate::diagnostics::rules::TRAEFIK_NAME_COLLISION;
use crate::diagnostics::{Finding, Location, Sink};
use crate::emit::{AUTH_MIDDLEWARE, filter_middlewares, redirect_middleware, traefik_name};
use crate::model::{Auth, Backend, Model, Renderer, Route};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// The first line of each object by its internal name.
type Known<'p> = Index<String, (Namespace, Text, Line<'p>)>;

/// A line of a route that refers to an object; its location is built on demand, which is rare.
#[derive(Clone, Copy)]
enum Line<'p> {
    Host(&'p Route),
    Service(&'p Backend),
    Middleware(&'p Route, usize),
}

impl Line<'_> {
    fn location(self) -> Location {
        match self {
            Self::Host(route) => route.location.key("host"),
            Self::Service(backend) => backend.location.key("service"),
            Self::Middleware(route, index) => route.location.key("middlewares").index(index).key("name"),
        }
    }
}

/// Checks all Middlewares and Services that routes use.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let routing = &model.platform.routing;
    if !routing.is_traefik() || routing.safe_naming {
        return;
    }
    let [mut middlewares, mut services, mut transports] =
        [0, model.entries.len(), 0].map(Known::with_capacity);
    let shared = shared_auth(&routing.auth);
    let mut is_recorded = false;
    for entry in &model.entries {
        for route in &entry.routes {
            if route.is_protected() {
                // the auth of all routes is the same object, unless each namespace has one
                let own = matches!(routing.auth, Auth::Forward(_)).then(|| own_auth(&entry.namespace));
                if let Some((namespace, name)) = own.or_else(|| shared.clone().filter(|_| !is_recorded)) {
                    let found = record("Middleware", &namespace, &name, Line::Host(route), &mut middlewares);
                    is_recorded = found.is_none();
                    findings.extend(found);
                }
            }
            for (index, middleware) in route.middlewares.iter().enumerate() {
                let namespace =
                    middleware.namespace.as_ref().map_or_else(|| entry.namespace.clone(), Namespace::new);
                let line = Line::Middleware(route, index);
                findings.extend(record(
                    "Middleware",
                    &namespace,
                    &Text::from(&middleware.name),
                    line,
                    &mut middlewares,
                ));
            }
            let is_native = matches!(routing.renderer, Renderer::HttpRoute(..));
            for name in filter_middlewares(route).chain(redirect_middleware(route)).filter(|_| !is_native) {
                let line = Line::Host(route);
                findings.extend(record("Middleware", &entry.namespace, &name, line, &mut middlewares));
            }
            for backend in route.backends() {
                let Some(port) = &backend.port else { continue };
                let service = Text::from(format!("{}-{port}", backend.service));
                let line = Line::Service(backend);
                findings.extend(record("Service", &entry.namespace, &service, line, &mut services));
            }
            if route.tls.is_some() || route.filters.timeout.is_some() {
                let (name, line) = (&route.name, Line::Host(route));
                findings.extend(record("ServersTransport", &entry.namespace, name, line, &mut transports));
            }
        }
    }
}

/// Namespace and name of the Middleware that protects the routes of all entries.
fn shared_auth(auth: &Auth) -> Option<(Namespace, Text)> {
    match auth {
        Auth::Shared(shared) => Some((Namespace::new(&shared.namespace), (&shared.name).into())),
        Auth::Undecided | Auth::Forward(_) => None,
    }
}

/// Namespace and name of the Middleware that protects the routes of an entry alone.
fn own_auth(namespace: &Namespace) -> (Namespace, Text) {
    (namespace.clone(), Text::constant(AUTH_MIDDLEWARE))
}

/// Records an object, and reports it if another one has its internal name.
fn record<'p>(
    kind: &str,
    namespace: &Namespace,
    name: &Text,
    line: Line<'p>,
    known: &mut Known<'p>,
) -> Option<Finding> {
    let called = traefik_name(namespace, name, false);
    let Some((other_namespace, other, first)) = known.get(&called) else {
        known.replace(called, (namespace.clone(), name.clone(), line));
        return None;
    };
    if (namespace, name) == (other_namespace, other) {
        return None;
    }
    let (location, first) = (line.location(), first.location());
    let finding = TRAEFIK_NAME_COLLISION
        .at(location, format!("Traefik uses the name `{called}` for two {kind}s"))
        .with_secondary_label(first, "first used here");
    let finding = finding.note(
        "it keeps one of them and uses it for both: a route may get the Middleware of another one, and lose \
         its auth",
    );
    Some(finding.help(
        "rename one of them, or enable `providers.kubernetesCRD.safeNaming` and set \
         `routing.traefik.safeNaming: true` in platform.yml",
    ))
}
