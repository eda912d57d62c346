//! Routes with their defaults.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Auth, Exposure, MiddlewareReference, PathMatch, Route as Written, RoutePath};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::{DnsName, is_dns_label};
use crate::model::network::edge_reader::read_port;
use crate::model::network::pod_reader::read_pods;
use crate::model::patterns::{self, Patterns};
use crate::model::platform::{Auth as PlatformAuth, Certificates, Platform};
use crate::model::{Entry, PodLabels, Port};
use crate::names::{Host, Namespace};
use crate::platform::EntryPoint;
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
    /// All hosts, in full; the main one first.
    pub hosts: Vec<Host>,
    /// The Service.
    pub service: Text,
    /// The port of the Service.
    pub port: u16,
    /// The ports of the pods; none if they are not known.
    pub target_ports: BTreeSet<Port>,
    /// Whether these are derived from the lock.
    pub is_derived: bool,
    /// The pods behind the Service.
    pub pods: PodLabels,
    /// The routed paths; one without a path means the whole host.
    pub paths: Vec<Path>,
    /// Indexes of the entry points that it is attached to.
    pub entry_points: Vec<usize>,
    /// Middlewares that run after auth.
    pub middlewares: Vec<MiddlewareReference>,
    /// The priority; none for Traefik's default.
    pub priority: Option<u32>,
}

impl Route {
    /// Whether any of its paths requires the platform's auth.
    pub fn is_protected(&self) -> bool {
        self.paths.iter().any(|path| path.protected)
    }

    /// Whether pods in the namespace of its app solve challenges for its hosts.
    pub fn is_solved(&self, platform: &Platform) -> bool {
        platform.certificates.solves_beside_apps() && self.points(platform).any(|point| point.tls)
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
    fn restriction(&self) -> Option<(PathMatch, &str)> {
        match &self.matching {
            Some((PathMatch::Exact, path)) => Some((PathMatch::Exact, path)),
            _ => self.bare_prefix().map(|bare| (PathMatch::Prefix, bare)),
        }
    }
}

pub(in crate::model) fn model(
    written: &Written,
    location: Location,
    namespace: &Namespace,
    platform: &Platform,
    patterns: &Patterns,
    findings: &mut Sink,
) -> Route {
    let mut hosts: Vec<_> = [&written.host]
        .into_iter()
        .chain(&written.aliases)
        .map(|host| full_host(host, namespace, patterns))
        .collect();
    check_size(written, &location, &mut hosts, findings);
    check_hosts(&hosts, &location, platform, findings);
    (platform.support.route)(written, &location, namespace, platform, findings);
    if written.port.0 == 0 {
        let finding = rules::INVALID_PORT
            .at(location.key("port"), "`0` is not a valid port: ports are numbers from 1 to 65535");
        findings.push(finding.note("Traefik would drop the route: the app would answer 404"));
    }
    let target_port =
        written.target_port.as_ref().and_then(|port| read_port(&location.key("targetPort"), port, findings));
    let name = name(&hosts[0], written, &platform.domain);
    Route {
        certificate_secret: patterns.certificate_secret(&name, namespace),
        name,
        service: (&written.service).into(),
        port: written.port.0,
        target_ports: target_port.into_iter().collect(),
        is_derived: false,
        pods: read_pods(&location.key("podLabels"), &written.pod_labels, findings),
        paths: paths(written, &location, platform, findings),
        entry_points: entry_points(written, &location, platform, findings),
        middlewares: written
            .middlewares
            .iter()
            .take(MAX_REFERENCES / written.paths.len().max(1))
            .cloned()
            .collect(),
        priority: written.priority,
        hosts,
        location,
    }
}

/// A single label is completed with the domain, a name with a dot is used as is.
fn full_host(host: &DnsName, namespace: &Namespace, patterns: &Patterns) -> Host {
    if host.contains('.') { Host::new(host) } else { patterns.host(host, namespace) }
}

/// A name from the host, the first path and the side: stable when other routes are added or removed.
fn name(host: &Host, written: &Written, domain: &Text) -> Text {
    let below = below(host, domain);
    let path = written.paths.first().map_or("", |path| &path.path);
    let side = match written.exposure.as_slice() {
        [only] => only.name(),
        _ => "",
    };
    let parts = below
        .unwrap_or(host.as_str())
        .split('.')
        .chain(path.split(|char: char| !char.is_ascii_alphanumeric()))
        .chain([side]);
    parts.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_ascii_lowercase().into()
}

/// The part of a host before the domain that it is in.
fn below<'h>(host: &'h Host, domain: &Text) -> Option<&'h str> {
    host.as_str().strip_suffix(domain.as_str())?.strip_suffix('.')
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

fn check_hosts(hosts: &[Host], location: &Location, platform: &Platform, findings: &mut Sink) {
    for (index, host) in
        hosts.iter().enumerate().filter(|(_, host)| !platform.domain.is_empty() && !is_host(host))
    {
        findings.push(bad_host(host, host_location(location, index), platform));
    }
    if !matches!(platform.certificates, Certificates::Wildcard(_)) {
        return;
    }
    for (index, host) in hosts.iter().enumerate() {
        let location = host_location(location, index);
        let covered = host.as_str() == platform.domain.as_str()
            || below(host, &platform.domain).is_some_and(|label| !label.is_empty() && !label.contains('.'));
        if !covered {
            let domain = &platform.domain;
            let finding = rules::HOST_OUTSIDE_WILDCARD
                .at(location, format!("the wildcard certificate does not cover `{host}`"));
            let finding = finding.note(format!(
                "it is valid for `{domain}` and `*.{domain}`; browsers would warn about an invalid \
                 certificate"
            ));
            findings.push(
                finding.help(
                    "use one label below the domain, or `certificates.mode: certificate` in platform.yml",
                ),
            );
        }
    }
}

/// The location of the host with this index, including the aliases.
fn host_location(route: &Location, index: usize) -> Location {
    if index == 0 { route.key("host") } else { route.key("aliases").index(index - 1) }
}

/// Whether a name is valid in DNS: at most 63 characters per label and 253 in total (RFC 1035).
fn is_host(host: &Host) -> bool {
    let host = host.as_str();
    host.len() <= 253 && host.split('.').all(is_dns_label)
}

fn bad_host(host: &Host, location: Location, platform: &Platform) -> Finding {
    let finding = rules::INVALID_NAME.at(
        location,
        format!("the host would be `{}`, {} characters", shorten(host.as_str()), host.as_str().len()),
    );
    let finding = if platform.patterns.host.is_some() {
        finding.with_secondary_label(patterns::location("host"), "from this pattern")
    } else {
        finding
    };
    let finding = finding.note("it is not valid in DNS, and no certificate could be issued for it");
    finding.help(
        "use labels of at most 63 lower-case letters, digits and dashes, at most 253 characters in total",
    )
}

fn paths(written: &Written, location: &Location, platform: &Platform, findings: &mut Sink) -> Vec<Path> {
    let auth = written.auth.unwrap_or_default();
    let reason = written.reason.is_some();
    if written.paths.iter().all(|path| path.auth.is_none()) || written.auth.is_some() {
        decide(auth, written.auth.is_some(), reason, location, platform, findings);
    }
    if written.paths.is_empty() {
        return vec![Path { location: location.clone(), matching: None, protected: auth == Auth::Platform }];
    }
    let path = |(index, path): (usize, &RoutePath)| {
        let location = location.key("paths").index(index);
        if let Some(auth) = path.auth {
            decide(auth, true, reason || path.reason.is_some(), &location, platform, findings);
        }
        let protected = path.auth.unwrap_or(auth) == Auth::Platform;
        Path { matching: Some((path.matching.unwrap_or_default(), (&path.path).into())), protected, location }
    };
    written.paths.iter().enumerate().map(path).collect()
}

/// Refuses what would be public by omission.
fn decide(
    auth: Auth,
    is_set: bool,
    reason: bool,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    let at = if is_set { location.key("auth") } else { location.clone() };
    match auth {
        Auth::None if !reason => {
            let finding = rules::AUTH_NONE_WITHOUT_REASON.at(at, "`auth: none` needs a reason");
            let finding =
                finding.note("the app would be public, and a later reader has to know that this is intended");
            findings.push(finding.help("add `reason: …` next to it"));
        }
        Auth::Platform if matches!(platform.routing.auth, PlatformAuth::Undecided) => {
            let finding = rules::MISSING_AUTH.at(at, "this route has no auth");
            let finding = finding.note("without auth, the app would be public by omission");
            findings.push(finding.help(
                "set the platform's auth in `routing.auth` of platform.yml, or write `auth: none` and a \
                 `reason` here",
            ));
        }
        _ => {}
    }
}

fn entry_points(
    written: &Written,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) -> Vec<usize> {
    let reaches =
        |point: &EntryPoint| written.exposure.is_empty() || written.exposure.contains(&point.exposure);
    for (index, exposure) in written.exposure.iter().enumerate() {
        if !platform.routing.entry_points.iter().any(|point| point.exposure == *exposure) {
            let location = location.key("exposure").index(index);
            let finding = rules::MISSING_ENTRY_POINT
                .at(location, format!("no entry point faces the {} side", exposure.name()));
            let finding = finding.note("the host would not be reachable from there");
            findings.push(finding.help("list the entry point in `routing.entryPoints` of platform.yml"));
        }
        if written.exposure[..index].contains(exposure) {
            findings.push(rules::MISSING_ENTRY_POINT.at(
                location.key("exposure").index(index),
                format!("the side `{}` is listed twice", exposure.name()),
            ));
        }
    }
    platform
        .routing
        .entry_points
        .iter()
        .enumerate()
        .filter(|(_, point)| reaches(point))
        .map(|(index, _)| index)
        .collect()
}

/// A request that a route answers: host, path, and how it is matched.
type Request<'r> = (&'r Host, Option<(PathMatch, &'r str)>);

pub(in crate::model) fn check_unique(entries: &[Entry], findings: &mut Sink) {
    let mut answers: BTreeMap<Request<'_>, Vec<(&Route, &Path)>> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for route in entries.iter().filter(|entry| entry.enabled).flat_map(|entry| &entry.routes) {
        for path in &route.paths {
            for (index, host) in route.hosts.iter().enumerate() {
                let others = answers.entry((host, path.restriction())).or_default();
                let rival = others.iter().find(|(other, _)| {
                    other.entry_points.iter().any(|point| route.entry_points.contains(point))
                });
                // Two paths are reported once, however many hosts they share.
                if let Some((other, at)) = rival
                    && reported.insert(if path.location == at.location {
                        (&route.location, &route.location)
                    } else {
                        (&path.location, &at.location)
                    })
                {
                    findings.push(collision(host, index, (route, path), (other, at)));
                }
                let adds =
                    |point: &usize| !others.iter().any(|(other, _)| other.entry_points.contains(point));
                if route.entry_points.iter().any(adds) {
                    others.push((route, path));
                }
            }
        }
    }
}

fn collision(
    host: &Host,
    index: usize,
    (route, path): (&Route, &Path),
    (other, first): (&Route, &Path),
) -> Finding {
    let location = if path.matching.is_some() {
        path.location.key("path")
    } else {
        host_location(&route.location, index)
    };
    let known = other.hosts.iter().position(|other| other == host).unwrap_or_default();
    if path.location == first.location {
        let finding = rules::DUPLICATE_ROUTE
            .at(host_location(&route.location, index), format!("this route lists the host `{host}` twice"));
        return finding
            .with_secondary_label(host_location(&route.location, known), "first listed here")
            .help("remove one of the two");
    }
    let rival = if first.matching.is_some() {
        first.location.key("path")
    } else {
        host_location(&other.location, known)
    };
    let what = path.matching.as_ref().map_or_else(|| host.to_string(), |(_, path)| format!("{host}{path}"));
    let finding = rules::DUPLICATE_ROUTE
        .at(location, format!("two routes answer for `{what}`"))
        .with_secondary_label(rival, "first used here");
    let finding =
        finding.note("which route Traefik uses may change with each restart, and one of them may lack auth");
    finding.help("keep one of them, or change the host, path or `exposure` of one")
}
