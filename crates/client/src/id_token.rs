//! Whether an ID token may be believed (`OpenID` Connect Core 1.0 §3.1.3.7), apart from its signature.
//!
//! [`check`] is a pure function from verified claims and what the client expects to [`IdTokenClaims`]; every rule names
//! its own [`IdTokenFault`]. Signatures and keys are [`crate::keys`]' part.

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::{JwsError, Verified, digest, half_hash, numeric_date};

/// How far the provider's clock may be off, in seconds.
pub(crate) const LEEWAY_SECONDS: i64 = 60;

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
            Self::Subject => formatter.write_str("'sub' changed with the refresh"),
        }
    }
}

/// The claims of an ID token that was checked.
#[derive(Debug, Clone, PartialEq)]
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

/// What the client knows and the token must agree with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expectations<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    /// The nonce of the request; `None` after a refresh, where none is promised (§12.2).
    pub(crate) nonce: Option<&'a str>,
    pub(crate) max_age_seconds: Option<i64>,
    pub(crate) access_token: &'a str,
    pub(crate) now: i64,
}

/// Applies the rules of §3.1.3.7 to claims whose signature was checked.
pub(crate) fn check(token: Verified, expected: &Expectations<'_>) -> Result<IdTokenClaims, IdTokenFault> {
    let Verified { claims, header } = token;
    if let Some(typ) = header.typ.filter(|typ| !typ.eq_ignore_ascii_case("jwt")) {
        return Err(IdTokenFault::Type(typ));
    }
    let issuer = text(&claims, "iss")?;
    if issuer != expected.issuer {
        return Err(IdTokenFault::Issuer(issuer.to_owned()));
    }
    let subject = text(&claims, "sub")?;
    check_audience(&claims, expected.client_id)?;
    let (expires_at, issued_at) = (seconds(&claims, "exp")?, seconds(&claims, "iat")?);
    if expires_at + LEEWAY_SECONDS <= expected.now {
        return Err(IdTokenFault::Expired);
    }
    let not_before = if claims.contains_key("nbf") { seconds(&claims, "nbf")? } else { issued_at };
    if issued_at.max(not_before) > expected.now + LEEWAY_SECONDS {
        return Err(IdTokenFault::NotYetValid);
    }
    if let Some(nonce) = expected.nonce {
        let found = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
        if !digest::constant_time_eq(found.as_bytes(), nonce.as_bytes()) {
            return Err(IdTokenFault::Nonce);
        }
    }
    let authenticated_at = if claims.contains_key("auth_time") { Some(seconds(&claims, "auth_time")?) } else { None };
    if let Some(limit) = expected.max_age_seconds {
        let recent = authenticated_at.is_some_and(|at| at + limit + LEEWAY_SECONDS >= expected.now);
        if !recent {
            return Err(IdTokenFault::AuthenticationAge);
        }
    }
    // Optional in the code flow, but a wrong one is a mixed-up answer (§3.1.3.8).
    if claims.contains_key("at_hash") && text(&claims, "at_hash")? != half_hash(header.alg, expected.access_token) {
        return Err(IdTokenFault::AccessTokenHash);
    }
    Ok(IdTokenClaims {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        expires_at,
        issued_at,
        authenticated_at,
        all: claims,
    })
}

/// §3.1.3.7 points 3 to 5: the client is among the audience, and if others are too it is also the authorized party.
pub(crate) fn check_audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), IdTokenFault> {
    let names = |value: &Value| value.as_str() == Some(client_id);
    let (includes_client, is_only_one) = match claims.get("aud") {
        Some(Value::Array(list)) => (list.iter().any(names), list.len() == 1),
        Some(single) => (names(single), true),
        None => return Err(IdTokenFault::Claim("aud")),
    };
    let authorized_party = claims.get("azp").map(names);
    if includes_client && authorized_party.unwrap_or(is_only_one) { Ok(()) } else { Err(IdTokenFault::Audience) }
}

pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, IdTokenFault> {
    let value = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.ok_or(IdTokenFault::Claim(name))
}

/// A claim that is a `NumericDate` (RFC 7519 §2), in whole seconds. Some providers write fractions or exponents.
pub(crate) fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<i64, IdTokenFault> {
    claims.get(name).and_then(numeric_date).ok_or(IdTokenFault::Claim(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey};

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
        let jws = key().sign(Some(typ), claims).unwrap();
        let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
        let expected = Expectations {
            issuer: "https://as.example",
            client_id: "app",
            nonce: Some("n"),
            max_age_seconds: Some(60),
            access_token: "at",
            now: NOW,
        };
        check(Jws::parse(&jws).unwrap().verify(&public).unwrap(), &expected)
    }

    #[test]
    fn good_token_gives_its_claims() {
        let claims = verdict("JWT", &good()).unwrap();
        assert_eq!((claims.subject.as_str(), claims.authenticated_at), ("alice", Some(NOW - 10)));
    }

    #[test]
    fn each_rule_names_its_fault() {
        let cases: [(&str, Value, IdTokenFault); 19] = [
            ("iss", json!("https://as.example/"), IdTokenFault::Issuer("https://as.example/".into())),
            ("iss", Value::Null, IdTokenFault::Claim("iss")),
            ("sub", json!(""), IdTokenFault::Claim("sub")),
            ("sub", json!(7), IdTokenFault::Claim("sub")),
            ("aud", json!("other"), IdTokenFault::Audience),
            ("aud", json!([]), IdTokenFault::Audience),
            ("aud", json!(["app", "other"]), IdTokenFault::Audience),
            ("azp", json!("other"), IdTokenFault::Audience),
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
            for value in
                [json!("1800000000"), json!(true), json!(null), json!([NOW]), json!(-1), json!(-0.5), json!(1e300)]
            {
                let mut claims = good();
                claims.insert(name.into(), value.clone());
                assert_eq!(verdict("JWT", &claims), Err(IdTokenFault::Claim(name)), "{name} = {value}");
            }
        }
    }
}
