//! Questions as people write them: `sys-postgres:5432`, `notes.example.com/api`.

use crate::cluster::{Port, PortName, Transport};

/// What a question is about, besides the end that connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name of the place.
    pub name: String,
    /// The port; any port if there is none.
    pub port: Option<Port>,
    /// The path of a request to a host.
    pub path: Option<String>,
}

/// A port that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPort(pub String);

impl Question {
    /// Reads `NAME`, `NAME:PORT`, `NAME:PORT/PROTOCOL`, `NAME:ping`, `HOST/PATH`, and a URL.
    ///
    /// # Errors
    /// If what follows the colon is not a port.
    pub fn read(text: &str) -> Result<Self, InvalidPort> {
        let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        if let Some(range) = bare.parse::<ipnet::IpNet>().ok().map(|_| bare) {
            return Ok(Self { name: range.to_owned(), port: None, path: None });
        }
        let (place, port) = split_port(bare);
        match port {
            Some(port) => Ok(Self { name: place.to_owned(), port: Some(read_port(port)?), path: None }),
            None => {
                let (name, path) = place.split_once('/').map_or((place, None), |(name, path)| {
                    (name, Some(format!("/{path}")).filter(|path| path != "/"))
                });
                Ok(Self { name: name.to_owned(), port: None, path })
            }
        }
    }
}

/// The text before the colon of a port, and the port. An IPv6 address with a port is in brackets.
fn split_port(text: &str) -> (&str, Option<&str>) {
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return (text, None);
    }
    match text.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (text, None),
    }
}

/// Reads `5432`, `53/UDP` or `ping`.
fn read_port(text: &str) -> Result<Port, InvalidPort> {
    let invalid = || InvalidPort(text.to_owned());
    if text == "ping" {
        return Ok(Port::ping());
    }
    let (number, protocol) = text.split_once('/').unwrap_or((text, "TCP"));
    let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(invalid)?;
    let protocol = Transport::named(protocol).filter(|one| Transport::WITH_PORTS.contains(one));
    let protocol = protocol.ok_or_else(invalid)?;
    Ok(Port { protocol, number, name: PortName::Unknown })
}

#[cfg(test)]
mod tests {
    use super::Question;

    fn read(text: &str) -> String {
        Question::read(text).map_or_else(
            |invalid| format!("invalid {}", invalid.0),
            |question| {
                format!(
                    "{} {:?} {:?}",
                    question.name,
                    question.port.map(|port| port.to_string()),
                    question.path
                )
            },
        )
    }

    #[test]
    fn names_ports_and_paths_are_told_apart() {
        for (text, expected) in [
            ("web-notes", "web-notes None None"),
            ("sys-postgres:5432", r#"sys-postgres Some("5432/TCP") None"#),
            ("sys-pihole:53/udp", r#"sys-pihole Some("53/UDP") None"#),
            ("https://notes.example.com/api", r#"notes.example.com None Some("/api")"#),
            ("notes.example.com/", "notes.example.com None None"),
            ("10.0.0.0/8", "10.0.0.0/8 None None"),
            ("fd00::1", "fd00::1 None None"),
            ("[fd00::1]:443", r#"[fd00::1] Some("443/TCP") None"#),
            ("web-notes:http", "invalid http"),
            ("web-notes:ping", r#"web-notes Some("ping") None"#),
            ("web-notes:0", "invalid 0"),
            ("web-notes:53/ICMP", "invalid 53/ICMP"),
        ] {
            assert_eq!(read(text), expected);
        }
    }
}
