//! `GET …/callback`, or POST with `response_mode=form_post`: the browser comes back from the provider.

use std::sync::Arc;

use http::Method;

use super::start::{self, Start};
use crate::authorization::{Callback, ResponseMode};
use crate::error::Error;
use crate::login::answer::{self, Answer};
use crate::login::cookies::{Keep, SameSite};
use crate::login::failure::{self, LoginFailureKind};
use crate::login::pending::{self, FormerSession, PendingLogin};
use crate::login::session::ending;
use crate::login::session::keep::{self, KeepFault};
use crate::login::stores::StoreError;
use crate::login::visit::Visit;
use crate::login::{Login, Switch};
use crate::token::TokenSet;

/// How many logins in a row may lead to no session.
const MOST_ATTEMPTS: u32 = 8;
/// Within what time, in seconds.
const ATTEMPTS_SECONDS: i64 = 60;

/// Why a callback leads to no session.
struct Fault(LoginFailureKind, Option<Error>);

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        Self(LoginFailureKind::Unavailable, Some(Error::UnexpectedAnswer(fault.to_string())))
    }
}

pub(super) async fn answer(login: &Arc<Login>, visit: &Visit, form: Option<String>) -> Answer {
    let parameters = match (&visit.method, form) {
        (&Method::GET, _) => visit.query.clone(),
        (&Method::POST, form) => form.unwrap_or_default(),
        _ => return answer::method_not_allowed("GET, POST"),
    };
    let mut callback = Callback::parse(&parameters);
    if callback.state().is_none() && login.request.mode().is_some_and(ResponseMode::is_signed) {
        // An encrypted answer tells which login it belongs to only when it is opened.
        callback = match login.client.verify_callback(&callback).await {
            Ok(opened) => opened,
            Err(error) => {
                let Fault(kind, error) = classified(error);
                return failure::page(login, kind, error, None);
            }
        };
    }
    let state = callback.state().unwrap_or_default().to_owned();
    let Some(pending) = pending::find(login, &visit.cookies, &state) else {
        return not_started(login, visit).await;
    };
    let mut answer = match finish(login, visit, &pending, &callback).await {
        Ok(answer) => answer,
        Err(Fault(_, Some(Error::Authorization { code, .. }))) if pending.silent && asks_for_user(&code) => {
            let PendingLogin { return_to, attempts, former, .. } = pending;
            start::begin(login, visit, Start { return_to, silent: false, attempts, former }).await
        }
        Err(Fault(kind, error)) => failure::page(login, kind, error, Some(&pending.return_to)),
    };
    answer::add_cookies(&mut answer, pending::end(login, &visit.cookies, &state));
    answer
}

/// Whoever loads the page of a finished login again is logged in, and goes on.
async fn not_started(login: &Arc<Login>, visit: &Visit) -> Answer {
    match keep::load(login, &visit.cookies).await {
        Ok(Some(_)) => answer::redirect(&login.home),
        _ => failure::page(login, LoginFailureKind::NotStarted, None, None),
    }
}

/// The errors for `prompt=none` that an attempt with the user may overcome (`OpenID` Connect Core 1.0 §3.1.2.6).
fn asks_for_user(code: &str) -> bool {
    matches!(code, "login_required" | "interaction_required" | "consent_required" | "account_selection_required")
}

async fn finish(
    login: &Arc<Login>,
    visit: &Visit,
    pending: &PendingLogin,
    callback: &Callback,
) -> Result<Answer, Fault> {
    let state = pending.authorization.state();
    let until = pending.started_at.saturating_add(login.pending_seconds).saturating_add(1);
    if !ending::use_once(login, ("state", state), pending.started_at, until).await? {
        return Err(Fault(LoginFailureKind::NotStarted, None));
    }
    let tokens = login.client.redeem(&pending.authorization, callback).await.map_err(classified)?;
    let user_info = if login.has(Switch::UserInfo) {
        Some(login.client.user_info(&tokens).await.map_err(classified)?.all)
    } else {
        None
    };
    if pending.attempts >= MOST_ATTEMPTS {
        return Err(Fault(LoginFailureKind::Loop, None));
    }
    // The session before it ends, whoever's it was, and its id with it.
    let former = keep::load(login, &visit.cookies).await?.map(|session| FormerSession::from(session.record()));
    for former in former.iter().chain(&pending.former) {
        ending::end(login, former).await?;
    }
    let cookies = begin(login, visit, tokens, user_info).await?;
    let mut answer = answer::redirect(&pending.return_to);
    answer::add_cookies(&mut answer, cookies);
    let count = (pending.attempts + 1).to_string();
    let keep = Keep::Seconds(ATTEMPTS_SECONDS);
    answer::add_cookies(&mut answer, login.names.set(&login.names.attempts(), &count, keep, SameSite::Lax));
    Ok(answer)
}

async fn begin(
    login: &Login,
    visit: &Visit,
    tokens: TokenSet,
    user_info: Option<serde_json::Map<String, serde_json::Value>>,
) -> Result<Vec<http::HeaderValue>, Fault> {
    keep::begin(login, tokens, user_info, &visit.cookies).await.map_err(|fault| match fault {
        KeepFault::Store(fault) => fault.into(),
        KeepFault::TooLong => {
            let reason = "the session is too long for cookies: keep it in a SessionStore";
            Fault(LoginFailureKind::TooLong, Some(Error::Configuration(reason.to_owned())))
        }
    })
}

/// Whose fault it is.
fn classified(error: Error) -> Fault {
    let kind = match &error {
        Error::Authorization { code, .. } if matches!(&**code, "temporarily_unavailable" | "server_error") => {
            LoginFailureKind::Unavailable
        }
        Error::Authorization { .. } => LoginFailureKind::Refused,
        Error::Transport(_) | Error::Timeout => LoginFailureKind::Unavailable,
        Error::Api(answer) if answer.status >= 500 || answer.status == 429 => LoginFailureKind::Unavailable,
        Error::ForeignAuthorization { .. } | Error::StateMismatch => LoginFailureKind::NotStarted,
        _ => LoginFailureKind::Untrusted,
    };
    Fault(kind, Some(error))
}
