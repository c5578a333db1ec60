//! A request that waits for its user (`OpenID` Connect CIBA §7.3).

use std::fmt;

use serde::{Deserialize, Serialize};
use symbolon_jose::Secret;

use super::notification::{BackchannelNotification, NotificationFault};
use crate::client::Client;
use crate::error::Error;
use crate::http::Answer;
use crate::token::answer::{count, members, taken_text};
use crate::token::polling::{Pace, USUAL_INTERVAL_SECONDS};
use crate::wire::{AccessToken, Scope};

/// A user was asked and has not answered yet. `Debug` shows no secret.
///
/// It can be kept between runs by serde, and the asking goes on where it was. What is written opens the tokens once the
/// user has agreed, so it belongs where only the program reads.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackchannelAuthentication {
    #[serde(serialize_with = "crate::token::set::exposed")]
    id: Secret<String>,
    /// It opens the client's notification endpoint, for the provider alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification_token: Option<AccessToken>,
    pub(super) issuer: String,
    pub(super) client_id: String,
    scope: Scope,
    pub(super) pace: Pace,
}

/// What of a request its answer is compared with.
pub(super) struct Checked {
    pub(super) id: Secret<String>,
    pub(super) scope: Scope,
}

impl BackchannelAuthentication {
    /// `auth_req_id`: the name of the request at the provider, under which a notification finds it. Whoever knows it and
    /// is the client gets the tokens.
    pub fn id(&self) -> &str {
        self.id.expose()
    }

    /// When the request ends, Unix seconds by this client's clock.
    pub fn expires_at(&self) -> i64 {
        self.pace.expires_at
    }

    /// The pause between two questions, in seconds: the server's, longer after `slow_down` and time-outs.
    pub fn interval_seconds(&self) -> i64 {
        self.pace.interval_seconds
    }

    /// Takes a ping (§10.2): after it, [`Client::backchannel_tokens`](crate::Client::backchannel_tokens) asks at once. The
    /// answer to a ping is 204 without a body, or 401 when this fails.
    ///
    /// # Errors
    /// [`Error::Notification`] for one that is not about this request, or not from whom was told its token.
    pub fn take_ping(&mut self, notification: &BackchannelNotification) -> Result<(), Error> {
        self.check(notification)?;
        self.pace.ask_now();
        Ok(())
    }

    /// §10.2, §10.3.1: the provider shows the token of the request, and names the request.
    pub(super) fn check(&self, notification: &BackchannelNotification) -> Result<(), NotificationFault> {
        let Some(token) = &self.notification_token else { return Err(NotificationFault::Unexpected) };
        if token != notification.token() {
            return Err(NotificationFault::Token);
        }
        if !self.id.matches(notification.id().as_bytes()) {
            return Err(NotificationFault::Request);
        }
        Ok(())
    }

    pub(super) fn checked(&self) -> Checked {
        Checked { id: self.id.clone(), scope: self.scope.clone() }
    }

    pub(super) fn read(
        answer: &Answer,
        client: &Client,
        scope: Scope,
        notification_token: Option<AccessToken>,
    ) -> Result<Self, Error> {
        let mut members = members(answer, "the authentication request acknowledgement")?;
        let missing =
            |name: &str| Error::UnexpectedAnswer(format!("the acknowledgement of the request has no '{name}'"));
        let id = taken_text(&mut members, "auth_req_id").ok_or_else(|| missing("auth_req_id"))?;
        let lifetime = count(&members, "expires_in")?.ok_or_else(|| missing("expires_in"))?;
        let interval = count(&members, "interval")?.unwrap_or(USUAL_INTERVAL_SECONDS);
        Ok(Self {
            id: id.into(),
            notification_token,
            issuer: client.issuer().to_owned(),
            client_id: client.client_id().to_owned(),
            scope,
            pace: Pace::new(lifetime, interval, client.inner().clock.now()),
        })
    }
}

impl fmt::Debug for BackchannelAuthentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BackchannelAuthentication")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
