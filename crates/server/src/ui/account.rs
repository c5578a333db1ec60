//! What the home page shows to who is signed in in this browser: requests of the back channel that wait for an answer, and
//! the applications that have access, each with its way out. A form counts in the browser of the session for which it was
//! made, and only where our own page sent it.

use std::collections::HashSet;

use http::StatusCode;
use symbolon_store::GrantPage;
use symbolon_types::{AuthenticationRequestId, ClientId, ErrorCode, SessionId};

use super::consent::{day, detail_views, resource_views, scope_views};
use super::login::client_view;
use super::texts::Texts;
use super::view::{AccountView, ApplicationView, RequestView};
use super::{fault, from_another_page};
use crate::accounts;
use crate::audit::Event;
use crate::backchannel::answer::{self, Agreement, Waiting};
use crate::challenge::ChallengeFault;
use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::grant::body::GrantBody;
use crate::params::Params;
use crate::seal::kinds;
use crate::session::{self, CurrentSession};
use crate::trail;

/// Grants that are read to find the applications of a person.
const GRANTS_READ: u32 = 200;

/// What the page needs, for [`Shown::view`].
pub(super) struct Shown {
    name: String,
    action: String,
    form: String,
    requests: Vec<RequestView>,
    applications: Vec<ApplicationView>,
}

impl Shown {
    /// The part of the page.
    pub(super) fn view(&self) -> AccountView<'_> {
        AccountView {
            subject_name: &self.name,
            action: &self.action,
            form: &self.form,
            requests: &self.requests,
            applications: &self.applications,
        }
    }
}

/// What to show in this browser; `None` where nobody is signed in, or where the pages are not ours.
pub(super) async fn shown(context: &Context, http: &Request, texts: &Texts) -> Result<Option<Shown>, ChallengeFault> {
    if !context.config.symbolon.ui.enabled {
        return Ok(None);
    }
    let Some(session) = session::current(context, http).await? else { return Ok(None) };
    let subject = &session.authentication.subject;
    let account = context.store.account(subject).await?;
    let waiting =
        if context.config.symbolon.ciba.enabled { answer::waiting_of(context, subject).await? } else { Vec::new() };
    Ok(Some(Shown {
        name: account.as_ref().map_or_else(|| subject.as_str().to_owned(), accounts::profile::display_name),
        action: format!("{}/", context.theme.base_path),
        form: context.seal.seal_id(kinds::HOME_FORM, session.id.as_bytes()),
        requests: waiting.iter().map(|waiting| request_view(context, waiting, texts)).collect(),
        applications: applications(context, &session, texts).await?,
    }))
}

fn request_view(context: &Context, waiting: &Waiting, texts: &Texts) -> RequestView {
    RequestView {
        id: waiting.id().to_hex(),
        client_name: client_view(&waiting.client, "", &texts.language).name.to_owned(),
        binding_message: waiting.binding_message().unwrap_or_default().to_owned(),
        scopes: scope_views(context, waiting.request.scope(), waiting.request.audience(), texts),
        details: detail_views(context, waiting.request.authorization_details()),
        resources: resource_views(context, waiting.request.audience()),
    }
}

/// The applications to which the person gave something that still counts, each with what the newest of it is.
async fn applications(
    context: &Context,
    session: &CurrentSession,
    texts: &Texts,
) -> Result<Vec<ApplicationView>, ChallengeFault> {
    let page = GrantPage { after: None, limit: GRANTS_READ, now: context.clock.now() };
    let mut seen: HashSet<ClientId> = HashSet::new();
    let mut shown = Vec::new();
    for grant in context.store.grants_of_subject(&session.authentication.subject, None, page).await? {
        if seen.contains(&grant.client_id) {
            continue;
        }
        let body = GrantBody::open(context, &grant)?;
        let Some(client) = clients::find(context, &grant.client_id).await? else { continue };
        shown.push(ApplicationView {
            client_id: grant.client_id.as_str().to_owned(),
            name: client_view(&client, "", &texts.language).name.to_owned(),
            claimed_name: Some(&client.metadata().client_name).filter(|_| client.has_document()).cloned(),
            since: day(grant.issued_at),
            scopes: scope_views(context, &body.scope, &body.audience, texts),
            resources: resource_views(context, &body.audience),
        });
        seen.insert(grant.client_id);
    }
    Ok(shown)
}

/// `POST /`: an answer of who is signed in.
pub async fn submit_home(context: &Context, http: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &http, "symbolon.ui.enabled");
    }
    match submit(context, &http).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &http, &problem),
    }
}

async fn submit(context: &Context, http: &Request) -> Result<Answer, ChallengeFault> {
    let params = Params::of_form(http)?;
    let session = own_session(context, http, &params).await?;
    let subject = &session.authentication.subject;
    match params.get("action") {
        Some("accept") => {
            let waiting = named(context, &session, &params).await?;
            answer::accept(context, &waiting, agreement(&session, &waiting)).await?;
        }
        Some("deny") => {
            let waiting = named(context, &session, &params).await?;
            answer::deny(context, &waiting).await?;
        }
        Some("revoke") => {
            let client_id = ClientId::from(params.require("client")?);
            context.store.forget_consents_to(subject, &client_id, context.clock.now()).await?;
            let (subject, client_id) = (subject.as_str(), client_id.as_str());
            trail::tell(&Event::ConsentsRevoked { subject: Some(subject), client_id: Some(client_id), grant: None });
        }
        _ => return Err(OAuthError::invalid_request("Parameter 'action' must be 'accept', 'deny' or 'revoke'.").into()),
    }
    Ok(exchange::redirect(StatusCode::SEE_OTHER, &format!("{}/", context.theme.base_path)))
}

/// The session for which the form was made, in whose browser it was sent.
async fn own_session(context: &Context, http: &Request, params: &Params) -> Result<CurrentSession, ChallengeFault> {
    let refused =
        || OAuthError::new(ErrorCode::RequestForbidden, "The page has expired, or belongs to another browser.");
    let made_for: Option<SessionId> = context.seal.open_id(kinds::HOME_FORM, params.require("form")?);
    if from_another_page(context, http) {
        return Err(refused().into());
    }
    let session = session::current(context, http).await?.ok_or_else(refused)?;
    if made_for == Some(session.id) { Ok(session) } else { Err(refused().into()) }
}

async fn named(context: &Context, session: &CurrentSession, params: &Params) -> Result<Waiting, ChallengeFault> {
    if !context.config.symbolon.ciba.enabled {
        return Err(OAuthError::bare(ErrorCode::NotFound).into());
    }
    let id = AuthenticationRequestId::parse(params.require("request")?);
    let id = id.ok_or_else(|| OAuthError::invalid_request("Parameter 'request' is none that waits."))?;
    Ok(answer::waiting(context, id, &session.authentication.subject).await?)
}

/// The person agrees to all that is asked for, as the one who signed in here.
fn agreement(session: &CurrentSession, waiting: &Waiting) -> Agreement {
    Agreement {
        acr: session.authentication.acr.clone(),
        amr: session.authentication.amr.clone(),
        authenticated_at: session.authentication.at,
        session: Some((session.id, session.subject_epoch)),
        scope: None,
        audience: None,
        details: waiting.request.authorization_details().clone(),
        claims: symbolon_types::ConsentSessionClaims::default(),
    }
}
