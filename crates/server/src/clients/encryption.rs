//! What is encrypted for a client, and with which of its keys (OpenID Connect Core §10.2, Dynamic Client Registration §2).
//! The client chose the algorithms; the key is one that it publishes for them. Without such a key nothing can be answered:
//! what was to be encrypted is never sent otherwise.

use symbolon_jose::JwkSet;
use symbolon_jose::jwe::{ContentEncryption, EncryptionKey, KeyManagement};
use symbolon_types::client::{EncryptedContent, EncryptionMembers, MetadataFault};
use symbolon_types::{Client, ErrorCode};

use super::keys::{self, ClientKeys};
use super::registered::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;

/// How a client wants something encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WantedEncryption {
    /// How the key reaches the reader.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
}

/// What the members say; `None` where nothing is to be encrypted. Words that were registered and are not known (any more)
/// are an error.
pub fn wanted(members: &EncryptionMembers<'_>) -> Result<Option<WantedEncryption>, OAuthError> {
    if members.are_empty() {
        return Ok(None);
    }
    let (alg, enc) = (KeyManagement::parse(members.alg.1), ContentEncryption::parse(members.content_encryption()));
    let wanted = alg.zip(enc).map(|(alg, enc)| WantedEncryption { alg, enc });
    let reason = || format!("'{}' or '{}' of the client is not known here", members.alg.0, members.enc.0);
    wanted.map(Some).ok_or_else(|| OAuthError::server(reason()))
}

/// How a client wants a kind of content encrypted.
pub fn wanted_by(client: &RegisteredClient, content: EncryptedContent) -> Result<Option<WantedEncryption>, OAuthError> {
    wanted(&client.metadata().encryption(content))
}

/// The key of a client that something is encrypted for.
pub async fn key(
    context: &Context,
    client: &RegisteredClient,
    wanted: WantedEncryption,
) -> Result<EncryptionKey, OAuthError> {
    let key = keys::encryption_key(context, client, wanted.alg).await;
    key.map_err(|fault| {
        let hint = format!("The client has registered encryption with {} and has no key for it.", wanted.alg);
        OAuthError::new(ErrorCode::ServerError, hint).because(format!("{fault:?}"))
    })
}

/// Refuses metadata that ask for encryption and have no key for it. Keys behind an address are looked at when they are
/// needed.
pub fn check_keys(client: &Client) -> Result<(), MetadataFault> {
    let wishes: Vec<_> = EncryptedContent::RESPONSES.map(|content| client.encryption(content).alg).into();
    let wishes: Vec<_> = wishes.into_iter().filter(|(_, alg)| !alg.is_empty()).collect();
    if wishes.is_empty() || !client.jwks_uri.is_empty() {
        return Ok(());
    }
    let set: Option<JwkSet> = serde_json::from_value(client.jwks.clone()).ok();
    let keys = set.as_ref().map(ClientKeys::of).unwrap_or_default();
    for (name, alg) in wishes {
        if KeyManagement::parse(alg).and_then(|alg| keys.for_encryption(alg)).is_none() {
            return Err(MetadataFault::metadata(format!(
                "The '{name}' '{alg}' needs a key for it in 'jwks', with 'use' 'enc' or none, or a 'jwks_uri'."
            )));
        }
    }
    Ok(())
}
