//! The authorization code grant (RFC 6749 §4.1.3).

use super::{TokenSet, form};
use crate::authorization::{Callback, PendingAuthorization};
use crate::client::Client;
use crate::error::Error;
use crate::verification::{Expectations, IdTokenFault};

impl Client {
    /// Redeems the code of `callback` for tokens, if it belongs to `pending`.
    ///
    /// # Errors
    /// [`Error::ForeignAuthorization`], [`Error::StateMismatch`], [`Error::Authorization`] and [`Error::IssuerMismatch`]
    /// before anything is sent, [`Error::Api`] with `invalid_grant` for a code that is used up or foreign,
    /// [`Error::IdToken`] for an ID token that must not be believed, [`Error::TokenType`] for an access token of a type
    /// that is not known here.
    pub async fn redeem(&self, pending: &PendingAuthorization, callback: &Callback) -> Result<TokenSet, Error> {
        self.check_owner(pending)?;
        let code = callback.accepted_code(pending)?;
        self.check_callback_issuer(callback).await?;
        let form = form([
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.expose().clone()),
            ("redirect_uri", pending.redirect_uri.clone()),
            ("code_verifier", pending.verifier.expose().clone()),
        ]);
        let answer = self.request_tokens(form).await?;
        let id_token = match &answer.id_token {
            None if pending.wants_id_token() => return Err(IdTokenFault::Missing.into()),
            None => None,
            Some(raw) => {
                let expected = Expectations {
                    nonce: pending.wants_id_token().then_some(&*pending.nonce),
                    max_age_seconds: pending.max_age_seconds,
                    access_token: Some(answer.access_token.as_str()),
                    ..self.expectations()?
                };
                Some(self.checked_id_token(raw, &expected).await?)
            }
        };
        self.token_set(answer, &pending.scope, id_token)
    }

    /// A code of one provider must never be sent to another (RFC 9700 §4.4).
    fn check_owner(&self, pending: &PendingAuthorization) -> Result<(), Error> {
        if pending.issuer == self.issuer() && pending.client_id == self.client_id() {
            return Ok(());
        }
        let (issuer, client_id) = (pending.issuer.clone(), pending.client_id.clone());
        Err(Error::ForeignAuthorization { issuer, client_id })
    }

    /// RFC 9207 §2.4: an `iss` in the callback must be ours, and must be there when the provider promises it.
    async fn check_callback_issuer(&self, callback: &Callback) -> Result<(), Error> {
        let promised = self.metadata().await?.authorization_response_iss_parameter_supported == Some(true);
        match &callback.issuer {
            Some(found) if self.rules().issuer.accepts_callback(self.issuer(), found) => Ok(()),
            None if !promised => Ok(()),
            found => Err(Error::IssuerMismatch {
                expected: self.issuer().to_owned(),
                found: found.clone().unwrap_or_default(),
            }),
        }
    }
}
