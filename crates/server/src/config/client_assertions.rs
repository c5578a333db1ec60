//! `symbolon.client_assertions.*`: what an assertion must be with which a client authenticates (RFC 7523 §2.2). Spans are in
//! seconds.

use super::keys::Kind::{Lifetime, Switch};
use super::keys::Preset::Value;
use super::keys::Standing::Added;
use super::section::section;

section! {
    /// Assertions with which clients authenticate. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct ClientAssertions {
        /// Takes assertions whose `aud` is the token endpoint; switched off, only those for the issuer.
        accept_endpoint_audience: bool = "symbolon.client_assertions.accept_endpoint_audience", Switch, Value("true"),
            Added;
        /// How long an assertion may live, at most 24h; some libraries make them for an hour.
        longest_lifetime_seconds: i64 = "symbolon.client_assertions.longest_lifetime", Lifetime, Value("1h"), Added;
    }
}
