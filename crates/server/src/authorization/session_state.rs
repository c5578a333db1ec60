//! `session_state` beside the answer to an authentication request (OpenID Connect Session Management §2, §4.2): with
//! it, the client's page can ask ours in a frame whether the browser is still in the state in which it was answered. It
//! is a salted digest over the client, the origin of the answer and the state of the browser, so it says nothing to anybody
//! else and two clients cannot compare theirs. Clients hear it with tokens and codes of OpenID Connect, and with an error
//! where they asked quietly: so they learn when somebody logs in.

use symbolon_jose::digest::{base64url, sha256};
use symbolon_types::ClientId;
use url::Url;

use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::grant::UserGrant;
use crate::request::ReplyAddress;
use crate::session::browser_state::{self, Settled};

/// Bytes of a salt.
const SALT_BYTES: usize = 16;

/// The parameter of one answer, and what the browser has to be told with it.
pub struct SessionState {
    value: String,
    settled: Settled,
}

impl SessionState {
    /// The value of the parameter.
    pub(super) fn value(&self) -> String {
        self.value.clone()
    }

    /// Tells the browser its state where it does not know it.
    pub(super) fn tell(self, context: &Context, answer: &mut Answer) {
        self.settled.tell(context, answer);
    }
}

/// Of an answer with what was granted in a session.
pub(super) async fn of_grant(
    context: &Context,
    http: &Request,
    grant: &UserGrant,
    to: &ReplyAddress,
) -> Result<Option<SessionState>, OAuthError> {
    let (Some(origin), Some(session)) = (origin(context, to), grant.session_id()) else { return Ok(None) };
    if !grant.scope().contains("openid") {
        return Ok(None);
    }
    let settled = browser_state::in_session(context, http, session).await?;
    Ok(Some(state(context, to.client_id(), &origin, settled)))
}

/// Of an error for a client that asked with `prompt=none`.
pub(super) async fn of_error(
    context: &Context,
    http: &Request,
    to: &ReplyAddress,
) -> Result<Option<SessionState>, OAuthError> {
    let Some(origin) = origin(context, to).filter(|_| to.is_silent()) else { return Ok(None) };
    let settled = browser_state::as_it_is(context, http).await?;
    Ok(Some(state(context, to.client_id(), &origin, settled)))
}

/// The origin of the client's page (RFC 6454 §4, §6.2), which a private scheme does not have.
fn origin(context: &Context, to: &ReplyAddress) -> Option<String> {
    let url = Url::parse(to.redirect_uri().as_str()).ok().filter(|_| browser_state::is_on(context))?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

fn state(context: &Context, client_id: &ClientId, origin: &str, settled: Settled) -> SessionState {
    let salt = context.rng.token(SALT_BYTES);
    let value = value(client_id, origin, settled.state.as_str(), &salt);
    SessionState { value, settled }
}

/// What `check_session.js` computes again. Neither an origin, a state nor a salt has a space, so that no two inputs run
/// into one.
fn value(client_id: &ClientId, origin: &str, browser_state: &str, salt: &str) -> String {
    let digest = sha256(format!("{client_id} {origin} {browser_state} {salt}").as_bytes());
    format!("{}.{salt}", base64url(&digest))
}
