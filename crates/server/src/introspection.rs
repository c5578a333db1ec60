//! Token introspection (RFC 7662), on the admin listener as in Hydra: what a resource server learns of a token. Whatever
//! does not count is just inactive, and no reason is given. [`public`] is for resource servers that reach only the public
//! listener.

pub mod public;

use http::StatusCode;
use serde_json::{Map, Value};
use symbolon_types::{ClientId, Introspection, Scope, Subject};

use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, OAUTH_JSON, Request};
use crate::params::Params;
use crate::subject_identifier;
use crate::token_state::{ActiveBasis, ActiveToken, Exchanged, TokenUse, inspect};

/// `POST /admin/oauth2/introspect`.
pub async fn introspect(context: &Context, request: Request) -> Answer {
    match describe(context, &request).await {
        Ok(found) => exchange::no_store(exchange::with_json(StatusCode::OK, OAUTH_JSON, &found, b"\n")),
        Err(error) => error.answer(&context.config),
    }
}

async fn describe(context: &Context, request: &Request) -> Result<Introspection, OAuthError> {
    let params = Params::of_form(request)?;
    // No token is one that does not count, as in Hydra: who asks is the operator's own, and a script reads one form.
    let Some(token) = params.get("token") else { return Ok(Introspection::inactive()) };
    match active(context, &params, token).await? {
        Some(active) => answer(context, active).await,
        None => Ok(Introspection::inactive()),
    }
}

/// The token if it counts, and may do all that is asked about.
async fn active(context: &Context, params: &Params, token: &str) -> Result<Option<ActiveToken>, OAuthError> {
    let wanted = Scope::parse(params.get("scope").unwrap_or_default())
        .map_err(|_| OAuthError::invalid_request("Parameter 'scope' has a character that is not allowed."))?;
    let Ok(active) = inspect(context, token).await? else { return Ok(None) };
    let comparison = clients::granted_comparison(&context.config);
    Ok(comparison.first_uncovered(&active.scope, &wanted).is_none().then_some(active))
}

async fn answer(context: &Context, active: ActiveToken) -> Result<Introspection, OAuthError> {
    let ActiveToken { token_use, scope, audience, authorization_details, confirmation, issued_at, expires_at, .. } =
        active;
    let issued_to = active.exchanged.as_ref().map(|exchanged| &exchanged.client_id);
    let mut about = about(context, active.basis, issued_to).await?;
    let act = active.exchanged.and_then(|exchanged| {
        let Exchanged { client_id, actor, claims, .. } = *exchanged;
        (about.client_id, about.claims) = (client_id, claims);
        actor.map(|actor| actor.claim())
    });
    Ok(Introspection {
        active: true,
        scope,
        client_id: Some(about.client_id),
        obfuscated_subject: about.obfuscated_subject,
        sub: Some(about.subject),
        // What never ends has no such instant, and 2^63 − 1 is a number that many readers cannot hold (RFC 8259 §6).
        exp: Some(expires_at).filter(|expires_at| *expires_at != i64::MAX),
        iat: Some(issued_at),
        nbf: Some(issued_at),
        aud: Some(audience),
        iss: Some(context.config.issuer().to_owned()),
        token_type: Some(confirmation.introspected_type().to_owned()),
        token_use: Some(
            match token_use {
                TokenUse::Access => "access_token",
                TokenUse::Refresh => "refresh_token",
            }
            .to_owned(),
        ),
        cnf: confirmation.claim(),
        acr: about.acr,
        auth_time: about.auth_time,
        act,
        authorization_details,
        ext: about.claims,
        ..Introspection::default()
    })
}

/// Who is behind a token.
struct TokenOwner {
    client_id: ClientId,
    subject: Subject,
    /// The subject as a pairwise client sees it.
    obfuscated_subject: Option<String>,
    claims: Map<String, Value>,
    /// How and when the user was authenticated (RFC 9470 §6.2), where that is shown.
    acr: Option<String>,
    auth_time: Option<i64>,
}

/// `issued_to` is the client of a token that was exchanged, which knows the subject as such.
async fn about(context: &Context, basis: ActiveBasis, issued_to: Option<&ClientId>) -> Result<TokenOwner, OAuthError> {
    let of_client = |client_id: ClientId, claims| TokenOwner {
        subject: Subject::from(client_id.as_str()),
        client_id,
        obfuscated_subject: None,
        claims,
        acr: None,
        auth_time: None,
    };
    let (grant, body) = match basis {
        ActiveBasis::Client { client_id, claims } => return Ok(of_client(client_id, claims)),
        ActiveBasis::Grant { grant, body, .. } => (grant, body),
    };
    let Some(subject) = grant.subject else { return Ok(of_client(grant.client_id, body.access_token_claims)) };
    let seen = match clients::find(context, issued_to.unwrap_or(&grant.client_id)).await? {
        Some(client) => subject_identifier::for_client(&context.config, &client, &subject, &body.forced_subject)
            .map_err(OAuthError::server)?,
        None => subject.as_str().to_owned(),
    };
    let shown = !context.config.symbolon.compatibility.strict_sdk_introspection;
    Ok(TokenOwner {
        acr: Some(body.acr).filter(|acr| shown && !acr.is_empty()),
        auth_time: Some(body.auth_time).filter(|at| shown && *at != 0),
        client_id: grant.client_id,
        obfuscated_subject: (seen != subject.as_str()).then_some(seen),
        subject,
        claims: body.access_token_claims,
    })
}
