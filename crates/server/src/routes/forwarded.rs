//! Whose request it is when a proxy brings it. `X-Forwarded-For` is believed from the networks of
//! `symbolon.trusted_proxies` and from nobody else.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};

use http::HeaderMap;
use http::header::HeaderName;

use crate::config::Config;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How a listener takes the word of proxies.
#[derive(Clone, Default)]
pub(super) struct Forwarded {
    /// Where people log in, the operator learns once that a proxy is not trusted.
    warning: Option<Arc<Once>>,
}

impl Forwarded {
    /// Of a listener where people log in.
    pub(super) fn with_warning() -> Self {
        Self { warning: Some(Arc::new(Once::new())) }
    }

    /// The peer, or the last address that a trusted proxy vouches for. Proxies append, some to the line that is there,
    /// some as a line of their own, and some with a port.
    pub(super) fn sender(&self, config: &Config, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |address| is_trusted(config, address);
        if !trusted(peer) && config.symbolon.ui.enabled && headers.contains_key(&FORWARDED_FOR) {
            self.warn(peer);
        }
        sender_of(trusted, peer, headers)
    }

    /// Everybody behind such a proxy is one sender: thirty wrong passwords of one person hold up all others.
    fn warn(&self, peer: IpAddr) {
        let Some(once) = &self.warning else { return };
        once.call_once(|| {
            tracing::warn!(
                %peer,
                "a request has X-Forwarded-For from a peer that is not trusted, so everybody behind it counts as one \
                 when login attempts are limited; if this is your proxy, name its network in symbolon.trusted_proxies"
            );
        });
    }
}

/// Whether a peer is a proxy whose word counts.
pub(super) fn is_trusted(config: &Config, peer: IpAddr) -> bool {
    config.symbolon.trusted_proxies.iter().any(|network| network.contains(peer))
}

/// The peer, or the last address that a trusted proxy vouches for.
pub fn sender_of(trusted: impl Fn(IpAddr) -> bool, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !trusted(peer) {
        return peer;
    }
    // What cannot be read ends the walk where it stands: passed over, it would make an earlier line, which anybody can
    // send, the last.
    let lines: Vec<_> =
        headers.get_all(&FORWARDED_FOR).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let mut address = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim) {
        let named = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
        let Ok(named) = named else { break };
        address = named.to_canonical();
        if !trusted(address) {
            break;
        }
    }
    address
}
