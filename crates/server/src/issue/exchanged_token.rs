//! Access tokens in exchange for other tokens (RFC 8693 §2.2.1): sealed pointers to the subject's grant and to every token on
//! the way, with their own scope, audience and actor. What is too large for that becomes a row, which such a token points at
//! besides.

use serde_json::{Map, Value};
use symbolon_types::{AuthorizationDetails, GrantId, Scope, TokenId, TokenResponse};

use super::access_token::{self, write};
use super::jwt_access_token::{Authenticated, TokenClaims};
use crate::clients::RegisteredClient;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::access_token_content::{AccessTokenContent, TokenBasis};
use crate::grant::body::GrantBody;
use crate::grant::exchanged::{Actor, Exchange, Link};
use crate::identifiers;
use crate::resource_indicators::terms;

/// Longest content, in bytes, that a token carries; more becomes a row.
const LARGEST_CARRIED: usize = 512;

/// The login behind a token, for other tokens that say the same of it.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// When, in Unix seconds.
    pub at: i64,
    /// Authentication context class.
    pub acr: String,
    /// Authentication methods.
    pub amr: Vec<String>,
}

impl Login {
    /// The login behind a grant; `None` where there was none.
    pub fn of(granted: &GrantBody) -> Option<Self> {
        let GrantBody { auth_time, acr, amr, .. } = granted;
        (*auth_time != 0).then(|| Self { at: *auth_time, acr: acr.clone(), amr: amr.clone() })
    }
}

/// What a token is exchanged for.
pub struct ExchangedToken {
    /// The subject's grant; `None` where the first link is a client's own token.
    pub grant: Option<GrantId>,
    /// How often access tokens of the grant's client had been ended when the subject's token was issued.
    pub access_revocations: i64,
    /// The tokens on the way, without the new one.
    pub links: Vec<Link>,
    /// The subject.
    pub subject: String,
    /// Who acts for it.
    pub actor: Option<Actor>,
    /// What the token may do.
    pub scope: Scope,
    /// Values of `aud`, where it may do so.
    pub audience: Vec<String>,
    /// Session claims.
    pub claims: Map<String, Value>,
    /// The login behind it.
    pub login: Option<Login>,
    /// How long it may last at most: as long as what it is made of.
    pub ends_at: i64,
    /// What the client asked for.
    pub form: RequestedForm,
}

/// What the client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestedForm {
    /// An access token, whatever it looks like.
    AccessToken,
    /// A JWT.
    Jwt,
}

impl RequestedForm {
    /// `issued_token_type` (RFC 8693 §3).
    fn token_type(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::Jwt => "urn:ietf:params:oauth:token-type:jwt",
        }
    }
}

/// Issues it; `lifetime` is that of the client's tokens, in seconds.
pub(super) async fn issue(
    context: &Context,
    client: &RegisteredClient,
    token: &ExchangedToken,
    (confirmation, lifetime): (Confirmation, i64),
) -> Result<TokenResponse, OAuthError> {
    let terms = terms(context, client, &token.audience, &token.scope)?;
    let now = context.clock.now();
    let expires_at = now.saturating_add(terms.lifetime(lifetime)).min(token.ends_at);
    let body = body(context, client, token, (confirmation, now, expires_at)).await?;
    let login = token.login.as_ref().map(|login| Authenticated::new(login.at, &login.acr, &login.amr));
    let said = TokenClaims {
        subject: &token.subject,
        scope: &token.scope,
        audience: &token.audience,
        details: &AuthorizationDetails::default(),
        session: &token.claims,
        authenticated: login,
        actor: token.actor.as_ref().map(Actor::claim),
    };
    let text = write(context, client, (&body, terms.form), &said)?;
    let response = super::response(text, confirmation, expires_at.saturating_sub(now), &token.scope);
    Ok(TokenResponse { issued_token_type: Some(token.form.token_type().to_owned()), ..response })
}

async fn body(
    context: &Context,
    client: &RegisteredClient,
    token: &ExchangedToken,
    (confirmation, issued_at, expires_at): (Confirmation, i64, i64),
) -> Result<AccessTokenContent, OAuthError> {
    let id: TokenId = identifiers::now(context);
    let own = Link {
        client_id: client.id().clone(),
        epoch: client.record().epoch,
        access_revocations: client.record().access_revocations,
        id,
    };
    let mut links = token.links.clone();
    links.push(own);
    let exchange = Exchange { grant: token.grant, links, actor: token.actor.clone() };
    let body = AccessTokenContent {
        basis: TokenBasis::Exchange(Box::new(exchange)),
        scope: Some(token.scope.clone()),
        audience: Some(token.audience.clone()),
        details: None,
        own_details: AuthorizationDetails::default(),
        claims: token.claims.clone(),
        confirmation,
        issued_at,
        expires_at,
        access_revocations: token.access_revocations,
    };
    if body.to_bytes(context.config.issuer()).len() <= LARGEST_CARRIED {
        return Ok(body);
    }
    let kept = GrantBody {
        scope: token.scope.clone(),
        audience: token.audience.clone(),
        access_token_claims: token.claims.clone(),
        ..GrantBody::default()
    };
    access_token::keep(context, client, &kept, (id, issued_at, expires_at)).await?;
    Ok(AccessTokenContent { scope: None, audience: None, claims: Map::new(), ..body })
}
