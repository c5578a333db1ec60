//! Health and version. `alive` says that the process answers, `ready` that the database does too.

use http::StatusCode;
use serde_json::json;

use crate::context::Context;
use crate::exchange::{self, Answer, Request};

/// `GET /health/alive`.
pub async fn alive(_: &Context, _: Request) -> Answer {
    exchange::json(StatusCode::OK, &json!({"status": "ok"}))
}

/// `GET /health/ready`.
pub async fn ready(context: &Context, _: Request) -> Answer {
    match context.store.ping().await {
        Ok(()) => exchange::json(StatusCode::OK, &json!({"status": "ok"})),
        Err(fault) => {
            tracing::warn!(reason = fault.detail(), "not ready");
            let body = json!({"errors": {"database": fault.to_string()}});
            exchange::json(StatusCode::SERVICE_UNAVAILABLE, &body)
        }
    }
}

/// `GET /version`, admin listener only.
pub async fn version(_: &Context, _: Request) -> Answer {
    exchange::json(StatusCode::OK, &json!({"version": concat!("v", env!("CARGO_PKG_VERSION"))}))
}
