//! The authorization code grant (RFC 6749 §4.1.3).

use serde_json::Value;

use super::{TokenSet, form};
use crate::authorization::{Callback, PendingAuthorization};
use crate::client::Client;
use crate::dpop::DpopKey;
use crate::error::Error;
use crate::verification::{Expectations, IdTokenFault};

impl Client {
    /// Redeems the code of `callback` for tokens, if it belongs to `pending`.
    ///
    /// # Errors
    /// [`Error::ForeignAuthorization`], [`Error::StateMismatch`], [`Error::Authorization`] and [`Error::IssuerMismatch`]
    /// before anything is sent, [`Error::Api`] with `invalid_grant` for a code that is used up or foreign,
    /// [`Error::IdToken`] for an ID token that must not be believed, [`Error::TokenType`] for an access token of a type
    /// that is not known here; [`Error::AuthorizationResponse`] where a signed answer was asked for and this is none, or one
    /// that must not be believed; [`Error::DpopKeyMismatch`].
    pub async fn redeem(&self, pending: &PendingAuthorization, callback: &Callback) -> Result<TokenSet, Error> {
        self.check_started_here(&pending.issuer, &pending.client_id)?;
        self.check_key(pending)?;
        let callback = self.callback_in_mode(pending, callback).await?;
        let code = callback.accepted_code(pending)?;
        self.check_callback_issuer(&callback).await?;
        let mut form = form([
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.expose().clone()),
            ("redirect_uri", pending.redirect_uri.clone()),
            ("code_verifier", pending.verifier.expose().clone()),
        ]);
        // RFC 8707 §2.2. Among several the provider may give a token for one at a time only, so the choice is the program's.
        if let [resource] = &*pending.resources {
            form.push(("resource".into(), resource.clone()));
        }
        let answer = self.request_tokens(form).await?;
        // RFC 9396 §7: what was granted is always told.
        if pending.details && answer.extra.get("authorization_details").is_none_or(Value::is_null) {
            let reason = "the token answer has no 'authorization_details', though some were requested";
            return Err(Error::UnexpectedAnswer(reason.to_owned()));
        }
        let id_token = match &answer.id_token {
            None if pending.wants_id_token() => return Err(IdTokenFault::Missing.into()),
            None => None,
            Some(raw) => {
                let expected = Expectations {
                    nonce: pending.wants_id_token().then_some(&*pending.nonce),
                    max_age_seconds: pending.max_age_seconds,
                    contexts: &pending.contexts,
                    access_token: Some(answer.access_token.as_str()),
                    ..self.expectations()?
                };
                Some(self.checked_id_token(raw, &expected).await?)
            }
        };
        self.token_set(answer, &pending.scope, id_token)
    }

    /// A code of one provider must never be sent to another (RFC 9700 §4.4).
    pub(crate) fn check_started_here(&self, issuer: &str, client_id: &str) -> Result<(), Error> {
        if issuer == self.issuer() && client_id == self.client_id() {
            return Ok(());
        }
        Err(Error::ForeignAuthorization { issuer: issuer.to_owned(), client_id: client_id.to_owned() })
    }

    /// RFC 9449 §10: the code is bound to the key that the authorization was started with.
    fn check_key(&self, pending: &PendingAuthorization) -> Result<(), Error> {
        let own = self.protection().dpop.as_ref().map(DpopKey::thumbprint);
        match &pending.dpop_thumbprint {
            Some(started_with) if own != Some(started_with) => Err(Error::DpopKeyMismatch),
            _ => Ok(()),
        }
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
