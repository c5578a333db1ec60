//! Whether an access token may be believed, as an API asks that was handed one (RFC 9068 §4).
//!
//! For APIs whose authorization server issues JWTs: the signature is checked with the provider's keys, the claims by
//! [`check`], a pure function whose every rule names its own [`AccessTokenFault`]. What a token says of revocation it
//! cannot know: whoever must notice at once asks introspection.

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::{JwsError, numeric_date};

use super::signature::SignedToken;
use crate::client::Client;
use crate::error::Error;
use crate::wire::{AccessToken, Scope};

/// Why an access token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenFault {
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `typ` of the header does not say that it is an access token (RFC 9068 §4).
    Type,
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer,
    /// `aud` does not name this API: the token was issued for another one.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `iat` or `nbf` lies in the future.
    NotYetValid,
    /// It belongs to whoever holds a key (`cnf`), and nothing has proved that here (RFC 9449 §7.2, RFC 8705 §3).
    SenderConstrained,
}

impl fmt::Display for AccessTokenFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(error) => error.fmt(formatter),
            Self::Type => formatter.write_str("its header does not say 'typ': 'at+jwt'"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer => formatter.write_str("'iss' is another authorization server"),
            Self::Audience => formatter.write_str("'aud' does not name this API"),
            Self::Expired => formatter.write_str("'exp' has passed"),
            Self::NotYetValid => formatter.write_str("'iat' or 'nbf' lies in the future"),
            Self::SenderConstrained => formatter.write_str("it is bound to a key, and came without a proof"),
        }
    }
}

impl std::error::Error for AccessTokenFault {}

/// The claims of an access token that was checked.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AccessTokenClaims {
    /// `iss`: the authorization server
    pub issuer: String,
    /// `sub`: the user, or the client where it acts for itself
    pub subject: String,
    /// `client_id`: who asked for the token
    pub client_id: String,
    /// `scope`: what the token is good for; empty without the claim
    pub scope: Scope,
    /// `exp`, Unix seconds
    pub expires_at: i64,
    /// `iat`, Unix seconds
    pub issued_at: i64,
    /// All claims, including those above.
    pub all: Map<String, Value>,
}

impl fmt::Debug for AccessTokenClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessTokenClaims").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Client {
    /// Checks an access token that somebody presents to the API `resource`, its identifier as it stands in `aud`. For
    /// tokens in the form of RFC 9068 that are used as bearer tokens.
    ///
    /// ```no_run
    /// # async fn run(presented: &str) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::{AccessToken, Client};
    ///
    /// let provider = Client::unregistered("http://127.0.0.1:4444").build()?;
    /// let claims = provider.verify_access_token(&AccessToken::from(presented), "https://mcp.example.com/mcp").await?;
    /// println!("{} may {:?}", claims.subject, claims.scope.to_vec());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::AccessToken`] for a token that must not be believed; anything else means that the provider's keys could
    /// not be had, and says nothing about the token.
    pub async fn verify_access_token(&self, token: &AccessToken, resource: &str) -> Result<AccessTokenClaims, Error> {
        let signed = self.signed(token.as_str()).await?.map_err(AccessTokenFault::Signature)?;
        let leeway = self.rules().leeway_seconds;
        Ok(check(signed, self.issuer(), resource, (self.inner().clock.now(), leeway))?)
    }
}

/// Applies the rules of RFC 9068 §4 to claims whose signature was checked.
fn check(
    token: SignedToken,
    issuer: &str,
    resource: &str,
    (now, leeway): (i64, i64),
) -> Result<AccessTokenClaims, AccessTokenFault> {
    let SignedToken { claims, typ, .. } = token;
    // The prefix may be left out (RFC 7515 §4.1.9). An ID token has another type, or none.
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
        return Err(AccessTokenFault::Type);
    }
    if text(&claims, "iss")? != issuer {
        return Err(AccessTokenFault::Issuer);
    }
    if !names(claims.get("aud"), resource)? {
        return Err(AccessTokenFault::Audience);
    }
    let (expires_at, issued_at) = (seconds(&claims, "exp")?, seconds(&claims, "iat")?);
    if expires_at.saturating_add(leeway) <= now {
        return Err(AccessTokenFault::Expired);
    }
    let not_before = if claims.contains_key("nbf") { seconds(&claims, "nbf")? } else { issued_at };
    if issued_at.max(not_before) > now.saturating_add(leeway) {
        return Err(AccessTokenFault::NotYetValid);
    }
    if claims.contains_key("cnf") {
        return Err(AccessTokenFault::SenderConstrained);
    }
    let subject = text(&claims, "sub")?.to_owned();
    let client_id = text(&claims, "client_id")?.to_owned();
    let scope = scope(&claims)?;
    Ok(AccessTokenClaims { issuer: issuer.to_owned(), subject, client_id, scope, expires_at, issued_at, all: claims })
}

/// Whether `aud`, a text or a list of texts (RFC 7519 §4.1.3), has the resource. Byte by byte: another spelling is
/// another API.
fn names(audience: Option<&Value>, resource: &str) -> Result<bool, AccessTokenFault> {
    match audience {
        Some(Value::String(one)) => Ok(one == resource),
        Some(Value::Array(list)) => Ok(list.iter().any(|one| one.as_str() == Some(resource))),
        _ => Err(AccessTokenFault::Claim("aud")),
    }
}

fn scope(claims: &Map<String, Value>) -> Result<Scope, AccessTokenFault> {
    let Some(value) = claims.get("scope") else { return Ok(Scope::default()) };
    let parsed = Scope::from_answer(value);
    parsed.ok_or(AccessTokenFault::Claim("scope"))
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, AccessTokenFault> {
    let value = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.ok_or(AccessTokenFault::Claim(name))
}

fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<i64, AccessTokenFault> {
    claims.get(name).and_then(numeric_date).ok_or(AccessTokenFault::Claim(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey};

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const RESOURCE: &str = "https://mcp.example/mcp";

    fn good() -> Map<String, Value> {
        let claims = json!({
            "iss": "https://as.example", "sub": "alice", "aud": [RESOURCE], "exp": NOW + 60, "iat": NOW,
            "client_id": "app", "scope": "notes.read notes.write", "jti": "x",
        });
        claims.as_object().unwrap().clone()
    }

    fn verdict(typ: Option<&str>, claims: &Map<String, Value>) -> Result<AccessTokenClaims, AccessTokenFault> {
        static KEY: std::sync::OnceLock<SigningKey> = std::sync::OnceLock::new();
        let key = KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "k".into()).unwrap());
        let jws = key.sign(typ, claims).unwrap();
        let public = VerifyingKey::from_jwk(&key.public_jwk()).unwrap();
        check(Jws::parse(&jws).unwrap().verify(&public).unwrap().into(), "https://as.example", RESOURCE, (NOW, 60))
    }

    #[test]
    fn good_token_gives_its_claims() {
        for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
            let claims = verdict(Some(typ), &good()).unwrap();
            assert_eq!((claims.subject.as_str(), claims.client_id.as_str()), ("alice", "app"));
            assert!(claims.scope.contains("notes.write") && !claims.scope.contains("notes"));
        }
        let mut one = good();
        one.insert("aud".into(), json!(RESOURCE));
        one.remove("scope");
        assert!(verdict(Some("at+jwt"), &one).unwrap().scope.is_empty());
    }

    #[test]
    fn each_rule_names_its_fault() {
        use AccessTokenFault::{Audience, Claim, Expired, Issuer, NotYetValid, SenderConstrained};
        let cases = [
            ("iss", json!("https://as.example/"), Issuer),
            ("iss", Value::Null, Claim("iss")),
            ("sub", json!(""), Claim("sub")),
            ("client_id", Value::Null, Claim("client_id")),
            ("aud", json!("https://mcp.example/mcp/"), Audience),
            ("aud", json!([]), Audience),
            ("aud", json!(["https://as.example", "app"]), Audience),
            ("aud", Value::Null, Claim("aud")),
            ("exp", json!(NOW - 60), Expired),
            ("exp", json!("soon"), Claim("exp")),
            ("iat", json!(NOW + 61), NotYetValid),
            ("iat", Value::Null, Claim("iat")),
            ("nbf", json!(NOW + 61), NotYetValid),
            ("nbf", json!("x"), Claim("nbf")),
            ("scope", json!(7), Claim("scope")),
            ("cnf", json!({ "jkt": "x" }), SenderConstrained),
        ];
        for (name, value, fault) in cases {
            let mut claims = good();
            claims.insert(name.into(), value.clone());
            assert_eq!(verdict(Some("at+jwt"), &claims), Err(fault), "{name} = {value}");
        }
    }

    #[test]
    fn other_kinds_of_tokens_are_refused() {
        for typ in [None, Some("JWT"), Some("logout+jwt"), Some("at+jwt "), Some("application/x-at+jwt")] {
            assert_eq!(verdict(typ, &good()), Err(AccessTokenFault::Type), "{typ:?}");
        }
    }
}
