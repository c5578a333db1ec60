//! `grant_type=client_credentials` (RFC 6749 §4.4): a confidential client acts for itself. Nothing is written.

use symbolon_types::scope::is_pattern;
use symbolon_types::{AuthorizationDetails, ErrorCode, Scope};

use super::TokenRequest;
use super::target;
use super::terms::Terms;
use crate::authorization_details;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::allowed_scope;
use crate::context::Context;
use crate::error::OAuthError;
use crate::hooks::Basis;
use crate::issue::Authorization;
use crate::params::Params;
use crate::resource_indicators;

/// What a client asks for by its own authority.
pub(super) struct Presented {
    client: AuthenticatedClient,
    scope: Scope,
    audience: Vec<String>,
    details: AuthorizationDetails,
}

pub(super) fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let audience = target::of_client(context, &client, asked)?;
    let scope = scope(context, &client, asked.params, &audience)?;
    target::check(context, &client, (&audience, &scope), asked)?;
    let text = asked.params.get(authorization_details::PARAMETER);
    let details = authorization_details::requested(&context.config, &client, text, &audience)?;
    Ok(Presented { client, scope, audience, details })
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        Basis::Subject { subject: self.client.id().as_str(), scope: &self.scope, audience: &self.audience }
    }

    /// There is nothing to use up but the proof of a key.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        if let Some(proof) = &terms.proof {
            proof.use_up_alone(context).await?;
        }
        let confirmation = terms.confirmation();
        let claims = terms.session.unwrap_or_default().access_token;
        let client = self.client.registered().clone();
        let authorization = Authorization::of_client(client, self.scope, self.audience, claims);
        Ok(authorization.in_detail(self.details).confirmed_by(confirmation))
    }
}

/// What of a registered scope can be asked for by its name.
fn requestable(context: &Context, registered: &Scope, audience: &[String]) -> Scope {
    let config = &context.config;
    let patterns = config.symbolon.compatibility.wildcards_granted;
    let by_name = |token: &str| patterns || !is_pattern(token);
    registered.filtered(|token| by_name(token) && resource_indicators::of_use_at(config, audience, token))
}

/// What is asked for, all of it or an error. Without a request nothing is granted, or everything that the client is
/// registered for where configuration says so.
fn scope(
    context: &Context,
    client: &AuthenticatedClient,
    params: &Params,
    audience: &[String],
) -> Result<Scope, OAuthError> {
    let Some(text) = params.get("scope") else {
        let all = context.config.oauth2.client_credentials_default_grant_allowed_scope;
        return Ok(if all { requestable(context, client.scope(), audience) } else { Scope::default() });
    };
    let scope = Scope::parse(text).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    let scope = allowed_scope(&context.config, client, scope)?;
    resource_indicators::scope_there(&context.config, audience, scope)
}
