//! The address guard: which addresses may be called. It judges what the resolver answers, and the connection is made to
//! exactly those addresses, so a name cannot change its meaning in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use url::{Host, Url};

use super::OutboundError;
use crate::config::Network;

/// Which addresses may be called.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// Where only public ones may: those of these networks may as well.
    besides_public: Option<Arc<[Network]>>,
}

impl Guard {
    /// Any address may be called.
    pub(super) fn anywhere() -> Self {
        Self { besides_public: None }
    }

    /// Public addresses may be called, and those of some networks.
    pub(super) fn public_and(networks: &[Network]) -> Self {
        Self { besides_public: Some(networks.into()) }
    }

    pub(super) fn is_open(&self) -> bool {
        self.besides_public.is_none()
    }

    pub(super) fn allows(&self, address: IpAddr) -> bool {
        let Some(networks) = &self.besides_public else { return true };
        !is_private(address) || networks.iter().any(|network| network.contains(address))
    }

    /// Judges a URL whose host says by itself which address it is. Other names are judged when they are resolved.
    pub(super) fn check_host(&self, url: &Url) -> Result<(), OutboundError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) if is_localhost(name) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(OutboundError("the address has no host".to_owned())),
        };
        let inside =
            || OutboundError("the address is in a network that must not be called for whoever named it".into());
        if self.allows(address) { Ok(()) } else { Err(inside()) }
    }
}

/// RFC 6761 §6.3: these names are always the loopback interface.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is not one of the public internet: loopback, private, link-local, shared, documentation,
/// benchmarking, multicast, reserved, and IPv6 forms that carry such an IPv4 address.
fn is_private(address: IpAddr) -> bool {
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

    #[test]
    fn a_host_that_is_an_address_is_judged_without_asking() {
        let networks = [Network::parse("10.0.0.0/8").unwrap(), Network::parse("::1").unwrap()];
        for (url, public, with_networks) in [
            ("http://[::ffff:10.0.0.1]/x", false, true),
            ("http://10.0.0.1/x", false, true),
            ("http://[::1]/x", false, true),
            ("http://127.1/x", false, false),
            ("http://localhost/x", false, false),
            ("http://a.LOCALHOST./x", false, false),
            ("http://[64:ff9b::a00:1]/x", false, false),
            ("http://1.1.1.1/x", true, true),
            ("http://localhost.example/x", true, true),
        ] {
            let url = Url::parse(url).unwrap();
            assert!(Guard::anywhere().check_host(&url).is_ok());
            assert_eq!(Guard::public_and(&[]).check_host(&url).is_ok(), public, "{url}");
            assert_eq!(Guard::public_and(&networks).check_host(&url).is_ok(), with_networks, "{url}");
        }
    }
}
