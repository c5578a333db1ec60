//! The keys of the provider, on the public port.

use super::operations::operations;
use crate::models;

operations! {
    /// The public keys with which ID tokens, and access tokens that are JWTs, are verified.
    ///
    /// [`crate::Client::verify_access_token`] and [`crate::Client::redeem`] fetch and keep them by themselves.
    GET "/.well-known/jwks.json" for Nobody;
    discover_json_web_keys() -> json(models::JsonWebKeySet),
    DiscoverJsonWebKeysError { else models::ErrorOAuth2, "the keys cannot be read now" };
}
