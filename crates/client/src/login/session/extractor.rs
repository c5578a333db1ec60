//! [`Session`] as an argument of an axum handler: a handler that takes one needs a login, whatever the layer says about its
//! path; one that takes an `Option<Session>` does not.

use std::convert::Infallible;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use super::{Session, SessionError};
use crate::login::LoginRequired;

impl IntoResponse for LoginRequired {
    fn into_response(self) -> Response {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        match self {
            Self::LoginRequired => LoginRequired.into_response(),
            Self::Unavailable(_) => self.status().into_response(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = LoginRequired;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, LoginRequired> {
        parts.extensions.get::<Self>().cloned().ok_or(LoginRequired)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}
