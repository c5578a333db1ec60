//! Paths before routing: trailing slashes do not matter, and on the admin listener `/clients` means `/admin/clients`, as
//! they do in Hydra.

use axum::Router;
use axum::extract::Request;
use http::Uri;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

/// Strips trailing slashes.
pub(super) fn without_trailing_slash(table: Router) -> Router {
    Router::new().fallback_service(NormalizePathLayer::trim_trailing_slash().layer(table))
}

/// Strips trailing slashes, and prepends `/admin` where it is missing.
pub(super) fn below_admin(table: Router) -> Router {
    without_trailing_slash(Router::new().fallback_service(MapRequestLayer::new(prefix).layer(table)))
}

fn prefix(mut request: Request) -> Request {
    let path = request.uri().path();
    if path == "/admin" || path.starts_with("/admin/") {
        return request;
    }
    let target = match request.uri().query() {
        Some(query) => format!("/admin{path}?{query}"),
        None => format!("/admin{path}"),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(target) = target.parse() {
        parts.path_and_query = Some(target);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}
