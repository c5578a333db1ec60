//! The operations of Ory Hydra under the names and signatures of the crate `ory-client` (1.22): [`oidc_api`],
//! [`o_auth2_api`], [`jwk_api`], [`wellknown_api`] and [`metadata_api`].
//!
//! Code written against that crate compiles after a change of the import. What hurt there is gone behind the same names:
//!
//! * **Authentication goes where it belongs.** [`oidc_api::create_verifiable_credential`] sends the token, which the
//!   generated function cannot. Userinfo takes the token from either field, and so does the management of registrations,
//!   which also takes the client's own credentials from `basic_auth`. They are form-encoded first (RFC 6749 §2.3.1), so
//!   that every id and secret works. An initial access token in `bearer_access_token` is sent when registering. Never are
//!   two `Authorization` headers sent.
//! * **Errors are told by their status.** The typed `entity` is chosen by the HTTP status instead of the first shape that
//!   fits, so the nonce of a credential request is `Status400`, and a refused token is not. Where a [`GenericError`] is
//!   promised, there is one. [`Error::oauth_code`] and [`Error::description`] read any of them, and the text of an error
//!   says what the server said.
//! * **Nothing hangs, nothing wanders.** Requests end after 30 seconds, answers after 1 MiB (16 MiB at the admin port), and
//!   redirects are not followed, unless [`configuration::Configuration::client`] is replaced by one that does.
//! * **Paths are escaped as paths**, base paths may end in a slash, and ids that no URL can carry are refused instead of
//!   naming something else.
//! * **Requests are whole**: several `resource` are several parameters instead of one with commas, a body that is absent is
//!   `{}` instead of `null`, and requests without one say so.
//! * **More is read**: documents of any `OpenID` provider, keys without Ory's mandatory members, signed userinfo (its
//!   signature and issuer are checked), one audience without a list, members without a field.
//! * **Secrets do not show** in `Debug`.
//!
//! # Instead of `ory-client`
//!
//! | There | Here | Better form |
//! |---|---|---|
//! | `use ory_client::apis::…` and `models` | `use symbolon_client::apis::…` and `models` | [`crate::Client`] and [`crate::AdminClient`] |
//! | `Configuration { base_path, .. }` | the same, one for each port | [`crate::Client::builder`], [`crate::AdminClient::builder`] |
//! | `reqwest` 0.12 in `Configuration::client` | [`crate::reqwest`], which is 0.13: [`Configuration::client_builder`](configuration::Configuration::client_builder) | |
//! | features `native-tls` and `rustls-tls` | the same; the default is `rustls-tls` | |
//! | `oidc_api`, eight functions | [`oidc_api`] | [`Client::register`](crate::Client::register), [`Client::user_info`](crate::Client::user_info), [`Client::issue_credential`](crate::Client::issue_credential), [`Client::end_session_url`](crate::Client::end_session_url) |
//! | `wellknown_api::discover_json_web_keys` | [`wellknown_api::discover_json_web_keys`] | [`Client::verify_access_token`](crate::Client::verify_access_token) |
//! | `metadata_api::get_version`, `jwk_api` | [`metadata_api::get_version`], [`jwk_api`] | [`AdminClient`](crate::AdminClient) rotates the provider's keys |
//! | `o_auth2_api::list_…`, without a second page | the same, and `list_…_page` with [`Page::next_page_token`] | [`AdminClient::clients`](crate::AdminClient::clients), a stream |
//! | `oauth2_token_exchange`, without PKCE, devices, assertions | the same, and [`o_auth2_api::oauth2_token_exchange_with`] for a whole form | [`Client::redeem`](crate::Client::redeem), [`Client::refresh`](crate::Client::refresh) |
//! | `o_auth2_device_flow`, always refused | sends the id of `basic_auth`; [`o_auth2_api::o_auth2_device_flow_with`] for a whole form | |
//! | `o_auth2_authorize`, `perform_o_auth2_device_verification_flow`, never `Ok` | `Ok` for a page or a redirect, `Err` for a redirect with an error | [`Client::authorization_url`](crate::Client::authorization_url), for the browser |
//! | requests for login, consent, logout, device | the same 12 functions | [`AdminClient`](crate::AdminClient) |
//! | the other functions of `o_auth2_api` | the same | [`AdminClient`](crate::AdminClient) |
//! | `create_verifiable_credential` with an error that is none | the same, and [`Error::priming`] | [`Client::issue_credential`](crate::Client::issue_credential) |
//! | `models::OAuth2Client { … }` with all members | `..Default::default()` at the end, also for [`OidcConfiguration`] and [`OidcUserInfo`]: they keep unknown members in `extra` | [`crate::ClientMetadata`] |
//! | the APIs of Ory Network (`identity_api`, `frontend_api`, …) | not here: no `OpenID` provider serves them | |
//!
//! [`GenericError`]: crate::models::GenericError
//! [`OidcConfiguration`]: crate::models::OidcConfiguration
//! [`OidcUserInfo`]: crate::models::OidcUserInfo
//!
//! A program that makes its own HTTP client, with a certificate authority of its own or a proxy, does it with the `reqwest`
//! of this crate, because two versions of a crate have two different types `Client`:
//!
//! ```
//! use symbolon_client::apis::configuration::Configuration;
//!
//! # fn run() -> Result<(), symbolon_client::reqwest::Error> {
//! let client = Configuration::client_builder().no_proxy().build()?;
//! let configuration = Configuration { client, ..Configuration::new() };
//! # Ok(())
//! # }
//! # run().unwrap();
//! ```
//!
//! All functions, errors and their reading come from one description, the macro in `operations.rs`.

mod call;
pub mod configuration;
mod entity;
pub mod jwk_api;
pub mod metadata_api;
pub mod o_auth2_api;
pub mod oidc_api;
mod operations;
mod page;
mod reply;
pub mod wellknown_api;

use std::fmt;

use entity::Form as _;

pub use entity::Refusal;
pub use page::Page;

/// An answer that is not the one that was wanted.
#[derive(Debug, Clone)]
pub struct ResponseContent<T> {
    /// The HTTP status
    pub status: reqwest::StatusCode,
    /// The body as it came; bytes that are no UTF-8 are replaced
    pub content: String,
    /// The body as a type, `None` when it is no JSON
    pub entity: Option<T>,
}

/// Why an operation did not give its result.
#[derive(Debug)]
pub enum Error<T> {
    /// No answer, or none in time: `is_timeout`, `is_connect` tell.
    Reqwest(reqwest::Error),
    /// The answer is not of the promised type.
    Serde(serde_json::Error),
    /// The answer is too long (`FileTooLarge`), or the call cannot be made (`InvalidInput`).
    Io(std::io::Error),
    /// The server refused.
    ResponseError(ResponseContent<T>),
}

impl<T> Error<T> {
    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<reqwest::StatusCode> {
        match self {
            Self::ResponseError(refusal) => Some(refusal.status),
            Self::Reqwest(error) => error.status(),
            _ => None,
        }
    }
}

impl<T: Refusal> Error<T> {
    /// The OAuth error code of a refusal, such as `invalid_client_metadata`.
    pub fn oauth_code(&self) -> Option<&str> {
        self.entity().and_then(Refusal::code)
    }

    /// The server's explanation of a refusal.
    pub fn description(&self) -> Option<&str> {
        self.entity().and_then(Refusal::description)
    }

    fn entity(&self) -> Option<&T> {
        match self {
            Self::ResponseError(refusal) => refusal.entity.as_ref(),
            _ => None,
        }
    }
}

/// What the server says, in a line.
fn excerpt(content: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(content).ok()?;
    match (body.code(), body.description()) {
        (Some(code), Some(description)) => Some(format!("{code}: {description}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

impl<T> fmt::Display for Error<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reqwest(error) => {
                write!(formatter, "error in reqwest: {}", crate::transport::exchange::explanation(error))
            }
            Self::Serde(error) => write!(formatter, "error in serde: {error}"),
            Self::Io(error) => write!(formatter, "error in IO: {error}"),
            Self::ResponseError(refusal) => {
                write!(formatter, "error in response: status code {}", refusal.status)?;
                excerpt(&refusal.content).map_or(Ok(()), |said| write!(formatter, ": {said}"))
            }
        }
    }
}

impl<T: fmt::Debug> std::error::Error for Error<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Reqwest(error) => Some(error),
            Self::Serde(error) => Some(error),
            Self::Io(error) => Some(error),
            Self::ResponseError(_) => None,
        }
    }
}

impl<T> From<reqwest::Error> for Error<T> {
    fn from(error: reqwest::Error) -> Self {
        Self::Reqwest(error)
    }
}

impl<T> From<serde_json::Error> for Error<T> {
    fn from(error: serde_json::Error) -> Self {
        Self::Serde(error)
    }
}

impl<T> From<std::io::Error> for Error<T> {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
