//! The hosts of routes: whether they are valid in DNS, and whether a certificate covers them.

use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::is_dns_label;
use crate::model::patterns;
use crate::model::platform::{Certificates, Platform};
use crate::names::{Host, UNKNOWN_DOMAIN};
use crate::value::Text;

pub(super) fn check(
    hosts: &[Host],
    location: &Location,
    platform: &Platform,
    has_own_certificate: bool,
    findings: &mut Sink,
) {
    for (index, host) in
        hosts.iter().enumerate().filter(|(_, host)| !platform.domain.is_empty() && !is_host(host))
    {
        findings.push(bad_host(host, place(location, index), platform));
    }
    let Certificates::Wildcard(_, domains) = &platform.certificates else { return };
    for (index, host) in hosts.iter().enumerate().filter(|_| !has_own_certificate) {
        if domains.iter().all(|domain| is_decided(host, domain) && !is_covered(host, domain)) {
            findings.push(outside_wildcard(host, place(location, index), domains));
        }
    }
}

/// Whether the wildcard of a domain is valid for a host.
fn is_covered(host: &Host, domain: &Text) -> bool {
    host.as_str() == domain.as_str()
        || below(host, domain).is_some_and(|label| !label.is_empty() && !label.contains('.'))
}

/// Whether it is known if the wildcard of a domain is valid for a host: not if it depends on the value of a
/// variable that something else replaces.
fn is_decided(host: &Host, domain: &Text) -> bool {
    match below(host, domain) {
        Some(labels) => !labels.contains(UNKNOWN_DOMAIN),
        None => ![host.as_str(), domain].iter().any(|name| name.contains(UNKNOWN_DOMAIN)),
    }
}

fn outside_wildcard(host: &Host, location: Location, domains: &[Text]) -> Finding {
    let names = domains.iter().map(|domain| format!("`{domain}` and `*.{domain}`")).collect::<Vec<_>>();
    let finding = rules::HOST_OUTSIDE_WILDCARD
        .at(location, format!("the wildcard certificate does not cover `{host}`"));
    let finding = finding.note(format!(
        "it is valid for {}; browsers would warn about an invalid certificate",
        names.join(", ")
    ));
    finding.help(
        "use one label below the domain, add the domain to `certificates.domains` of platform.yml, or write \
         `certificate: own`",
    )
}

/// The location of the host with this index, including the aliases.
pub(super) fn place(route: &Location, index: usize) -> Location {
    if index == 0 { route.key("host") } else { route.key("aliases").index(index - 1) }
}

/// Whether a name is valid in DNS: at most 63 characters per label and 253 in total (RFC 1035).
fn is_host(host: &Host) -> bool {
    let host = host.as_str();
    host.len() <= 253 && host.split('.').all(is_dns_label)
}

fn bad_host(host: &Host, location: Location, platform: &Platform) -> Finding {
    let finding = rules::INVALID_NAME.at(
        location,
        format!("the host would be `{}`, {} characters", shorten(host.as_str()), host.as_str().len()),
    );
    let finding = if platform.patterns.host.is_some() {
        finding.with_secondary_label(patterns::location("host"), "from this pattern")
    } else {
        finding
    };
    let finding = finding.note("it is not valid in DNS, and no certificate could be issued for it");
    finding.help(
        "use labels of at most 63 lower-case letters, digits and dashes, at most 253 characters in total",
    )
}

/// The part of a host before the domain that it is in.
pub(super) fn below<'h>(host: &'h Host, domain: &Text) -> Option<&'h str> {
    host.as_str().strip_suffix(domain.as_str())?.strip_suffix('.')
}
