//! Signed userinfo answers (OpenID Connect Core §5.3.2): the claims as a JWT, for clients that registered
//! `userinfo_signed_response_alg`. They have no `exp`, so they can never be taken for ID tokens.

use serde_json::{Map, Value, json};

use crate::clients::{RegisteredClient, signing};
use crate::context::Context;
use crate::error::OAuthError;
use crate::identifiers;

/// Signs the claims in the algorithm that the client registered.
pub fn issue(
    context: &Context,
    client: &RegisteredClient,
    mut claims: Map<String, Value>,
) -> Result<String, OAuthError> {
    claims.insert("jti".into(), json!(identifiers::uuid(&context.rng)));
    claims.insert("iat".into(), json!(context.clock.now()));
    let key = signing::userinfo_key(context, client)?;
    key.sign(Some("JWT"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))
}
