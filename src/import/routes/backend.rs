//! What answers a route: Services, how the ingress controller connects to them, and machines outside of the
//! cluster.

use super::{Part, Rule, Service, filters, is_ours};
use crate::import::entry::Scope;
use crate::import::policies::Targets;
use crate::import::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{is_true, items_at, maps_at, port, text, text_at};
use crate::value::{Map, Text, Value};

/// The keys of a route that say what answers.
pub(super) fn keys(lead: &Rule, group: &[Part<'_>], targets: &mut Targets, scope: &Scope<'_, '_>) -> Map {
    let Some((main, others)) = lead.services.split_first() else { return Map::new() };
    let outside = outside(main, scope);
    let mut target = |service: &Service| {
        let is_pods = service.port.is_some() && outside.is_empty();
        if is_pods { targets.of_route().keys() } else { Map::new() }
    };
    let own = target(main);
    let others = others.iter().map(|service| {
        let map = named(service).merged(&target(service));
        map.with_some("weight", service.weight.filter(|weight| *weight != 1).map(Value::Int))
            .with_filled("requestHeaders", service.request.clone())
    });
    let others: Vec<_> = others.collect();
    let weight = main.weight.filter(|weight| *weight != 1 && !others.is_empty());
    let tls = tls(group, scope);
    let scheme = lead.scheme.clone().or_else(|| tls.as_ref().map(|_| Text::constant("https")));
    named(main)
        .merged(&own)
        .merged(&outside)
        .with_some("scheme", scheme)
        .with_some("backendTls", tls)
        .with_filled("backends", others)
        .with_some("weight", weight.map(Value::Int))
}

fn named(service: &Service) -> Map {
    Map::new().with("service", service.name.clone()).with_some("port", service.port.clone())
}

/// The addresses behind a Service without pods, which wharf made; nothing for any other Service.
fn outside(service: &Service, scope: &Scope<'_, '_>) -> Map {
    let find = |group, kind| {
        let found = scope.objects.named((scope.namespace, &service.name), group, kind);
        found.map(|(_, object)| object).filter(|object| is_ours(object))
    };
    let (Some(_), Some(slice)) = (find("", "Service"), find("discovery.k8s.io", "EndpointSlice")) else {
        return Map::new();
    };
    let addresses = maps_at(&slice.value, &["endpoints"]).flat_map(|one| items_at(one, &["addresses"]));
    let addresses: Vec<_> = addresses.cloned().collect();
    let number = service.port.as_ref().and_then(port);
    let name = number.map(|number| format!("port-{number}")).unwrap_or_default();
    let target = maps_at(&slice.value, &["ports"]).find(|port| text_at(port, &["name"]) == Some(&name));
    let target = target.and_then(|port| port.get("port").cloned());
    let target = target.filter(|target| Some(target) != service.port.as_ref());
    Map::new().with_some("targetPort", target).with_filled("addresses", addresses)
}

/// How the certificates of the Services are verified; nothing if they serve plain HTTP.
fn tls(group: &[Part<'_>], scope: &Scope<'_, '_>) -> Option<Map> {
    let name = &group.first()?.name;
    let find =
        |group, kind| scope.objects.named((scope.namespace, name), group, kind).map(|(_, found)| found);
    let ours = |found: &&Resource| is_ours(found);
    let transport = find("traefik.io", "ServersTransport").filter(ours).and_then(of_transport);
    let policy = || find("gateway.networking.k8s.io", "BackendTLSPolicy").filter(ours).map(of_policy);
    let annotated = || group.iter().find_map(|part| of_annotations(part.object?));
    transport.or_else(policy).or_else(annotated)
}

/// A transport that only has timeouts says nothing about certificates.
fn of_transport(transport: &Resource) -> Option<Map> {
    let spec = transport.at(&["spec"]).and_then(Value::map).cloned().unwrap_or_default();
    spec.iter().find(|(key, _)| key.as_str() != "forwardingTimeouts")?;
    let ca = maps_at(&spec, &["rootCAs"]).next();
    let config_map = ca.and_then(|ca| text_at(ca, &["configMap"]));
    let old = items_at(&spec, &["rootCAsSecrets"]).iter().find_map(text);
    let secret = ca.and_then(|ca| text_at(ca, &["secret"])).or(old);
    let verifies = !is_true(&spec, &["insecureSkipVerify"]);
    Some(verified(text_at(&spec, &["serverName"]), secret, config_map, verifies))
}

fn of_policy(policy: &Resource) -> Map {
    let validation = policy.at(&["spec", "validation"]).and_then(Value::map).cloned().unwrap_or_default();
    let ca = maps_at(&validation, &["caCertificateRefs"]).find_map(|reference| text_at(reference, &["name"]));
    verified(text_at(&validation, &["hostname"]), None, ca, true)
}

fn of_annotations(ingress: &Resource) -> Option<Map> {
    let at = |key: &str| ingress.annotation(&format!("nginx.ingress.kubernetes.io/{key}"));
    (at("backend-protocol") == Some("HTTPS")).then(|| {
        let secret = at("proxy-ssl-secret").and_then(|secret| secret.rsplit_once('/')).map(|(_, name)| name);
        verified(at("proxy-ssl-name"), secret, None, secret.is_some())
    })
}

fn verified(server: Option<&str>, secret: Option<&str>, config_map: Option<&str>, verify: bool) -> Map {
    let ca = Map::new()
        .with_some("secret", secret.map(Text::copied))
        .with_some("configMap", config_map.map(Text::copied));
    Map::new()
        .with_some("serverName", server.map(Text::copied))
        .with_filled("ca", ca)
        .with_some("verify", (!verify).then_some(false))
        .with_some("reason", (!verify).then_some("imported"))
}

/// The Services of a list of references of a manifest.
pub(super) fn services<'m>(references: impl Iterator<Item = &'m Map>) -> Option<Vec<Service>> {
    let all: Vec<_> = references.collect();
    let several = all.len() > 1;
    let service = |reference: &Map| {
        let internal = text_at(reference, &["kind"]) == Some("TraefikService");
        let name = text_at(reference, &["name"])?;
        let weight = match reference.get("weight") {
            Some(Value::Int(weight)) => Some(*weight),
            _ => None,
        };
        let port = reference.get("port").map(Value::get).cloned();
        let request = filters::of_backend(reference)?;
        (internal == port.is_none() && map_at(reference, "port").is_none()).then(|| Service {
            name: Text::copied(name),
            port,
            weight: weight.filter(|_| several),
            request,
        })
    };
    let services = all.into_iter().map(service).collect::<Option<Vec<_>>>()?;
    services.first().is_some_and(|main| main.request.is_empty()).then_some(services)
}
