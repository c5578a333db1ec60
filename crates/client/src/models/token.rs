//! Tokens: what the token endpoint answers, and what a presented token is worth.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;
use super::present::{strings, whole_seconds, words};
use super::secrets::without_secrets;

/// The answer of the token endpoint (RFC 6749 §5.1).
///
/// `Debug` does not show the tokens. Lifetimes that are written as text and scopes that are a list are read, too.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OAuth2TokenExchange {
    /// For APIs
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// How long the access token is good for, in seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
    /// Who the user is, unverified; [`Client::redeem`](crate::Client::redeem) verifies
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// For the next tokens; good for one use
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What the access token allows, separated by spaces
    #[serde(default, deserialize_with = "words", skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `bearer`, or `DPoP`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
}

impl OAuth2TokenExchange {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

without_secrets!(OAuth2TokenExchange);

/// What a token is worth (RFC 7662 §2.2).
///
/// An audience that is one text instead of a list and times with a fraction are read, too.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntrospectedOAuth2Token {
    /// Whether it counts; if not, there is nothing else
    pub active: bool,
    /// For whom it is
    #[serde(default, deserialize_with = "strings", skip_serializing_if = "Option::is_none")]
    pub aud: Option<Vec<String>>,
    /// Whom it was given to
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its end, in Unix seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Claims that the consent page gave to access tokens
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<HashMap<String, serde_json::Value>>,
    /// Its issue, in Unix seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Who issued it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Its beginning, in Unix seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// The `sub` that the client sees, where it is not that of others
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscated_subject: Option<String>,
    /// What it allows, separated by spaces
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The user, or the client itself
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// `Bearer`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// `access_token` or `refresh_token`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_use: Option<String>,
    /// A name for people; servers leave it out
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

with_mandatory!(IntrospectedOAuth2Token { active: bool });
