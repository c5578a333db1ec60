//! `GET …/login?return_to=`: sends the browser to the provider.

use http::Method;

use crate::login::Login;
use crate::login::answer::{self, Answer};
use crate::login::failure::{self, LoginFailureKind};
use crate::login::pending::{self, PendingLogin};
use crate::login::return_to::local_path;
use crate::login::visit::Visit;

pub(super) async fn answer(login: &Login, visit: &Visit) -> Answer {
    if visit.method != Method::GET {
        return answer::method_not_allowed("GET");
    }
    let return_to = return_to(login, visit.parameter("return_to").as_deref());
    start(login, visit, return_to, login.request.is_silent()).await
}

/// A path of the application, and none of this layer's, which would log in or out again.
fn return_to(login: &Login, wanted: Option<&str>) -> String {
    let path = wanted.and_then(local_path);
    let own = |path: &String| login.paths.route(path.split(['?', '#']).next().unwrap_or_default()).is_some();
    path.filter(|path| !own(path)).unwrap_or_else(|| login.home.clone())
}

/// Starts an authorization with a `state`, `nonce` and verifier of its own; the cookie keeps them.
pub(super) async fn start(login: &Login, visit: &Visit, return_to: String, silent: bool) -> Answer {
    let request = login.request.clone();
    let request = if silent { request } else { request.with_user() };
    let (url, authorization) = match login.client.authorization_url(&request).await {
        Ok(started) => started,
        Err(error) => return failure::page(login, LoginFailureKind::Unavailable, Some(error), Some(&return_to)),
    };
    let pending = PendingLogin { authorization, return_to, started_at: login.now(), silent };
    let Some(cookies) = pending::begin(login, &pending, &visit.cookies) else {
        return failure::page(login, LoginFailureKind::TooLong, None, None);
    };
    let mut answer = answer::redirect(url.as_str());
    answer::add_cookies(&mut answer, cookies);
    answer
}
