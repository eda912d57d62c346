//! Ports of pods, as policies match them.

use std::collections::BTreeSet;
use std::fmt;

use super::intervals::Intervals;
use crate::value::Text;

/// A protocol that policies distinguish: of transport, with ports, or ICMP, whose types count as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
    /// ICMP of IPv4.
    Icmp,
    /// ICMP of IPv6.
    IcmpV6,
}

impl Transport {
    /// All protocols.
    pub const ALL: [Self; 5] = [Self::Tcp, Self::Udp, Self::Sctp, Self::Icmp, Self::IcmpV6];

    /// The protocols with ports.
    pub const WITH_PORTS: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// The protocol with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(name))
    }

    /// Its name in a policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
            Self::Icmp => "ICMP",
            Self::IcmpV6 => "ICMPv6",
        }
    }

    fn first(self) -> u128 {
        (self as u128) << 16
    }
}

/// What is known about the name of a port in its container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PortName {
    /// Nothing.
    #[default]
    Unknown,
    /// It has none.
    None,
    /// It has this one.
    Known(Text),
}

/// The port that a connection is opened to: that of the pod, not that of its Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The protocol.
    pub protocol: Transport,
    /// The number.
    pub number: u16,
    /// Its name.
    pub name: PortName,
}

impl Port {
    /// A TCP port whose name is not known.
    pub fn tcp(number: u16) -> Self {
        Self { protocol: Transport::Tcp, number, name: PortName::Unknown }
    }

    /// An echo request of ICMP.
    pub fn ping() -> Self {
        Self { protocol: Transport::Icmp, number: ECHO, name: PortName::Unknown }
    }
}

/// The type of an echo request in IPv4; `128` in IPv6.
const ECHO: u16 = 8;

impl fmt::Display for Port {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ping() {
            return out.write_str("ping");
        }
        write!(out, "{}/{}", self.number, self.protocol.name())
    }
}

/// A set of ports: numbers of each protocol, and names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortSet {
    numbers: Intervals,
    names: BTreeSet<(Transport, Text)>,
}

impl PortSet {
    /// All ports of all protocols.
    pub fn all() -> Self {
        Transport::ALL.into_iter().fold(Self::default(), |set, protocol| set.union(&Self::of(protocol)))
    }

    /// All ports of a protocol.
    pub fn of(protocol: Transport) -> Self {
        Self::range(protocol, 0, u16::MAX)
    }

    /// The ports of a protocol from `first` to `last`.
    pub fn range(protocol: Transport, first: u16, last: u16) -> Self {
        let at = |number: u16| protocol.first() + u128::from(number);
        Self { numbers: Intervals::range(at(first), at(last)), names: BTreeSet::new() }
    }

    /// The port of a protocol with this name.
    pub fn named(protocol: Transport, name: Text) -> Self {
        Self { numbers: Intervals::default(), names: BTreeSet::from([(protocol, name)]) }
    }

    /// The ports that are in one of both.
    pub fn union(&self, other: &Self) -> Self {
        let names = self.names.union(&other.names).cloned().collect();
        Self { numbers: self.numbers.union(&other.numbers), names }
    }

    /// The ports that are in both, by number or by name.
    pub fn both(&self, other: &Self) -> Self {
        let (is_all, is_other_all) = (self.is_all(), other.is_all());
        let shared = |name: &&(Transport, Text)| {
            is_all || is_other_all || self.names.contains(*name) && other.names.contains(*name)
        };
        let names = self.names.union(&other.names).filter(shared).cloned().collect();
        Self { numbers: self.numbers.both(&other.numbers), names }
    }

    /// The ports by number that are not in the other set.
    pub fn minus(&self, other: &Self) -> Self {
        Self { numbers: self.numbers.minus(&other.numbers), names: self.names.clone() }
    }

    /// Those that have numbers.
    pub(super) fn numbered(&self) -> Self {
        Self { numbers: self.numbers.clone(), names: BTreeSet::new() }
    }

    /// Whether it contains no port.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.names.is_empty()
    }

    /// Whether it contains all ports.
    pub fn is_all(&self) -> bool {
        self.numbers == Self::all().numbers
    }

    /// How many ports it has; a name counts as one.
    pub fn size(&self) -> u128 {
        let names = self.names.len() as u128;
        self.numbers.iter().map(|(first, last)| last - first + 1).sum::<u128>() + names
    }

    /// The first port of each range; names have no numbers.
    pub fn firsts(&self) -> Vec<Port> {
        let of = |protocol: Transport| {
            let own = Self::of(protocol).numbers.both(&self.numbers);
            let first = move |(first, _): (u128, u128)| {
                let number = u16::try_from(first - protocol.first()).unwrap_or_default().max(1);
                Port { protocol, number, name: PortName::Unknown }
            };
            own.iter().map(first).collect::<Vec<_>>()
        };
        Transport::ALL.into_iter().flat_map(of).collect()
    }

    /// Whether it contains this number.
    pub fn has_number(&self, port: &Port) -> bool {
        self.numbers.contains(port.protocol.first() + u128::from(port.number))
    }

    /// The names of this protocol.
    pub(super) fn names(&self, protocol: Transport) -> impl Iterator<Item = &Text> {
        self.names.iter().filter(move |(own, _)| *own == protocol).map(|(_, name)| name)
    }

    /// The ports one by one as people write them: `5432/TCP`, `8000-8010/TCP`, `http/TCP`, and `ping` for
    /// echo requests only.
    pub fn words(&self) -> Vec<String> {
        let numbers = Transport::WITH_PORTS.into_iter().flat_map(|protocol| {
            let own = Self::of(protocol).numbers.both(&self.numbers);
            own.iter().map(|(first, last)| range_words(protocol, first, last)).collect::<Vec<_>>()
        });
        let names = self.names.iter().map(|(protocol, name)| format!("{name}/{}", protocol.name()));
        let ping = self.is_ping_among_others().then(|| "ping".to_owned());
        numbers.chain(names).chain(ping).collect()
    }

    /// Whether echo requests are in it, and not all of ICMP.
    fn is_ping_among_others(&self) -> bool {
        let icmp = Self::of(Transport::Icmp).numbers;
        self.has_number(&Port::ping()) && self.numbers.both(&icmp) != icmp
    }
}

fn range_words(protocol: Transport, first: u128, last: u128) -> String {
    let (first, last) = (first - protocol.first(), last - protocol.first());
    match (first, last) {
        (0 | 1, 65535) => format!("all/{}", protocol.name()),
        _ if first == last => format!("{first}/{}", protocol.name()),
        _ => format!("{first}-{last}/{}", protocol.name()),
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return out.write_str("all ports");
        }
        out.write_str(&self.words().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Port, PortSet, Transport};

    #[test]
    fn ports_are_listed_by_protocol_and_range() {
        let set = PortSet::range(Transport::Udp, 53, 53)
            .union(&PortSet::range(Transport::Tcp, 8000, 8009))
            .union(&PortSet::range(Transport::Tcp, 8010, 8010))
            .union(&PortSet::named(Transport::Tcp, "http".into()));
        assert_eq!(set.to_string(), "8000-8010/TCP, 53/UDP, http/TCP");
        assert!(set.has_number(&Port::tcp(8005)) && !set.has_number(&Port::tcp(53)));
        assert_eq!(PortSet::all().to_string(), "all ports");
        assert_eq!(PortSet::all().minus(&PortSet::of(Transport::Tcp)).to_string(), "all/UDP, all/SCTP");
        assert_eq!(PortSet::all().both(&set), set);
        let ping = PortSet::range(Transport::Icmp, 8, 8);
        assert_eq!(ping.union(&set).to_string(), "8000-8010/TCP, 53/UDP, http/TCP, ping");
        assert_eq!((ping.to_string(), ping.firsts()), ("ping".into(), vec![Port::ping()]));
    }
}
