//! The token endpoint (RFC 6749 §3.2): one way for all grants.
//!
//! [`Client::request_tokens`] authenticates, sends a [`Form`] and reads the answer as the world writes it ([`answer`]);
//! a file for each grant says what its form has and what of the answer must be checked. [`TokenSet`] is what every one of
//! them gives, and what a program keeps.

mod answer;
mod ciba;
mod client_credentials;
mod code;
mod device;
mod exchange;
mod extension;
mod hint;
mod introspection;
mod jwt_bearer;
mod once;
mod parameters;
mod polling;
mod refresh;
mod revocation;
mod set;
mod source;

use std::borrow::Cow;

pub(crate) use answer::TokenAnswer;
pub use ciba::{
    BackchannelAuthentication, BackchannelAuthenticationRequest, BackchannelNotification, NotificationFault,
};
pub use client_credentials::ClientCredentialsRequest;
pub use device::{DeviceAuthorization, DeviceAuthorizationRequest};
pub use exchange::{ExchangedToken, TokenExchangeRequest, token_type};
pub use extension::ExtensionGrantRequest;
pub use hint::TokenTypeHint;
pub use introspection::IntrospectionResponse;
pub use jwt_bearer::{JwtAssertion, JwtBearerRequest};
pub(crate) use once::Outcomes;
pub(crate) use parameters::check_resource;
pub use refresh::RefreshRequest;
pub use set::{IdToken, TokenSet};
pub use source::TokenSource;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::verification::Expectations;
use crate::wire::Scope;

/// The parameters of a request to the token endpoint or one of its neighbours.
pub(crate) type Form = Vec<(Cow<'static, str>, String)>;

/// A form that begins with these.
pub(crate) fn form<const N: usize>(parameters: [(&'static str, String); N]) -> Form {
    parameters.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
}

impl Client {
    /// Asks the token endpoint, with the client's authentication, and with a proof where tokens are to be bound to a key.
    pub(crate) async fn request_tokens(&self, form: Form) -> Result<TokenAnswer, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.token_endpoint.as_deref(), "token_endpoint")?;
        let answer = self.send_for_tokens(url, form).await?.success()?;
        TokenAnswer::read(&answer)
    }

    /// What a grant gives that has nothing of its own to check: an ID token in the answer is checked as always.
    pub(crate) async fn granted(&self, form: Form, scope: &Scope) -> Result<TokenSet, Error> {
        let answer = self.request_tokens(form).await?;
        let id_token = self.id_token_of(&answer).await?;
        self.token_set(answer, scope, id_token)
    }

    /// The ID token of an answer to a request without a nonce.
    pub(crate) async fn id_token_of(&self, answer: &TokenAnswer) -> Result<Option<IdToken>, Error> {
        let Some(raw) = &answer.id_token else { return Ok(None) };
        let expected = Expectations { access_token: Some(answer.access_token.as_str()), ..self.expectations()? };
        self.checked_id_token(raw, &expected).await.map(Some)
    }

    /// The set that an answer makes, for grants without an ID token to check. `scope` is what was asked for.
    pub(crate) fn token_set(
        &self,
        answer: TokenAnswer,
        scope: &Scope,
        id_token: Option<IdToken>,
    ) -> Result<TokenSet, Error> {
        self.check_token_type(&answer)?;
        Ok(TokenSet {
            access_token: answer.access_token,
            token_type: answer.token_type,
            expires_at: answer.expires_in.map(|seconds| self.inner().clock.now().saturating_add(seconds)),
            scope: answer.scope.unwrap_or_else(|| scope.clone()),
            refresh_token: answer.refresh_token,
            id_token,
            extra: answer.extra,
        })
    }

    /// RFC 6749 §7.1: a token of a type that the client does not know must not be used. One that should be bound to a key
    /// and is not could be used by anybody, so it is refused as well (RFC 9449 §5).
    fn check_token_type(&self, answer: &TokenAnswer) -> Result<(), Error> {
        let bound = self.protection().dpop.is_some();
        let missing = answer.token_type.is_empty() && self.inner().assumes_bearer && !bound;
        let expected = if bound { "DPoP" } else { "Bearer" };
        if missing || answer.token_type.eq_ignore_ascii_case(expected) {
            Ok(())
        } else {
            Err(Error::TokenType(answer.token_type.clone()))
        }
    }
}
