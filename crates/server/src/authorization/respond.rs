//! The answer to the client's redirect URI (RFC 6749 §4.1.2, OAuth 2.0 Multiple Response Types, Form Post Response
//! Mode, JWT Secured Authorization Response Mode, RFC 9207): parameters in the query, in the fragment, or in a form that a
//! page posts, each by itself or all of them in one JWT. There is no other way out of the authorization endpoint than a
//! [`ReplyAddress`], and only a verified request has one. How the form's page looks is the edge's business: the answer only
//! carries the form.

use http::StatusCode;
use symbolon_types::redirect_uri::{append_fragment, append_query};
use symbolon_types::{ClientId, ResponseCarrier, ResponseEncoding};

use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer};
use crate::issue::authorization_response::{self, AuthorizationResponse};
use crate::request::{RedirectError, ReplyAddress};

use super::session_state::SessionState;

/// What was granted, with `state` if there was one.
pub async fn granted(
    context: &Context,
    client: &RegisteredClient,
    to: &ReplyAddress,
    response: AuthorizationResponse,
    session_state: Option<SessionState>,
) -> Result<Answer, OAuthError> {
    let mut parameters = response.into_parameters();
    parameters.extend(to.state().map(|state| ("state", state.to_owned())));
    parameters.extend(session_state.as_ref().map(|state| ("session_state", state.value())));
    parameters.sort_unstable();
    let answer = send(context, Some(client), to, parameters).await?;
    Ok(with_state(context, answer, session_state))
}

/// `error`, with `state` even when there was none, as Hydra does.
pub async fn error(
    context: &Context,
    redirect: &RedirectError,
    session_state: Option<SessionState>,
) -> Result<Answer, OAuthError> {
    redirect.error().log();
    let body = redirect.error().exposed_body(&context.config);
    let mut parameters = vec![
        ("error", body.error.to_string()),
        ("error_description", body.error_description),
        ("state", redirect.to().state().unwrap_or_default().to_owned()),
    ];
    parameters.extend(session_state.as_ref().map(|state| ("session_state", state.value())));
    let to = redirect.to();
    let client = if to.mode().is_jwt() { clients::find(context, to.client_id()).await? } else { None };
    let answer = send(context, client.as_deref(), to, parameters).await?;
    Ok(with_state(context, answer, session_state))
}

/// The state of the browser goes with the parameter that was made of it.
fn with_state(context: &Context, mut answer: Answer, session_state: Option<SessionState>) -> Answer {
    if let Some(state) = session_state {
        state.tell(context, &mut answer);
    }
    answer
}

/// A device got its answer: the browser ends on a page that says so, with the client's id as in Hydra (RFC 8628 §3.3).
pub fn device_done(context: &Context, client_id: &ClientId) -> Answer {
    exchange::found(&append_query(&context.config.device_success_url(), &[("client_id", client_id.as_str())]))
}

/// A form that the browser shall post to the client; an answer carries it as an extension until the page is rendered.
#[derive(Clone, Debug)]
pub struct FormPost {
    /// The verified redirect URI.
    pub action: String,
    /// The parameters, in order.
    pub parameters: Vec<(String, String)>,
}

/// The parameters in the form that the client asked for. An answer that cannot be made in this form is not made in
/// another. Only a JWT needs the client.
async fn send(
    context: &Context,
    client: Option<&RegisteredClient>,
    to: &ReplyAddress,
    parameters: Vec<(&'static str, String)>,
) -> Result<Answer, OAuthError> {
    let parameters = match (to.mode().encoding, client) {
        (ResponseEncoding::Plain, _) => with_issuer(context, parameters),
        (ResponseEncoding::Jwt, Some(client)) => {
            vec![("response", authorization_response::as_jwt(context, client, parameters).await?)]
        }
        (ResponseEncoding::Jwt, None) => return Err(OAuthError::unknown_application()),
    };
    Ok(carry(to, &parameters))
}

/// With `iss`, success or not, so that a client of several servers knows whose answer it is (RFC 9207 §2). A JWT names its
/// issuer by itself (RFC 9207 §2.4).
fn with_issuer(context: &Context, mut parameters: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    if context.config.symbolon.compatibility.authorization_response_iss {
        parameters.push(("iss", context.config.issuer().to_owned()));
    }
    parameters
}

fn carry(to: &ReplyAddress, parameters: &[(&'static str, String)]) -> Answer {
    let uri = to.redirect_uri().as_str();
    let borrowed: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = match to.mode().carrier {
        ResponseCarrier::Query => exchange::redirect(StatusCode::SEE_OTHER, &append_query(uri, &borrowed)),
        ResponseCarrier::Fragment => exchange::redirect(StatusCode::SEE_OTHER, &append_fragment(uri, &borrowed)),
        ResponseCarrier::FormPost => {
            let mut answer = exchange::empty(StatusCode::OK);
            let owned = borrowed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            answer.extensions_mut().insert(FormPost { action: uri.to_owned(), parameters: owned });
            answer
        }
    };
    exchange::no_store(answer)
}
