//! The subject token (RFC 8693 §2.1): whoever the new token will be about, and everything that bounds it. It must be worth
//! something now, be what it is said to be, and be held by whoever sends it, where it is bound to a holder.

use serde_json::{Map, Value};
use symbolon_types::{ClientId, GrantId, Scope};

use super::super::TokenRequest;
use super::parameters::{HandedIn, TokenKind};
use super::trusted_issuer::Vouched;
use super::{id_token, trusted_issuer};
use crate::client_authentication::AuthenticatedClient;
use crate::clients;
use crate::config::SubjectTokenKind;
use crate::confirmation::{Confirmation, Held};
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::grant::access_token_content::{AccessTokenContent, TokenBasis};
use crate::grant::exchanged::{Actor, Link};
use crate::issue::exchanged_token::Login;
use crate::security_profile::Rule;
use crate::token_state::{self, ActiveBasis, Genuine, Inactive};

/// A subject token that counts.
pub(super) struct SubjectToken {
    /// What it is.
    pub(super) kind: SubjectTokenKind,
    /// On what it rests.
    pub(super) origin: Origin,
    /// The tokens of which it was made, itself the last where it is one of them.
    pub(super) links: Vec<Link>,
    /// The client to which it was issued; `None` for a JWT of another issuer.
    pub(super) client_id: Option<ClientId>,
    /// The other issuer.
    pub(super) issuer: Option<String>,
    /// Whom it is about.
    pub(super) subject: String,
    /// What it may do.
    pub(super) scope: Scope,
    /// Values of `aud`, where it may do so.
    pub(super) audience: Vec<String>,
    /// Session claims.
    pub(super) claims: Map<String, Value>,
    /// Who alone may act for the subject, if that is said.
    pub(super) may_act: Option<Value>,
    /// Who acts for the subject already.
    pub(super) actor: Option<Actor>,
    /// Who may use it.
    pub(super) confirmation: Confirmation,
    /// Until when it counts.
    pub(super) expires_at: i64,
    /// How often access tokens of the client had been ended when it was issued.
    pub(super) access_revocations: i64,
    /// The login behind it.
    pub(super) login: Option<Login>,
}

/// On what a subject token rests.
pub(super) enum Origin {
    /// A grant.
    Grant(GrantId),
    /// A client that acts for itself: the first link.
    Client,
    /// The word of another issuer.
    Vouched(Box<Vouched>),
}

impl SubjectToken {
    /// How many exchanges lie behind it.
    pub(super) fn exchanges(&self) -> usize {
        match self.origin {
            Origin::Grant(_) | Origin::Vouched(_) => self.links.len(),
            Origin::Client => self.links.len().saturating_sub(1),
        }
    }
}

/// Opens the subject token of a request.
pub(super) async fn open(
    context: &Context,
    client: &AuthenticatedClient,
    asked: &TokenRequest<'_>,
    token: HandedIn<'_>,
) -> Result<SubjectToken, OAuthError> {
    match token.kind {
        TokenKind::AccessToken => {
            let subject = of_access_token(context, token).await?;
            check_bound(context, &subject, token).await?;
            check_held(subject.confirmation, asked, token)?;
            Ok(subject)
        }
        TokenKind::IdToken => id_token::subject(context, client, token).await,
        TokenKind::Jwt => trusted_issuer::subject(context, token).await,
        // A refresh token is for its client and this server, and good for more tokens than one.
        TokenKind::RefreshToken => Err(token.fault("must not be a refresh token, but for an ID-JAG.")),
    }
}

/// An access token of this server, opaque or JWT.
async fn of_access_token(context: &Context, token: HandedIn<'_>) -> Result<SubjectToken, OAuthError> {
    let unknown = || token.fault("is no access token of this server, or counts no more.");
    let Some(Genuine::Access(genuine)) = token_state::open(context, token.text).await? else { return Err(unknown()) };
    let access_revocations = genuine.access_revocations;
    let own_link = own_link(&genuine);
    let active = match token_state::inspect_access(context, genuine).await? {
        Ok(active) => active,
        Err(Inactive::Expired) => return Err(token.fault("has expired.")),
        Err(Inactive::Unknown) => return Err(unknown()),
    };
    let (origin, of_basis, claims, login, subject) = match active.basis {
        ActiveBasis::Client { client_id, claims } => {
            let subject = client_id.as_str().to_owned();
            (Origin::Client, client_id, claims, None, subject)
        }
        ActiveBasis::Grant { grant, body, .. } => {
            let subject =
                grant.subject.as_ref().map_or(grant.client_id.as_str(), |subject| subject.as_str()).to_owned();
            let login = Login::of(&body);
            (Origin::Grant(grant.id), grant.client_id, body.access_token_claims, login, subject)
        }
    };
    let (client_id, links, actor, claims) = match active.exchanged {
        Some(exchanged) => (exchanged.client_id, exchanged.links, exchanged.actor, exchanged.claims),
        None => (of_basis, own_link.into_iter().collect(), None, claims),
    };
    Ok(SubjectToken {
        kind: SubjectTokenKind::AccessToken,
        origin,
        links,
        client_id: Some(client_id),
        issuer: None,
        subject,
        scope: active.scope,
        audience: active.audience,
        may_act: claims.get(super::delegation::MAY_ACT).cloned(),
        claims,
        actor,
        confirmation: active.confirmation,
        expires_at: active.expires_at,
        access_revocations,
        login,
    })
}

/// A client's own token, as a link of what is made of it.
fn own_link(content: &AccessTokenContent) -> Option<Link> {
    let TokenBasis::Client { client_id, epoch, id } = &content.basis else { return None };
    let (client_id, access_revocations) = (client_id.clone(), content.access_revocations);
    Some(Link { client_id, epoch: *epoch, access_revocations, id: *id })
}

/// A token that was issued before its client was held to its profile is for nobody in particular (FAPI 2.0 §5.3.4).
async fn check_bound(context: &Context, subject: &SubjectToken, token: HandedIn<'_>) -> Result<(), OAuthError> {
    let Some(client_id) = subject.client_id.as_ref().filter(|_| subject.confirmation == Confirmation::Bearer) else {
        return Ok(());
    };
    let client = clients::find(context, client_id).await?;
    if client.is_some_and(|client| client.is_held_to(&context.config, Rule::SenderConstrainedTokens)) {
        return Err(token.fault("is bound to nobody, and the security profile of its client wants that."));
    }
    Ok(())
}

/// A token that is for one holder is exchanged by that holder alone (RFC 9449 §7, RFC 8705 §3).
pub(super) fn check_held(
    confirmation: Confirmation,
    asked: &TokenRequest<'_>,
    token: HandedIn<'_>,
) -> Result<(), OAuthError> {
    let held = Held { key: asked.proof.map(Proof::key), certificate: asked.held_certificate };
    match confirmation {
        // A proof that comes with it binds the new token.
        Confirmation::Bearer => Ok(()),
        Confirmation::DpopKey(_) if held.key.is_none() => {
            Err(dpop::invalid("What was sent is bound to a key: send the 'DPoP' header with it."))
        }
        bound if bound.admits(held) => Ok(()),
        _ => Err(token.fault("is bound to a key or certificate that the request does not show.")),
    }
}
