//! The entry points of a route, grouped by whether the router must set `tls`.
//!
//! A router with `tls` accepts only TLS, on all its entry points. A router without it accepts only TLS where
//! the entry point itself has `http.tls` (Traefik 3.7, `applyModel`). So a route is one object without `tls`
//! if the entry points terminate TLS, and otherwise two: one for the plain entry points, and one with `tls`
//! for the others.

use super::Routed;
use crate::catalog::Exposure;
use crate::model::Certificates;
use crate::platform::EntryPoint;
use crate::value::Text;

/// Entry points that one router serves.
pub(super) struct Group<'p> {
    /// The entry points; never empty.
    pub points: Vec<&'p EntryPoint>,
    /// Whether the router sets `tls`.
    pub tls: bool,
    /// The suffix that distinguishes its object from the other one: `-websecure`, or empty if there is no
    /// other.
    pub suffix: String,
    /// Whether its object is the one that external-dns reads.
    pub has_records: bool,
}

/// The groups of a route: one or two.
pub(super) fn groups<'p>(routed: &'p Routed<'_>) -> Vec<Group<'p>> {
    let platform = &routed.model.platform;
    let own_tls = !platform.routing.entry_point_tls || names_certificate(routed);
    let (encrypted, plain): (Vec<_>, Vec<_>) =
        routed.route.points(platform).partition(|point| own_tls && point.tls);
    let split = !encrypted.is_empty() && !plain.is_empty();
    let suffix = |points: &[&EntryPoint]| {
        points.first().filter(|_| split).map(|point| format!("-{}", &*point.name)).unwrap_or_default()
    };
    let group = |(points, tls): (Vec<&'p EntryPoint>, bool)| Group {
        suffix: suffix(&points),
        points,
        tls,
        has_records: false,
    };
    let mut groups: Vec<_> = [(plain, false), (encrypted, true)]
        .into_iter()
        .filter(|(points, _)| !points.is_empty())
        .map(group)
        .collect();
    let side = platform.external_dns.as_ref().and_then(|dns| dns.exposure).unwrap_or(Exposure::External);
    let reader =
        groups.iter().position(|group| group.points.iter().any(|point| point.exposure == side)).unwrap_or(0);
    if let Some(group) = groups.get_mut(reader) {
        group.has_records = true;
    }
    groups
}

/// Whether the objects of a route name their certificate.
fn names_certificate(routed: &Routed<'_>) -> bool {
    let platform = &routed.model.platform;
    routed.route.issuer(platform).is_some()
        || matches!(platform.certificates, Certificates::Annotation(_) | Certificates::Resolver(_))
}

/// The names of the entry points of a group.
pub(super) fn names(group: &Group<'_>) -> Vec<Text> {
    group.points.iter().map(|point| Text::from(&point.name)).collect()
}
