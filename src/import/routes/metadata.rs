//! Labels, annotations and DNS records of routes, without what wharf sets itself.

use super::{Part, exposure};
use crate::import::entry::{Scope, texts};
use crate::kubernetes::MANAGED_BY;
use crate::model::Certificates;
use crate::value::{Map, Value};

const OF_NGINX: &str = "nginx.ingress.kubernetes.io/";
const OF_TRAEFIK: &str = "traefik.ingress.kubernetes.io/router.";

/// `labels`, `annotations` and `dns` of a route.
pub(super) fn keys(group: &[Part<'_>], scope: &Scope<'_, '_>) -> Map {
    let common = &scope.known.platform.routing.metadata;
    let objects = || group.iter().filter_map(|part| part.object);
    let labels = objects().next().map(|object| texts(object, "labels", |key| key != MANAGED_BY));
    let labels = labels.unwrap_or_default();
    let is_own = |key: &str| !is_set_by_wharf(key, scope);
    let annotations =
        objects().fold(Map::new(), |known, object| known.merged(&texts(object, "annotations", is_own)));
    let annotations = without(&annotations, |key, value| {
        is_default_record(key, value, scope) || common.annotations.get(key).is_some_and(|own| own == value)
    });
    let labels = without(&labels, |key, value| common.labels.get(key).is_some_and(|own| own == value));
    Map::new()
        .with_filled("labels", labels)
        .with_filled("annotations", annotations)
        .with_some("dns", lacks_records(group, scope).then_some(false))
}

fn without(map: &Map, dropped: impl Fn(&str, &str) -> bool) -> Map {
    let kept = map.iter().filter(|(key, value)| match value {
        Value::Text(value) => !dropped(key.as_str(), value),
        _ => true,
    });
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn is_set_by_wharf(key: &str, scope: &Scope<'_, '_>) -> bool {
    let platform = &scope.known.platform;
    let of_nginx = |name: &str| {
        matches!(name, "ssl-redirect" | "force-ssl-redirect" | "backend-protocol")
            || name.starts_with("proxy-ssl-")
            || name.starts_with("auth-")
    };
    let of_issuer = key.starts_with("cert-manager.io/") && key.ends_with("issuer");
    key.starts_with("argocd.argoproj.io/")
        || key == "kubernetes.io/ingress.class"
        || of_issuer && matches!(platform.certificates, Certificates::Annotation(_))
        || key.strip_prefix(OF_NGINX).is_some_and(of_nginx)
        || key.strip_prefix(OF_TRAEFIK).is_some_and(|name| !name.starts_with("observability."))
        || platform.external_dns.as_ref().is_some_and(|dns| {
            key.strip_prefix(dns.prefix).is_some_and(|name| name.ends_with("-hostname-source"))
        })
}

/// Whether wharf sets an annotation of external-dns to this value by itself.
fn is_default_record(key: &str, value: &str, scope: &Scope<'_, '_>) -> bool {
    let Some(dns) = &scope.known.platform.external_dns else { return false };
    match key.strip_prefix(dns.prefix) {
        Some("target") => dns.target.as_ref().is_some_and(|target| target.as_str() == value),
        Some("cloudflare-proxied") => dns.proxied.is_some_and(|proxied| proxied.to_string() == value),
        _ => false,
    }
}

/// Whether external-dns makes no records for a route although the platform asks for them.
fn lacks_records(group: &[Part<'_>], scope: &Scope<'_, '_>) -> bool {
    let platform = &scope.known.platform;
    let Some(dns) = &platform.external_dns else { return false };
    let served = exposure::served(group);
    let points = served.iter().filter_map(|index| platform.routing.entry_points.get(*index));
    let mut points = points.map(|point| point.exposure);
    let is_expected = dns.exposure.is_none_or(|side| points.any(|own| own == side));
    is_expected && !group.iter().any(|part| part.has_records && !part.redirects)
}
