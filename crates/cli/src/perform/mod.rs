//! `symbolon perform`: acts as an OAuth client, to see whether a registration works and what tokens come out.

pub(crate) mod authorization_code;
mod browser;
mod callback;
