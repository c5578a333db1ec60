//! Keys of other issuers that the operator names: in the configuration itself, or at an address.

use serde_json::Value;
use symbolon_jose::{Jwk, JwkSet, VerifyingKey};
use url::{Host, Url};

/// Longest issuer, in bytes.
const LONGEST_ISSUER: usize = 768;

/// Where the public keys of an issuer are.
#[derive(Debug, Clone)]
pub enum IssuerKeys {
    /// In the configuration.
    Listed(JwkSet),
    /// At this address.
    Published(String),
}

impl IssuerKeys {
    /// Reads the members `jwks_uri` and `jwks`, of which there must be one. The error says what is wrong, to follow the entry.
    pub(super) fn read(address: Option<&str>, set: Option<&Value>) -> Result<Self, String> {
        match (address, set) {
            (Some(address), None) if is_safe(address) => Ok(Self::Published(address.to_owned())),
            (Some(_), None) => {
                Err("has a `jwks_uri` that is no https address (http goes to this machine alone)".to_owned())
            }
            (None, Some(set)) => listed(set).map(Self::Listed),
            _ => Err("needs one of `jwks_uri` and `jwks`".to_owned()),
        }
    }
}

/// An issuer as assertions say it: compared byte by byte, so a blank in it is a mistake.
pub(super) fn check_issuer(issuer: &str) -> Result<(), String> {
    let clean = |c: char| !c.is_whitespace() && !c.is_control();
    if !issuer.is_empty() && issuer.len() <= LONGEST_ISSUER && issuer.chars().all(clean) {
        return Ok(());
    }
    Err(format!("has an `issuer` that is not 1 to {LONGEST_ISSUER} bytes without blanks"))
}

/// Whoever can change the answer on its way decides whose signatures count.
fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

fn listed(set: &Value) -> Result<JwkSet, String> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or("has a `jwks` that is no set of keys")?;
    if keys.is_empty() {
        return Err("has a `jwks` without keys".to_owned());
    }
    let read = |(index, key): (usize, &Value)| {
        let fault = |what: &str| format!("has a `jwks` whose key {} {what}", index + 1);
        let jwk: Jwk = serde_json::from_value(key.clone()).map_err(|_| fault("is no JSON Web Key"))?;
        if jwk.is_private() {
            return Err(fault("is not public: who reads the configuration could sign"));
        }
        VerifyingKey::from_jwk(&jwk).map_err(|reason| fault(&format!("checks no signatures: {reason}")))?;
        Ok(jwk)
    };
    let keys = keys.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(JwkSet { keys })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_come_from_one_place_that_nobody_else_can_write_to() {
        let key =
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let set = json!({ "keys": [key] });
        assert!(matches!(IssuerKeys::read(None, Some(&set)), Ok(IssuerKeys::Listed(set)) if set.keys.len() == 1));
        for address in ["https://a.example/keys", "http://127.0.0.1:9/keys", "http://localhost/k", "http://[::1]/k"] {
            assert!(matches!(IssuerKeys::read(Some(address), None), Ok(IssuerKeys::Published(_))), "{address}");
        }
        let mut private = key;
        private["d"] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let table = [
            (None, None, "one of `jwks_uri` and `jwks`"),
            (Some("https://a.example"), Some(set), "one of `jwks_uri` and `jwks`"),
            (Some("http://a.example"), None, "no https address"),
            (Some("file:///etc/passwd"), None, "no https address"),
            (Some("keys"), None, "no https address"),
            (None, Some(json!([])), "no set of keys"),
            (None, Some(json!({ "keys": [] })), "without keys"),
            (None, Some(json!({ "keys": [7] })), "key 1 is no JSON Web Key"),
            (None, Some(json!({ "keys": [private] })), "key 1 is not public"),
            (None, Some(json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] })), "key 1 checks no signatures"),
        ];
        for (address, set, part) in table {
            let fault = IssuerKeys::read(address, set.as_ref()).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
