//! What a presented token is worth now: opened or verified, looked up once, judged against expiry, generation,
//! revocation and the epochs of client and subject. Introspection, userinfo and revocation all ask here, so what ends
//! a token for one ends it for all. [`exchanged`] has what is particular about tokens that came of others.

mod exchanged;

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_store::{Branch, ClientEpoch, Grant, GrantState, LiveGrant};
use symbolon_types::{AuthorizationDetails, ClientId, ErrorCode, Scope, TokenId};

use crate::clients::{self, RegisteredClient};
use crate::config::RotationMode;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::{AccessTokenContent, GrantUse, TokenBasis};
use crate::grant::body::GrantBody;
use crate::grant::exchanged::{Actor, Link};
use crate::hydra;
use crate::issue::refresh_token::RefreshTokenContent;
use crate::seal::{kinds, prefix};
use exchanged::Carried;

/// A token that counts.
pub struct ActiveToken {
    /// What it is for.
    pub token_use: TokenUse,
    /// The grant, or the client alone, by which it was issued.
    pub basis: ActiveBasis,
    /// Its own scope.
    pub scope: Scope,
    /// Its own audience.
    pub audience: Vec<String>,
    /// Its own authorization details.
    pub authorization_details: AuthorizationDetails,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// Issued at.
    pub issued_at: i64,
    /// Valid until.
    pub expires_at: i64,
    /// What it says besides where it was issued in exchange for another token (RFC 8693).
    pub exchanged: Option<Box<Exchanged>>,
}

/// What an exchanged token says.
pub struct Exchanged {
    /// The client to which it was issued.
    pub client_id: ClientId,
    /// The tokens on the way, itself the last.
    pub links: Vec<Link>,
    /// Who acts for the subject.
    pub actor: Option<Actor>,
    /// Session claims.
    pub claims: Map<String, Value>,
}

/// On what a token that counts rests.
pub enum ActiveBasis {
    /// A grant.
    Grant {
        /// The row.
        grant: Box<Grant>,
        /// Its body.
        body: Box<GrantBody>,
        /// The branch and generation of the grant that issued it.
        used: GrantUse,
    },
    /// The client itself.
    Client {
        /// The client.
        client_id: ClientId,
        /// Session claims.
        claims: Map<String, Value>,
    },
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// To access resources.
    Access,
    /// To obtain new tokens.
    Refresh,
}

/// Why a token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// Not one of ours, altered, revoked, of a client or user that is gone.
    Unknown,
    /// Genuine, and its time is over.
    Expired,
}

/// A token, opened: genuine, but not yet judged.
pub enum Genuine {
    /// An access token, opaque or JWT.
    Access(AccessTokenContent),
    /// A refresh token.
    Refresh(RefreshTokenContent),
}

/// Opens a token of any kind. No database is asked about ours; anything altered ends here.
pub async fn open(context: &Context, token: &str) -> Result<Option<Genuine>, OAuthError> {
    if token.starts_with("ey") && token.matches('.').count() == 2 {
        return Ok(open_jwt(context, token).await?.map(Genuine::Access));
    }
    if let Some(genuine) = open_ours(context, token) {
        return Ok(Some(genuine));
    }
    let issuer = context.config.issuer();
    if let Some(body) = hydra::find(context, hydra::Kind::Access, token).await? {
        return Ok(AccessTokenContent::from_bytes(&body, issuer).map(Genuine::Access));
    }
    let refresh = hydra::find(context, hydra::Kind::Refresh, token).await?;
    Ok(refresh.and_then(|body| RefreshTokenContent::from_bytes(&body)).map(Genuine::Refresh))
}

fn open_ours(context: &Context, token: &str) -> Option<Genuine> {
    let opaque = token.strip_prefix(prefix::ACCESS).unwrap_or(token);
    if let Some(body) = context.seal.open(kinds::ACCESS, opaque) {
        return AccessTokenContent::from_bytes(&body, context.config.issuer()).map(Genuine::Access);
    }
    RefreshTokenContent::open(context, token).map(Genuine::Refresh)
}

/// A JWT access token counts by the sealed text in its `jti`; the signature binds the two. One of Hydra's counts by its
/// signature.
async fn open_jwt(context: &Context, token: &str) -> Result<Option<AccessTokenContent>, OAuthError> {
    let issuer = context.config.issuer();
    let Ok(claims) = context.keys.verify_access_token(token) else { return Ok(None) };
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Ok(None);
    }
    let id = claims.get("jti").and_then(Value::as_str);
    let body = match id.and_then(|id| context.seal.open(kinds::JWT_ID, id)) {
        Some(body) => Some(body),
        None => hydra::find_jwt(context, token).await?,
    };
    Ok(body.and_then(|body| AccessTokenContent::from_bytes(&body, issuer)))
}

/// Judges a token.
pub async fn inspect(context: &Context, token: &str) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    match open(context, token).await? {
        None => Ok(Err(Inactive::Unknown)),
        Some(Genuine::Refresh(refresh)) => {
            let RefreshTokenContent { used, issued_at, expires_at } = refresh;
            let shown =
                PresentedToken { token_use: TokenUse::Refresh, used, issued_at, expires_at, access_revocations: None };
            Ok(inspect_grant(context, shown).await?.map(|found| {
                let confirmation = found.body.refresh_confirmation();
                ActiveToken { confirmation, ..found.token(shown, PartOfGrant::default()) }
            }))
        }
        Some(Genuine::Access(body)) => inspect_access(context, body).await,
    }
}

/// Judges an access token that was opened.
pub async fn inspect_access(
    context: &Context,
    body: AccessTokenContent,
) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    let AccessTokenContent { basis, scope, audience, details, claims, confirmation, issued_at, expires_at, .. } = body;
    let access_revocations = body.access_revocations;
    match basis {
        TokenBasis::Exchange(exchange) => {
            let carried = Carried { scope, audience, claims, confirmation, issued_at, expires_at, access_revocations };
            Box::pin(exchanged::inspect(context, *exchange, carried)).await
        }
        TokenBasis::Grant(used) => {
            let access_revocations = Some(access_revocations);
            let shown = PresentedToken { token_use: TokenUse::Access, used, issued_at, expires_at, access_revocations };
            let found = inspect_grant(context, shown).await?;
            Ok(found.map(|found| ActiveToken {
                confirmation,
                ..found.token(shown, PartOfGrant { scope, audience, details })
            }))
        }
        TokenBasis::Client { client_id, epoch, id } => {
            let of_client = CarriedToken { client_id: &client_id, epoch, access_revocations, id, expires_at };
            Ok(inspect_client(context, of_client).await?.map(|()| ActiveToken {
                token_use: TokenUse::Access,
                basis: ActiveBasis::Client { client_id, claims },
                scope: scope.unwrap_or_default(),
                audience: audience.unwrap_or_default(),
                authorization_details: body.own_details,
                confirmation,
                issued_at,
                expires_at,
                exchanged: None,
            }))
        }
    }
}

/// What a token that points at a grant says of itself.
#[derive(Clone, Copy)]
struct PresentedToken {
    token_use: TokenUse,
    used: GrantUse,
    issued_at: i64,
    expires_at: i64,
    /// How often access tokens of the client had been ended; `None` for other tokens, which that does not concern.
    access_revocations: Option<i64>,
}

/// What a token says of itself that no grant stands behind.
struct CarriedToken<'a> {
    client_id: &'a ClientId,
    epoch: ClientEpoch,
    access_revocations: i64,
    id: TokenId,
    expires_at: i64,
}

/// A grant of which a token counts.
struct OpenedGrant {
    grant: Grant,
    body: GrantBody,
}

/// What a token is for of its grant; `None` stands for all of it.
#[derive(Default)]
struct PartOfGrant {
    scope: Option<Scope>,
    audience: Option<Vec<String>>,
    details: Option<Vec<u8>>,
}

impl OpenedGrant {
    fn token(self, shown: PresentedToken, part: PartOfGrant) -> ActiveToken {
        let Self { grant, body } = self;
        let PartOfGrant { scope, audience, details } = part;
        let places = details.map(|places| places.into_iter().map(usize::from).collect::<Vec<_>>());
        ActiveToken {
            token_use: shown.token_use,
            scope: scope.unwrap_or_else(|| body.scope.clone()),
            audience: audience.unwrap_or_else(|| body.audience.clone()),
            authorization_details: match places {
                Some(places) => body.authorization_details.at(&places),
                None => body.authorization_details.clone(),
            },
            confirmation: Confirmation::Bearer,
            issued_at: shown.issued_at,
            expires_at: shown.expires_at,
            exchanged: None,
            basis: ActiveBasis::Grant { grant: Box::new(grant), body: Box::new(body), used: shown.used },
        }
    }
}

async fn inspect_grant(context: &Context, shown: PresentedToken) -> Result<Result<OpenedGrant, Inactive>, OAuthError> {
    let now = context.clock.now();
    let Some(live) = context.store.grant(shown.used.grant_id).await? else {
        return Ok(Err(if now >= shown.expires_at { Inactive::Expired } else { Inactive::Unknown }));
    };
    let Some(branch) = branch_of_shown(context, &live, shown).await? else { return Ok(Err(Inactive::Unknown)) };
    let ended = shown.access_revocations.is_some_and(|count| count != live.access_revocations);
    if !live.stands() || ended || !counts(context, shown, &branch) {
        return Ok(Err(Inactive::Unknown));
    }
    if now >= shown.expires_at {
        return Ok(Err(Inactive::Expired));
    }
    let body = GrantBody::open(context, &live.grant)?;
    if !is_vouched_for(context, &body, &live.grant.client_id) {
        return Ok(Err(Inactive::Unknown));
    }
    note_successor(context, shown.used, &branch).await?;
    Ok(Ok(OpenedGrant { grant: live.grant, body }))
}

/// Whether the identity provider that vouched for the user still may, for this client (`symbolon.id_jag.issuers`).
fn is_vouched_for(context: &Context, body: &GrantBody, client_id: &ClientId) -> bool {
    let issuers = &context.config.symbolon.id_jag.issuers;
    body.identity_provider.is_empty()
        || issuers.get(&body.identity_provider).is_some_and(|row| row.clients.iter().any(|id| id == client_id.as_str()))
}

/// The branch of a token that is shown. Of a grant whose code was not redeemed only the authorization endpoint can have
/// issued an access token (RFC 6749 §4.2.2, OpenID Connect Core §3.3), as one of the first generation.
async fn branch_of_shown(
    context: &Context,
    live: &LiveGrant,
    shown: PresentedToken,
) -> Result<Option<Branch>, OAuthError> {
    let first = shown.token_use == TokenUse::Access && shown.used == GrantUse::first(shown.used.grant_id);
    if first && live.grant.state == GrantState::Issued {
        return Ok(Some(Branch::default()));
    }
    branch_of(context, live, shown.used).await
}

/// The branch that a token belongs to; `None` when nothing was fetched from the grant yet, it was revoked, or the branch
/// is gone.
pub async fn branch_of(context: &Context, live: &LiveGrant, used: GrantUse) -> Result<Option<Branch>, OAuthError> {
    match &live.grant.state {
        GrantState::Issued | GrantState::Revoked => Ok(None),
        GrantState::Redeemed(first) if used.branch == 0 => Ok(Some(first.clone())),
        GrantState::Redeemed(_) => Ok(context.store.refresh_branch(used.grant_id, used.branch).await?),
    }
}

/// Only the current generation of a branch counts. In the mode that forgives lost answers, the one before counts too as
/// long as nothing of the current one was seen, since its holder may never have got the new tokens; but not for ever.
fn counts(context: &Context, shown: PresentedToken, branch: &Branch) -> bool {
    let generation = shown.used.generation;
    if generation == branch.generation {
        return true;
    }
    let refresh = &context.config.oauth2.refresh;
    let forgiven = branch
        .first_use_of(generation)
        .is_some_and(|first_use| context.clock.now().saturating_sub(first_use) <= refresh.successor_window_seconds);
    refresh.mode == RotationMode::UntilSuccessorUsed
        && shown.token_use == TokenUse::Access
        && generation + 1 == branch.generation
        && !branch.successor_seen
        && forgiven
}

/// The first use of a new generation is noted, which ends the one before. One write per refresh, in that mode only.
async fn note_successor(context: &Context, used: GrantUse, branch: &Branch) -> Result<(), OAuthError> {
    let forgiving = context.config.oauth2.refresh.mode == RotationMode::UntilSuccessorUsed;
    if forgiving && used.generation > 0 && used.generation == branch.generation && !branch.successor_seen {
        context.store.mark_successor_seen(used.grant_id, branch).await?;
    }
    Ok(())
}

async fn inspect_client(context: &Context, shown: CarriedToken<'_>) -> Result<Result<(), Inactive>, OAuthError> {
    let state = context.store.client_token_state(shown.client_id, shown.id.as_bytes()).await?;
    let same = state.client_epoch == Some(shown.epoch) && state.access_revocations == shown.access_revocations;
    if !same || state.revoked {
        return Ok(Err(Inactive::Unknown));
    }
    if context.clock.now() >= shown.expires_at {
        return Ok(Err(Inactive::Expired));
    }
    Ok(Ok(()))
}

/// The user behind an access token.
pub struct ActiveUser {
    /// What the user granted.
    pub grant: UserGrant,
    /// The token's own scope.
    pub scope: Scope,
    /// Who may use the token.
    pub confirmation: Confirmation,
    /// Whether it was issued in exchange for another token.
    pub is_exchanged: bool,
}

/// Why a token opens nothing about a user.
#[derive(Debug)]
pub enum NoUser {
    /// It is not one of ours, or counts no more.
    Unknown,
    /// Its time is over.
    Expired,
    /// It is a refresh token.
    RefreshToken,
    /// It was issued to a client for itself.
    Client,
    /// It is bound to a key and came without proof of it, or the other way round.
    NotConfirmed,
    /// It was issued for other places, in exchange for another token.
    OtherAudience,
    /// Nobody can say at the moment.
    Fault(OAuthError),
}

impl From<OAuthError> for NoUser {
    fn from(fault: OAuthError) -> Self {
        Self::Fault(fault)
    }
}

impl From<NoUser> for OAuthError {
    fn from(fault: NoUser) -> Self {
        match fault {
            NoUser::Unknown => Self::new(ErrorCode::RequestUnauthorized, "The access token is not valid."),
            NoUser::Expired => Self::new(ErrorCode::InvalidToken, "The access token has expired."),
            NoUser::RefreshToken => {
                Self::new(ErrorCode::InvalidToken, "Only access tokens are accepted here, not refresh tokens.")
            }
            NoUser::Client => {
                Self::new(ErrorCode::RequestForbidden, "The access token was issued to a client and not to a user.")
            }
            NoUser::NotConfirmed => Self::new(
                ErrorCode::InvalidToken,
                "The access token is not bound to the key of the request, or is bound to another.",
            ),
            NoUser::OtherAudience => Self::new(
                ErrorCode::InsufficientScope,
                "A token that was exchanged opens nothing here without the scope 'openid'.",
            ),
            NoUser::Fault(fault) => fault,
        }
    }
}

/// The user behind an access token, and its client.
pub async fn user_of(context: &Context, token: &str) -> Result<(Arc<RegisteredClient>, ActiveUser), NoUser> {
    let active = match inspect(context, token).await? {
        Ok(active) if active.token_use == TokenUse::Refresh => return Err(NoUser::RefreshToken),
        Ok(active) => active,
        Err(Inactive::Expired) => return Err(NoUser::Expired),
        Err(Inactive::Unknown) => return Err(NoUser::Unknown),
    };
    let confirmation = active.confirmation;
    let ActiveBasis::Grant { grant, body, used } = active.basis else { return Err(NoUser::Client) };
    let grant = UserGrant::with_body(*grant, *body, used).ok_or(NoUser::Client)?;
    let is_exchanged = active.exchanged.is_some();
    if is_exchanged && !active.scope.contains("openid") {
        // It was narrowed to what its audience needs, and says nothing about a person unless that was left in.
        return Err(NoUser::OtherAudience);
    }
    let issued_to = active.exchanged.as_ref().map_or(grant.client_id(), |exchanged| &exchanged.client_id);
    let client = clients::find(context, issued_to).await.map_err(OAuthError::from)?.ok_or(NoUser::Unknown)?;
    Ok((client, ActiveUser { grant, scope: active.scope, confirmation, is_exchanged }))
}
