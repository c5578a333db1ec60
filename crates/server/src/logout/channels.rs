//! Telling the clients of a session that it has ended: hidden frames in the browser (Front-Channel Logout §2), and logout
//! tokens that the worker delivers (Back-Channel Logout §2). The user waits for neither.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_store::{Id, LogoutDelivery};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{Client, FlowId};

use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer};

/// How long a delivery is tried, in seconds.
const TRIED_FOR: i64 = 2 * 3600;

/// Whom to tell, and how.
#[derive(Debug, Default)]
pub struct Told {
    /// Addresses to load in the browser.
    pub frames: Vec<String>,
    /// Logout tokens to deliver.
    pub deliveries: Vec<LogoutDelivery>,
}

/// What a delivery remembers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// The client's `backchannel_logout_uri` when the session ended.
    #[serde(rename = "u")]
    pub uri: String,
    /// The session.
    #[serde(rename = "s")]
    pub session: FlowId,
}

/// The clients that were given something in this session.
pub async fn of_session(context: &Context, session: FlowId) -> Result<Told, OAuthError> {
    let now = context.clock.now();
    let mut told = Told::default();
    let mut seen: Vec<String> = Vec::new();
    for grant in context.store.grants_of_login_session(*session.as_bytes(), now).await? {
        if seen.contains(&grant.client_id) {
            continue;
        }
        seen.push(grant.client_id.clone());
        let Some(client) = clients::find(context, &grant.client_id).await? else { continue };
        let metadata = &client.parsed.metadata;
        if !metadata.frontchannel_logout_uri.is_empty() {
            told.frames.push(frame(context, &metadata.frontchannel_logout_uri, session));
        }
        if !metadata.backchannel_logout_uri.is_empty() {
            told.deliveries.push(delivery(context, &grant.client_id, &metadata.backchannel_logout_uri, session)?);
        }
    }
    Ok(told)
}

/// When the session of a client ends that wants to be told so; 0 for any other client. Its grant is kept until then, also
/// when its tokens are long gone.
pub async fn session_end(context: &Context, client: &Client, session: Option<Id>) -> Result<i64, OAuthError> {
    let told = !client.frontchannel_logout_uri.is_empty() || !client.backchannel_logout_uri.is_empty();
    let Some(id) = session.filter(|_| told) else { return Ok(0) };
    let found = context.store.login_session(id).await?;
    Ok(found.map_or(0, |session| session.expires_at))
}

/// The registered address with `iss` and `sid`, which every client may rely on.
fn frame(context: &Context, uri: &str, session: FlowId) -> String {
    let sid = session.to_uuid_string();
    append_query(uri, &[("iss", context.config.issuer()), ("sid", &sid)])
}

fn delivery(context: &Context, client_id: &str, uri: &str, session: FlowId) -> Result<LogoutDelivery, OAuthError> {
    let now = context.clock.now();
    let millis = u64::try_from(context.clock.now_millis()).unwrap_or(0);
    let body = Delivery { uri: uri.to_owned(), session };
    Ok(LogoutDelivery {
        id: *FlowId::from_parts(millis, context.rng.bytes()).as_bytes(),
        client_id: client_id.to_owned(),
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
