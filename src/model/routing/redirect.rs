//! Where a route redirects to.

use super::backend::ineffective;
use crate::catalog::{Redirect as Written, Route as WrittenRoute, RoutePath, Scheme};
use crate::diagnostics::{Location, Sink, rules};
use crate::format::DnsName;
use crate::names::Host;
use crate::value::Text;

/// The address that clients are sent to; what it omits stays as in the request.
#[derive(Debug)]
pub struct Redirect {
    /// Its scheme.
    pub scheme: Scheme,
    /// Its host; that of the request if there is none.
    pub host: Option<Host>,
    /// Its port; that of the scheme if there is none.
    pub port: Option<u16>,
    /// Its whole path; that of the request if there is none.
    pub path: Option<Text>,
    /// Whether clients remember it.
    pub permanent: bool,
}

impl Redirect {
    /// The address up to its path, with this host where it is that of the request.
    pub fn origin(&self, host: &str) -> String {
        let host = self.host.as_ref().map_or(host, Host::as_str);
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{host}{port}", self.scheme.name())
    }

    /// The address, for people.
    pub fn label(&self) -> String {
        format!("{}{}", self.origin("{host}"), self.path.as_ref().map_or("{path}", Text::as_str))
    }
}

/// Fills in the defaults of a redirect; `full` completes a host.
pub(super) fn lower(written: &Written, full: impl Fn(&DnsName) -> Host) -> Redirect {
    let scheme = written.scheme.unwrap_or(Scheme::Https);
    let default = if scheme == Scheme::Https { 443 } else { 80 };
    Redirect {
        scheme,
        host: written.host.as_ref().map(full),
        port: written.port.map(|port| port.0).filter(|port| *port != default),
        path: written.path.as_ref().map(Text::from),
        permanent: written.permanent == Some(true),
    }
}

/// Refuses what is about a Service, or about requests that reach one.
pub(super) fn check_keys(route: &WrittenRoute, location: &Location, findings: &mut Sink) {
    let keys = [
        ("service", route.service.is_some()),
        ("port", route.port.is_some()),
        ("targetPort", route.target_port.is_some()),
        ("podLabels", route.pod_labels.is_some()),
        ("addresses", !route.addresses.is_empty()),
        ("scheme", route.scheme.is_some()),
        ("backendTls", route.backend_tls.is_some()),
        ("grpc", route.grpc.is_some()),
        ("backends", !route.backends.is_empty()),
        ("weight", route.weight.is_some()),
        ("auth", route.auth.is_some()),
        ("filters", route.filters.is_some()),
    ];
    let of_route = keys.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| (key, location.key(key)));
    let paths = route.paths.iter().enumerate();
    let has_auth = |(_, path): &(usize, &RoutePath)| path.auth.is_some();
    let of_paths =
        paths.filter(has_auth).map(|(index, _)| ("auth", location.key("paths").index(index).key("auth")));
    for (key, location) in of_route.chain(of_paths) {
        let message = format!("`{key}` has no effect: the route redirects");
        findings.push(ineffective(location.itself(), message, "remove the line, or `redirect`"));
    }
}

/// Refuses a redirect of a route to itself: to one of its hosts and paths, on one of its entry points.
pub(super) fn check_loop(
    redirect: &Redirect,
    own: (&[Host], &[u16], impl Fn(&str) -> bool),
    location: &Location,
    findings: &mut Sink,
) {
    let (hosts, ports, takes) = own;
    let own_host = redirect.host.as_ref().is_none_or(|host| hosts.contains(host));
    let own_port = redirect.port.is_none_or(|port| ports.contains(&port));
    if own_host && own_port && redirect.path.as_ref().is_none_or(|path| takes(path)) {
        let finding =
            rules::INVALID_VALUE.at(location.key("redirect").itself(), "the route redirects to itself");
        let finding = finding.note("browsers would follow the redirect until they give up");
        findings.push(finding.help("write another `host`, or a `path` that no path of the route takes"));
    }
}
