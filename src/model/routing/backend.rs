//! The Services that a route leads to.

use std::collections::BTreeSet;
use std::fmt;

use super::headers::{HeaderChanges, headers};
use crate::catalog::{Route as Written, Scheme, Stream};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::{Port as WrittenPort, ServicePort as WrittenServicePort};
use crate::model::network::pod_labels::PodLabels;
use crate::model::network::pod_reader::read_pods;
use crate::model::network::port::{Port, Protocol, read_port};
use crate::value::{Text, Value};

/// A Service that a route leads to.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The line that names it.
    pub location: Location,
    /// Its name.
    pub service: Text,
    /// Its port; none for one of Traefik's own services.
    pub port: Option<ServicePort>,
    /// Changes of the headers that it alone receives.
    pub request: HeaderChanges,
    /// Its share in the requests; none if it gets all of them.
    pub weight: Option<u32>,
    /// The protocol of its port.
    pub protocol: Protocol,
    /// The ports of its pods; none if they are not known.
    pub target_ports: BTreeSet<Port>,
    /// Whether these are derived from the lock.
    pub is_derived: bool,
    /// Its pods.
    pub pods: PodLabels,
    /// Whether these are in the host network; none if this is not known.
    pub is_on_host: Option<bool>,
}

impl Backend {
    /// The name and the port, for people.
    pub fn label(&self) -> String {
        self.port.as_ref().map_or_else(|| self.service.to_string(), |port| format!("{}:{port}", self.service))
    }

    /// Whether Traefik itself is the backend.
    pub fn is_internal(&self) -> bool {
        self.port.is_none()
    }
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServicePort {
    /// By its number.
    Number(u16),
    /// By its name.
    Name(Text),
}

impl ServicePort {
    /// The port as it is written: its digits, or its name.
    pub fn new(written: &WrittenServicePort) -> Self {
        written.parse().map_or_else(|_| Self::Name(written.into()), Self::Number)
    }
}

impl fmt::Display for ServicePort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Name(name) => write!(out, "{name}"),
        }
    }
}

impl From<&ServicePort> for Value {
    fn from(port: &ServicePort) -> Self {
        match port {
            ServicePort::Number(number) => Self::Int(i64::from(*number)),
            ServicePort::Name(name) => Self::Text(name.clone()),
        }
    }
}

/// The service of Traefik that routes lead to whose Middleware answers (Traefik 3.7).
const OF_REDIRECTS: &str = "noop@internal";

/// Whether a route leads to one of Traefik's own services.
pub(super) fn is_internal(written: &Written) -> bool {
    written.service.as_ref().is_some_and(|service| service.contains('@'))
}

/// The Service of a route.
pub(super) fn main(written: &Written, location: &Location, findings: &mut Sink) -> Backend {
    if written.redirect.is_some() {
        let read = Reader { location, findings };
        return read.backend(OF_REDIRECTS, None, None);
    }
    let service = written.service.as_deref().unwrap_or_default();
    let is_internal = is_internal(written);
    if written.service.is_none() {
        let finding = rules::MISSING_KEY.at(location.clone(), "the key `service` is missing");
        let finding = finding.note("the route would lead to nothing");
        findings.push(
            finding.help("add `service` and `port`, or `redirect` with the address to send clients to"),
        );
    } else if is_internal {
        check_internal(written, location, findings);
    } else if written.port.is_none() {
        let finding = rules::MISSING_KEY.at(location.clone(), "the key `port` is missing");
        findings.push(finding.help("add `port`: the port of the Service, by its number or its name"));
    }
    check_weights(written, location, findings);
    let read = Reader { location, findings };
    let mut backend = read.backend(service, written.port.as_ref(), written.target_port.as_ref());
    backend.pods = read_pods(&location.key("podLabels"), &written.pod_labels, findings);
    backend.weight = (!written.backends.is_empty()).then(|| written.weight.unwrap_or(1));
    // What is missing has been reported.
    backend.port = backend.port.or_else(|| (!is_internal).then_some(ServicePort::Number(0)));
    backend
}

/// The further Services of a route.
pub(super) fn others(written: &Written, location: &Location, findings: &mut Sink) -> Vec<Backend> {
    let location = location.key("backends");
    let mut backends = Vec::new();
    for (index, backend) in written.backends.iter().enumerate() {
        let read = Reader { location: &location.index(index), findings };
        let target = backend.target_port.as_ref();
        let mut lowered = read.backend(&backend.service, Some(&backend.port), target);
        lowered.pods = read_pods(&location.index(index).key("podLabels"), &backend.pod_labels, findings);
        lowered.weight = Some(backend.weight.unwrap_or(1));
        let at = location.index(index).key("requestHeaders");
        lowered.request = headers(backend.request_headers.as_deref(), &at, findings);
        backends.push(lowered);
    }
    backends
}

/// The Service of a stream; ports are those of its protocol.
pub(super) fn of_stream(
    written: &Stream,
    protocol: Protocol,
    location: &Location,
    findings: &mut Sink,
) -> Backend {
    let pods = read_pods(&location.key("podLabels"), &written.pod_labels, findings);
    let read = Reader { location, findings };
    let backend = read.backend(&written.service, Some(&written.port), written.target_port.as_ref());
    let of_protocol = |port: Port| Port { protocol, ..port };
    let target_ports = backend.target_ports.into_iter().map(of_protocol).collect();
    Backend { protocol, target_ports, pods, ..backend }
}

struct Reader<'r> {
    location: &'r Location,
    findings: &'r mut Sink,
}

impl Reader<'_> {
    fn backend(
        self,
        service: &str,
        port: Option<&WrittenServicePort>,
        target: Option<&WrittenPort>,
    ) -> Backend {
        let Self { location, findings } = self;
        let port = port.map(ServicePort::new);
        if port == Some(ServicePort::Number(0)) {
            let finding = rules::INVALID_PORT
                .at(location.key("port"), "`0` is not a valid port: ports are numbers from 1 to 65535");
            findings.push(finding.note("Traefik would drop the route: the app would answer 404"));
        }
        let target = target.and_then(|port| read_port(&location.key("targetPort"), port, findings));
        Backend {
            location: location.clone(),
            service: service.to_owned().into(),
            port,
            request: HeaderChanges::default(),
            weight: None,
            protocol: Protocol::Tcp,
            target_ports: target.into_iter().collect(),
            is_derived: false,
            is_on_host: None,
            pods: PodLabels::default(),
        }
    }
}

/// Traefik's own services have no ports and no pods.
fn check_internal(written: &Written, location: &Location, findings: &mut Sink) {
    let keys = [
        ("port", written.port.is_some()),
        ("targetPort", written.target_port.is_some()),
        ("addresses", !written.addresses.is_empty()),
        ("scheme", written.scheme.is_some()),
        ("backends", !written.backends.is_empty()),
    ];
    for (key, _) in keys.into_iter().filter(|(_, is_set)| *is_set) {
        let message = format!("`{key}` has no effect for a service of Traefik itself");
        findings.push(ineffective(location.key(key).itself(), message, "remove the line"));
    }
}

/// Whether Services speak gRPC without TLS; over HTTPS they negotiate HTTP/2 anyway.
pub(super) fn speaks_grpc(written: &Written, location: &Location, findings: &mut Sink) -> bool {
    let is_set = written.grpc == Some(true);
    if is_set && (written.scheme == Some(Scheme::Https) || is_internal(written)) {
        let message = "`grpc` has an effect for Services with plain HTTP only";
        findings.push(ineffective(location.key("grpc"), message, "remove the line"));
    }
    if is_set && !written.backends.is_empty() {
        let finding = rules::UNSUPPORTED_ROUTE
            .at(location.key("grpc"), "a route to several Services does not support `grpc`");
        let finding = finding.with_secondary_label(location.key("backends").itself(), "these Services");
        let finding =
            finding.note("Traefik 3.7 speaks to weighted Services in one way only, for all of their routes");
        findings.push(finding.help("write a separate route for gRPC, with its own host"));
    }
    is_set
}

fn check_weights(written: &Written, location: &Location, findings: &mut Sink) {
    if written.weight.is_some() && written.backends.is_empty() {
        let message = "`weight` has no effect: the route has no `backends`";
        findings.push(ineffective(location.key("weight"), message, "remove the line, or add `backends`"));
    }
    let weights =
        || [written.weight].into_iter().chain(written.backends.iter().map(|backend| backend.weight));
    if weights().all(|weight| weight == Some(0)) {
        let finding = rules::INVALID_VALUE
            .at(location.key("backends").itself(), "no backend of the route has a weight above `0`");
        findings.push(finding.note("nothing would answer the requests").help("raise one of the weights"));
    }
    for (index, backend) in written.backends.iter().enumerate() {
        check_weight(backend.weight, &location.key("backends").index(index).key("weight"), findings);
    }
    check_weight(written.weight, &location.key("weight"), findings);
}

/// The greatest weight (Gateway API 1.6, `BackendRef`).
const MAX_WEIGHT: u32 = 1_000_000;

fn check_weight(weight: Option<u32>, location: &Location, findings: &mut Sink) {
    if weight.is_some_and(|weight| weight > MAX_WEIGHT) {
        let message = format!("a weight is at most {MAX_WEIGHT}");
        findings.push(rules::INVALID_VALUE.at(location.clone(), message));
    }
}

/// A line that changes nothing.
pub(super) fn ineffective(location: Location, message: impl Into<String>, help: &str) -> Finding {
    let finding = rules::INVALID_VALUE.at(location, message);
    finding.note("the route would not do what the line says").help(help)
}
