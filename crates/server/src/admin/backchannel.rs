//! Requests of the back channel (OpenID Connect CIBA): what an authentication device of the operator's calls. It names the
//! subject each time, so that a mistaken number cannot answer for somebody else.

use http::StatusCode;
use symbolon_types::{
    AcceptBackchannelRequest, AuthenticationRequestId, BackchannelRequest, ErrorCode, RejectBackchannelRequest, Scope,
    Subject, limits, without_repeats,
};

use super::json_object;
use crate::backchannel::answer::{self, Agreement, Waiting};
use crate::backchannel::auth_req_id;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::exchange::{self, Answer, Request};

/// `GET /admin/oauth2/auth/requests/backchannel?subject=…`.
pub async fn list(context: &Context, http: Request) -> Answer {
    listed(context, &http).await.unwrap_or_else(|error| error.answer())
}

/// `PUT /admin/oauth2/auth/requests/backchannel/accept`.
pub async fn accept(context: &Context, http: Request) -> Answer {
    accepted(context, &http).await.unwrap_or_else(|error| error.answer())
}

/// `PUT /admin/oauth2/auth/requests/backchannel/reject`.
pub async fn reject(context: &Context, http: Request) -> Answer {
    rejected(context, &http).await.unwrap_or_else(|error| error.answer())
}

fn invalid(hint: &'static str) -> ApiError {
    ApiError::oauth(ErrorCode::InvalidRequest, hint)
}

/// 404 where nobody may ask over the back channel: what waits from before is not answered either.
fn check_enabled(context: &Context) -> Result<(), ApiError> {
    if context.config.symbolon.ciba.enabled {
        return Ok(());
    }
    Err(ApiError::oauth(
        ErrorCode::NotFound,
        "Authentication over the back channel is not enabled (symbolon.ciba.enabled).",
    ))
}

async fn listed(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    check_enabled(context)?;
    let subject = http.query_parameter("subject").filter(|subject| !subject.is_empty());
    let subject = Subject::from(subject.ok_or_else(|| invalid("Query parameter 'subject' is missing."))?);
    let waiting = answer::waiting_of(context, &subject).await?;
    Ok(exchange::json(StatusCode::OK, &waiting.iter().map(described).collect::<Vec<_>>()))
}

fn described(waiting: &Waiting) -> BackchannelRequest {
    let parameters = waiting.request.parameters();
    BackchannelRequest {
        request_id: waiting.id().to_hex(),
        subject: waiting.subject().clone(),
        client: waiting.client.metadata().clone(),
        requested_scope: waiting.request.scope().clone(),
        requested_access_token_audience: waiting.request.audience().to_vec(),
        requested_authorization_details: waiting.request.authorization_details().clone(),
        binding_message: waiting.binding_message().unwrap_or_default().to_owned(),
        acr_values: match parameters.words("acr_values") {
            words if words.is_empty() => waiting.client.metadata().default_acr_values.clone(),
            words => words,
        },
        requested_at: waiting.id().unix_seconds(),
        expires_at: waiting.expires_at(),
    }
}

async fn accepted(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    check_enabled(context)?;
    let body: AcceptBackchannelRequest = json_object(http)?;
    let waiting = named(context, http, &body.subject).await?;
    answer::accept(context, &waiting, agreement(context, body)?).await?;
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

fn agreement(context: &Context, body: AcceptBackchannelRequest) -> Result<Agreement, ApiError> {
    limits::check_accepted_request(&body).map_err(OAuthError::from)?;
    let scope = body.grant_scope.map(|words| {
        Scope::from_list(words).map_err(|_| invalid("Field 'grant_scope' has a character that is not allowed."))
    });
    Ok(Agreement {
        acr: body.acr,
        amr: body.amr,
        authenticated_at: body.authenticated_at.unwrap_or_else(|| context.clock.now()),
        session: None,
        scope: scope.transpose()?,
        audience: body.grant_access_token_audience.map(without_repeats),
        details: body.grant_authorization_details,
        claims: body.session,
    })
}

async fn rejected(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    check_enabled(context)?;
    let body: RejectBackchannelRequest = json_object(http)?;
    let waiting = named(context, http, &body.subject).await?;
    answer::deny(context, &waiting).await?;
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

/// The request of the query: by its number, or by what the client got for it.
async fn named(context: &Context, http: &Request, subject: &Subject) -> Result<Waiting, ApiError> {
    if subject.is_empty() {
        return Err(invalid("Field 'subject' must say who answered."));
    }
    let id = match (http.query_parameter("request_id"), http.query_parameter("auth_req_id")) {
        (Some(number), None) => AuthenticationRequestId::parse(&number),
        (None, Some(text)) => auth_req_id::open(context, &text).map(|(id, _)| id),
        _ => return Err(invalid("Give one of the query parameters 'request_id' and 'auth_req_id'.")),
    };
    let unknown = || ApiError::oauth(ErrorCode::NotFound, "No such request waits for the subject.");
    answer::waiting(context, id.ok_or_else(unknown)?, subject).await
}
