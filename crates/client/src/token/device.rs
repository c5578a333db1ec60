//! The device flow (RFC 8628): a program without a browser shows a code, and somebody enters it on a phone.

use std::fmt;

use serde::{Deserialize, Serialize};
use symbolon_jose::Secret;

use super::answer::{count, members, taken_text};
use super::parameters::{Parameters, common_setters};
use super::polling::{Pace, USUAL_INTERVAL_SECONDS};
use super::{Form, TokenSet, form};
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::{Answer, parse_url};
use crate::verification::IdTokenFault;
use crate::wire::Scope;

/// The grant type of RFC 8628 §3.4.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a device asks for.
#[derive(Debug, Clone, Default)]
pub struct DeviceAuthorizationRequest {
    parameters: Parameters,
}

impl DeviceAuthorizationRequest {
    /// Asks for `scope`, a list separated by spaces. With `openid` among them, an ID token is demanded.
    pub fn new(scope: impl Into<String>) -> Self {
        Self::default().scope(scope)
    }

    common_setters!();
}

/// A device flow that was started: what to show, and what to ask with. `Debug` shows neither.
///
/// It can be kept between runs by serde, and the asking goes on where it was. What is written opens the tokens once
/// somebody has agreed, so it belongs where only the program reads.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeviceAuthorization {
    /// What the user types, to be shown exactly like this
    pub user_code: String,
    /// Where the user types it, to be shown or opened in a browser
    pub verification_uri: String,
    /// The same with the code in it, for a QR code or a browser on this machine; not every server has one
    pub verification_uri_complete: Option<String>,
    #[serde(serialize_with = "super::set::exposed")]
    device_code: Secret<String>,
    issuer: String,
    client_id: String,
    scope: Scope,
    pace: Pace,
}

impl DeviceAuthorization {
    /// When the code stops being good, Unix seconds by this client's clock.
    pub fn expires_at(&self) -> i64 {
        self.pace.expires_at
    }

    /// The pause between two questions, in seconds: the server's, longer after `slow_down` and time-outs.
    pub fn interval_seconds(&self) -> i64 {
        self.pace.interval_seconds
    }

    fn read(answer: &Answer, client: &Client, scope: Scope) -> Result<Self, Error> {
        let mut members = members(answer, "the device authorization")?;
        let missing = |name: &str| Error::UnexpectedAnswer(format!("the device authorization has no '{name}'"));
        let mut text = |name: &str| taken_text(&mut members, name);
        let device_code = text("device_code").ok_or_else(|| missing("device_code"))?;
        let user_code = text("user_code").ok_or_else(|| missing("user_code"))?;
        // The drafts before the RFC called it like this, and Google does.
        let verification_uri = text("verification_uri").or_else(|| text("verification_url"));
        let verification_uri = verification_uri.ok_or_else(|| missing("verification_uri"))?;
        let verification_uri_complete = text("verification_uri_complete").or_else(|| text("verification_url_complete"));
        // They are shown in a terminal and opened by programs.
        for uri in std::iter::once(&verification_uri).chain(&verification_uri_complete) {
            let odd = |_| Error::UnexpectedAnswer("'verification_uri' is no address of a page".to_owned());
            parse_url(uri, "verification_uri").map_err(odd)?;
        }
        let shown = [Some(&user_code), Some(&verification_uri), verification_uri_complete.as_ref()];
        if shown.into_iter().flatten().any(|text| text.contains(char::is_control)) {
            return Err(Error::UnexpectedAnswer("the device authorization cannot be shown on a screen".to_owned()));
        }
        let lifetime = count(&members, "expires_in")?.ok_or_else(|| missing("expires_in"))?;
        let interval = count(&members, "interval")?.unwrap_or(USUAL_INTERVAL_SECONDS);
        Ok(Self {
            user_code,
            verification_uri,
            verification_uri_complete,
            device_code: device_code.into(),
            issuer: client.issuer().to_owned(),
            client_id: client.client_id().to_owned(),
            scope,
            pace: Pace::new(lifetime, interval, client.inner().clock.now()),
        })
    }
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeviceAuthorization")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a device flow (§3.1).
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::{Client, DeviceAuthorizationRequest};
    ///
    /// let client = Client::builder("https://login.example.com", "my-tool").build()?;
    /// let mut device = client.authorize_device(&DeviceAuthorizationRequest::new("openid offline_access")).await?;
    /// println!("Open {} and enter {}", device.verification_uri, device.user_code);
    /// let tokens = client.device_tokens(&mut device).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider has no device flow; [`Error::Api`] when it refuses the client.
    pub async fn authorize_device(&self, request: &DeviceAuthorizationRequest) -> Result<DeviceAuthorization, Error> {
        let metadata = self.metadata().await?;
        let member = "device_authorization_endpoint";
        let url = endpoint(metadata.device_authorization_endpoint.as_deref(), member)?;
        let mut form = Form::new();
        let scope = request.parameters.append_to(&mut form)?;
        let answer = self.send_authenticated(url, form).await?.success()?;
        DeviceAuthorization::read(&answer, self, scope)
    }

    /// Asks until somebody has entered the code, as often as the server allows (§3.4, §3.5). Servers that cannot be reached
    /// are asked again, less often each time.
    ///
    /// Dropping the future ends the asking and loses nothing: a later call goes on, also with a value that was kept by
    /// serde meanwhile. A program that does something in between uses [`Client::poll_device`].
    ///
    /// # Errors
    /// [`Error::Api`] with `access_denied` when the user refused and `expired_token` when nobody came
    /// ([`Error::AuthorizationExpired`], which has the same code, when this client's clock says so);
    /// [`Error::ForeignAuthorization`] for a flow of another client; [`Error::IdToken`] for an ID token that must not be
    /// believed.
    pub async fn device_tokens(&self, device: &mut DeviceAuthorization) -> Result<TokenSet, Error> {
        loop {
            if let Some(tokens) = self.poll_device(device).await? {
                return Ok(tokens);
            }
        }
    }

    /// Waits for the next turn and asks once: `None` when nobody has entered the code yet.
    ///
    /// # Errors
    /// As [`Client::device_tokens`].
    pub async fn poll_device(&self, device: &mut DeviceAuthorization) -> Result<Option<TokenSet>, Error> {
        self.check_started_here(&device.issuer, &device.client_id)?;
        let form = form([("grant_type", GRANT_TYPE.to_owned()), ("device_code", device.device_code.expose().clone())]);
        let scope = device.scope.clone();
        self.ask_once(&mut device.pace, form, |client, form| async move { client.redeem_device(form, scope).await })
            .await
    }

    async fn redeem_device(&self, form: Form, scope: Scope) -> Result<TokenSet, Error> {
        let tokens = self.granted(form, &scope).await?;
        if scope.contains("openid") && tokens.id_token.is_none() {
            return Err(IdTokenFault::Missing.into());
        }
        Ok(tokens)
    }
}
