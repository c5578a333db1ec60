//! Hostile input for Symbolon, server and client. A fuzz target takes any bytes, hands them to one parser of what
//! strangers send, and panics when the parser does, or when what it says about the bytes cannot be true. [`TARGETS`] names
//! all of them: the tests of this crate run each for some seconds with [`Mutator`], and `fuzz/` at the top of the
//! repository runs them for hours under libFuzzer, which looks for new paths by itself.

mod mutator;
pub mod soak;
pub mod targets;

pub use mutator::Mutator;

/// One parser of untrusted bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, that of the program in `fuzz/`.
    pub name: &'static str,
    /// Runs it once; panics when it finds a fault.
    pub run: fn(&[u8]),
    /// Bytes that are good, or nearly so, from which others are made.
    pub seeds: &'static [&'static str],
}

/// All targets.
pub const TARGETS: &[Target] = &[
    targets::values::REDIRECT_URI,
    targets::values::COMPACT_QUERY,
    targets::values::SCOPE,
    targets::values::CLAIMS_REQUEST,
    targets::values::WORDS,
    targets::values::USER_CODE,
    targets::values::USERNAME,
    targets::values::ORIGIN,
    targets::metadata::CLIENT_METADATA,
    targets::metadata::PAGE_ANSWER,
    targets::metadata::CLIENT_PATCH,
    targets::metadata::HOOK_ANSWER,
    targets::metadata::CONTROL_CHARACTERS,
    targets::jose::JWS,
    targets::jose::JWE,
    targets::jose::JWK_SET,
    targets::jose::PUBLISHED_KEYS,
    targets::jose::SEALED,
    targets::jose::IMPORTED_KEY,
    targets::jose::ASSERTION,
    targets::server::PARAMETERS,
    targets::server::REQUEST_OBJECT,
    targets::server::CLIENT_CREDENTIALS,
    targets::server::HEADERS,
    targets::server::SEALED_CONTENT,
    targets::holders::DPOP_PROOF,
    targets::holders::FORWARDED_CERTIFICATE,
    targets::client::DISCOVERY_DOCUMENT,
    targets::client::KEY_SET,
    targets::client::REGISTRATION_ANSWER,
    targets::client::CLIENT_LIST,
    targets::client::TOKEN_ANSWER,
    targets::client::ID_TOKEN,
    targets::client::ID_TOKEN_CLAIMS,
    targets::client::LOGOUT_TOKEN_CLAIMS,
    targets::client::USER_INFO,
    targets::client::INTROSPECTION_ANSWER,
    targets::client::DEVICE_ANSWER,
    targets::client::BACKCHANNEL_ANSWER,
    targets::client::EXCHANGE_ANSWER,
    targets::client::CALLBACK,
    targets::client::REFUSAL,
    targets::client::PENDING_AUTHORIZATION,
    targets::client::TOKEN_SET,
    targets::client::SIGNED_RESPONSE,
    targets::client::DPOP_ANSWER,
    targets::client::PUSHED_ANSWER,
    targets::client::API_REQUEST,
    targets::client::LOGIN_REQUEST,
    targets::client::BACKCHANNEL_NOTIFICATION,
];
