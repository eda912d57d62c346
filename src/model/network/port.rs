//! Ports of pods, as policies match them.

use std::fmt;

use crate::diagnostics::{Location, Sink, rules};
use crate::format::Port as WrittenPort;
use crate::value::Text;

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
    /// ICMP, which has types of messages in place of ports.
    Icmp,
}

impl Protocol {
    /// Its name in a policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
            Self::Icmp => "ICMP",
        }
    }
}

/// Which ports of a protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortRange {
    /// From the first to the last; a single port if they are equal.
    Numbers(u16, u16),
    /// The port with this name in its container.
    Named(Text),
}

/// One port of a pod, or a range of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The ports.
    pub range: PortRange,
    /// Their protocol.
    pub protocol: Protocol,
}

impl Port {
    /// Whether it may be this port of a protocol: a name may belong to any.
    pub fn may_be(&self, number: u16, protocol: Protocol) -> bool {
        self.protocol == protocol
            && match &self.range {
                PortRange::Numbers(first, last) => (*first..=*last).contains(&number),
                PortRange::Named(_) => true,
            }
    }

    /// Its number, if it is a single TCP port.
    pub fn tcp_number(&self) -> Option<u16> {
        match (&self.range, self.protocol) {
            (PortRange::Numbers(low, high), Protocol::Tcp) if low == high => Some(*low),
            _ => None,
        }
    }

    /// An echo request of ICMP, by its type in IPv4.
    pub(super) fn ping() -> Self {
        Self { range: PortRange::Numbers(8, 8), protocol: Protocol::Icmp }
    }

    /// A single TCP port.
    pub fn tcp(number: u16) -> Self {
        Self { range: PortRange::Numbers(number, number), protocol: Protocol::Tcp }
    }

    /// Parses `8080`, `53/UDP`, `8000-8010` or `http`.
    ///
    /// # Errors
    /// If a number is not a valid port, or if the end of a range is before its beginning.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (ports, protocol) = text.split_once('/').unwrap_or((text, "TCP"));
        let protocol = match protocol {
            "UDP" => Protocol::Udp,
            "SCTP" => Protocol::Sctp,
            _ => Protocol::Tcp,
        };
        Ok(Self { range: parse_range(ports)?, protocol })
    }
}

/// Reads the port at `location`.
pub(in crate::model) fn read_port(
    location: &Location,
    written: &WrittenPort,
    findings: &mut Sink,
) -> Option<Port> {
    let refuse = |message| {
        findings.push(
            rules::INVALID_PORT.at(location.clone(), message).note("the API server would reject the policy"),
        );
    };
    Port::parse(written).map_err(refuse).ok()
}

/// The maximum length of a port name (Kubernetes, `IsValidPortName`).
const MAX_PORT_NAME: usize = 15;

fn parse_range(text: &str) -> Result<PortRange, String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (low, high) = match text.split_once('-') {
        Some((low, high)) if digits(low) && digits(high) => (low, high),
        _ if digits(text) => (text, text),
        _ if text.len() > MAX_PORT_NAME => {
            return Err(format!(
                "`{text}` is not a valid port name: it has more than {MAX_PORT_NAME} characters"
            ));
        }
        _ => return Ok(PortRange::Named(text.to_owned().into())),
    };
    let (low, high) = (parse_number(low)?, parse_number(high)?);
    if low > high {
        return Err(format!("the end of the range `{text}` is before its beginning"));
    }
    Ok(PortRange::Numbers(low, high))
}

fn parse_number(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("`{text}` is not a valid port: ports are numbers from 1 to 65535"))
}

impl fmt::Display for Port {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.range {
            PortRange::Numbers(low, high) if low == high => write!(out, "{low}")?,
            PortRange::Numbers(low, high) => write!(out, "{low}-{high}")?,
            PortRange::Named(name) => write!(out, "{name}")?,
        }
        write!(out, "/{}", self.protocol.name())
    }
}
