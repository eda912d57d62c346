//! Functions that validate strings. Each is equivalent to the pattern beside its name in the table of
//! formats.

/// Returns whether `text` is an RFC 1123 label.
pub fn is_dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.len() <= 63
        && bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

/// Returns whether `text` is a name of a host with at least two labels, of which all but the last may have
/// wildcards.
pub fn is_fqdn(text: &str) -> bool {
    let Some((labels, last)) = text.rsplit_once('.') else { return false };
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'*');
    let is_label = |label: &str| {
        let ends = label.bytes().next().zip(label.bytes().last());
        ends.is_some_and(|(first, last)| inner(first) && inner(last))
            && label.bytes().all(|byte| inner(byte) || byte == b'-')
    };
    text.len() <= 200 && labels.split('.').all(is_label) && is_dns_name(last)
}

/// Returns whether `text` is an RFC 1123 subdomain. Kubernetes does not limit the length of its labels.
pub fn is_dns_name(text: &str) -> bool {
    // one pass: the names of all objects are checked
    let mut before = b'.';
    let fits = |byte: u8| {
        let last = std::mem::replace(&mut before, byte);
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => true,
            b'-' => last != b'.',
            b'.' => last.is_ascii_alphanumeric(),
            _ => false,
        }
    };
    text.len() <= 253 && text.bytes().all(fits) && before.is_ascii_alphanumeric()
}

/// Returns whether `text` is in kebab case, without digits.
pub(super) fn is_rule_name(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.len() <= 64 && text.split('-').all(is_word)
}

/// Returns whether `text` may be the name of a time zone; only Argo CD knows which ones exist.
pub(super) fn is_time_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_uppercase())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    text.len() <= 64 && text.split('/').all(is_part)
}

pub(super) fn is_port(text: &str) -> bool {
    let number = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "TCP"));
    let range = ports.split_once('-').is_some_and(|(low, high)| number(low) && number(high));
    text.len() <= 32
        && matches!(protocol, "TCP" | "UDP" | "SCTP")
        && (number(ports) || range || is_port_name(ports))
}

/// Returns whether `text` is the name of a Service, or of one of Traefik's own.
pub(super) fn is_service_name(text: &str) -> bool {
    text.len() <= 63 && is_dns_label(text.strip_suffix("@internal").unwrap_or(text))
}

/// Returns whether `text` has the characters of an address, which is parsed where it is used.
pub(super) fn is_ip_address(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}

/// Returns whether `text` is the number of a port, or zero, which is refused where the number is used.
pub(super) fn is_port_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let padded = bytes.len() == 5 && bytes[0] == b'0';
    (1..=5).contains(&bytes.len())
        && !padded
        && bytes.iter().all(u8::is_ascii_digit)
        && text.parse::<u16>().is_ok()
}

/// Returns whether `text` is a valid name of a port, apart from its length: it has a letter, and no two
/// consecutive dashes (Kubernetes, `IsValidPortName`).
pub(super) fn is_port_name(text: &str) -> bool {
    is_dns_label(text) && text.bytes().any(|byte| byte.is_ascii_lowercase()) && !text.contains("--")
}

pub(super) fn is_cidr(text: &str) -> bool {
    text.len() <= 64
        && text.split_once('/').is_some_and(|(address, bits)| {
            !address.is_empty()
                && address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
                && (1..=3).contains(&bits.len())
                && bits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

pub(super) fn is_endpoint(text: &str) -> bool {
    let Some((address, port)) = text.rsplit_once(':') else { return false };
    let port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let inside = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match inside {
        Some(inside) => {
            !inside.is_empty()
                && inside.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }
        None => !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
    };
    text.len() <= 64 && port && address
}

pub(super) fn is_version(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    text.len() <= 16
        && (2..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns whether `char` is whitespace in a regular expression of ECMAScript, and so of a JSON Schema.
pub(super) fn is_blank(char: char) -> bool {
    char == '\u{FEFF}' || char.is_whitespace() && char != '\u{85}'
}

pub(super) fn is_repository_path(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('/') && text.chars().count() <= 1024 && !text.contains(is_blank)
}

pub(super) fn is_api_group(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let dotted = text.len() <= 253 && text.contains('.') && text.split('.').all(part);
    dotted || matches!(text, "" | "*" | "apps" | "autoscaling" | "batch" | "policy" | "extensions")
}

pub(crate) fn is_kind(text: &str) -> bool {
    let bytes = text.as_bytes();
    text == "*"
        || bytes.len() <= 63
            && bytes.first().is_some_and(u8::is_ascii_uppercase)
            && bytes.iter().all(u8::is_ascii_alphanumeric)
}

pub(super) fn is_duration(text: &str) -> bool {
    let mut rest = text;
    let mut parts = 0;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|char: char| char.is_ascii_digit());
        let after = ["ms", "s", "m", "h"].iter().find_map(|name| unit.strip_prefix(name));
        let Some(after) = after.filter(|_| (1..=9).contains(&(rest.len() - unit.len()))) else {
            return false;
        };
        rest = after;
        parts += 1;
    }
    (1..=4).contains(&parts)
}

pub(super) fn is_secret_key(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=253).contains(&text.len()) && text != "." && !text.starts_with("..") && text.bytes().all(known)
}

pub(super) fn is_image_name(text: &str) -> bool {
    let (folders, last) = text.rsplit_once('/').map_or((None, text), |(folders, last)| (Some(folders), last));
    let (name, tag) = last.split_once(':').map_or((last, None), |(name, tag)| (name, Some(tag)));
    let part = |part: &str| {
        let known = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
        };
        !part.is_empty() && part.bytes().all(known)
    };
    let (first, rest) = folders.map_or((None, None), |folders| {
        folders.split_once('/').map_or((Some(folders), None), |(first, rest)| (Some(first), Some(rest)))
    });
    text.len() <= 512
        && part(name)
        && tag.is_none_or(is_image_tag)
        && first.is_none_or(|first| part(first) || is_registry(first))
        && rest.is_none_or(|rest| rest.split('/').all(part))
}

pub(super) fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let digits = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && port.is_none_or(digits)
}

/// Returns whether `text` has no characters other than spaces, tabs and line breaks.
pub(super) fn is_ascii_blank(text: &str) -> bool {
    text.chars().all(|char| matches!(char, ' ' | '\t' | '\r' | '\n'))
}

/// Returns whether `text` is a tag, or a version constraint in its place.
pub(super) fn is_image_tag(text: &str) -> bool {
    let known = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'~' | b'^' | b'*' | b'>' | b'<' | b'=' | b'!' | b'+' | b'-')
    };
    text.bytes().next().is_some_and(|byte| known(byte) && !matches!(byte, b'.' | b'+' | b'-'))
        && text.bytes().all(known)
}

pub(super) fn is_image_alias(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.len() <= 32
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().all(known)
}

pub(super) fn is_image_platform(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 64 && (2..=3).contains(&text.split('/').count()) && text.split('/').all(part)
}

pub(super) fn is_tag_glob(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'*' | b'?');
    (1..=128).contains(&text.len()) && text.bytes().all(known)
}

pub(super) fn is_group_name(text: &str) -> bool {
    let part = |part: &str| is_visible(part) && !part.contains(['"', ',']);
    !text.starts_with("system:") && text.chars().count() <= 253 && text.split(' ').all(part)
}

pub(super) fn is_group_prefix(text: &str) -> bool {
    !text.starts_with("system:") && text.chars().count() <= 253 && is_visible(text)
}

/// Returns whether `text` is not empty and has no whitespace and no control characters.
pub(super) fn is_visible(text: &str) -> bool {
    !text.is_empty() && !text.contains(|char: char| char.is_whitespace() || char.is_ascii_control())
}

pub(super) fn is_http_url(text: &str) -> bool {
    let rest = text.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    let rest = rest.and_then(|rest| rest.strip_prefix("://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(is_blank)) && text.chars().count() <= 1024
}

pub(super) fn is_url_scheme(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'.' | b'-')
        })
}

/// Controllers compare the path after escapes are resolved, the query is cut off, and `//`, `/./` and `/../`
/// are removed (Traefik 3.7). A rule that contains any of them never matches, and what it should guard is
/// left to a wider rule.
pub(super) fn is_header_name(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+.^_|~-".contains(char);
    (1..=256).contains(&text.len()) && text.chars().all(is_part)
}

pub(super) fn is_header_value(text: &str) -> bool {
    (1..=4096).contains(&text.len())
        && text.chars().all(|char| matches!(char, ' '..='~'))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

pub(super) fn is_url_path(text: &str) -> bool {
    let Some(segments) = text.strip_prefix('/') else { return false };
    let is_forbidden = |char| is_blank(char) || matches!(char, '`' | '"' | '\\' | '%' | '?' | '#');
    let segments = segments.strip_suffix('/').unwrap_or(segments);
    let is_segment = |step: &str| !matches!(step, "" | "." | "..");
    text.chars().count() <= 1024
        && !text.contains(is_forbidden)
        && (text == "/" || segments.split('/').all(is_segment))
}
