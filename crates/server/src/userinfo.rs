//! The userinfo endpoint (OpenID Connect Core §5.3): who the user of an access token is. The claims are those of the
//! consent's `session.id_token`, and for built-in accounts the standard claims of the granted scopes. Failures carry
//! `WWW-Authenticate` (RFC 6750 §3).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use symbolon_types::{ErrorCode, FlowId};

use crate::accounts;
use crate::clients::{self, ClientRef};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::id_token::user_claims;
use crate::issue::{UserGrant, userinfo_response};
use crate::params::Params;
use crate::token_state::{ActiveGrant, ActiveToken, Inactive, TokenUse, inspect};

/// `GET` and `POST /userinfo`.
pub async fn userinfo(context: &Context, request: Request) -> Answer {
    match respond(context, &request).await {
        // A GET has its header from the edge.
        Ok(answer) if request.method == http::Method::POST => exchange::no_store(answer),
        Ok(answer) => answer,
        Err(error) => error.bearer_answer(),
    }
}

async fn respond(context: &Context, request: &Request) -> Result<Answer, OAuthError> {
    let token = bearer_token(request)?;
    let (client, grant) = user_of(context, &token).await?;
    let mut claims = user_claims(context, &client, &grant)?;
    claims.insert("iat".into(), json!(grant.body.handled_at));
    if context.config.symbolon.compatibility.id_token_rat {
        claims.insert("rat".into(), json!(grant.id.unix_seconds()));
    }
    accounts::claims::add(context, &grant.subject, &grant.body.scope, &mut claims).await?;
    write(context, &client, claims)
}

/// The access token: in the header, or `access_token` in the form or the query (RFC 6750 §2). More than one is an error.
pub(crate) fn bearer_token(request: &Request) -> Result<String, OAuthError> {
    let unauthorized =
        || OAuthError::new(ErrorCode::RequestUnauthorized, "Send an access token as 'Authorization: Bearer'.");
    let mut found: Vec<String> = Vec::new();
    if let Some(value) = request.headers.get(AUTHORIZATION) {
        let text = value.to_str().map_err(|_| unauthorized())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized());
        }
        found.push(token.trim().to_owned());
    }
    let query = Params::parse(request.query.as_bytes())?;
    let body = if request.is_form() { Params::parse(&request.body)? } else { Params::default() };
    found.extend([query.get("access_token"), body.get("access_token")].into_iter().flatten().map(str::to_owned));
    match found.len() {
        0 => Err(unauthorized()),
        1 => found.pop().filter(|token| !token.is_empty()).ok_or_else(unauthorized),
        _ => Err(OAuthError::invalid_request("The request has more than one access token.")),
    }
}

/// The user behind an access token.
pub(crate) async fn user_of(context: &Context, token: &str) -> Result<(ClientRef, UserGrant), OAuthError> {
    let active = match inspect(context, token).await? {
        Ok(ActiveToken::Grant(active)) if active.token_use == TokenUse::Refresh => {
            return Err(invalid_token("Only access tokens are accepted here, not refresh tokens."));
        }
        Ok(ActiveToken::Grant(active)) if !active.grant.subject.is_empty() => *active,
        Ok(_) => {
            return Err(OAuthError::new(
                ErrorCode::RequestForbidden,
                "The access token was issued to a client and not to a user.",
            ));
        }
        Err(Inactive::Expired) => return Err(invalid_token("The access token has expired.")),
        Err(Inactive::Unknown) => {
            return Err(OAuthError::new(ErrorCode::RequestUnauthorized, "The access token is not valid."));
        }
    };
    let ActiveGrant { pointer, grant, body, .. } = active;
    let client = clients::find(context, &grant.client_id).await?;
    let client = client.ok_or_else(|| OAuthError::bare(ErrorCode::RequestUnauthorized))?;
    Ok((
        client,
        UserGrant {
            id: pointer.grant_id,
            generation: pointer.generation,
            subject: grant.subject,
            session_id: grant.login_session_id.map(FlowId::from),
            body,
        },
    ))
}

fn invalid_token(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, hint)
}

/// JSON, or a signed JWT where the client registered `userinfo_signed_response_alg` (OpenID Connect Core §5.3.2).
fn write(context: &Context, client: &ClientRef, claims: Map<String, Value>) -> Result<Answer, OAuthError> {
    let algorithm = &client.parsed.metadata.userinfo_signed_response_alg;
    if algorithm.is_empty() || algorithm == "none" {
        return Ok(exchange::json(StatusCode::OK, &claims));
    }
    let mut answer = Answer::new(Bytes::from(userinfo_response::issue(context, client, claims)?));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    Ok(answer)
}
