//! The admin listener: whoever reaches it decides over everything. It binds to loopback unless told otherwise, and asks
//! for a bearer token where `symbolon.admin.token` is set.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use http::StatusCode;
use http::header::AUTHORIZATION;
use tower_http::catch_panic::CatchPanicLayer;

use super::adapter::{Shared, endpoint};
use super::not_found::not_found;
use crate::admin::{accounts, challenges, clients, logout, sessions};
use crate::error::ApiError;
use crate::{health, introspection};

/// The route table.
pub fn router(context: Shared) -> Router {
    let table = Router::new()
        .route("/admin/clients", get(endpoint!(clients::list)).post(endpoint!(clients::create)))
        .route(
            "/admin/clients/{id}",
            get(endpoint!(clients::get)).put(endpoint!(clients::replace)).delete(endpoint!(clients::delete)),
        )
        .route("/admin/accounts", get(endpoint!(accounts::list)).post(endpoint!(accounts::create)))
        .route("/admin/oauth2/auth/requests/login", get(endpoint!(challenges::get_login)))
        .route("/admin/oauth2/auth/requests/login/accept", put(endpoint!(challenges::accept_login)))
        .route("/admin/oauth2/auth/requests/login/reject", put(endpoint!(challenges::reject_login)))
        .route("/admin/oauth2/auth/requests/consent", get(endpoint!(challenges::get_consent)))
        .route("/admin/oauth2/auth/requests/consent/accept", put(endpoint!(challenges::accept_consent)))
        .route("/admin/oauth2/auth/requests/consent/reject", put(endpoint!(challenges::reject_consent)))
        .route("/admin/oauth2/auth/requests/logout", get(endpoint!(logout::get)))
        .route("/admin/oauth2/auth/requests/logout/accept", put(endpoint!(logout::accept)))
        .route("/admin/oauth2/auth/requests/logout/reject", put(endpoint!(logout::reject)))
        .route("/admin/oauth2/auth/sessions/login", delete(endpoint!(sessions::delete_login)))
        .route(
            "/admin/oauth2/auth/sessions/consent",
            get(endpoint!(sessions::list_consent)).delete(endpoint!(sessions::delete_consent)),
        )
        .route("/admin/oauth2/introspect", post(endpoint!(introspection::introspect)))
        .layer(from_fn_with_state(context.clone(), require_token))
        .route("/admin/health/alive", get(endpoint!(health::alive)))
        .route("/admin/health/ready", get(endpoint!(health::ready)))
        .route("/admin/version", get(endpoint!(health::version)))
        .fallback(endpoint!(not_found))
        .method_not_allowed_fallback(endpoint!(not_found))
        .with_state(context)
        .layer(CatchPanicLayer::new());
    super::path::below_admin(table)
}

/// Refuses requests without the operator's token, where one is configured. Health and version stay open to probes.
async fn require_token(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let Some(expected) = &context.config.symbolon.admin.token else { return next.run(request).await };
    let presented = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = presented.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if token.is_some_and(|(_, token)| expected.matches(token.trim().as_bytes())) {
        return next.run(request).await;
    }
    let mut error = ApiError::new(
        StatusCode::UNAUTHORIZED,
        "The request could not be authorized",
        "The admin listener needs the token of symbolon.admin.token as 'Authorization: Bearer'.",
    );
    error.challenge = true;
    error.answer().map(Body::from)
}
