//! ID tokens as tokens of an exchange: of this server, for the client that sends it, and of a login session that goes on. An ID
//! token says nothing of what may be done, so the grant in whose name it was issued bounds the new token.

use serde_json::{Value, json};
use symbolon_store::LiveGrant;
use symbolon_types::{ErrorCode, SessionId};

use super::delegation::MAY_ACT;
use super::parameters::HandedIn;
use super::subject::{Origin, SubjectToken};
use crate::assertion::Assertion;
use crate::client_authentication::AuthenticatedClient;
use crate::config::SubjectTokenKind;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::body::GrantBody;
use crate::issue::exchanged_token::Login;
use crate::keys::{self, IdTokenClaims};
use crate::subject_identifier;

/// An ID token that counts: the grant behind it, and until when it does.
pub(super) struct OpenedIdToken {
    pub(super) live: LiveGrant,
    pub(super) body: GrantBody,
    pub(super) expires_at: i64,
}

/// Opens an ID token of this client.
pub(super) async fn open(
    context: &Context,
    client: &AuthenticatedClient,
    token: HandedIn<'_>,
) -> Result<OpenedIdToken, OAuthError> {
    let claims = keys::verify_id_token(context, token.text)
        .await
        .map_err(|fault| token.fault("is no ID token of this server.").because(fault))?;
    // It is for whoever it names and for nobody else: the client that sends it (OpenID Connect Core §2).
    if claims.audience() != [client.id().as_str()] {
        return Err(token.fault("was issued to another client."));
    }
    let said = Assertion { parameter: token.parameter, code: ErrorCode::InvalidRequest, claims: claims.all() };
    let expires_at = said.check_times(context)?.expires_at;
    let session = claims.session().ok_or_else(|| token.fault("names no login session ('sid')."))?;
    let found = grant(context, client, (session, &claims)).await?;
    let ended = || token.fault("is of a login that has ended, or of a grant that was revoked.");
    let (live, body) = found.ok_or_else(ended)?;
    // Where ID tokens last longer than all else of a grant, its row goes before them.
    let expires_at = expires_at.min(live.grant.expires_at);
    Ok(OpenedIdToken { live, body, expires_at })
}

/// An ID token as subject token.
pub(super) async fn subject(
    context: &Context,
    client: &AuthenticatedClient,
    token: HandedIn<'_>,
) -> Result<SubjectToken, OAuthError> {
    let OpenedIdToken { live, body, expires_at } = open(context, client, token).await?;
    let (id, access_revocations) = (live.grant.id, live.access_revocations);
    let subject = live.grant.subject.map(|subject| subject.as_str().to_owned()).unwrap_or_default();
    Ok(SubjectToken {
        kind: SubjectTokenKind::IdToken,
        origin: Origin::Grant(id),
        links: Vec::new(),
        client_id: Some(client.id().clone()),
        issuer: None,
        subject,
        login: Login::of(&body),
        scope: body.scope,
        audience: body.audience,
        may_act: body.access_token_claims.get(MAY_ACT).cloned(),
        claims: body.access_token_claims,
        actor: None,
        confirmation: Confirmation::Bearer,
        expires_at,
        access_revocations,
    })
}

/// The grant with which the ID token came, while it counts and the login session goes on: the person gave it to this client
/// in that session, in the flow of the same `nonce`, after the same login. Of several it is the newest.
async fn grant(
    context: &Context,
    client: &AuthenticatedClient,
    (session, claims): (SessionId, &IdTokenClaims),
) -> Result<Option<(LiveGrant, GrantBody)>, OAuthError> {
    let now = context.clock.now();
    let going_on = context.store.login_session(session).await?.filter(|found| found.expires_at > now);
    let Some(going_on) = going_on else { return Ok(None) };
    let grants = context.store.grants_of_login_session(session, now).await?;
    for grant in grants.into_iter().rev().filter(|grant| grant.client_id == *client.id()) {
        let Some(live) = context.store.grant(grant.id).await?.filter(LiveGrant::stands) else { continue };
        let body = GrantBody::open(context, &live.grant)?;
        let Some(person) = live.grant.subject.as_ref().filter(|person| **person == going_on.subject) else { continue };
        let seen = subject_identifier::for_client(&context.config, client, person, &body.forced_subject)
            .map_err(OAuthError::server)?;
        let nonce = claims.all().get("nonce").and_then(Value::as_str);
        let same_flow = body.nonce.as_deref() == nonce && claims.all().get("auth_time") == Some(&json!(body.auth_time));
        if seen == claims.subject() && same_flow && body.scope.contains("openid") {
            return Ok(Some((live, body)));
        }
    }
    Ok(None)
}
