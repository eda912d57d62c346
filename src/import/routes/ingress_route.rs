//! Traefik's IngressRoutes.

use super::backend::services;
use super::{Part, Rule, all_points, is_auth, points};
use crate::emit::{default_exact_priority, grpc_rule};
use crate::import::entry::Scope;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::names::Host;
use crate::value::{Map, Text, Value};

pub(super) fn parts<'c>(scope: &Scope<'_, 'c>) -> Vec<Part<'c>> {
    let groups = ["traefik.io", "traefik.containo.us"];
    let routes = groups.iter().flat_map(|group| scope.objects.within(scope.namespace, group, "IngressRoute"));
    routes.filter_map(|(index, route)| part(index, route, scope)).collect()
}

fn part<'c>(index: usize, route: &'c Resource, scope: &Scope<'_, 'c>) -> Option<Part<'c>> {
    let rules = maps_at(&route.value, &["spec", "routes"]).map(|written| rule(written, scope));
    let names = || items_at(&route.value, &["spec", "entryPoints"]).iter().filter_map(text);
    let rules = rules.collect::<Option<Vec<_>>>()?;
    let speaks_grpc = rules.iter().any(|(kind, _)| *kind == Kind::Grpc);
    let pattern = rules.iter().find(|(kind, _)| *kind == Kind::Pattern);
    let host_pattern = pattern.map(|(_, rule)| rule.host.clone());
    let named = rules.into_iter().filter(|(kind, _)| *kind == Kind::Named);
    let rules: Vec<_> = named.map(|(_, rule)| rule).collect();
    // a route without entry points is served by all of them
    let points = if names().next().is_none() { all_points(scope) } else { points(names(), scope) };
    let dns = scope.known.platform.external_dns.as_ref();
    let target = dns.is_some_and(|dns| route.annotation(&format!("{}target", dns.prefix)).is_some());
    Some(Part {
        index,
        object: Some(route),
        name: base_name(route),
        rules: with_priority(rules),
        points,
        has_records: target,
        speaks_grpc,
        host_pattern,
        ..Part::default()
    })
}

/// The name without the suffix of its entry point: both objects are one route.
fn base_name(route: &Resource) -> String {
    let mut points = items_at(&route.value, &["spec", "entryPoints"]).iter().filter_map(text);
    let suffixed = points.find_map(|point| route.name.strip_suffix(&format!("-{point}")));
    suffixed.unwrap_or(&route.name).to_owned()
}

/// The priority is the user's if every rule has one that wharf would not set: exact paths have one anyway.
fn with_priority(mut rules: Vec<Rule>) -> Vec<Rule> {
    let by_default = |rule: &Rule| {
        let (path, exact) = rule.path.as_ref()?;
        exact.then(|| default_exact_priority(&Host::new(rule.host.clone()), path))
    };
    let wanted = rules.iter().all(|rule| rule.priority.is_some() && rule.priority != by_default(rule));
    if !wanted {
        for rule in &mut rules {
            rule.priority = None;
        }
    }
    rules
}

/// Which requests a rule takes of those for a route.
#[derive(PartialEq)]
enum Kind {
    /// Those for a host that it names.
    Named,
    /// Those for hosts of a regular expression.
    Pattern,
    /// Those of gRPC clients, for hosts of another rule.
    Grpc,
}

fn rule(written: &Map, scope: &Scope<'_, '_>) -> Option<(Kind, Rule)> {
    let matched = text_at(written, &["match"])?;
    let (kind, matched) = match matched.strip_suffix(&*grpc_rule("")) {
        Some(other) => (Kind::Grpc, other),
        None if matched.starts_with("HostRegexp(") => (Kind::Pattern, matched),
        None => (Kind::Named, matched),
    };
    let (host, path) = matcher(matched)?;
    let services = services(maps_at(written, &["services"]))?;
    let scheme = maps_at(written, &["services"]).find_map(|service| text_at(service, &["scheme"]));
    let middlewares = maps_at(written, &["middlewares"]).cloned();
    let (auth, others): (Vec<_>, Vec<_>) = middlewares.partition(|middleware| is_auth(middleware, scope));
    let priority = match written.get("priority") {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    };
    let rule = Rule {
        host,
        path,
        protected: !auth.is_empty(),
        middlewares: others,
        services,
        scheme: scheme.map(Text::copied),
        priority,
        filters: Map::new(),
        redirect: Map::new(),
    };
    Some((kind, rule))
}

/// The host of a rule and its path, with whether it is exact; `None` for any other rule.
fn matcher(rule: &str) -> Option<(String, Option<(String, bool)>)> {
    let rest = rule.strip_prefix("Host(`").or_else(|| rule.strip_prefix("HostRegexp(`"))?;
    let (host, rest) = rest.split_once("`)")?;
    if rest.is_empty() {
        return Some((host.to_owned(), None));
    }
    let rest = rest.strip_prefix(" && ")?;
    let argument = |name: &str| rest.strip_prefix(name)?.strip_prefix("(`")?.strip_suffix("`)");
    if let Some(both) = rest.strip_prefix("(Path(`") {
        let (path, prefix) = both.split_once("`) || PathPrefix(`")?;
        let prefix = prefix.strip_suffix("`))")?;
        return (prefix.strip_suffix('/') == Some(path))
            .then(|| (host.to_owned(), Some((path.to_owned(), false))));
    }
    let path =
        argument("Path").map(|path| (path, true)).or_else(|| Some((argument("PathPrefix")?, false)))?;
    let simple = !path.0.contains('`');
    simple.then(|| (host.to_owned(), Some((path.0.to_owned(), path.1))))
}

/// The hosts that a rule of Traefik names.
pub(in crate::import) fn hosts_of(rule: &str) -> Vec<String> {
    rule.split("Host(`").skip(1).filter_map(|rest| Some(rest.split_once('`')?.0.to_owned())).collect()
}
