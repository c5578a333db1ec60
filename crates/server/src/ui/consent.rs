//! The consent page: who asks for what. Clients that the operator trusts (`skip_consent`) and consents that are
//! remembered pass without a question.

use std::borrow::Cow;
use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};
use symbolon_types::{AcceptConsent, AuthorizationDetails, RejectRequest, Subject};

use super::login::client_view;
use super::view::{ClaimView, ConsentPage, DetailView, ScopeView};
use super::{fault, frame_for, page, texts_for};
use crate::accounts;
use crate::challenge::consent::ConsentDescription;
use crate::challenge::{ChallengeFault, Page, consent as challenge};
use crate::context::Context;
use crate::control_characters;
use crate::cookies;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};

/// `GET /oauth2/fallbacks/consent`.
pub async fn consent(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.consent");
    }
    let Some(sealed) = request.query_parameter("consent_challenge") else {
        return super::home::home(context, request).await;
    };
    match show(context, &request, &sealed).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &request, &problem),
    }
}

async fn show(context: &Context, request: &Request, sealed: &str) -> Result<Answer, ChallengeFault> {
    same_browser(context, request, sealed).await?;
    let described = challenge::describe(context, sealed).await?;
    if described.wire.skip || described.wire.client.skip_consent {
        let accept = AcceptConsent {
            grant_scope: described.request.scope().clone(),
            grant_access_token_audience: described.request.audience().to_vec(),
            grant_claims: described.request.single_claims().into_iter().map(str::to_owned).collect(),
            grant_authorization_details: described.request.authorization_details().clone(),
            ..AcceptConsent::default()
        };
        let next = challenge::accept(context, Page::BuiltIn, sealed, accept).await?;
        return Ok(exchange::found(&next.redirect_to));
    }
    let name = subject_name(context, &described.wire.subject).await?;
    Ok(render(context, request, &described, &name))
}

async fn subject_name(context: &Context, subject: &Subject) -> Result<String, ChallengeFault> {
    let account = context.store.account(subject).await?;
    let name = account.as_ref().map(accounts::profile::display_name);
    Ok(name.filter(|name| !name.is_empty()).unwrap_or_else(|| subject.as_str().to_owned()))
}

fn render(context: &Context, request: &Request, described: &ConsentDescription, name: &str) -> Answer {
    let texts = texts_for(context, request, &described.request);
    let (domain, ends_at) = super::end_of(context, &described.request);
    let scopes: Vec<ScopeView> =
        described.request.scope().iter().map(|scope| ScopeView::describe(scope, &texts)).collect();
    let claims: Vec<ClaimView> =
        described.request.single_claims().into_iter().map(|name| ClaimView::describe(name, &texts)).collect();
    let details = detail_views(context, described.request.authorization_details());
    // A device's request cannot be started again without its user code.
    let browser = described.request.device().is_none();
    let other_account = browser.then(|| described.request.other_account_url(context));
    let html = ConsentPage {
        frame: frame_for(context, &described.request, &texts),
        client: client_view(described.client.metadata(), &domain, &texts.language),
        action: &format!("{}{}", context.theme.base_path, crate::config::BuiltInPage::Consent.path()),
        challenge: &described.wire.challenge,
        subject_name: name,
        switch_account_url: other_account.as_deref(),
        scopes: &scopes,
        claims: &claims,
        details: &details,
        audience: described.request.audience(),
        remember: false,
    }
    .render();
    page(context, StatusCode::OK, html, &[&ends_at])
}

/// What is asked for in detail, in the words of its types (RFC 9396).
pub(super) fn detail_views(context: &Context, asked: &AuthorizationDetails) -> Vec<DetailView> {
    let types = &context.config.symbolon.authorization_details.types;
    let view = |(name, element): (&str, &Map<String, Value>)| DetailView {
        sentence: types.get(name).map(|kind| kind.sentence(element)).unwrap_or_default(),
        json: serde_json::to_string_pretty(element).unwrap_or_default(),
    };
    asked.iter().map(view).collect()
}

/// `POST /oauth2/fallbacks/consent`.
pub async fn decide_consent(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.consent");
    }
    match decide(context, &request).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &request, &problem),
    }
}

#[derive(Default)]
struct Form<'a> {
    challenge: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    remember: bool,
    scopes: HashSet<String>,
    claims: HashSet<String>,
    /// Places among the authorization details.
    details: Vec<usize>,
}

fn read(body: &[u8]) -> Result<Form<'_>, OAuthError> {
    let mut form = Form::default();
    for (name, value) in form_urlencoded::parse(body).take(256) {
        control_characters::check_parameter(&name, &value)?;
        match name.as_ref() {
            "consent_challenge" => form.challenge = Some(value),
            "action" => form.action = Some(value),
            "remember" => form.remember = true,
            "grant_scope" => drop(form.scopes.insert(value.into_owned())),
            "grant_detail" => form.details.extend(value.parse::<usize>()),
            "grant_claim" => drop(form.claims.insert(value.into_owned())),
            _ => {}
        }
    }
    Ok(form)
}

async fn decide(context: &Context, request: &Request) -> Result<Answer, ChallengeFault> {
    let form = read(&request.body)?;
    let missing = || OAuthError::invalid_request("Parameter 'consent_challenge' is missing.");
    let sealed = form.challenge.as_deref().ok_or_else(missing)?;
    same_browser(context, request, sealed).await?;
    let next = match form.action.as_deref() {
        Some("accept") => {
            // A second click, whose first one gave the consent: the browser goes where that one leads.
            if let Some(next) = challenge::given_before(context, sealed).await? {
                return Ok(exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to));
            }
            let described = challenge::describe(context, sealed).await?;
            // Only what was asked for can be granted, whatever the form says.
            let granted = described.request.scope().filtered(|scope| form.scopes.contains(scope));
            let claims = described.request.single_claims().into_iter().filter(|name| form.claims.contains(*name));
            let accept = AcceptConsent {
                grant_claims: claims.map(str::to_owned).collect(),
                grant_authorization_details: described.request.authorization_details().at(&form.details),
                grant_scope: granted,
                grant_access_token_audience: described.request.audience().to_vec(),
                remember: form.remember,
                ..AcceptConsent::default()
            };
            challenge::accept(context, Page::BuiltIn, sealed, accept).await?
        }
        Some("reject") => {
            let reject = RejectRequest {
                error: "access_denied".to_owned(),
                error_description: "The user did not agree.".to_owned(),
                ..RejectRequest::default()
            };
            challenge::reject(context, Page::BuiltIn, sealed, reject).await?
        }
        _ => return Err(OAuthError::invalid_request("Parameter 'action' must be 'accept' or 'reject'.").into()),
    };
    Ok(exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to))
}

async fn same_browser(context: &Context, request: &Request, sealed: &str) -> Result<(), ChallengeFault> {
    let flow = challenge::flow_of(context, sealed)?;
    if let Err(refusal) = cookies::same_consent(context, request, flow) {
        // The cookie is gone after a consent that was used: whoever goes back to its page learns that instead.
        challenge::describe(context, sealed).await?;
        return Err(refusal.into());
    }
    Ok(())
}
