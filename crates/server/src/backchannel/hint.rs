//! Of whom a request speaks (OpenID Connect CIBA §7.1): exactly one hint, which must lead to a person of this server. What
//! does not is `unknown_user_id`, whatever the reason: a client learns that nobody can be asked and not why.

use symbolon_types::{ErrorCode, Subject, limits};

use crate::accounts::username::Username;
use crate::clients::{RegisteredClient, Subjects};
use crate::config::LoginHint;
use crate::context::Context;
use crate::error::OAuthError;
use crate::keys;
use crate::params::Params;

/// The person whom the one hint of the request names.
pub(super) async fn subject(
    context: &Context,
    client: &RegisteredClient,
    params: &Params,
) -> Result<Subject, OAuthError> {
    let subject = match (params.get("login_hint"), params.get("id_token_hint"), params.get("login_hint_token")) {
        (Some(name), None, None) => of_login_hint(context, name).await?,
        (None, Some(token), None) => of_id_token(context, client, token).await?,
        // Nobody has said what such a token looks like (§7.1 leaves it open).
        (None, None, Some(_)) => {
            let hint = "Parameter 'login_hint_token' is not supported: send 'login_hint' or 'id_token_hint'.";
            return Err(OAuthError::invalid_request(hint));
        }
        (None, None, None) => {
            return Err(OAuthError::invalid_request("One of 'login_hint' and 'id_token_hint' is required."));
        }
        _ => return Err(OAuthError::invalid_request("The request has more than one hint of whom it is about.")),
    };
    let subject = subject.ok_or_else(unknown)?;
    if context.store.subject_state(&subject).await?.disabled_at.is_some() {
        return Err(unknown().because("the account is disabled"));
    }
    Ok(subject)
}

fn unknown() -> OAuthError {
    OAuthError::bare(ErrorCode::UnknownUserId)
}

async fn of_login_hint(context: &Context, name: &str) -> Result<Option<Subject>, OAuthError> {
    match context.config.symbolon.ciba.login_hint {
        LoginHint::Username => {
            let Some(name) = Username::parse(name) else { return Ok(None) };
            let found = context.store.account_by_username(&name.canonical).await?;
            Ok(found.map(|(account, _)| account.id))
        }
        LoginHint::Subject => Ok(Some(Subject::from(name)).filter(|_| name.len() <= limits::SUBJECT_BYTES)),
    }
}

/// An ID token that this client was given (§7.1); how old it is does not matter. It names a person by the session in which
/// it was issued, or by `sub` where that is the subject itself.
async fn of_id_token(context: &Context, client: &RegisteredClient, token: &str) -> Result<Option<Subject>, OAuthError> {
    let claims = keys::verify_id_token(context, token).await.map_err(|fault| {
        OAuthError::invalid_request("Parameter 'id_token_hint' is not an ID token of this issuer.").because(fault)
    })?;
    if !claims.audience().contains(&client.id().as_str()) {
        return Err(OAuthError::invalid_request("Parameter 'id_token_hint' was not issued to this client."));
    }
    if let Some(session) = claims.session()
        && let Some(session) = context.store.login_session(session).await?
    {
        return Ok(Some(session.subject));
    }
    Ok((*client.subjects() == Subjects::Public).then(|| Subject::from(claims.subject())))
}
