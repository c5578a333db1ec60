//! Signed answers of the authorization endpoint (JWT Secured Authorization Response Mode, JARM).
//!
//! The answer is a JWT: it counts if the provider signed it, for this client, and a short while ago. A callback without it
//! does not count at all where a signed one was asked for, or whoever can make a browser follow a link could choose.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::JwsError;

use super::callback::Callback;
use super::pending::PendingAuthorization;
use crate::client::Client;
use crate::encryption::{EncryptedContent, EncryptionFault};
use crate::error::Error;
use crate::verification::{SignedToken, VerificationRules, check_type, seconds, text};

/// Why a signed answer of the authorization endpoint is refused (JARM §2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseFault {
    /// A signed answer was asked for, and the callback has none.
    Missing,
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// It cannot be decrypted, or is not encrypted though it must be.
    Encryption(EncryptionFault),
    /// `typ` of the header says that it is something else.
    Type(String),
    /// The claim is absent or has the wrong type.
    Claim(&'static str),
    /// `iss` is another provider.
    Issuer(String),
    /// `aud` does not name the client.
    Audience,
    /// `exp` has passed.
    Expired,
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the callback has no 'response', though a signed one was requested"),
            Self::Signature(error) => error.fmt(formatter),
            Self::Encryption(fault) => fault.fmt(formatter),
            Self::Type(typ) => write!(formatter, "its header says 'typ': '{typ}'"),
            Self::Claim(name) => write!(formatter, "the claim '{name}' is missing or has the wrong type"),
            Self::Issuer(found) => write!(formatter, "'iss' is '{found}'"),
            Self::Audience => formatter.write_str("'aud' does not name this client"),
            Self::Expired => formatter.write_str("'exp' has passed"),
        }
    }
}

impl std::error::Error for ResponseFault {}

impl Client {
    /// Verifies a signed callback (JARM §2.4); what stands in it is then in the callback that is given back. A plain one
    /// is given back as it is. [`Client::redeem`] does this by itself: it is for callbacks whose `state` is encrypted and
    /// needed to find the pending authorization.
    ///
    /// # Errors
    /// [`Error::AuthorizationResponse`] for an answer that must not be believed; anything else means that the provider's
    /// keys could not be had.
    pub async fn verify_callback(&self, callback: &Callback) -> Result<Callback, Error> {
        callback.check_unique()?;
        let Some(response) = &callback.response else { return Ok(callback.clone()) };
        let fault = |fault| Error::AuthorizationResponse(ResponseFault::Encryption(fault));
        let opened = self.opened(response.expose(), EncryptedContent::AuthorizationResponses).map_err(fault)?;
        let signed = self.signed_for_client(&opened).await?;
        let signed = signed.map_err(|error| Error::AuthorizationResponse(ResponseFault::Signature(error)))?;
        let expected = (self.issuer(), self.registered_id()?);
        let claims = check(signed, expected, self.rules(), self.inner().clock.now());
        Ok(Callback::from_claims(response.clone(), &claims.map_err(Error::AuthorizationResponse)?))
    }

    /// The callback that counts, in the mode that was asked for.
    pub(crate) async fn callback_in_mode<'c>(
        &self,
        pending: &PendingAuthorization,
        callback: &'c Callback,
    ) -> Result<Cow<'c, Callback>, Error> {
        if callback.response.is_some() {
            return self.verify_callback(callback).await.map(Cow::Owned);
        }
        if pending.response_mode.is_some_and(super::ResponseMode::is_signed) {
            return Err(Error::AuthorizationResponse(ResponseFault::Missing));
        }
        Ok(Cow::Borrowed(callback))
    }
}

/// The rules of JARM §2.4, points 3 to 5, for an answer whose signature was checked.
fn check(
    response: SignedToken,
    (issuer, client_id): (&str, &str),
    rules: &VerificationRules,
    now: i64,
) -> Result<Map<String, Value>, ResponseFault> {
    // RFC 8725 §3.11: an ID token or a logout token is signed by the same keys.
    check_type(response.typ.as_deref(), rules)
        .map_err(|_| ResponseFault::Type(response.typ.clone().unwrap_or_default()))?;
    let claims = response.claims;
    let found = text(&claims, "iss").map_err(|_| ResponseFault::Claim("iss"))?;
    if !rules.issuer.accepts(issuer, found, &claims) {
        return Err(ResponseFault::Issuer(found.to_owned()));
    }
    let named = match claims.get("aud") {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(list)) => list.iter().any(|one| one == client_id),
        _ => return Err(ResponseFault::Claim("aud")),
    };
    if !named {
        return Err(ResponseFault::Audience);
    }
    let expires_at = seconds(&claims, "exp").map_err(|_| ResponseFault::Claim("exp"))?;
    if expires_at.saturating_add(rules.leeway_seconds) <= now {
        return Err(ResponseFault::Expired);
    }
    Ok(claims)
}
