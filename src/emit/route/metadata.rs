//! Labels and annotations that users set on the objects of routes.

use std::collections::BTreeMap;

use super::external_dns;
use super::support::unsupported;
use super::{Routed, controller};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::kubernetes::{ISSUER_ANNOTATIONS, MANAGED_BY, Object, SYNC_OPTIONS, SYNC_WAVE};
use crate::model::{Certificates, Metadata, Platform};
use crate::value::{Key, Text};

/// The prefix of the annotations of ingress-nginx.
pub(super) const OF_NGINX: &str = "nginx.ingress.kubernetes.io/";
/// The prefix of the annotations that Traefik reads on an Ingress.
pub(super) const OF_TRAEFIK: &str = "traefik.ingress.kubernetes.io/";
/// The prefix of the annotations that cert-manager reads on an Ingress.
const OF_CERT_MANAGER: &str = "cert-manager.io/";

/// Whether users may set an annotation.
pub(crate) enum Verdict {
    /// They may.
    Free,
    /// wharf sets it: what to do besides removing the line.
    Decided(&'static str),
    /// It would change which requests a route answers: how.
    Unsafe(&'static str),
    /// Nothing reads it on this kind of object: who would be the reader.
    Ignored(&'static str),
}

/// What holds for the annotations of others on objects that are not Ingresses.
pub(super) fn outside_ingress(name: &str) -> Verdict {
    if name.starts_with(OF_TRAEFIK) {
        Verdict::Ignored("Traefik reads it on an Ingress only")
    } else if name.starts_with(OF_CERT_MANAGER) {
        Verdict::Ignored("cert-manager reads it on an Ingress only")
    } else {
        not_of_nginx(name)
    }
}

/// What holds for annotations where ingress-nginx does not serve the routes.
pub(super) fn not_of_nginx(name: &str) -> Verdict {
    if name.starts_with(OF_NGINX) { Verdict::Ignored("only ingress-nginx reads it") } else { Verdict::Free }
}

/// Checks the labels and annotations below `location`.
pub(super) fn check(
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    if labels.contains_key(MANAGED_BY) {
        findings.push(decided(location.key("labels").key(MANAGED_BY), MANAGED_BY, ""));
    }
    let controller = controller(&platform.routing.renderer);
    for name in annotations.keys() {
        let verdict = common(name, platform).unwrap_or_else(|| controller.annotation(name));
        let location = location.key("annotations").key(name.clone());
        match verdict {
            Verdict::Free => {}
            Verdict::Decided(instead) => findings.push(decided(location, name, instead)),
            Verdict::Unsafe(note) => findings.push(unsupported(
                location.itself(),
                format!("the annotation `{name}` is not supported"),
                note,
                "remove the line",
            )),
            Verdict::Ignored(reader) => findings.push(unsupported(
                location.itself(),
                format!("the annotation `{name}` has no effect here: {reader}"),
                "it would be ignored silently, and what it is for, such as auth, would be missing",
                "remove the line, and say what it is for in the keys of the route",
            )),
        }
    }
}

/// What holds for the annotations of every controller.
fn common(name: &str, platform: &Platform) -> Option<Verdict> {
    let verdict = match name {
        SYNC_WAVE | SYNC_OPTIONS => Verdict::Decided(""),
        "kubernetes.io/ingress.class" => Verdict::Decided("; `routing` of platform.yml has the class"),
        _ if ISSUER_ANNOTATIONS.contains(&name)
            && matches!(platform.certificates, Certificates::Annotation(_)) =>
        {
            Verdict::Decided("; `certificates.issuer` of platform.yml has the issuer")
        }
        _ => return None,
    };
    Some(verdict)
}

fn decided(location: Location, name: &str, instead: &str) -> Finding {
    let finding = rules::RESERVED_METADATA.at(location.itself(), format!("wharf sets `{name}` itself"));
    finding.help(format!("remove the line{instead}"))
}

/// Adds the annotations for external-dns, and what the user has set. Several objects of one route have the
/// same labels; one of them, for which `is_main` holds, has the annotations, since a dashboard would list the
/// app twice. Those of the controller are on all of them.
pub(super) fn complete(object: Object, routed: &Routed<'_>, is_main: bool) -> Object {
    let object = external_dns::annotate(object, routed, is_main);
    if routed.is_callback {
        return object;
    }
    let (common, own) = (&routed.model.platform.routing.metadata, &routed.route.metadata);
    let labels = pairs(common, own, |metadata| &metadata.labels);
    let object = labels.fold(object, |object, (key, value)| object.label(Key::user(key), value));
    let annotations = pairs(common, own, |metadata| &metadata.annotations);
    let annotations = annotations.filter(|(key, _)| is_wanted(key, routed, is_main));
    annotations.fold(object, |object, (key, value)| object.annotation(Key::user(key), value))
}

fn is_wanted(key: &str, routed: &Routed<'_>, is_main: bool) -> bool {
    let of_controller = key.starts_with(OF_NGINX) || key.starts_with(OF_TRAEFIK);
    let dns = routed.model.platform.external_dns.as_ref();
    let makes_record = dns.is_some_and(|dns| key.starts_with(dns.prefix));
    (is_main || of_controller) && (routed.route.has_records || !makes_record)
}

/// The pairs of all routes and those of a route, which come first; in the order of their keys.
fn pairs<'m>(
    common: &'m Metadata,
    own: &'m Metadata,
    of: impl Fn(&Metadata) -> &BTreeMap<String, String>,
) -> impl Iterator<Item = (&'m str, Text)> {
    let (common, own) = (of(common), of(own));
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, value) in common.iter().chain(own) {
        pairs.insert(key, value);
    }
    pairs.into_iter().map(|(key, value)| (key, Text::from(value.to_owned())))
}

/// Whether the user sets this annotation on the objects of a route.
pub(super) fn is_set(name: &str, routed: &Routed<'_>) -> bool {
    let sets = |metadata: &Metadata| metadata.annotations.contains_key(name);
    !routed.is_callback && (sets(&routed.model.platform.routing.metadata) || sets(&routed.route.metadata))
}
