//! Ingresses, for ingress-nginx and for Traefik.

use super::{Part, Rule, Service, all_points, is_auth, points};
use crate::emit::{default_ingress_priority, traefik_name};
use crate::import::entry::Scope;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{maps_at, text_at};
use crate::model::Auth;
use crate::value::{Map, Text};

const ENTRY_POINTS: &str = "traefik.ingress.kubernetes.io/router.entrypoints";
const MIDDLEWARES: &str = "traefik.ingress.kubernetes.io/router.middlewares";
const PRIORITY: &str = "traefik.ingress.kubernetes.io/router.priority";
const AUTH_URL: &str = "nginx.ingress.kubernetes.io/auth-url";

pub(super) fn parts<'c>(scope: &Scope<'_, 'c>) -> Vec<Part<'c>> {
    let ingresses = scope.objects.within(scope.namespace, "networking.k8s.io", "Ingress");
    ingresses.filter_map(|(index, ingress)| part(index, ingress, scope)).collect()
}

fn part<'c>(index: usize, ingress: &'c Resource, scope: &Scope<'_, 'c>) -> Option<Part<'c>> {
    let (auth, middlewares) = middlewares(ingress, scope)?;
    let protected = auth || ingress.annotation(AUTH_URL).is_some();
    let rules =
        maps_at(&ingress.value, &["spec", "rules"]).map(|rule| of_host(rule, protected, &middlewares));
    let mut rules: Vec<_> = rules.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let priority = ingress.annotation(PRIORITY).and_then(|number| number.parse().ok());
    for rule in &mut rules {
        rule.priority = priority.filter(|priority| Some(*priority) != by_default(rule));
    }
    let points = match ingress.annotation(ENTRY_POINTS) {
        Some(names) => points(names.split(',').map(str::trim), scope),
        None => all_points(scope),
    };
    let dns = scope.known.platform.external_dns.as_ref();
    let source = dns.and_then(|dns| ingress.annotation(&format!("{}ingress-hostname-source", dns.prefix)));
    Some(Part {
        index,
        object: Some(ingress),
        name: base_name(ingress, scope),
        rules,
        points,
        has_records: source != Some("annotation-only"),
        ..Part::default()
    })
}

/// The priority that wharf sets for a path by itself, so that a longer path is tried first.
fn by_default(rule: &Rule) -> Option<i64> {
    let (path, exact) = rule.path.as_ref()?;
    default_ingress_priority(path.trim_end_matches('/').len(), *exact)
}

/// The name without what distinguishes the Ingresses of one route: the entry point, the priority, and
/// whether its paths are public.
fn base_name(ingress: &Resource, scope: &Scope<'_, '_>) -> String {
    let mut name = ingress.name.as_str();
    if let Some(point) = ingress.annotation(ENTRY_POINTS).and_then(|names| names.split(',').next()) {
        name = name.strip_suffix(&format!("-{point}")).unwrap_or(name);
    }
    name = without_priority(name, ingress, scope);
    let guarded = name.strip_suffix("-open").filter(|guarded| {
        let others = scope.objects.within(scope.namespace, "networking.k8s.io", "Ingress");
        let mut others = others.filter(|(_, other)| other.name != ingress.name);
        others.any(|(_, other)| other.name.starts_with(guarded))
    });
    guarded.unwrap_or(name).to_owned()
}

/// The name of an Ingress without its priority, which is a part of it if paths of the route have several.
fn without_priority<'n>(name: &'n str, ingress: &Resource, scope: &Scope<'_, '_>) -> &'n str {
    let priority = ingress.annotation(PRIORITY);
    let number = name.rsplit_once('-').filter(|(_, number)| priority == Some(*number));
    let Some((base, _)) = number else { return name };
    let mut others = scope.objects.within(scope.namespace, "networking.k8s.io", "Ingress");
    let route = base.strip_suffix("-open").unwrap_or(base);
    let is_of_route = |other: &Resource| {
        other.name.starts_with(route)
            && other.annotation(PRIORITY) != priority
            && first_host(other) == first_host(ingress)
    };
    if others.any(|(_, other)| is_of_route(other)) { base } else { name }
}

fn first_host(ingress: &Resource) -> Option<&str> {
    maps_at(&ingress.value, &["spec", "rules"]).find_map(|rule| text_at(rule, &["host"]))
}

/// Whether the auth of the platform is among the Middlewares, and the others; `None` for one that cannot be
/// written.
fn middlewares(ingress: &Resource, scope: &Scope<'_, '_>) -> Option<(bool, Vec<Map>)> {
    let listed = ingress.annotation(MIDDLEWARES).unwrap_or_default();
    let names = listed.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names = names.map(|name| name.strip_suffix("@kubernetescrd")).collect::<Option<Vec<_>>>()?;
    let (shared, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_shared_auth(name, scope));
    let all = others.into_iter().map(|name| reference(name, scope)).collect::<Option<Vec<_>>>()?;
    let (auth, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|middleware| is_auth(middleware, scope));
    Some((!auth.is_empty() || !shared.is_empty(), others))
}

/// Whether this is the Middleware with the auth of the platform, by the name that Traefik gives it.
fn is_shared_auth(name: &str, scope: &Scope<'_, '_>) -> bool {
    let routing = &scope.known.platform.routing;
    let Auth::Shared(shared) = &routing.auth else { return false };
    traefik_name(&shared.namespace, &shared.name, routing.safe_naming) == name
}

/// A Middleware by the name that Traefik gives it internally: its namespace and its name.
fn reference(name: &str, scope: &Scope<'_, '_>) -> Option<Map> {
    let after = |namespace: &str| name.strip_prefix(namespace)?.strip_prefix(['-', '_']);
    if let Some(own) = after(scope.namespace) {
        return Some(Map::new().with("name", Text::copied(own)));
    }
    let existing = scope.objects.of_kind("", "Namespace").map(|(_, namespace)| namespace.name.as_str());
    let shared = match &scope.known.platform.routing.auth {
        Auth::Shared(shared) => Some(&*shared.namespace),
        _ => None,
    };
    let controller = scope.known.platform.network.ingress_controller.namespace.as_str();
    let mut all = existing.chain(shared).chain([controller]);
    let known = all.find_map(|namespace| Some((namespace, after(namespace)?)));
    let (namespace, own) = known.or_else(|| name.split_once(['_', '-']))?;
    Some(Map::new().with("name", Text::copied(own)).with("namespace", Text::copied(namespace)))
}

fn of_host(rule: &Map, protected: bool, middlewares: &[Map]) -> Option<Vec<Rule>> {
    let host = text_at(rule, &["host"])?;
    let paths = maps_at(rule, &["http", "paths"]).map(|path| of_path(host, path, protected, middlewares));
    Some(joined(paths.collect::<Option<Vec<_>>>()?))
}

fn of_path(host: &str, path: &Map, protected: bool, middlewares: &[Map]) -> Option<Rule> {
    let text = text_at(path, &["path"]).unwrap_or("/").to_owned();
    let exact = text_at(path, &["pathType"]) == Some("Exact");
    let port = |key| crate::kubernetes::resource::at(path, &["backend", "service", "port", key]).cloned();
    let name = Text::copied(text_at(path, &["backend", "service", "name"])?);
    let port = port("number").or_else(|| port("name"))?;
    let service = Service { name, port: Some(port), ..Service::default() };
    Some(Rule {
        host: host.to_owned(),
        path: (text != "/" || exact).then_some((text, exact)),
        protected,
        middlewares: middlewares.to_vec(),
        services: vec![service],
        ..Rule::default()
    })
}

/// A path and everything below it is one prefix, which is written as two paths for Traefik.
fn joined(rules: Vec<Rule>) -> Vec<Rule> {
    let mut joined: Vec<Rule> = Vec::new();
    for rule in rules {
        match (joined.last_mut().and_then(|last| last.path.as_mut()), &rule.path) {
            (Some((path, exact)), Some((below, false)))
                if *exact && below.strip_suffix('/') == Some(path.as_str()) =>
            {
                *exact = false;
            }
            _ => joined.push(rule),
        }
    }
    joined
}
