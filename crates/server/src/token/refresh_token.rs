//! `grant_type=refresh_token` (RFC 6749 §6, RFC 9700 §4.14.2). A refresh token names a grant, a branch and a generation.
//! The current generation of a branch is rotated in one conditional statement. One of the past was used before, and
//! `repetition` says what that means: an honest client's second tab or lost answer, or a theft, which ends the grant.

use symbolon_store::{Batch, Branch, Condition, LiveGrant, Rotation, WriteError};
use symbolon_types::ClientAuthenticationMethod as Method;
use symbolon_types::{ErrorCode, GrantType, Scope, first_missing};

use super::repetition::{self, Verdict};
use super::target::{self, Narrowed};
use super::terms::Terms;
use super::{TokenRequest, bound_key};
use crate::authorization_details;
use crate::client_authentication::AuthenticatedClient;
use crate::clients;
use crate::config::{Config, UnknownScopes};
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::GrantBody;
use crate::grant::lifetimes::{Lifetimes, WithRefresh};
use crate::hooks::Basis;
use crate::hydra;
use crate::issue::Authorization;
use crate::issue::refresh_token::RefreshTokenContent;
use crate::params::Params;
use crate::resource_indicators;
use crate::security_profile::Rule;
use crate::token_state::branch_of;

/// How far ahead the end of a grant is written whose tokens are not rotated: this part of the time that is left, and so many
/// seconds at most.
const AHEAD_PART: i64 = 128;
const AHEAD_SECONDS: i64 = 3600;

/// A refresh token that may be used, not used up yet.
pub(super) struct Presented {
    client: AuthenticatedClient,
    token: RefreshTokenContent,
    live: LiveGrant,
    branch: Branch,
    grant: UserGrant,
    narrowed: Narrowed,
    arrived_at: i64,
}

/// Looks at the token of a request.
pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let TokenRequest { params, proof, held_certificate, arrived_at, .. } = *asked;
    let token = open_token(context, params.require("refresh_token")?).await?;
    let (live, branch) = find(context, &client, &token).await?;
    if context.clock.now() >= token.expires_at {
        return Err(OAuthError::invalid_grant("The refresh token has expired."));
    }
    // A token of the past is refused before anything else is told about the grant.
    repetition::refuse(context, &branch, token.used, arrived_at).await?;
    let grant = open(context, &live, token.used)?;
    bound_key::refresh_token(grant.body().refresh_confirmation(), proof, held_certificate)?;
    no_weaker(&client, &grant)?;
    still_allowed(context, &client, &grant)?;
    let scope = narrowed(&context.config, params, grant.scope())?;
    let narrowed = target::of_grant(context, &client, &grant, asked, scope)?;
    Ok(Presented { client, token, live, branch, grant, narrowed, arrived_at })
}

/// A client that may come with a key or without came with one when it redeemed the code: whoever has stolen a refresh token
/// comes without.
fn no_weaker(client: &AuthenticatedClient, grant: &UserGrant) -> Result<(), OAuthError> {
    if client.method() == Method::None && !grant.body().authenticated_by.is_empty() {
        let hint =
            "The refresh token is for the client that authenticated when the code was redeemed: authenticate again.";
        return Err(OAuthError::invalid_grant(hint));
    }
    Ok(())
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        self.narrowed.basis(&self.grant, None)
    }

    /// Rotates the token, or begins a branch where it was used before and that is forgiven. What the terms change is written
    /// with it; session claims are those of the whole grant.
    pub(super) async fn consume(mut self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let is_current = self.token.used.generation == self.branch.generation;
        let is_bound = self.grant.body().refresh_confirmation() != Confirmation::Bearer
            || self.client.is_held_to(&context.config, Rule::NoRotation);
        let used = if is_bound && is_current {
            self.same_again(context, &terms).await?
        } else if let Some(used) = self.next(context, &terms).await? {
            used
        } else {
            // Somebody with the same token was faster by a moment: now it is one of the past.
            (self.live, self.branch) = find(context, &self.client, &self.token).await?;
            repetition::refuse(context, &self.branch, self.token.used, self.arrived_at).await?;
            self.next(context, &terms).await?.ok_or_else(repetition::refused)?
        };
        let mut grant = open(context, &self.live, used)?;
        let confirmation = terms.confirmation();
        if let Some(session) = terms.session {
            grant = grant.with_session(session);
        }
        let client = self.client.registered().clone();
        let Narrowed { scope, audience, details } = self.narrowed;
        let authorization = Authorization::of_user(client, GrantType::RefreshToken, grant, scope);
        Ok(authorization.for_audience(audience).for_details(details).confirmed_by(confirmation))
    }

    /// A token that is for the holder of one key or certificate, or of the client's own, is not rotated: a copy is of no use to
    /// anybody else, and nothing is lost with an answer that does not arrive (RFC 9700 §4.14.2 asks for one of the two). The
    /// row of the grant is written only when it would end before the tokens, and then a little ahead.
    async fn same_again(&self, context: &Context, terms: &Terms) -> Result<GrantUse, OAuthError> {
        let rotation = self.rotation(context, terms)?;
        let mut batch = Batch::new();
        if self.live.grant.expires_at < rotation.expires_at {
            let ahead = (rotation.expires_at.saturating_sub(rotation.now) / AHEAD_PART).min(AHEAD_SECONDS);
            batch.prolong_grant(rotation.grant_id, rotation.expires_at.saturating_add(ahead));
        }
        batch.append(rotation.beside);
        if batch.is_empty() {
            return Ok(self.token.used);
        }
        match context.store.write(batch).await {
            Ok(()) => Ok(self.token.used),
            Err(WriteError::Unmet(Condition::Grant)) => Err(malformed().because("revoked meanwhile")),
            Err(fault) => Err(dpop::refusal(fault)),
        }
    }

    /// What is written at a refresh, whichever way.
    fn rotation(&self, context: &Context, terms: &Terms) -> Result<Rotation, OAuthError> {
        let grant_id = self.token.used.grant_id;
        let mut beside = Batch::new();
        let unbound = self.grant.body().refresh_confirmation() == Confirmation::Bearer;
        let holder = if unbound { terms.refresh_confirmation(&self.client) } else { Confirmation::Bearer };
        if terms.session.is_some() || holder != Confirmation::Bearer {
            let mut body = GrantBody::open(context, &self.live.grant)?;
            if let Some(session) = &terms.session {
                body = body.with_session(session.clone());
            }
            body = body.with_refresh_confirmation(holder);
            beside.replace_grant_body(grant_id, &body.close(context)?);
        }
        if let Some(proof) = &terms.proof {
            proof.use_up(context, &mut beside)?;
        }
        let now = context.clock.now();
        let lifetimes = Lifetimes::of(&context.config, &self.client, GrantType::RefreshToken);
        Ok(Rotation {
            grant_id,
            now,
            expires_at: lifetimes.last_expires_at(now, self.grant.issued_at(), WithRefresh::Yes),
            kept_seconds: repetition::window_seconds(context),
            beside,
        })
    }

    /// The use of the grant that this request gets; `None` when the branch is not any more as it was read.
    async fn next(&self, context: &Context, terms: &Terms) -> Result<Option<GrantUse>, OAuthError> {
        let Self { branch, token: RefreshTokenContent { used, .. }, arrived_at, .. } = self;
        let rotation = self.rotation(context, terms)?;
        if used.generation == branch.generation {
            return match context.store.rotate(branch, rotation).await {
                Ok(()) => Ok(Some(GrantUse { generation: used.generation + 1, ..*used })),
                Err(WriteError::Unmet(Condition::Generation)) => Ok(None),
                Err(fault) => Err(dpop::refusal(fault)),
            };
        }
        let verdict = repetition::judge(context, branch, used.generation, *arrived_at);
        let Verdict::Forgiven(repeatable) = verdict else { return Ok(None) };
        match context.store.begin_branch(branch, used.generation, repeatable, rotation).await {
            Ok(number) => Ok(Some(GrantUse { branch: number, generation: 0, ..*used })),
            Err(WriteError::Unmet(Condition::Generation)) => Ok(None),
            Err(WriteError::Unmet(Condition::Repetition)) => {
                Err(repetition::too_often(context, branch, *used, *arrived_at).await?)
            }
            Err(WriteError::Unmet(Condition::Branch)) => Err(repetition::refused()),
            Err(fault) => Err(dpop::refusal(fault)),
        }
    }
}

/// One of ours, or one of Hydra's that was brought here.
async fn open_token(context: &Context, text: &str) -> Result<RefreshTokenContent, OAuthError> {
    if let Some(token) = RefreshTokenContent::open(context, text) {
        return Ok(token);
    }
    let found = hydra::find(context, hydra::Kind::Refresh, text).await?;
    found.and_then(|body| RefreshTokenContent::from_bytes(&body)).ok_or_else(malformed)
}

fn malformed() -> OAuthError {
    OAuthError::invalid_grant("The refresh token is malformed or not valid.")
}

/// The grant and the branch of a token.
async fn find(
    context: &Context,
    client: &AuthenticatedClient,
    token: &RefreshTokenContent,
) -> Result<(LiveGrant, Branch), OAuthError> {
    let live = context.store.grant(token.used.grant_id).await?.ok_or_else(malformed)?;
    // Another client's token tells nothing and changes nothing: reuse is judged among the client's own.
    if live.grant.client_id != *client.id() {
        return Err(OAuthError::invalid_grant("The refresh token was issued to another client."));
    }
    if !live.stands() {
        return Err(malformed().because("revoked, or of an epoch that has ended"));
    }
    let branch =
        branch_of(context, &live, token.used).await?.filter(|branch| token.used.generation <= branch.generation);
    let branch = branch.ok_or_else(|| malformed().because("its branch is gone"))?;
    Ok((live, branch))
}

fn open(context: &Context, live: &LiveGrant, used: GrantUse) -> Result<UserGrant, OAuthError> {
    UserGrant::open(context, live.grant.clone(), used)?.ok_or_else(malformed)
}

/// What was granted must still be within what the client is registered for.
fn still_allowed(context: &Context, client: &AuthenticatedClient, grant: &UserGrant) -> Result<(), OAuthError> {
    if grant.with_refresh(&context.config, client) == WithRefresh::No {
        return Err(OAuthError::new(ErrorCode::ScopeNotGranted, "The scope 'offline_access' was not granted."));
    }
    if let Some(foreign) = clients::first_foreign_scope(&context.config, client, grant.scope()) {
        return Err(OAuthError::new(
            ErrorCode::InvalidScope,
            format!("The client is not registered for the scope '{foreign}'."),
        ));
    }
    let body = grant.body();
    resource_indicators::check_audience(&context.config, client, &body.audience)?;
    authorization_details::check_still_registered(&context.config, client, &body.authorization_details)
}

/// RFC 6749 §6: a request may name a part of the granted scope, and nothing beyond it. `None` stands for all of it. Some
/// clients repeat what they asked for at first, and would stumble over what was left out then.
fn narrowed(config: &Config, params: &Params, granted: &Scope) -> Result<Option<Scope>, OAuthError> {
    let Some(text) = params.get("scope") else { return Ok(None) };
    let asked = Scope::parse(text).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    let asked = match config.symbolon.scopes.unknown {
        UnknownScopes::Drop if asked.iter().any(|token| granted.contains(token)) => {
            asked.filtered(|token| granted.contains(token))
        }
        UnknownScopes::Drop | UnknownScopes::Refuse => asked,
    };
    if let Some(foreign) = first_missing(asked.iter(), granted.iter()) {
        let hint = format!("The scope '{foreign}' was not granted, and a refresh cannot add it.");
        return Err(OAuthError::new(ErrorCode::InvalidScope, hint));
    }
    // Blanks are no value (§3.2), and the whole scope is no narrower one.
    Ok(Some(asked).filter(|asked| !asked.is_empty() && asked.len() < granted.len()))
}
