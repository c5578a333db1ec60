//! Whether an ID token may be believed (`OpenID` Connect Core 1.0 §3.1.3.7).
//!
//! What is encrypted is opened, the signature is checked with the provider's keys, and [`check`] applies the other rules;
//! every rule names its own [`IdTokenFault`].

mod check;
mod claims;
mod fault;

use std::borrow::Cow;

pub(crate) use check::{Expectations, check, check_audience, check_type};
pub use claims::IdTokenClaims;
pub use fault::IdTokenFault;

use super::signature::SignedToken;
use crate::client::Client;
use crate::encryption::EncryptedContent;
use crate::error::Error;
use crate::token::IdToken;

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
