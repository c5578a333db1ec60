//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a client hands in a token about somebody, the
//! subject, and gets another one that may do less, somewhere else. What it may have stands in rows of the configuration and
//! nowhere else ([`policy`]); the new token ends with everything that it was made of. With `requested_token_type` of an ID-JAG
//! it gets an assertion for another authorization server instead ([`id_jag`]).
//!
//! The errors are those of §2.2.2: whatever is wrong with the tokens, or does not fit a row, is `invalid_request`.

mod actor;
mod delegation;
mod id_jag;
mod id_token;
mod parameters;
mod policy;
mod subject;
mod trusted_issuer;

use serde_json::Value;
use symbolon_store::{Batch, Branch, Condition, Grant, GrantState, WriteError};
use symbolon_types::{ErrorCode, GrantType, Scope};

use super::TokenRequest;
use super::terms::Terms;
use crate::audit::Event;
use crate::authorization_details;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::RegisteredClient;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::body::{GrantBody, SessionClaims};
use crate::grant::exchanged::Actor;
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::identifiers;
use crate::issue::Authorization;
use crate::issue::exchanged_token::{ExchangedToken, RequestedForm};
use crate::trail;
use parameters::{ExchangeRequest, Requested};
use subject::{Origin, SubjectToken};
use trusted_issuer::Vouched;

/// What will be issued in exchange, not used up yet.
pub(super) enum Presented {
    /// An access token.
    Token(Box<PresentedToken>),
    /// An assertion.
    Assertion(Box<id_jag::Presented>),
}

/// An access token that may be issued.
pub(super) struct PresentedToken {
    client: AuthenticatedClient,
    subject: SubjectToken,
    actor: Option<Actor>,
    scope: Scope,
    audience: Vec<String>,
    form: RequestedForm,
    /// The session claims of the subject's token.
    session: SessionClaims,
}

/// Looks at the tokens of a request.
pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    if !context.config.symbolon.token_exchange.names(client.id().as_str()) {
        return Err(no_row());
    }
    // RFC 9396 §6: rows say nothing of them, and a restriction is not passed over.
    if !authorization_details::read(&context.config, asked.params.get(authorization_details::PARAMETER))?.is_empty() {
        let hint = "Parameter 'authorization_details' goes with no token exchange.";
        return Err(authorization_details::invalid(hint.to_owned()));
    }
    let request = ExchangeRequest::read(asked.params)?;
    let form = match request.requested {
        Requested::Assertion => {
            let presented = Box::pin(id_jag::present(context, client, asked, &request)).await?;
            return Ok(Presented::Assertion(Box::new(presented)));
        }
        Requested::Token(form) => form,
    };
    policy::rows(context, &client).next().ok_or_else(no_row)?;
    let subject = Box::pin(subject::open(context, &client, asked, request.subject)).await?;
    let actor = Box::pin(actor::open(context, &client, asked, request.actor)).await?;
    let actor = delegation::actor(context, &client, &subject, actor)?;
    let chosen = policy::choose(context, &client, &subject, (actor.as_ref(), asked, form))?;
    let session = SessionClaims { access_token: subject.claims.clone(), ..SessionClaims::default() };
    let policy::Chosen { audience, scope } = chosen;
    Ok(Presented::Token(Box::new(PresentedToken { client, subject, actor, scope, audience, form, session })))
}

/// RFC 6749 §5.2: nothing that this client could send would help.
fn no_row() -> OAuthError {
    OAuthError::new(ErrorCode::UnauthorizedClient, "No policy lets the client exchange tokens.")
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        match self {
            Self::Token(token) => Basis::Exchange {
                subject: &token.subject.subject,
                scope: &token.scope,
                audience: &token.audience,
                session: &token.session,
            },
            Self::Assertion(assertion) => assertion.basis(),
        }
    }

    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        match self {
            Self::Token(token) => token.consume(context, terms).await,
            Self::Assertion(assertion) => assertion.consume(context, terms).await,
        }
    }
}

impl PresentedToken {
    /// Nothing of the subject's is used up. What a JWT of another issuer says becomes a grant, so that it can be ended.
    async fn consume(self, context: &Context, mut terms: Terms) -> Result<Authorization, OAuthError> {
        let confirmation = confirmation(self.subject.confirmation, &terms);
        let claims = self.claims(terms.session.take());
        let (client, subject) = (self.client.registered().clone(), self.subject);
        let mut batch = Batch::new();
        if let Some(proof) = &terms.proof {
            proof.use_up(context, &mut batch)?;
        }
        let grant = match &subject.origin {
            Origin::Grant(id) => Some(*id),
            Origin::Client => None,
            Origin::Vouched(vouched) => {
                let lifetimes = Lifetimes::of(&context.config, &client, GrantType::TokenExchange);
                let ends_at = context.clock.now().saturating_add(lifetimes.access).min(subject.expires_at);
                let grant = grant(context, &client, vouched, (&subject.scope, ends_at))?;
                vouched.require(&mut batch, &client, context.clock.now());
                batch.insert_grant(&grant);
                Some(grant.id)
            }
        };
        if !batch.is_empty() {
            context.store.write(batch).await.map_err(not_written)?;
        }
        let access_revocations = match &subject.origin {
            Origin::Vouched(_) => client.record().access_revocations,
            Origin::Grant(_) | Origin::Client => subject.access_revocations,
        };
        let token = ExchangedToken {
            grant,
            access_revocations,
            links: subject.links,
            subject: subject.subject,
            actor: self.actor,
            scope: self.scope,
            audience: self.audience,
            claims,
            login: subject.login,
            ends_at: subject.expires_at,
            form: self.form,
        };
        log(client.id().as_str(), &token);
        Ok(Authorization::of_exchange(client, token).confirmed_by(confirmation))
    }

    /// The session claims of the new token. Who alone may act for the subject is no web hook's to say.
    fn claims(&self, answered: Option<SessionClaims>) -> serde_json::Map<String, Value> {
        let mut claims = answered.unwrap_or_else(|| self.session.clone()).access_token;
        if let Some(kept) = self.session.access_token.get(delegation::MAY_ACT) {
            claims.insert(delegation::MAY_ACT.to_owned(), kept.clone());
        }
        claims
    }
}

/// What is bound stays bound, to the holder who has just shown that it is theirs.
fn confirmation(of_subject: Confirmation, terms: &Terms) -> Confirmation {
    match of_subject {
        Confirmation::Bearer => terms.confirmation(),
        bound => bound,
    }
}

/// The grant that stands for what another issuer said.
fn grant(
    context: &Context,
    client: &RegisteredClient,
    vouched: &Vouched,
    (scope, ends_at): (&Scope, i64),
) -> Result<Grant, OAuthError> {
    let now = context.clock.now();
    let body = GrantBody { scope: scope.clone(), handled_at: now, ..GrantBody::default() };
    Ok(Grant {
        id: identifiers::now(context),
        client_id: client.id().clone(),
        client_epoch: client.record().epoch,
        subject: Some(vouched.subject.clone()),
        subject_epoch: vouched.subject_epoch,
        session_id: None,
        issued_at: now,
        state: GrantState::Redeemed(Branch::default()),
        remember_until: None,
        expires_at: ends_at,
        body: body.close(context)?,
    })
}

fn not_written(fault: WriteError) -> OAuthError {
    match fault {
        WriteError::Unmet(Condition::TrustedIssuer) => trusted_issuer::nobody_vouches(),
        WriteError::Unmet(Condition::Client) => OAuthError::invalid_client("changed or deleted meanwhile"),
        WriteError::Unmet(Condition::Subject) => trusted_issuer::ended(),
        fault => dpop::refusal(fault),
    }
}

/// Whoever acts as somebody else leaves a trace of it.
fn log(client_id: &str, token: &ExchangedToken) {
    let (subject, audience) = (token.subject.as_str(), token.audience.join(" "));
    match &token.actor {
        Some(actor) => {
            let actor = actor.sub.as_str();
            trail::tell(&Event::TokenExchanged { client_id, subject, actor, audience: &audience });
        }
        None => {
            trail::tell(&Event::SubjectImpersonated { client_id, subject, audience: &audience });
        }
    }
}
