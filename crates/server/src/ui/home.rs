//! The pages that ask nothing: home, errors, what is not configured, and the assets.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use symbolon_types::ErrorCode;

use super::view::{ErrorPage, Frame, HomePage, NoticePage};
use super::{account, assets, page, texts};
use crate::context::Context;
use crate::exchange::{self, Answer, Request};

/// `GET /`.
pub async fn home(context: &Context, request: Request) -> Answer {
    let texts = texts(context, &request, &[]);
    let shown = match account::shown(context, &request, &texts).await {
        Ok(shown) => shown,
        Err(problem) => return super::fault(context, &request, &problem),
    };
    let html = HomePage {
        frame: Frame::new(&context.theme, &texts),
        issuer: context.config.issuer(),
        discovery_url: &context.config.endpoint("/.well-known/openid-configuration"),
        documentation_url: None,
        account: shown.as_ref().map(account::Shown::view),
    }
    .render();
    page(context, StatusCode::OK, html, &[])
}

/// `GET /oauth2/fallbacks/error`: says what the code of its query means, in our words. Anybody can send a person here, so
/// no text of the address is shown; the request id leads an operator to the line of the log that says more.
pub async fn error(context: &Context, request: Request) -> Answer {
    let texts = texts(context, &request, &[]);
    let value = |name: &str| request.query_parameter(name).unwrap_or_default();
    let code = ErrorCode::parse(&value("error"));
    let request_id = value("request_id");
    let html = ErrorPage {
        frame: Frame::new(&context.theme, &texts),
        code: code.map_or("error", ErrorCode::as_str),
        description: code.map_or("", ErrorCode::description),
        hint: "",
        request_id: if is_request_id(&request_id) { &request_id } else { "" },
    }
    .render();
    let as_hydra = context.config.symbolon.compatibility.error_page_status;
    let status = if as_hydra { StatusCode::INTERNAL_SERVER_ERROR } else { status_of(&value("error")) };
    page(context, status, html, &[])
}

/// Whether a text has the form of our request ids: eight characters of the node at most, and a number.
fn is_request_id(text: &str) -> bool {
    let Some((node, number)) = text.split_once('-') else { return false };
    node.len() <= 8
        && node.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (1..=16).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// The status of an error that is shown to a person. A code that is not known is not ours, and no fault of this server.
/// 401 would have to say how to authenticate (RFC 9110 §15.5.2), and a page that tells of an error asks for nothing.
fn status_of(code: &str) -> StatusCode {
    let status = ErrorCode::parse(code).and_then(|code| StatusCode::from_u16(code.status()).ok());
    status.filter(|status| *status != StatusCode::UNAUTHORIZED).unwrap_or(StatusCode::BAD_REQUEST)
}

/// A page that some other program should serve: says which key names it.
pub async fn unconfigured(context: &Context, request: Request) -> Answer {
    if request.path.ends_with("/logout/callback") {
        let texts = texts(context, &request, &[]);
        let frame = Frame::new(&context.theme, &texts);
        return page(context, StatusCode::OK, NoticePage::signed_out(frame).render(), &[]);
    }
    let key = match request.path.rsplit("/fallbacks/").next().unwrap_or_default() {
        "consent" => "urls.consent",
        _ => "urls.login",
    };
    not_configured(context, &request, key)
}

pub(super) fn not_configured(context: &Context, request: &Request, key: &str) -> Answer {
    let texts = texts(context, request, &[]);
    let frame = Frame::new(&context.theme, &texts);
    page(context, StatusCode::OK, NoticePage::not_configured(frame, key).render(), &[])
}

/// `GET /assets/{hash}/{name}`: never changes under its address, so it may be kept for ever.
pub async fn asset(context: &Context, request: Request) -> Answer {
    let path = request.path.strip_prefix(&context.theme.base_path).unwrap_or(&request.path);
    let is_on = |name| name != assets::CHECK_SESSION_SCRIPT || context.config.symbolon.session_management.enabled;
    let found = assets::asset(path).filter(|_| path.rsplit('/').next().is_some_and(is_on));
    let Some((content_type, bytes)) = found else { return exchange::empty(StatusCode::NOT_FOUND) };
    let mut answer = Answer::new(Bytes::from_static(bytes));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(assets::CACHE_CONTROL));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
