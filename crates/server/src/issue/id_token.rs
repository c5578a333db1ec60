//! ID tokens (OpenID Connect Core §2, §3.1.3.6): who logged in, when and how, for one client. Claims that the consent
//! page put into `session.id_token` stand beside, never above, those of the specification. Claims about the person (§5.1)
//! are for userinfo (§5.4): they are in the ID token where the client asked for them by name, the page told the two apart
//! itself, or there is no access token with which userinfo could be asked.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use symbolon_jose::half_hash;
use symbolon_types::Scope;
use symbolon_types::client::EncryptedContent;

use super::encrypted;
use crate::accounts;
use crate::clients::{RegisteredClient, signing};
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::identifiers;
use crate::security_profile::Rule;
use crate::subject_identifier;

/// Claims that a session cannot set: they are the server's, or would make the token mean something else.
const RESERVED: [&str; 21] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "auth_time",
    "at_hash",
    "c_hash",
    "s_hash",
    "acr",
    "amr",
    "sid",
    "azp",
    // Who may use it, and who acts for whom (RFC 7800, RFC 8693).
    "cnf",
    "act",
    "may_act",
    // A logout token has the one, a credential the other.
    "events",
    "vc",
];

/// The instant of issuance, and what is issued beside.
pub struct Moment<'a> {
    /// `iat`, in Unix seconds.
    pub now: i64,
    /// Valid until.
    pub expires_at: i64,
    /// The access token that it comes with.
    pub access_token: Option<&'a str>,
    /// The code that it comes with, or that was redeemed for it.
    pub code: Option<&'a str>,
}

impl Moment<'_> {
    /// Whether the client gets nothing but the ID token, and no access token later either (OpenID Connect Core §5.4).
    fn is_alone(&self) -> bool {
        self.access_token.is_none() && self.code.is_none()
    }
}

/// Signs an ID token, and encrypts it where the client registered that. `scope` is what the tokens beside it may do.
pub async fn issue(
    context: &Context,
    client: &RegisteredClient,
    (grant, scope): (&UserGrant, &Scope),
    moment: &Moment<'_>,
) -> Result<String, OAuthError> {
    let key = signing::id_token_key(context, client)?;
    let chosen = if moment.is_alone() { grant.body().id_token_claims.clone() } else { session_claims(context, grant) };
    let mut claims = user_claims(context, client, grant, &chosen)?;
    if moment.is_alone() {
        let released = grant.body().released_in_id_token(scope);
        accounts::claims::add(context, grant.subject(), &released, &mut claims).await?;
    } else {
        add_requested(context, grant, scope, &mut claims).await?;
    }
    claims.insert("exp".into(), json!(moment.expires_at));
    claims.insert("iat".into(), json!(moment.now));
    claims.insert("jti".into(), json!(identifiers::uuid(&context.rng)));
    for (name, beside) in [("at_hash", moment.access_token), ("c_hash", moment.code)] {
        if let Some(beside) = beside {
            claims.insert(name.into(), json!(half_hash(key.algorithm(), beside)));
        }
    }
    if let Some(nonce) = &grant.body().nonce {
        claims.insert("nonce".into(), json!(nonce));
    }
    if let Some(session) = grant.session_id().filter(|_| has_use_for_session(context, client)) {
        claims.insert("sid".into(), json!(session.to_uuid_string()));
    }
    if context.config.symbolon.compatibility.id_token_rat {
        claims.insert("rat".into(), json!(grant.id().unix_seconds()));
    }
    let token = key.sign(Some("JWT"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
    encrypted::signed(context, client, EncryptedContent::IdToken, token).await
}

/// `sid` is for logouts (OpenID Connect Front-Channel Logout §3, Back-Channel Logout §2.1); a client that has none of them
/// does without where its profile wants no claim that nobody asked for.
fn has_use_for_session(context: &Context, client: &RegisteredClient) -> bool {
    let uris = client.logout_uris();
    let logs_out = uris.has_channel() || !uris.post_logout_redirect_uris.is_empty();
    logs_out || !client.is_held_to(&context.config, Rule::LeanClaims)
}

/// What the consent page chose for ID tokens.
fn session_claims(context: &Context, grant: &UserGrant) -> Map<String, Value> {
    let body = grant.body();
    let all = body.userinfo_claims.is_some() || context.config.symbolon.compatibility.id_token_claims;
    let requested: HashSet<&str> = body.requested_in_id_token.iter().map(String::as_str).collect();
    let belongs = |name: &str| all || !is_about_person(name) || requested.contains(name);
    let chosen = body.id_token_claims.iter().filter(|(name, _)| belongs(name));
    chosen.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a claim is one of OpenID Connect Core §5.1, in whatever language (§5.2).
fn is_about_person(name: &str) -> bool {
    let plain = name.split_once('#').map_or(name, |(plain, _)| plain);
    accounts::claims::names().any(|standard| standard == plain)
}

/// Claims of a built-in account that the client asked for by name, as far as the scope covers them or the
/// user agreed to them.
async fn add_requested(
    context: &Context,
    grant: &UserGrant,
    scope: &Scope,
    claims: &mut Map<String, Value>,
) -> Result<(), OAuthError> {
    let requested = || grant.body().requested_in_id_token.iter().filter(|name| is_about_person(name));
    if requested().next().is_none() {
        return Ok(());
    }
    let mut all = claims.clone();
    let released = grant.body().released_in_id_token(scope);
    accounts::claims::add(context, grant.subject(), &released, &mut all).await?;
    for name in requested() {
        if let Some(value) = all.remove(name) {
            claims.entry(name.clone()).or_insert(value);
        }
    }
    Ok(())
}

/// The claims that an ID token and the userinfo answer of one consent share, with what the consent page chose.
pub fn user_claims(
    context: &Context,
    client: &RegisteredClient,
    grant: &UserGrant,
    chosen: &Map<String, Value>,
) -> Result<Map<String, Value>, OAuthError> {
    let mut claims: Map<String, Value> = chosen
        .iter()
        .filter(|(name, _)| !RESERVED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let subject =
        subject_identifier::for_client(&context.config, client, grant.subject(), &grant.body().forced_subject)
            .map_err(OAuthError::server)?;
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("sub".into(), json!(subject));
    claims.insert("aud".into(), json!([client.id()]));
    // An assertion about somebody (RFC 7523 §2.1) is no login.
    if grant.body().auth_time != 0 {
        claims.insert("auth_time".into(), json!(grant.body().auth_time));
    }
    if !grant.body().acr.is_empty() {
        claims.insert("acr".into(), json!(grant.body().acr));
    }
    if !grant.body().amr.is_empty() {
        claims.insert("amr".into(), json!(grant.body().amr));
    }
    Ok(claims)
}
