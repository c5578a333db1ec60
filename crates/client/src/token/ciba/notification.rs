//! What the provider brings to the client's notification endpoint: a ping (`OpenID` Connect CIBA §10.2), or the tokens
//! themselves (push, §10.3).

use std::fmt;

use serde_json::{Map, Value};

use super::Binding;
use super::pending::BackchannelAuthentication;
use crate::client::Client;
use crate::error::Error;
use crate::token::TokenSet;
use crate::token::answer::{TokenAnswer, taken_text};
use crate::wire::AccessToken;

/// Why a notification is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotificationFault {
    /// There is no bearer token, or the body is no JSON object with `auth_req_id`.
    Malformed,
    /// The request was not made to be notified about.
    Unexpected,
    /// The token is not that of the request: whoever sent it is not the provider.
    Token,
    /// It names another request.
    Request,
}

impl fmt::Display for NotificationFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "it has no bearer token or no 'auth_req_id'",
            Self::Unexpected => "the request was not made to be notified about",
            Self::Token => "its token is not that of the request",
            Self::Request => "it names another request",
        })
    }
}

impl std::error::Error for NotificationFault {}

/// What was brought to the notification endpoint, read and not believed yet. `Debug` shows nothing of it.
///
/// ```no_run
/// use symbolon_client::{BackchannelAuthentication, BackchannelNotification, Client, Error};
///
/// # fn kept(_: &str) -> Option<BackchannelAuthentication> { None }
/// /// Answers a request to the endpoint: with 204, or with 401 after an error.
/// async fn notified(client: &Client, authorization: &str, body: &[u8]) -> Result<(), Error> {
///     let notification = BackchannelNotification::parse(authorization, body)?;
///     if let Some(mut pending) = kept(notification.id()) {
///         pending.take_ping(&notification)?;
///         let tokens = client.backchannel_tokens(&mut pending).await?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct BackchannelNotification {
    token: AccessToken,
    id: String,
    members: Map<String, Value>,
}

impl BackchannelNotification {
    /// Reads the header `Authorization` and the body of a request to the endpoint.
    ///
    /// # Errors
    /// [`Error::Notification`] when one of them is not as the standard says.
    pub fn parse(authorization: &str, body: &[u8]) -> Result<Self, Error> {
        let (scheme, token) = authorization.trim().split_once(' ').ok_or(NotificationFault::Malformed)?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return Err(NotificationFault::Malformed.into());
        }
        let mut members: Map<String, Value> = serde_json::from_slice(body).map_err(|_| NotificationFault::Malformed)?;
        let id = taken_text(&mut members, "auth_req_id").ok_or(NotificationFault::Malformed)?;
        Ok(Self { token: token.into(), id, members })
    }

    /// `auth_req_id`: which request it claims to be about. To find the request, and for nothing else.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }
}

impl fmt::Debug for BackchannelNotification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BackchannelNotification").finish_non_exhaustive()
    }
}

impl Client {
    /// Takes the tokens that were pushed (§10.3.1), or the reason why there are none (§12). The ID token must name the
    /// request, the access token and the refresh token that came with it. The answer to a push is 204 without a body, or
    /// 401 when this fails with [`Error::Notification`].
    ///
    /// # Errors
    /// [`Error::Notification`] as [`BackchannelAuthentication::take_ping`]; [`Error::Authorization`] with `access_denied`,
    /// `expired_token` or `transaction_failed`; [`Error::IdToken`] for tokens that must not be believed.
    pub async fn take_push(
        &self,
        pending: &BackchannelAuthentication,
        notification: &BackchannelNotification,
    ) -> Result<TokenSet, Error> {
        self.check_started_here(&pending.issuer, &pending.client_id)?;
        pending.check(notification)?;
        let mut members = notification.members.clone();
        if members.contains_key("error") {
            let code = taken_text(&mut members, "error").unwrap_or_default();
            let description = taken_text(&mut members, "error_description").unwrap_or_default();
            return Err(Error::Authorization { code, description });
        }
        let answer = TokenAnswer::from_members(members)?;
        self.checked_answer(answer, &pending.checked(), Binding::Demanded).await
    }
}
