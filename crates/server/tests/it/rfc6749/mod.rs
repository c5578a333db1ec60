//! RFC 6749, the OAuth 2.0 framework: the authorization and token endpoints, the three grant types, and how clients
//! authenticate.

mod authorization_code;
mod authorization_request;
mod authorization_response;
mod client_authentication;
mod client_credentials;
mod control_characters;
mod error_characters;
mod jwt_access_token;
mod jwt_claims;
mod lifetimes;
mod list_limits;
mod narrowed_scope;
mod redirect_uri;
mod refresh_token;
mod scope_patterns;
mod secret_guessing;
mod token_request;
