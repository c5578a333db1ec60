//! `GET …/frontchannel-logout?iss=&sid=`, by setting: the provider's page shows this path in a frame (`OpenID` Connect
//! Front-Channel Logout 1.0 §2).
//!
//! Nothing proves that the provider asks, so only the session counts that the browser itself sends, and both parameters
//! must be there and name it; otherwise any page could log users out.

use std::sync::Arc;

use http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use http::{Method, StatusCode};

use crate::login::answer::{self, Answer};
use crate::login::failure;
use crate::login::session::{ending, keep};
use crate::login::visit::Visit;
use crate::login::{Login, Switch};

pub(super) async fn answer(login: &Arc<Login>, visit: &Visit) -> Answer {
    if !login.has(Switch::FrontchannelLogout) {
        return answer::new(StatusCode::NOT_FOUND, "", "");
    }
    if visit.method != Method::GET {
        return answer::method_not_allowed("GET");
    }
    let (Some(issuer), Some(sid)) = (visit.parameter("iss"), visit.parameter("sid")) else {
        return answer::new(
            StatusCode::BAD_REQUEST,
            "text/plain; charset=utf-8",
            "'iss' and 'sid' are needed once each",
        );
    };
    let session = match keep::load(login, &visit.cookies).await {
        Ok(session) => session,
        Err(fault) => return failure::of_store(login, &fault),
    };
    let mut answer = answer::new(StatusCode::OK, "text/html; charset=utf-8", "<!doctype html><title>Logout</title>");
    let policy = HeaderValue::from_static("default-src 'none'; base-uri 'none'");
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    let Some(session) = session else { return answer };
    let is_meant =
        session.claims().issuer == issuer && session.record().provider_session_id.as_deref() == Some(sid.as_str());
    if !is_meant {
        return answer;
    }
    if let Err(fault) = ending::end(login, &session.record().into()).await {
        return failure::of_store(login, &fault);
    }
    answer::add_cookies(&mut answer, login.names.delete_session(&visit.cookies));
    answer
}
