//! Challenges: how a login or consent page, built in or headless, answers for a user. A login challenge is a sealed
//! request and costs nothing; from the login page's accept on a `flow` row carries the stage and the results, and
//! verifiers and the consent challenge are handles to it. The built-in pages and the admin API call the same functions
//! here. A consent ends in a grant in [`conclude`]. What the browser does with a verifier is in `authorization::{after_login, after_consent}`.

pub mod conclude;
pub mod consent;
pub mod flow;
pub mod login;
mod rejection;

use std::sync::Arc;

use http::StatusCode;
use symbolon_types::{ErrorCode, RedirectTo};

use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::metrics::{PageOutcome, PageStep};
use crate::request::{EffectiveRequest, Refusal};

/// Why a challenge cannot be answered.
#[derive(Debug)]
pub enum ChallengeFault {
    /// It was answered and used before: 410 with the address where the flow can be started again.
    Handled(RedirectTo),
    /// What it rests on is over, and nothing is lost: 410 with the address where the flow starts again.
    StartAgain(RedirectTo),
    /// A fault of the server or its database.
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for ChallengeFault {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

/// Whose page answers.
pub use crate::metrics::Page;

/// Counts what comes of a page's answer; `said` is what it was.
async fn counted(
    context: &Context,
    (step, page): (PageStep, Page),
    said: PageOutcome,
    answering: impl Future<Output = Result<RedirectTo, ChallengeFault>>,
) -> Result<RedirectTo, ChallengeFault> {
    let came = answering.await;
    let outcome = match &came {
        Ok(_) => said,
        Err(ChallengeFault::Handled(_)) => PageOutcome::UsedBefore,
        Err(ChallengeFault::StartAgain(_)) => PageOutcome::StartedAgain,
        Err(ChallengeFault::Api(fault)) if fault.status.is_server_error() => PageOutcome::Failed,
        Err(ChallengeFault::Api(fault)) if fault.status == StatusCode::NOT_FOUND => PageOutcome::Unknown,
        Err(ChallengeFault::Api(fault)) if fault.status == StatusCode::UNAUTHORIZED => PageOutcome::Expired,
        Err(ChallengeFault::Api(_)) => PageOutcome::Refused,
    };
    context.metrics.page_answers.count(step, page, outcome);
    came
}

fn handled(context: &Context, request: &EffectiveRequest) -> ChallengeFault {
    ChallengeFault::Handled(RedirectTo { redirect_to: request.url(context) })
}

/// The client of a request that was valid when its flow began, as it is now.
pub async fn client_of(context: &Context, request: &EffectiveRequest) -> Result<Arc<RegisteredClient>, Refusal> {
    let found = clients::documents::find_in_flow(context, request.client_id()).await.map_err(Refusal::Page)?;
    let client = found.ok_or_else(|| Refusal::Page(OAuthError::unknown_application()))?;
    request.recheck(&context.config, &client)?;
    Ok(client)
}

/// Everything issued to the client, or the client itself, ended while the flow went on: the client hears it, unless it
/// is gone.
pub async fn client_ended(context: &Context, request: &EffectiveRequest) -> Refusal {
    match client_of(context, request).await {
        Err(gone) => gone,
        Ok(_) => request.refusal(OAuthError::new(
            ErrorCode::LoginRequired,
            "Everything issued to this client was revoked meanwhile. Please sign in again.",
        )),
    }
}

/// [`client_of`] for a page, which is told if its client changed.
async fn client_for_page(context: &Context, request: &EffectiveRequest) -> Result<Arc<RegisteredClient>, ApiError> {
    client_of(context, request).await.map_err(|refusal| refusal.into_error().into())
}

/// 401 once what began at `requested_at` is older than `ttl.login_consent_request`.
pub fn check_time(context: &Context, requested_at: i64, step: &str) -> Result<(), ApiError> {
    if flow::expired(context, requested_at) {
        let hint = format!("The {step} request has expired, please start again.");
        return Err(OAuthError::new(ErrorCode::RequestUnauthorized, hint).into());
    }
    Ok(())
}
