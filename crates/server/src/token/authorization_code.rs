//! `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6). A code whose comparison fails is burnt: an attempt
//! with a wrong verifier, redirect URI or client cannot be repeated. A second use revokes all that came from the first
//! (RFC 6749 §4.1.2).

use symbolon_store::{Batch, Condition, GrantState, LiveGrant, WriteError};
use symbolon_types::{GrantId, GrantType};

use super::target::{self, Narrowed};
use super::terms::Terms;
use super::{TokenRequest, bound_key, code_verifier};
use crate::audit::Event;
use crate::client_authentication::AuthenticatedClient;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::issue::{Authorization, authorization_code};
use crate::params::Params;
use crate::request::EffectiveRequest;
use crate::security_profile::Rule;
use crate::session;
use crate::trail;

/// A code that fits, not used up yet.
pub(super) struct Presented {
    client: AuthenticatedClient,
    grant: UserGrant,
    /// The code, where the answer had more than a code.
    code: Option<String>,
    narrowed: Narrowed,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let invalid = || OAuthError::invalid_grant("The authorization code is not valid.");
    let code = asked.params.require("code")?;
    let (grant_id, expires_at) = authorization_code::open(context, code).await?.ok_or_else(invalid)?;
    if context.clock.now() >= expires_at {
        return Err(OAuthError::invalid_grant("The authorization code has expired."));
    }
    let live = context.store.grant(grant_id).await?.ok_or_else(invalid)?;
    let used = GrantUse::first(grant_id);
    if live.grant.state != GrantState::Issued {
        return Err(used_before(context, grant_id).await?);
    }
    let stands = live.stands();
    let LiveGrant { grant, .. } = live;
    let grant = UserGrant::open(context, grant, used)?.ok_or_else(invalid)?;
    match compare(context, (&client, &grant), asked, stands) {
        Ok(request) => {
            bound_key::shown(request.dpop_key(), asked.proof)?;
            let hybrid = request.response_type().is_some_and(|kind| !kind.is_code_only());
            let code = hybrid.then(|| authorization_code::with_prefix(code));
            // What else is wrong is no attempt with somebody else's code: the client may ask again.
            let narrowed = target::of_grant(context, &client, &grant, asked, None)?;
            Ok(Presented { client, grant, code, narrowed })
        }
        Err(error) => {
            context.store.revoke_grant(grant_id, context.clock.now()).await?;
            Err(error)
        }
    }
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        self.narrowed.basis(&self.grant, None)
    }

    /// The verdict on single use is the row count. From here on the grant lives as long as its tokens, and as its session
    /// where the client is to be told of the logout.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let Self { client, grant, code, narrowed } = self;
        let now = context.clock.now();
        let lifetimes = Lifetimes::of(&context.config, &client, GrantType::AuthorizationCode);
        let tokens_end =
            lifetimes.last_expires_at(now, grant.issued_at(), grant.with_refresh(&context.config, &client));
        let expires_at = tokens_end.max(session::logout_until(context, &client, grant.session_id()).await?);
        let mut batch = Batch::new();
        batch.redeem_code(grant.id(), now, expires_at);
        let confirmation = terms.confirmation();
        let grant = terms.first_tokens(context, &client, grant, &mut batch)?;
        match context.store.write(batch).await {
            Ok(()) => {}
            Err(WriteError::Unmet(Condition::Code)) => return Err(used_before(context, grant.id()).await?),
            Err(fault) => return Err(dpop::refusal(fault)),
        }
        let client = client.registered().clone();
        let Narrowed { scope, audience, details } = narrowed;
        let authorization = Authorization::of_user(client, GrantType::AuthorizationCode, grant, scope)
            .for_audience(audience)
            .for_details(details)
            .confirmed_by(confirmation);
        Ok(match code {
            Some(code) => authorization.bound_to_code(code),
            None => authorization,
        })
    }
}

/// Somebody has used the code: whatever came of it is revoked, as one of the two may be a thief.
async fn used_before(context: &Context, grant: GrantId) -> Result<OAuthError, OAuthError> {
    context.store.revoke_grant(grant, context.clock.now()).await?;
    trail::tell(&Event::AuthorizationCodeReused { grant: &grant.to_hex() });
    Ok(OAuthError::invalid_grant("The authorization code was used before."))
}

/// What must fit: nothing that fails here can be tried again. Gives the request that the code answers.
fn compare(
    context: &Context,
    (client, grant): (&AuthenticatedClient, &UserGrant),
    asked: &TokenRequest<'_>,
    stands: bool,
) -> Result<EffectiveRequest, OAuthError> {
    if grant.client_id() != client.id() {
        return Err(OAuthError::invalid_grant("The authorization code was issued to another client."));
    }
    if !stands {
        return Err(OAuthError::invalid_grant("The authorization code was revoked."));
    }
    let request = grant.body().request()?.ok_or_else(|| OAuthError::server("a code without a request"))?;
    if asked.params.get("redirect_uri").is_some() || !may_leave_out_redirect_uri(context, client, &request) {
        same_redirect_uri(&request, asked.params)?;
    }
    verify_pkce(context, client, &request, asked.params)?;
    bound_key::same("authorization code", request.dpop_key(), asked.proof)?;
    Ok(request)
}

/// OAuth 2.1 §10: the code is bound by its challenge, and the redirect URI adds nothing to that.
fn may_leave_out_redirect_uri(context: &Context, client: &AuthenticatedClient, asked: &EffectiveRequest) -> bool {
    asked.code_challenge().is_some() && client.is_held_to(&context.config, Rule::RedirectUriNotRepeated)
}

/// RFC 6749 §4.1.3: repeated exactly when it was in the authorization request.
fn same_redirect_uri(asked: &EffectiveRequest, params: &Params) -> Result<(), OAuthError> {
    match (asked.redirect_uri_parameter(), params.get("redirect_uri")) {
        (Some(asked), Some(repeated)) if asked == repeated => Ok(()),
        (Some(_), Some(_)) => {
            Err(OAuthError::invalid_grant("Parameter 'redirect_uri' is not the one of the authorization request."))
        }
        (Some(_), None) => {
            Err(OAuthError::invalid_grant("Parameter 'redirect_uri' is required: the authorization request had one."))
        }
        // Without one in the request any that comes now is compared with nothing, as in Hydra.
        (None, _) => Ok(()),
    }
}

fn verify_pkce(
    context: &Context,
    client: &AuthenticatedClient,
    asked: &EffectiveRequest,
    params: &Params,
) -> Result<(), OAuthError> {
    let verifier = params.get("code_verifier");
    let Some(challenge) = asked.code_challenge() else {
        let pkce = &context.config.oauth2.pkce;
        let enforced = pkce.enforced
            || (pkce.enforced_for_public_clients && client.is_public())
            || client.is_held_to(&context.config, Rule::PkceS256);
        return match verifier {
            // RFC 9700 §2.1.1: a verifier without a challenge is the sign of a downgrade.
            Some(_) => Err(OAuthError::invalid_grant(
                "Parameter 'code_verifier' was sent, but the authorization request had no 'code_challenge'.",
            )),
            None if enforced => Err(OAuthError::invalid_grant("PKCE is required.")),
            None => Ok(()),
        };
    };
    code_verifier::check(challenge.as_str(), verifier)
}
