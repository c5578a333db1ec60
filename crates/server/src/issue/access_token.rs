//! Access tokens. Opaque ones are sealed pointers to a grant, or, for `client_credentials`, carry all they say, so that
//! neither costs a row. JWT ones are signed (RFC 9068) and have such a sealed text as `jti`, so that revocation and
//! introspection work on them without a row either.

use serde_json::{Map, Value, json};
use symbolon_store::{Branch, Grant, GrantState};
use symbolon_types::{AccessTokenStrategy, GrantId, Scope, TokenId};

use crate::clients::{self, RegisteredClient};
use crate::config::ScopeClaim;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::{AccessTokenContent, GrantUse, TokenBasis};
use crate::grant::body::GrantBody;
use crate::identifiers;
use crate::seal::{kinds, prefix};

/// Longest content, in bytes, that a self-contained token of `client_credentials` carries; more becomes a grant row.
const LARGEST_CARRIED: usize = 350;
/// The same for a client that registered itself, which gets no rows: what is still larger is refused.
const LARGEST_OF_SELF_REGISTERED: usize = 1_500;
/// Claims of a JWT access token that a session cannot override.
const RESERVED: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "scp",
    "scope",
    "ext",
    "cnf",
    "act",
    "auth_time",
    "authorization_details",
    "events",
    "vc",
];

/// What a client gets by its own authority.
pub struct ClientGrant<'a> {
    /// What was asked for, all of it registered.
    pub scope: &'a Scope,
    /// Values of `aud`; may be empty.
    pub audience: &'a [String],
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
    /// Issued at.
    pub issued_at: i64,
    /// Valid until.
    pub expires_at: i64,
}

/// A token for a user's grant.
pub fn for_grant(context: &Context, client: &RegisteredClient, token: &UserToken<'_>) -> Result<String, OAuthError> {
    let UserToken { grant, narrowed, issued_at, expires_at } = *token;
    let body = AccessTokenContent {
        basis: TokenBasis::Grant(grant.used()),
        scope: narrowed.cloned(),
        audience: None,
        issued_at,
        expires_at,
    };
    let said = TokenClaims {
        subject: grant.subject().as_str(),
        scope: narrowed.unwrap_or(grant.scope()),
        audience: &grant.body().audience,
        session: &grant.body().access_token_claims,
    };
    write(context, client, &body, &said)
}

/// A token for the client itself.
pub async fn for_client(
    context: &Context,
    client: &RegisteredClient,
    grant: &ClientGrant<'_>,
) -> Result<String, OAuthError> {
    let id: TokenId = identifiers::now(context);
    let mut body = AccessTokenContent {
        basis: TokenBasis::Client { client_id: client.id().clone(), epoch: client.record().epoch, id },
        scope: Some(grant.scope.clone()),
        audience: Some(grant.audience.to_vec()),
        issued_at: grant.issued_at,
        expires_at: grant.expires_at,
    };
    let bytes = body.to_bytes(context.config.issuer()).len();
    if client.is_self_registered() {
        if bytes > LARGEST_OF_SELF_REGISTERED {
            return Err(OAuthError::invalid_request(
                "Parameters 'scope' and 'audience' are too long for a token of a client that registered itself.",
            ));
        }
    } else if bytes > LARGEST_CARRIED {
        let used = keep_as_grant(context, client, grant, id).await?;
        body = AccessTokenContent { basis: TokenBasis::Grant(used), scope: None, audience: None, ..body };
    }
    let said = TokenClaims {
        subject: client.id().as_str(),
        scope: grant.scope,
        audience: grant.audience,
        session: &Map::new(),
    };
    write(context, client, &body, &said)
}

/// A client's grant that is too large to carry becomes a row without a user.
async fn keep_as_grant(
    context: &Context,
    client: &RegisteredClient,
    grant: &ClientGrant<'_>,
    id: TokenId,
) -> Result<GrantUse, OAuthError> {
    let body = GrantBody { scope: grant.scope.clone(), audience: grant.audience.to_vec(), ..GrantBody::default() };
    let row = Grant {
        id: GrantId::from(*id.as_bytes()),
        client_id: client.id().clone(),
        client_epoch: client.record().epoch,
        subject: None,
        subject_epoch: 0,
        session_id: None,
        issued_at: grant.issued_at,
        state: GrantState::Redeemed(Branch::default()),
        remember_until: None,
        expires_at: grant.expires_at,
        body: body.close(context)?,
    };
    context.store.insert_grant(&row).await?;
    Ok(GrantUse { grant_id: row.id, branch: 0, generation: 0 })
}

/// What a JWT says to whoever reads it.
struct TokenClaims<'a> {
    subject: &'a str,
    scope: &'a Scope,
    audience: &'a [String],
    session: &'a Map<String, Value>,
}

/// The token in the client's form.
fn write(
    context: &Context,
    client: &RegisteredClient,
    body: &AccessTokenContent,
    said: &TokenClaims<'_>,
) -> Result<String, OAuthError> {
    let plaintext = body.to_bytes(context.config.issuer());
    match clients::access_token_strategy(context, client) {
        AccessTokenStrategy::Opaque => {
            let mut token = String::with_capacity(prefix::ACCESS.len() + 2 * plaintext.len());
            token.push_str(prefix::ACCESS);
            token.push_str(&context.seal.seal(kinds::ACCESS, &plaintext));
            Ok(token)
        }
        AccessTokenStrategy::Jwt => {
            let id = context.seal.seal(kinds::JWT_ID, &plaintext);
            sign(context, client, body, said, &id)
        }
    }
}

fn sign(
    context: &Context,
    client: &RegisteredClient,
    body: &AccessTokenContent,
    said: &TokenClaims<'_>,
    id: &str,
) -> Result<String, OAuthError> {
    let options = &context.config.oauth2;
    let mut claims = Map::new();
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("sub".into(), json!(said.subject));
    claims.insert("aud".into(), json!(said.audience));
    claims.insert("client_id".into(), json!(client.id()));
    claims.insert("exp".into(), json!(body.expires_at));
    claims.insert("iat".into(), json!(body.issued_at));
    if !options.exclude_not_before_claim {
        claims.insert("nbf".into(), json!(body.issued_at));
    }
    claims.insert("jti".into(), json!(id));
    let form = context.config.strategies.scope_claim;
    if matches!(form, ScopeClaim::List | ScopeClaim::Both) {
        claims.insert("scp".into(), json!(said.scope.to_vec()));
    }
    if matches!(form, ScopeClaim::String | ScopeClaim::Both) {
        claims.insert("scope".into(), json!(said.scope.to_string()));
    }
    add_session(context, &mut claims, said.session);
    context.keys.access_token().sign(Some("JWT"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))
}

/// Session claims go below `ext`; those that configuration names go to the top level, mirrored or moved.
fn add_session(context: &Context, claims: &mut Map<String, Value>, session: &Map<String, Value>) {
    let options = &context.config.oauth2;
    let promoted = |name: &str| {
        options.allowed_top_level_claims.iter().any(|allowed| allowed == name) && !RESERVED.contains(&name)
    };
    for (name, value) in session.iter().filter(|(name, _)| promoted(name)) {
        claims.entry(name.clone()).or_insert_with(|| value.clone());
    }
    if options.mirror_top_level_claims {
        claims.insert("ext".into(), Value::Object(session.clone()));
    } else if options.preserve_ext_claims {
        let rest: Map<String, Value> =
            session.iter().filter(|(name, _)| !promoted(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
        claims.insert("ext".into(), Value::Object(rest));
    }
}
