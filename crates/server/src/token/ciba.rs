//! `grant_type=urn:openid:params:grant-type:ciba` (OpenID Connect CIBA §10.1, §11): a client asks whether the person has
//! answered. Until then its pace is watched; afterwards the answer is given at once, the tokens exactly once. What may have
//! ended between the answer and the tokens is asked again, in the write that hands them out.

use symbolon_store::{BackchannelRequest, BackchannelStage, Batch, Condition, LiveGrant, WriteError};
use symbolon_types::{ErrorCode, GrantType};

use super::target::{self, Narrowed};
use super::terms::Terms;
use super::{TokenRequest, bound_key};
use crate::backchannel::auth_req_id;
use crate::client_authentication::AuthenticatedClient;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::issue::Authorization;

/// A request that a person agreed to, not used up yet.
pub(super) struct Presented {
    client: AuthenticatedClient,
    row: BackchannelRequest,
    grant: UserGrant,
    narrowed: Narrowed,
    subject_epoch: i64,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let now = context.clock.now();
    let row = find(context, &client, asked.params.require("auth_req_id")?).await?;
    match row.stage {
        BackchannelStage::Redeemed => Err(used_before()),
        BackchannelStage::Denied => Err(OAuthError::new(ErrorCode::AccessDenied, "The user refused.")),
        _ if now >= row.expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        BackchannelStage::Pending if context.store.poll_backchannel_request(row.id, now).await? => {
            Err(OAuthError::bare(ErrorCode::AuthorizationPending))
        }
        BackchannelStage::Pending => Err(OAuthError::bare(ErrorCode::SlowDown)),
        BackchannelStage::Accepted => {
            let live = context.store.grant(row.id.grant_id()).await?.filter(LiveGrant::stands).ok_or_else(ended)?;
            let subject_epoch = live.grant.subject_epoch;
            let used = GrantUse::first(live.grant.id);
            let grant = UserGrant::open(context, live.grant, used)?.ok_or_else(ended)?;
            let request = grant.body().request()?.ok_or_else(|| OAuthError::server("a grant without its request"))?;
            bound_key::same("auth_req_id", request.dpop_key(), asked.proof)?;
            bound_key::shown(request.dpop_key(), asked.proof)?;
            let narrowed = target::of_grant(context, &client, &grant, asked, None)?;
            Ok(Presented { client, row, grant, narrowed, subject_epoch })
        }
    }
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        self.narrowed.basis(&self.grant, None)
    }

    /// The verdict on single use is the row count. Whoever was disabled or signed out since gives nothing away any more.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let Self { client, row, grant, narrowed, subject_epoch } = self;
        let now = context.clock.now();
        let lifetimes = Lifetimes::of(&context.config, &client, GrantType::Ciba);
        let expires_at =
            lifetimes.last_expires_at(now, grant.issued_at(), grant.with_refresh(&context.config, &client));
        let mut batch = Batch::new();
        batch
            .redeem_backchannel_request(row.id, now)
            .redeem_code(grant.id(), now, expires_at)
            .require_client(client.id(), row.client_epoch)
            .require_subject(grant.subject(), subject_epoch)
            .require_tokens_of(grant.subject(), subject_epoch);
        let confirmation = terms.confirmation();
        let grant = terms.first_tokens(context, &client, grant, &mut batch)?;
        match context.store.write(batch).await {
            Ok(()) => {}
            Err(WriteError::Unmet(Condition::Backchannel | Condition::Code)) => return Err(used_before()),
            Err(WriteError::Unmet(Condition::Subject | Condition::Client)) => return Err(ended()),
            Err(fault) => return Err(dpop::refusal(fault)),
        }
        let Narrowed { scope, audience, details } = narrowed;
        let authorization = Authorization::of_user(client.registered().clone(), GrantType::Ciba, grant, scope);
        Ok(authorization.for_audience(audience).for_details(details).confirmed_by(confirmation))
    }
}

fn used_before() -> OAuthError {
    OAuthError::invalid_grant("The 'auth_req_id' was used before.")
}

fn ended() -> OAuthError {
    OAuthError::invalid_grant("What the user agreed to was revoked, or the account is disabled.")
}

async fn find(
    context: &Context,
    client: &AuthenticatedClient,
    auth_req_id: &str,
) -> Result<BackchannelRequest, OAuthError> {
    let unknown = || OAuthError::invalid_grant("The 'auth_req_id' is not valid.");
    let (id, expires_at) = auth_req_id::open(context, auth_req_id).ok_or_else(unknown)?;
    match context.store.backchannel_request(id).await? {
        Some(row) if row.client_id == *client.id() => Ok(row),
        Some(_) => Err(OAuthError::invalid_grant("The 'auth_req_id' was issued to another client.")),
        // It has been purged.
        None if context.clock.now() >= expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        None => Err(unknown()),
    }
}
