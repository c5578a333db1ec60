//! Which addresses count as one sender: whoever has an IPv6 address has a whole network of them.

use std::net::IpAddr;

/// One IPv4 address, or the 64-bit network of an IPv6 address, which is the least that a provider hands out (RFC 6177 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressBlock(IpAddr);

impl From<IpAddr> for AddressBlock {
    fn from(address: IpAddr) -> Self {
        let IpAddr::V6(address) = address.to_canonical() else { return Self(address.to_canonical()) };
        let mut segments = address.segments();
        segments[4..].fill(0);
        Self(IpAddr::from(segments))
    }
}
