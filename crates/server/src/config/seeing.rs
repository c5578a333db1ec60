//! `symbolon.audit.*` and `symbolon.access_log.*`: what is written down of decisions and of requests, apart from the log of
//! the program (`log.*`).

use super::keys::Form::Any;
use super::keys::Kind::{Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::Added;
use super::section::section;

section! {
    /// The audit log: one JSON object a line for each decision about security.
    #[derive(Debug, Clone)]
    pub struct Audit {
        /// File to which each decision about security is written as a line of JSON, or `stdout`.
        file: Option<String> = "symbolon.audit.file", Text(Any), Unset, Added;
        /// Gives each line a number and the hash of the line before, so that `symbolon audit verify` finds changes; wants a file.
        chain: bool = "symbolon.audit.chain", Switch, Value("false"), Added;
    }
}

section! {
    /// The access log: one JSON object a line for each request.
    #[derive(Debug, Clone)]
    pub struct AccessLog {
        /// File to which each request is written as a line of JSON, or `stdout`.
        file: Option<String> = "symbolon.access_log.file", Text(Any), Unset, Added;
    }
}
