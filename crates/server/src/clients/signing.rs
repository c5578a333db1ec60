//! With which key something is signed for a client: in the algorithm that it registered, or the server's own. A client
//! that is held to strong algorithms gets one of those, whatever is registered.

use std::sync::Arc;

use symbolon_jose::{Algorithm, SigningKey};

use super::RegisteredClient;
use crate::config::Config;
use crate::context::Context;
use crate::error::OAuthError;
use crate::security_profile::{Rule, is_strong};

/// The key for ID tokens, logout tokens and credentials.
pub fn id_token_key(context: &Context, client: &RegisteredClient) -> Result<Arc<SigningKey>, OAuthError> {
    key(context, client, &client.metadata().id_token_signed_response_alg)
}

/// The key for signed userinfo answers.
pub fn userinfo_key(context: &Context, client: &RegisteredClient) -> Result<Arc<SigningKey>, OAuthError> {
    key(context, client, &client.metadata().userinfo_signed_response_alg)
}

/// The key for answers of the authorization endpoint; who registered no algorithm gets RS256 where it is offered (JWT
/// Secured Authorization Response Mode §3).
pub fn authorization_response_key(context: &Context, client: &RegisteredClient) -> Result<Arc<SigningKey>, OAuthError> {
    key_or_rs256(context, client, &client.metadata().authorization_signed_response_alg)
}

/// The key for answers of introspection, likewise (RFC 9701 §6).
pub fn introspection_key(context: &Context, client: &RegisteredClient) -> Result<Arc<SigningKey>, OAuthError> {
    key_or_rs256(context, client, &client.metadata().introspection_signed_response_alg)
}

fn key_or_rs256(context: &Context, client: &RegisteredClient, registered: &str) -> Result<Arc<SigningKey>, OAuthError> {
    let rs256 = registered.is_empty() && context.keys.offered().contains(&Algorithm::RS256);
    key(context, client, if rs256 { Algorithm::RS256.as_str() } else { registered })
}

/// The key for what the client registered this algorithm for; empty for the server's own.
pub fn key(context: &Context, client: &RegisteredClient, registered: &str) -> Result<Arc<SigningKey>, OAuthError> {
    context.keys.id_token_for(algorithm(&context.config, client, registered))
}

fn algorithm<'a>(config: &Config, client: &RegisteredClient, registered: &'a str) -> &'a str {
    let keys = &config.symbolon.keys;
    let effective = if registered.is_empty() { keys.signing_algorithm.as_str() } else { registered };
    if is_strong(effective) || !client.is_held_to(config, Rule::StrongAlgorithms) {
        return registered;
    }
    let strong = keys.offered_algorithms.iter().copied().map(Algorithm::as_str).find(|name| is_strong(name));
    // Without any there is no key either, and nothing is signed.
    strong.unwrap_or("PS256")
}
