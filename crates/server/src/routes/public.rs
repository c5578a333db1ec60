//! The public listener: everything that browsers and clients may reach.

use std::sync::Arc;

use axum::routing::{get, post};

use super::adapter::endpoint;
use super::arrival::{Edge, Routes};
use super::body_memory::BodyMemory;
use super::certificate_header::CertificateHeader;
use super::cors;
use super::forwarded::Forwarded;
use super::https_only::HttpsOnly;
use super::no_route;
use super::path::without_trailing_slash;
use super::table::Table;
use crate::context::{Context, Current};
use crate::exchange::{Answer, Request};
use crate::{
    authorization, backchannel, credentials, device, diagnosis, discovery, global_token_revocation, health,
    introspection, logout, pushed_authorization, registration, revocation, token, ui, userinfo,
};

/// The route table.
pub fn routes(current: Arc<Current>) -> Routes {
    let context = current.now();
    let table = Table::new(&current, BodyMemory::of_public(&context.config))
        .route("/", get(endpoint!(ui::home)).post(endpoint!(ui::submit_home)))
        .route("/assets/{hash}/{name}", get(endpoint!(ui::asset)))
        .route("/oauth2/auth", get(endpoint!(authorize)).post(endpoint!(authorize)))
        .route("/oauth2/par", post(endpoint!(pushed_authorization::push)))
        .route("/oauth2/backchannel-authentication", post(endpoint!(backchannel::authentication::authentication)))
        .route("/oauth2/sessions/logout", get(endpoint!(end_session)).post(endpoint!(end_session)))
        .route("/oauth2/sessions/check", get(endpoint!(check_session)))
        .route("/oauth2/device/auth", post(endpoint!(device::authorization::device_authorization)))
        .route("/oauth2/device/verify", get(endpoint!(device::verification::verify)))
        .route("/oauth2/token", post(endpoint!(token)))
        .route("/oauth2/revoke", post(endpoint!(revoke)))
        .route("/oauth2/introspect", post(endpoint!(introspect)))
        .route("/global-token-revocation", post(endpoint!(revoke_globally)))
        .route("/userinfo", get(endpoint!(userinfo::userinfo)).post(endpoint!(userinfo::userinfo)))
        .route("/credentials", post(endpoint!(credentials::create)))
        .route("/.well-known/openid-configuration", get(endpoint!(discovery::openid_configuration)))
        .route("/.well-known/oauth-authorization-server", get(endpoint!(discovery::oauth_authorization_server)))
        .route("/.well-known/openid-configuration/{*issuer_path}", get(endpoint!(openid_configuration_of_path)))
        .route(
            "/.well-known/oauth-authorization-server/{*issuer_path}",
            get(endpoint!(oauth_authorization_server_of_path)),
        )
        .route("/.well-known/jwks.json", get(endpoint!(discovery::keys)))
        .route("/oauth2/register", post(endpoint!(registration::create)))
        .route(
            "/oauth2/register/{id}",
            get(endpoint!(registration::get)).put(endpoint!(registration::set)).delete(endpoint!(registration::delete)),
        )
        .route("/oauth2/fallbacks/login", get(endpoint!(ui::login)).post(endpoint!(ui::submit_login)))
        .route("/oauth2/fallbacks/consent", get(endpoint!(ui::consent)).post(endpoint!(ui::decide_consent)))
        .route("/oauth2/fallbacks/error", get(endpoint!(ui::error)))
        .route("/oauth2/fallbacks/logout", get(endpoint!(ui::logout)).post(endpoint!(ui::submit_logout)))
        .route("/oauth2/fallbacks/logout/callback", get(endpoint!(ui::unconfigured)))
        .route("/oauth2/fallbacks/device", get(endpoint!(ui::device)).post(endpoint!(ui::submit_device)))
        .route("/oauth2/fallbacks/device/done", get(endpoint!(ui::device_done)))
        .route("/health/echo", get(endpoint!(echo)))
        .route("/health/alive", get(endpoint!(health::alive)))
        .route("/health/ready", get(endpoint!(health::ready)))
        .finish();
    let certificate_header = CertificateHeader::of(&context.config);
    let forwarded = Forwarded::with_warning();
    let https_only = HttpsOnly::of(&context.config.serve.public_tls);
    Routes::new(
        without_trailing_slash(table),
        Edge { current, forwarded, certificate_header, https_only, cross_origin: |context| &context.public_pages },
    )
}

/// What arrives, for whoever runs this server; for others there is no such path.
async fn echo(context: &Context, request: Request) -> Answer {
    diagnosis::echo(context, &request).unwrap_or_else(|| no_route::absent(&request.headers))
}

/// The introspection endpoint of resource servers. Switched off it is not there, as in Hydra.
async fn introspect(context: &Context, request: Request) -> Answer {
    if context.config.symbolon.introspection.public {
        return introspection::public::introspect(context, request).await;
    }
    no_route::absent(&request.headers)
}

/// The global token revocation endpoint. Switched off it is not there.
async fn revoke_globally(context: &Context, request: Request) -> Answer {
    if global_token_revocation::is_on(&context.config) {
        return global_token_revocation::revoke(context, request).await;
    }
    no_route::absent(&request.headers)
}

/// The page for frames of applications. Switched off it is not there.
async fn check_session(context: &Context, request: Request) -> Answer {
    if context.config.symbolon.session_management.enabled {
        return ui::check_session(context);
    }
    no_route::absent(&request.headers)
}

/// Metadata of an issuer with a path, where RFC 8414 §3.1 has them: the path follows the well-known name.
async fn oauth_authorization_server_of_path(context: &Context, request: Request) -> Answer {
    if discovery::is_of_issuer(&context.config, &request.path) {
        return discovery::oauth_authorization_server(context, request).await;
    }
    no_route::no_metadata(&request.headers)
}

/// The same by the other name (RFC 8414 §5).
async fn openid_configuration_of_path(context: &Context, request: Request) -> Answer {
    if discovery::is_of_issuer(&context.config, &request.path) {
        return discovery::openid_configuration(context, request).await;
    }
    no_route::no_metadata(&request.headers)
}

/// The authorization endpoint, with the page for answers by form.
async fn authorize(context: &Context, request: Request) -> Answer {
    let answer = authorization::authorize(context, &request).await;
    ui::render_form_post(context, &request, answer)
}

/// The end-session endpoint, with the page of frames that tell clients.
async fn end_session(context: &Context, request: Request) -> Answer {
    let answer = logout::end_session(context, &request).await;
    ui::render_front_channel(context, &request, answer)
}

/// The token endpoint. The client decides which page may read what it answers.
async fn token(context: &Context, request: Request) -> Answer {
    let client = cors::named_client(context, &request).await;
    cors::of(client, token::token(context, request).await)
}

/// The revocation endpoint, likewise.
async fn revoke(context: &Context, request: Request) -> Answer {
    let client = cors::named_client(context, &request).await;
    cors::of(client, revocation::revoke(context, request).await)
}
