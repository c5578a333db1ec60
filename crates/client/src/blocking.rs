//! For programs without `async`: the same client, with calls that wait.
//!
//! The calls run on a small runtime of this crate's own, one thread for the whole program. Inside an `async` function they
//! would stop everything else, so there they fail: use [`crate::Client`] there.

use std::future::Future;
use std::io;
use std::sync::{Arc, OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};
use url::Url;

use crate::error::Error;
use crate::{
    AccessToken, AuthorizationRequest, Callback, ClientMetadata, IdToken, LogoutRequest, PendingAuthorization,
    ProviderMetadata, RefreshToken, Registered, TokenSet, UserInfo,
};

/// A [`crate::Client`] whose calls wait.
///
/// ```no_run
/// use symbolon_client::{Client, blocking};
///
/// # fn run() -> Result<(), symbolon_client::Error> {
/// let client = blocking::Client::new(Client::builder("https://login.example.com", "my-app").build()?);
/// let metadata = client.metadata()?;
/// println!("{}", metadata.issuer);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client(crate::Client);

impl Client {
    /// Around a client.
    pub fn new(client: crate::Client) -> Self {
        Self(client)
    }

    /// The client itself, for calls that have no form here: [`wait`] waits for any of them.
    pub fn inner(&self) -> &crate::Client {
        &self.0
    }

    /// As [`crate::Client::metadata`].
    pub fn metadata(&self) -> Result<Arc<ProviderMetadata>, Error> {
        wait(self.0.metadata())?
    }

    /// As [`crate::Client::authorization_url`].
    pub fn authorization_url(&self, request: &AuthorizationRequest) -> Result<(Url, PendingAuthorization), Error> {
        wait(self.0.authorization_url(request))?
    }

    /// As [`crate::Client::redeem`].
    pub fn redeem(&self, pending: &PendingAuthorization, callback: &Callback) -> Result<TokenSet, Error> {
        wait(self.0.redeem(pending, callback))?
    }

    /// As [`crate::Client::refresh`].
    pub fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet, Error> {
        wait(self.0.refresh(tokens))?
    }

    /// As [`crate::Client::refresh_with`].
    pub fn refresh_with(&self, refresh_token: &RefreshToken) -> Result<TokenSet, Error> {
        wait(self.0.refresh_with(refresh_token))?
    }

    /// As [`crate::Client::revoke`].
    pub fn revoke(&self, token: &str) -> Result<(), Error> {
        wait(self.0.revoke(token))?
    }

    /// As [`crate::Client::user_info`].
    pub fn user_info(&self, tokens: &TokenSet) -> Result<UserInfo, Error> {
        wait(self.0.user_info(tokens))?
    }

    /// As [`crate::Client::user_info_for`].
    pub fn user_info_for(&self, token: &AccessToken, expected_subject: Option<&str>) -> Result<UserInfo, Error> {
        wait(self.0.user_info_for(token, expected_subject))?
    }

    /// As [`crate::Client::verify_id_token`].
    pub fn verify_id_token(&self, raw: &str, nonce: Option<&str>) -> Result<IdToken, Error> {
        wait(self.0.verify_id_token(raw, nonce))?
    }

    /// As [`crate::Client::register`].
    pub fn register(&self, metadata: &ClientMetadata) -> Result<Registered, Error> {
        wait(self.0.register(metadata))?
    }

    /// As [`crate::Client::end_session_url`].
    pub fn end_session_url(&self, request: &LogoutRequest) -> Result<Url, Error> {
        wait(self.0.end_session_url(request))?
    }
}

/// Waits for any call of this crate.
///
/// ```no_run
/// # fn run(client: &symbolon_client::blocking::Client) -> Result<(), symbolon_client::Error> {
/// use symbolon_client::blocking::wait;
///
/// let token = wait(client.inner().verify_logout_token("the token"))??;
/// println!("{:?} is logged out", token.subject);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Configuration`] inside an `async` function, where waiting would stop the thread that the call needs, and when
/// the system gives no thread.
pub fn wait<F: Future>(call: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::Configuration("blocking calls cannot be made inside an async function".to_owned()));
    }
    Ok(runtime()?.block_on(call))
}

fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build());
    made.as_ref().map_err(|error| Error::Configuration(format!("no thread can be started: {error}")))
}
