//! Verifiable credentials about a user (OpenID Connect UserInfo Verifiable Credentials, draft 00; W3C Verifiable
//! Credentials 1.1 as JWT): what userinfo says, bound to the holder's key by `did:jwk`.

use serde_json::{Map, Value, json};
use symbolon_jose::{Jwk, digest};

use crate::clients::{RegisteredClient, signing};
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::identifiers;

/// How long a credential counts, in seconds.
const LIFETIME: i64 = 3600;
/// Claims about the act of logging in, not about the user.
const NOT_ABOUT_THE_USER: [&str; 6] = ["iss", "aud", "auth_time", "acr", "amr", "sub"];

/// Signs a credential with the key of the client's ID tokens.
pub fn issue(
    context: &Context,
    client: &RegisteredClient,
    grant: &UserGrant,
    claims: Map<String, Value>,
    holder: &Jwk,
) -> Result<String, OAuthError> {
    let now = context.clock.now();
    let key_text = serde_json::to_vec(holder).map_err(|fault| OAuthError::server(fault.to_string()))?;
    let did = format!("did:jwk:{}", digest::base64url(&key_text));
    let subject = claims.get("sub").cloned().unwrap_or_default();
    let mut about: Map<String, Value> =
        claims.into_iter().filter(|(name, _)| !NOT_ABOUT_THE_USER.contains(&name.as_str())).collect();
    about.insert("id".to_owned(), json!(did));
    about.insert("sub".to_owned(), subject);
    if let Some(session) = grant.session_id() {
        about.insert("sid".to_owned(), json!(session.to_uuid_string()));
    }
    let credential = json!({
        "iss": context.config.issuer(),
        "sub": did,
        "jti": identifiers::uuid(&context.rng),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add(LIFETIME),
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential", "UserInfoCredential"],
            "credentialSubject": about,
        },
    });
    let key = signing::id_token_key(context, client)?;
    key.sign(Some("JWT"), &credential).map_err(|fault| OAuthError::server(fault.to_string()))
}
