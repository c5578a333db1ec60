//! What a web hook is told, member for member as Hydra tells it, so that hooks that were written for Hydra go on. Instants
//! are RFC 3339; what is not decided yet is the year 1, an empty text or null.
//!
//! One thing is told better: Hydra says of a code and of a device code that nothing was granted, because it asks too early.

use serde_json::{Map, Value, json};
use symbolon_types::{AccessTokenStrategy, Scope, timestamp};

use super::{Basis, Question};
use crate::clients;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::body::SessionClaims;
use crate::grant::lifetimes::Lifetimes;
use crate::issue::authorization_code;
use crate::subject_identifier;

/// Go's zero time: nobody has set it.
const NEVER: &str = "0001-01-01T00:00:00Z";
/// The parameters of a token request that a hook sees; no other may hold a secret that can be used again.
const SHOWN: [&str; 8] = [
    "actor_token_type",
    "assertion",
    "client_id",
    "grant_type",
    "requested_token_type",
    "response_type",
    "scope",
    "subject_token_type",
];

/// What the refresh token hook is told.
pub(super) fn to_refresh_token_hook(
    context: &Context,
    question: &Question<'_>,
    claims: &SessionClaims,
) -> Result<Value, OAuthError> {
    let id = question.client.id();
    let (scope, audience) = question.granted();
    Ok(json!({
        "subject": question.subject(),
        "session": session(context, question, claims)?,
        "requester": {
            "client_id": id,
            "granted_scopes": scope.to_vec(),
            "granted_audience": audience,
            "grant_types": [question.grant_type.as_str()],
        },
        "client_id": id,
        "granted_scopes": scope.to_vec(),
        "granted_audience": audience,
    }))
}

/// What the token hook is told.
pub(super) fn to_token_hook(
    context: &Context,
    question: &Question<'_>,
    claims: &SessionClaims,
) -> Result<Value, OAuthError> {
    let (scope, audience) = question.granted();
    let shown = question.params.iter().filter(|(name, _)| SHOWN.contains(name));
    let shown: Map<String, Value> = shown.map(|(name, value)| (name.to_owned(), json!([value]))).collect();
    Ok(json!({
        "session": session(context, question, claims)?,
        "request": {
            "client_id": question.client.id(),
            "requested_scopes": question.requested_scope()?.to_vec(),
            "granted_scopes": scope.to_vec(),
            "granted_audience": audience,
            "grant_types": [question.grant_type.as_str()],
            "payload": shown,
        },
    }))
}

impl Question<'_> {
    fn subject(&self) -> &str {
        match &self.basis {
            Basis::Grant { grant, .. } => grant.subject().as_str(),
            Basis::Exchange { subject, .. } | Basis::Subject { subject, .. } => subject,
        }
    }

    /// Scope and audience of the access token.
    fn granted(&self) -> (&Scope, &[String]) {
        match &self.basis {
            Basis::Grant { scope, audience, .. }
            | Basis::Exchange { scope, audience, .. }
            | Basis::Subject { scope, audience, .. } => (scope, audience),
        }
    }

    /// What the client asked for when the grant was made, or asks for now.
    fn requested_scope(&self) -> Result<Scope, OAuthError> {
        let request = match &self.basis {
            Basis::Grant { grant, .. } => grant.body().request()?,
            Basis::Exchange { .. } | Basis::Subject { .. } => None,
        };
        Ok(request.map_or_else(|| self.granted().0.clone(), |request| request.scope().clone()))
    }
}

/// The session as Hydra keeps one.
fn session(context: &Context, question: &Question<'_>, claims: &SessionClaims) -> Result<Value, OAuthError> {
    let oauth2 = &context.config.oauth2;
    let jwt = clients::access_token_strategy(context, question.client) == AccessTokenStrategy::Jwt;
    let (id_token_claims, kid, consent) = match &question.basis {
        Basis::Grant { grant, .. } => {
            let kid = json!({ "kid": clients::signing::id_token_key(context, question.client)?.kid() });
            (of_user(context, question, grant, claims)?, kid, grant.id().to_hex())
        }
        Basis::Exchange { .. } | Basis::Subject { .. } => (of_nobody(context, claims), Value::Null, String::new()),
    };
    Ok(json!({
        "id_token": {
            "id_token_claims": id_token_claims,
            "headers": { "extra": kid },
            "expires_at": expires_at(context, question),
            "subject": question.subject(),
        },
        "extra": claims.access_token,
        "kid": if jwt { context.keys.access_token().kid().to_owned() } else { String::new() },
        "client_id": question.client.id(),
        "consent_challenge": consent,
        "exclude_not_before_claim": oauth2.exclude_not_before_claim,
        "allowed_top_level_claims": oauth2.allowed_top_level_claims,
        "mirror_top_level_claims": oauth2.mirror_top_level_claims,
        "preserve_ext_claims": oauth2.preserve_ext_claims,
    }))
}

/// The claims of the ID token that the user's grant gives.
fn of_user(
    context: &Context,
    question: &Question<'_>,
    grant: &UserGrant,
    claims: &SessionClaims,
) -> Result<Value, OAuthError> {
    let body = grant.body();
    let subject =
        subject_identifier::for_client(&context.config, question.client, grant.subject(), &body.forced_subject)
            .map_err(OAuthError::server)?;
    let mut ext = claims.id_token.clone();
    if let Some(session) = grant.session_id() {
        ext.insert("sid".to_owned(), json!(session.to_uuid_string()));
    }
    Ok(json!({
        "jti": "",
        "iss": context.config.issuer(),
        "sub": subject,
        "aud": [question.client.id()],
        "nonce": body.nonce.as_deref().unwrap_or_default(),
        "exp": NEVER,
        "iat": timestamp::format_seconds(grant.issued_at()),
        "rat": timestamp::format_seconds(grant.id().unix_seconds()),
        "auth_time": timestamp::format_seconds(body.auth_time),
        "at_hash": "",
        "acr": body.acr,
        "amr": if body.amr.is_empty() { Value::Null } else { json!(body.amr) },
        "c_hash": "",
        "ext": ext,
    }))
}

/// The same where nobody has logged in.
fn of_nobody(context: &Context, claims: &SessionClaims) -> Value {
    json!({
        "jti": "",
        "iss": context.config.issuer(),
        "sub": "",
        "aud": null,
        "nonce": "",
        "exp": NEVER,
        "iat": timestamp::format_seconds(context.clock.now()),
        "rat": NEVER,
        "auth_time": NEVER,
        "at_hash": "",
        "acr": "",
        "amr": null,
        "c_hash": "",
        "ext": if claims.id_token.is_empty() { Value::Null } else { json!(claims.id_token) },
    })
}

/// When that ends which is used up and what will be issued, by kind. What never ends is left out.
fn expires_at(context: &Context, question: &Question<'_>) -> Value {
    let now = context.clock.now();
    let lifetimes = Lifetimes::of(&context.config, question.client, question.grant_type);
    let mut instants = vec![("access_token", now.saturating_add(lifetimes.access))];
    if let Basis::Grant { grant, device_code_expires_at, .. } = &question.basis {
        if let Some(seconds) = lifetimes.refresh {
            instants.push(("refresh_token", now.saturating_add(seconds)));
        }
        if let Some(ends) = *device_code_expires_at {
            instants.extend([("device_code", ends), ("user_code", ends)]);
        }
        if is_of_code(grant) {
            instants
                .push(("authorize_code", authorization_code::expires_at(context, question.client, grant.issued_at())));
        }
    }
    let written = instants.into_iter().map(|(kind, ends)| (kind.to_owned(), timestamp::format_seconds(ends).into()));
    Value::Object(written.collect())
}

/// Whether the grant came of an authorization code.
fn is_of_code(grant: &UserGrant) -> bool {
    let request = grant.body().request().ok().flatten();
    request.is_some_and(|request| request.response_type().is_some_and(symbolon_types::ResponseType::has_code))
}
