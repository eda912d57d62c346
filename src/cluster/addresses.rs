//! Sets of IP addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::intervals::Intervals;

/// A set of addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    v4: Intervals,
    v6: Intervals,
}

impl Addresses {
    /// The addresses of a range.
    pub fn range(range: &IpNet) -> Self {
        match range {
            IpNet::V4(range) => {
                let (first, last) = (u32::from(range.network()), u32::from(range.broadcast()));
                Self { v4: Intervals::range(first.into(), last.into()), ..Self::default() }
            }
            IpNet::V6(range) => {
                let (first, last) = (u128::from(range.network()), u128::from(range.broadcast()));
                Self { v6: Intervals::range(first, last), ..Self::default() }
            }
        }
    }

    /// A single address.
    pub fn single(address: IpAddr) -> Self {
        Self::range(&address.into())
    }

    /// The addresses of several ranges.
    pub fn ranges<'r>(ranges: impl IntoIterator<Item = &'r IpNet>) -> Self {
        ranges.into_iter().fold(Self::default(), |set, range| set.union(&Self::range(range)))
    }

    /// All addresses of both families.
    pub fn all() -> Self {
        Self { v4: Intervals::range(0, u32::MAX.into()), v6: Intervals::range(0, u128::MAX) }
    }

    /// All addresses of IPv4.
    pub(super) fn all_v4() -> Self {
        Self { v6: Intervals::default(), ..Self::all() }
    }

    /// All addresses of IPv6.
    pub(super) fn all_v6() -> Self {
        Self { v4: Intervals::default(), ..Self::all() }
    }

    /// The addresses that are in one of both.
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// The addresses that are not in the other set.
    pub fn minus(&self, other: &Self) -> Self {
        Self { v4: self.v4.minus(&other.v4), v6: self.v6.minus(&other.v6) }
    }

    /// The addresses that are in both.
    pub fn both(&self, other: &Self) -> Self {
        Self { v4: self.v4.both(&other.v4), v6: self.v6.both(&other.v6) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether all addresses of the other set are in this one.
    pub fn covers(&self, other: &Self) -> bool {
        other.minus(self).is_empty()
    }

    /// The ranges that the set consists of.
    fn nets(&self) -> impl Iterator<Item = IpNet> {
        let v4 = self.v4.iter().flat_map(|(first, last)| {
            let address = |number| Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX));
            Ipv4Subnets::new(address(first), address(last), 0).map(IpNet::V4)
        });
        let v6 = self.v6.iter().flat_map(|(first, last)| {
            Ipv6Subnets::new(Ipv6Addr::from(first), Ipv6Addr::from(last), 0).map(IpNet::V6)
        });
        v4.chain(v6)
    }
}

/// How many ranges are listed before the others are only counted.
const MAX_LISTED: usize = 4;

/// `192.168.1.0/24, 10.0.0.1`
impl fmt::Display for Addresses {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.nets().collect();
        for (index, net) in all.iter().take(MAX_LISTED).enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            if net.prefix_len() == net.max_prefix_len() {
                write!(out, "{comma}{}", net.addr())?;
            } else {
                write!(out, "{comma}{net}")?;
            }
        }
        match all.len().saturating_sub(MAX_LISTED) {
            0 => Ok(()),
            1 => write!(out, " and 1 more range"),
            more => write!(out, " and {more} more ranges"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn a_range_without_an_address_is_listed_as_the_ranges_that_are_left() {
        let range = |text: &str| Addresses::range(&text.parse().unwrap_or_default());
        let left = range("10.0.0.0/30").minus(&range("10.0.0.2/32"));
        assert_eq!(left.to_string(), "10.0.0.0/31, 10.0.0.3");
        assert!(range("10.0.0.0/8").covers(&left) && !left.covers(&range("10.0.0.0/30")));
        assert!(range("::/0").both(&left).is_empty());
    }
}
