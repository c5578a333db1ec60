//! The end-session endpoint (OpenID Connect RP-Initiated Logout, Front-Channel and Back-Channel Logout). A browser comes
//! twice: to ask for a logout, and with the verifier of the logout page's consent. [`request`] is what was asked,
//! [`channels`] tells the clients of the session. No login session ends without that page's word, and nobody is sent to
//! an address that the client did not register.

pub mod channels;
pub mod request;

use symbolon_store::{Batch, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ErrorBody, ErrorCode, FlowId};

use crate::authorization::{error_page, session};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::params::Params;
use crate::seal::kinds;
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
    outcome.unwrap_or_else(|error| error_page(context, http, &error))
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
        Some(id) => session::by_id(context, id).await?,
        None => current,
    };
    // Nobody is logged in (any more): nothing to ask and nobody to tell.
    let Some(session) = session else { return Ok(exchange::found(&asked.then)) };
    let challenge = LogoutChallenge::new(context, http, asked, &session);
    let sealed = challenge.seal(context);
    Ok(exchange::found(&append_query(&context.config.logout_url(), &[("logout_challenge", &sealed)])))
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
    let cookie = session::cookie_session(context, http);
    // Without a client's proof (its ID token) only the browser of the session itself can end it.
    if !challenge.rp_initiated && cookie != Some(id) {
        return Ok(exchange::found(&challenge.then));
    }
    // Somebody was faster, with this verifier or another: the clients have been told.
    let Some(frames) = end(context, id).await? else { return Ok(exchange::found(&challenge.then)) };
    tracing::info!(target: "audit", event = "logout", subject = challenge.subject, "a login session was ended");
    let mut answer = channels::front_channel_answer(&frames, &challenge.then);
    // A browser that is signed in with another session stays so: its cookie is not the one that ended.
    if cookie.is_none_or(|own| own == id) {
        session::clear_cookie(context, &mut answer);
    }
    Ok(answer)
}

/// Ends a session for the administrator; its clients are told by back-channel. Ending what has ended is no fault.
pub async fn end_by_administrator(context: &Context, id: FlowId) -> Result<(), OAuthError> {
    end(context, id).await.map(drop)
}

/// Ends a session and queues its logout tokens, in one transaction. Gives the addresses of the frames to load; `None` when
/// the session was over before.
async fn end(context: &Context, id: FlowId) -> Result<Option<Vec<String>>, OAuthError> {
    let told = channels::of_session(context, id).await?;
    let mut batch = Batch::new();
    batch.end_login_session(*id.as_bytes());
    for delivery in &told.deliveries {
        batch.insert_logout_delivery(delivery);
    }
    match context.store.write(batch).await {
        Ok(_) => {
            context.wake.notify_one();
            Ok(Some(told.frames))
        }
        Err(WriteError::Unmet(_)) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// A verifier that opens to nothing, in Hydra's form.
fn not_found(_: crate::error::ApiError) -> OAuthError {
    let mut error = OAuthError::bare(ErrorCode::NotFound);
    error.custom = Some(Box::new(ErrorBody {
        error: "Not Found".into(),
        error_description: "The logout verifier is not valid.".to_owned(),
    }));
    error
}
