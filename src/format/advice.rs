//! What a text that does not have its format probably means.

use std::net::IpAddr;

use super::Format;
use super::forms::{is_dns_label, is_dns_name};
use crate::diagnostics::suggestion::shorten;

/// The help for `text`, the value of `key` that does not have the format `format`.
pub(crate) fn advice(format: &Format, key: &str, text: &str) -> Option<String> {
    match format.name {
        "DnsName" => host(key, text).or_else(|| respelt(format, text)),
        "DnsLabel" | "ServiceName" => service(text).or_else(|| respelt(format, text)),
        "DottedName" => respelt(format, text),
        "Cidr" => range(text),
        "Fqdn" => fqdn(format, text),
        "Port" => port(format, text),
        _ => None,
    }
}

/// The host of a URL, or the help for a wildcard.
fn host(key: &str, text: &str) -> Option<String> {
    if let Some(domain) = text.strip_prefix("*.").filter(|domain| is_dns_name(domain)) {
        return Some(match key {
            "domain" => format!("write the domain alone: `{}`", shorten(domain)),
            _ => "write each host: wildcards are not supported; list further hosts in `aliases` of the route"
                .into(),
        });
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (address, path) = rest.split_once('/').map_or((rest, ""), |(address, path)| (address, path));
    let name = address.split_once(':').map_or(address, |(name, _)| name);
    if name == text || !is_dns_name(name) {
        return None;
    }
    let paths = if path.is_empty() { "" } else { "; paths of a host are listed in `paths`" };
    Some(format!("write the name alone: `{}`{paths}", shorten(name)))
}

/// The host of a URL that stands where a name of a host belongs.
fn fqdn(format: &Format, text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let name = rest.split(['/', ':']).next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    (format.check)(&name).then(|| format!("write the name alone: `{}`", shorten(&name)))
}

/// The name of a Service that is written as its DNS name in the cluster.
fn service(text: &str) -> Option<String> {
    let (name, rest) = text.split_once('.')?;
    let in_cluster = is_dns_label(name) && (rest.ends_with(".svc") || rest.ends_with(".svc.cluster.local"));
    in_cluster.then(|| format!("write the name alone: `{name}`"))
}

/// The same name in lower case, with dashes.
fn respelt(format: &Format, text: &str) -> Option<String> {
    let name = text.trim().to_lowercase().replace([' ', '_'], "-");
    (format.check)(&name).then(|| format!("did you mean `{}`? {}", shorten(&name), format.says))
}

/// An address without a prefix length.
fn range(text: &str) -> Option<String> {
    let address: IpAddr = text.parse().ok()?;
    Some(format!("write `{text}/{}` for the single address", if address.is_ipv4() { 32 } else { 128 }))
}

/// A port in the notation of Docker and Compose.
fn port(format: &Format, text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    if (format.check)(&upper) {
        return Some(format!("write `{upper}`"));
    }
    let (_, inner) = text.rsplit_once(':')?;
    (format.check)(inner).then(|| format!("write the port of the pod alone: `{inner}`"))
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::format::by_name;

    #[test]
    fn what_was_meant_is_named() {
        let pairs = [
            ("DnsName", "host", "https://a.example.com", Some("write the name alone: `a.example.com`")),
            (
                "DnsName",
                "host",
                "a.example.com:8443/x",
                Some("write the name alone: `a.example.com`; paths of a host are listed in `paths`"),
            ),
            ("DnsName", "domain", "*.example.com", Some("write the domain alone: `example.com`")),
            ("DnsLabel", "service", "notes.web-notes.svc", Some("write the name alone: `notes`")),
            ("DnsLabel", "namespace", "-", None),
            ("Cidr", "cidr", "192.168.1.10", Some("write `192.168.1.10/32` for the single address")),
            ("Cidr", "cidr", "fd00::1", Some("write `fd00::1/128` for the single address")),
            ("Port", "ports", "53/udp", Some("write `53/UDP`")),
            ("Port", "ports", "80:8080", Some("write the port of the pod alone: `8080`")),
            ("Port", "ports", "eighty!", None),
        ];
        for (format, key, text, wanted) in pairs {
            let help = by_name(format).and_then(|format| advice(format, key, text));
            assert_eq!(help.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_name_is_spelt_as_kubernetes_wants_it() {
        let help = by_name("DnsLabel").and_then(|format| advice(format, "namespace", "Web_Notes"));
        assert!(help.is_some_and(|help| help.starts_with("did you mean `web-notes`? a DNS label has")));
    }
}
