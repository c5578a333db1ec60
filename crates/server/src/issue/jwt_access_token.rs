//! Access tokens that resource servers read: signed JWTs, in the form of Ory Hydra or in that of RFC 9068. What a session
//! says stands below `ext`, and at the top level where configuration lets it, but never in the place of what is ours.

use serde_json::{Map, Value, json};
use symbolon_types::{AccessTokenStrategy, AuthorizationDetails, Scope};

use crate::clients::RegisteredClient;
use crate::config::ScopeClaim;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::access_token_content::AccessTokenContent;
use crate::grant::body::GrantBody;

/// Claims that a session cannot set.
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
/// The same for the form of RFC 9068, where they are ours (§2.2.1). In Hydra's they are free, and sessions set them.
const RESERVED_OF_RFC9068: [&str; 2] = ["acr", "amr"];

/// What a JWT says to whoever reads it.
pub(super) struct TokenClaims<'a> {
    /// For whom the client acts.
    pub(super) subject: &'a str,
    /// What it may do.
    pub(super) scope: &'a Scope,
    /// The resource servers where it may do so.
    pub(super) audience: &'a [String],
    /// What was granted in detail.
    pub(super) details: &'a AuthorizationDetails,
    /// What the consent page added.
    pub(super) session: &'a Map<String, Value>,
    /// The login behind the grant; `None` where there was none.
    pub(super) authenticated: Option<Authenticated<'a>>,
    /// Who acts for the subject (RFC 8693 §4.1).
    pub(super) actor: Option<Value>,
}

/// A login, as it was when the grant was made: every token that follows says the same (RFC 9068 §2.2.1).
pub(super) struct Authenticated<'a> {
    at: i64,
    acr: &'a str,
    amr: &'a [String],
}

impl<'a> Authenticated<'a> {
    /// A login of which another token says the same.
    pub(super) fn new(at: i64, acr: &'a str, amr: &'a [String]) -> Self {
        Self { at, acr, amr }
    }

    /// The login behind a user's grant, if there was one.
    pub(super) fn of(granted: &'a GrantBody) -> Option<Self> {
        let GrantBody { auth_time, acr, amr, .. } = granted;
        (*auth_time != 0).then_some(Self { at: *auth_time, acr, amr })
    }
}

/// Signs a token in this form, with the sealed content as its `jti`.
pub(super) fn sign(
    context: &Context,
    (client, form): (&RegisteredClient, AccessTokenStrategy),
    body: &AccessTokenContent,
    said: &TokenClaims<'_>,
    id: &str,
) -> Result<String, OAuthError> {
    let mut claims = Map::new();
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("sub".into(), json!(said.subject));
    claims.insert("aud".into(), json!(said.audience));
    claims.insert("client_id".into(), json!(client.id()));
    claims.insert("exp".into(), json!(body.expires_at));
    claims.insert("iat".into(), json!(body.issued_at));
    if !context.config.oauth2.exclude_not_before_claim {
        claims.insert("nbf".into(), json!(body.issued_at));
    }
    claims.insert("jti".into(), json!(id));
    // RFC 9449 §6.1.
    if let Some(confirmation) = body.confirmation.claim() {
        claims.insert("cnf".into(), confirmation);
    }
    if let Some(actor) = &said.actor {
        claims.insert("act".into(), actor.clone());
    }
    // RFC 9396 §9.1.
    if !said.details.is_empty() {
        claims.insert("authorization_details".into(), json!(said.details));
    }
    let of_rfc9068 = form == AccessTokenStrategy::Rfc9068;
    add_scope(context, form, said.scope, &mut claims);
    if let Some(authenticated) = said.authenticated.as_ref().filter(|_| of_rfc9068) {
        add_authentication(authenticated, &mut claims);
    }
    add_session(context, form, said.session, &mut claims);
    // RFC 9068 §2.1.
    let kind = if of_rfc9068 { "at+jwt" } else { "JWT" };
    context.keys.access_token().sign(Some(kind), &claims).map_err(|fault| OAuthError::server(fault.to_string()))
}

/// RFC 9068 §2.2.3 has the text `scope`, which cannot be empty (RFC 6749 §3.3), whatever configuration says of Hydra's
/// form; `scp` may stand beside it.
fn add_scope(context: &Context, form: AccessTokenStrategy, scope: &Scope, claims: &mut Map<String, Value>) {
    let configured = context.config.strategies.scope_claim;
    let (text, list) = match (form, configured) {
        (AccessTokenStrategy::Rfc9068, _) => (!scope.is_empty(), configured == ScopeClaim::Both),
        (_, ScopeClaim::List) => (false, true),
        (_, ScopeClaim::String) => (true, false),
        (_, ScopeClaim::Both) => (true, true),
    };
    if list {
        claims.insert("scp".into(), json!(scope.to_vec()));
    }
    if text {
        claims.insert("scope".into(), json!(scope.to_string()));
    }
}

/// RFC 9068 §2.2.1.
fn add_authentication(authenticated: &Authenticated<'_>, claims: &mut Map<String, Value>) {
    let Authenticated { at, acr, amr } = authenticated;
    claims.insert("auth_time".into(), json!(at));
    if !acr.is_empty() {
        claims.insert("acr".into(), json!(acr));
    }
    if !amr.is_empty() {
        claims.insert("amr".into(), json!(amr));
    }
}

/// Session claims go below `ext`; those that configuration names go to the top level, mirrored or moved.
fn add_session(
    context: &Context,
    form: AccessTokenStrategy,
    session: &Map<String, Value>,
    claims: &mut Map<String, Value>,
) {
    let options = &context.config.oauth2;
    let of_rfc9068 = form == AccessTokenStrategy::Rfc9068;
    let reserved = |name: &str| RESERVED.contains(&name) || (of_rfc9068 && RESERVED_OF_RFC9068.contains(&name));
    let promoted =
        |name: &str| options.allowed_top_level_claims.iter().any(|allowed| allowed == name) && !reserved(name);
    for (name, value) in session.iter().filter(|(name, _)| promoted(name)) {
        claims.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let below: Map<String, Value> = if options.mirror_top_level_claims {
        session.clone()
    } else if options.preserve_ext_claims {
        session.iter().filter(|(name, _)| !promoted(name)).map(|(k, v)| (k.clone(), v.clone())).collect()
    } else {
        return;
    };
    // Hydra has an empty one, too.
    if !(of_rfc9068 && below.is_empty()) {
        claims.insert("ext".into(), Value::Object(below));
    }
}
