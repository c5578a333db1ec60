//! The client's keys: a JSON Web Key Set of public keys (RFC 7517), or a link to one, not both
//! (RFC 7591 §2).

use serde_json::{Map, Value};

use crate::client::{Client, MetadataFault};

/// Members that must not be there: they are private or symmetric key material (RFC 7518 §6),
/// `priv` that of the key type `AKP`.
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// A set whose JSON has the wrong shape is a malformed request rather than wrong metadata, and
/// goes before all other checks.
pub(super) fn check_structure(client: &Client) -> Result<(), MetadataFault> {
    let Some(set) = client.jwks.as_object() else {
        return Ok(());
    };
    let keys = match set.get("keys") {
        None => return Ok(()),
        Some(Value::Array(keys)) => keys,
        Some(_) => return Err(MetadataFault::structure("The member 'keys' of 'jwks' must be a list.")),
    };
    for key in keys {
        let key = key
            .as_object()
            .ok_or_else(|| MetadataFault::structure("Each of the 'keys' in 'jwks' must be an object."))?;
        let Some(kty) = key.get("kty").and_then(Value::as_str) else {
            return Err(MetadataFault::structure("Each of the 'keys' in 'jwks' must have a 'kty'."));
        };
        if let Some(missing) = missing_member(key, kty) {
            return Err(MetadataFault::structure(format!(
                "A key of type '{kty}' in 'jwks' lacks the member '{missing}'."
            )));
        }
    }
    Ok(())
}

/// RFC 7518 §6.2.1, §6.3.1; RFC 8037 §2.
fn missing_member(key: &Map<String, Value>, kty: &str) -> Option<&'static str> {
    let needed: &[&str] = match kty {
        "RSA" => &["n", "e"],
        "EC" => &["crv", "x", "y"],
        "OKP" => &["crv", "x"],
        _ => &[],
    };
    needed.iter().copied().find(|name| key.get(*name).and_then(Value::as_str).is_none_or(str::is_empty))
}

/// Not both sources, and public keys only. A key of a type that this server does not know is kept and
/// passed over (RFC 7517 §5), a symmetric one is a secret and refused.
pub(super) fn check(client: &Client) -> Result<(), MetadataFault> {
    if !client.jwks.is_null() && !client.jwks_uri.is_empty() {
        return Err(MetadataFault::metadata("Only one of 'jwks' and 'jwks_uri' may be set."));
    }
    for key in client.keys() {
        let kty = key.get("kty").and_then(Value::as_str).unwrap_or_default();
        if kty == "oct" {
            return Err(MetadataFault::metadata(
                "A key in 'jwks' is symmetric ('kty' is 'oct'); register public keys only.",
            ));
        }
        if let Some(private) = PRIVATE_MEMBERS.iter().find(|name| key.get(**name).is_some()) {
            return Err(MetadataFault::metadata(format!(
                "A key in 'jwks' has the private member '{private}'; register public keys only."
            )));
        }
    }
    Ok(())
}
