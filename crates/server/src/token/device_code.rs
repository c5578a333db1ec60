//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4, §3.5): a device asks whether somebody has
//! answered. Until then its pace is watched; afterwards the answer is given at once, the tokens exactly once. A second
//! request with the same code revokes nothing: the code never left the device, which may just have lost the answer.

use symbolon_store::{Batch, Condition, DeviceAuthorization, DeviceStage, LiveGrant, WriteError};
use symbolon_types::{ErrorCode, GrantId, GrantType};

use super::target::{self, Narrowed};
use super::terms::Terms;
use super::{TokenRequest, bound_key, code_verifier};
use crate::client_authentication::AuthenticatedClient;
use crate::context::Context;
use crate::device::device_code;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::issue::Authorization;
use crate::request::EffectiveRequest;

/// A device code that a person answered, not used up yet.
pub(super) struct Presented {
    client: AuthenticatedClient,
    row: DeviceAuthorization,
    grant: UserGrant,
    narrowed: Narrowed,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let params = asked.params;
    let now = context.clock.now();
    let row = find(context, &client, params.require("device_code")?).await?;
    match row.stage {
        DeviceStage::Redeemed => Err(used_before()),
        DeviceStage::Denied => Err(OAuthError::new(ErrorCode::AccessDenied, "The user refused.")),
        _ if now >= row.expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        DeviceStage::Pending if context.store.poll_device_authorization(row.id, now).await? => {
            Err(OAuthError::bare(ErrorCode::AuthorizationPending))
        }
        DeviceStage::Pending => Err(OAuthError::bare(ErrorCode::SlowDown)),
        DeviceStage::Accepted(grant_id) => {
            let grant = granted(context, grant_id).await?;
            let request = grant.body().request()?;
            let request = request.ok_or_else(|| OAuthError::server("a device's grant without a request"))?;
            if let Err(error) = prove(&request, asked) {
                context.store.revoke_grant(grant_id, now).await?;
                return Err(error);
            }
            bound_key::shown(request.dpop_key(), asked.proof)?;
            let narrowed = target::of_grant(context, &client, &grant, asked, None)?;
            Ok(Presented { client, row, grant, narrowed })
        }
    }
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        self.narrowed.basis(&self.grant, Some(self.row.expires_at))
    }

    /// The verdict on single use is the row count. From here on the grant lives as long as its tokens.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let Self { client, row, grant, narrowed } = self;
        let now = context.clock.now();
        let lifetimes = Lifetimes::of(&context.config, &client, GrantType::DeviceCode);
        let expires_at =
            lifetimes.last_expires_at(now, grant.issued_at(), grant.with_refresh(&context.config, &client));
        let mut batch = Batch::new();
        batch.redeem_device_authorization(row.id, now).redeem_code(grant.id(), now, expires_at);
        let confirmation = terms.confirmation();
        let grant = terms.first_tokens(context, &client, grant, &mut batch)?;
        match context.store.write(batch).await {
            Ok(()) => {}
            Err(WriteError::Unmet(Condition::Device | Condition::Code)) => return Err(used_before()),
            Err(fault) => return Err(dpop::refusal(fault)),
        }
        let Narrowed { scope, audience, details } = narrowed;
        let authorization = Authorization::of_user(client.registered().clone(), GrantType::DeviceCode, grant, scope);
        Ok(authorization.for_audience(audience).for_details(details).confirmed_by(confirmation))
    }
}

fn used_before() -> OAuthError {
    OAuthError::invalid_grant("The device code was used before.")
}

async fn find(context: &Context, client: &AuthenticatedClient, code: &str) -> Result<DeviceAuthorization, OAuthError> {
    let unknown = || OAuthError::invalid_grant("The device code is not valid.");
    let (id, expires_at) = device_code::open(context, code).ok_or_else(unknown)?;
    match context.store.device_authorization(id).await? {
        Some(row) if row.client_id == *client.id() => Ok(row),
        Some(_) => Err(OAuthError::invalid_grant("The device code was issued to another client.")),
        // It has been purged.
        None if context.clock.now() >= expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        None => Err(unknown()),
    }
}

async fn granted(context: &Context, grant_id: GrantId) -> Result<UserGrant, OAuthError> {
    let ended = || OAuthError::invalid_grant("The user's consent was revoked.");
    let live = context.store.grant(grant_id).await?.filter(LiveGrant::stands).ok_or_else(ended)?;
    UserGrant::open(context, live.grant, GrantUse::first(grant_id))?.ok_or_else(ended)
}

/// PKCE, which RFC 8628 does not know: whoever asked with a challenge has to show its verifier, and nobody else one.
fn prove(request: &EffectiveRequest, asked: &TokenRequest<'_>) -> Result<(), OAuthError> {
    bound_key::same("device code", request.dpop_key(), asked.proof)?;
    match (request.code_challenge(), asked.params.get("code_verifier")) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthError::invalid_grant(
            "Parameter 'code_verifier' was sent, but the device authorization request had no 'code_challenge'.",
        )),
        (Some(challenge), verifier) => code_verifier::check(challenge.as_str(), verifier),
    }
}
