//! Access tokens. Opaque ones are sealed pointers to a grant, or, for `client_credentials`, carry all they say, so that
//! neither costs a row. JWT ones are signed and have such a sealed text as `jti`, so that revocation and introspection
//! work on them without a row either; `jwt_access_token` writes them.

use serde_json::{Map, Value};
use symbolon_store::{Branch, Grant, GrantState};
use symbolon_types::{AccessTokenStrategy, AuthorizationDetails, GrantId, Scope, TokenId};

use super::jwt_access_token::{self, Authenticated, TokenClaims};
use crate::clients::RegisteredClient;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::{AccessTokenContent, GrantUse, TokenBasis};
use crate::grant::body::GrantBody;
use crate::identifiers;
use crate::resource_indicators::terms;
use crate::seal::{kinds, prefix};

/// Longest content, in bytes, that a self-contained token of `client_credentials` carries; more becomes a grant row.
const LARGEST_CARRIED: usize = 350;
/// The same for a client that registered itself, which gets no rows: what is still larger is refused.
const LARGEST_OF_SELF_REGISTERED: usize = 1_500;
/// What a client gets by its own authority.
pub struct ClientGrant<'a> {
    /// What was asked for, all of it registered.
    pub scope: &'a Scope,
    /// Values of `aud`; may be empty.
    pub audience: &'a [String],
    /// What it may do in detail.
    pub details: &'a AuthorizationDetails,
    /// Session claims.
    pub claims: &'a Map<String, Value>,
    /// What the token looks like.
    pub form: AccessTokenStrategy,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// Issued at.
    pub issued_at: i64,
    /// Valid until.
    pub expires_at: i64,
}

/// What a user's grant gives this time.
pub struct UserToken<'a> {
    /// The grant.
    pub grant: &'a UserGrant,
    /// A narrower scope, if one was asked for (RFC 6749 §6).
    pub narrowed: Option<&'a Scope>,
    /// A narrower audience, if one was asked for (RFC 8707 §2.2).
    pub audience: Option<&'a [String]>,
    /// Places of some of the grant's authorization details, if only those were asked for (RFC 9396 §6).
    pub details: Option<&'a [usize]>,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// How long tokens of the client live, in seconds.
    pub lifetime: i64,
}

/// An access token.
pub struct IssuedToken {
    /// The token.
    pub text: String,
    /// What it may do in detail.
    pub details: AuthorizationDetails,
    /// How long it lives, in seconds.
    pub expires_in: i64,
}

// It is a secret.
impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuedToken")
    }
}

/// A token for a user's grant.
pub fn for_grant(
    context: &Context,
    client: &RegisteredClient,
    token: &UserToken<'_>,
) -> Result<IssuedToken, OAuthError> {
    let UserToken { grant, narrowed, audience, details: places, confirmation, lifetime } = *token;
    let granted = grant.body();
    let scope = narrowed.unwrap_or(grant.scope());
    let own = audience.unwrap_or(&granted.audience);
    let terms = terms(context, client, own, scope)?;
    let expires_in = terms.lifetime(lifetime);
    let issued_at = context.clock.now();
    let expires_at = issued_at.saturating_add(expires_in);
    let details = match places {
        Some(places) => granted.authorization_details.at(places),
        None => granted.authorization_details.clone(),
    };
    // What is not the grant's stands in the token.
    let default = default_audience(context, terms.form, own).or_else(|| audience.map(<[String]>::to_vec));
    let body = AccessTokenContent {
        basis: TokenBasis::Grant(grant.used()),
        scope: narrowed.cloned(),
        audience: default.clone(),
        details: places.map(|places| places.iter().filter_map(|place| u8::try_from(*place).ok()).collect()),
        own_details: AuthorizationDetails::default(),
        claims: Map::new(),
        confirmation,
        issued_at,
        expires_at,
        access_revocations: client.record().access_revocations,
    };
    let said = TokenClaims {
        subject: grant.subject().as_str(),
        scope,
        audience: default.as_deref().unwrap_or(own),
        details: &details,
        session: &granted.access_token_claims,
        authenticated: Authenticated::of(granted),
        actor: None,
    };
    let text = write(context, client, (&body, terms.form), &said)?;
    Ok(IssuedToken { text, details, expires_in })
}

/// A token for the client itself.
pub async fn for_client(
    context: &Context,
    client: &RegisteredClient,
    grant: &ClientGrant<'_>,
) -> Result<String, OAuthError> {
    let default = default_audience(context, grant.form, grant.audience);
    let grant = &ClientGrant { audience: default.as_deref().unwrap_or(grant.audience), ..*grant };
    let id: TokenId = identifiers::now(context);
    let mut body = AccessTokenContent {
        basis: TokenBasis::Client { client_id: client.id().clone(), epoch: client.record().epoch, id },
        scope: Some(grant.scope.clone()),
        audience: Some(grant.audience.to_vec()),
        details: None,
        own_details: grant.details.clone(),
        claims: grant.claims.clone(),
        confirmation: grant.confirmation,
        issued_at: grant.issued_at,
        expires_at: grant.expires_at,
        access_revocations: client.record().access_revocations,
    };
    let bytes = body.to_bytes(context.config.issuer()).len();
    if client.is_self_registered() {
        if bytes > LARGEST_OF_SELF_REGISTERED {
            if !grant.claims.is_empty() {
                let reason = "the claims of a web hook are too large for a token of a client that registered itself";
                return Err(OAuthError::server(reason));
            }
            return Err(OAuthError::invalid_request(
                "Parameters 'scope' and 'audience' are too long for a token of a client that registered itself.",
            ));
        }
    } else if bytes > LARGEST_CARRIED {
        let used = keep_as_grant(context, client, grant, id).await?;
        body = AccessTokenContent {
            basis: TokenBasis::Grant(used),
            scope: None,
            audience: None,
            own_details: AuthorizationDetails::default(),
            claims: Map::new(),
            ..body
        };
    }
    let said = TokenClaims {
        subject: client.id().as_str(),
        scope: grant.scope,
        audience: grant.audience,
        details: grant.details,
        session: grant.claims,
        authenticated: None,
        actor: None,
    };
    write(context, client, (&body, grant.form), &said)
}

/// RFC 9068 §3: a token in its form says for whom it is meant, also where nobody asked for an audience. `None` where one
/// was granted, and for tokens in another form.
fn default_audience(context: &Context, form: AccessTokenStrategy, granted: &[String]) -> Option<Vec<String>> {
    let needed = granted.is_empty() && form == AccessTokenStrategy::Rfc9068;
    needed.then(|| {
        let configured = context.config.symbolon.access_tokens.default_audience.as_deref();
        vec![configured.unwrap_or(context.config.issuer()).to_owned()]
    })
}

/// A client's grant that is too large to carry becomes a row without a user.
async fn keep_as_grant(
    context: &Context,
    client: &RegisteredClient,
    grant: &ClientGrant<'_>,
    id: TokenId,
) -> Result<GrantUse, OAuthError> {
    let body = GrantBody {
        scope: grant.scope.clone(),
        audience: grant.audience.to_vec(),
        authorization_details: grant.details.clone(),
        access_token_claims: grant.claims.clone(),
        ..GrantBody::default()
    };
    keep(context, client, &body, (id, grant.issued_at, grant.expires_at)).await?;
    Ok(GrantUse::first(GrantId::from(*id.as_bytes())))
}

/// What is too large to be carried by a token becomes a row that no user sees, under the id of the token, from one instant
/// to another.
pub(super) async fn keep(
    context: &Context,
    client: &RegisteredClient,
    body: &GrantBody,
    (id, issued_at, expires_at): (TokenId, i64, i64),
) -> Result<(), OAuthError> {
    let row = Grant {
        id: GrantId::from(*id.as_bytes()),
        client_id: client.id().clone(),
        client_epoch: client.record().epoch,
        subject: None,
        subject_epoch: 0,
        session_id: None,
        issued_at,
        state: GrantState::Redeemed(Branch::default()),
        remember_until: None,
        expires_at,
        body: body.close(context)?,
    };
    Ok(context.store.insert_grant(&row).await?)
}

/// The token in its form.
pub(super) fn write(
    context: &Context,
    client: &RegisteredClient,
    (body, form): (&AccessTokenContent, AccessTokenStrategy),
    said: &TokenClaims<'_>,
) -> Result<String, OAuthError> {
    let plaintext = body.to_bytes(context.config.issuer());
    match form {
        AccessTokenStrategy::Opaque => {
            let mut token = String::with_capacity(prefix::ACCESS.len() + 2 * plaintext.len());
            token.push_str(prefix::ACCESS);
            token.push_str(&context.seal.seal(kinds::ACCESS, &plaintext));
            Ok(token)
        }
        form @ (AccessTokenStrategy::Jwt | AccessTokenStrategy::Rfc9068) => {
            let id = context.seal.seal(kinds::JWT_ID, &plaintext);
            jwt_access_token::sign(context, (client, form), body, said, &id)
        }
    }
}
