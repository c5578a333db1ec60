//! Authentication Context Class References (OpenID Connect Core §2, `acr`): what a login at the built-in pages is worth,
//! in a word that clients can ask for with `acr_values` and that ID tokens report. There is one class so far, so that a
//! request for another one, which is voluntary (§3.1.2.1), gets this one.
//!
//! Core §2 wants an absolute URI or a name of RFC 6711's registry. The registry has levels of assurance about identities,
//! which nobody checks here, and the bare numbers of ISO/IEC 29115 claim such a level as well. SAML's class for "a
//! password over a protected connection" says just what happened, and is what other providers and applications know.

/// A password, sent over a protected connection (SAML 2.0 Authentication Context §3.4).
pub const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

/// What a login at the built-in pages can be worth (`acr_values_supported`, OpenID Connect Discovery §3).
pub const SUPPORTED: [&str; 1] = [PASSWORD];
