//! Token exchange (RFC 8693): one token is handed in, and another one comes out.

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::Secret;

use super::parameters::{Parameters, common_setters};
use super::{IdToken, TokenAnswer, TokenSet, form};
use crate::client::Client;
use crate::error::Error;
use crate::wire::{RefreshToken, Scope};

/// The grant type of §2.1.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// What is written for a token that opens nothing (§2.2.1).
const NOT_APPLICABLE: &str = "N_A";

/// Kinds of tokens by their URIs (RFC 8693 §3).
pub mod token_type {
    /// An access token, opaque or not.
    pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
    /// A refresh token.
    pub const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
    /// An ID token.
    pub const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
    /// A JWT of any kind.
    pub const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
    /// An identity assertion for another authorization server
    /// (draft-ietf-oauth-identity-assertion-authz-grant).
    pub const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
    /// A SAML 1.1 assertion, base64url.
    pub const SAML1: &str = "urn:ietf:params:oauth:token-type:saml1";
    /// A SAML 2.0 assertion, base64url.
    pub const SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";
}

/// What is handed in, and what for. `Debug` shows no token.
///
/// ```
/// use symbolon_client::{TokenExchangeRequest, token_type};
///
/// let request = TokenExchangeRequest::new("the caller's token", token_type::ACCESS_TOKEN)
///     .actor_token("our own token", token_type::ACCESS_TOKEN)
///     .resource("https://orders.example.com")
///     .scope("orders.read");
/// ```
///
/// An identity assertion for another authorization server (ID-JAG) is asked for in the same way, and shown there by
/// [`Client::jwt_bearer`]:
///
/// ```no_run
/// use symbolon_client::{Client, Error, JwtBearerRequest, TokenExchangeRequest, TokenSet, token_type};
///
/// /// `company` is where the user is logged in, `chat` is the same application at the server of the API.
/// async fn tokens_there(company: &Client, chat: &Client, id_token: &str) -> Result<TokenSet, Error> {
///     let request = TokenExchangeRequest::new(id_token, token_type::ID_TOKEN)
///         .requested_token_type(token_type::ID_JAG)
///         .audience(chat.issuer())
///         .resource("https://chat.example.com/api")
///         .scope("chat.read");
///     let assertion = company.exchange_token(&request).await?;
///     if assertion.issued_token_type != token_type::ID_JAG {
///         return Err(Error::UnexpectedAnswer(format!("asked for an assertion, got {}", assertion.issued_token_type)));
///     }
///     chat.jwt_bearer(&JwtBearerRequest::new(assertion.token.expose().as_str())).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TokenExchangeRequest {
    subject: (Secret<String>, String),
    actor: Option<(Secret<String>, String)>,
    requested_token_type: Option<String>,
    parameters: Parameters,
}

impl TokenExchangeRequest {
    /// Hands in the token of the party for whom the new one will be, with its kind: a URI of [`token_type`] or another.
    pub fn new(subject_token: impl Into<String>, subject_token_type: impl Into<String>) -> Self {
        Self {
            subject: (Secret::new(subject_token.into()), subject_token_type.into()),
            actor: None,
            requested_token_type: None,
            parameters: Parameters::default(),
        }
    }

    /// The token of the party that will act, with its kind (§1.1: delegation).
    #[must_use]
    pub fn actor_token(mut self, token: impl Into<String>, kind: impl Into<String>) -> Self {
        self.actor = Some((Secret::new(token.into()), kind.into()));
        self
    }

    /// What kind of token is wanted. The server chooses without it, and may give another one than was asked for:
    /// [`ExchangedToken::issued_token_type`] says which.
    #[must_use]
    pub fn requested_token_type(mut self, kind: impl Into<String>) -> Self {
        self.requested_token_type = Some(kind.into());
        self
    }

    common_setters!();
}

/// What came out of a token exchange. `Debug` shows no token.
#[derive(Clone)]
#[non_exhaustive]
pub struct ExchangedToken {
    /// The token, of whatever kind
    pub token: Secret<String>,
    /// Its kind; one of [`token_type`] or another URI
    pub issued_token_type: String,
    /// How it opens APIs: `Bearer`, `DPoP`, or `N_A` when it opens none
    pub token_type: String,
    /// When it expires, Unix seconds; `None` when the server does not say
    pub expires_at: Option<i64>,
    /// What it is good for
    pub scope: Scope,
    /// Servers seldom give one (§2.2.1)
    pub refresh_token: Option<RefreshToken>,
    /// Some servers add one; it was checked
    pub id_token: Option<IdToken>,
    /// Every other member of the answer
    pub extra: Map<String, Value>,
}

impl ExchangedToken {
    /// As the tokens of every other grant, when it opens APIs.
    ///
    /// # Errors
    /// [`Error::TokenType`] when it does not (`N_A`).
    pub fn into_token_set(self) -> Result<TokenSet, Error> {
        if self.token_type.eq_ignore_ascii_case(NOT_APPLICABLE) {
            return Err(Error::TokenType(self.token_type));
        }
        let mut tokens = TokenSet::new(self.token.expose().as_str());
        tokens.token_type = self.token_type;
        (tokens.expires_at, tokens.scope) = (self.expires_at, self.scope);
        (tokens.refresh_token, tokens.id_token, tokens.extra) = (self.refresh_token, self.id_token, self.extra);
        Ok(tokens)
    }
}

impl fmt::Debug for ExchangedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExchangedToken")
            .field("issued_token_type", &self.issued_token_type)
            .field("token_type", &self.token_type)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Exchanges a token for another one (§2).
    ///
    /// What comes out is not checked here: unless it is an access token it is meant for somebody else.
    ///
    /// # Errors
    /// [`Error::Api`] with `invalid_request` for tokens that the server does not take, `invalid_target` for an API that it
    /// does not know (§2.2.2); [`Error::TokenType`] for a token of a type that is not known here.
    pub async fn exchange_token(&self, request: &TokenExchangeRequest) -> Result<ExchangedToken, Error> {
        let (token, kind) = &request.subject;
        let mut form = form([
            ("grant_type", GRANT_TYPE.to_owned()),
            ("subject_token", token.expose().clone()),
            ("subject_token_type", kind.clone()),
        ]);
        if let Some((token, kind)) = &request.actor {
            form.push(("actor_token".into(), token.expose().clone()));
            form.push(("actor_token_type".into(), kind.clone()));
        }
        form.extend(request.requested_token_type.iter().map(|kind| ("requested_token_type".into(), kind.clone())));
        let scope = request.parameters.append_to(&mut form)?;
        let mut answer = self.request_tokens(form).await?;
        let issued_token_type = issued_type(&mut answer)?;
        let id_token = self.id_token_of(&answer).await?;
        let opens_nothing = answer.token_type.eq_ignore_ascii_case(NOT_APPLICABLE);
        if opens_nothing {
            // The rules for access tokens are then those of a bearer token, which this is not.
            NOT_APPLICABLE.clone_into(&mut answer.token_type);
        } else {
            self.check_token_type(&answer)?;
        }
        Ok(ExchangedToken {
            token: Secret::new(answer.access_token.as_str().to_owned()),
            issued_token_type,
            token_type: answer.token_type,
            expires_at: answer.expires_in.map(|seconds| self.inner().clock.now().saturating_add(seconds)),
            scope: answer.scope.unwrap_or(scope),
            refresh_token: answer.refresh_token,
            id_token,
            extra: answer.extra,
        })
    }
}

/// §2.2.1 demands it. Servers that leave it out give access tokens; for a token that opens nothing nobody could know.
fn issued_type(answer: &mut TokenAnswer) -> Result<String, Error> {
    match answer.extra.remove("issued_token_type") {
        Some(Value::String(kind)) if !kind.is_empty() => Ok(kind),
        None if !answer.token_type.eq_ignore_ascii_case(NOT_APPLICABLE) => Ok(token_type::ACCESS_TOKEN.to_owned()),
        _ => Err(Error::UnexpectedAnswer("the token answer has no 'issued_token_type'".to_owned())),
    }
}
