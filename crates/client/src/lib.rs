//! Log users in with `OpenID` Connect, and drive a Symbolon server from Rust.
//!
//! Two clients, one for each port of the server. [`Client`] speaks to the public port of any `OpenID` provider: discovery
//! (`OpenID` Connect Discovery 1.0), the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), refresh, revocation
//! (RFC 7009), userinfo, and the verification of ID tokens (`OpenID` Connect Core 1.0 §3.1.3.7). [`AdminClient`] speaks to
//! the admin port of Symbolon, or of a server with the same interface: registered clients, accounts, login and consent
//! challenges, introspection. Both follow no redirects, read no endless answers, give up after a time-out and show no
//! secret in `Debug`; every failure is one [`Error`] that tells status, OAuth code and description apart.
//!
//! ```no_run
//! use symbolon_client::{AuthorizationRequest, Callback, Client};
//!
//! # async fn run(query_of_the_callback: &str) -> Result<(), symbolon_client::Error> {
//! let client = Client::builder("http://127.0.0.1:4444", "my-app")
//!     .redirect_uri("http://127.0.0.1:8080/callback")
//!     .build()?;
//!
//! // Send the browser to `url`, and keep `pending` with its session.
//! let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
//! println!("{url}");
//!
//! // When it comes back:
//! let tokens = client.redeem(&pending, &Callback::parse(query_of_the_callback)).await?;
//! let user = client.user_info(&tokens).await?;
//! println!("{} is logged in", user.subject);
//! # Ok(())
//! # }
//! ```

mod admin;
pub mod apis;
mod authorization;
mod builder;
mod client;
mod clock;
mod credential;
mod discovery;
mod error;
mod http;
mod id_token;
mod keys;
mod logout;
pub mod models;
mod registration;
mod retry;
mod token;
mod user_info;

pub use admin::{Account, AdminClient, AdminClientBuilder, Items, NewAccount, Page};
pub use authorization::{AuthorizationRequest, Callback, PendingAuthorization};
pub use builder::{Authentication, ClientBuilder};
pub use client::Client;
pub use clock::Clock;
pub use credential::{Credential, CredentialFault, CredentialNonce, ProofSigner, SignerError};
pub use error::{ApiError, Error};
pub use id_token::{IdTokenClaims, IdTokenFault};
pub use logout::{LogoutOutcome, LogoutRequest};
pub use registration::{Registered, RegistrationCredentials, RegistrationHandle};
pub use token::{IdToken, TokenSet};
pub use user_info::{Address, StandardClaims, UserInfo};

/// The HTTP library, in the version whose `Client` stands in [`apis::configuration::Configuration`].
pub use reqwest;
pub use reqwest::Url;
pub use symbolon_jose::{Algorithm, Jwk, JwkSet, Rng, Secret, SigningKey};
pub use symbolon_types::Client as ClientMetadata;
pub use symbolon_types::discovery::ProviderMetadata;
pub use symbolon_types::{AccessToken, RefreshToken, Scope};
