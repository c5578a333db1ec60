//! An OpenID provider inside the process of a test: for applications that log people in (relying parties) and for
//! interfaces that take access tokens (resource servers).
//!
//! It is Symbolon, the whole server, in memory and on two ports of 127.0.0.1 that the system chose. So an application
//! under test finds what it finds in production: discovery, keys, the code flow with its redirects, PKCE, refresh,
//! userinfo, logout, device flow, token exchange, DPoP, PAR. And a test can do what no provider in production lets it do:
//! log people in without a page, make any token, right or wrong, let endpoints fail, and move the clock. Many run at once
//! in one process; each stops when it is dropped.
//!
//! # An application that logs people in
//!
//! ```
//! use serde_json::json;
//! use symbolon_client::{AuthorizationRequest, Callback, Client};
//! use symbolon_test_provider::TestProvider;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), symbolon_client::Error> {
//! let provider = TestProvider::start().await;
//! provider.add_user("alice", json!({ "email": "alice@example.com" }));
//! let app = provider.client("https://app.example/callback").await;
//!
//! // The application, with any library; here with `symbolon-client`.
//! let client = Client::builder(provider.issuer(), &app.id)
//!     .client_secret(app.secret)
//!     .redirect_uri("https://app.example/callback")
//!     .build()?;
//! let (url, pending) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
//!
//! // The person.
//! let back = provider.log_in(&url, "alice").await;
//! assert!(back.url().as_str().starts_with("https://app.example/callback?code="));
//!
//! let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await?;
//! assert_eq!(client.user_info(&tokens).await?.standard.email.as_deref(), Some("alice@example.com"));
//!
//! // Somebody who does not agree.
//! let (url, _) = client.authorization_url(&AuthorizationRequest::new("openid email")).await?;
//! assert_eq!(provider.refuse_consent(&url, "alice").await.error().unwrap(), "access_denied");
//! # Ok(())
//! # }
//! ```
//!
//! [`Landing::parameters`] are the same in every response mode; [`Landing::form`] is the body for an application that
//! wants `form_post`. A [`Browser`] keeps its cookies, for `prompt=none`, a second application, and logout.
//!
//! # An interface that takes access tokens
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use symbolon_test_provider::TestProvider;
//!
//! let provider = TestProvider::start().await;
//! let app = provider.client("https://app.example/callback").await;
//! let order = || provider.access_token(&app.id, "alice", "orders.read").audience("https://api.example").jwt();
//!
//! let good = order().await;
//! let bad = [
//!     order().expired().await,
//!     order().claim("aud", "https://other.example").await,
//!     order().issuer("https://evil.example").await,
//!     order().signed_by_a_stranger().await,
//!     order().unsigned().await,
//!     order().typ("JWT").await, // as an ID token has it
//! ];
//! # assert!(bad.iter().all(|bad| *bad != good));
//! // … and the interface takes the first, with these headers, and none of the others:
//! let authorization = format!("Bearer {good}");
//! # let _ = authorization;
//! # }
//! ```
//!
//! # What else a test may want
//!
//! | A test wants | It says |
//! |---|---|
//! | another setting of the server | [`TestProvider::builder`], [`TestProviderBuilder::set`] with a key of the [reference](https://github.com/symbolon/symbolon/blob/main/docs/reference/configuration.md) |
//! | a client with its own metadata | [`TestProvider::register`] |
//! | an ID token or logout token, right or wrong | [`TestProvider::id_token`], [`TestProvider::logout_token`]; hand it to the application with [`TestProvider::answer_next`] |
//! | an opaque token; one that is bound to a key or a certificate; one of a login long ago | [`AccessToken::opaque`], [`AccessToken::bound_to_key`], [`AccessToken::bound_to_certificate`], [`AccessToken::logged_in`] |
//! | time to pass | [`TestProvider::advance`]; the application takes the same time from [`TestProvider::clock`] |
//! | other keys | [`TestProvider::rotate_keys`], [`TestProvider::withdraw_keys`] |
//! | an endpoint that fails, hangs, or says something else, once | [`TestProvider::fail_next`], [`TestProvider::hang_next`], [`TestProvider::answer_next`] |
//! | to know how often it was asked, and with which headers | [`TestProvider::requests`], [`TestProvider::heads`] |
//! | a device flow (RFC 8628) | [`TestProvider::log_in`] with the `verification_uri_complete` |
//! | a request over the back channel (CIBA) | [`TestProvider::agree_on_device`]; the `login_hint` is the user |
//! | a login again, or a class of login (`acr_values`) | nothing: the provider fulfils the first class |
//! | a class of login that `claims` demands (`essential`) | `.set("urls.login", "https://login.example.com/")`: the built-in pages know what they cannot fulfil, of others nobody does |
//! | DPoP with nonces (RFC 9449 §8) | `.set("symbolon.dpop.nonce", "true")` |
//! | clients with certificates (RFC 8705) | `.set("symbolon.mtls.listen", "127.0.0.1:0")`, `symbolon.mtls.certificate_file`, `symbolon.mtls.key_file`; the addresses are in `mtls_endpoint_aliases`, for the host `localhost` |
//! | JWT access tokens for every client | `.set("strategies.access_token", "rfc9068")` |
//! | everything else that an administrator can do | the admin API at [`TestProvider::admin_url`] |
//!
//! # In the runtime of the test
//!
//! The provider runs in the tokio runtime in which it was started, so it answers while the test waits, as
//! `#[tokio::test]` does. A test that blocks its thread needs a runtime with other ones:
//!
//! ```
//! let runtime = tokio::runtime::Runtime::new().unwrap();
//! let provider = runtime.block_on(symbolon_test_provider::TestProvider::start());
//! let address = provider.issuer().strip_prefix("http://").unwrap();
//! std::net::TcpStream::connect(address).unwrap();
//! ```
//!
//! Everything here panics with the reason when it cannot do what it was asked for: a test that goes on without it shows
//! nothing. The signing keys of all providers are the same, and public; this crate is of no use outside of tests.

mod browser;
mod builder;
mod clients;
mod in_process;
mod keys;
mod landing;
mod requests;
mod running;
mod signing_keys;
mod tokens;
mod users;

pub use browser::Browser;
pub use builder::TestProviderBuilder;
pub use clients::TestClient;
pub use landing::Landing;
pub use requests::{Answer, RequestHead};
pub use running::TestProvider;
pub use tokens::{AccessToken, SignedToken};
pub use url::Url;
