//! The login page. Its form is bound to the flow's cookie, so another site can neither send it nor log a browser into an
//! account of its own choosing.

use http::StatusCode;
use symbolon_types::{AcceptLogin, ErrorCode, RejectRequest};

use super::view::{ClientView, LoginError, LoginPage};
use super::{fault, frame_for, page, texts_for};
use crate::accounts::{self, Attempt, acr, known_browser};
use crate::challenge::login::{self, LoginChallenge, LoginDescription};
use crate::challenge::{ChallengeFault, Page};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::cookies;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::metrics::{PageOutcome, PageStep};
use crate::params::Params;

/// `GET /oauth2/fallbacks/login`.
pub async fn login(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.login");
    }
    let Some(challenge) = request.query_parameter("login_challenge") else {
        return super::home::home(context, request).await;
    };
    match Box::pin(show(context, &request, &challenge)).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &request, &problem),
    }
}

async fn show(context: &Context, request: &Request, challenge: &str) -> Result<Answer, ChallengeFault> {
    // Whoever was sent somebody else's login learns it before typing a password.
    same_browser(context, request, challenge).await?;
    let described = login::describe(context, challenge).await?;
    if described.wire.skip {
        let accept = AcceptLogin { subject: described.wire.subject.clone(), ..AcceptLogin::default() };
        let next = login::accept(context, Page::BuiltIn, challenge, accept).await?;
        return Ok(exchange::found(&next.redirect_to));
    }
    let hint = described.request.parameters().get("login_hint").unwrap_or_default();
    Ok(render(context, request, &described, &FormValues { username: hint, remember: false, error: None }))
}

struct FormValues<'a> {
    username: &'a str,
    remember: bool,
    error: Option<LoginError>,
}

fn render(context: &Context, request: &Request, described: &LoginDescription, filled: &FormValues<'_>) -> Answer {
    let texts = texts_for(context, request, &described.request);
    let (domain, ends_at) = super::end_of(context, &described.request);
    let html = LoginPage {
        frame: frame_for(context, &described.request, &texts),
        client: client_view(&described.client, &domain, &texts.language),
        action: &action(context),
        challenge: &described.wire.challenge,
        username: filled.username,
        remember: filled.remember,
        error: filled.error,
    }
    .render();
    let status = match filled.error {
        None => StatusCode::OK,
        Some(LoginError::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let answer = page(context, status, html, &[&ends_at]);
    match filled.error {
        Some(LoginError::Throttled { seconds }) => exchange::after(answer, seconds),
        _ => answer,
    }
}

/// The client in the language of the page, as far as it registered itself in it (RFC 7591 §2.2). One with a document goes by
/// the host of that, which is the one thing about it that is known (OAuth Client ID Metadata Document §8.5).
pub(super) fn client_view<'a>(registered: &'a RegisteredClient, domain: &'a str, language: &str) -> ClientView<'a> {
    let client = registered.metadata();
    let local = |member: &str, plain: &'a str| client.localized.closest(member, language).unwrap_or(plain);
    let name = registered.document_host().unwrap_or_else(|| local("client_name", &client.client_name));
    ClientView {
        name: if name.is_empty() { client.client_id.as_str() } else { name },
        domain,
        logo_uri: local("logo_uri", &client.logo_uri),
        policy_uri: local("policy_uri", &client.policy_uri),
        tos_uri: local("tos_uri", &client.tos_uri),
    }
}

fn action(context: &Context) -> String {
    format!("{}{}", context.theme.base_path, crate::config::BuiltInPage::Login.path())
}

/// `POST /oauth2/fallbacks/login`.
pub async fn submit_login(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.login");
    }
    match Box::pin(submit(context, &request)).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &request, &problem),
    }
}

async fn submit(context: &Context, request: &Request) -> Result<Answer, ChallengeFault> {
    let params = Params::parse(&request.body)?;
    let challenge = params.require("login_challenge")?;
    same_browser(context, request, challenge).await?;
    if params.get("action") == Some("reject") {
        // Nobody has logged in, and a row is kept for what is refused.
        context.requests.cancelled.count(request.address).map_err(|seconds| {
            let hint = format!("Too many logins were cancelled from this address. Try again in {seconds} seconds.");
            OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
        })?;
        let reject = RejectRequest {
            error: "access_denied".to_owned(),
            error_description: "The user cancelled the login.".to_owned(),
            ..RejectRequest::default()
        };
        let next = login::reject(context, Page::BuiltIn, challenge, reject).await?;
        return Ok(exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to));
    }
    let described = login::describe(context, challenge).await?;
    let username = params.get("username").unwrap_or_default();
    let password = params.get("password").unwrap_or_default();
    let remember = params.get("remember").is_some();
    let again =
        |error| Ok(render(context, request, &described, &FormValues { username, remember, error: Some(error) }));
    if username.trim().is_empty() || password.is_empty() {
        return again(LoginError::Incomplete);
    }
    match accounts::authenticate(context, request, username, password).await? {
        Attempt::WrongCredentials => {
            context.metrics.page_answers.count(PageStep::Login, Page::BuiltIn, PageOutcome::WrongCredentials);
            again(LoginError::WrongCredentials)
        }
        Attempt::Throttled(seconds) => {
            context.metrics.page_answers.count(PageStep::Login, Page::BuiltIn, PageOutcome::Throttled);
            again(LoginError::Throttled { seconds })
        }
        Attempt::Authenticated(subject, epoch) => {
            let accept = AcceptLogin {
                subject: subject.clone(),
                remember,
                // RFC 8176: a password was used.
                amr: vec!["pwd".to_owned()],
                acr: acr::PASSWORD.to_owned(),
                ..AcceptLogin::default()
            };
            let next = login::accept_since(context, Page::BuiltIn, challenge, accept, Some(epoch)).await?;
            let mut answer = exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to);
            known_browser::remember(context, request, &mut answer, &subject);
            Ok(answer)
        }
    }
}

async fn same_browser(context: &Context, request: &Request, challenge: &str) -> Result<(), ChallengeFault> {
    let opened = LoginChallenge::open(context, challenge).await?;
    if let Err(refusal) = cookies::same_login(context, request, opened.flow_id()) {
        // The cookie is gone after a login that was completed: whoever goes back to its page learns that instead.
        login::describe(context, challenge).await?;
        return Err(refusal.into());
    }
    Ok(())
}
