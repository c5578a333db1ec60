//! `grant_type=client_credentials` (RFC 6749 §4.4): a confidential client acts for itself. Nothing is written.

use symbolon_types::audience::first_foreign_audience;
use symbolon_types::scope::is_pattern;
use symbolon_types::{ErrorCode, Scope};

use super::terms::Terms;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::check_scope;
use crate::context::Context;
use crate::error::OAuthError;
use crate::hooks::Basis;
use crate::issue::Authorization;
use crate::params::Params;

/// What a client asks for by its own authority.
pub(super) struct Presented {
    client: AuthenticatedClient,
    scope: Scope,
    audience: Vec<String>,
}

pub(super) fn present(
    context: &Context,
    client: AuthenticatedClient,
    params: &Params,
) -> Result<Presented, OAuthError> {
    let scope = scope(context, &client, params)?;
    let audience = params.audience();
    if let Some(foreign) = first_foreign_audience(client.audience(), &audience) {
        return Err(OAuthError::invalid_request(format!("The client is not registered for the audience '{foreign}'.")));
    }
    Ok(Presented { client, scope, audience })
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
        Ok(Authorization::of_client(client, self.scope, self.audience, claims).confirmed_by(confirmation))
    }
}

/// What of a registered scope can be asked for by its name.
fn requestable(context: &Context, registered: &Scope) -> Scope {
    let patterns = context.config.symbolon.compatibility.wildcards_granted;
    registered.filtered(|token| patterns || !is_pattern(token))
}

/// What is asked for, all of it or an error. Without a request nothing is granted, or everything that the client is
/// registered for where configuration says so.
fn scope(context: &Context, client: &AuthenticatedClient, params: &Params) -> Result<Scope, OAuthError> {
    let Some(text) = params.get("scope") else {
        let all = context.config.oauth2.client_credentials_default_grant_allowed_scope;
        return Ok(if all { requestable(context, client.scope()) } else { Scope::default() });
    };
    let scope = Scope::parse(text).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    check_scope(context, client, &scope)?;
    Ok(scope)
}
