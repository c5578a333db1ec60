//! Paths before routing: one trailing slash does not matter, and on the admin listener `/clients` means
//! `/admin/clients` (wire reference §0.1, §0.2).

use axum::Router;
use axum::extract::Request;
use http::Uri;
use tower::Layer;
use tower::util::MapRequestLayer;

/// Strips one trailing slash.
pub(super) fn without_trailing_slash(table: Router) -> Router {
    Router::new().fallback_service(MapRequestLayer::new(strip_slash).layer(table))
}

/// Strips one trailing slash, and prepends `/admin` where it is missing.
pub(super) fn below_admin(table: Router) -> Router {
    Router::new().fallback_service(MapRequestLayer::new(|request| prefix(strip_slash(request))).layer(table))
}

fn strip_slash(request: Request) -> Request {
    let path = request.uri().path();
    match path.strip_suffix('/').filter(|shorter| !shorter.is_empty()).map(str::to_owned) {
        Some(shorter) => with_path(request, &shorter),
        None => request,
    }
}

fn prefix(request: Request) -> Request {
    let path = request.uri().path();
    if path == "/admin" || path.starts_with("/admin/") {
        return request;
    }
    let longer = format!("/admin{path}");
    with_path(request, &longer)
}

fn with_path(mut request: Request, path: &str) -> Request {
    let target = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
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
