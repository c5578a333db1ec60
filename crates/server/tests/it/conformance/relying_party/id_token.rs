//! What every ID token must say (OpenID Connect Core §2, §3.1.3.7).

use serde_json::{Map, Value, json};

use super::{Login, RelyingParty};
use crate::fixtures::{claims, part, verified_claims};

/// Claims that an ID token may have when nothing was asked for; every other one would be a warning.
const ORDINARY: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "nbf",
    "jti",
    "sid",
];
const FIFTY_YEARS: i64 = 50 * 365 * 24 * 3600;

/// The claims of an ID token that is good.
pub(super) async fn check(party: &RelyingParty, token: &str, nonce: Option<&str>) -> Map<String, Value> {
    let header = part(token, 0);
    let alg = party.shown["id_token_signed_response_alg"].as_str().unwrap_or("RS256");
    assert_eq!((&header["alg"], header["kid"].is_string()), (&json!(alg), true));
    let claims = verified_claims(&party.server, token).await;
    let now = party.server.clock.now();
    let number = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(claims["iss"], party.server.public_url());
    assert_eq!(claims["aud"], json!([party.id()]));
    assert!(number("exp") > now && number("exp") < now + FIFTY_YEARS, "{claims:?}");
    assert!(number("iat") <= now && number("iat") > now - 300, "{claims:?}");
    assert!(number("auth_time") <= now && number("auth_time") > now - FIFTY_YEARS, "{claims:?}");
    assert_eq!(claims.get("nonce"), nonce.map(|nonce| json!(nonce)).as_ref());
    assert_ne!(claims.get("acr"), Some(&json!("")));
    let sub = claims["sub"].as_str().unwrap();
    assert!(sub.len() <= 255 && !sub.is_empty() && sub.bytes().all(|byte| byte.is_ascii_graphic()), "{sub}");
    claims
}

impl Login {
    /// Fails where one of the ID tokens says what nobody asked for.
    #[track_caller]
    pub(crate) fn assert_ordinary(&self) {
        let front = self.shown.get("id_token").map(|token| claims(token));
        let names = self.id_token.keys().chain(front.iter().flat_map(Map::keys));
        let other: Vec<_> = names.filter(|name| !ORDINARY.contains(&name.as_str())).collect();
        assert!(other.is_empty(), "{other:?}");
    }
}
