//! Where a request came from, as far as limits and the people themselves need to know.

use ipnet::IpNet;
use std::net::IpAddr;

/// A range of addresses on the network: 256 of IPv4, a /56 of IPv6. A hospital is often one address, and a person at home
/// changes theirs within such a range.
#[derive(Clone, PartialEq, Eq)]
pub struct Network {
    bytes: Vec<u8>,
    range: Option<IpNet>,
}

impl Network {
    /// The range that `address` lies in.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let (bytes, length) = match address {
            IpAddr::V4(address) => (address.octets()[..3].to_vec(), 24),
            IpAddr::V6(address) => (address.octets()[..7].to_vec(), 56),
        };
        Self { bytes, range: IpNet::new(address, length).ok().map(|range| range.trunc()) }
    }

    /// What limits count by.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The range as its owner is shown it: "192.0.2.0/24".
    pub fn range(&self) -> String {
        self.range.map(|range| range.to_string()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network")
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn of(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn same(one: &str, other: &str) -> bool {
        of(one) == of(other)
    }

    #[test]
    fn a_range_is_256_addresses_of_ipv4_and_a_home_of_ipv6() {
        assert!(same("192.0.2.1", "192.0.2.254"));
        assert!(!same("192.0.2.1", "192.0.3.1"));
        assert!(same("2001:db8:1:2200::1", "2001:db8:1:22ff::9"));
        assert!(!same("2001:db8:1:2200::1", "2001:db8:1:2300::1"));
    }

    #[test]
    fn an_ipv4_address_is_the_same_in_an_ipv6_coat() {
        assert!(same("192.0.2.1", "::ffff:192.0.2.77"));
    }

    #[test]
    fn a_range_is_shown_as_network_people_write_it() {
        assert_eq!(of("192.0.2.77").range(), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:22ff::9").range(), "2001:db8:1:2200::/56");
    }
}
