//! Introspection on the public listener, for resource servers that are registered as such: they authenticate as clients do
//! (RFC 7662 §2.1), and learn of tokens that are meant for them, as JSON or as a JWT (RFC 9701). A token is meant for a
//! resource server if its audience names the client's id or one of the audiences that the administrator gave the client.
//! Every other one is not active for it, refresh tokens too. Off unless the operator switches it on.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use symbolon_types::client::EncryptedContent;
use symbolon_types::{ErrorCode, Introspection};

use super::{active, answer};
use crate::client_authentication::{AuthenticatedClient, authenticate};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::introspection_response;
use crate::params::Params;
use crate::token_state::{ActiveToken, TokenUse};

/// The media type of an answer that is a JWT (RFC 9701 §4).
const JWT: &str = "application/token-introspection+jwt";

/// `POST /oauth2/introspect`, where that is switched on.
pub async fn introspect(context: &Context, request: Request) -> Answer {
    match respond(context, &request).await {
        Ok(answer) => exchange::no_store(answer),
        Err(error) => error.answer(&context.config),
    }
}

async fn respond(context: &Context, request: &Request) -> Result<Answer, OAuthError> {
    let params = Params::of_form(request)?;
    let client = authenticate(context, request, &params).await?;
    check_resource_server(&client)?;
    let token = params.require("token")?;
    let found = match active(context, &params, token).await? {
        Some(token) if is_for(client.registered(), &token) => as_clients_know(answer(context, token).await?),
        _ => Introspection::inactive(),
    };
    if wants_jwt(request, client.registered()) {
        let jwt = introspection_response::issue(context, client.registered(), &found).await?;
        let mut answer = Answer::new(Bytes::from(jwt));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JWT));
        return Ok(answer);
    }
    Ok(exchange::json(StatusCode::OK, &found))
}

/// RFC 7662 §2.1, §4: only resource servers ask, and they are known by more than their id.
fn check_resource_server(client: &AuthenticatedClient) -> Result<(), OAuthError> {
    let registered = client.registered();
    if registered.metadata().resource_server && !registered.is_public() {
        return Ok(());
    }
    let hint = "The client is not registered as a resource server ('resource_server').";
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint))
}

/// RFC 7662 §4, RFC 9701 §5: what a token is worth elsewhere does not concern this resource server.
fn is_for(client: &RegisteredClient, token: &ActiveToken) -> bool {
    let own = |name: &String| *name == client.id().as_str() || client.audience().contains(name);
    token.token_use == TokenUse::Access && token.audience.iter().any(own)
}

/// A subject as the token's client sees it, and nothing beside it: who hides subjects from clients hides them from their
/// resource servers (OpenID Connect Core §8).
fn as_clients_know(found: Introspection) -> Introspection {
    match found.obfuscated_subject {
        Some(seen) => Introspection { sub: Some(seen.as_str().into()), obfuscated_subject: None, ..found },
        None => found,
    }
}

/// Whoever registered encryption gets nothing without it.
fn wants_jwt(request: &Request, client: &RegisteredClient) -> bool {
    let accepts = request.list(&ACCEPT);
    let asked = accepts.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(JWT));
        named && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    asked || !client.metadata().encryption(EncryptedContent::Introspection).are_empty()
}
