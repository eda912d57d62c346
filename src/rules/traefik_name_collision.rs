//! Two objects to which Traefik gives the same internal name.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostics::rules::TRAEFIK_NAME_COLLISION;
use crate::diagnostics::{Finding, Location, Sink};
use crate::emit::{AUTH_MIDDLEWARE, filter_middlewares, redirect_middleware, traefik_name};
use crate::model::{Auth, Backend, Entry, Model, Renderer, Route, Routing, ServicePort};
use crate::value::Index;

/// Checks all Middlewares and Services that routes use.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let routing = &model.platform.routing;
    if !routing.is_traefik() || routing.safe_naming {
        return;
    }
    let objects = objects(model);
    let suspects = suspects(&objects);
    if suspects.is_empty() {
        return;
    }
    let mut known = Index::with_capacity(suspects.len());
    for object in objects.iter().filter(|object| suspects.contains(object.namespace)) {
        let name = (object.kind, object.internal_name());
        match known.get(&name) {
            None => {
                known.replace(name, object);
            }
            Some(first) if first.is_same(object) => {}
            Some(first) => findings.push(collision(first, object, &name.1)),
        }
    }
}

/// An object that a route uses.
struct Used<'m> {
    kind: &'static str,
    namespace: &'m str,
    name: Name<'m>,
    line: Line<'m>,
}

impl Used<'_> {
    fn internal_name(&self) -> String {
        traefik_name(self.namespace, &self.name.text(), false)
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.namespace, self.name.text()) == (other.namespace, other.name.text())
    }
}

/// The name of an object. Traefik has a service for each port of a Service, whose name is built on demand.
enum Name<'m> {
    Whole(Cow<'m, str>),
    Port(&'m str, &'m ServicePort),
}

impl Name<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Whole(name) => name.as_ref().into(),
            Self::Port(service, port) => format!("{service}-{port}").into(),
        }
    }

    /// Whether the name is not the same after Traefik has changed it.
    fn is_changed(&self) -> bool {
        match self {
            Self::Whole(name) => is_changed(name),
            Self::Port(service, ServicePort::Name(port)) => is_changed(service) || is_changed(port),
            Self::Port(service, ServicePort::Number(_)) => is_changed(service),
        }
    }
}

/// A line of a route that refers to an object; its location is built on demand, which is rare.
enum Line<'m> {
    Host(&'m Route),
    Service(&'m Backend),
    Middleware(&'m Route, usize),
}

impl Line<'_> {
    fn location(&self) -> Location {
        match self {
            Self::Host(route) => route.location.key("host"),
            Self::Service(backend) => backend.location.key("service"),
            Self::Middleware(route, index) => route.location.key("middlewares").index(*index).key("name"),
        }
    }
}

/// All objects that routes use, in the order of the routes.
fn objects(model: &Model) -> Vec<Used<'_>> {
    let routing = &model.platform.routing;
    let mut objects = Vec::with_capacity(model.entries.len());
    for entry in &model.entries {
        for route in &entry.routes {
            objects.extend(middlewares(route, entry, routing));
            objects.extend(services(route, entry));
            if route.tls.is_some() || route.filters.timeout.is_some() {
                objects.push(of_route("ServersTransport", route.name.as_str().into(), route, entry));
            }
        }
    }
    objects
}

fn middlewares<'m>(
    route: &'m Route,
    entry: &'m Entry,
    routing: &'m Routing,
) -> impl Iterator<Item = Used<'m>> {
    let listed = route.middlewares.iter().enumerate().map(|(index, middleware)| Used {
        kind: "Middleware",
        namespace: middleware.namespace.as_deref().unwrap_or(entry.namespace.as_str()),
        name: Name::Whole(Cow::Borrowed(&middleware.name)),
        line: Line::Middleware(route, index),
    });
    let is_native = matches!(routing.renderer, Renderer::HttpRoute(..));
    let own = filter_middlewares(route).chain(redirect_middleware(route)).filter(move |_| !is_native);
    auth(route, entry, routing)
        .into_iter()
        .chain(listed)
        .chain(own.map(|name| of_route("Middleware", name.to_string().into(), route, entry)))
}

/// The Middleware that protects a route.
fn auth<'m>(route: &'m Route, entry: &'m Entry, routing: &'m Routing) -> Option<Used<'m>> {
    let (namespace, name) = match &routing.auth {
        Auth::Shared(shared) => (&*shared.namespace, &*shared.name),
        Auth::Forward(_) => (entry.namespace.as_str(), AUTH_MIDDLEWARE),
        Auth::Undecided => return None,
    };
    let (kind, name, line) = ("Middleware", Name::Whole(name.into()), Line::Host(route));
    route.is_protected().then_some(Used { kind, namespace, name, line })
}

fn services<'m>(route: &'m Route, entry: &'m Entry) -> impl Iterator<Item = Used<'m>> {
    route.backends().filter_map(|backend| {
        Some(Used {
            kind: "Service",
            namespace: entry.namespace.as_str(),
            name: Name::Port(&backend.service, backend.port.as_ref()?),
            line: Line::Service(backend),
        })
    })
}

fn of_route<'m>(kind: &'static str, name: Cow<'m, str>, route: &'m Route, entry: &'m Entry) -> Used<'m> {
    Used { kind, namespace: entry.namespace.as_str(), name: Name::Whole(name), line: Line::Host(route) }
}

/// The namespaces with objects that may have the internal name of another one. Traefik joins the words of the
/// namespace and of the name, so that either two namespaces overlap, or two names in one namespace differ in
/// what is between their words. Almost no catalog has any, and then no name has to be built.
fn suspects<'m>(objects: &[Used<'m>]) -> BTreeSet<&'m str> {
    let changed = objects.iter().filter(|object| object.name.is_changed()).map(|object| object.namespace);
    let mut namespaces: Vec<_> = objects.iter().map(|object| object.namespace).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    overlapping(namespaces).chain(changed).collect()
}

/// The namespaces whose words begin with all words of another one, or are the beginning of another one.
fn overlapping(namespaces: Vec<&str>) -> impl Iterator<Item = &str> {
    let mut namespaces: Vec<_> = namespaces.into_iter().map(|name| (words(name), name)).collect();
    // a dash is before all letters and digits, so that what begins with a namespace comes right after it
    namespaces.sort();
    let mut found = Vec::new();
    let mut first: Option<&(Cow<'_, str>, &str)> = None;
    for next in &namespaces {
        match first {
            Some(first) if begins_with(&next.0, &first.0) => found.extend([first.1, next.1]),
            _ => first = Some(next),
        }
    }
    found.into_iter()
}

/// Whether Traefik changes a name when it joins the words of it.
fn is_changed(name: &str) -> bool {
    name.split('-').any(|word| word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The words of a name, joined as Traefik does.
fn words(name: &str) -> Cow<'_, str> {
    if is_changed(name) { traefik_name("", name, false).into() } else { name.into() }
}

/// Whether the words of a name begin with some words.
fn begins_with(name: &str, words: &str) -> bool {
    name.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn collision(first: &Used<'_>, second: &Used<'_>, name: &str) -> Finding {
    let message = format!("Traefik uses the name `{name}` for two {}s", second.kind);
    let finding = TRAEFIK_NAME_COLLISION
        .at(second.line.location(), message)
        .with_secondary_label(first.line.location(), "first used here");
    let finding = finding.note(
        "it keeps one of them and uses it for both: a route may get the Middleware of another one, and lose \
         its auth",
    );
    finding.help(
        "rename one of them, or enable `providers.kubernetesCRD.safeNaming` and set \
         `routing.traefik.safeNaming: true` in platform.yml",
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{is_changed, overlapping, traefik_name};

    /// All names of so many characters, of four, without those that have no words.
    fn names(length: usize) -> Vec<String> {
        let mut names = vec![String::new()];
        for _ in 0..length {
            names = names
                .iter()
                .flat_map(|name| ["a", "0", "-", "."].map(|next| format!("{name}{next}")))
                .collect();
        }
        names.retain(|name| name.contains(['a', '0']));
        names
    }

    #[test]
    fn objects_with_one_internal_name_are_suspects() {
        let (namespaces, names) = ([names(1), names(2), names(3)].concat(), [names(1), names(3)].concat());
        let mut known: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for namespace in &namespaces {
            for name in &names {
                known.entry(traefik_name(namespace, name, false)).or_default().push((namespace, name));
            }
        }
        let mut judged = 0;
        for alike in known.values() {
            for (index, (namespace, name)) in alike.iter().enumerate() {
                for (other_namespace, other) in &alike[..index] {
                    judged += 1;
                    let found: Vec<_> = overlapping(vec!["0-a", namespace, "a0", other_namespace]).collect();
                    let is_suspect = if namespace == other_namespace {
                        is_changed(name) || is_changed(other)
                    } else {
                        found.contains(&namespace.as_str()) && found.contains(&other_namespace.as_str())
                    };
                    assert!(is_suspect, "{namespace}/{name} and {other_namespace}/{other}");
                }
            }
        }
        assert!(judged > 10_000, "{judged}");
    }

    #[test]
    fn most_namespaces_do_not_overlap() {
        let namespaces = vec!["web", "web-notes", "web0", "dev-notes", "dev-note", "a--b", "a-b"];
        let found: Vec<_> = overlapping(namespaces).collect();
        assert_eq!(found, ["a--b", "a-b", "web", "web-notes"]);
    }
}
