//! Access tokens. Opaque ones are sealed pointers to a grant, or, for `client_credentials`, carry all they say, so that
//! neither costs a row. JWT ones are signed and have such a sealed text as `jti`, so that revocation and introspection
//! work on them without a row either (wire reference §4.3).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use symbolon_store::{ClientEpoch, Grant};
use symbolon_types::{AccessTokenStrategy, FlowId, Scope};

use super::UserGrant;
use super::body::GrantBody;
use crate::clients::{self, ClientRef};
use crate::config::ScopeClaim;
use crate::context::Context;
use crate::error::OAuthError;
use crate::seal::{GrantPointer, kinds, prefix};

/// Longest content, in bytes, that a self-contained token of `client_credentials` carries; more becomes a grant row.
const LARGEST_CARRIED: usize = 350;
/// Claims of a JWT access token that a session cannot override.
const RESERVED: [&str; 15] = [
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
];

/// What a client gets by its own authority.
pub struct ClientGrant<'a> {
    /// Scope.
    pub scope: &'a Scope,
    /// Audience.
    pub audience: &'a [String],
    /// Issued at.
    pub issued_at: i64,
    /// Valid until.
    pub expires_at: i64,
}

/// Content of a self-contained token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Client.
    #[serde(rename = "c")]
    pub client_id: String,
    /// The client's epoch.
    #[serde(rename = "k")]
    pub client_epoch: ClientEpoch,
    /// Scope.
    #[serde(rename = "s")]
    pub scope: Scope,
    /// Audience.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// Issued at.
    #[serde(rename = "i")]
    pub issued_at: i64,
    /// Valid until.
    #[serde(rename = "e")]
    pub expires_at: i64,
    /// Names the token for revocation.
    #[serde(rename = "t")]
    pub id: FlowId,
}

/// A token for a user's grant.
pub fn for_grant(
    context: &Context,
    client: &ClientRef,
    grant: &UserGrant,
    pointer: GrantPointer,
) -> Result<String, OAuthError> {
    match clients::access_token_strategy(context, &client.parsed.metadata) {
        AccessTokenStrategy::Opaque => Ok(context.seal.seal_pointer(kinds::ACCESS, prefix::ACCESS, pointer)),
        AccessTokenStrategy::Jwt => sign(
            context,
            client,
            &Content {
                subject: &grant.subject,
                scope: &grant.body.scope,
                audience: &grant.body.audience,
                session: &grant.body.access_token_claims,
                issued_at: pointer.issued_at,
                expires_at: pointer.expires_at,
                id: context.seal.seal_pointer(kinds::JWT_GRANT, "", pointer),
            },
        ),
    }
}

/// A token for the client itself.
pub async fn for_client(context: &Context, client: &ClientRef, grant: &ClientGrant<'_>) -> Result<String, OAuthError> {
    let millis = u64::try_from(context.clock.now_millis()).unwrap_or(0);
    let id = FlowId::from_parts(millis, context.rng.bytes());
    let carried = Carried {
        client_id: client.record.id.clone(),
        client_epoch: client.record.epoch,
        scope: grant.scope.clone(),
        audience: grant.audience.to_vec(),
        issued_at: grant.issued_at,
        expires_at: grant.expires_at,
        id,
    };
    let plaintext = serde_json::to_vec(&carried).map_err(|fault| OAuthError::server(fault.to_string()))?;
    let carries_all = plaintext.len() <= LARGEST_CARRIED;
    let plaintext = if carries_all { plaintext } else { keep_as_grant(context, &carried).await?.to_bytes() };
    match clients::access_token_strategy(context, &client.parsed.metadata) {
        AccessTokenStrategy::Opaque => {
            let kind = if carries_all { kinds::CLIENT_ACCESS } else { kinds::ACCESS };
            Ok(format!("{}{}", prefix::ACCESS, context.seal.seal(kind, &plaintext)))
        }
        AccessTokenStrategy::Jwt => sign(
            context,
            client,
            &Content {
                subject: &client.record.id,
                scope: grant.scope,
                audience: grant.audience,
                session: &Map::new(),
                issued_at: grant.issued_at,
                expires_at: grant.expires_at,
                id: context.seal.seal(if carries_all { kinds::JWT_CLIENT } else { kinds::JWT_GRANT }, &plaintext),
            },
        ),
    }
}

/// A client's grant that is too large to carry becomes a row without a user.
async fn keep_as_grant(context: &Context, carried: &Carried) -> Result<GrantPointer, OAuthError> {
    let body = GrantBody { scope: carried.scope.clone(), audience: carried.audience.clone(), ..GrantBody::default() };
    let grant = Grant {
        id: *carried.id.as_bytes(),
        client_id: carried.client_id.clone(),
        client_epoch: carried.client_epoch,
        subject: String::new(),
        subject_epoch: 0,
        login_session_id: None,
        issued_at: carried.issued_at,
        code_redeemed_at: Some(carried.issued_at),
        generation: 0,
        rotated_at: None,
        reuse_count: 0,
        successor_seen: 0,
        revoked_at: None,
        remember_until: None,
        expires_at: carried.expires_at,
        body: body.close(context)?,
    };
    context.store.insert_grant(&grant).await?;
    Ok(GrantPointer {
        grant_id: carried.id,
        generation: 0,
        issued_at: carried.issued_at,
        expires_at: carried.expires_at,
    })
}

struct Content<'a> {
    subject: &'a str,
    scope: &'a Scope,
    audience: &'a [String],
    session: &'a Map<String, Value>,
    issued_at: i64,
    expires_at: i64,
    id: String,
}

fn sign(context: &Context, client: &ClientRef, statement: &Content<'_>) -> Result<String, OAuthError> {
    let options = &context.config.oauth2;
    let mut claims = Map::new();
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("sub".into(), json!(statement.subject));
    claims.insert("aud".into(), json!(statement.audience));
    claims.insert("client_id".into(), json!(client.record.id));
    claims.insert("exp".into(), json!(statement.expires_at));
    claims.insert("iat".into(), json!(statement.issued_at));
    if !options.exclude_not_before_claim {
        claims.insert("nbf".into(), json!(statement.issued_at));
    }
    claims.insert("jti".into(), json!(statement.id));
    let form = context.config.strategies.scope_claim;
    if matches!(form, ScopeClaim::List | ScopeClaim::Both) {
        claims.insert("scp".into(), json!(statement.scope.to_vec()));
    }
    if matches!(form, ScopeClaim::String | ScopeClaim::Both) {
        claims.insert("scope".into(), json!(statement.scope.to_string()));
    }
    add_session(context, &mut claims, statement.session);
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
