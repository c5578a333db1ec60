//! Telling a client that there is an answer (OpenID Connect CIBA §10.2). The message says of which request and not what the
//! answer is; the client fetches that itself. The worker sends it, three times at most, and never follows a redirect.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::json;
use symbolon_store::BackchannelRequest;
use tokio::task::JoinSet;

use super::kept::Kept;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::outbound::{JsonPost, NamedAddress};
use crate::seal::kinds;
use crate::trail;

/// Longest time for one message.
const WITHIN: Duration = Duration::from_secs(5);
/// Distance to the next attempt after the first and the second, in seconds.
const DISTANCES: [i64; 2] = [5, 30];
/// Most messages to one client that are sent at once.
const AT_ONCE_TO_CLIENT: u32 = 8;
/// Most messages that are sent at once.
const AT_ONCE: u32 = 64;

/// How a client is told.
#[derive(Serialize, Deserialize)]
pub(super) struct Ping {
    /// As the client got it.
    auth_req_id: String,
    /// By which the client recognises this server.
    token: String,
    /// Where it listened when it asked.
    #[serde(flatten)]
    address: NamedAddress,
}

impl Ping {
    pub(super) fn new(client: &RegisteredClient, auth_req_id: &str, token: &str) -> Self {
        Self {
            auth_req_id: auth_req_id.to_owned(),
            token: token.to_owned(),
            address: client.named(&client.metadata().backchannel_client_notification_endpoint),
        }
    }

    /// Whoever reads the database must not be able to speak for this server.
    pub(super) fn seal(&self, context: &Context) -> Result<String, OAuthError> {
        let plain = serde_json::to_vec(self).map_err(|fault| OAuthError::server(fault.to_string()))?;
        Ok(context.seal.seal(kinds::BACKCHANNEL_PING, &plain))
    }

    pub(super) fn open(context: &Context, sealed: &str) -> Option<Self> {
        serde_json::from_slice(&context.seal.open(kinds::BACKCHANNEL_PING, sealed)?).ok()
    }

    /// Sends it once; answers the status.
    async fn send(&self, context: &Context) -> Result<u16, String> {
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token)).map_err(|fault| fault.to_string())?;
        token.set_sensitive(true);
        let body = Bytes::from(json!({ "auth_req_id": self.auth_req_id }).to_string());
        let post = JsonPost { body, header: Some((&AUTHORIZATION, &token)), limit_bytes: 0, within: WITHIN };
        context.outbound.post_json_unread(&self.address, &post).await.map_err(|fault| fault.to_string())
    }
}

/// Sends all messages that are due; answers how many arrived.
pub async fn send_due(context: &Arc<Context>) -> usize {
    let mut arrived = 0;
    loop {
        let due = match context.store.due_pings(context.clock.now(), AT_ONCE_TO_CLIENT, AT_ONCE).await {
            Ok(due) if due.is_empty() => return arrived,
            Ok(due) => due,
            Err(fault) => {
                tracing::warn!(reason = fault.detail(), "the clients that wait for answers could not be read");
                return arrived;
            }
        };
        let mut attempts = JoinSet::new();
        for row in due {
            let context = context.clone();
            attempts.spawn(trail::carried(async move { attempt(&context, &row).await }));
        }
        while let Some(ended) = attempts.join_next().await {
            arrived += usize::from(ended.unwrap_or(false));
        }
    }
}

/// Takes a message and sends it; answers whether it arrived.
async fn attempt(context: &Context, row: &BackchannelRequest) -> bool {
    let made = usize::try_from(row.ping_attempts).unwrap_or(usize::MAX);
    let next = DISTANCES.get(made).map(|seconds| context.clock.now().saturating_add(*seconds));
    match context.store.claim_ping(row.id, row.ping_attempts, next).await {
        Ok(true) => {}
        Ok(false) => return false,
        Err(fault) => {
            tracing::warn!(reason = fault.detail(), "a ping could not be taken");
            return false;
        }
    }
    let ping = Kept::open(context, row).ok().and_then(|kept| kept.ping(context));
    let Some(ping) = ping else {
        // The client did not ask to be told: the request was denied together with everything else of its subject.
        if let Err(fault) = context.store.finish_ping(row.id).await {
            tracing::warn!(reason = fault.detail(), "a ping for nobody is looked at again");
        }
        return false;
    };
    let outcome = ping.send(context).await;
    let client_id = row.client_id.as_str();
    match outcome {
        Err(reason) => tracing::warn!(client_id, reason, "a ping did not arrive"),
        Ok(status @ 500..) => tracing::warn!(client_id, status, "a ping was not taken"),
        Ok(status) => {
            // §10.2: 4xx says that it was understood; and where a redirect leads, nobody registered.
            if !matches!(status, 200..=299) {
                tracing::warn!(client_id, status, "a ping was refused; it is not sent again");
            }
            if let Err(fault) = context.store.finish_ping(row.id).await {
                tracing::warn!(reason = fault.detail(), "a ping that was sent may be sent again");
            }
            return matches!(status, 200..=299);
        }
    }
    false
}
