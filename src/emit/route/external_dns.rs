//! What external-dns reads from a route.

use super::Routed;
use super::metadata::is_set;
use crate::kubernetes::{Kind, Object};
use crate::value::Key;

/// Adds the annotations for external-dns. Of several objects for one host, only the one with `has_records`
/// sets the target of the record: two targets would overwrite each other. external-dns creates a record for
/// an Ingress or HTTPRoute without annotations as well, so the others are excluded explicitly (external-dns
/// 0.22, annotations).
pub(super) fn annotate(object: Object, routed: &Routed<'_>, has_records: bool) -> Object {
    let platform = &routed.model.platform;
    let Some(dns) = &platform.external_dns else { return object };
    let key = |name: &str| Key::derived(format!("{}{name}", dns.prefix));
    let wanted = has_records
        && !routed.is_callback
        && routed.route.has_records
        && dns.exposure.is_none_or(|side| routed.route.faces(side, platform));
    if !wanted {
        return match object.kind {
            Kind::Ingress => object.annotation(key("ingress-hostname-source"), "annotation-only"),
            Kind::HttpRoute => object.annotation(key("gateway-hostname-source"), "annotation-only"),
            _ => object,
        };
    }
    let is_default = |name: &str| !is_set(&format!("{}{name}", dns.prefix), routed);
    let object = match &dns.target {
        Some(target) if is_default("target") => object.annotation(key("target"), target.clone()),
        _ => object,
    };
    match dns.proxied {
        Some(proxied) if is_default("cloudflare-proxied") => {
            object.annotation(key("cloudflare-proxied"), if proxied { "true" } else { "false" })
        }
        _ => object,
    }
}
