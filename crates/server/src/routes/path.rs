//! Paths before routing: trailing slashes do not matter, and on the admin listener `/clients` means `/admin/clients`, as
//! they do in Hydra.

use axum::Router;
use axum::extract::Request;
use http::Uri;
use tower::util::MapRequest;
use tower_http::normalize_path::NormalizePath;

/// A table of routes that is asked for the path that is meant.
pub(super) type Normalized = NormalizePath<MapRequest<Router, fn(Request) -> Request>>;

/// Strips trailing slashes.
pub(super) fn without_trailing_slash(table: Router) -> Normalized {
    normalized(table, std::convert::identity)
}

/// Strips trailing slashes, and prepends `/admin` where it is missing.
pub(super) fn below_admin(table: Router) -> Normalized {
    normalized(table, prefix)
}

fn normalized(table: Router, rewrite: fn(Request) -> Request) -> Normalized {
    NormalizePath::trim_trailing_slash(MapRequest::new(table, rewrite))
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
