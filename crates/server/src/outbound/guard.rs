//! The address guard: which addresses may be called for a client. It judges what the resolver answers, and the
//! connection is made to exactly those addresses, so a name cannot change its meaning in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::OutboundError;

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Any (Hydra's default).
    Anywhere,
    /// Only public ones (`clients.http.disallow_private_ip_ranges`).
    PublicOnly,
}

impl Guard {
    fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || !is_private(address)
    }

    /// Judges a URL whose host is an address.
    pub(super) fn check_literal(self, url: &Url) -> Result<(), OutboundError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(OutboundError("the address has no host".to_owned())),
        };
        if self.allows(address) { Ok(()) } else { Err(refused()) }
    }
}

fn refused() -> OutboundError {
    OutboundError("the address is in a private range (clients.http.disallow_private_ip_ranges)".to_owned())
}

/// Resolves names with the system's resolver and refuses what the guard does not allow.
pub(super) struct GuardedResolver(Guard);

impl GuardedResolver {
    pub(super) fn new(guard: Guard) -> Self {
        Self(guard)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move { Ok(Box::new(resolve(guard, name.as_str()).await?.into_iter()) as Addrs) })
    }
}

/// The allowed addresses of a name; none is an error. One forbidden address forbids the name: a server that is partly
/// inside is not a client's.
pub(super) async fn resolve(guard: Guard, name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
    if found.is_empty() || found.iter().any(|address| !guard.allows(address.ip())) {
        return Err(std::io::Error::other("the name has no address, or one that must not be called"));
    }
    Ok(found)
}

/// Whether an address is not one of the public internet: loopback, private, link-local, shared, documentation,
/// benchmarking, multicast, reserved, and IPv6 forms that carry such an IPv4 address.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    a == 0
        || a == 127
        || a >= 224
        || address.is_private()
        || address.is_link_local()
        || (a == 100 && (b & 0xc0) == 64)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b & 0xfe) == 18)
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_private_v4(mapped);
    }
    let embedded = |high: usize| {
        let segments = address.segments();
        let word = |at: usize| segments.get(at).copied().unwrap_or(0).to_be_bytes();
        let ([a, b], [c, d]) = (word(high), word(high + 1));
        Ipv4Addr::new(a, b, c, d)
    };
    match first {
        // 64:ff9b::/96 carries IPv4 at the end; 64:ff9b:1::/48 is for local use.
        0x64 if second == 0xff9b => address.segments()[2] != 0 || is_private_v4(embedded(6)),
        // 6to4 carries IPv4 after the prefix.
        0x2002 => is_private_v4(embedded(1)),
        // Teredo and the rest of 2001::/23, documentation.
        0x2001 => second < 0x200 || second == 0x0db8,
        0x3fff => second < 0x1000,
        // Global unicast is 2000::/3; everything else is local, multicast, or not assigned.
        _ => first & 0xe000 != 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_in_every_disguise() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "203.0.113.9",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "::7f00:1",
        ] {
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::"] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused() {
        let resolver = GuardedResolver::new(Guard::PublicOnly);
        assert!(resolver.resolve("localhost".parse().unwrap()).await.is_err());
        let literal = Url::parse("http://[::ffff:10.0.0.1]/x").unwrap();
        assert!(Guard::PublicOnly.check_literal(&literal).is_err());
    }
}
