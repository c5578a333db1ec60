//! `POST …/backchannel-logout`: the provider tells, without the browser, that a session has ended (`OpenID` Connect
//! Back-Channel Logout 1.0 §2.5).

use http::{Method, StatusCode};
use serde_json::json;

use super::only;
use crate::login::Login;
use crate::login::answer::{self, Answer};
use crate::login::session::ending;
use crate::login::stores::EndedSessions;
use crate::login::visit::Visit;
use crate::verification::{LogoutToken, seconds};

/// How long the `jti` of a token is remembered beyond its end, in seconds: more than clocks differ.
const MARGIN_SECONDS: i64 = 600;

pub(super) async fn answer(login: &Login, visit: &Visit, form: Option<String>) -> Answer {
    if visit.method != Method::POST {
        return answer::method_not_allowed("POST");
    }
    match end_sessions(login, form).await {
        // §2.8: 200 for success, 400 for a request that is invalid or a logout that failed.
        Ok(()) => answer::new(StatusCode::OK, "", ""),
        Err(reason) => {
            let body = json!({ "error": "invalid_request", "error_description": reason });
            answer::json(StatusCode::BAD_REQUEST, &body)
        }
    }
}

async fn end_sessions(login: &Login, form: Option<String>) -> Result<(), String> {
    let raw = form.as_deref().and_then(|form| only(form, "logout_token"));
    let raw = raw.ok_or("the request has no form with one 'logout_token'")?;
    let token = login.client.verify_logout_token(&raw).await.map_err(|error| error.to_string())?;
    let failed = "the sessions could not be ended";
    // §2.6 point 8: a token that comes again would end sessions that began after it.
    let id = ("jti", token.token_id.as_str());
    if ending::was_used(login, id, token.issued_at).await.map_err(|_| failed)? {
        return Err("the token was used before".to_owned());
    }
    // The sessions first: if that fails, the provider's next attempt must count.
    let ended = EndedSessions { subject: token.subject.clone(), provider_session_id: token.session_id.clone() };
    ending::end_all(login, &ended).await.map_err(|_| failed)?;
    let is_first = ending::use_once(login, id, token.issued_at, end_of(&token)).await.map_err(|_| failed)?;
    if is_first { Ok(()) } else { Err("the token was used before".to_owned()) }
}

fn end_of(token: &LogoutToken) -> i64 {
    let end = seconds(&token.all, "exp").unwrap_or(token.issued_at).max(token.issued_at);
    end.saturating_add(MARGIN_SECONDS)
}
