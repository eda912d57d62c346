//! TCP and UDP ports of the ingress controller that lead to Services.

use std::collections::BTreeMap;

use super::backend::{self, Backend, ineffective};
use crate::catalog::{Stream as Written, StreamTls};
use crate::diagnostics::suggestion::{either, shorten};
use crate::diagnostics::{Location, Sink, rules};
use crate::model::Entry;
use crate::model::network::port::Protocol;
use crate::model::platform::Platform;
use crate::platform::{EntryPoint, EntryPointProtocol};
use crate::value::Text;

/// A stream of the model.
#[derive(Debug)]
pub struct Stream {
    /// Its location.
    pub location: Location,
    /// The name of its object.
    pub name: Text,
    /// The entry point.
    pub entry_point: Text,
    /// The transport protocol.
    pub protocol: Protocol,
    /// The host that clients name in TLS; every connection if there is none.
    pub host: Option<Text>,
    /// Who ends TLS; nobody if clients do not use it.
    pub tls: Option<StreamTls>,
    /// The Service that it leads to.
    pub backend: Backend,
}

/// Fills in the defaults of streams.
pub(in crate::model) fn lower(
    written: &[Written],
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) -> Vec<Stream> {
    let stream = |(index, written)| model(written, location.index(index), platform, findings);
    written.iter().enumerate().filter_map(stream).collect()
}

fn model(written: &Written, location: Location, platform: &Platform, findings: &mut Sink) -> Option<Stream> {
    (platform.support.stream)(&location, &platform.routing, findings);
    let point = point(written, &location, &platform.routing.entry_points, findings)?;
    check_tls(written, point, &location, findings);
    let protocol = match point.protocol.unwrap_or_default() {
        EntryPointProtocol::Udp => Protocol::Udp,
        _ => Protocol::Tcp,
    };
    let host = written.host.as_ref().map(Text::from);
    let label = host.iter().map(|host| host.replace('.', "-"));
    let name = [written.entry_point.to_string()].into_iter().chain(label).collect::<Vec<_>>().join("-");
    Some(Stream {
        name: name.into(),
        entry_point: (&written.entry_point).into(),
        protocol,
        host,
        tls: point.tls.then(|| written.tls.unwrap_or_default()),
        backend: backend::of_stream(written, protocol, &location, findings),
        location,
    })
}

/// The entry point of a stream.
fn point<'p>(
    written: &Written,
    location: &Location,
    points: &'p [EntryPoint],
    findings: &mut Sink,
) -> Option<&'p EntryPoint> {
    let is_stream = |point: &&EntryPoint| point.protocol.unwrap_or_default() != EntryPointProtocol::Http;
    let named = points.iter().find(|point| point.name == written.entry_point);
    if let Some(point) = named.filter(is_stream) {
        return Some(point);
    }
    let name = shorten(&written.entry_point);
    let message = match named {
        Some(_) => format!("the entry point `{name}` serves HTTP"),
        None => format!("there is no entry point `{name}`"),
    };
    let finding = rules::MISSING_ENTRY_POINT.at(location.key("entryPoint"), message);
    let finding = finding.note("Traefik would skip the object, or all requests would go to this Service");
    let streams: Vec<_> = points.iter().filter(is_stream).map(|point| &*point.name).collect();
    findings.push(finding.help(if streams.is_empty() {
        "list it in `routing.entryPoints` of platform.yml, with `protocol: tcp` or `udp`".into()
    } else {
        format!("write {}", either(streams.iter().copied()))
    }));
    None
}

fn check_tls(written: &Written, point: &EntryPoint, location: &Location, findings: &mut Sink) {
    if point.tls {
        return;
    }
    for (key, is_set) in [("host", written.host.is_some()), ("tls", written.tls.is_some())] {
        if is_set {
            let message = format!("`{key}` has no effect: clients of this entry point do not use TLS");
            let help = "remove the line, or use an entry point with `tls: true`";
            findings.push(ineffective(location.key(key), message, help));
        }
    }
}

/// Reports connections that several streams take.
pub(super) fn check_unique(entries: &[Entry], findings: &mut Sink) {
    let mut known: BTreeMap<(&Text, Option<&Text>), &Stream> = BTreeMap::new();
    for stream in entries.iter().filter(|entry| entry.enabled).flat_map(|entry| &entry.streams) {
        let first = *known.entry((&stream.entry_point, stream.host.as_ref())).or_insert(stream);
        if first.location != stream.location {
            let finding = rules::DUPLICATE_ROUTE.at(
                stream.location.key("entryPoint"),
                format!("two streams take the connections to `{}`", stream.entry_point),
            );
            let finding = finding
                .with_secondary_label(first.location.key("entryPoint"), "first used here")
                .note("which of them gets a connection may change with each restart of Traefik");
            findings.push(finding.help("use another entry point, or name a `host` in both"));
        }
    }
}
