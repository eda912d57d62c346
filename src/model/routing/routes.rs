//! Routes with their defaults.

use std::net::IpAddr;

use super::backend::{self, Backend};
use super::backend_tls::{self, BackendTls};
use super::certificate;
use super::exposure::{self, Sides};
use super::filters::{self, Filters};
use super::host_pattern;
use super::hosts::{self, below};
use super::metadata::Metadata;
use super::outside;
use super::paths::paths;
use super::redirect::{self, Redirect};
use crate::catalog::{Exposure, MiddlewareReference, PathMatch, Route as Written, Scheme};
use crate::diagnostics::{Location, Sink, rules};
use crate::format::DnsName;
use crate::model::defaults;
use crate::model::patterns::Patterns;
use crate::model::platform::Platform;
use crate::names::{Host, Namespace};
use crate::platform::{EntryPoint, Issuer};
use crate::value::Text;

/// A route of the model.
#[derive(Debug)]
pub struct Route {
    /// Its location.
    pub location: Location,
    /// The name of its objects.
    pub name: Text,
    /// The Secret of its own certificate.
    pub certificate_secret: Text,
    /// Whether it wants a certificate of its own where others share one.
    pub has_own_certificate: bool,
    /// All hosts, in full; the main one first.
    pub hosts: Vec<Host>,
    /// Further hosts, as a regular expression.
    pub host_pattern: Option<Text>,
    /// Where it redirects to; none if it leads to a Service.
    pub redirect: Option<Redirect>,
    /// The Service that it leads to; one of Traefik itself if it redirects.
    pub backend: Backend,
    /// Further Services that share its requests.
    pub others: Vec<Backend>,
    /// The addresses outside of the cluster behind its Service, which wharf makes; none if the Service
    /// exists.
    pub outside: Vec<IpAddr>,
    /// How certificates of its Services are verified; none if they serve plain HTTP.
    pub tls: Option<BackendTls>,
    /// The scheme of its Services, if it is set.
    pub scheme: Option<Scheme>,
    /// Whether its Services speak gRPC without TLS as well.
    pub speaks_grpc: bool,
    /// The routed paths; one without a path means the whole host.
    pub paths: Vec<Path>,
    /// Indexes of the entry points that it is attached to.
    pub entry_points: Vec<usize>,
    /// Indexes of the entry points of its sides that only redirect to others.
    pub redirects: Vec<usize>,
    /// Middlewares that run after auth.
    pub middlewares: Vec<MiddlewareReference>,
    /// What the controller changes about requests and responses.
    pub filters: Filters,
    /// The priority; none for Traefik's default.
    pub priority: Option<u32>,
    /// The labels and annotations of its objects, besides those of all routes.
    pub metadata: Metadata,
    /// Whether external-dns makes records for its hosts.
    pub has_records: bool,
}

impl Route {
    /// Whether any of its paths requires the platform's auth.
    pub fn is_protected(&self) -> bool {
        self.paths.iter().any(|path| path.protected)
    }

    /// The issuer of its own Certificate; none if it has none.
    pub fn issuer<'p>(&self, platform: &'p Platform) -> Option<&'p Issuer> {
        platform.certificates.issuer_of_routes(self.has_own_certificate)
    }

    /// Whether pods in the namespace of its app solve challenges for its hosts.
    pub fn is_solved(&self, platform: &Platform) -> bool {
        platform.certificates.solves_beside_apps() && self.points(platform).any(|point| point.tls)
    }

    /// All hosts that it names: its own, and the one that it redirects to.
    pub fn hosts_mut(&mut self) -> impl Iterator<Item = &mut Host> {
        let address = self.redirect.iter_mut().filter_map(|redirect| redirect.host.as_mut());
        self.hosts.iter_mut().chain(address)
    }

    /// All Services that it leads to.
    pub fn backends(&self) -> impl Iterator<Item = &Backend> {
        [&self.backend].into_iter().chain(&self.others)
    }

    /// The same, to complete them.
    pub fn backends_mut(&mut self) -> impl Iterator<Item = &mut Backend> {
        [&mut self.backend].into_iter().chain(&mut self.others)
    }

    /// Whether it can be reached from this side.
    pub fn faces(&self, side: Exposure, platform: &Platform) -> bool {
        self.points(platform).any(|point| point.exposure == side)
    }

    /// The entry points that it is attached to.
    pub fn points<'p>(&'p self, platform: &'p Platform) -> impl Iterator<Item = &'p EntryPoint> {
        self.entry_points.iter().filter_map(|index| platform.routing.entry_points.get(*index))
    }
}

/// One path of a route.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its location; that of the route if it lists no paths.
    pub location: Location,
    /// The path and how it is matched; the whole host if there is none.
    pub matching: Option<(PathMatch, Text)>,
    /// Whether it requires the platform's auth.
    pub protected: bool,
}

impl Path {
    /// The path and how it is matched; nothing if it is the whole host.
    pub(super) fn restriction(&self) -> Option<(PathMatch, &str)> {
        match &self.matching {
            Some((PathMatch::Exact, path)) => Some((PathMatch::Exact, path)),
            _ => self.bare_prefix().map(|bare| (PathMatch::Prefix, bare)),
        }
    }
}

/// What a route has to know about the entry that it is in.
pub(in crate::model) struct Surroundings<'s> {
    pub(in crate::model) namespace: &'s Namespace,
    /// The sides of routes that list none; none if there is no default.
    pub(in crate::model) exposure: &'s [Exposure],
    pub(in crate::model) platform: &'s Platform,
    pub(in crate::model) patterns: &'s Patterns,
}

/// Fills in the defaults of a route.
pub(in crate::model) fn model(
    written: &Written,
    location: Location,
    around: &Surroundings<'_>,
    findings: &mut Sink,
) -> Route {
    let Surroundings { namespace, platform, patterns, .. } = *around;
    let written = &*defaults::route(written, platform);
    let full = |host: &DnsName| full_host(host, namespace, patterns);
    let mut hosts: Vec<_> = [&written.host].into_iter().chain(&written.aliases).map(full).collect();
    check_size(written, &location, &mut hosts, findings);
    let has_own_certificate = certificate::is_own(written, &location, platform, findings);
    hosts::check(&hosts, &location, platform, has_own_certificate, findings);
    check_records(written, &location, platform, findings);
    exposure::check(
        &written.exposure,
        &location.key("exposure"),
        &platform.routing,
        &platform.support,
        findings,
    );
    (platform.support.route)(written, &location, namespace, platform, findings);
    let backend = backend::main(written, &location, findings);
    let name = name(&hosts[0], written, &platform.domain);
    let sides = Sides::new(&[&written.exposure, around.exposure]);
    let route = Route {
        certificate_secret: patterns.certificate_secret(&name, namespace),
        has_own_certificate,
        name,
        others: backend::others(written, &location, findings),
        outside: outside::addresses(written, &backend, &location, platform.argocd.endpoint_slices, findings),
        tls: backend_tls::lower(written, &location, findings),
        scheme: written.scheme,
        speaks_grpc: backend::speaks_grpc(written, &location, findings),
        redirect: written.redirect.as_ref().map(|redirect| redirect::lower(redirect, full)),
        backend,
        paths: paths(written, &location, platform, findings),
        entry_points: sides.entry_points(&platform.routing),
        redirects: sides.redirects(&platform.routing),
        middlewares: written
            .middlewares
            .iter()
            .take(MAX_REFERENCES / written.paths.len().max(1))
            .cloned()
            .collect(),
        filters: filters::lower(written, &location, findings),
        priority: written.priority,
        metadata: Metadata::new(&written.labels, &written.annotations),
        has_records: written.dns != Some(false),
        host_pattern: host_pattern::lower(written, &location, findings),
        hosts,
        location,
    };
    host_pattern::check(&route, platform, findings);
    check_redirect(written, &route, platform, findings);
    route
}

fn check_redirect(written: &Written, route: &Route, platform: &Platform, findings: &mut Sink) {
    let Some(redirect) = &route.redirect else { return };
    redirect::check_keys(written, &route.location, findings);
    let ports: Vec<_> = route.points(platform).map(|point| point.port.0).collect();
    let takes = |path: &str| route.paths.iter().any(|own| own.takes(path));
    redirect::check_loop(redirect, (&route.hosts, &ports, takes), &route.location, findings);
}

/// A single label is completed with the domain, a name with a dot is used as is.
fn full_host(host: &DnsName, namespace: &Namespace, patterns: &Patterns) -> Host {
    if host.contains('.') { Host::new(host) } else { patterns.host(host, namespace) }
}

/// A name from the host, the first path and the side: stable when other routes are added or removed.
fn name(host: &Host, written: &Written, domain: &Text) -> Text {
    let path = written.paths.first().map_or("", |path| &path.path);
    let side = match written.exposure.as_slice() {
        [only] => only.name(),
        _ => "",
    };
    let name = route_name(host, path, side, domain);
    // one path of a host may redirect to another one, which a Service answers
    if written.redirect.is_some() { format!("{name}{SUFFIX_OF_REDIRECTS}").into() } else { name }
}

/// How the names of routes end that redirect.
pub(crate) const SUFFIX_OF_REDIRECTS: &str = "-moved";

/// The name of a route by its first host and path, and the exposure if it is on one side only.
pub(crate) fn route_name(host: &Host, path: &str, side: &str, domain: &Text) -> Text {
    let parts = below(host, domain)
        .unwrap_or(host.as_str())
        .split('.')
        .chain(path.split(|char: char| !char.is_ascii_alphanumeric()))
        .chain([side]);
    parts.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_ascii_lowercase().into()
}

/// The maximum number of hosts and Middlewares of a route, multiplied by its paths.
pub(in crate::model) const MAX_REFERENCES: usize = 1000;

/// Each path lists all hosts and all Middlewares, so their product determines the size of the object.
fn check_size(written: &Written, location: &Location, hosts: &mut Vec<Host>, findings: &mut Sink) {
    let size = hosts.len().max(written.middlewares.len()) * written.paths.len().max(1);
    if size > MAX_REFERENCES {
        let key = if written.paths.len() > 1 { "paths" } else { "aliases" };
        let finding = rules::INVALID_VALUE.at(
            location.key(key).itself(),
            format!("this route has {size} rules and references, and at most {MAX_REFERENCES} are allowed"),
        );
        findings
            .push(finding.note("the API server rejects objects that are too large").help("split the route"));
        hosts.truncate(1);
    }
}

/// Which annotation keeps external-dns from making a record depends on its version.
fn check_records(written: &Written, location: &Location, platform: &Platform, findings: &mut Sink) {
    if written.dns == Some(false) && platform.external_dns.is_none() {
        let finding =
            rules::MISSING_PLATFORM_VALUE.at(location.key("dns"), "`dns: false` needs `externalDns`");
        let finding = finding.note(
            "external-dns would make records for the hosts: which annotation prevents it depends on its \
             version",
        );
        findings.push(finding.help(
            "add `externalDns: {version: '0.22'}` with your version to platform.yml, or remove the line if \
             nothing makes DNS records",
        ));
    }
}
