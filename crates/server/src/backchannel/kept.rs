//! What the row of a request says beyond its columns.

use serde::{Deserialize, Serialize};
use symbolon_store::BackchannelRequest;

use super::parameters::Asked;
use super::ping::Ping;
use crate::at_rest;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::request::{EffectiveRequest, KeptRequest};

/// The body of a row.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// What was asked for.
    #[serde(rename = "r")]
    request: KeptRequest,
    /// How the client is told of an answer, sealed; `None` where it asks by itself.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    ping: Option<String>,
}

impl Kept {
    /// A request with what the client gets for it.
    pub(super) fn new(
        context: &Context,
        client: &RegisteredClient,
        request: &EffectiveRequest,
        (asked, auth_req_id): (&Asked, &str),
    ) -> Result<Self, OAuthError> {
        let ping = asked.notification_token.as_deref().map(|token| Ping::new(client, auth_req_id, token).seal(context));
        Ok(Self { request: KeptRequest::from(request), ping: ping.transpose()? })
    }

    /// The body of this row.
    pub(super) fn open(context: &Context, row: &BackchannelRequest) -> Result<Self, OAuthError> {
        at_rest::open(context, &row.body)
    }

    /// What was asked for.
    pub(super) fn restore(self) -> Result<EffectiveRequest, OAuthError> {
        self.request.restore().ok_or_else(|| OAuthError::server("a stored backchannel request could not be read"))
    }

    /// Whether the client wants to be told.
    pub(super) fn wants_ping(&self) -> bool {
        self.ping.is_some()
    }

    /// How the client is told; `None` where it asks by itself, or where that was sealed under a secret that is gone.
    pub(super) fn ping(&self, context: &Context) -> Option<Ping> {
        Ping::open(context, self.ping.as_deref()?)
    }
}
