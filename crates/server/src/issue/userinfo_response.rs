//! Userinfo answers as JWTs (OpenID Connect Core §5.3.2): signed, for clients that registered
//! `userinfo_signed_response_alg`, and encrypted, signed or not, for those that registered `userinfo_encrypted_response_alg`.
//! They have no `exp`, so they can never be taken for ID tokens.

use serde_json::{Map, Value, json};
use symbolon_types::client::EncryptedContent;

use super::encrypted;
use crate::clients::{RegisteredClient, encryption, signing};
use crate::context::Context;
use crate::error::OAuthError;
use crate::identifiers;

/// Whether a client gets its answers as JWTs.
pub fn is_wanted(client: &RegisteredClient) -> bool {
    let metadata = client.metadata();
    metadata.userinfo_algorithm().is_some() || !metadata.encryption(EncryptedContent::Userinfo).are_empty()
}

/// The claims in the form that the client registered.
pub async fn issue(
    context: &Context,
    client: &RegisteredClient,
    mut claims: Map<String, Value>,
) -> Result<String, OAuthError> {
    claims.insert("jti".into(), json!(identifiers::uuid(&context.rng)));
    claims.insert("iat".into(), json!(context.clock.now()));
    if client.metadata().userinfo_algorithm().is_none() {
        let wanted = encryption::wanted_by(client, EncryptedContent::Userinfo)?;
        let wanted = wanted.ok_or_else(|| OAuthError::server("a JWT that is neither signed nor encrypted"))?;
        let plain = serde_json::to_vec(&claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
        return encrypted::encrypt(context, client, wanted, (None, &plain)).await;
    }
    let key = signing::userinfo_key(context, client)?;
    let token = key.sign(Some("JWT"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
    encrypted::signed(context, client, EncryptedContent::Userinfo, token).await
}
