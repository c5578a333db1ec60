//! Token exchange for an Identity Assertion JWT Authorization Grant (draft-ietf-oauth-identity-assertion-authz-grant-04, §4.3):
//! a client in which a person is logged in gets an assertion about them for another authorization server, as far as a row of
//! `symbolon.token_exchange.assertions` says. The subject token is the client's own ID token, while its login session goes on,
//! or the client's own refresh token, which is not used up.

use symbolon_types::{ErrorCode, ResourceIndicator, Scope};

use super::super::TokenRequest;
use super::super::terms::Terms;
use super::id_token::{self, OpenedIdToken};
use super::parameters::{ExchangeRequest, HandedIn, TokenKind};
use super::{confirmation, no_row, subject};
use crate::audit::Event;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::{self, RegisteredClient};
use crate::config::AssertionPolicy;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::{OAuthError, RequiredLogin};
use crate::grant::body::SessionClaims;
use crate::hooks::Basis;
use crate::issue::Authorization;
use crate::issue::exchanged_token::Login;
use crate::issue::id_jag::IdentityAssertion;
use crate::params::Params;
use crate::subject_identifier;
use crate::token_state::{self, ActiveBasis, TokenUse};
use crate::trail;

/// An assertion that may be issued.
pub(in crate::token) struct Presented {
    client: AuthenticatedClient,
    assertion: IdentityAssertion,
    audience: Vec<String>,
    session: SessionClaims,
    confirmation: Confirmation,
}

/// Whoever is logged in at the client.
struct Person {
    subject: symbolon_types::Subject,
    /// What the login page chose as `sub` for this client.
    forced_subject: String,
    login: Option<Login>,
    expires_at: i64,
    confirmation: Confirmation,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
    request: &ExchangeRequest<'_>,
) -> Result<Presented, OAuthError> {
    let rows = &context.config.symbolon.token_exchange.assertions;
    rows.of(client.id().as_str()).next().ok_or_else(no_row)?;
    if request.actor.is_some() {
        return Err(OAuthError::invalid_request("Parameter 'actor_token' goes with no ID-JAG."));
    }
    let audience = asked.params.audience();
    let [named] = audience.as_slice() else {
        let hint = "Parameter 'audience' must be one issuer, that of the other authorization server.";
        return Err(OAuthError::invalid_request(hint));
    };
    let row = rows.of(client.id().as_str()).find(|row| row.audience == *named);
    let row = row.ok_or_else(|| {
        let hint = format!("No policy lets the client have an assertion for '{named}'.");
        OAuthError::new(ErrorCode::InvalidTarget, hint)
    })?;
    let resources = resources(row, asked.params)?;
    let scope = scope(row, asked.params)?;
    let person = match request.subject.kind {
        TokenKind::IdToken => of_id_token(context, &client, request.subject).await?,
        TokenKind::RefreshToken => of_refresh_token(context, &client, asked, request.subject).await?,
        TokenKind::AccessToken | TokenKind::Jwt => {
            return Err(request.subject.fault("must be an ID token or a refresh token for an ID-JAG."));
        }
    };
    check_login(context, row, person.login.as_ref())?;
    let assertion = IdentityAssertion {
        audience: row.audience.clone(),
        client_id: row.client_id.clone(),
        subject: known_as(context, &client, row, &person).await?,
        resources,
        scope,
        login: person.login,
        ends_at: person.expires_at,
    };
    let session = SessionClaims::default();
    Ok(Presented { client, assertion, audience, session, confirmation: person.confirmation })
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        let IdentityAssertion { subject, scope, .. } = &self.assertion;
        Basis::Exchange { subject, scope, audience: &self.audience, session: &self.session }
    }

    /// There is nothing to use up but the proof of a key. Session claims of a web hook are for tokens of this server.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        if let Some(proof) = &terms.proof {
            proof.use_up_alone(context).await?;
        }
        let confirmation = confirmation(self.confirmation, &terms);
        let client = self.client.registered().clone();
        let (client_id, subject, audience) = (client.id().as_str(), &self.assertion.subject, &self.assertion.audience);
        trail::tell(&Event::IdentityAsserted { client_id, subject, audience });
        Ok(Authorization::of_identity(client, self.assertion).confirmed_by(confirmation))
    }
}

/// Those that the request names, each the row's; all of the row's where it names none, as an assertion without any may count
/// everywhere there.
fn resources(row: &AssertionPolicy, params: &Params) -> Result<Vec<String>, OAuthError> {
    let named = params.resources();
    if named.is_empty() {
        return Ok(row.resources.clone());
    }
    let mut found: Vec<String> = Vec::with_capacity(named.len());
    for name in named {
        let same = |own: &&String| {
            own.as_str() == name
                || matches!((ResourceIndicator::parse(own), ResourceIndicator::parse(name)), (Ok(own), Ok(name)) if own == name)
        };
        let Some(own) = row.resources.iter().find(same) else {
            let hint = format!("No policy lets the client name the resource '{}' there.", name.escape_debug());
            return Err(OAuthError::new(ErrorCode::InvalidTarget, hint));
        };
        if !found.contains(own) {
            found.push(own.clone());
        }
    }
    Ok(found)
}

/// The same for the scope.
fn scope(row: &AssertionPolicy, params: &Params) -> Result<Scope, OAuthError> {
    let invalid = |hint: String| OAuthError::new(ErrorCode::InvalidScope, hint);
    let Some(text) = params.get("scope") else { return Ok(row.scopes.clone()) };
    let scope =
        Scope::parse(text).map_err(|_| invalid("Parameter 'scope' has a character that is not allowed.".to_owned()))?;
    let foreign = scope.iter().find(|token| !row.scopes.contains(token)).map(str::to_owned);
    match foreign {
        None if scope.is_empty() => Ok(row.scopes.clone()),
        None => Ok(scope),
        Some(foreign) => Err(invalid(format!("No policy lets the client ask for the scope '{foreign}' there."))),
    }
}

async fn of_id_token(
    context: &Context,
    client: &AuthenticatedClient,
    token: HandedIn<'_>,
) -> Result<Person, OAuthError> {
    let OpenedIdToken { live, body, expires_at } = id_token::open(context, client, token).await?;
    let subject = live.grant.subject.ok_or_else(|| token.fault("is of nobody."))?;
    let login = Login::of(&body);
    let (forced_subject, confirmation) = (body.forced_subject, Confirmation::Bearer);
    Ok(Person { subject, forced_subject, login, expires_at, confirmation })
}

/// The client's own refresh token, as it would count at a refresh.
async fn of_refresh_token(
    context: &Context,
    client: &AuthenticatedClient,
    asked: &TokenRequest<'_>,
    token: HandedIn<'_>,
) -> Result<Person, OAuthError> {
    let unknown = || token.fault("is no refresh token of this client, or counts no more.");
    let Ok(active) = token_state::inspect(context, token.text).await? else { return Err(unknown()) };
    let ActiveBasis::Grant { grant, body, .. } = active.basis else { return Err(unknown()) };
    if active.token_use != TokenUse::Refresh || grant.client_id != *client.id() {
        return Err(unknown());
    }
    subject::check_held(active.confirmation, asked, token)?;
    let Some(subject) = grant.subject else { return Err(unknown()) };
    Ok(Person {
        subject,
        login: Login::of(&body),
        forced_subject: body.forced_subject,
        expires_at: active.expires_at,
        confirmation: active.confirmation,
    })
}

/// RFC 9470 §3: how the person logged in must do for the row, and how long ago.
fn check_login(context: &Context, row: &AssertionPolicy, login: Option<&Login>) -> Result<(), OAuthError> {
    let max_age = row.max_age_seconds();
    let recent = |login: &&Login| max_age.is_none_or(|max_age| context.clock.now() - login.at <= max_age);
    let strong = |login: &&Login| row.acr_values.is_empty() || row.acr_values.contains(&login.acr);
    let asked_for = max_age.is_some() || !row.acr_values.is_empty();
    if !asked_for || login.filter(recent).as_ref().is_some_and(strong) {
        return Ok(());
    }
    let acr_values = Some(row.acr_values.join(" ")).filter(|values| !values.is_empty());
    Err(OAuthError::too_weak_a_login(RequiredLogin { max_age, acr_values }))
}

/// The person by the name that the other server knows: as the client there knows them that the row names, or as this one does.
async fn known_as(
    context: &Context,
    client: &RegisteredClient,
    row: &AssertionPolicy,
    person: &Person,
) -> Result<String, OAuthError> {
    let sub = match &row.subject_client {
        None => subject_identifier::for_client(&context.config, client, &person.subject, &person.forced_subject),
        Some(id) => {
            let gone =
                || OAuthError::server(format!("symbolon.token_exchange.assertions: there is no subject_client {id}"));
            let known_to = clients::find(context, &id.as_str().into()).await?.ok_or_else(gone)?;
            subject_identifier::for_client(&context.config, &known_to, &person.subject, "")
        }
    };
    sub.map_err(OAuthError::server)
}
