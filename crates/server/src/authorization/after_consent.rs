//! The third visit of a browser in a flow: the consent page has answered. A browser goes on to the client with a code; a
//! device's person sees a page, while the device hears the answer at its next poll (RFC 8628 §3.4).

use symbolon_store::Batch;
use symbolon_types::{ErrorCode, FlowId};

use super::refuse::refuse;
use super::respond;
use super::return_visit::{CONSENT, ReturnVisit, find, same_client};
use crate::challenge::conclude::{self, GivenConsent, conclude, verifier_hash};
use crate::challenge::flow::{ConsentHandled, ConsentOutcome, FlowState};
use crate::challenge::{client_of, flow};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::cookies;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::issue::authorization_code;
use crate::request::{Asker, EffectiveRequest, Refusal, Reply};

/// The third visit.
pub(crate) async fn after_consent(
    context: &Context,
    http: &Request,
    returned: &ReturnVisit<'_>,
) -> Result<Answer, Refusal> {
    let (id, state) = match find(context, returned, &CONSENT).await {
        Ok(found) => found,
        Err(refusal) => return once_more(context, http, returned).await?.ok_or(refusal),
    };
    let request = state.request().map_err(Refusal::Page)?;
    let client = client_of(context, &request).await?;
    same_client(returned.parameters, &request)?;
    // The cookie comes first: a verifier shown by another browser is not used up by that.
    cookies::same_consent(context, http, id).map_err(|error| request.refusal(error))?;
    let FlowState::ConsentHandled(handled) = state else { return Err(request.refusal(CONSENT.used())) };
    let mut answer = match finish(context, (id, returned.verifier), (&request, &client), handled).await {
        Ok(answer) => answer,
        // Another verifier of the same consent may have been faster by a moment.
        Err(refusal) => match once_more(context, http, returned).await? {
            Some(answer) => answer,
            None => refuse(context, http, &refusal).await,
        },
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(answer)
}

/// The same browser shows another verifier of a consent whose code nobody has redeemed: it comes of a second click, for
/// which the browser dropped the answer to the first one. It gets that answer once more.
async fn once_more(context: &Context, http: &Request, returned: &ReturnVisit<'_>) -> Result<Option<Answer>, Refusal> {
    let Some(id) = context.seal.open_id::<FlowId>(CONSENT.kind, returned.verifier) else { return Ok(None) };
    if cookies::same_consent(context, http, id).is_err() || flow::expired(context, id.unix_seconds()) {
        return Ok(None);
    }
    let waiting = conclude::waiting(context, id).await.map_err(Refusal::Page)?;
    let Some((grant, body)) = waiting.filter(|(_, body)| body.verifier != verifier_hash(returned.verifier)) else {
        return Ok(None);
    };
    let Some(request) = body.request().map_err(Refusal::Page)? else { return Ok(None) };
    let mut answer = match request.reply() {
        Reply::Redirect(address) => {
            let code = authorization_code::again(context, grant.id, grant.issued_at);
            respond::code(context, address, &code, &body.scope)
        }
        Reply::Device => respond::device_done(context, request.client_id()),
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(Some(answer))
}

async fn finish(
    context: &Context,
    (id, verifier): (FlowId, &str),
    (request, client): (&EffectiveRequest, &RegisteredClient),
    handled: ConsentHandled,
) -> Result<Answer, Refusal> {
    let ConsentHandled { asked, outcome } = handled;
    let refuse = |error| request.refusal(error);
    match outcome {
        ConsentOutcome::Rejected(rejection) => {
            let refused = flow::refuse(context, id, flow::CONSENT_HANDLED, request).await;
            refused.map_err(refuse)?;
            Err(refuse(rejection.into_error()))
        }
        ConsentOutcome::Accepted(consented) => {
            let given = GivenConsent { flow: id, request, client, asked, consented, verifier };
            match (request.reply(), request.asker()) {
                (Reply::Redirect(address), _) => {
                    let until = authorization_code::expires_at(context, context.clock.now());
                    let granted = conclude(context, given, until, Batch::new()).await?;
                    let code = authorization_code::issue(context, granted.id, until);
                    Ok(respond::code(context, address, &code, &granted.scope))
                }
                (Reply::Device, Asker::Device(device)) => {
                    let now = context.clock.now();
                    let row = context.store.device_authorization(device).await.map_err(|fault| refuse(fault.into()))?;
                    let row = row.filter(|row| row.expires_at > now).ok_or_else(|| refuse(device_expired()))?;
                    let mut batch = Batch::new();
                    batch.accept_device_authorization(row.id, id.grant_id(), now);
                    conclude(context, given, row.expires_at, batch).await?;
                    Ok(respond::device_done(context, request.client_id()))
                }
                (Reply::Device, Asker::Browser) => {
                    Err(refuse(OAuthError::server("a browser's request has no address")))
                }
            }
        }
    }
}

/// What a person is told who was too slow.
pub(crate) fn device_expired() -> OAuthError {
    OAuthError::new(ErrorCode::ExpiredToken, "The code on your device is too old. Start again on the device.")
}

/// The per-flow cookies have done their work; a browser that logs in often must not collect them.
fn forget_flow_cookies(context: &Context, id: FlowId, answer: &mut Answer) {
    for name in [cookies::login_csrf_name(&context.config, id), cookies::consent_csrf_name(&context.config, id)] {
        cookies::delete(context, answer, name);
    }
}
