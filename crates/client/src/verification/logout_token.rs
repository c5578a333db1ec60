//! Whether a logout token may be believed (`OpenID` Connect Back-Channel Logout 1.0 §2.6).

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::JwsError;

use super::claims::{optional_seconds, present, seconds, text};
use super::id_token::{IdTokenFault, check_audience};
use super::rules::VerificationRules;
use super::signature::SignedToken;
use crate::client::Client;
use crate::encryption::{EncryptedContent, EncryptionFault};
use crate::error::Error;

/// The member of `events` that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a token without `exp` may be, in seconds: some providers write none.
const LONGEST_AGE_SECONDS: i64 = 300;

/// Why a logout token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutTokenFault {
    /// It cannot be decrypted, or is not encrypted though it must be.
    Encryption(EncryptionFault),
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `typ` of the header says that it is something else.
    Type(String),
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer(String),
    /// `aud` does not name this client.
    Audience,
    /// `exp` has passed, or without it `iat` is too long ago.
    Expired,
    /// `iat` or `nbf` lies in the future.
    NotYetValid,
    /// `events` does not say that it is a logout token.
    Event,
    /// It names neither a user (`sub`) nor a session (`sid`).
    Nobody,
    /// It has a `nonce`: it is an ID token.
    Nonce,
}

impl fmt::Display for LogoutTokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encryption(fault) => fault.fmt(formatter),
            Self::Signature(error) => error.fmt(formatter),
            Self::Type(typ) => write!(formatter, "its header says 'typ': '{typ}'"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer(found) => write!(formatter, "'iss' is '{found}'"),
            Self::Audience => formatter.write_str("'aud' does not name this client"),
            Self::Expired => formatter.write_str("'exp' has passed, or it is too old"),
            Self::NotYetValid => formatter.write_str("'iat' or 'nbf' lies in the future"),
            Self::Event => formatter.write_str("'events' does not say that it is a logout token"),
            Self::Nobody => formatter.write_str("it has neither 'sub' nor 'sid'"),
            Self::Nonce => formatter.write_str("it has a 'nonce', as only ID tokens have"),
        }
    }
}

impl std::error::Error for LogoutTokenFault {}

/// The same rules have the same names.
impl From<IdTokenFault> for LogoutTokenFault {
    fn from(fault: IdTokenFault) -> Self {
        match fault {
            IdTokenFault::Claim(name) => Self::Claim(name),
            _ => Self::Audience,
        }
    }
}

/// A logout token that was checked: who is to be logged out.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct LogoutToken {
    /// `iss`: the provider
    pub issuer: String,
    /// `sub`: the user; without a session, all sessions of the user end
    pub subject: Option<String>,
    /// `sid`: the session, as in the ID token of its login
    pub session_id: Option<String>,
    /// `jti`: whoever wants to notice a token that comes twice remembers it
    pub token_id: String,
    /// `iat`, Unix seconds
    pub issued_at: i64,
    /// All claims, including those above.
    pub all: Map<String, Value>,
}

impl fmt::Debug for LogoutToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LogoutToken").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Client {
    /// Checks a logout token, the form parameter `logout_token` that a provider sends to the registered
    /// `backchannel_logout_uri` (`OpenID` Connect Back-Channel Logout 1.0 §2.5).
    ///
    /// Whoever answers such a request ends the sessions that match, and answers 200; 400 for a token that must not be
    /// believed (§2.8).
    ///
    /// # Errors
    /// [`Error::LogoutToken`] for a token that must not be believed; anything else means that the provider's keys could not
    /// be had.
    pub async fn verify_logout_token(&self, raw: &str) -> Result<LogoutToken, Error> {
        let client_id = self.registered_id()?;
        let opened = self.opened(raw, EncryptedContent::LogoutTokens).map_err(LogoutTokenFault::Encryption)?;
        let signed = self.signed_for_client(&opened).await?.map_err(LogoutTokenFault::Signature)?;
        Ok(check(signed, (self.issuer(), client_id), self.rules(), self.inner().clock.now())?)
    }
}

/// Applies the rules of §2.6 to claims whose signature was checked.
fn check(
    token: SignedToken,
    (issuer, client_id): (&str, &str),
    rules: &VerificationRules,
    now: i64,
) -> Result<LogoutToken, LogoutTokenFault> {
    let SignedToken { claims, typ, .. } = token;
    // Older providers write `JWT` or nothing.
    let known = |typ: &str| {
        matches!(&*typ.to_ascii_lowercase(), "jwt" | "application/jwt" | "logout+jwt" | "application/logout+jwt")
    };
    if let Some(typ) = typ.filter(|typ| !known(typ)) {
        return Err(LogoutTokenFault::Type(typ));
    }
    let found = text(&claims, "iss")?;
    if !rules.issuer.accepts(issuer, found, &claims) {
        return Err(LogoutTokenFault::Issuer(found.to_owned()));
    }
    let several = VerificationRules { audiences: rules.audiences.clone(), ..VerificationRules::default() };
    check_audience(&claims, client_id, &several)?;
    let issued_at = seconds(&claims, "iat")?;
    let leeway = rules.leeway_seconds;
    let until = optional_seconds(&claims, "exp")?.unwrap_or(issued_at.saturating_add(LONGEST_AGE_SECONDS));
    if until.saturating_add(leeway) <= now {
        return Err(LogoutTokenFault::Expired);
    }
    let begins = optional_seconds(&claims, "nbf")?.unwrap_or(issued_at).max(issued_at);
    if begins > now.saturating_add(leeway) {
        return Err(LogoutTokenFault::NotYetValid);
    }
    if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
        return Err(LogoutTokenFault::Event);
    }
    if claims.contains_key("nonce") {
        return Err(LogoutTokenFault::Nonce);
    }
    let optional = |name: &'static str| match present(&claims, name) {
        None => Ok(None),
        Some(_) => text(&claims, name).map(|text| Some(text.to_owned())),
    };
    let (subject, session_id) = (optional("sub")?, optional("sid")?);
    if subject.is_none() && session_id.is_none() {
        return Err(LogoutTokenFault::Nobody);
    }
    let token_id = text(&claims, "jti")?.to_owned();
    Ok(LogoutToken { issuer: found.to_owned(), subject, session_id, token_id, issued_at, all: claims })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn good() -> Map<String, Value> {
        let claims = json!({
            "iss": "https://as.example", "sub": "alice", "sid": "s-1", "aud": "app", "iat": NOW, "exp": NOW + 120,
            "jti": "j-1", "events": { EVENT: {} },
        });
        claims.as_object().unwrap().clone()
    }

    fn verdict(typ: Option<&str>, claims: &Map<String, Value>) -> Result<LogoutToken, LogoutTokenFault> {
        static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
        let key = KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "k".into()).unwrap());
        let jws = key.sign(typ, claims).unwrap();
        let public = VerifyingKey::from_jwk(&key.public_jwk()).unwrap();
        let signed = Jws::parse(&jws).unwrap().verify(&public).unwrap().into();
        check(signed, ("https://as.example", "app"), &VerificationRules::default(), NOW)
    }

    #[test]
    fn good_token_names_user_and_session() {
        for typ in [None, Some("JWT"), Some("logout+jwt"), Some("application/logout+jwt")] {
            let token = verdict(typ, &good()).unwrap();
            assert_eq!((token.subject.as_deref(), token.session_id.as_deref()), (Some("alice"), Some("s-1")));
        }
        let mut without = good();
        without.remove("exp");
        assert!(verdict(None, &without).is_ok());
        without.insert("iat".into(), json!(NOW - 361));
        assert_eq!(verdict(None, &without), Err(LogoutTokenFault::Expired));
    }

    #[test]
    fn each_rule_names_its_fault() {
        use LogoutTokenFault::{Audience, Claim, Event, Expired, Issuer, Nonce, NotYetValid, Type};
        let cases = [
            ("iss", json!("https://as.example/"), Issuer("https://as.example/".into())),
            ("iss", Value::Null, Claim("iss")),
            ("aud", json!("other"), Audience),
            ("aud", Value::Null, Claim("aud")),
            ("iat", Value::Null, Claim("iat")),
            ("iat", json!(NOW + 61), NotYetValid),
            ("exp", json!(NOW - 60), Expired),
            ("exp", json!("x"), Claim("exp")),
            ("jti", Value::Null, Claim("jti")),
            ("jti", json!(7), Claim("jti")),
            ("sub", json!(7), Claim("sub")),
            ("sid", json!(""), Claim("sid")),
            ("events", Value::Null, Event),
            ("events", json!({}), Event),
            ("events", json!({ EVENT: true }), Event),
            ("events", json!([EVENT]), Event),
            ("nonce", json!("n"), Nonce),
            ("nonce", Value::Null, Nonce),
        ];
        for (name, value, fault) in cases {
            let mut claims = good();
            claims.insert(name.into(), value.clone());
            assert_eq!(verdict(None, &claims), Err(fault), "{name} = {value}");
        }
        let mut nobody = good();
        nobody.remove("sub");
        assert!(verdict(None, &nobody).is_ok());
        nobody.remove("sid");
        assert_eq!(verdict(None, &nobody), Err(LogoutTokenFault::Nobody));
        assert_eq!(verdict(Some("at+jwt"), &good()), Err(Type("at+jwt".into())));
    }
}
