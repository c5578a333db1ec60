//! Who acts for the subject in the new token (RFC 8693 §4.1, §4.4). The chain of actors only grows: a token that names one, or
//! says who may be one, is not exchanged without a fitting actor, so that nobody gets rid of the chain by leaving the actor out.

use serde_json::Value;

use super::actor::ActorToken;
use super::subject::SubjectToken;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::Subjects;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::exchanged::Actor;
use crate::subject_identifier;

/// Who alone may act for a subject: in JWTs of trusted issuers, and in session claims of our own access tokens.
pub(super) const MAY_ACT: &str = "may_act";

/// The chain of the new token; `None` where nobody acts, and whoever has the token is taken for the subject.
pub(super) fn actor(
    context: &Context,
    client: &AuthenticatedClient,
    subject: &SubjectToken,
    actor: Option<ActorToken>,
) -> Result<Option<Actor>, OAuthError> {
    let Some(actor) = actor else {
        if subject.actor.is_some() || subject.may_act.is_some() {
            let hint = "The 'subject_token' says who acts or may act for its subject: send an 'actor_token' with it.";
            return Err(OAuthError::invalid_request(hint));
        }
        return Ok(None);
    };
    let fits = match &subject.may_act {
        Some(claim) => names(context, claim, &actor),
        // A token of another client was not given to this one to act with.
        None => actor.client_id == *client.id(),
    };
    if !fits {
        let hint = "The 'actor_token' is of nobody who may act for the subject.";
        return Err(OAuthError::invalid_request(hint));
    }
    let sub = shown(context, client, &actor)?;
    let before = subject.actor.clone().map(Box::new);
    Ok(Some(Actor { iss: None, sub, client_id: Some(actor.client_id), before }))
}

/// Whether `may_act` is of this actor. Each of its members must be understood and fit.
fn names(context: &Context, claim: &Value, actor: &ActorToken) -> bool {
    let Some(members) = claim.as_object().filter(|members| members.contains_key("sub")) else { return false };
    members.iter().all(|(name, value)| {
        let expected = match name.as_str() {
            "sub" => actor.subject.as_str(),
            "client_id" => actor.client_id.as_str(),
            "iss" => context.config.issuer(),
            _ => return false,
        };
        value.as_str() == Some(expected)
    })
}

/// The actor by the name that the client knows.
fn shown(context: &Context, client: &AuthenticatedClient, actor: &ActorToken) -> Result<String, OAuthError> {
    if actor.subject == actor.client_id.as_str() || *client.subjects() == Subjects::Public {
        return Ok(actor.subject.clone());
    }
    let subject = actor.subject.as_str().into();
    subject_identifier::for_client(&context.config, client, &subject, "").map_err(OAuthError::server)
}
