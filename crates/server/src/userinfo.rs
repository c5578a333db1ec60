//! The userinfo endpoint (OpenID Connect Core §5.3): who the user of an access token is. The claims are those of the
//! consent's `session.userinfo`, or else `session.id_token`, and for built-in accounts the standard claims of the granted
//! scopes and those that the client asked for by name and the user agreed to. Failures carry `WWW-Authenticate` (RFC 6750
//! §3).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::accounts;
use crate::clients::{ClientOfAnswer, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::id_token::user_claims;
use crate::issue::userinfo_response;
use crate::resource::{self, ResourceRequest};
use crate::security_profile::Rule;

/// `GET` and `POST /userinfo`.
pub async fn userinfo(context: &Context, request: Request) -> Answer {
    match respond(context, &request).await {
        // A GET has its header from the edge.
        Ok(answer) if request.method == http::Method::POST => exchange::no_store(answer),
        Ok(answer) => answer,
        Err(error) => resource::refuse(context, &request, &error),
    }
}

async fn respond(context: &Context, request: &Request) -> Result<Answer, OAuthError> {
    let ResourceRequest { client, user: active, .. } = resource::open(context, request).await?;
    let grant = &active.grant;
    let mut claims = user_claims(context, &client, grant, grant.body().claims_of_userinfo())?;
    claims.insert("iat".into(), json!(grant.body().claims_at.unwrap_or(grant.body().handled_at)));
    if context.config.symbolon.compatibility.id_token_rat {
        claims.insert("rat".into(), json!(grant.id().unix_seconds()));
    }
    let released = grant.body().released_in_userinfo(&active.scope);
    accounts::claims::add(context, grant.subject(), &released, &mut claims).await?;
    if client.is_held_to(&context.config, Rule::LeanClaims) && !userinfo_response::is_wanted(&client) {
        // They are of a token, and an answer in JSON is none; Hydra adds them.
        for name in ["iss", "aud", "iat", "auth_time", "acr", "amr"] {
            claims.remove(name);
        }
    }
    let mut answer = write(context, &client, claims).await?;
    answer.extensions_mut().insert(ClientOfAnswer(Some(client)));
    Ok(answer)
}

/// JSON, or a JWT where the client registered that answers are signed or encrypted (OpenID Connect Core §5.3.2).
async fn write(context: &Context, client: &RegisteredClient, claims: Map<String, Value>) -> Result<Answer, OAuthError> {
    if !userinfo_response::is_wanted(client) {
        return Ok(exchange::json(StatusCode::OK, &claims));
    }
    let mut answer = Answer::new(Bytes::from(userinfo_response::issue(context, client, claims).await?));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    Ok(answer)
}
