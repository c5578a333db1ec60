//! The token endpoint (RFC 6749 §4.1.3, §6) and token revocation (RFC 7009).
//!
//! [`Client::redeem`] turns a callback into a [`TokenSet`] and believes nothing unchecked: state, issuer (RFC 9207), PKCE,
//! and the whole ID token. [`Client::refresh`] gives the next set; the old one is of no more use then, because refresh
//! tokens rotate.

use serde::Deserialize;
use symbolon_types::{AccessToken, RefreshToken, Scope};

use crate::authorization::{Callback, PendingAuthorization};
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::id_token::{Expectations, IdTokenClaims, IdTokenFault, check};

/// What one answer of the token endpoint gave, checked. `Debug` shows no token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenSet {
    /// For the APIs, and for [`Client::user_info`]
    pub access_token: AccessToken,
    /// When the access token expires, Unix seconds; `None` when the server does not say
    pub expires_at: Option<i64>,
    /// What was granted, which may be less than what was asked for
    pub scope: Scope,
    /// For [`Client::refresh`]; only with the scope `offline_access` or `offline`
    pub refresh_token: Option<RefreshToken>,
    /// Who logged in; only with the scope `openid`
    pub id_token: Option<IdToken>,
}

/// An ID token that was checked.
#[derive(Clone)]
#[non_exhaustive]
pub struct IdToken {
    /// The signed token, to be given back at logout as `id_token_hint`
    pub raw: String,
    /// What it says
    pub claims: IdTokenClaims,
}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("IdToken").field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// The token endpoint's answer as any provider may give it (RFC 6749 §5.1): most members are optional there.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: AccessToken,
    expires_in: Option<i64>,
    scope: Option<Scope>,
    refresh_token: Option<RefreshToken>,
    id_token: Option<String>,
}

impl Client {
    /// Redeems the code of `callback` for tokens, if it belongs to `pending`.
    ///
    /// # Errors
    /// [`Error::StateMismatch`], [`Error::Authorization`] and [`Error::IssuerMismatch`] before anything is sent,
    /// [`Error::Api`] with `invalid_grant` for a code that is used up or foreign, [`Error::IdToken`] for an ID token that
    /// must not be believed.
    pub async fn redeem(&self, pending: &PendingAuthorization, callback: &Callback) -> Result<TokenSet, Error> {
        self.check_callback_issuer(callback).await?;
        let code = callback.accepted_code(pending)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose().as_str()),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", pending.verifier.expose()),
        ];
        let answer = self.request_tokens(&form).await?;
        let id_token = self.checked_id_token(&answer, Some(&pending.nonce), pending.max_age_seconds).await?;
        if pending.wants_id_token() && id_token.is_none() {
            return Err(IdTokenFault::Missing.into());
        }
        Ok(self.token_set(answer, id_token, Previous::Request(&pending.scope)))
    }

    /// Trades the refresh token of `tokens` for the next set. An ID token is carried over when the answer has none.
    ///
    /// # Errors
    /// [`Error::Configuration`] when `tokens` has no refresh token; [`Error::Api`] with `invalid_grant` when it is used
    /// up, expired or revoked: the user has to log in again.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Err(Error::Configuration("there is no refresh token; ask for the scope 'offline_access'".into()));
        };
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        let answer = self.request_tokens(&form).await?;
        let id_token = self.checked_id_token(&answer, None, None).await?;
        if let (Some(new), Some(old)) = (&id_token, &tokens.id_token)
            && new.claims.subject != old.claims.subject
        {
            return Err(IdTokenFault::Subject.into());
        }
        Ok(self.token_set(answer, id_token, Previous::Tokens(tokens)))
    }

    /// Revokes a token (RFC 7009). A token that is already dead is no error.
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.revocation_endpoint.as_deref(), "revocation_endpoint")?;
        let inner = self.inner();
        let request = self.authenticated_form(inner.http.post(url), &[("token", token)])?;
        inner.http.send(request).await?.success().map(|_| ())
    }

    /// RFC 9207 §2.4: an `iss` in the callback must be ours, and must be there when the provider promises it.
    async fn check_callback_issuer(&self, callback: &Callback) -> Result<(), Error> {
        let promised = self.metadata().await?.authorization_response_iss_parameter_supported == Some(true);
        match &callback.issuer {
            Some(found) if found == self.issuer() => Ok(()),
            None if !promised => Ok(()),
            found => Err(Error::IssuerMismatch {
                expected: self.issuer().to_owned(),
                found: found.clone().unwrap_or_default(),
            }),
        }
    }

    async fn request_tokens(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(Some(&metadata.token_endpoint), "token_endpoint")?;
        let inner = self.inner();
        let request = self.authenticated_form(inner.http.post(url), form)?;
        inner.http.send(request).await?.success()?.json("the token answer")
    }

    async fn checked_id_token(
        &self,
        answer: &TokenAnswer,
        nonce: Option<&str>,
        max_age_seconds: Option<i64>,
    ) -> Result<Option<IdToken>, Error> {
        let Some(raw) = &answer.id_token else { return Ok(None) };
        let verified = self.verify_signature(raw).await?.map_err(IdTokenFault::Signature)?;
        let expected = Expectations {
            issuer: self.issuer(),
            client_id: self.client_id(),
            nonce,
            max_age_seconds,
            access_token: answer.access_token.as_str(),
            now: self.inner().clock.now(),
        };
        let claims = check(verified, &expected)?;
        Ok(Some(IdToken { raw: raw.clone(), claims }))
    }

    fn token_set(&self, answer: TokenAnswer, id_token: Option<IdToken>, previous: Previous<'_>) -> TokenSet {
        let (scope, refresh_token, older_id_token) = match previous {
            Previous::Request(scope) => (scope, None, None),
            Previous::Tokens(tokens) => (&tokens.scope, tokens.refresh_token.clone(), tokens.id_token.clone()),
        };
        TokenSet {
            access_token: answer.access_token,
            expires_at: answer.expires_in.map(|seconds| self.inner().clock.now().saturating_add(seconds)),
            scope: answer.scope.unwrap_or_else(|| scope.clone()),
            refresh_token: answer.refresh_token.or(refresh_token),
            id_token: id_token.or(older_id_token),
        }
    }
}

/// Where the values come from that an answer leaves out because they did not change.
#[derive(Clone, Copy)]
enum Previous<'a> {
    /// The scope of the authorization request.
    Request(&'a Scope),
    /// The tokens before the refresh.
    Tokens(&'a TokenSet),
}
