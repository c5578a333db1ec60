//! The end-session endpoint (OpenID Connect RP-Initiated Logout, Front-Channel and Back-Channel Logout). A browser comes
//! twice: to ask for a logout, and with the verifier of the logout page's consent. [`request`] is what was asked,
//! [`channels`] tells the clients of the session. A session ends only in the browser that holds its cookie, when the
//! logout page has agreed there. No browser is sent to an address that the client did not register.

pub mod channels;
pub mod request;

use symbolon_store::{Batch, Condition, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ErrorBody, ErrorCode, SessionId};

use crate::audit::Event;
use crate::context::Context;
use crate::error::OAuthError;
use crate::error_page;
use crate::exchange::{self, Answer, Request};
use crate::params::Params;
use crate::seal::kinds;
use crate::session::{self, browser_state};
use crate::trail;
use request::LogoutChallenge;

/// `GET` and `POST /oauth2/sessions/logout`.
pub async fn end_session(context: &Context, http: &Request) -> Answer {
    if http.method == http::Method::HEAD {
        return exchange::empty(http::StatusCode::OK);
    }
    let outcome = match http.query_parameter("logout_verifier") {
        Some(verifier) => complete(context, http, &verifier).await,
        None => start(context, http).await,
    };
    outcome.unwrap_or_else(|error| error_page::show(context, http, &error))
}

fn parameters(http: &Request) -> Result<Params, OAuthError> {
    let body =
        std::str::from_utf8(&http.body).map_err(|_| OAuthError::invalid_request("The body is not text in UTF-8."))?;
    let joined = [body, &http.query].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    Params::parse(joined.as_bytes())
}

/// The first visit: who is to be logged out, and where the browser goes afterwards.
async fn start(context: &Context, http: &Request) -> Result<Answer, OAuthError> {
    let params = parameters(http)?;
    let asked = request::read(context, &params).await?;
    let current = session::current(context, http).await?;
    let session = match asked.session {
        None => current,
        // The hint's session may be over, and its person signed in once more in this browser.
        Some(id) => match session::by_id(context, id).await? {
            None => current.filter(|session| asked.names(context, &session.authentication.subject)),
            found => found,
        },
    };
    // Nobody is logged in (any more): nothing to ask and nobody to tell.
    let Some(session) = session else { return go_on(context, http, &asked.then).await };
    let challenge = LogoutChallenge::new(context, http, asked, &session);
    Ok(to_logout_page(context, &challenge))
}

fn to_logout_page(context: &Context, challenge: &LogoutChallenge) -> Answer {
    let sealed = challenge.seal(context);
    exchange::found(&append_query(&context.config.logout_url(), &[("logout_challenge", &sealed)]))
}

/// The second visit: the session ends, once, whatever led here.
async fn complete(context: &Context, http: &Request, verifier: &str) -> Result<Answer, OAuthError> {
    let challenge = LogoutChallenge::open(context, kinds::LOGOUT_VERIFIER, verifier).map_err(not_found)?;
    if challenge.expired(context) {
        return Err(OAuthError::new(
            ErrorCode::RequestUnauthorized,
            "The logout request has expired, please start again.",
        ));
    }
    let id = challenge.session;
    let cookie = session::of_cookie(context, http);
    let anywhere = challenge.rp_initiated && context.config.symbolon.compatibility.logout_in_any_browser;
    if !anywhere && cookie != Some(id) {
        // An ID token proves a client, and that a person once signed in there; it is no proof of being that person.
        return Ok(exchange::found(&challenge.then));
    }
    if !anywhere && !challenge.asked_here {
        // Asked for, and perhaps agreed to, in another browser: this one's person has not been asked yet.
        let challenge = LogoutChallenge { asked_here: true, ..challenge };
        return Ok(to_logout_page(context, &challenge));
    }
    // Somebody was faster, with this verifier or another: the clients have been told.
    let Some(frames) = end(context, id).await? else { return go_on(context, http, &challenge.then).await };
    trail::tell(&Event::Logout { subject: challenge.subject.as_str() });
    let mut answer = channels::front_channel_answer(&frames, &challenge.then);
    // A browser that is signed in with another session stays so: its cookie is not the one that ended.
    if cookie.is_none_or(|own| own == id) {
        session::clear_cookie(context, &mut answer);
    }
    Ok(answer)
}

/// Goes on without a session to end. Where it ended elsewhere, as by an administrator, applications that watch this
/// browser see it from now on.
async fn go_on(context: &Context, http: &Request, then: &str) -> Result<Answer, OAuthError> {
    let mut answer = exchange::found(then);
    if browser_state::is_on(context) {
        browser_state::as_it_is(context, http).await?.tell(context, &mut answer);
    }
    Ok(answer)
}

/// Ends a session for the administrator; its clients are told by back-channel. Ending what has ended is no fault.
pub async fn end_by_administrator(context: &Context, id: SessionId) -> Result<(), OAuthError> {
    if end(context, id).await?.is_some() {
        trail::tell(&Event::LoginSessionEnded { sid: &id.to_uuid_string() });
    }
    Ok(())
}

/// Ends a session, and tells its clients. Gives the addresses of the frames to load; `None` when the session was over
/// before. From the first statement on no client can be given anything in this session any more, so that whoever was
/// given something is known when they are told.
async fn end(context: &Context, id: SessionId) -> Result<Option<Vec<String>>, OAuthError> {
    if !context.store.end_login_session(id, context.clock.now()).await? {
        return Ok(None);
    }
    tell(context, id).await.map(Some)
}

/// Queues the logout tokens of a session that has ended and forgets it, in one transaction. Gives the addresses of the
/// frames to load. Where that does not come to its end, the worker does it later.
pub async fn tell(context: &Context, id: SessionId) -> Result<Vec<String>, OAuthError> {
    let notifications = channels::of_session(context, id).await?;
    let mut batch = Batch::new();
    batch.forget_login_session(id);
    for delivery in &notifications.deliveries {
        batch.insert_logout_delivery(delivery);
    }
    match context.store.write(batch).await {
        Ok(()) => {
            context.work.wake.notify_one();
            Ok(notifications.frames)
        }
        // Somebody else has told them.
        Err(WriteError::Unmet(Condition::Session)) => Ok(Vec::new()),
        Err(fault) => Err(fault.into()),
    }
}

/// How long telling the clients of a session may take, in seconds, before the worker does it.
const TOLD_WITHIN: i64 = 30;
/// Most sessions that the worker takes at once.
const AT_ONCE: u32 = 256;

/// Tells the clients of sessions that ended a while ago and whose clients were not told: a process ended in between.
pub async fn tell_forgotten(context: &Context) -> Result<(), OAuthError> {
    let before = context.clock.now().saturating_sub(TOLD_WITHIN);
    for session in context.store.ended_login_sessions(before, AT_ONCE).await? {
        tell(context, session).await?;
    }
    Ok(())
}

/// A verifier that opens to nothing, in Hydra's form.
fn not_found(_: crate::error::ApiError) -> OAuthError {
    let mut error = OAuthError::bare(ErrorCode::NotFound);
    error.custom = Some(Box::new(ErrorBody {
        error: "Not Found".into(),
        error_description: "The logout verifier is not valid.".to_owned(),
        ..ErrorBody::default()
    }));
    error
}
