//! Encrypted request objects (RFC 9101 §6.1, OpenID Connect Core §6.1): a signed object inside one that only this server can
//! open, by the algorithms that the client registered, where it registered any. What is inside is an object like every
//! other.

use symbolon_jose::jwe::{Jwe, looks_encrypted};
use symbolon_types::client::EncryptedContent;

use super::refused;
use crate::clients::{RegisteredClient, encryption};
use crate::context::Context;
use crate::error::OAuthError;
use crate::keys;

/// The object itself, whether or not it was encrypted.
pub(super) async fn opened(context: &Context, client: &RegisteredClient, object: String) -> Result<String, OAuthError> {
    if !looks_encrypted(&object) {
        return Ok(object);
    }
    if context.config.symbolon.keys.encryption.is_empty() {
        return Err(refused("The request object is encrypted, and this server has no key for that."));
    }
    let undecipherable = |reason: String| refused("The request object cannot be decrypted.").because(reason);
    let message = Jwe::parse(&object).map_err(|fault| undecipherable(fault.to_string()))?;
    let header = message.header();
    if let Some(registered) = encryption::wanted_by(client, EncryptedContent::RequestObject)?
        && (header.alg, header.enc) != (registered.alg, registered.enc)
    {
        let hint = format!(
            "The request object is encrypted with {} and {}; the client registered {} and {}.",
            header.alg, header.enc, registered.alg, registered.enc
        );
        return Err(refused(hint));
    }
    let inside = keys::encryption::open(context, &message).await.map_err(|fault| undecipherable(fault.to_string()))?;
    String::from_utf8(inside).map_err(|_| undecipherable("the content is no text".to_owned()))
}
