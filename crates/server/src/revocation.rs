//! Token revocation (RFC 7009). A client may revoke its own tokens; either token of a grant ends the whole grant. Tokens
//! of others and unknown ones are answered with 200 and left alone (§2.2), but a database that does not answer is an
//! error, never a success.

use http::StatusCode;
use symbolon_types::GrantId;

use crate::audit::Event;
use crate::client_authentication::{AuthenticatedClient, authenticate};
use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::grant::access_token_content::TokenBasis;
use crate::params::Params;
use crate::token_state::{Genuine, open};
use crate::trail;

/// `POST /oauth2/revoke`.
pub async fn revoke(context: &Context, request: Request) -> Answer {
    match run(context, &request).await {
        Ok(()) => exchange::no_store(exchange::empty(StatusCode::OK)),
        Err(error) => error.answer(&context.config),
    }
}

async fn run(context: &Context, request: &Request) -> Result<(), OAuthError> {
    let params = Params::of_form(request)?;
    let client = authenticate(context, request, &params).await?;
    let token = params.require("token")?;
    let Some(genuine) = open(context, token).await? else { return Ok(()) };
    clients::count_write(context, &client)?;
    let grant_id = match genuine {
        Genuine::Refresh(refresh) => refresh.used.grant_id,
        Genuine::Access(body) => match body.basis {
            TokenBasis::Grant(used) => used.grant_id,
            TokenBasis::Client { client_id, id, .. } if client_id == *client.id() => {
                context.store.revoke_token(id.as_bytes(), body.expires_at).await?;
                revoked(&client, None);
                return Ok(());
            }
            // The newest one alone: what it was made of belongs to others.
            TokenBasis::Exchange(exchange) => match exchange.links.last() {
                Some(own) if own.client_id == *client.id() => {
                    context.store.revoke_token(own.id.as_bytes(), body.expires_at).await?;
                    revoked(&client, None);
                    return Ok(());
                }
                _ => return Ok(()),
            },
            TokenBasis::Client { .. } => return Ok(()),
        },
    };
    revoke_grant(context, &client, grant_id).await
}

async fn revoke_grant(context: &Context, client: &AuthenticatedClient, id: GrantId) -> Result<(), OAuthError> {
    let owned = context.store.grant(id).await?.is_some_and(|live| live.grant.client_id == *client.id());
    if owned {
        context.store.revoke_grant(id, context.clock.now()).await?;
        revoked(client, Some(&id.to_hex()));
    }
    Ok(())
}

fn revoked(client: &AuthenticatedClient, grant: Option<&str>) {
    trail::tell(&Event::TokenRevoked { client_id: client.id().as_str(), grant });
}
