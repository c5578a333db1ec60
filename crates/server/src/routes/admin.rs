//! The admin listener: whoever reaches it decides over everything. It binds to loopback unless told otherwise, and asks
//! for a bearer token where `symbolon.admin.token` is set.

use std::net::IpAddr;
use std::sync::Arc;

use axum::routing::{delete, get, post, put};
use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri};
use symbolon_jose::Secret;

use super::adapter::endpoint;
use super::arrival::{Edge, Routes};
use super::body_memory::BodyMemory;
use super::forwarded::Forwarded;
use super::https_only::HttpsOnly;
use super::path::below_admin;
use super::table::Table;
use crate::admin::{
    accounts, backchannel, challenges, clients, configuration, key_sets, keys, logout, revocation, sessions,
    trusted_issuers,
};
use crate::config::Config;
use crate::context::Current;
use crate::error::ApiError;
use crate::{exchange, health, introspection, metrics, openapi};

/// The route table.
pub fn routes(current: Arc<Current>) -> Routes {
    let context = current.now();
    let table = Table::new(&current, BodyMemory::of_admin(&context.config)).behind(refusal);
    let table = with_server(with_clients(table))
        .route("/admin/accounts", get(endpoint!(accounts::list)).post(endpoint!(accounts::create)))
        .route(
            "/admin/accounts/{id}",
            get(endpoint!(accounts::get)).patch(endpoint!(accounts::update)).delete(endpoint!(accounts::delete)),
        )
        .route("/admin/accounts/{id}/password", put(endpoint!(accounts::set_password)))
        .route("/admin/subjects/{subject}/sign-out", post(endpoint!(revocation::sign_out)))
        .route(
            "/admin/keys/{set}",
            get(endpoint!(key_sets::get_set))
                .post(endpoint!(key_sets::create))
                .put(endpoint!(key_sets::replace_set))
                .delete(endpoint!(key_sets::delete_set)),
        )
        .route(
            "/admin/keys/{set}/{kid}",
            get(endpoint!(key_sets::get_key)).put(endpoint!(key_sets::put_key)).delete(endpoint!(key_sets::delete_key)),
        )
        .route("/admin/signing-keys", get(endpoint!(keys::list)))
        .route("/admin/signing-keys/rotate", post(endpoint!(keys::rotate)))
        .route("/admin/oauth2/auth/requests/login", get(endpoint!(challenges::get_login)))
        .route("/admin/oauth2/auth/requests/login/accept", put(endpoint!(challenges::accept_login)))
        .route("/admin/oauth2/auth/requests/login/reject", put(endpoint!(challenges::reject_login)))
        .route("/admin/oauth2/auth/requests/consent", get(endpoint!(challenges::get_consent)))
        .route("/admin/oauth2/auth/requests/consent/accept", put(endpoint!(challenges::accept_consent)))
        .route("/admin/oauth2/auth/requests/consent/reject", put(endpoint!(challenges::reject_consent)))
        .route("/admin/oauth2/auth/requests/device/accept", put(endpoint!(challenges::accept_device)))
        .route("/admin/oauth2/auth/requests/backchannel", get(endpoint!(backchannel::list)))
        .route("/admin/oauth2/auth/requests/backchannel/accept", put(endpoint!(backchannel::accept)))
        .route("/admin/oauth2/auth/requests/backchannel/reject", put(endpoint!(backchannel::reject)))
        .route("/admin/oauth2/auth/requests/logout", get(endpoint!(logout::get)))
        .route("/admin/oauth2/auth/requests/logout/accept", put(endpoint!(logout::accept)))
        .route("/admin/oauth2/auth/requests/logout/reject", put(endpoint!(logout::reject)))
        .route(
            "/admin/oauth2/auth/sessions/login",
            get(endpoint!(sessions::list_login)).delete(endpoint!(sessions::delete_login)),
        )
        .route(
            "/admin/oauth2/auth/sessions/consent",
            get(endpoint!(sessions::list_consent)).delete(endpoint!(sessions::delete_consent)),
        )
        .route(
            "/admin/trust/grants/jwt-bearer/issuers",
            get(endpoint!(trusted_issuers::list)).post(endpoint!(trusted_issuers::create)),
        )
        .route(
            "/admin/trust/grants/jwt-bearer/issuers/{id}",
            get(endpoint!(trusted_issuers::get)).delete(endpoint!(trusted_issuers::delete)),
        )
        .route("/admin/oauth2/tokens", delete(endpoint!(revocation::delete_tokens)))
        .route("/admin/oauth2/introspect", post(endpoint!(introspection::introspect)))
        .open()
        .route("/admin/health/alive", get(endpoint!(health::alive)))
        .route("/admin/health/ready", get(endpoint!(health::ready)))
        .route("/admin/version", get(endpoint!(health::version)))
        .route("/admin/openapi", get(endpoint!(openapi::html)))
        .route("/admin/openapi.json", get(endpoint!(openapi::json)))
        .route("/admin/openapi.css", get(endpoint!(openapi::style)))
        .finish();
    let forwarded = Forwarded::default();
    let https_only = HttpsOnly::of(&context.config.serve.admin_tls);
    Routes::new(
        below_admin(table),
        Edge { current, forwarded, certificate_header: None, https_only, cross_origin: |context| &context.admin_pages },
    )
}

/// What is about the server itself.
fn with_server(table: Table) -> Table {
    table
        .route("/admin/config/reload", post(endpoint!(configuration::reload)))
        .route("/admin/metrics/prometheus", get(endpoint!(metrics::show)))
}

fn with_clients(table: Table) -> Table {
    table
        .route("/admin/clients", get(endpoint!(clients::list)).post(endpoint!(clients::create)))
        .route(
            "/admin/clients/{id}",
            get(endpoint!(clients::get))
                .put(endpoint!(clients::replace))
                .patch(endpoint!(clients::patch))
                .delete(endpoint!(clients::delete)),
        )
        .route("/admin/clients/{id}/lifespans", put(endpoint!(clients::replace_lifespans)))
        .route(
            "/admin/clients/{id}/secrets/rotate",
            post(endpoint!(clients::rotate_secret)).delete(endpoint!(clients::drop_rotated_secrets)),
        )
}

/// Lets a request pass that carries the operator's token. Where none is configured, it refuses what a web page makes a
/// browser send: another site's page in the operator's browser reaches loopback, too. Health and version stay open.
fn refusal(config: &Config, target: &Uri, headers: &HeaderMap) -> Option<ApiError> {
    match &config.symbolon.admin.token {
        Some(token) => without_token(token, headers),
        None => from_web_page(config, target, headers),
    }
}

fn without_token(expected: &Secret<String>, headers: &HeaderMap) -> Option<ApiError> {
    let presented = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = presented
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    if token.is_some_and(|token| expected.matches(token.as_bytes())) {
        return None;
    }
    let mut error = ApiError::new(
        StatusCode::UNAUTHORIZED,
        "The request could not be authorized",
        "The admin listener needs the token of symbolon.admin.token as 'Authorization: Bearer'.",
    );
    error.challenge = true;
    Some(error)
}

/// A page of another site shows itself by `Origin` or `Sec-Fetch-Site`, or, when its name was made to point here (DNS
/// rebinding), by the host it asks for: a listener on loopback is only called by loopback's names.
fn from_web_page(config: &Config, target: &Uri, headers: &HeaderMap) -> Option<ApiError> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let page = headers.contains_key(ORIGIN) || exchange::is_from_foreign_page(headers);
    let foreign = page && !text(&ORIGIN).is_some_and(|origin| is_named(config, origin));
    // An authority in the target counts before `Host` (RFC 9112 §3.2.2), and HTTP/2 has only that (RFC 9113 §8.3.1).
    let host = target.authority().map(Authority::as_str).or(text(&HOST));
    let misnamed = config.serve.admin.is_loopback() && host.is_some_and(|host| !is_own_name(config, host));
    (foreign || misnamed).then(|| {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "The requested action was forbidden",
            "The admin listener does not take requests of web pages. Name the page's origin in serve.admin.cors, or set symbolon.admin.token.",
        )
    })
}

/// Whether the operator named the page's origin (`serve.admin.cors`). A lone `*` names nobody.
fn is_named(config: &Config, origin: &str) -> bool {
    let cors = &config.serve.admin_cors;
    let mut named = cors.allowed_origins.iter().filter(|pattern| !pattern.is_anybody());
    cors.enabled && named.any(|pattern| pattern.matches(origin))
}

fn is_own_name(config: &Config, host: &str) -> bool {
    let configured = || config.urls.admin.as_deref().and_then(|url| url.parse::<Uri>().ok());
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let loopback = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    loopback
        || name.eq_ignore_ascii_case("localhost")
        || configured().as_ref().and_then(Uri::host).is_some_and(|own| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(headers: &[(&str, &str)]) -> bool {
        refused_at("/admin/clients", headers)
    }

    fn refused_at(target: &'static str, headers: &[(&str, &str)]) -> bool {
        let config = crate::config::load(
            &[],
            std::iter::empty(),
            &crate::config::Overrides {
                settings: vec![
                    ("dev".to_owned(), "true".to_owned()),
                    ("serve.admin.host".to_owned(), "127.0.0.1".to_owned()),
                ],
                development_secret: Some(Secret::new("a-secret-for-this-test".to_owned())),
            },
        )
        .unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        from_web_page(&config, &Uri::from_static(target), &map).is_some()
    }

    #[test]
    fn pages_of_other_sites_do_not_reach_the_admin_listener() {
        assert!(refused(&[("origin", "https://evil.example")]));
        assert!(refused(&[("sec-fetch-site", "cross-site")]));
        assert!(refused(&[("host", "rebound.example:4445")]));
        assert!(refused_at("http://rebound.example:4445/admin/clients", &[]));
        assert!(refused_at("http://rebound.example:4445/admin/clients", &[("host", "localhost:4445")]));
    }

    #[test]
    fn programs_do() {
        for host in ["127.0.0.1:4445", "localhost:4445", "[::1]:4445", "localhost"] {
            assert!(!refused(&[("host", host)]), "{host}");
        }
        assert!(!refused(&[]));
        assert!(!refused_at("http://localhost:4445/admin/clients", &[("host", "localhost:4445")]));
    }
}
