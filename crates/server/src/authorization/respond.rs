//! The answer to the client's redirect URI (RFC 6749 §4.1.2, OAuth 2.0 Multiple Response Types, Form Post Response
//! Mode, RFC 9207): parameters in the query, in the fragment, or in a form that a page posts. There is no other way out of the
//! authorization endpoint than a [`ReplyAddress`], and only a verified request has one. How the form's page looks is
//! the edge's business: the answer only carries the form.

use http::StatusCode;
use symbolon_types::redirect_uri::{append_fragment, append_query};
use symbolon_types::{ClientId, ResponseMode};

use crate::context::Context;
use crate::exchange::{self, Answer};
use crate::issue::authorization_response::AuthorizationResponse;
use crate::request::{RedirectError, ReplyAddress};

/// What was granted, with `state` if there was one.
pub fn granted(context: &Context, to: &ReplyAddress, response: AuthorizationResponse) -> Answer {
    let issued = response.into_parameters();
    let mut parameters: Vec<(&str, &str)> = issued.iter().map(|(name, value)| (*name, value.as_str())).collect();
    parameters.extend(to.state().map(|state| ("state", state)));
    parameters.sort_unstable();
    send(context, to, parameters)
}

/// `error`, with `state` even when there was none, as Hydra does.
pub fn error(context: &Context, redirect: &RedirectError) -> Answer {
    redirect.error().log();
    let body = redirect.error().exposed_body(&context.config);
    let state = redirect.to().state().unwrap_or_default();
    let parameters =
        vec![("error", body.error.as_ref()), ("error_description", body.error_description.as_str()), ("state", state)];
    send(context, redirect.to(), parameters)
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

/// With `iss`, success or not, so that a client of several servers knows whose answer it is (RFC 9207 §2).
fn send<'p>(context: &'p Context, to: &ReplyAddress, mut parameters: Vec<(&'p str, &'p str)>) -> Answer {
    if context.config.symbolon.compatibility.authorization_response_iss {
        parameters.push(("iss", context.config.issuer()));
    }
    let uri = to.redirect_uri().as_str();
    let answer = match to.mode() {
        ResponseMode::Query => exchange::redirect(StatusCode::SEE_OTHER, &append_query(uri, &parameters)),
        ResponseMode::Fragment => exchange::redirect(StatusCode::SEE_OTHER, &append_fragment(uri, &parameters)),
        ResponseMode::FormPost => {
            let mut answer = exchange::empty(StatusCode::OK);
            let owned = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            answer.extensions_mut().insert(FormPost { action: uri.to_owned(), parameters: owned });
            answer
        }
    };
    exchange::no_store(answer)
}
