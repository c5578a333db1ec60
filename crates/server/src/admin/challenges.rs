//! Login, consent and device requests: what a headless login application calls.

use http::StatusCode;
use serde::Serialize;
use symbolon_types::{AcceptConsent, AcceptLogin, AcceptUserCode, ErrorCode, RedirectTo, RejectRequest};

use crate::challenge::{ChallengeFault, Page, consent, login};
use crate::context::Context;
use crate::device::challenge::{self as device, DeviceChallenge};
use crate::error::{ApiError, OAuthError};
use crate::exchange::{self, Answer, Request};

/// `GET /admin/oauth2/auth/requests/login`.
pub async fn get_login(context: &Context, request: Request) -> Answer {
    answer(match challenge(&request, "login_challenge") {
        Ok(challenge) => login::describe(context, &challenge).await.map(|described| described.wire),
        Err(error) => Err(error),
    })
}

/// `PUT /admin/oauth2/auth/requests/login/accept`.
pub async fn accept_login(context: &Context, request: Request) -> Answer {
    answer(match with_body::<AcceptLogin>(&request, "login_challenge") {
        Ok((challenge, body)) => login::accept(context, Page::Headless, &challenge, body).await,
        Err(error) => Err(error),
    })
}

/// `PUT /admin/oauth2/auth/requests/login/reject`.
pub async fn reject_login(context: &Context, request: Request) -> Answer {
    answer(match with_body::<RejectRequest>(&request, "login_challenge") {
        Ok((challenge, body)) => login::reject(context, Page::Headless, &challenge, body).await,
        Err(error) => Err(error),
    })
}

/// `GET /admin/oauth2/auth/requests/consent`.
pub async fn get_consent(context: &Context, request: Request) -> Answer {
    answer(match challenge(&request, "consent_challenge") {
        Ok(challenge) => consent::describe(context, &challenge).await.map(|described| described.wire),
        Err(error) => Err(error),
    })
}

/// `PUT /admin/oauth2/auth/requests/consent/accept`.
pub async fn accept_consent(context: &Context, request: Request) -> Answer {
    answer(match with_body::<AcceptConsent>(&request, "consent_challenge") {
        Ok((challenge, body)) => consent::accept(context, Page::Headless, &challenge, body).await,
        Err(error) => Err(error),
    })
}

/// `PUT /admin/oauth2/auth/requests/consent/reject`.
pub async fn reject_consent(context: &Context, request: Request) -> Answer {
    answer(match with_body::<RejectRequest>(&request, "consent_challenge") {
        Ok((challenge, body)) => consent::reject(context, Page::Headless, &challenge, body).await,
        Err(error) => Err(error),
    })
}

/// `PUT /admin/oauth2/auth/requests/device/accept`.
pub async fn accept_device(context: &Context, request: Request) -> Answer {
    answer(match with_body::<AcceptUserCode>(&request, "device_challenge") {
        Ok((challenge, body)) => enter_code(context, &challenge, &body.user_code).await,
        Err(error) => Err(error),
    })
}

async fn enter_code(context: &Context, sealed: &str, user_code: &str) -> Result<RedirectTo, ChallengeFault> {
    let challenge = DeviceChallenge::open(context, sealed)?;
    if user_code.is_empty() {
        return Err(OAuthError::invalid_request("Field 'user_code' must not be empty.").into());
    }
    device::accept(context, challenge, user_code).await.map_err(|fault| fault.into_api().into())
}

fn answer<T: Serialize>(outcome: Result<T, ChallengeFault>) -> Answer {
    match outcome {
        Ok(body) => exchange::json(StatusCode::OK, &body),
        Err(ChallengeFault::Handled(redirect) | ChallengeFault::StartAgain(redirect)) => handled(&redirect),
        Err(ChallengeFault::Api(error)) => error.answer(),
    }
}

fn handled(redirect: &RedirectTo) -> Answer {
    exchange::json(StatusCode::GONE, redirect)
}

/// The challenge in the query, by its full name or as `challenge`.
fn challenge(request: &Request, name: &'static str) -> Result<String, ChallengeFault> {
    request
        .query_parameter(name)
        .or_else(|| request.query_parameter("challenge"))
        .ok_or_else(|| ApiError::oauth(ErrorCode::InvalidRequest, "Query parameter 'challenge' is missing.").into())
}

fn with_body<T: serde::de::DeserializeOwned>(
    request: &Request,
    name: &'static str,
) -> Result<(String, T), ChallengeFault> {
    Ok((challenge(request, name)?, super::json_object(request)?))
}
