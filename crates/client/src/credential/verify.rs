//! Whether a credential may be believed, apart from its signature: made by this provider, bound to the key that asked,
//! inside its time, and of the kind that was asked for.

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::{Jwk, JwsError, digest};

use crate::verification::{SignedToken, seconds};

/// How far the provider's clock may be off, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// The type that every such credential has beside `VerifiableCredential`.
const TYPE: &str = "UserInfoCredential";

/// Why a credential is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialFault {
    /// It is not a signed token, or no key of the provider made the signature.
    Signature(JwsError),
    /// `iss` is another provider.
    Issuer,
    /// `sub` is not the signer's key as `did:jwk`.
    Holder,
    /// `vc.type` does not say that it is about userinfo.
    Type,
    /// `vc.credentialSubject` is missing, or about somebody else than `sub`.
    Subject,
    /// `exp` has passed, or `nbf` lies in the future.
    Time,
}

impl fmt::Display for CredentialFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(error) => error.fmt(formatter),
            Self::Issuer => formatter.write_str("'iss' is another provider"),
            Self::Holder => formatter.write_str("'sub' is not the key that made the proof"),
            Self::Type => formatter.write_str("'vc.type' lacks 'UserInfoCredential'"),
            Self::Subject => formatter.write_str("'vc.credentialSubject' is missing or about somebody else"),
            Self::Time => formatter.write_str("it has expired or is not valid yet"),
        }
    }
}

impl std::error::Error for CredentialFault {}

impl From<CredentialFault> for crate::error::Error {
    fn from(fault: CredentialFault) -> Self {
        Self::Credential(fault)
    }
}

/// What a checked credential says.
pub(super) struct CredentialContent {
    pub(super) holder: String,
    pub(super) subject: Map<String, Value>,
    pub(super) expires_at: Option<i64>,
    pub(super) all: Map<String, Value>,
}

/// Applies the rules to claims whose signature was checked.
pub(super) fn check(
    token: SignedToken,
    issuer: &str,
    holder: &Jwk,
    now: i64,
) -> Result<CredentialContent, CredentialFault> {
    let claims = token.claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return Err(CredentialFault::Issuer);
    }
    let did = text("sub").filter(|did| names(did, holder)).ok_or(CredentialFault::Holder)?;
    let credential = claims.get("vc").ok_or(CredentialFault::Type)?;
    let is_about_userinfo = |types: &Vec<Value>| types.iter().any(|name| name == TYPE);
    if !credential.get("type").and_then(Value::as_array).is_some_and(is_about_userinfo) {
        return Err(CredentialFault::Type);
    }
    let subject = credential.get("credentialSubject").and_then(Value::as_object);
    let subject = subject.filter(|subject| subject.get("id").and_then(Value::as_str) == Some(did));
    let subject = subject.ok_or(CredentialFault::Subject)?.clone();
    let time = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(_) => seconds(&claims, name).map(Some).map_err(|_| CredentialFault::Time),
    };
    let (expires_at, not_before) = (time("exp")?, time("nbf")?);
    if expires_at.is_some_and(|at| at + LEEWAY_SECONDS <= now) || not_before.is_some_and(|at| at > now + LEEWAY_SECONDS)
    {
        return Err(CredentialFault::Time);
    }
    Ok(CredentialContent { holder: did.to_owned(), subject, expires_at, all: claims })
}

/// Whether a `did:jwk` names this key. The thumbprints are compared: members like `kid` do not make another key.
fn names(did: &str, holder: &Jwk) -> bool {
    let encoded = did.strip_prefix("did:jwk:").and_then(digest::base64url_decode);
    let key: Option<Jwk> = encoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.is_some_and(|key| !key.is_private() && key.thumbprint() == holder.thumbprint())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn each_rule_names_its_fault() {
        let provider = SigningKey::generate(Algorithm::ES256, "p".into()).unwrap();
        let holder = SigningKey::generate(Algorithm::EdDSA, "h".into()).unwrap().public_jwk();
        let did_of = |key: &Jwk| format!("did:jwk:{}", digest::base64url(&serde_json::to_vec(key).unwrap()));
        let did = did_of(&holder);
        let other = did_of(&provider.public_jwk());
        let private = did_of(&provider.to_private_jwk());
        let verdict = |change: &dyn Fn(&mut Value)| {
            let mut claims = json!({
                "iss": "https://as.example", "sub": did, "nbf": NOW, "exp": NOW + 60,
                "vc": {"type": ["VerifiableCredential", TYPE], "credentialSubject": {"id": did, "sub": "alice"}},
            });
            change(&mut claims);
            let jws = Jws::parse(&provider.sign(Some("JWT"), &claims).unwrap()).unwrap();
            let verified = jws.verify(&VerifyingKey::from_jwk(&provider.public_jwk()).unwrap()).unwrap();
            check(verified.into(), "https://as.example", &holder, NOW).map(|checked| checked.subject["sub"].clone())
        };
        assert_eq!(verdict(&|_| {}), Ok(json!("alice")));
        for (name, value) in [("exp", json!(1_800_000_059.5)), ("exp", json!(1.9e9)), ("nbf", json!(1.8e9))] {
            assert_eq!(verdict(&|claims| claims[name] = value.clone()), Ok(json!("alice")), "{name} = {value}");
        }
        let cases: [(&str, Value, CredentialFault); 14] = [
            ("/iss", json!("https://evil.example"), CredentialFault::Issuer),
            ("/sub", json!(other), CredentialFault::Holder),
            ("/sub", json!(private), CredentialFault::Holder),
            ("/sub", json!("did:key:z6Mk"), CredentialFault::Holder),
            ("/sub", json!("did:jwk:!"), CredentialFault::Holder),
            ("/vc/type", json!(["VerifiableCredential"]), CredentialFault::Type),
            ("/vc/type", json!(TYPE), CredentialFault::Type),
            ("/vc/credentialSubject", json!("alice"), CredentialFault::Subject),
            ("/vc/credentialSubject/id", json!(other), CredentialFault::Subject),
            ("/exp", json!(NOW - 60), CredentialFault::Time),
            ("/nbf", json!(NOW + 61), CredentialFault::Time),
            ("/nbf", json!("1800000000"), CredentialFault::Time),
            ("/exp", json!(1e300), CredentialFault::Time),
            ("/exp", json!(true), CredentialFault::Time),
        ];
        for (place, value, fault) in cases {
            let change = |claims: &mut Value| *claims.pointer_mut(place).unwrap() = value.clone();
            assert_eq!(verdict(&change), Err(fault), "{place} = {value}");
        }
    }
}
