//! The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2). A browser comes three times in one flow:
//! with the request, with a login verifier, with a consent verifier. Data walks forward only: parameters →
//! `request::validate` → `EffectiveRequest` → [`next`] → a challenge or [`respond`]. What is asked of a user is decided in
//! `next`, what the login and consent pages answered is in `challenge`, tokens are made in `issue`.

pub(crate) mod after_consent;
pub(crate) mod after_login;
pub mod next;
#[cfg(test)]
mod next_tests;
pub(crate) mod refuse;
pub mod respond;
pub(crate) mod return_visit;
mod session_state;

use std::collections::HashSet;

use http::Method;
use symbolon_store::{Batch, Condition, WriteError};
use symbolon_types::redirect_uri::append_query;

use crate::challenge::login::{BrowserSession, LoginChallenge};
use crate::context::Context;
use crate::control_characters;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::error_page;
use crate::exchange::{self, Answer, Request};
use crate::request::{Asker, Parameters, Refusal, ValidatedRequest, pushed, validate};
use crate::seal::kinds;
use crate::security_profile::Rule;
use crate::session;
use next::BeforeLogin;
use refuse::refuse;
use return_visit::ReturnVisit;

/// Longest request, query and body together, in bytes: enough for every parameter there is, and short enough for an
/// address.
const LONGEST_REQUEST: usize = 16 * 1024;

/// The two endpoints that lead a browser through login and consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `/oauth2/auth`.
    Authorization,
    /// `/oauth2/device/verify`.
    DeviceVerification,
}

/// What a visit to one of the endpoints brings along.
pub(crate) enum Visit {
    /// Neither of the verifiers.
    Start,
    /// A login verifier.
    Login(String),
    /// A consent verifier.
    Consent(String),
}

/// `GET` and `POST /oauth2/auth`. A `HEAD` of a link checker must not use anything up, so it is answered with nothing.
pub async fn authorize(context: &Context, request: &Request) -> Answer {
    if request.method == Method::HEAD {
        return exchange::empty(http::StatusCode::OK);
    }
    let (parameters, visit) = match read(request) {
        Ok(read) => read,
        Err(error) => return error_page::show(context, request, &error),
    };
    let returned = |verifier| ReturnVisit { parameters: &parameters, verifier, endpoint: Endpoint::Authorization };
    let outcome = match &visit {
        Visit::Start => start(context, request, Asker::Browser, parameters).await,
        Visit::Login(verifier) => after_login::after_login(context, request, &returned(verifier)).await,
        Visit::Consent(verifier) => after_consent::after_consent(context, request, &returned(verifier)).await,
    };
    match outcome {
        Ok(answer) => answer,
        Err(refusal) => refuse(context, request, &refusal).await,
    }
}

/// Separates the request from the verifiers. The body of a POST counts before the query (OpenID Connect Core
/// §3.1.2.1), and query parameters that the body lacks are kept.
pub(crate) fn read(request: &Request) -> Result<(Parameters, Visit), OAuthError> {
    let in_body = request.method == Method::POST && !request.body.is_empty();
    if in_body && !request.is_form() {
        return Err(OAuthError::invalid_request(
            "The body must be a form; send the header 'Content-Type: application/x-www-form-urlencoded'.",
        ));
    }
    if request.body.len() + request.query.len() > LONGEST_REQUEST {
        return Err(OAuthError::invalid_request(format!("The request is longer than {LONGEST_REQUEST} bytes.")));
    }
    let body = std::str::from_utf8(&request.body)
        .map_err(|_| OAuthError::invalid_request("The body is not text in UTF-8."))?;
    let body = if in_body { body } else { "" };
    let mut visit = Visit::Start;
    let form = without_verifiers(body.split('&'), &mut visit)?;
    let names: HashSet<&str> = body.split('&').map(name_of).collect();
    let from_query = request.query.split('&').filter(|pair| !in_body || !names.contains(&name_of(pair)));
    let query = without_verifiers(from_query, &mut visit)?;
    Ok((Parameters::merge(form, query)?, visit))
}

fn without_verifiers<'p>(pairs: impl Iterator<Item = &'p str>, visit: &mut Visit) -> Result<String, OAuthError> {
    let mut kept: Vec<&str> = Vec::with_capacity(16);
    for pair in pairs {
        match name_of(pair) {
            "" => {}
            "login_verifier" | "consent_verifier" if value_of(pair).is_empty() => {}
            "login_verifier" | "consent_verifier" if !matches!(visit, Visit::Start) => {
                return Err(OAuthError::invalid_request("The request has more than one verifier."));
            }
            "login_verifier" => *visit = Visit::Login(verifier_of(pair)?),
            "consent_verifier" => *visit = Visit::Consent(verifier_of(pair)?),
            _ => kept.push(pair),
        }
    }
    Ok(kept.join("&"))
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

fn value_of(pair: &str) -> String {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn verifier_of(pair: &str) -> Result<String, OAuthError> {
    let value = value_of(pair);
    control_characters::check_parameter(name_of(pair), &value)?;
    Ok(value)
}

/// The first visit: valid requests of strangers are sealed into a challenge, and nothing is written.
pub(crate) async fn start(
    context: &Context,
    http: &Request,
    asker: Asker,
    parameters: Parameters,
) -> Result<Answer, Refusal> {
    let validated = match pushed::named(&parameters).filter(|_| asker == Asker::Browser) {
        Some(uri) => pushed::open(context, uri, &parameters).await?,
        None => sent(context, asker, parameters).await?,
    };
    let session = session::current(context, http).await.map_err(|fault| validated.request.refusal(fault))?;
    let known = session.as_ref().map_or(BrowserSession::None, |session| BrowserSession::Known(session.id));
    let (page, known) = match next::before_login(context, &validated, session.as_ref()) {
        BeforeLogin::Ask(page) => (page, known),
        BeforeLogin::Skip(session) => (next::LoginPage::Login, BrowserSession::Skips(session)),
        BeforeLogin::Refuse(error) => return Err(refused(context, &validated, error).await),
    };
    send_to_login(context, http, validated, known, page).await
}

/// A request as the browser brings it. RFC 9126 §5, §6: whoever pushes requests may want no others.
async fn sent(context: &Context, asker: Asker, parameters: Parameters) -> Result<ValidatedRequest, Refusal> {
    let validated = validate(context, asker, parameters).await?;
    let client = &validated.client;
    let must_push = context.config.symbolon.par.required
        || client.metadata().require_pushed_authorization_requests
        || client.is_held_to(&context.config, Rule::PushedRequests);
    if must_push && asker == Asker::Browser {
        let hint = "The authorization request must be pushed first (RFC 9126).";
        return Err(validated.request.refusal(OAuthError::invalid_request(hint)));
    }
    Ok(validated)
}

/// An error that is answered at once; a pushed request is used up by it, as by any answer.
async fn refused(context: &Context, validated: &ValidatedRequest, error: OAuthError) -> Refusal {
    let mut batch = Batch::new();
    validated.request.answer_once(context, &mut batch);
    if batch.is_empty() {
        return validated.request.refusal(error);
    }
    match context.store.write(batch).await {
        Ok(()) => validated.request.refusal(error),
        Err(WriteError::Unmet(Condition::Identifier)) => Refusal::Page(pushed::used_before()),
        Err(fault) => Refusal::Page(fault.into()),
    }
}

async fn send_to_login(
    context: &Context,
    http: &Request,
    validated: ValidatedRequest,
    session: BrowserSession,
    page: next::LoginPage,
) -> Result<Answer, Refusal> {
    let ValidatedRequest { request, client } = validated;
    let identity_schema = request.parameters().get("identity_schema").map(str::to_owned);
    let reply = request.reply().clone();
    let challenge = LoginChallenge::new(context, request, session);
    let sealed = challenge.seal(context, &client, http.address).await.map_err(|error| reply.refusal(error))?;
    let base = match page {
        next::LoginPage::Login => context.config.login_url(),
        next::LoginPage::Registration => context.config.registration_url(),
    };
    let mut parameters = vec![("login_challenge", sealed.as_str())];
    // An extension of Ory's: which identities the login page shall offer.
    parameters.extend(identity_schema.as_deref().map(|schema| ("identity_schema", schema)));
    let mut answer = exchange::found(&append_query(&base, &parameters));
    let flow = challenge.flow_id();
    cookies::drop_oldest_flows(context, http, &mut answer);
    let cookie = NewCookie {
        name: cookies::login_csrf_name(&context.config, flow),
        value: context.seal.seal_id(kinds::LOGIN_COOKIE, flow.as_bytes()),
        path: "/".to_owned(),
        lifetime: Lifetime::Seconds(context.config.ttl.login_consent_request),
    };
    cookies::set(context, &mut answer, cookie);
    Ok(answer)
}
