//! `GET …/login?return_to=`: sends the browser to the provider.

use std::sync::Arc;

use http::Method;

use crate::login::Login;
use crate::login::answer::{self, Answer};
use crate::login::failure::{self, LoginFailureKind};
use crate::login::pending::{self, FormerSession, PendingLogin};
use crate::login::return_to::local_path;
use crate::login::session::keep;
use crate::login::visit::Visit;

/// What a login carries with it to its end.
pub(super) struct Start {
    pub(super) return_to: String,
    pub(super) silent: bool,
    pub(super) attempts: u32,
    pub(super) former: Option<FormerSession>,
}

pub(super) async fn answer(login: &Arc<Login>, visit: &Visit) -> Answer {
    if visit.method != Method::GET {
        return answer::method_not_allowed("GET");
    }
    // Here the browser sends all its cookies, and a form that the provider's page posts comes without most of them.
    let session = if login.is_posted() { keep::load(login, &visit.cookies).await } else { Ok(None) };
    let former = match session {
        Ok(session) => session.map(|session| FormerSession::from(session.record())),
        Err(fault) => return failure::of_store(login, &fault),
    };
    let attempts = visit.cookies.get(&login.names.attempts()).and_then(|count| count.parse().ok());
    let start = Start {
        return_to: return_to(login, visit.parameter("return_to").as_deref()),
        silent: login.request.is_silent(),
        attempts: attempts.unwrap_or_default(),
        former,
    };
    begin(login, visit, start).await
}

/// A path of the application, and none of this layer's, which would log in or out again.
fn return_to(login: &Login, wanted: Option<&str>) -> String {
    let path = wanted.and_then(local_path);
    let own = |path: &String| login.paths.route(path.split(['?', '#']).next().unwrap_or_default()).is_some();
    path.filter(|path| !own(path)).unwrap_or_else(|| login.home.clone())
}

/// Starts an authorization with a `state`, `nonce` and verifier of its own; the cookie keeps them.
pub(super) async fn begin(login: &Login, visit: &Visit, start: Start) -> Answer {
    let Start { return_to, silent, attempts, former } = start;
    let request = login.request.clone();
    let request = if silent { request } else { request.with_user() };
    let (url, authorization) = match login.client.authorization_url(&request).await {
        Ok(started) => started,
        Err(error) => return failure::page(login, LoginFailureKind::Unavailable, Some(error), Some(&return_to)),
    };
    let pending = PendingLogin { authorization, return_to, started_at: login.now(), silent, attempts, former };
    let Some(cookies) = pending::begin(login, &pending, &visit.cookies) else {
        return failure::page(login, LoginFailureKind::TooLong, None, None);
    };
    let mut answer = answer::redirect(url.as_str());
    answer::add_cookies(&mut answer, cookies);
    answer
}
