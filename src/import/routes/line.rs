//! One route, in the keys of the catalog.

use super::{Part, Rule, backend, exposure, filters, metadata, redirect};
use crate::catalog::Exposure;
use crate::import::draft::Item;
use crate::import::entry::Scope;
use crate::import::policies::Targets;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::maps_at;
use crate::model::Certificates;
use crate::value::{Map, Text, Value};

/// The route that some objects are; nothing if they only redirect.
pub(super) fn route(
    group: &[Part<'_>],
    entry: &[Exposure],
    targets: &mut Targets,
    scope: &Scope<'_, '_>,
) -> Option<Item> {
    let mut rules = distinct(group);
    let named = exposure::named_side(group, scope);
    if let Some((host, path)) = exposure::leads(group, named, scope) {
        let first = rules.iter().position(|rule| rule.host == host && rule.path == path);
        rules.get_mut(..=first?)?.rotate_right(1);
    }
    let lead = *rules.first()?;
    let own: Vec<_> = rules.iter().filter(|rule| rule.host == lead.host).collect();
    let protected = own.iter().any(|rule| rule.protected);
    let whole = own.len() == 1 && own.iter().all(|rule| rule.path.is_none());
    let paths: Vec<_> = own.iter().map(|rule| path(rule, protected)).collect();
    let redirect = redirect::keys(lead, group, scope);
    let leads = redirect.is_empty();
    let backend = if leads { backend::keys(lead, group, targets, scope) } else { Map::new() };
    let is_open = leads && !protected;
    let map = Map::new()
        .with("host", short(&lead.host, scope))
        .with_filled("aliases", aliases(&rules, scope))
        .with_some("hostRegexp", group.iter().find_map(|part| part.host_pattern.clone()).map(Text::from))
        .merged(&backend)
        .with_filled("redirect", redirect)
        .with_filled("paths", if whole { Vec::new() } else { paths })
        .with_some("auth", is_open.then_some("none"))
        .with_some("reason", is_open.then_some("imported"))
        .with_filled("exposure", exposure::of_route(group, entry, scope))
        .with_true("grpc", group.iter().any(|part| part.speaks_grpc))
        .with_filled("middlewares", middlewares(lead, group, !leads))
        .with_filled("filters", filters::keys(lead, group, scope))
        .with_some("priority", own.iter().filter_map(|rule| rule.priority).min().map(Value::Int))
        .with_some("certificate", has_own_certificate(group, scope).then_some("own"))
        .merged(&metadata::keys(group, scope));
    Some(Item::new(map, group.iter().map(|part| part.index)))
}

/// The Middlewares of a route, without those that wharf makes of its filters.
fn middlewares(lead: &Rule, group: &[Part<'_>], redirects: bool) -> Vec<Map> {
    let name = group.first().map(|part| part.name.as_str()).unwrap_or_default();
    let is_own = |middleware: &Map| {
        filters::is_filter(middleware, name) || redirects && redirect::is_own(middleware, name)
    };
    lead.middlewares.iter().filter(|middleware| !is_own(middleware)).cloned().collect()
}

/// Whether a route has a certificate of its own beside the wildcard of the platform.
fn has_own_certificate(group: &[Part<'_>], scope: &Scope<'_, '_>) -> bool {
    let names_secret = |object: &Resource| {
        let of_route = object.at(&["spec", "tls", "secretName"]).is_some();
        of_route || maps_at(&object.value, &["spec", "tls"]).any(|tls| tls.get("secretName").is_some())
    };
    matches!(scope.known.platform.certificates, Certificates::Wildcard(..))
        && group.iter().filter_map(|part| part.object).any(names_secret)
}

/// The rules of all objects, each once: the objects of several entry points repeat them.
fn distinct<'g>(group: &'g [Part<'_>]) -> Vec<&'g Rule> {
    let mut rules: Vec<&Rule> = Vec::new();
    for rule in group.iter().filter(|part| !part.redirects).flat_map(|part| &part.rules) {
        if !rules.iter().any(|known| known.matches(rule)) {
            rules.push(rule);
        }
    }
    rules
}

/// The hosts after the first one.
fn aliases(rules: &[&Rule], scope: &Scope<'_, '_>) -> Vec<Text> {
    let mut hosts: Vec<&str> = Vec::new();
    for rule in rules {
        if !hosts.contains(&rule.host.as_str()) {
            hosts.push(&rule.host);
        }
    }
    hosts.into_iter().skip(1).map(|host| short(host, scope)).collect()
}

fn path(rule: &Rule, protected: bool) -> Map {
    let (path, exact) = rule.path.clone().unwrap_or_else(|| ("/".to_owned(), false));
    let open = protected && !rule.protected;
    Map::new()
        .with("path", path)
        .with_some("match", exact.then_some("exact"))
        .with_some("auth", open.then_some("none"))
        .with_some("reason", open.then_some("imported"))
}

/// A host of the platform's domain is written as one label.
fn short(host: &str, scope: &Scope<'_, '_>) -> Text {
    let domain = scope.known.platform.domain.as_str();
    let label = host.strip_suffix(domain).and_then(|label| label.strip_suffix('.'));
    let label = label.filter(|label| !label.is_empty() && !label.contains('.'));
    Text::copied(label.filter(|_| scope.known.platform.patterns.host.is_none()).unwrap_or(host))
}
