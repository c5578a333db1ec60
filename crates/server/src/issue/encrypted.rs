//! Encryption of what a client gets (OpenID Connect Core §10.2): signed first, then encrypted as the client registered, or
//! not at all where it registered nothing. There is no third way: without a key the answer is an error.

use symbolon_jose::jwe::Envelope;
use symbolon_types::client::EncryptedContent;

use crate::clients::RegisteredClient;
use crate::clients::encryption::{self, WantedEncryption};
use crate::context::Context;
use crate::error::OAuthError;

/// A signed token in the form in which the client wants to have it.
pub async fn signed(
    context: &Context,
    client: &RegisteredClient,
    kind: EncryptedContent,
    token: String,
) -> Result<String, OAuthError> {
    match encryption::wanted_by(client, kind)? {
        // RFC 7519 §5.2: `cty` says that a token is inside.
        Some(wanted) => encrypt(context, client, wanted, (Some("JWT"), token.as_bytes())).await,
        None => Ok(token),
    }
}

/// Any text, encrypted. `cty` says what it is.
pub async fn encrypt(
    context: &Context,
    client: &RegisteredClient,
    wanted: WantedEncryption,
    (cty, plaintext): (Option<&str>, &[u8]),
) -> Result<String, OAuthError> {
    let key = encryption::key(context, client, wanted).await?;
    let envelope = Envelope { alg: wanted.alg, enc: wanted.enc, cty };
    key.encrypt(&envelope, plaintext).map_err(|fault| OAuthError::server(fault.to_string()))
}
