//! The device challenge: a browser in which a person enters the user code of a device (RFC 8628 §3.3). It names the browser and nothing else, so nothing is written for it; the code that is entered with it leads to
//! a verifier, which only works in that browser. Guessing is bounded by challenge and by the address that got it
//! (RFC 8628 §5.1).

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use http::StatusCode;
use symbolon_store::{DeviceAuthorization, DeviceStage};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{BrowserId, ErrorCode, RedirectTo};

use super::user_code::canonical;
use crate::challenge::check_time;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::request::{DeviceVerifier, MASKED};
use crate::seal::kinds;

/// A device challenge, opened.
#[derive(Clone, Copy, Debug)]
pub struct DeviceChallenge {
    /// Names the browser; carries the instant of its visit.
    pub browser: BrowserId,
    /// Where that came from.
    pub address: IpAddr,
}

/// Why a user code leads nowhere.
#[derive(Debug)]
pub enum CodeFault {
    /// No device waits with this code.
    Unknown,
    /// Too many codes were entered; the next may be in so many seconds.
    TooMany(i64),
    /// Anything else.
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for CodeFault {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

impl CodeFault {
    /// The error for the management API.
    pub fn into_api(self) -> ApiError {
        match self {
            Self::Unknown => {
                ApiError::oauth(ErrorCode::InvalidRequest, "The 'user_code' is not known, was used, or has expired.")
            }
            Self::TooMany(seconds) => ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too Many Requests",
                format!("Too many user codes were entered. Try again in {seconds} seconds."),
            ),
            Self::Api(error) => error,
        }
    }
}

impl DeviceChallenge {
    /// Seals it: browser, then address as IPv6.
    pub fn seal(&self, context: &Context) -> String {
        let address = match self.address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        context.seal.seal(kinds::DEVICE_CHALLENGE, &[*self.browser.as_bytes(), address.octets()].concat())
    }

    /// Opens a challenge; 404 when it is none, 401 when its time is over.
    pub fn open(context: &Context, sealed: &str) -> Result<Self, ApiError> {
        let plaintext = context.seal.open(kinds::DEVICE_CHALLENGE, sealed).ok_or_else(ApiError::unknown_challenge)?;
        let (browser, address) = two_ids(&plaintext).ok_or_else(ApiError::unknown_challenge)?;
        let browser = BrowserId::from(browser);
        check_time(context, browser.unix_seconds(), "device")?;
        let address = IpAddr::V6(Ipv6Addr::from(address)).to_canonical();
        Ok(Self { browser, address })
    }
}

fn two_ids(bytes: &[u8]) -> Option<([u8; 16], [u8; 16])> {
    let (first, rest) = bytes.split_first_chunk::<16>()?;
    Some((*first, rest.try_into().ok()?))
}

/// The device whose user code was entered, which still waits. Every entry counts, right or wrong.
async fn find(
    context: &Context,
    challenge: DeviceChallenge,
    user_code: &str,
) -> Result<DeviceAuthorization, CodeFault> {
    let now = context.clock.now();
    let entries = &context.device;
    entries.entries_by_challenge.count(challenge.browser).map_err(CodeFault::TooMany)?;
    entries.entries_by_address.count(challenge.address).map_err(CodeFault::TooMany)?;
    let code = canonical(user_code, &context.config.oauth2.device_authorization.user_code);
    for hash in entries.codes.hashes(&code) {
        let found = context.store.device_authorization_by_user_code(&hash).await?;
        if let Some(row) = found.filter(|row| waits(row, now)) {
            return Ok(row);
        }
    }
    Err(CodeFault::Unknown)
}

/// Whether somebody may still answer.
pub fn waits(row: &DeviceAuthorization, now: i64) -> bool {
    row.stage == DeviceStage::Pending && row.expires_at > now
}

/// Whose device has this user code, so that a person can compare before anything happens (RFC 8628 §5.4).
pub async fn describe(
    context: &Context,
    challenge: DeviceChallenge,
    user_code: &str,
) -> Result<Arc<RegisteredClient>, CodeFault> {
    let row = find(context, challenge, user_code).await?;
    clients::find(context, &row.client_id).await?.ok_or(CodeFault::Unknown)
}

/// The person entered the code of a device: the browser goes on to the login page.
pub async fn accept(context: &Context, challenge: DeviceChallenge, user_code: &str) -> Result<RedirectTo, CodeFault> {
    let row = find(context, challenge, user_code).await?;
    let verifier = DeviceVerifier { device: row.id, browser: challenge.browser }.seal(context);
    let pairs = [("client_id", row.client_id.as_str()), ("device_verifier", verifier.as_str()), ("user_code", MASKED)];
    Ok(RedirectTo { redirect_to: append_query(&context.config.verification_uri(), &pairs) })
}

/// The person does not know the device, which hears `access_denied`.
pub async fn reject(context: &Context, challenge: DeviceChallenge, user_code: &str) -> Result<(), CodeFault> {
    let row = find(context, challenge, user_code).await?;
    context.store.deny_device_authorization(row.id).await.map_err(OAuthError::from)?;
    Ok(())
}
