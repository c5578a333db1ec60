//! The refresh grant (RFC 6749 §6). Refresh tokens rotate, so each request is made [once](super::once) and its answer kept.

use super::once::key_of;
use super::parameters::{Parameters, common_setters};
use super::{Form, TokenSet, form};
use crate::client::Client;
use crate::error::Error;
use crate::verification::{Expectations, IdTokenClaims};
use crate::wire::{RefreshToken, Scope};

/// What of the tokens before is known: it fills in what the answer leaves out because it did not change.
#[derive(Clone, Default)]
struct Before {
    scope: Scope,
    id_token: Option<crate::token::IdToken>,
}

/// What a refresh asks for beyond the same as before.
#[derive(Debug, Clone, Default)]
pub struct RefreshRequest {
    parameters: Parameters,
}

impl RefreshRequest {
    /// Asks for the same as before.
    pub fn new() -> Self {
        Self::default()
    }

    common_setters!();
}

impl Client {
    /// Trades the refresh token of `tokens` for the next set. An ID token is carried over when the answer has none.
    ///
    /// Dropping the future loses nothing: the request is finished by itself, and a second call with the same `tokens`
    /// within ten minutes gives its outcome. So does a second call at the same time.
    ///
    /// # Errors
    /// [`Error::Configuration`] when `tokens` has no refresh token; [`Error::Api`] with `invalid_grant` when it is used
    /// up, expired or revoked: the user has to log in again.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        let refresh_token = refresh_token_of(tokens)?;
        let before = Before { scope: tokens.scope.clone(), id_token: tokens.id_token.clone() };
        self.refresh_once(refresh_token, before, refresh_form(refresh_token)).await
    }

    /// The same with a refresh token that was kept by itself. Whether the next ID token is about the same user as the
    /// first one is then the caller's to compare.
    ///
    /// # Errors
    /// As [`Client::refresh`].
    pub async fn refresh_with(&self, refresh_token: &RefreshToken) -> Result<TokenSet, Error> {
        self.refresh_once(refresh_token, Before::default(), refresh_form(refresh_token)).await
    }

    /// The same for less than was granted: a narrower scope (§6), or a token for one of several APIs (RFC 8707 §2.2). The
    /// refresh token stays good for all of it.
    ///
    /// ```no_run
    /// # async fn run(client: symbolon_client::Client, tokens: symbolon_client::TokenSet) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::RefreshRequest;
    ///
    /// let photos = RefreshRequest::new().scope("photos.read").resource("https://photos.example.com");
    /// let tokens = client.refresh_as(&tokens, &photos).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Client::refresh`]; `invalid_scope` and `invalid_target` for what was not granted.
    pub async fn refresh_as(&self, tokens: &TokenSet, request: &RefreshRequest) -> Result<TokenSet, Error> {
        let refresh_token = refresh_token_of(tokens)?;
        let mut form = refresh_form(refresh_token);
        let narrower = request.parameters.append_to(&mut form)?;
        let scope = if narrower.is_empty() { tokens.scope.clone() } else { narrower };
        self.refresh_once(refresh_token, Before { scope, id_token: tokens.id_token.clone() }, form).await
    }

    async fn refresh_once(&self, refresh_token: &RefreshToken, before: Before, form: Form) -> Result<TokenSet, Error> {
        let refresh_token = refresh_token.clone();
        self.once(key_of(&form), |client| async move { client.refresh_now(form, refresh_token, before).await }).await
    }

    async fn refresh_now(&self, form: Form, refresh_token: RefreshToken, before: Before) -> Result<TokenSet, Error> {
        let answer = self.request_tokens(form).await?;
        let previous: Option<&IdTokenClaims> = before.id_token.as_ref().map(|id_token| &id_token.claims);
        let id_token = match &answer.id_token {
            None => before.id_token.clone(),
            Some(raw) => {
                let access_token = Some(answer.access_token.as_str());
                let expected = Expectations { access_token, previous, ..self.expectations()? };
                Some(self.checked_id_token(raw, &expected).await?)
            }
        };
        let mut tokens = self.token_set(answer, &before.scope, id_token)?;
        // A server that rotates nothing leaves the token out (§6).
        tokens.refresh_token.get_or_insert(refresh_token);
        Ok(tokens)
    }
}

fn refresh_form(refresh_token: &RefreshToken) -> Form {
    form([("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.as_str().to_owned())])
}

fn refresh_token_of(tokens: &TokenSet) -> Result<&RefreshToken, Error> {
    let missing = || Error::Configuration("there is no refresh token; ask for the scope 'offline_access'".to_owned());
    tokens.refresh_token.as_ref().ok_or_else(missing)
}
