//! Backends outside of the cluster.

use std::net::IpAddr;

use super::backend::{Backend, ServicePort, ineffective};
use crate::catalog::Route as Written;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::model::network::port::{Port, PortRange, Protocol};

/// The most addresses of an EndpointSlice (Kubernetes 1.36, `discovery/v1`).
const MAX_ADDRESSES: usize = 100;

/// The addresses that a route leads to; none if its Service exists.
pub(super) fn addresses(
    written: &Written,
    backend: &Backend,
    location: &Location,
    manages_slices: bool,
    findings: &mut Sink,
) -> Vec<IpAddr> {
    let at = location.key("addresses");
    if written.addresses.is_empty() || backend.is_internal() {
        return Vec::new();
    }
    if !manages_slices {
        findings.push(unmanaged(&at));
    }
    check_port(backend, location, findings);
    if !written.backends.is_empty() {
        let message = "a route to `addresses` cannot have `backends`";
        findings.push(ineffective(location.key("backends").itself(), message, "write a route for each"));
    }
    if written.addresses.len() > MAX_ADDRESSES {
        let message = format!("a route has at most {MAX_ADDRESSES} addresses");
        findings.push(rules::INVALID_VALUE.at(at.clone().itself(), message));
    }
    let listed = written.addresses.iter().take(MAX_ADDRESSES).enumerate();
    let addresses: Vec<_> =
        listed.filter_map(|(index, text)| address(text, &at.index(index), findings)).collect();
    if addresses.iter().any(IpAddr::is_ipv4) && addresses.iter().any(IpAddr::is_ipv6) {
        let finding = rules::INVALID_VALUE.at(at.itself(), "the addresses are of IPv4 and IPv6");
        findings.push(
            finding
                .note("an EndpointSlice has addresses of one family")
                .help("list the addresses of one family; every machine needs one of them"),
        );
    }
    addresses
}

/// Argo CD ignores EndpointSlices unless its administrator changes `resource.exclusions` (Argo CD 3.0).
fn unmanaged(at: &Location) -> Finding {
    let finding =
        rules::MISSING_PLATFORM_VALUE.at(at.clone().itself(), "`addresses` need `argocd.endpointSlices`");
    let finding = finding.note(
        "Argo CD ignores EndpointSlices by default: it would show everything as synced, and the host would \
         not answer",
    );
    finding.help(
        "remove EndpointSlice from `resource.exclusions` of argocd-cm, and write `argocd: {endpointSlices: \
         true}` in platform.yml",
    )
}

/// The Service has no pods, whose ports could be looked up by a name.
fn check_port(backend: &Backend, location: &Location, findings: &mut Sink) {
    if let Some(ServicePort::Name(name)) = &backend.port {
        let message = format!("`{}` is not the number of a port", shorten(name));
        let finding = rules::INVALID_PORT.at(location.key("port"), message);
        findings.push(finding.note("the machine knows no names of ports").help("write its number"));
    }
    if backend.target_ports.iter().any(|port| tcp_number(port).is_none()) {
        let finding = rules::INVALID_PORT
            .at(location.key("targetPort"), "a machine listens on one TCP port, by its number");
        findings.push(finding.help("write its number, or remove the line if it is that of `port`"));
    }
}

/// The number of a single TCP port.
fn tcp_number(port: &Port) -> Option<u16> {
    match port.range {
        PortRange::Numbers(first, last) if first == last && port.protocol == Protocol::Tcp => Some(first),
        _ => None,
    }
}

/// An address that an EndpointSlice may contain (Kubernetes 1.36, `ValidateEndpointIP`).
fn address(text: &str, at: &Location, findings: &mut Sink) -> Option<IpAddr> {
    let Ok(address) = text.parse::<IpAddr>() else {
        let message = format!("`{}` is not an address", shorten(text));
        let finding = rules::INVALID_VALUE.at(at.clone(), message);
        findings.push(
            finding
                .note("the API server would reject the EndpointSlice")
                .help("write an address such as `192.168.1.20` or `fd00::20`"),
        );
        return None;
    };
    let is_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    if is_local || address.is_loopback() || address.is_multicast() || address.is_unspecified() {
        let message = format!("`{address}` is not the address of another machine");
        let finding = rules::INVALID_VALUE.at(at.clone(), message);
        findings.push(finding.note("the API server would reject the EndpointSlice"));
    }
    Some(address)
}

impl Backend {
    /// The port that a machine outside of the cluster listens on.
    pub fn outside_port(&self) -> Option<u16> {
        let number = match self.port {
            Some(ServicePort::Number(number)) => Some(number),
            _ => None,
        };
        self.target_ports.first().and_then(tcp_number).or(number)
    }
}
