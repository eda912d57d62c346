//! Ingresses for Traefik: by auth, by priority, and by whether their routers set `tls`.

use std::sync::Arc;

use super::entry_point_group::{self, groups};
use super::filter_support::{Refused, check as check_filters, check_added};
use super::ingress::{Annotations, Part, ingress, parts, rules, spec_paths, tls_block, with_issuer};
use super::metadata::{OF_TRAEFIK, Verdict, complete, not_of_nginx};
use super::support::{Requested, check_backends, check_internal, check_paths, check_rules, unsupported};
use super::traefik_rule::{default_priority, ingress_priority};
use super::{
    AUTH_MIDDLEWARE, RouteController, Routed, cross_namespace_middleware, filter_middleware, middleware,
    redirect, tls_store, traefik_name,
};
use crate::catalog::Scheme;
use crate::diagnostics::{Location, Sink};
use crate::kubernetes::{Object, Origin};
use crate::model::{Auth, Certificates, Entry, Model, Path, Route, Routing};
use crate::names::{Host, Namespace};
use crate::value::Text;

/// Traefik, by the Ingresses of a class.
pub(super) struct TraefikIngresses<'r> {
    pub(super) class: &'r Text,
}

impl RouteController for TraefikIngresses<'_> {
    fn check_route(&self, requested: &Requested<'_>, findings: &mut Sink) {
        cross_namespace_middleware::check_route(requested, findings);
        let route = requested.route;
        if route.priority.is_some_and(|priority| priority > 0) && route.paths.len() > 1 {
            findings.push(unsupported(
                requested.location.key("priority"),
                "an Ingress has one priority for all its paths",
                "with one priority for all of them, it is undefined which path Traefik tries first",
                "write a separate route for each path",
            ));
        }
        check_internal(requested, findings);
        check_rules(requested, findings);
        check_backends(requested, findings);
        check_scheme(requested, findings);
        redirect::check(requested, NOTE_REDIRECT, HELP_REDIRECT, findings);
        check_added(requested, findings);
        check_filters(requested, &[TIMEOUT], findings);
        check_paths(requested, findings);
    }

    fn check_stream(&self, _: &Location, _: &mut Sink) {}

    fn check_auth(&self, routing: &Routing, _: &Text, findings: &mut Sink) {
        cross_namespace_middleware::check_auth(routing, findings);
    }

    /// Those of routers say what the catalog decides, and those of Services belong on the Service: Traefik
    /// drops an Ingress with one of its own annotations that it does not know (Traefik 3.7).
    fn annotation(&self, name: &str) -> Verdict {
        match name.strip_prefix(OF_TRAEFIK) {
            None => not_of_nginx(name),
            Some(name) if name.starts_with("router.observability.") => Verdict::Free,
            Some("router.entrypoints") => Verdict::Decided("; `exposure` decides the entry points"),
            Some("router.middlewares") => Verdict::Decided(" and write `middlewares` of the route"),
            Some("router.priority") => Verdict::Decided(" and write `priority` of the route"),
            Some(name) if name.starts_with("router.") => Verdict::Decided("; the platform decides it"),
            Some(_) => Verdict::Ignored("Traefik reads it on the Service only"),
        }
    }

    fn emit(&self, routed: &Routed<'_>) -> Vec<Object> {
        let parts = parts(routed, |path| ingress_priority(routed.route, path));
        let mut ingresses = filter_middleware::of_route(routed);
        for (index, part) in parts.iter().enumerate() {
            for group in groups(routed) {
                let own = group.tls && index == 0 && !routed.is_callback;
                let tls = tls_block(routed).filter(|_| own && names_secret(routed));
                let rules = rules(routed, part, paths);
                let has_tls = tls.is_some();
                let object = ingress(routed, self.class, &group.suffix, (part, rules), tls);
                let object = with_router(with_issuer(object, routed, has_tls), routed, part, &group);
                ingresses.push(complete(object, routed, group.has_records && index == 0));
            }
        }
        ingresses
    }

    fn of_entry(&self, entry: &Entry, model: &Model) -> Vec<Object> {
        middleware::auth(entry, model).into_iter().collect()
    }

    fn of_platform(&self, model: &Model, origins: &Arc<[Origin]>) -> Vec<Object> {
        tls_store::default(model, origins).into_iter().collect()
    }

    fn priority(&self, host: &Host, route: &Route, path: &Path) -> Option<i64> {
        Some(ingress_priority(route, path).unwrap_or_else(|| default_priority(path, host)))
    }
}

/// Traefik reads how to connect to a Service from annotations of the Service (Traefik 3.7).
fn check_scheme(requested: &Requested<'_>, findings: &mut Sink) {
    if requested.route.scheme == Some(Scheme::Https) {
        findings.push(unsupported(
            requested.location.key("scheme"),
            "an Ingress for Traefik does not say how to connect to the Service",
            "Traefik would speak plain HTTP to it: the app would answer with an error",
            "annotate the Service itself and remove the line, or use `routing.kind: traefik`",
        ));
    }
}

/// Traefik treats a `Prefix` as a prefix of the text, unless `strictPrefixMatching` is enabled (Traefik 3.7):
/// `/api` would match `/api-secret` as well. These two annotations have the same effect with and without the
/// option.
fn paths(path: &Path) -> Annotations {
    match path.bare_prefix() {
        Some(bare) => vec![("Exact", bare.to_owned().into()), ("Prefix", format!("{bare}/").into())],
        None => spec_paths(path),
    }
}

/// Traefik reads it on the Service, as a ServersTransport (Traefik 3.7).
const TIMEOUT: Refused = Refused {
    key: "timeout",
    message: "an Ingress for Traefik does not say how long to wait for the Service",
    note: "Traefik would wait as long as for every other Service",
    help: "annotate the Service itself and remove the line, or use `routing.kind: traefik`",
};

/// Traefik skips a path whose Service it does not find (Traefik 3.7, Ingress provider).
const NOTE_REDIRECT: &str =
    "Traefik skips an Ingress whose Service does not exist: the host would answer 404";

const HELP_REDIRECT: &str = "use `routing.kind: traefik`, or name a Service and, in `middlewares`, a \
                             Middleware of your own with `redirectRegex`";

/// Whether the Ingresses of Traefik name a Secret; the default certificate needs none.
fn names_secret(routed: &Routed<'_>) -> bool {
    let platform = &routed.model.platform;
    routed.route.issuer(platform).is_some() || matches!(platform.certificates, Certificates::Annotation(_))
}

/// Traefik drops an Ingress with one of its own annotations that it does not know (Traefik 3.7): only these
/// are ever written.
fn with_router(
    object: Object,
    routed: &Routed<'_>,
    part: &Part<'_>,
    group: &entry_point_group::Group<'_>,
) -> Object {
    let names = entry_point_group::names(group).iter().map(Text::as_str).collect::<Vec<_>>().join(",");
    let object = object.annotation("traefik.ingress.kubernetes.io/router.entrypoints", names);
    let middlewares = middlewares(routed, part).join(",");
    let object = if middlewares.is_empty() {
        object
    } else {
        object.annotation("traefik.ingress.kubernetes.io/router.middlewares", middlewares)
    };
    let object = match part.priority {
        Some(priority) => {
            object.annotation("traefik.ingress.kubernetes.io/router.priority", priority.to_string())
        }
        None => object,
    };
    match &routed.model.platform.certificates {
        _ if !group.tls => object,
        Certificates::Resolver(resolver) => {
            object.annotation("traefik.ingress.kubernetes.io/router.tls.certresolver", resolver.clone())
        }
        _ => object.annotation("traefik.ingress.kubernetes.io/router.tls", "true"),
    }
}

/// The Middlewares of an Ingress, by the names that Traefik gives them internally.
fn middlewares(routed: &Routed<'_>, part: &Part<'_>) -> Vec<String> {
    let routing = &routed.model.platform.routing;
    let own = &routed.entry.namespace;
    let named = |namespace: &Namespace, name: &str| {
        format!("{}@kubernetescrd", traefik_name(namespace.as_str(), name, routing.safe_naming))
    };
    let auth = match &routing.auth {
        Auth::Shared(shared) if part.protected => {
            Some(named(&Namespace::new(&shared.namespace), &shared.name))
        }
        Auth::Forward(_) if part.protected => Some(named(own, AUTH_MIDDLEWARE)),
        _ => None,
    };
    let wanted = routed.route.middlewares.iter().map(|middleware| {
        let namespace = middleware.namespace.as_ref().map_or_else(|| own.clone(), Namespace::new);
        named(&namespace, &middleware.name)
    });
    let filters = filter_middleware::names(routed.route).map(|name| named(own, &name));
    auth.into_iter().chain(filters).chain(wanted).collect()
}
