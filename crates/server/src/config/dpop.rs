//! `symbolon.dpop.*`: proofs of possession (RFC 9449).

use super::keys::Form::Word;
use super::keys::Kind::{Switch, Text};
use super::keys::Preset::Value;
use super::keys::Standing::Added;
use super::section::{section, words};

section! {
    /// Proofs of possession (DPoP, RFC 9449).
    #[derive(Debug, Clone)]
    pub struct Dpop {
        /// Demands a nonce of the server's in every proof, so that proofs cannot be made in advance.
        nonce: bool = "symbolon.dpop.nonce", Switch, Value("false"), Added;
        /// Where used proofs are kept: in the database, for all nodes, or in memory, beside the embedded database.
        replay: Replay = "symbolon.dpop.replay", Text(Word(Replay::WORDS)), Value("database"), Added;
    }
}

words! {
    /// Where used proofs are kept.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Replay {
        /// A row each, which counts for all nodes.
        Database = "database";
        /// In the process.
        Memory = "memory";
    }
}
