//! What a careful client asks of a logout token (`OpenID` Connect Back-Channel Logout §2.4, §2.6). The signature is
//! checked by `openidconnect` with the keys that the server publishes, not by code that the server shares.

use std::collections::BTreeSet;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use serde_json::{Map, Value, json};
use symbolon_client::Clock;

/// The one event that a logout token tells.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How far two clocks may differ, in seconds.
const LEEWAY: i64 = 60;

/// One client, which takes no token twice.
pub(crate) struct Reader {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) seen: BTreeSet<String>,
}

impl Reader {
    /// The session that a logout token ends, or the rule that it breaks.
    pub(crate) async fn session(&mut self, token: &str) -> Result<String, String> {
        let claims = verified(token, &self.issuer).await?;
        let rule = |holds: bool, name: &str| if holds { Ok(()) } else { Err(format!("{name} in {claims:?}")) };
        let seconds = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        rule(claims.get("iss") == Some(&json!(self.issuer)), "iss")?;
        rule(claims.get("aud") == Some(&json!([self.client_id])), "aud")?;
        let now = Clock::system().now();
        rule((seconds("iat") - now).abs() <= LEEWAY, "iat")?;
        rule(seconds("exp") > now && seconds("exp") - seconds("iat") <= 120, "exp")?;
        rule(claims.get("events") == Some(&json!({ EVENT: {} })), "events")?;
        rule(!claims.contains_key("nonce"), "nonce")?;
        let jti = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty());
        rule(jti.is_some_and(|jti| self.seen.insert(jti.to_owned())), "jti")?;
        let sid = claims.get("sid").and_then(Value::as_str).filter(|sid| !sid.is_empty());
        sid.map(str::to_owned).ok_or_else(|| format!("sid in {claims:?}"))
    }
}

/// The claims of a token whose header and signature are right.
async fn verified(token: &str, issuer: &str) -> Result<Map<String, Value>, String> {
    let parts: Vec<_> = token.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else { return Err(format!("'{token}' is no JWS")) };
    let object = |part| serde_json::from_slice(&bytes(part)?).map_err(|error| error.to_string());
    let header: Map<String, Value> = object(header)?;
    if header.get("alg") != Some(&json!("RS256")) || header.get("typ") != Some(&json!("logout+jwt")) {
        return Err(format!("the header is {header:?}"));
    }
    let keys: CoreJsonWebKeySet = serde_json::from_value(published(issuer).await).map_err(|error| error.to_string())?;
    let named = |id: &str| header.get("kid").and_then(Value::as_str) == Some(id);
    let key = keys.keys().iter().find(|key| key.key_id().is_some_and(|id| named(id.as_str())));
    let message = token.rsplit_once('.').map_or("", |(message, _)| message);
    key.ok_or_else(|| format!("no key for {header:?}"))?
        .verify_signature(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, message.as_bytes(), &bytes(signature)?)
        .map_err(|error| error.to_string())?;
    object(claims)
}

/// The key set that discovery leads to.
async fn published(issuer: &str) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |url: &str| http.get(url).send().await.unwrap().json::<Value>().await.unwrap();
    let metadata = get(&format!("{issuer}/.well-known/openid-configuration")).await;
    get(metadata["jwks_uri"].as_str().unwrap()).await
}

fn bytes(part: &str) -> Result<Vec<u8>, String> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|error| error.to_string())
}
