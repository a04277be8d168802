//! Where a request came from, as far as limits need to know.

use std::net::IpAddr;

/// A range of addresses on the network: 256 of IPv4, a /56 of IPv6. A hospital is often one address, and a person at home
/// changes theirs within such a range.
#[derive(Clone, PartialEq, Eq)]
pub struct Network(Vec<u8>);

impl Network {
    /// The range that `address` lies in.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.octets()[..3].to_vec(),
            IpAddr::V6(address) => address.octets()[..7].to_vec(),
        })
    }

    /// What limits count by.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
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

    fn same(one: &str, other: &str) -> bool {
        Network::of(one.parse().unwrap()) == Network::of(other.parse().unwrap())
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
}
