//! The consent page: who asks for what. Clients that the operator trusts (`skip_consent`) and consents that are
//! remembered pass without a question.

use std::borrow::Cow;
use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};
use symbolon_types::redirect_uri::is_loopback_http;
use symbolon_types::timestamp::format_seconds;
use symbolon_types::{AcceptConsent, AuthorizationDetails, GrantType, RejectRequest, Scope, Subject};
use url::Url;

use super::login::client_view;
use super::texts::Texts;
use super::view::{Answered, ClaimView, Connected, ConsentPage, DetailView, ResourceView, ScopeView, Standing};
use super::{fault, frame_for, page, texts_for};
use crate::accounts;
use crate::challenge::consent::ConsentDescription;
use crate::challenge::{ChallengeFault, Page, consent as challenge};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::control_characters;
use crate::cookies;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::grant::lifetimes::{Lifetimes, WithRefresh};

/// `GET /oauth2/fallbacks/consent`.
pub async fn consent(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.consent");
    }
    let Some(sealed) = request.query_parameter("consent_challenge") else {
        return super::home::home(context, request).await;
    };
    match Box::pin(show(context, &request, &sealed)).await {
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
    let about = About::of(context, described);
    let scopes = scope_views(context, described.request.scope(), described.request.audience(), &texts);
    let claims: Vec<ClaimView> =
        described.request.single_claims().into_iter().map(|name| ClaimView::describe(name, &texts)).collect();
    let details = detail_views(context, described.request.authorization_details());
    // A device's request cannot be started again without its user code.
    let browser = described.request.device().is_none();
    let other_account = browser.then(|| described.request.other_account_url(context));
    let html = ConsentPage {
        frame: frame_for(context, &described.request, &texts),
        client: client_view(&described.client, &domain, &texts.language),
        action: &format!("{}{}", context.theme.base_path, crate::config::BuiltInPage::Consent.path()),
        challenge: &described.wire.challenge,
        subject_name: name,
        switch_account_url: other_account.as_deref(),
        scopes: &scopes,
        claims: &claims,
        details: &details,
        resources: &resource_views(context, described.request.audience()),
        standing: about.standing(&described.client),
        answered: answered(described),
        connected: about.connected(),
        remember: false,
    }
    .render();
    page(context, StatusCode::OK, html, &[&ends_at])
}

/// For how long the client keeps the access.
enum Connection {
    /// As long as an access token lasts.
    Ends,
    /// Until a day, if it does not use it.
    Until(String),
    /// Without end.
    Always,
}

/// Words about the client that the page shows.
struct About {
    registered_on: String,
    connection: Connection,
}

impl About {
    fn of(context: &Context, described: &ConsentDescription) -> Self {
        let grant_type = match described.request.device() {
            None => GrantType::AuthorizationCode,
            Some(_) => GrantType::DeviceCode,
        };
        let (client, scope) = (&described.client, described.request.scope());
        let granted = (scope, described.request.audience());
        let stays = WithRefresh::of(&context.config, client, granted) == WithRefresh::Yes;
        let seconds = Lifetimes::of(&context.config, client, grant_type).refresh;
        let connection = match seconds {
            _ if !stays => Connection::Ends,
            Some(seconds) => Connection::Until(day(context.clock.now().saturating_add(seconds))),
            None => Connection::Always,
        };
        Self { registered_on: day(client.record().created_at), connection }
    }

    fn standing<'a>(&'a self, client: &'a RegisteredClient) -> Standing<'a> {
        if client.has_document() {
            Standing::OwnerOfHost(&client.metadata().client_name)
        } else if client.is_self_registered() {
            Standing::Nobody(&self.registered_on)
        } else {
            Standing::Operator
        }
    }

    fn connected(&self) -> Option<Connected<'_>> {
        match &self.connection {
            Connection::Ends => None,
            Connection::Until(date) => Some(Connected::Until(date)),
            Connection::Always => Some(Connected::Always),
        }
    }
}

/// The day of an instant in Unix seconds, as `2026-11-29`.
pub(super) fn day(at: i64) -> String {
    format_seconds(at).chars().take(10).collect()
}

/// Where the answer goes, as far as that is something to think about. An address of a document's host, whatever its port, is
/// where the person expects it.
fn answered(described: &ConsentDescription) -> Answered {
    let Some(address) = described.request.reply().address() else { return Answered::Here };
    let uri = address.redirect_uri().as_str();
    if is_loopback_http(uri) {
        return Answered::OnThisComputer;
    }
    let host = |text: &str| Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
    let client = &described.client;
    if client.has_document() && uri.starts_with("https://") && host(uri) != host(client.id().as_str()) {
        return Answered::Elsewhere;
    }
    Answered::AtAddress
}

/// Scopes in words: in those of the texts, of the resources among the audience, or of other resources that have them.
pub(super) fn scope_views(context: &Context, scope: &Scope, audience: &[String], texts: &Texts) -> Vec<ScopeView> {
    let known = &context.config.symbolon.resources;
    let words = |token: &str| {
        let (asked, others): (Vec<_>, Vec<_>) =
            known.with_scope(token).partition(|resource| audience.contains(&resource.identifier));
        asked.into_iter().chain(others).find_map(|resource| resource.scope_titles.get(token)).map(String::as_str)
    };
    scope.iter().map(|token| ScopeView::describe(token, texts, words(token))).collect()
}

/// Services in words.
pub(super) fn resource_views(context: &Context, audience: &[String]) -> Vec<ResourceView> {
    let title = |name: &str| context.config.symbolon.resources.of_audience(name)?.title.clone();
    audience.iter().map(|name| ResourceView { title: title(name), identifier: name.clone() }).collect()
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
    match Box::pin(decide(context, &request)).await {
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
