//! Identity Assertion JWT Authorization Grants (draft-ietf-oauth-identity-assertion-authz-grant-04): what a client shows to
//! another authorization server, which trusts this one, instead of asking its user there again. They are for that server alone,
//! and no token here.

use serde_json::{Map, json};
use symbolon_types::{Scope, TokenResponse};

use super::exchanged_token::Login;
use crate::assertion::ID_JAG_TYPE;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::identifiers;

/// `requested_token_type` and `issued_token_type`.
pub const TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:id-jag";
/// How long one lasts, in seconds: the client shows it at once.
const LIFETIME: i64 = 300;

/// What an assertion says.
pub struct IdentityAssertion {
    /// The issuer of the other server.
    pub audience: String,
    /// The client's id there.
    pub client_id: String,
    /// The person, as the other server knows them.
    pub subject: String,
    /// Resources there.
    pub resources: Vec<String>,
    /// Scope there.
    pub scope: Scope,
    /// The login behind it.
    pub login: Option<Login>,
    /// When that ends on which it rests, in Unix seconds.
    pub ends_at: i64,
}

// It names a person.
impl std::fmt::Debug for IdentityAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityAssertion")
    }
}

/// Signs it with the key that signs ID tokens.
pub(super) fn issue(
    context: &Context,
    assertion: &IdentityAssertion,
    confirmation: Confirmation,
) -> Result<TokenResponse, OAuthError> {
    let now = context.clock.now();
    let expires_at = now.saturating_add(LIFETIME).min(assertion.ends_at);
    let mut claims = Map::new();
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("sub".into(), json!(assertion.subject));
    claims.insert("aud".into(), json!(assertion.audience));
    claims.insert("client_id".into(), json!(assertion.client_id));
    claims.insert("jti".into(), json!(identifiers::uuid(&context.rng)));
    claims.insert("exp".into(), json!(expires_at));
    claims.insert("iat".into(), json!(now));
    match assertion.resources.as_slice() {
        [] => {}
        [one] => drop(claims.insert("resource".into(), json!(one))),
        many => drop(claims.insert("resource".into(), json!(many))),
    }
    if !assertion.scope.is_empty() {
        claims.insert("scope".into(), json!(assertion.scope));
    }
    if let Some(Login { at, acr, amr }) = &assertion.login {
        claims.insert("auth_time".into(), json!(at));
        if !acr.is_empty() {
            claims.insert("acr".into(), json!(acr));
        }
        if !amr.is_empty() {
            claims.insert("amr".into(), json!(amr));
        }
    }
    // Whoever shows it there proves to hold the same key.
    if let Some(confirmation) = confirmation.claim() {
        claims.insert("cnf".into(), confirmation);
    }
    let key = context.keys.id_token_for("")?;
    let text = key.sign(Some(ID_JAG_TYPE), &claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
    let response = super::response(text, confirmation, expires_at.saturating_sub(now), &assertion.scope);
    Ok(TokenResponse {
        issued_token_type: Some(TOKEN_TYPE.to_owned()),
        // It opens nothing here (RFC 8693 §2.2.1).
        token_type: "N_A".to_owned(),
        ..response
    })
}
