//! Ending everything at once: of a subject, whether it has an account here or comes from another login page, and of a
//! client. Each is one write, whatever there is to end, and counts from the answer on.

use http::StatusCode;
use symbolon_types::{ClientId, ErrorCode, Subject};

use super::path_segment;
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::trail;

/// `POST /admin/subjects/{subject}/sign-out`: its sessions and flows in progress end, its tokens and codes are void. What it
/// agreed to stays remembered. Not part of Hydra's interface.
pub async fn sign_out(context: &Context, request: Request) -> Answer {
    sign_out_everywhere(context, &request).await.unwrap_or_else(|error| error.answer())
}

/// `DELETE /admin/oauth2/tokens?client_id=…`. Hydra deletes access tokens only; here refresh tokens, codes, devices and
/// flows in progress end with them, since each of them would lead to an access token again. Where
/// `symbolon.compatibility.only_access_tokens_deleted` is on, access tokens end and nothing else.
pub async fn delete_tokens(context: &Context, request: Request) -> Answer {
    revoke_client_tokens(context, &request).await.unwrap_or_else(|error| error.answer())
}

async fn sign_out_everywhere(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let subject = Subject::from(path_segment(request, "/admin/subjects/")?);
    context.store.sign_out(&subject).await?;
    trail::tell(&Event::SubjectSignedOut { subject: subject.as_str() });
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn revoke_client_tokens(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let named = |name: &str| form_urlencoded::parse(request.query.as_bytes()).filter(|(key, _)| key == name).count();
    let client_id = match (named("client_id"), request.query_parameter("client_id")) {
        (1, Some(client_id)) => ClientId::from(client_id),
        (0, _) => {
            return Err(ApiError::oauth(
                ErrorCode::InvalidRequest,
                "Query parameter 'client_id' is not defined but it should have been.",
            ));
        }
        _ => {
            return Err(ApiError::oauth(
                ErrorCode::InvalidRequest,
                "Query parameter 'client_id' must name one client.",
            ));
        }
    };
    // As in Hydra it is no error when there is no such client, which has no tokens then.
    if context.config.symbolon.compatibility.only_access_tokens_deleted {
        if context.store.revoke_access_tokens_of_client(&client_id).await? {
            trail::tell(&Event::ClientAccessTokensRevoked { client_id: client_id.as_str() });
        }
    } else if context.store.revoke_everything_of_client(&client_id).await? {
        trail::tell(&Event::ClientTokensRevoked { client_id: client_id.as_str() });
    }
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}
