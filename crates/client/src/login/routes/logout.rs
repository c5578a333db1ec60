//! `POST …/logout`, and GET by setting: ends the session here and goes on to the provider (`OpenID` Connect RP-Initiated
//! Logout 1.0).

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::json;

use crate::login::answer::{self, Answer};
use crate::login::failure::{self, LoginFailureKind};
use crate::login::protection::{is_navigation, is_own_form, is_own_link};
use crate::login::session::{Session, ending, keep};
use crate::login::visit::Visit;
use crate::login::{Login, Switch};
use crate::logout::LogoutRequest;

/// How long a logout waits for a provider that does not answer. Here it has happened then.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn answer(login: &Arc<Login>, visit: &Visit) -> Answer {
    match visit.method {
        Method::POST => {}
        Method::GET if login.has(Switch::LogoutByGet) => {}
        _ => return answer::method_not_allowed(if login.has(Switch::LogoutByGet) { "GET, POST" } else { "POST" }),
    }
    // Nobody else's page may log a user out, nor a picture in one of the application's own that a user wrote.
    let is_own = if visit.method == Method::GET { is_own_link } else { is_own_form };
    if !is_own(&visit.headers, &login.own) {
        return failure::page(login, LoginFailureKind::CrossSite, None, None);
    }
    let session = match keep::load(login, &visit.cookies).await {
        Ok(session) => session,
        Err(fault) => return failure::of_store(login, &fault),
    };
    let mut target = login.paths.logged_out.clone();
    if let Some(session) = &session {
        if let Err(fault) = ending::end(login, &session.record().into()).await {
            return failure::of_store(login, &fault);
        }
        target = at_provider(login, session).await.unwrap_or(target);
    }
    let mut answer = if is_navigation(&visit.headers) || visit.method == Method::GET {
        answer::redirect(&target)
    } else {
        // A script cannot follow to the provider; it sends the browser there.
        answer::json(StatusCode::OK, &json!({ "location": target }))
    };
    answer::add_cookies(&mut answer, login.names.delete_session(&visit.cookies));
    answer
}

/// Where the provider ends its session. The refresh token is given back meanwhile (RFC 7009).
async fn at_provider(login: &Login, session: &Session) -> Option<String> {
    let tokens = login.refreshes.newest(&session.record().tokens).tokens;
    let client = login.client.with_timeout(PATIENCE);
    if let Some(refresh_token) = tokens.refresh_token.clone() {
        let client = client.clone();
        // Without an endpoint for it, or without an answer, the token expires by itself.
        let revoke = async move { drop(client.revoke(refresh_token.as_str()).await) };
        login.client.inner().http.runtime().spawn(Box::pin(revoke));
    }
    if login.has(Switch::LocalLogout) {
        return None;
    }
    let back = login.own.join(&login.paths.logged_out).ok()?;
    let request = LogoutRequest::new().id_token(tokens.id_token.as_ref()?).post_logout_redirect_uri(back);
    client.end_session_url(&request).await.ok().map(String::from)
}
