//! Telling the clients of a session that it has ended: hidden frames in the browser (Front-Channel Logout §2), and logout
//! tokens that the worker delivers (Back-Channel Logout §2). The user waits for neither.

use std::collections::HashSet;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_store::{LogoutDelivery, Origin};
use symbolon_types::client::has_own_origin;
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ClientId, SessionId};

use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer};
use crate::identifiers;
use crate::outbound::NamedAddress;
use crate::trail;

/// How long a delivery is tried, in seconds.
const TRIED_FOR: i64 = 2 * 3600;

/// The clients that are told of a logout, by channel.
#[derive(Debug, Default)]
pub struct Notifications {
    /// Addresses to load in the browser.
    pub frames: Vec<String>,
    /// Logout tokens to deliver.
    pub deliveries: Vec<LogoutDelivery>,
}

/// What a delivery remembers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// The client's `backchannel_logout_uri` when the session ended.
    #[serde(flatten)]
    pub address: NamedAddress,
    /// The login session that ends.
    #[serde(rename = "s")]
    pub session: SessionId,
    /// The trace of the request that ended it, as `traceparent`.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Those for the clients that were given something in this session.
pub async fn of_session(context: &Context, session: SessionId) -> Result<Notifications, OAuthError> {
    let now = context.clock.now();
    let mut notifications = Notifications::default();
    let mut seen: HashSet<ClientId> = HashSet::new();
    for grant in context.store.grants_of_login_session(session, now).await? {
        if !seen.insert(grant.client_id.clone()) {
            continue;
        }
        let Some(client) = clients::find(context, &grant.client_id).await? else { continue };
        if let Some(channel) = &client.logout_uris().front_channel
            && may_be_framed(&client, &channel.uri)
        {
            notifications.frames.push(frame(context, &channel.uri, session));
        }
        if let Some(channel) = &client.logout_uris().back_channel {
            let address = client.named(&channel.uri);
            notifications.deliveries.push(delivery(context, &grant.client_id, address, session)?);
        }
    }
    Ok(notifications)
}

/// Whether an address may be loaded on our page. Front-Channel Logout §2 wants one of the client's own origins. Whoever
/// registers themselves is held to it, also where the registration is older than the check; an administrator's word
/// counts, as in Hydra.
fn may_be_framed(client: &RegisteredClient, uri: &str) -> bool {
    client.record().origin == Origin::Administrator || has_own_origin(client.metadata(), uri)
}

/// The registered address with `iss` and `sid`, which every client may rely on.
fn frame(context: &Context, uri: &str, session: SessionId) -> String {
    let sid = session.to_uuid_string();
    append_query(uri, &[("iss", context.config.issuer()), ("sid", &sid)])
}

fn delivery(
    context: &Context,
    client_id: &ClientId,
    address: NamedAddress,
    session: SessionId,
) -> Result<LogoutDelivery, OAuthError> {
    let now = context.clock.now();
    let body = Delivery { address, session, trace: trail::trace().map(|trace| trace.traceparent()) };
    Ok(LogoutDelivery {
        id: identifiers::now(context),
        client_id: client_id.clone(),
        attempts: 0,
        due_at: now,
        expires_at: now.saturating_add(TRIED_FOR),
        body: serde_json::to_vec(&body).map_err(|fault| OAuthError::server(fault.to_string()))?,
    })
}

/// A page of frames that the edge renders; an answer carries it as an extension until then.
#[derive(Clone, Debug)]
pub struct FrontChannel {
    /// Addresses of the frames.
    pub frames: Vec<String>,
    /// Where the browser goes afterwards.
    pub then: String,
}

/// A redirect, or the page of frames that ends in it.
pub fn front_channel_answer(frames: &[String], then: &str) -> Answer {
    if frames.is_empty() {
        return exchange::found(then);
    }
    let mut answer = exchange::empty(StatusCode::OK);
    answer.extensions_mut().insert(FrontChannel { frames: frames.to_vec(), then: then.to_owned() });
    answer
}
