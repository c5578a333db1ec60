//! The holder of a credential: a key pair, and the proof that it is theirs (OpenID Connect UserInfo Verifiable
//! Credentials, draft 00).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

pub struct Holder {
    key: SigningKey,
}

impl Holder {
    /// The key is always the same: it protects nothing.
    pub fn new() -> Self {
        Self { key: SigningKey::from_slice(&[7; 32]).unwrap() }
    }

    /// The public key.
    pub fn jwk(&self) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let coordinates = &point.as_bytes()[1..];
        let (x, y) = coordinates.split_at(32);
        json!({"kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
    }

    /// A signed JWT over the nonce.
    pub fn proof(&self, nonce: &str) -> String {
        let header = json!({"alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": self.jwk()});
        let message = format!("{}.{}", part(&header), part(&json!({"nonce": nonce})));
        let signature: Signature = self.key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

fn part(content: &Value) -> String {
    URL_SAFE_NO_PAD.encode(content.to_string())
}

/// The claims of a JWT, unverified, or the header of one (`index` 0).
pub fn read_jwt(token: &str, index: usize) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token} is no JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap()
}

/// The key in a `did:jwk`.
pub fn key_of_did(did: &str) -> Value {
    let encoded = did.strip_prefix("did:jwk:").unwrap_or_else(|| panic!("{did} is no did:jwk"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}
