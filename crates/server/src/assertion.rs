//! The rules for the claims of JWT assertions (RFC 7523 §3), whatever an assertion is for: to authenticate a client
//! (§2.2), or as an authorization grant (§2.1). It must be meant for this server and nobody else, be within its time, and
//! have a name, so that it counts once. Signatures, and who may be its issuer and subject, are for those who ask.

use serde_json::{Map, Value};
use symbolon_jose::{digest, numeric_date};
use symbolon_types::ErrorCode;

use crate::context::Context;
use crate::error::OAuthError;

/// How far another clock may be ahead, in seconds: the profiles want 10 taken and 60 refused (FAPI 2.0 Security Profile
/// §5.3.2.1).
pub const CLOCK_SKEW: i64 = 15;
/// For how much longer than an assertion is valid its `jti` is remembered, in seconds: clocks of nodes differ.
pub const REMEMBERED_BEYOND: i64 = 60;
/// Longest `jti`, in bytes.
pub const LONGEST_IDENTIFIER: usize = 256;

/// What an identity assertion authorization grant calls itself (ID-JAG §3).
pub const ID_JAG_TYPE: &str = "oauth-id-jag+jwt";
/// The grant type of assertions that are bound to a DPoP key (ID-JAG §9.8.1.2.1).
pub const JWT_DPOP_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";
/// What other JSON Web Tokens call themselves that somebody may hold who is no client of an issuer.
const OTHER_TYPES: [&str; 10] = [
    ID_JAG_TYPE,
    "at+jwt",
    "client-authentication+jwt",
    "dpop+jwt",
    "global-token-revocation+jwt",
    "logout+jwt",
    "oauth-authz-req+jwt",
    "oauth-client-attestation+jwt",
    "secevent+jwt",
    "token-introspection+jwt",
];

/// Whether a header `typ` says that a token was made for something else than a grant (RFC 8725 §3.11). Types may be
/// written with `application/` in front (RFC 7515 §4.1.9).
pub fn is_of_another_kind(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    OTHER_TYPES.contains(&typ.strip_prefix("application/").unwrap_or(&typ))
}

/// The claims of an assertion whose signature was checked.
pub struct Assertion<'a> {
    /// The parameter that it came in, for errors.
    pub parameter: &'static str,
    /// The error for whatever is wrong with it.
    pub code: ErrorCode,
    /// The claims.
    pub claims: &'a Map<String, Value>,
}

/// When an assertion is valid.
pub struct Validity {
    /// `iat`, where there is one.
    pub issued_at: Option<i64>,
    /// `exp`.
    pub expires_at: i64,
}

impl Assertion<'_> {
    /// The error for something that is wrong with it.
    pub fn fault(&self, claim: &str, what: &str) -> OAuthError {
        OAuthError::new(self.code, format!("Claim '{claim}' of the '{}' {what}", self.parameter))
    }

    /// A claim that is a text and not empty. Control characters are in no identifier, as in parameters.
    pub fn text(&self, claim: &str) -> Result<&str, OAuthError> {
        self.claims
            .get(claim)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty() && !text.contains(char::is_control))
            .ok_or_else(|| self.fault(claim, "is missing or is no text without control characters."))
    }

    /// RFC 7523 §3, rule 3: the issuer, or the token endpoint by any of its names; nothing else may stand beside it, as
    /// whoever else it is meant for could show it here. Answers the values.
    pub fn check_audience(&self, context: &Context) -> Result<Vec<String>, OAuthError> {
        let refused = || self.fault("aud", "must be the issuer or the token endpoint.");
        let values = match self.claims.get("aud") {
            Some(Value::Array(values)) if !values.is_empty() => values.iter().collect(),
            Some(Value::Array(_)) | None => return Err(refused()),
            Some(value) => vec![value],
        };
        let ours = |value: &Value| value.as_str().filter(|value| is_ours(context, value)).map(str::to_owned);
        values.into_iter().map(ours).collect::<Option<_>>().ok_or_else(refused)
    }

    /// RFC 7523 §3, rules 4 to 6: `exp` is there and ahead, `nbf` and `iat` are not ahead.
    pub fn check_times(&self, context: &Context) -> Result<Validity, OAuthError> {
        self.check_times_at(context.clock.now())
    }

    /// The same at a given time, in Unix seconds.
    pub fn check_times_at(&self, now: i64) -> Result<Validity, OAuthError> {
        let Some(expires_at) = self.claims.get("exp").and_then(numeric_date) else {
            return Err(self.fault("exp", "is missing or is no time in seconds."));
        };
        if expires_at <= now {
            return Err(self.fault("exp", "has passed: the assertion has expired."));
        }
        let mut issued_at = None;
        for claim in ["nbf", "iat"] {
            let Some(value) = self.claims.get(claim) else { continue };
            let Some(at) = numeric_date(value) else { return Err(self.fault(claim, "must be a time in seconds.")) };
            if at > now + CLOCK_SKEW {
                return Err(self.fault(claim, "lies ahead: the assertion is not valid yet."));
            }
            issued_at = Some(at);
        }
        Ok(Validity { issued_at: issued_at.filter(|_| self.claims.contains_key("iat")), expires_at })
    }

    /// By what an assertion of an issuer is known to have been used (RFC 7523 §3, rule 7); `None` without `jti`.
    pub fn identifier(&self, issuer: &str) -> Result<Option<[u8; 32]>, OAuthError> {
        let Some(jti) = self.claims.get("jti") else { return Ok(None) };
        let Some(jti) = jti.as_str().filter(|jti| !jti.is_empty() && jti.len() <= LONGEST_IDENTIFIER) else {
            return Err(self.fault("jti", "must be a text of 1 to 256 bytes."));
        };
        Ok(Some(digest::sha256(format!("{issuer}\0{jti}").as_bytes())))
    }

    /// The error for one that was used before.
    pub fn used_before(parameter: &str) -> OAuthError {
        OAuthError::new(ErrorCode::JtiKnown, format!("Claim 'jti' of the '{parameter}' was used before."))
    }
}

fn is_ours(context: &Context, audience: &str) -> bool {
    let config = &context.config;
    audience == config.issuer() || config.addresses_of("/oauth2/token").iter().any(|address| address == audience)
}
