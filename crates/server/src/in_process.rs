//! Access tokens by the word of the program that runs the server inside of itself: there is no login, no consent and no
//! client that authenticates, and no request can ask for one. What comes of an order is a grant like any other, so
//! introspection, revocation and userinfo know the token. The client must exist; what it is registered for is not asked.

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_store::{Batch, Branch, Grant, GrantState};
use symbolon_types::{AccessTokenStrategy, AuthorizationDetails, ClientId, GrantType, Scope, Subject, TokenResponse};

use crate::clients::{self, RegisteredClient};
use crate::confirmation::{CertificateThumbprint, Confirmation, KeyThumbprint};
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::GrantBody;
use crate::grant::lifetimes::Lifetimes;
use crate::identifiers;
use crate::issue::{self, Authorization};

/// An access token that is wanted.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The client that gets it.
    pub client_id: ClientId,
    /// For whom the client acts; `None` for itself.
    pub subject: Option<Subject>,
    /// What it may do.
    pub scope: Scope,
    /// Where it may do so.
    pub audience: Vec<String>,
    /// What it may do in detail (RFC 9396).
    pub authorization_details: AuthorizationDetails,
    /// What introspection, and a JWT, show below `ext`.
    pub claims: Map<String, Value>,
    /// What it looks like; `None` as the client is registered, or as configured. A configured resource decides for itself.
    pub form: Option<AccessTokenStrategy>,
    /// How long it lives, in seconds, and not longer than configured; below zero it has expired. Of a client's own token
    /// the configuration decides.
    pub lifetime_seconds: Option<i64>,
    /// When and how the person logged in; `None` where nobody did (RFC 9470).
    pub authenticated: Option<Authenticated>,
    /// Who may use it.
    pub holder: Holder,
}

/// A login behind a token.
#[derive(Clone, Debug, Default)]
pub struct Authenticated {
    /// In Unix seconds.
    pub at: i64,
    /// Authentication context class.
    pub acr: String,
    /// Authentication methods (RFC 8176).
    pub amr: Vec<String>,
}

/// Who may use a token.
#[derive(Clone, Debug, Default)]
pub enum Holder {
    /// Whoever has it (RFC 6750).
    #[default]
    Anybody,
    /// The holder of the key with this SHA-256 thumbprint, in base64url (RFC 9449 §6).
    Key(String),
    /// The holder of the certificate with this SHA-256 hash, in base64url (RFC 8705 §3).
    Certificate(String),
}

/// Why there is no token.
#[derive(Debug)]
pub struct OrderFault(String);

impl std::fmt::Display for OrderFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OrderFault {}

impl From<OAuthError> for OrderFault {
    fn from(error: OAuthError) -> Self {
        let reason = error.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        Self(format!("{}: {}{reason}", error.code.as_str(), error.hint))
    }
}

/// Grants what is ordered, and issues the token.
pub async fn order(context: &Context, order: Order) -> Result<TokenResponse, OrderFault> {
    let confirmation = confirmation(&order.holder)?;
    let client = client(context, &order).await?;
    let authorization = match order.subject.clone() {
        None => Authorization::of_client(client, order.scope, order.audience, order.claims)
            .in_detail(order.authorization_details),
        Some(subject) => of_user(context, client, subject, order).await?,
    };
    Ok(issue::issue(context, &authorization.confirmed_by(confirmation)).await?)
}

/// The client, as if it were registered for tokens of that form.
async fn client(context: &Context, order: &Order) -> Result<Arc<RegisteredClient>, OrderFault> {
    let found = clients::find(context, &order.client_id).await.map_err(OAuthError::from)?;
    let client = found.ok_or_else(|| OrderFault(format!("there is no client '{}'", order.client_id)))?;
    let Some(form) = order.form else { return Ok(client) };
    let mut record = (**client.record()).clone();
    record.metadata["access_token_strategy"] = form.as_str().into();
    RegisteredClient::parse(Arc::new(record)).map(Arc::new).map_err(OrderFault)
}

async fn of_user(
    context: &Context,
    client: Arc<RegisteredClient>,
    subject: Subject,
    order: Order,
) -> Result<Authorization, OrderFault> {
    let now = context.clock.now();
    let longest = Lifetimes::of(&context.config, &client, GrantType::JwtBearer).access;
    let lifetime = order.lifetime_seconds.unwrap_or(longest).min(longest);
    let Authenticated { at, acr, amr } = order.authenticated.unwrap_or_default();
    let body = GrantBody {
        scope: order.scope,
        audience: order.audience,
        authorization_details: order.authorization_details,
        access_token_claims: order.claims,
        auth_time: at,
        acr,
        amr,
        handled_at: now,
        ..GrantBody::default()
    };
    let grant = Grant {
        id: identifiers::now(context),
        client_id: client.id().clone(),
        client_epoch: client.record().epoch,
        subject_epoch: context.store.subject_state(&subject).await.map_err(OAuthError::from)?.epoch,
        subject: Some(subject),
        session_id: None,
        issued_at: now,
        state: GrantState::Redeemed(Branch::default()),
        remember_until: None,
        expires_at: now.saturating_add(longest),
        body: body.close(context)?,
    };
    let mut batch = Batch::new();
    batch.insert_grant(&grant);
    context.store.write(batch).await.map_err(OAuthError::from)?;
    let used = GrantUse::first(grant.id);
    let grant = UserGrant::with_body(grant, body, used).ok_or_else(|| OrderFault("a grant of nobody".to_owned()))?;
    Ok(Authorization::of_assertion(client, grant).lasting(lifetime))
}

fn confirmation(holder: &Holder) -> Result<Confirmation, OrderFault> {
    let confirmation = match holder {
        Holder::Anybody => Some(Confirmation::Bearer),
        Holder::Key(thumbprint) => KeyThumbprint::parse(thumbprint).map(Confirmation::DpopKey),
        Holder::Certificate(hash) => CertificateThumbprint::parse(hash).map(Confirmation::Certificate),
    };
    confirmation.ok_or_else(|| OrderFault("the holder is not named by a SHA-256 hash in base64url".to_owned()))
}
