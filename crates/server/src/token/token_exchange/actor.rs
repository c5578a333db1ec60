//! The actor token (RFC 8693 §2.1): who wants to act for the subject. It is an access token or an ID token of this server that
//! counts now, and says for itself who acts: a token in which somebody acts for somebody else already is none.

use symbolon_types::ClientId;

use super::super::TokenRequest;
use super::parameters::{HandedIn, TokenKind};
use super::{id_token, subject};
use crate::client_authentication::AuthenticatedClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::token_state::{self, ActiveBasis, Genuine};

/// Who wants to act.
pub(super) struct ActorToken {
    /// The person, or the client that acts for itself.
    pub(super) subject: String,
    /// The client to which the token was issued.
    pub(super) client_id: ClientId,
}

/// Opens the actor token of a request, if there is one.
pub(super) async fn open(
    context: &Context,
    client: &AuthenticatedClient,
    asked: &TokenRequest<'_>,
    token: Option<HandedIn<'_>>,
) -> Result<Option<ActorToken>, OAuthError> {
    let Some(token) = token else { return Ok(None) };
    match token.kind {
        TokenKind::AccessToken => of_access_token(context, asked, token).await.map(Some),
        TokenKind::IdToken => {
            let subject = id_token::subject(context, client, token).await?.subject;
            Ok(Some(ActorToken { subject, client_id: client.id().clone() }))
        }
        TokenKind::Jwt | TokenKind::RefreshToken => {
            Err(token.fault("must be an access token or an ID token of this server."))
        }
    }
}

async fn of_access_token(
    context: &Context,
    asked: &TokenRequest<'_>,
    token: HandedIn<'_>,
) -> Result<ActorToken, OAuthError> {
    let unknown = || token.fault("is no access token of this server, or counts no more.");
    let Some(Genuine::Access(genuine)) = token_state::open(context, token.text).await? else { return Err(unknown()) };
    let Ok(active) = token_state::inspect_access(context, genuine).await? else { return Err(unknown()) };
    if active.exchanged.is_some() {
        return Err(token.fault("was issued in exchange for another token, and says that somebody acts for somebody."));
    }
    subject::check_held(active.confirmation, asked, token)?;
    Ok(match active.basis {
        ActiveBasis::Client { client_id, .. } => ActorToken { subject: client_id.as_str().to_owned(), client_id },
        ActiveBasis::Grant { grant, .. } => {
            let subject = grant.subject.as_ref().map_or(grant.client_id.as_str(), |subject| subject.as_str());
            ActorToken { subject: subject.to_owned(), client_id: grant.client_id }
        }
    })
}
