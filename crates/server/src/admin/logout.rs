//! Logout requests: what a headless logout page calls.

use http::StatusCode;

use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::logout::request;

/// `GET /admin/oauth2/auth/requests/logout`.
pub async fn get(context: &Context, http: Request) -> Answer {
    match request::describe(context, &challenge(&http)).await {
        Ok(described) => exchange::json(StatusCode::OK, &described),
        Err(error) => error.answer(),
    }
}

/// `PUT /admin/oauth2/auth/requests/logout/accept`.
pub async fn accept(context: &Context, http: Request) -> Answer {
    match request::accept(context, &challenge(&http)) {
        Ok(redirect) => exchange::json(StatusCode::OK, &redirect),
        Err(error) => error.answer(),
    }
}

/// `PUT /admin/oauth2/auth/requests/logout/reject`: nothing happens, so nothing is written.
pub async fn reject(context: &Context, http: Request) -> Answer {
    match request::open(context, &challenge(&http)) {
        Ok(_) => exchange::empty(StatusCode::NO_CONTENT),
        Err(error) => ApiError::answer(&error),
    }
}

/// Unlike the other two kinds, a missing challenge is answered like an unknown one, as in Hydra.
fn challenge(http: &Request) -> String {
    let named = http.query_parameter("logout_challenge").or_else(|| http.query_parameter("challenge"));
    named.unwrap_or_default()
}
