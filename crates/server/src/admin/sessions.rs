//! Login sessions and consents of a subject: listing and ending them.

use http::StatusCode;
use serde::Serialize;
use symbolon_store::{Grant, GrantPage, Persistence};
use symbolon_types::{
    ClientId, ConsentRequest, ConsentSession, ConsentSessionClaims, ErrorCode, GrantId, SessionId, Subject, timestamp,
};

use super::page::Page;
use crate::audit::Event;
use crate::clients;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::grant::body::GrantBody;
use crate::logout;
use crate::session;
use crate::trail;

const LIST: &str = "consents";
const LOGIN_LIST: &str = "login-sessions";

#[derive(Serialize)]
struct LoginAnswer {
    sid: String,
    subject: Subject,
    authenticated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    remembered: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    acr: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
}

/// `GET /admin/oauth2/auth/sessions/login`, with `?subject=…` or without. Times are RFC 3339.
pub async fn list_login(context: &Context, http: Request) -> Answer {
    super::answer(logins(context, &http).await)
}

/// `DELETE /admin/oauth2/auth/sessions/login?sid=…` or `?subject=…`.
pub async fn delete_login(context: &Context, http: Request) -> Answer {
    end_login(context, &http).await.unwrap_or_else(|error| error.answer())
}

/// `GET /admin/oauth2/auth/sessions/consent?subject=…`.
pub async fn list_consent(context: &Context, http: Request) -> Answer {
    list(context, &http).await.unwrap_or_else(|error| error.answer())
}

/// `DELETE /admin/oauth2/auth/sessions/consent`.
pub async fn delete_consent(context: &Context, http: Request) -> Answer {
    revoke(context, &http).await.unwrap_or_else(|error| error.answer())
}

fn invalid(hint: &'static str) -> ApiError {
    ApiError::oauth(ErrorCode::InvalidRequest, hint)
}

/// A parameter without a value would widen what is ended: a script with an empty variable must not sign everybody out.
fn refuse_empty(http: &Request) -> Result<(), ApiError> {
    let empty = form_urlencoded::parse(http.query.as_bytes()).any(|(_, value)| value.is_empty());
    if empty { Err(invalid("A query parameter has no value.")) } else { Ok(()) }
}

/// One session, whose clients are told; or all of a subject, which are only ended, as in Hydra.
async fn end_login(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    refuse_empty(http)?;
    if let Some(sid) = http.query_parameter("sid") {
        if let Some(id) = SessionId::parse(&sid) {
            logout::end_by_administrator(context, id).await?;
        }
        return Ok(exchange::empty(StatusCode::NO_CONTENT));
    }
    let Some(subject) = http.query_parameter("subject").map(Subject::from) else {
        return Err(invalid("Either query parameter 'subject' or 'sid' is required."));
    };
    context.store.end_sessions_of(&subject).await?;
    trail::tell(&Event::LoginSessionsEnded { subject: subject.as_str() });
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn logins(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    refuse_empty(http)?;
    let subject = http.query_parameter("subject").map(Subject::from);
    let page = Page::read(context, http, LOGIN_LIST)?;
    let after = page.after.as_deref().and_then(SessionId::parse);
    let mut sessions = session::list(context, subject.as_ref(), after, page.size + 1).await?;
    let more = sessions.len() > page.size as usize;
    sessions.truncate(page.size as usize);
    let last = sessions.last().map(|listed| listed.session.id.to_hex());
    let shown: Vec<_> = sessions
        .into_iter()
        .map(|listed| LoginAnswer {
            sid: listed.session.id.to_uuid_string(),
            authenticated_at: timestamp::format_seconds(listed.session.authentication.at),
            expires_at: listed.expires_at.map(timestamp::format_seconds),
            remembered: listed.session.persistence == Persistence::Remembered,
            acr: listed.session.authentication.acr,
            amr: listed.session.authentication.amr,
            subject: listed.session.authentication.subject,
        })
        .collect();
    let mut answer = exchange::json(StatusCode::OK, &shown);
    page.link(context, http, &mut answer, last.as_deref().filter(|_| more).map(|key| (LOGIN_LIST, key)));
    Ok(answer)
}

async fn list(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    let subject = http.query_parameter("subject").ok_or_else(|| invalid("Query parameter 'subject' is missing."))?;
    let page = Page::read(context, http, LIST).map_err(|mut error| {
        error.error = "invalid_request".into();
        error
    })?;
    let session = match http.query_parameter("login_session_id") {
        None => None,
        Some(text) => match SessionId::parse(&text) {
            Some(id) => Some(id),
            None => return Ok(exchange::json(StatusCode::OK, &Vec::<ConsentSession>::new())),
        },
    };
    let after = page.after.as_deref().and_then(GrantId::parse);
    let wanted = GrantPage { after, limit: page.size + 1, now: context.clock.now() };
    let mut grants = context.store.grants_of_subject(&Subject::from(subject), session, wanted).await?;
    let more = grants.len() > page.size as usize;
    grants.truncate(page.size as usize);
    let last = grants.last().map(|grant| grant.id.to_hex());
    let mut shown = Vec::with_capacity(grants.len());
    for grant in grants {
        shown.extend(describe(context, grant).await?);
    }
    let mut answer = exchange::json(StatusCode::OK, &shown);
    let next = last.as_deref().filter(|_| more).map(|key| (LIST, key));
    page.link(context, http, &mut answer, next);
    Ok(answer)
}

/// A grant as the consent it is; those that asked nothing are not shown.
async fn describe(context: &Context, grant: Grant) -> Result<Option<ConsentSession>, ApiError> {
    let id = grant.id;
    let body = GrantBody::open(context, &grant)?;
    let (Some(client), Some(request)) = (clients::find(context, &grant.client_id).await?, body.request()?) else {
        return Ok(None);
    };
    if body.skipped {
        return Ok(None);
    }
    let session = body.consented_session();
    let remember_for = grant.remember_until.filter(|until| *until != i64::MAX).map(|until| until - id.unix_seconds());
    let consent_request = ConsentRequest {
        consent_request_id: id.to_hex(),
        requested_scope: request.scope().clone(),
        requested_access_token_audience: request.audience().to_vec(),
        requested_authorization_details: request.authorization_details().clone(),
        subject: grant.subject.unwrap_or_default(),
        oidc_context: Some(request.oidc_context(&client).unwrap_or_default()).filter(|_| request.device().is_none()),
        client: client.metadata().clone(),
        request_url: request.url(context),
        login_challenge: id.to_hex(),
        login_session_id: grant.session_id.map(|sid| sid.to_uuid_string()).unwrap_or_default(),
        acr: body.acr,
        amr: body.amr,
        context: Some(body.context.clone()).filter(|context| !context.is_null()),
        ..ConsentRequest::default()
    };
    Ok(Some(ConsentSession {
        consent_request_id: id.to_hex(),
        grant_scope: body.scope,
        grant_access_token_audience: body.audience,
        grant_authorization_details: body.authorization_details,
        session: ConsentSessionClaims {
            access_token: session.access_token,
            id_token: session.id_token,
            userinfo: body.userinfo_claims,
        },
        remember: grant.remember_until.is_some(),
        remember_for: remember_for.unwrap_or(0),
        handled_at: body.handled_at.saturating_mul(1_000_000),
        context: Some(body.context).filter(|context| !context.is_null()),
        consent_request,
    }))
}

/// By id; by subject and client; or all of a subject. Any other combination is a mistake that must not revoke too much.
async fn revoke(context: &Context, http: &Request) -> Result<Answer, ApiError> {
    refuse_empty(http)?;
    let value = |name: &str| http.query_parameter(name);
    let all = value("all").is_some_and(|text| text == "true");
    let now = context.clock.now();
    match (value("consent_request_id"), value("subject"), value("client"), all) {
        (Some(id), None, None, false) => {
            if let Some(id) = GrantId::parse(&id) {
                context.store.forget_consent(id, now).await?;
                consents_revoked(None, None, Some(&id.to_hex()));
            }
        }
        (None, Some(subject), Some(client), false) => {
            let (subject, client) = (Subject::from(subject), ClientId::from(client));
            context.store.forget_consents_to(&subject, &client, now).await?;
            consents_revoked(Some(subject.as_str()), Some(client.as_str()), None);
        }
        (None, Some(subject), None, true) => {
            let subject = Subject::from(subject);
            context.store.revoke_consents_of(&subject, now).await?;
            consents_revoked(Some(subject.as_str()), None, None);
        }
        _ => {
            return Err(invalid(
                "Give 'consent_request_id', or 'subject' and 'client', or 'subject' and 'all=true', and nothing else.",
            ));
        }
    }
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

fn consents_revoked(subject: Option<&str>, client_id: Option<&str>, grant: Option<&str>) {
    trail::tell(&Event::ConsentsRevoked { subject, client_id, grant });
}
