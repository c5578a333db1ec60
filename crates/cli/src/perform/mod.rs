//! `symbolon perform`: acts as an OAuth client, to see whether a registration works and what tokens come out. It owns the
//! pages on this machine that send a browser away and receive it again (RFC 8252 §7.3); the flow itself, its checks
//! included, is `symbolon-client`'s.

pub(crate) mod authorization_code;
pub(crate) mod browser;
pub(crate) mod callback;
