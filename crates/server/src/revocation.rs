//! Token revocation (RFC 7009). A client may revoke its own tokens; either token of a grant ends the whole grant. Tokens
//! of others and unknown ones are answered with 200 and left alone (§2.2), but a database that does not answer is an
//! error, never a success.

use http::StatusCode;

use crate::client_authentication::authenticate;
use crate::clients::ClientRef;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::token::form;
use crate::token_state::{Genuine, open};

/// `POST /oauth2/revoke`.
pub async fn revoke(context: &Context, request: Request) -> Answer {
    match run(context, &request).await {
        Ok(()) => exchange::no_store(exchange::empty(StatusCode::OK)),
        Err(error) => error.answer(&context.config),
    }
}

async fn run(context: &Context, request: &Request) -> Result<(), OAuthError> {
    let params = form(request)?;
    let client = authenticate(context, request, &params).await?;
    let token = params.require("token")?;
    match open(context, token) {
        Some(Genuine::Carried(carried)) if carried.client_id == client.record.id => {
            Ok(context.store.revoke_token(carried.id.as_bytes(), carried.expires_at).await?)
        }
        None | Some(Genuine::Carried(_)) => Ok(()),
        Some(Genuine::Pointer(_, pointer)) => revoke_grant(context, &client, *pointer.grant_id.as_bytes()).await,
    }
}

async fn revoke_grant(context: &Context, client: &ClientRef, id: [u8; 16]) -> Result<(), OAuthError> {
    let owned = context.store.grant(id).await?.is_some_and(|live| live.grant.client_id == client.record.id);
    if owned {
        context.store.revoke_grant(id, context.clock.now()).await?;
    }
    Ok(())
}
