//! One request: to this layer itself, or to the application with whoever is logged in, and what is added to the answer.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE, VARY};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use tower_service::Service;

use super::Login;
use super::answer::{self, Answer};
use super::cookies::{Cookies, SameSite};
use super::failure;
use super::protection::{is_navigation, is_reading};
use super::routes;
use super::session::{Session, keep};

/// The longest form that is read, in bytes. A logout token or a code has far less.
const LONGEST_FORM: usize = 64 << 10;

/// Whoever answers with this in the extensions of the response, the browser is sent to the login instead (or a script gets
/// 401). The axum extractor [`Session`] does so by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginRequired;

/// The head of a request.
pub(super) struct Visit {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Cookies,
}

impl Visit {
    fn of<B>(request: &Request<B>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            cookies: Cookies::of(request.headers()),
        }
    }

    /// The one value of a parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        routes::only(&self.query, name)
    }
}

/// Answers a request.
pub(super) async fn handle<S, B, R>(
    login: Arc<Login>,
    request: Request<B>,
    mut inner: S,
) -> Result<Response<R>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>> + Send,
    S::Future: Send,
    B: http_body::Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    R: From<Bytes>,
{
    let visit = Visit::of(&request);
    if let Some(route) = login.paths.route(&visit.path) {
        let form = if visit.method == Method::POST && route.takes_form() { read_form(request).await } else { None };
        return Ok(routes::answer(&login, &visit, route, form).await.map(R::from));
    }
    let session = match keep::load(&login, &visit.cookies).await {
        Ok(session) => session,
        Err(fault) => return Ok(failure::of_store(&login, &fault).map(R::from)),
    };
    let is_public = login.public.contains(&visit.path);
    let Some(session) = session else {
        // A cookie that opens nothing is of no use to anybody.
        if !is_public {
            return Ok(challenge(&login, &visit, login.names.delete_session(&visit.cookies)).map(R::from));
        }
        let mut response = inner.call(request).await?;
        if response.extensions().get::<LoginRequired>().is_some() {
            return Ok(challenge(&login, &visit, login.names.delete_session(&visit.cookies)).map(R::from));
        }
        vary(response.headers_mut());
        return Ok(response);
    };
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(session.clone());
    let response = inner.call(Request::from_parts(parts, body)).await?;
    Ok(finish(&login, &visit, &session, response, is_public).await)
}

/// What the session adds to the application's answer.
async fn finish<R: From<Bytes>>(
    login: &Login,
    visit: &Visit,
    session: &Session,
    mut response: Response<R>,
    is_public: bool,
) -> Response<R> {
    // The application has answered; whether the session could be written shows at the next request.
    let mut cookies = keep::renew(login, session, &visit.cookies).await.unwrap_or_default();
    if session.has_ended() {
        cookies = login.names.delete_session(&visit.cookies);
    }
    let is_refused = response.status() == StatusCode::UNAUTHORIZED && session.needs_login();
    if is_refused || response.extensions().get::<LoginRequired>().is_some() {
        return challenge(login, visit, cookies).map(R::from);
    }
    if !session.has_ended() && visit.cookies.get(&login.names.attempts()).is_some() {
        // The browser keeps the session: logins do not go round in circles.
        cookies.extend(login.names.delete(&login.names.attempts(), SameSite::Lax));
    }
    let headers = response.headers_mut();
    vary(headers);
    if !cookies.is_empty() {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
    } else if !is_public && !headers.contains_key(CACHE_CONTROL) {
        // A page for one user is nothing for a cache that others use, nor to be shown after the logout.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// Asks for a login: a page leads there and comes back, a script is told. What was posted is not sent again.
fn challenge(login: &Login, visit: &Visit, cookies: Vec<HeaderValue>) -> Answer {
    let mut answer = if !is_navigation(&visit.headers) {
        answer::login_required(&login.paths.login)
    } else if is_reading(&visit.method) {
        let query = if visit.query.is_empty() { String::new() } else { format!("?{}", visit.query) };
        answer::redirect(&login.paths.login_for(&format!("{}{query}", visit.path)))
    } else {
        answer::redirect(&login.paths.login)
    };
    answer::add_cookies(&mut answer, cookies);
    answer
}

fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Cookie"));
}

/// A form that is whole and not too long.
async fn read_form<B>(request: Request<B>) -> Option<String>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let media_type = request.headers().get(http::header::CONTENT_TYPE)?.to_str().ok()?;
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    let body = Limited::new(request.into_body(), LONGEST_FORM).collect().await.ok()?.to_bytes();
    String::from_utf8(body.to_vec()).ok()
}
