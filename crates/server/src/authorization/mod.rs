//! The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2). A browser comes three times in one flow:
//! with the request, with a login verifier, with a consent verifier. Data walks forward only: [`RawRequest`] →
//! [`validate::validate`] → [`ValidRequest`] → [`next`] → a challenge or [`respond`]. What is asked of a user is
//! decided in `next`, what the login and consent pages answered is in `challenge`, tokens are made in `issue`.

mod checks;
pub mod next;
#[cfg(test)]
mod next_tests;
mod raw_request;
pub mod respond;
pub(crate) mod resume;
pub mod session;
pub mod validate;

use std::collections::HashSet;

use http::Method;

use crate::challenge::login::LoginChallenge;
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::seal::kinds;
use next::BeforeLogin;
use resume::Returned;
use validate::{Refusal, ValidRequest};

pub use raw_request::RawRequest;

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
    let (raw, visit) = match read(request) {
        Ok(read) => read,
        Err(error) => return error_page(context, request, &error),
    };
    let outcome = match visit {
        Visit::Start => start(context, request, raw).await,
        Visit::Login(verifier) => resume::after_login(context, request, &returned(&raw, &verifier)).await,
        Visit::Consent(verifier) => resume::after_consent(context, request, &returned(&raw, &verifier)).await,
    };
    outcome.unwrap_or_else(|refusal| refuse(context, request, &refusal))
}

fn returned<'a>(raw: &'a RawRequest, verifier: &'a str) -> Returned<'a> {
    Returned { raw, verifier, endpoint: Endpoint::Authorization }
}

/// The answer to a refusal: a page, or the client's verified address.
pub fn refuse(context: &Context, http: &Request, refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Page(error) => error_page(context, http, error),
        Refusal::Redirect(redirect) => respond::error(context, redirect),
    }
}

/// Sends the browser to the error page, which is told what happened and nothing else.
pub fn error_page(context: &Context, http: &Request, error: &OAuthError) -> Answer {
    error.log();
    let body = error.exposed_body(&context.config);
    let mut pairs = vec![("error", body.error.as_ref()), ("error_description", body.error_description.as_str())];
    // Our own page shows the id, so that a person can name the request to an operator.
    if context.config.urls.error.is_none() {
        pairs.push(("request_id", &http.id));
    }
    exchange::found(&symbolon_types::redirect_uri::append_query(&context.config.error_url(), &pairs))
}

/// Separates the request from the verifiers. The body of a POST counts before the query (OpenID Connect Core
/// §3.1.2.1), and query parameters that the body lacks are kept.
pub(crate) fn read(request: &Request) -> Result<(RawRequest, Visit), OAuthError> {
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
    let mut visit = Visit::Start;
    let mut kept: Vec<&str> = Vec::with_capacity(16);
    let names: HashSet<&str> = if in_body { body.split('&').map(name_of).collect() } else { HashSet::new() };
    let from_query = request.query.split('&').filter(|pair| !names.contains(&name_of(pair)));
    for pair in body.split('&').filter(|_| in_body).chain(from_query) {
        match name_of(pair) {
            "" => {}
            "login_verifier" | "consent_verifier" if value_of(pair).is_empty() => {}
            "login_verifier" | "consent_verifier" if !matches!(visit, Visit::Start) => {
                return Err(OAuthError::invalid_request("The request has more than one verifier."));
            }
            "login_verifier" => visit = Visit::Login(value_of(pair)),
            "consent_verifier" => visit = Visit::Consent(value_of(pair)),
            _ => kept.push(pair),
        }
    }
    Ok((RawRequest::kept(kept.join("&")), visit))
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

fn value_of(pair: &str) -> String {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The first visit: valid requests of strangers are sealed into a challenge, and nothing is written.
pub(crate) async fn start(context: &Context, http: &Request, raw: RawRequest) -> Result<Answer, Refusal> {
    let request = validate::validate(context, &raw).await?;
    let session = session::current(context, http).await.map_err(|fault| request.refusal(fault))?;
    match next::before_login(&request, session.as_ref(), context.clock.now()) {
        BeforeLogin::Ask(page) => {
            let challenge = LoginChallenge::new(context, raw, None);
            send_to_login(context, http, &request, challenge, page).await
        }
        BeforeLogin::Skip(session) => {
            let challenge = LoginChallenge::new(context, raw, Some(session));
            send_to_login(context, http, &request, challenge, next::LoginPage::Login).await
        }
        BeforeLogin::Refuse(error) => Err(request.refusal(error)),
    }
}

async fn send_to_login(
    context: &Context,
    http: &Request,
    request: &ValidRequest,
    challenge: LoginChallenge,
    page: next::LoginPage,
) -> Result<Answer, Refusal> {
    let sealed = challenge.seal(context, http.address).await.map_err(|error| request.refusal(error))?;
    let base = match page {
        next::LoginPage::Login => context.config.login_url(),
        next::LoginPage::Registration => context.config.registration_url(),
    };
    let mut parameters = vec![("login_challenge", sealed.as_str())];
    // An extension of Ory's: which identities the login page shall offer.
    parameters.extend(request.params.get("identity_schema").map(|schema| ("identity_schema", schema)));
    let mut answer = exchange::found(&symbolon_types::redirect_uri::append_query(&base, &parameters));
    let flow = challenge.flow_id;
    cookies::drop_oldest_flows(context, http, &mut answer);
    cookies::set(
        context,
        &mut answer,
        NewCookie {
            name: cookies::login_csrf_name(&context.config, flow),
            value: context.seal.seal_flow(kinds::LOGIN_COOKIE, flow),
            path: "/".to_owned(),
            lifetime: Lifetime::Seconds(context.config.ttl.login_consent_request),
        },
    );
    Ok(answer)
}
