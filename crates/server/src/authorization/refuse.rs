//! The answer to a refused request: a page, or the client's verified address. Whoever registers a client chooses that
//! address, and by an error makes this server send browsers there. Where the operator wishes, that happens only for a
//! client which the user of the browser has approved before (RFC 9700 §4.11.2). A client that has a document needs not
//! even register: where it is answered at a web site, its errors are kept back whatever the operator wishes.

use super::{respond, session_state};
use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::error_page;
use crate::exchange::{Answer, Request};
use crate::request::{RedirectError, Refusal};
use crate::session;

/// The answer to a refusal.
pub(crate) async fn refuse(context: &Context, http: &Request, refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Page(error) => error_page::show(context, http, error),
        Refusal::Redirect(redirect) => match may_be_told(context, http, redirect).await {
            // An answer that cannot be made as the client asked for it is made for the person.
            Ok(true) => match tell(context, http, redirect).await {
                Ok(answer) => answer,
                Err(fault) => error_page::show(context, http, &fault),
            },
            Ok(false) => error_page::show(context, http, redirect.error()),
            Err(fault) => error_page::show(context, http, &fault),
        },
    }
}

async fn tell(context: &Context, http: &Request, redirect: &RedirectError) -> Result<Answer, OAuthError> {
    let session_state = session_state::of_error(context, http, redirect.to()).await?;
    respond::error(context, redirect, session_state).await
}

/// Whether the browser may be sent to the client with an error. RFC 9700 §4.11.2 leaves `prompt=none` out: a client asks
/// so where nobody shall see anything, and waits for the answer. A link with it is a redirect all the same.
async fn may_be_told(context: &Context, http: &Request, redirect: &RedirectError) -> Result<bool, OAuthError> {
    let to = redirect.to();
    let keeps = context.config.symbolon.registration.keep_errors_of_unapproved_clients;
    // What a page of ours or the operator's says was said by somebody who saw who asks.
    let by_itself = to.redirect_uri().as_str().starts_with("https://") && redirect.error().custom.is_none();
    if to.is_silent() || !(keeps || by_itself) {
        return Ok(true);
    }
    let Some(client) = clients::find(context, to.client_id()).await? else { return Ok(!keeps) };
    if !client.is_self_registered() || !(keeps || client.has_document()) {
        return Ok(true);
    }
    let Some(session) = session::current(context, http).await? else { return Ok(false) };
    Ok(context.store.has_grant(&session.authentication.subject, client.id()).await?)
}
