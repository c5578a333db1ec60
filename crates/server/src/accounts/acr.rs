//! Authentication Context Class References (OpenID Connect Core §2, `acr`): what a login at the built-in pages is worth,
//! in a word that clients can ask for with `acr_values` and that ID tokens report.
//!
//! Core §2 wants an absolute URI or a name of RFC 6711's registry. The registry has levels of assurance about identities,
//! which nobody checks here, and the bare numbers of ISO/IEC 29115 claim such a level as well. SAML's class for "a
//! password over a protected connection" says just what happened, and is what other providers and applications know.

/// A password, sent over a protected connection (SAML 2.0 Authentication Context §3.4).
pub const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

/// What a login at the built-in pages can be worth (`acr_values_supported`, OpenID Connect Discovery §3).
pub const SUPPORTED: [&str; 1] = [PASSWORD];

/// Which of the requested values a login with a password satisfies (`acr_values`, the most wanted first: OpenID Connect
/// Core §3.1.2.1), and [`PASSWORD`] when none was requested. `None` says that only others were requested. The claim is
/// voluntary, so such a login may go on; it reports [`PASSWORD`], which is the truth.
pub fn satisfied_by_password<S: AsRef<str>>(requested: &[S]) -> Option<&'static str> {
    let wanted = requested.is_empty() || requested.iter().any(|value| value.as_ref() == PASSWORD);
    wanted.then_some(PASSWORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_satisfies_its_own_class_and_no_other() {
        assert_eq!(satisfied_by_password::<&str>(&[]), Some(PASSWORD));
        assert_eq!(satisfied_by_password(&["phr", PASSWORD]), Some(PASSWORD));
        assert_eq!(satisfied_by_password(&["1", "2"]), None);
        assert_eq!(satisfied_by_password(&["PasswordProtectedTransport"]), None);
    }
}
