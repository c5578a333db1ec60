//! What a grant remembers beyond its columns: the body of the grant row, sealed when `oauth2.session.encrypt_at_rest` is
//! on. Members have short names, as there is one row per login of every user.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_store::Grant;
use symbolon_types::{AuthorizationDetails, Scope};

use crate::accounts::claims::Released;
use crate::at_rest;
use crate::confirmation::{CertificateThumbprint, Confirmation, KeyThumbprint};
use crate::context::Context;
use crate::error::OAuthError;
use crate::request::{EffectiveRequest, KeptRequest};

/// The body of a grant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GrantBody {
    /// The request that it answers; `None` where there was none.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub request: Option<KeptRequest>,
    /// Granted scope.
    #[serde(rename = "s", default)]
    pub scope: Scope,
    /// Granted audience.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// What was granted in detail (RFC 9396).
    #[serde(rename = "b", default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// `nonce`, for the ID tokens of every refresh.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When the user was authenticated; 0 where nobody was, as with an assertion about somebody.
    #[serde(rename = "t", default)]
    pub auth_time: i64,
    /// Authentication context class.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// Authentication methods.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// `sub` for a pairwise client, chosen by the login page.
    #[serde(rename = "f", default, skip_serializing_if = "String::is_empty")]
    pub forced_subject: String,
    /// Claims for access tokens and introspection: what the consent page chose, or a web hook since.
    #[serde(rename = "x", default, skip_serializing_if = "Map::is_empty")]
    pub access_token_claims: Map<String, Value>,
    /// Claims that the consent page chose for ID tokens, or a web hook since; without `userinfo_claims` they are those of
    /// userinfo too.
    #[serde(rename = "i", default, skip_serializing_if = "Map::is_empty")]
    pub id_token_claims: Map<String, Value>,
    /// What the consent page chose for access and ID tokens, where a web hook has replaced it.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub consented: Option<Box<SessionClaims>>,
    /// Claims that the consent page chose for userinfo.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub userinfo_claims: Option<Map<String, Value>>,
    /// Claims that the client asked for in the ID token by their names.
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    pub requested_in_id_token: Vec<String>,
    /// Claims that the client asked for at userinfo by their names.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub requested_in_userinfo: Vec<String>,
    /// Claims of a built-in account that the user agreed to by their names, beyond the scope.
    #[serde(rename = "j", default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
    /// The key whose holder alone may use the refresh tokens (RFC 9449 §5).
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub refresh_key: Option<KeyThumbprint>,
    /// The certificate whose holder alone may use the refresh tokens (RFC 8705 §4).
    #[serde(rename = "dc", default, skip_serializing_if = "Option::is_none")]
    pub refresh_certificate: Option<CertificateThumbprint>,
    /// What the pages passed along.
    #[serde(rename = "k", default, skip_serializing_if = "Value::is_null")]
    pub context: Value,
    /// The consent page was visited with `skip`.
    #[serde(rename = "z", default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// The identity provider that vouched for the user with an ID-JAG; empty where none did.
    #[serde(rename = "y", default, skip_serializing_if = "String::is_empty")]
    pub identity_provider: String,
    /// By what the user knew a client that has a document; empty for others.
    #[serde(rename = "g", default, skip_serializing_if = "String::is_empty")]
    pub document_digest: String,
    /// How the client with a document authenticated that redeemed the code, if it did; empty for others.
    #[serde(rename = "v", default, skip_serializing_if = "String::is_empty")]
    pub authenticated_by: String,
    /// When the consent page answered.
    #[serde(rename = "h", default)]
    pub handled_at: i64,
    /// When the claims of the user were put together, where that is another second than `handled_at`.
    #[serde(rename = "hc", default, skip_serializing_if = "Option::is_none")]
    pub claims_at: Option<i64>,
    /// A short hash of the consent verifier that was used up; empty where there was none.
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    pub verifier: String,
}

/// What an application of the operator's says in tokens beside the server's own claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    /// In access tokens and introspection.
    #[serde(rename = "x", default, skip_serializing_if = "Map::is_empty")]
    pub access_token: Map<String, Value>,
    /// In ID tokens and userinfo.
    #[serde(rename = "i", default, skip_serializing_if = "Map::is_empty")]
    pub id_token: Map<String, Value>,
}

impl GrantBody {
    /// The same with other session claims. What the consent page chose is kept beside.
    #[must_use]
    pub fn with_session(self, session: SessionClaims) -> Self {
        let before = SessionClaims { access_token: self.access_token_claims, id_token: self.id_token_claims };
        Self {
            access_token_claims: session.access_token,
            id_token_claims: session.id_token,
            consented: Some(self.consented.unwrap_or_else(|| Box::new(before))),
            ..self
        }
    }

    /// The session claims that tokens have now.
    pub fn session(&self) -> SessionClaims {
        SessionClaims { access_token: self.access_token_claims.clone(), id_token: self.id_token_claims.clone() }
    }

    /// What the consent page chose for access and ID tokens, whatever a web hook made of it.
    pub fn consented_session(&self) -> SessionClaims {
        self.consented.as_deref().cloned().unwrap_or_else(|| self.session())
    }

    /// The request that the grant answers; `None` where there was none.
    pub fn request(&self) -> Result<Option<EffectiveRequest>, OAuthError> {
        let Some(kept) = self.request.clone() else { return Ok(None) };
        kept.restore().map(Some).ok_or_else(|| OAuthError::server("the request of a grant could not be read"))
    }

    /// Claims that the consent page chose for userinfo.
    pub fn claims_of_userinfo(&self) -> &Map<String, Value> {
        self.userinfo_claims.as_ref().unwrap_or(&self.id_token_claims)
    }

    /// Which claims of a built-in account the ID token may have, with tokens for this scope.
    pub fn released_in_id_token<'a>(&'a self, scope: &'a Scope) -> Released<'a> {
        self.released(scope, &self.requested_in_id_token)
    }

    /// Which claims of a built-in account the userinfo answer may have, with tokens for this scope.
    pub fn released_in_userinfo<'a>(&'a self, scope: &'a Scope) -> Released<'a> {
        self.released(scope, &self.requested_in_userinfo)
    }

    /// A claim that was agreed to goes only where it was asked for.
    fn released<'a>(&'a self, scope: &'a Scope, requested: &[String]) -> Released<'a> {
        let requested: HashSet<&String> = requested.iter().collect();
        let single = self.claims.iter().filter(|name| requested.contains(name)).map(String::as_str).collect();
        Released { scope, single }
    }

    /// Who may use the refresh tokens, beyond the client.
    pub fn refresh_confirmation(&self) -> Confirmation {
        match (self.refresh_key, self.refresh_certificate) {
            (Some(key), _) => Confirmation::DpopKey(key),
            (None, Some(certificate)) => Confirmation::Certificate(certificate),
            (None, None) => Confirmation::Bearer,
        }
    }

    /// The same with refresh tokens for this holder alone.
    #[must_use]
    pub fn with_refresh_confirmation(self, confirmation: Confirmation) -> Self {
        match confirmation {
            Confirmation::Bearer => self,
            Confirmation::DpopKey(key) => Self { refresh_key: Some(key), ..self },
            Confirmation::Certificate(certificate) => Self { refresh_certificate: Some(certificate), ..self },
        }
    }

    /// The stored form.
    pub fn close(&self, context: &Context) -> Result<Vec<u8>, OAuthError> {
        at_rest::close(context, self)
    }

    /// Reads the body of a row, whichever way it was kept.
    pub fn open(context: &Context, grant: &Grant) -> Result<Self, OAuthError> {
        at_rest::open(context, &grant.body)
    }
}
