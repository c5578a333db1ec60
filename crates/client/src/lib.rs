//! OAuth 2.0 and `OpenID` Connect for any provider and for both halves of an application: the one that logs users in and
//! obtains tokens, and the API that is handed them.
//!
//! * [`Client`] is an application at a provider: discovery (`OpenID` Connect Discovery 1.0, RFC 8414), the authorization
//!   code flow with PKCE (RFC 6749 §4.1, RFC 7636), checked ID tokens (`OpenID` Connect Core 1.0 §3.1.3.7), userinfo,
//!   refresh, logout; the grants of machines and devices; registration (RFC 7591, RFC 7592); and what high security asks
//!   for: `private_key_jwt`, certificates, [DPoP](DpopKey), pushed and [signed requests](RequestObjects), signed and
//!   encrypted answers.
//! * [`ResourceServer`] is an API: it checks access tokens, their binding and what a route asks for.
//! * `LoginLayer` and `BearerLayer` (feature `tower`) do both for axum and everything else that is a tower service.
//! * [`AdminClient`] speaks to the admin port of Symbolon, or of a server with the same interface, such as Ory Hydra. It is
//!   not another `Client` with other paths: an admin call to the public port does not compile.
//!
//! # Log a user in
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
//!
//! `symbolon quickstart` starts a server to try this with; the folder `examples` has whole programs for it.
//!
//! # Protect an API
//!
//! [`ResourceServer`] decides whether a request is let in, and `BearerLayer` (feature `tower`) stands before a router of axum
//! or one of its routes. Signed tokens (RFC 9068) are checked by the provider's keys, opaque ones by introspection (RFC
//! 7662), which is remembered for a while; tokens that are bound to a key or a certificate need the proof (RFC 9449, RFC
//! 8705). Who is not let in is told why, and where tokens are issued (RFC 6750 §3, RFC 9470, RFC 9728).
//!
//! ```no_run
//! # #[cfg(feature = "tower")]
//! # fn run() -> Result<axum::Router, symbolon_client::Error> {
//! use axum::{Extension, Router, routing::get};
//! use symbolon_client::{AccessTokenClaims, BearerLayer, Client, ResourceServer};
//!
//! async fn notes(Extension(claims): Extension<AccessTokenClaims>) -> String {
//!     format!("the notes of {:?}", claims.subject)
//! }
//!
//! let provider = Client::builder("https://login.example.com", "notes-api").client_secret("correct-horse").build()?;
//! let api = ResourceServer::builder(provider, "https://api.example.com/notes").build()?;
//! let router = Router::new()
//!     .route("/notes", get(notes).layer(BearerLayer::new(api.clone()).require_scope("notes.read")))
//!     .route_service(&api.metadata_path(), api.metadata_endpoint());
//! # Ok(router)
//! # }
//! ```
//!
//! `examples/api.rs` is the whole program.
//!
//! # Coming from `ory-client`
//!
//! Change the import, and the program compiles: [`apis`] and [`models`] have the names and signatures of the generated
//! crate for all operations that an `OpenID` provider serves (`oidc_api`, `o_auth2_api`, `jwk_api`, `wellknown_api`,
//! `metadata_api`), and [`apis`] tells what is better behind them. From there one can go on step by step to the form that
//! the types of this crate allow:
//!
//! | Operation | Instead | And then |
//! |---|---|---|
//! | `discover_oidc_configuration` | [`Client::metadata`] | the issuer is compared, the document kept for an hour and through an outage |
//! | `create_oidc_dynamic_client` | [`Client::register`] | secret and token are apart from the metadata and do not show in `Debug` |
//! | `get_oidc_dynamic_client` | [`RegistrationHandle::read`] | id, address and token travel together |
//! | `set_oidc_dynamic_client` | [`RegistrationHandle::replace`] | the new token is taken over; what was read can be sent back |
//! | `delete_oidc_dynamic_client` | [`RegistrationHandle::delete`] | the handle is gone too |
//! | `get_oidc_user_info` | [`Client::user_info`] | `sub` is compared, signed answers verified, own claims typed |
//! | `create_verifiable_credential` | [`Client::issue_credential`] | nonce, proof and issuance in one call, with a signer of one's own |
//! | `revoke_oidc_session` | [`Client::end_session_url`] | the browser ends its session; [`Client::logout`] tells what would happen |
//! | `oauth2_token_exchange` | [`Client::redeem`], [`Client::refresh`] | PKCE, `state`, `nonce` and the whole ID token are checked |
//! | `Configuration` | [`Client::builder`], [`AdminClient::builder`] | one for each port, checked when it is built |
//! | `list_o_auth2_clients` | [`AdminClient::clients`] | a stream over all pages |
//! | `Error<…Error>` | [`Error`] | one type with status, code, description, request id and retry time |
//!
//! # Coming from `openidconnect`
//!
//! | `openidconnect` | Here | And then |
//! |---|---|---|
//! | `CoreProviderMetadata::discover_async`, `CoreClient::from_provider_metadata` | [`Client::builder`] | the document is fetched when it is needed and kept through an outage; there are no type parameters |
//! | `reqwest::ClientBuilder::redirect(Policy::none())` | nothing | redirects are never followed |
//! | `authorize_url`, `CsrfToken`, `Nonce`, `PkceCodeChallenge` | [`Client::authorization_url`] | everything to be kept is in one [`PendingAuthorization`], which can be stored |
//! | `exchange_code`, `set_pkce_verifier`, comparing the state by hand | [`Client::redeem`] | `state`, `iss` (RFC 9207), nonce and `at_hash` cannot be forgotten |
//! | `IdToken::claims`, `IdTokenVerifier`, `AccessTokenHash` | done by [`Client::redeem`]; [`Client::verify_id_token`], [`VerificationRules`] | keys are refetched and have an age |
//! | `AdditionalClaims` | [`IdTokenClaims::all`], [`UserInfo::claims`] | one's own type, where it is read |
//! | `user_info` | [`Client::user_info`] | `sub` is compared |
//! | `exchange_refresh_token` | [`Client::refresh`], [`Client::refresh_with`] | many callers make one request, and a dropped one loses no token |
//! | `ClientRegistrationRequest` | [`Client::register`] | members that are not known are kept; reading, replacing, deleting |
//! | `ProviderMetadataWithLogout`, `LogoutRequest` | [`Client::end_session_url`] | [`Client::verify_logout_token`] for the back channel |
//! | `exchange_device_code` | [`Client::authorize_device`] | the pace is the server's, and goes on after a restart |
//! | `RequestTokenError`, `ClaimsVerificationError`, … | [`Error`] | one type |
//!
//! # Coming from `oauth2`
//!
//! | `oauth2` | Here | And then |
//! |---|---|---|
//! | `BasicClient::new` with `set_auth_uri`, `set_token_uri` | [`Client::builder`] with [`ClientBuilder::metadata`] | or by discovery |
//! | `set_auth_type` | [`ClientBuilder::authentication`] | or as the metadata says |
//! | `authorize_url`, `exchange_code` | [`Client::authorization_url`], [`Client::redeem`] | without the scope `openid` no ID token is asked for |
//! | `exchange_client_credentials` | [`Client::client_credentials`] | [`TokenSource`] keeps a fresh one |
//! | `exchange_refresh_token` | [`Client::refresh_with`] | |
//! | `exchange_device_code`, `exchange_device_access_token` | [`Client::authorize_device`], [`Client::device_tokens`] | |
//! | `introspect`, `revoke_token` | [`Client::introspect`], [`Client::revoke`] | |
//! | `exchange_password` | not there | RFC 9700 §2.4 forbids it |
//! | `ExtraTokenFields` | [`TokenSet::extra`] | |
//! | `AsyncHttpClient` | [`HttpClient`] | with `reqwest` as the default |
//! | `request(&http_client)`, blocking | the module `blocking`, by the feature of that name | |
//!
//! What npm's `openid-client` has is in [a table of its own](comparison).
//!
//! # What every call keeps to
//!
//! * **Time and size.** A request ends after 30 seconds and an answer after 1 MiB; both are settings of the builders.
//! * **No redirects.** A token never follows one to another host.
//! * **Retries only of GET**, after lost connections and answers 429, 502, 503 and 504, twice, waiting as `Retry-After`
//!   says but at most five seconds. Whether anything else already happened, nobody can know.
//! * **Secrets** given to this crate are overwritten in memory when dropped ([`Secret`]) and show in no `Debug` and no
//!   error; what the HTTP and TLS libraries keep in their buffers is beyond its reach.
//!
//! # Features
//!
//! `reqwest`, `rustls` (or `rustls-tls`), `aws-lc-rs`, `facade`, `admin` and `credentials` are on by default. Instead of them
//! there are `native-tls`, and `rust-crypto` or `rust-crypto-small` for cryptography without a C compiler, also in a browser;
//! in addition `tower`, `axum`, `blocking` and `tracing`. The README says what each brings.

#[cfg(feature = "admin")]
mod admin;
#[cfg(feature = "facade")]
pub mod apis;
mod authentication;
mod authorization;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod clock;
#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/openid-client.md")]
pub mod comparison {}
#[cfg(feature = "credentials")]
mod credential;
mod discovery;
mod dpop;
mod encryption;
mod error;
mod http;
mod keys;
#[cfg(all(feature = "tower", not(target_arch = "wasm32"), any(feature = "aws-lc-rs", feature = "rust-crypto")))]
pub mod login;
mod logout;
#[cfg(feature = "facade")]
pub mod models;
mod mutual_tls;
#[cfg(feature = "reqwest")]
mod probe;
mod protection;
mod registration;
mod resource_server;
mod retry;
mod signer;
mod task;
mod token;
mod transport;
mod user_info;
#[cfg(any(doc, doctest))]
pub mod vendors;
mod verification;
mod wire;

#[cfg(feature = "admin")]
pub use admin::{
    Account, AccountChange, AdminClient, AdminClientBuilder, EndedLogins, ForgottenConsents, Items, KeyRotation,
    ListedKey, LoginSession, NewAccount, NewKey, Page, ReloadedConfiguration, ReplacedKey, RotatedKey, SigningKeys,
};
pub use authentication::{AssertionRules, Authentication};
pub use authorization::{
    AuthorizationDetail, AuthorizationRequest, Callback, ClaimsRequest, PendingAuthorization, RequestObjects,
    RequestedClaim, ResponseFault, ResponseMode, code_challenge,
};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::Clock;
#[cfg(feature = "credentials")]
pub use credential::{Credential, CredentialFault, CredentialNonce};
pub use discovery::DiscoveryDocument;
pub use dpop::DpopKey;
pub use encryption::{EncryptedContent, EncryptionFault};
pub use error::{ApiError, Error};
pub use keys::KeptKeys;
#[cfg(all(feature = "tower", not(target_arch = "wasm32"), any(feature = "aws-lc-rs", feature = "rust-crypto")))]
pub use login::{
    EndedSessions, LoginFailure, LoginFailureKind, LoginGuard, LoginLayer, LoginLayerBuilder, LoginRequired,
    MemoryRevocations, MemorySessions, Revocation, RevocationList, Session, SessionError, SessionStore, StoreError,
    StoreFuture, StoredSession,
};
pub use logout::{LogoutOutcome, LogoutRequest};
#[cfg(feature = "reqwest")]
pub use probe::{Probe, ProbeAnswer, ProbeRequest};
pub use registration::{Registered, RegistrationCredentials, RegistrationHandle};
pub use resource_server::{
    Authorized, ClientCertificate, ProofFault, Refusal, RefusalReason, Requirements, ResourceServer,
    ResourceServerBuilder,
};
#[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
pub use resource_server::{BearerGuard, BearerLayer, MetadataEndpoint};
pub use signer::{ClientKey, SignatureFuture, Signer, SignerError};
pub use token::{
    BackchannelAuthentication, BackchannelAuthenticationRequest, BackchannelNotification, ClientCredentialsRequest,
    DeviceAuthorization, DeviceAuthorizationRequest, ExchangedToken, ExtensionGrantRequest, IdToken,
    IntrospectionResponse, JwtAssertion, JwtBearerRequest, NotificationFault, RefreshRequest, TokenExchangeRequest,
    TokenSet, TokenSource, TokenTypeHint, token_type,
};
#[cfg(feature = "reqwest")]
pub use transport::DefaultRuntime;
pub use transport::{
    BackgroundFuture, HttpClient, HttpFuture, Limits, Runtime, SleepFuture, TransportError, TransportErrorKind,
};
pub use user_info::{Address, StandardClaims, UserInfo};
pub use verification::{
    AccessTokenClaims, AccessTokenFault, Confirmation, IdTokenClaims, IdTokenFault, IssuerRule, LogoutToken,
    LogoutTokenFault, VerificationRules,
};
pub use wire::{AccessToken, ClientMetadata, ProtectedResourceMetadata, ProviderMetadata, RefreshToken, Scope};

/// The HTTP library, in the version whose `Client` stands in [`apis::configuration::Configuration`] and can be given to
/// [`ClientBuilder::http_client`].
#[cfg(feature = "reqwest")]
pub use reqwest;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use symbolon_jose::jwe::{ContentEncryption, DecryptionKey, JweError, KeyManagement};
pub use symbolon_jose::{
    Algorithm, Jwk, JwkSet, JwsError, KeyError, MacAlgorithm, Rng, Secret, SigningKey, VerifyingKey,
};
/// What the admin interface takes and gives.
#[cfg(feature = "admin")]
pub use symbolon_types::{
    AcceptConsent, AcceptLogin, Client as RegisteredClient, ConsentRequest, ConsentSession, ConsentSessionClaims,
    Introspection, LoginRequest, LogoutRequest as LogoutChallenge, RedirectTo, RejectRequest,
};
pub use url::Url;
