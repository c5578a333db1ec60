//! The parameters of a token exchange (RFC 8693 §2.1). Kinds of tokens are named by URIs (§3), and whoever names a kind hands in
//! a token of that kind: nothing is guessed.

use crate::error::OAuthError;
use crate::issue::exchanged_token::RequestedForm;
use crate::issue::id_jag;
use crate::params::Params;

/// A kind of token that is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    AccessToken,
    RefreshToken,
    IdToken,
    Jwt,
}

impl TokenKind {
    fn parse(uri: &str) -> Option<Self> {
        match uri {
            "urn:ietf:params:oauth:token-type:access_token" => Some(Self::AccessToken),
            "urn:ietf:params:oauth:token-type:refresh_token" => Some(Self::RefreshToken),
            "urn:ietf:params:oauth:token-type:id_token" => Some(Self::IdToken),
            "urn:ietf:params:oauth:token-type:jwt" => Some(Self::Jwt),
            _ => None,
        }
    }
}

/// A token that is handed in.
#[derive(Clone, Copy)]
pub(super) struct HandedIn<'a> {
    /// The parameter, for errors.
    pub(super) parameter: &'static str,
    /// What it is said to be.
    pub(super) kind: TokenKind,
    /// The token.
    pub(super) text: &'a str,
}

impl HandedIn<'_> {
    /// `invalid_request` for whatever is wrong with it (RFC 8693 §2.2.2).
    pub(super) fn fault(&self, what: &str) -> OAuthError {
        OAuthError::invalid_request(format!("The '{}' {what}", self.parameter))
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requested {
    /// An access token.
    Token(RequestedForm),
    /// An assertion for another authorization server.
    Assertion,
}

/// A request for an exchange.
pub(super) struct ExchangeRequest<'a> {
    pub(super) subject: HandedIn<'a>,
    pub(super) actor: Option<HandedIn<'a>>,
    pub(super) requested: Requested,
}

impl<'a> ExchangeRequest<'a> {
    /// Reads it. What is there and cannot be understood is refused, never taken as left out.
    pub(super) fn read(params: &'a Params) -> Result<Self, OAuthError> {
        params.require("subject_token")?;
        params.require("subject_token_type")?;
        let subject = pair(params, ("subject_token", "subject_token_type"))?;
        let subject = subject.ok_or_else(|| OAuthError::invalid_request("The 'subject_token' is missing."))?;
        let actor = pair(params, ("actor_token", "actor_token_type"))?;
        let requested = match params.get("requested_token_type") {
            None | Some("urn:ietf:params:oauth:token-type:access_token") => {
                Requested::Token(RequestedForm::AccessToken)
            }
            Some("urn:ietf:params:oauth:token-type:jwt") => Requested::Token(RequestedForm::Jwt),
            Some(id_jag::TOKEN_TYPE) => Requested::Assertion,
            Some(_) => return Err(unknown("requested_token_type")),
        };
        Ok(Self { subject, actor, requested })
    }
}

fn unknown(parameter: &str) -> OAuthError {
    OAuthError::invalid_request(format!("Parameter '{parameter}' names no kind of token that is taken here."))
}

/// A token with its kind: either both parameters are there or none is (RFC 8693 §2.1).
fn pair<'a>(
    params: &'a Params,
    (parameter, kind): (&'static str, &'static str),
) -> Result<Option<HandedIn<'a>>, OAuthError> {
    match (params.get(parameter), params.get(kind)) {
        (None, None) => Ok(None),
        (Some(text), Some(uri)) => {
            let kind = TokenKind::parse(uri).ok_or_else(|| unknown(kind))?;
            Ok(Some(HandedIn { parameter, kind, text }))
        }
        (Some(_), None) => {
            Err(OAuthError::invalid_request(format!("Parameter '{kind}' must be there with '{parameter}'.")))
        }
        (None, Some(_)) => {
            Err(OAuthError::invalid_request(format!("Parameter '{parameter}' must be there with '{kind}'.")))
        }
    }
}
