//! `symbolon perform`: acts as an OAuth client, to see whether a registration works and what tokens come out. [`access`]
//! says who it acts as and where the provider is. It owns the
//! pages on this machine that send a browser away and receive it again (RFC 8252 §7.3); the flow itself, its checks
//! included, is `symbolon-client`'s.

pub(crate) mod access;
pub(crate) mod authorization_code;
pub(crate) mod browser;
pub(crate) mod callback;
pub(crate) mod client_credentials;
pub(crate) mod device_code;
mod shown;
