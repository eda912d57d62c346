//! Streams: Traefik's `IngressRouteTCP` and `IngressRouteUDP`.

use super::backend::services;
use crate::import::draft::Item;
use crate::import::entry::Scope;
use crate::import::policies::Targets;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// `streams` of the entry; each takes its `targets`.
pub(in crate::import) fn of_entry(scope: &Scope<'_, '_>, targets: &mut Targets) -> Vec<Item> {
    let of_kind = |kind| scope.objects.within(scope.namespace, "traefik.io", kind);
    let all = of_kind("IngressRouteTCP").chain(of_kind("IngressRouteUDP"));
    all.filter_map(|(index, object)| Some(Item::new(stream(object, targets)?, [index]))).collect()
}

fn stream(object: &Resource, targets: &mut Targets) -> Option<Map> {
    let point = items_at(&object.value, &["spec", "entryPoints"]).iter().find_map(text)?;
    let mut routes = maps_at(&object.value, &["spec", "routes"]);
    let route = routes.next().filter(|_| routes.next().is_none())?;
    let found = services(maps_at(route, &["services"]))?;
    let [service] = found.as_slice() else { return None };
    let host = text_at(route, &["match"]).and_then(host_of);
    let tls = object.at(&["spec", "tls"]).and_then(Value::map);
    let passes = tls.is_some_and(|tls| crate::kubernetes::resource::is_true(tls, &["passthrough"]));
    let target = targets.of_stream(object.kind.kind.as_str() == "IngressRouteUDP");
    Some(
        Map::new()
            .with("entryPoint", Text::copied(point))
            .with("service", service.name.clone())
            .with_some("port", service.port.clone())
            .merged(&target.keys())
            .with("reason", "imported")
            .with_some("host", host.map(Text::copied))
            .with_some("tls", passes.then_some("passthrough")),
    )
}

/// The host of a rule; nothing for every connection.
fn host_of(rule: &str) -> Option<&str> {
    rule.strip_prefix("HostSNI(`")?.strip_suffix("`)").filter(|host| *host != "*")
}
