//! Token introspection (RFC 7662), on the admin listener as in Hydra: what a resource server learns of a token. Whatever
//! does not count is just inactive, and no reason is given.

use http::StatusCode;
use symbolon_types::{Introspection, Scope};

use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, OAUTH_JSON, Request};
use crate::issue::access_token::Carried;
use crate::subject_identifier;
use crate::token::form;
use crate::token_state::{ActiveGrant, ActiveToken, TokenUse, inspect};

/// `POST /admin/oauth2/introspect`.
pub async fn introspect(context: &Context, request: Request) -> Answer {
    match describe(context, &request).await {
        Ok(found) => exchange::no_store(exchange::with_json(StatusCode::OK, OAUTH_JSON, &found, b"\n")),
        Err(error) => error.answer(&context.config),
    }
}

async fn describe(context: &Context, request: &Request) -> Result<Introspection, OAuthError> {
    let params = form(request)?;
    let token = params.require("token")?;
    let wanted = Scope::parse(params.get("scope").unwrap_or_default())
        .map_err(|_| OAuthError::invalid_request("Parameter 'scope' has a character that is not allowed."))?;
    let found = match inspect(context, token).await? {
        Err(_) => return Ok(Introspection::inactive()),
        Ok(ActiveToken::Client(carried)) => (carried.scope.clone(), of_client(context, carried)),
        Ok(ActiveToken::Grant(active)) => (active.body.scope.clone(), of_grant(context, *active).await?),
    };
    let (granted, answer) = found;
    let comparison = context.config.strategies.scope;
    if wanted.iter().all(|scope| comparison.allows(&granted, scope)) {
        Ok(answer)
    } else {
        Ok(Introspection::inactive())
    }
}

fn of_client(context: &Context, carried: Carried) -> Introspection {
    Introspection {
        active: true,
        scope: carried.scope,
        sub: Some(carried.client_id.as_str().into()),
        client_id: Some(carried.client_id.into()),
        exp: Some(carried.expires_at),
        iat: Some(carried.issued_at),
        nbf: Some(carried.issued_at),
        aud: Some(carried.audience),
        iss: Some(context.config.issuer().to_owned()),
        token_type: Some("Bearer".to_owned()),
        token_use: Some("access_token".to_owned()),
        ..Introspection::default()
    }
}

async fn of_grant(context: &Context, active: ActiveGrant) -> Result<Introspection, OAuthError> {
    let ActiveGrant { token_use, pointer, grant, body } = active;
    let subject = if grant.subject.is_empty() { grant.client_id.clone() } else { grant.subject.clone() };
    let seen = match clients::find(context, &grant.client_id).await? {
        Some(client) => {
            subject_identifier::for_client(&context.config, &client.parsed.metadata, &subject, &body.forced_subject)
                .map_err(OAuthError::server)?
        }
        None => subject.clone(),
    };
    Ok(Introspection {
        active: true,
        scope: body.scope,
        client_id: Some(grant.client_id.into()),
        obfuscated_subject: (seen != subject).then_some(seen),
        sub: Some(subject.into()),
        exp: Some(pointer.expires_at),
        iat: Some(pointer.issued_at),
        nbf: Some(pointer.issued_at),
        aud: Some(body.audience),
        iss: Some(context.config.issuer().to_owned()),
        token_type: Some("Bearer".to_owned()),
        token_use: Some(
            match token_use {
                TokenUse::Access => "access_token",
                TokenUse::Refresh => "refresh_token",
            }
            .to_owned(),
        ),
        ext: body.access_token_claims,
        ..Introspection::default()
    })
}
