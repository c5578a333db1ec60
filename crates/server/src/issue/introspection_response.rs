//! Answers of introspection as JWTs (RFC 9701 §5): for one resource server, signed, and encrypted where it registered that.
//! What is said of the token stands in a claim of its own, so that nobody takes the answer for the token.

use serde_json::json;
use symbolon_types::Introspection;
use symbolon_types::client::EncryptedContent;

use super::encrypted;
use crate::clients::{RegisteredClient, signing};
use crate::context::Context;
use crate::error::OAuthError;

/// Signs what was found for the client that asked.
pub async fn issue(context: &Context, client: &RegisteredClient, found: &Introspection) -> Result<String, OAuthError> {
    let claims = json!({
        "iss": context.config.issuer(),
        "aud": client.id(),
        "iat": context.clock.now(),
        "token_introspection": found,
    });
    let key = signing::introspection_key(context, client)?;
    let token =
        key.sign(Some("token-introspection+jwt"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
    encrypted::signed(context, client, EncryptedContent::Introspection, token).await
}
