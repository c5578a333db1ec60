//! `symbolon.limits.*`: how much of what others send is kept, and for how long.

use super::keys::Kind::{Integer, Lifetime};
use super::keys::Preset::Value;
use super::keys::Standing::Added;
use super::section::section;

section! {
    /// Sizes, counts and times that bound what others make this server keep. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Limits {
        /// Most bytes of metadata of a client that registers itself.
        self_registered_metadata_bytes: usize = "symbolon.limits.self_registered_metadata_bytes",
            Integer { least: 4_096, most: 1_048_576 }, Value("32768"), Added;
        /// Most entries of a list in the metadata of a client that registers itself; scopes and keys are lists too.
        self_registered_list_entries: usize = "symbolon.limits.self_registered_list_entries",
            Integer { least: 1, most: 1_000 }, Value("32"), Added;
        /// Most bytes of metadata of a client that an administrator makes.
        administrator_metadata_bytes: usize = "symbolon.limits.administrator_metadata_bytes",
            Integer { least: 4_096, most: 1_048_576 }, Value("262144"), Added;
        /// Most entries of a list in the metadata of a client that an administrator makes.
        administrator_list_entries: usize = "symbolon.limits.administrator_list_entries",
            Integer { least: 1, most: 10_000 }, Value("1000"), Added;
        /// Writes that one self-registered client may cause in a minute, with its tokens and its changes; 0 for no limit.
        self_registered_writes_per_minute: u32 = "symbolon.limits.self_registered_writes_per_minute",
            Integer { least: 0, most: 1_000_000 }, Value("600"), Added;
        /// Secrets that one network may try for one client in a minute and that were not right before; 0 for no limit.
        client_secret_attempts_per_minute: u32 = "symbolon.limits.client_secret_attempts_per_minute",
            Integer { least: 0, most: 1_000_000 }, Value("10"), Added;
        /// Longest lifetime of tokens and remembered consents of self-registered clients, whatever they or `ttl.*` say.
        self_registered_lifespan_seconds: i64 = "symbolon.limits.self_registered_lifespan", Lifetime, Value("8760h"), Added;
        /// Memory in bytes for the clients that are kept at hand.
        client_cache_bytes: u64 = "symbolon.limits.client_cache_bytes",
            Integer { least: 1_048_576, most: 17_179_869_184 }, Value("33554432"), Added;
    }
}
