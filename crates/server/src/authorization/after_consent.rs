//! The third visit of a browser in a flow: the consent page has answered. A browser goes on to the client with a code
//! or tokens; a device's person sees a page, while the device hears the answer at its next poll (RFC 8628 §3.4).

use symbolon_store::Batch;
use symbolon_types::{ErrorCode, FlowId, ResponseType};

use super::refuse::refuse;
use super::return_visit::{CONSENT, ReturnVisit, find, same_client};
use super::{respond, session_state};
use crate::challenge::conclude::{self, GivenConsent, conclude, verifier_hash};
use crate::challenge::flow::{ConsentHandled, ConsentOutcome, FlowState};
use crate::challenge::{client_of, flow};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::cookies;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::issue::authorization_response::{self, check_granted};
use crate::request::{Asker, EffectiveRequest, Refusal, Reply, ReplyAddress};
use crate::session;

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
    let visit = (id, returned.verifier);
    let mut answer = match finish(context, http, visit, (&request, &client), *handled).await {
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
            let used = GrantUse::first(grant.id);
            let Some(grant) = UserGrant::with_body(grant, body, used) else { return Ok(None) };
            let client = client_of(context, &request).await?;
            granted(context, http, (&request, &client), (&grant, address)).await?
        }
        Reply::Device => respond::device_done(context, request.client_id()),
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(Some(answer))
}

async fn finish(
    context: &Context,
    http: &Request,
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
                    if let Err(error) = check_granted(request, &given.consented.accept.grant_scope) {
                        flow::refuse(context, id, flow::CONSENT_HANDLED, request).await.map_err(refuse)?;
                        return Err(refuse(error));
                    }
                    let until = kept_until(context, &given).await.map_err(refuse)?;
                    let grant = conclude(context, given, until, Batch::new()).await?;
                    granted(context, http, (request, client), (&grant, address)).await
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
                (Reply::Device, Asker::Browser | Asker::Backchannel(_)) => {
                    Err(refuse(OAuthError::server("a browser's request has no address")))
                }
            }
        }
    }
}

/// Until when a grant is kept for what the browser takes along. Who has an ID token or an access token may redeem no code,
/// and is to hear of the logout all the same.
async fn kept_until(context: &Context, given: &GivenConsent<'_>) -> Result<i64, OAuthError> {
    let until = authorization_response::kept_until(context, given.client, given.request);
    if !given.request.response_type().is_some_and(ResponseType::is_front_channel) {
        return Ok(until);
    }
    Ok(until.max(session::logout_until(context, given.client, Some(given.asked.session)).await?))
}

/// The answer to the client, of a grant that was written.
async fn granted(
    context: &Context,
    http: &Request,
    (request, client): (&EffectiveRequest, &RegisteredClient),
    (grant, address): (&UserGrant, &ReplyAddress),
) -> Result<Answer, Refusal> {
    let refuse = |error| request.refusal(error);
    let session_state = session_state::of_grant(context, http, grant, address).await.map_err(refuse)?;
    let response = authorization_response::issue(context, client, request, grant).await.map_err(refuse)?;
    respond::granted(context, client, address, response, session_state).await.map_err(refuse)
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
