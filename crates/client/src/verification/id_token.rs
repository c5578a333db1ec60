//! Whether an ID token may be believed (`OpenID` Connect Core 1.0 §3.1.3.7), apart from its signature.
//!
//! [`check`] is a pure function from verified claims and what the client expects to [`IdTokenClaims`]; every rule names
//! its own [`IdTokenFault`].

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_jose::{JwsError, digest};

use super::claims::{optional_seconds, present, seconds, text};
use super::rules::{AuthorizedParty, VerificationRules};
use super::signature::SignedToken;
use crate::client::Client;
use crate::encryption::{EncryptedContent, EncryptionFault};
use crate::error::Error;
use crate::token::IdToken;

/// Why an ID token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdTokenFault {
    /// There is none, though the scope `openid` was asked for.
    Missing,
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `typ` of the header says that it is something else, such as a logout token (RFC 8725 §3.11).
    Type(String),
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer(String),
    /// `aud` does not contain the client, or names others without `azp` naming the client.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `iat` or `nbf` lies in the future.
    NotYetValid,
    /// `nonce` is not that of the authorization request.
    Nonce,
    /// `auth_time` is absent or too old for the `max_age` of the request.
    AuthenticationAge,
    /// `at_hash` belongs to another access token.
    AccessTokenHash,
    /// It cannot be decrypted, or is not encrypted though it must be.
    Encryption(EncryptionFault),
    /// `acr` is none of the authentication contexts that were demanded (§5.5.1.1).
    AuthenticationContext,
    /// CIBA: it names another request (§10.3.1 there).
    AuthenticationRequest,
    /// CIBA: it belongs to another refresh token (§10.3.1 there).
    RefreshTokenHash,
    /// After a refresh: the subject is not that of the first ID token (§12.2).
    Subject,
}

impl fmt::Display for IdTokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the answer has none, though 'openid' was requested"),
            Self::Signature(error) => error.fmt(formatter),
            Self::Type(typ) => write!(formatter, "its header says 'typ': '{typ}'"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer(found) => write!(formatter, "'iss' is '{found}'"),
            Self::Audience => formatter.write_str("'aud' and 'azp' do not name this client"),
            Self::Expired => formatter.write_str("'exp' has passed"),
            Self::NotYetValid => formatter.write_str("'iat' or 'nbf' lies in the future"),
            Self::Nonce => formatter.write_str("'nonce' is not that of the authorization request"),
            Self::AuthenticationAge => formatter.write_str("'auth_time' is missing or older than 'max_age' allows"),
            Self::AccessTokenHash => formatter.write_str("'at_hash' belongs to another access token"),
            Self::Encryption(fault) => fault.fmt(formatter),
            Self::AuthenticationContext => formatter.write_str("'acr' is none of the contexts that were demanded"),
            Self::AuthenticationRequest => formatter.write_str("it belongs to another authentication request"),
            Self::RefreshTokenHash => formatter.write_str("it belongs to another refresh token"),
            Self::Subject => formatter.write_str("'sub' changed with the refresh"),
        }
    }
}

impl std::error::Error for IdTokenFault {}

/// The claims of an ID token that was checked. `Debug` shows none of them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdTokenClaims {
    /// `iss`: the provider
    pub issuer: String,
    /// `sub`: the user, unique at this provider and never reused
    pub subject: String,
    /// `exp`, Unix seconds
    pub expires_at: i64,
    /// `iat`, Unix seconds
    pub issued_at: i64,
    /// `auth_time`: when the user last proved who they are, Unix seconds
    pub authenticated_at: Option<i64>,
    /// All claims, including those above.
    pub all: Map<String, Value>,
}

impl IdTokenClaims {
    /// `acr`: the authentication context that was reached, in the provider's words.
    pub fn authentication_context(&self) -> Option<&str> {
        self.all.get("acr").and_then(Value::as_str)
    }

    /// `amr`: how the user proved who they are (RFC 8176), such as `pwd`, `otp`, `hwk`.
    pub fn authentication_methods(&self) -> Vec<&str> {
        self.all.get("amr").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

impl fmt::Debug for IdTokenClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IdTokenClaims").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What the client knows and the token must agree with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expectations<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) rules: &'a VerificationRules,
    /// The nonce of the request; `None` where there was none.
    pub(crate) nonce: Option<&'a str>,
    pub(crate) max_age_seconds: Option<i64>,
    /// The authentication contexts of which `acr` must be one; empty where any will do.
    pub(crate) contexts: &'a [String],
    /// The access token that came with it.
    pub(crate) access_token: Option<&'a str>,
    /// After a refresh: the ID token of the login, as far as it is known (§12.2).
    pub(crate) previous: Option<&'a IdTokenClaims>,
    pub(crate) now: i64,
}

impl Client {
    /// Checks an ID token that did not come from the token endpoint of this client: from a phone's own login, from another
    /// program, from a store. `nonce` is the one that the request had; without one, whoever stole the token can present it
    /// again until it expires.
    ///
    /// # Errors
    /// [`Error::IdToken`] for a token that must not be believed; anything else means that the provider's keys could not be
    /// had, and says nothing about the token.
    pub async fn verify_id_token(&self, raw: &str, nonce: Option<&str>) -> Result<IdToken, Error> {
        let expected = Expectations { nonce, ..self.expectations()? };
        self.checked_id_token(raw, &expected).await
    }

    /// What every ID token of this client has to agree with.
    pub(crate) fn expectations(&self) -> Result<Expectations<'_>, Error> {
        Ok(Expectations {
            issuer: self.issuer(),
            client_id: self.registered_id()?,
            rules: self.rules(),
            nonce: None,
            max_age_seconds: None,
            contexts: &[],
            access_token: None,
            previous: None,
            now: self.inner().clock.now(),
        })
    }

    pub(crate) async fn checked_id_token(&self, raw: &str, expected: &Expectations<'_>) -> Result<IdToken, Error> {
        let opened = self.opened_id_token(raw)?;
        let claims = check(self.signed_id_token(&opened).await?, expected)?;
        // What is given back at logout is the signed token (§3.1.2.1).
        Ok(IdToken { raw: opened.into_owned().into(), claims })
    }

    /// The signed token inside one that is encrypted.
    pub(crate) fn opened_id_token<'a>(&self, raw: &'a str) -> Result<Cow<'a, str>, IdTokenFault> {
        self.opened(raw, EncryptedContent::IdTokens).map_err(IdTokenFault::Encryption)
    }

    pub(crate) async fn signed_id_token(&self, opened: &str) -> Result<SignedToken, Error> {
        Ok(self.signed_for_client(opened).await?.map_err(IdTokenFault::Signature)?)
    }
}

/// Applies the rules of §3.1.3.7 to claims whose signature was checked.
pub(crate) fn check(token: SignedToken, expected: &Expectations<'_>) -> Result<IdTokenClaims, IdTokenFault> {
    let rules = expected.rules;
    check_type(token.typ.as_deref(), rules)?;
    let claims = &token.claims;
    let issuer = text(claims, "iss")?;
    if !rules.issuer.accepts(expected.issuer, issuer, claims) {
        return Err(IdTokenFault::Issuer(issuer.to_owned()));
    }
    let subject = text(claims, "sub")?;
    check_audience(claims, expected.client_id, rules)?;
    let (expires_at, issued_at) = check_times(claims, rules.leeway_seconds, expected.now)?;
    check_nonce(claims, expected)?;
    let authenticated_at = optional_seconds(claims, "auth_time")?;
    if let Some(limit) = expected.max_age_seconds {
        let until = |at: i64| at.saturating_add(limit).saturating_add(rules.leeway_seconds);
        if authenticated_at.is_none_or(|at| until(at) < expected.now) {
            return Err(IdTokenFault::AuthenticationAge);
        }
    }
    let reached = |context: &str| expected.contexts.iter().any(|demanded| demanded == context);
    if !expected.contexts.is_empty() && !claims.get("acr").and_then(Value::as_str).is_some_and(reached) {
        return Err(IdTokenFault::AuthenticationContext);
    }
    // Optional in the code flow, but a wrong one is a mixed-up answer (§3.1.3.8).
    if let (Some(_), Some(access_token)) = (present(claims, "at_hash"), expected.access_token)
        && text(claims, "at_hash")? != token.half_hash(access_token)
    {
        return Err(IdTokenFault::AccessTokenHash);
    }
    if expected.previous.is_some_and(|previous| previous.subject != subject) {
        return Err(IdTokenFault::Subject);
    }
    Ok(IdTokenClaims {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        expires_at,
        issued_at,
        authenticated_at,
        all: token.claims,
    })
}

/// RFC 8725 §3.11: another type is another kind of token. `application/` may be written or left out (RFC 7515 §4.1.9).
pub(crate) fn check_type(typ: Option<&str>, rules: &VerificationRules) -> Result<(), IdTokenFault> {
    let plain = typ.is_none_or(|typ| matches!(&*typ.to_ascii_lowercase(), "jwt" | "application/jwt"));
    if plain || rules.any_type { Ok(()) } else { Err(IdTokenFault::Type(typ.unwrap_or_default().to_owned())) }
}

/// `exp` and `iat`, after it was made sure that now lies between them.
fn check_times(claims: &Map<String, Value>, leeway: i64, now: i64) -> Result<(i64, i64), IdTokenFault> {
    let (expires_at, issued_at) = (seconds(claims, "exp")?, seconds(claims, "iat")?);
    if expires_at.saturating_add(leeway) <= now {
        return Err(IdTokenFault::Expired);
    }
    let not_before = optional_seconds(claims, "nbf")?.unwrap_or(issued_at);
    if issued_at.max(not_before) > now.saturating_add(leeway) {
        return Err(IdTokenFault::NotYetValid);
    }
    Ok((expires_at, issued_at))
}

/// The nonce of the request, or after a refresh that of the login if there is one again (§12.2).
fn check_nonce(claims: &Map<String, Value>, expected: &Expectations<'_>) -> Result<(), IdTokenFault> {
    let found = claims.get("nonce").and_then(Value::as_str);
    if present(claims, "nonce").is_none() && expected.rules.missing_nonce {
        return Ok(());
    }
    let wanted = match (expected.nonce, expected.previous) {
        (Some(nonce), _) => Some(nonce),
        (None, Some(previous)) if present(claims, "nonce").is_some() => {
            Some(previous.all.get("nonce").and_then(Value::as_str).unwrap_or_default())
        }
        _ => None,
    };
    let same =
        wanted.is_none_or(|nonce| digest::constant_time_eq(found.unwrap_or_default().as_bytes(), nonce.as_bytes()));
    if same { Ok(()) } else { Err(IdTokenFault::Nonce) }
}

/// §3.1.3.7 points 3 to 5: the client is among the audience, and whoever else is there is trusted, or the client is named
/// as the authorized party.
pub(crate) fn check_audience(
    claims: &Map<String, Value>,
    client_id: &str,
    rules: &VerificationRules,
) -> Result<(), IdTokenFault> {
    let ours = |name: &str| name == client_id || rules.audiences.iter().any(|audience| audience == name);
    let names: Vec<&str> = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().map(|one| one.as_str().unwrap_or_default()).collect(),
        Some(Value::String(single)) => vec![single],
        _ => return Err(IdTokenFault::Claim("aud")),
    };
    let authorized_party = present(claims, "azp").map(|value| value.as_str().is_some_and(ours));
    let is_party = match rules.authorized_party {
        AuthorizedParty::Always => authorized_party.unwrap_or_else(|| names.iter().all(|name| ours(name))),
        AuthorizedParty::AmongSeveral => names.iter().all(|name| ours(name)) || authorized_party.unwrap_or(false),
    };
    if names.iter().any(|name| ours(name)) && is_party { Ok(()) } else { Err(IdTokenFault::Audience) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey, half_hash};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn key() -> &'static SigningKey {
        static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
        KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "k".into()).unwrap())
    }

    fn good() -> Map<String, Value> {
        let at_hash = half_hash(Algorithm::ES256, "at");
        let claims = json!({
            "iss": "https://as.example", "sub": "alice", "aud": ["app"], "exp": NOW + 60, "iat": NOW,
            "nonce": "n", "auth_time": NOW - 10, "at_hash": at_hash,
        });
        claims.as_object().unwrap().clone()
    }

    fn verdict(typ: &str, claims: &Map<String, Value>) -> Result<IdTokenClaims, IdTokenFault> {
        verdict_by(&VerificationRules::default(), typ, claims)
    }

    fn verdict_by(
        rules: &VerificationRules,
        typ: &str,
        claims: &Map<String, Value>,
    ) -> Result<IdTokenClaims, IdTokenFault> {
        let jws = key().sign(Some(typ), claims).unwrap();
        let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
        let expected = Expectations {
            issuer: "https://as.example",
            client_id: "app",
            rules,
            nonce: Some("n"),
            max_age_seconds: Some(60),
            contexts: &[],
            access_token: Some("at"),
            previous: None,
            now: NOW,
        };
        check(Jws::parse(&jws).unwrap().verify(&public).unwrap().into(), &expected)
    }

    #[test]
    fn good_token_gives_its_claims() {
        let claims = verdict("JWT", &good()).unwrap();
        assert_eq!((claims.subject.as_str(), claims.authenticated_at), ("alice", Some(NOW - 10)));
    }

    #[test]
    fn each_rule_names_its_fault() {
        let cases: [(&str, Value, IdTokenFault); 18] = [
            ("iss", json!("https://as.example/"), IdTokenFault::Issuer("https://as.example/".into())),
            ("iss", Value::Null, IdTokenFault::Claim("iss")),
            ("sub", json!(""), IdTokenFault::Claim("sub")),
            ("sub", json!(7), IdTokenFault::Claim("sub")),
            ("aud", json!("other"), IdTokenFault::Audience),
            ("aud", json!([]), IdTokenFault::Audience),
            ("aud", json!(["app", "other"]), IdTokenFault::Audience),
            ("exp", json!(NOW - 60), IdTokenFault::Expired),
            ("exp", json!("soon"), IdTokenFault::Claim("exp")),
            ("exp", json!(-5), IdTokenFault::Claim("exp")),
            ("exp", json!(1e300), IdTokenFault::Claim("exp")),
            ("iat", json!(NOW + 61), IdTokenFault::NotYetValid),
            ("nbf", json!(NOW + 61), IdTokenFault::NotYetValid),
            ("nonce", json!("m"), IdTokenFault::Nonce),
            ("nonce", Value::Null, IdTokenFault::Nonce),
            ("auth_time", json!(NOW - 121), IdTokenFault::AuthenticationAge),
            ("auth_time", json!("x"), IdTokenFault::Claim("auth_time")),
            ("at_hash", json!("x"), IdTokenFault::AccessTokenHash),
        ];
        for (name, value, fault) in cases {
            let mut claims = good();
            claims.insert(name.into(), value.clone());
            assert_eq!(verdict("JWT", &claims), Err(fault), "{name} = {value}");
        }
        let mut claims = good();
        claims.remove("auth_time");
        assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::AuthenticationAge));
        assert_eq!(verdict("logout+jwt", &good()), Err(IdTokenFault::Type("logout+jwt".into())));
    }

    #[test]
    fn several_audiences_need_the_authorized_party() {
        let mut claims = good();
        claims.insert("aud".into(), json!(["other", "app"]));
        claims.insert("azp".into(), json!("app"));
        assert!(verdict("JWT", &claims).is_ok());
    }

    #[test]
    fn the_authorized_party_counts_among_several_or_where_it_is_required() {
        let mut claims = good();
        claims.insert("azp".into(), json!("android"));
        assert!(verdict("JWT", &claims).is_ok());
        let strict = VerificationRules::default().require_authorized_party();
        assert_eq!(verdict_by(&strict, "JWT", &claims), Err(IdTokenFault::Audience));
        claims.insert("aud".into(), json!(["app", "app"]));
        assert!(verdict("JWT", &claims).is_ok(), "the same audience twice is one");
        claims.insert("aud".into(), json!(["app", "other"]));
        assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Audience));
        claims.remove("azp");
        let trusting = VerificationRules::default().audience("other");
        assert!(verdict_by(&trusting, "JWT", &claims).is_ok());
        claims.insert("aud".into(), json!("other"));
        assert!(verdict_by(&trusting, "JWT", &claims).is_ok());
        assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Audience));
    }

    #[test]
    fn a_nonce_may_be_missing_where_that_is_allowed_and_is_never_another() {
        let rules = VerificationRules::default().allow_missing_nonce();
        let mut claims = good();
        claims.insert("nonce".into(), json!("m"));
        assert_eq!(verdict_by(&rules, "JWT", &claims), Err(IdTokenFault::Nonce));
        claims.remove("nonce");
        assert!(verdict_by(&rules, "JWT", &claims).is_ok());
        assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Nonce));
    }

    #[test]
    fn null_is_no_claim() {
        for name in ["nbf", "azp", "at_hash"] {
            let mut claims = good();
            claims.insert(name.into(), Value::Null);
            assert!(verdict("JWT", &claims).is_ok(), "{name}");
        }
    }

    #[test]
    fn types_are_compared_as_media_types() {
        assert!(verdict("application/jwt", &good()).is_ok());
        assert_eq!(verdict("at+jwt", &good()), Err(IdTokenFault::Type("at+jwt".into())));
        assert!(verdict_by(&VerificationRules::default().allow_any_type(), "own+jwt", &good()).is_ok());
    }

    #[test]
    fn the_longest_age_is_no_overflow() {
        let rules = VerificationRules::default().leeway(std::time::Duration::MAX);
        let jws = key().sign(Some("JWT"), &good()).unwrap();
        let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
        let expected = Expectations {
            issuer: "https://as.example",
            client_id: "app",
            rules: &rules,
            nonce: Some("n"),
            max_age_seconds: Some(i64::MAX),
            contexts: &[],
            access_token: None,
            previous: None,
            now: NOW,
        };
        assert!(check(Jws::parse(&jws).unwrap().verify(&public).unwrap().into(), &expected).is_ok());
    }

    #[test]
    fn dates_with_a_fraction_or_an_exponent_are_read() {
        for (name, value) in [("exp", json!(1.9e9)), ("iat", json!(1_799_999_999.5)), ("auth_time", json!(1.8e9))] {
            let mut claims = good();
            claims.insert(name.into(), value);
            let read = verdict("JWT", &claims).unwrap();
            let expected = match name {
                "exp" => (1_900_000_000, NOW, Some(NOW - 10)),
                "iat" => (NOW + 60, NOW - 1, Some(NOW - 10)),
                _ => (NOW + 60, NOW, Some(NOW)),
            };
            assert_eq!((read.expires_at, read.issued_at, read.authenticated_at), expected, "{name}");
        }
    }

    #[test]
    fn dates_that_are_none_are_refused() {
        for name in ["exp", "iat", "nbf", "auth_time"] {
            for value in [json!("1800000000"), json!(true), json!([NOW]), json!(-1), json!(-0.5), json!(1e300)] {
                let mut claims = good();
                claims.insert(name.into(), value.clone());
                assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Claim(name)), "{name} = {value}");
            }
        }
    }
}
