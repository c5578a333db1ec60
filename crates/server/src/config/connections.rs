//! `symbolon.connections.*`: how many connections are taken and for how long, and how much memory request bodies may
//! hold. Spans are in seconds.

use super::keys::Kind::{Integer, Lifetime};
use super::keys::Preset::{Derived, Value};
use super::keys::Standing::Added;
use super::section::section;

const PLACES: super::keys::Kind = Integer { least: 1, most: 1_000_000 };
const BYTES: super::keys::Kind = Integer { least: 1, most: 1_099_511_627_776 };

section! {
    /// Limits of connections and of request bodies. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Connections {
        /// Most connections of the public listener at once.
        public: Option<usize> = "symbolon.connections.public", PLACES,
            Derived("16384, or what the limit of open files leaves"), Added;
        /// Most connections of the admin listener at once, which the public one cannot take.
        admin: Option<usize> = "symbolon.connections.admin", PLACES,
            Derived("1024, or an eighth of the limit of open files"), Added;
        /// Most connections of an IPv4 address or IPv6 /64 to the public listener, but of trusted proxies; 0 for no limit.
        per_network: usize = "symbolon.connections.per_network", Integer { least: 0, most: 1_000_000 }, Value("512"),
            Added;
        /// How long a connection may take for its first request's head, and a later head from its first byte on.
        request_timeout_seconds: i64 = "symbolon.connections.request_timeout", Lifetime, Value("10s"), Added;
        /// How long a connection stays open without a request; a proxy in front should close sooner.
        idle_timeout_seconds: i64 = "symbolon.connections.idle_timeout", Lifetime, Value("75s"), Added;
        /// How long somebody may leave an answer unread.
        stalled_timeout_seconds: i64 = "symbolon.connections.stalled_timeout", Lifetime, Value("30s"), Added;
        /// How long a request body may take.
        body_timeout_seconds: i64 = "symbolon.connections.body_timeout", Lifetime, Value("20s"), Added;
        /// Most bytes of unfinished request bodies at each listener; a network has a quarter at the public one.
        body_memory_bytes: usize = "symbolon.connections.body_memory", BYTES, Value("33554432"), Added;
    }
}
