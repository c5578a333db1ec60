//! Messages whose integrity a shared secret protects: HMAC with SHA-2 (RFC 7518 §3.2) in compact form.
//!
//! They have types of their own, which nothing turns into a [`Jws`](crate::Jws) and its keys: a public key can never be
//! taken for a shared secret, and a message for the one is unreadable to the other (RFC 8725 §2.1, §3.1).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::backend::{Hash, Mac};
use crate::digest::{base64url_decode, constant_time_eq, push_base64url};
use crate::error::{JwsError, SignError};
use crate::jws::{refuse_extensions, split};
use crate::sign::signing_input;
use crate::strict_json;

/// An HMAC algorithm, named as in the JOSE header member `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacAlgorithm {
    /// HMAC with SHA-256
    HS256,
    /// HMAC with SHA-384
    HS384,
    /// HMAC with SHA-512
    HS512,
}

impl MacAlgorithm {
    /// Every algorithm, in the order of preference for an advertisement.
    pub const fn all() -> &'static [Self] {
        &[Self::HS256, Self::HS384, Self::HS512]
    }

    /// The algorithm called `name`, compared byte by byte.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name, as written in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    /// Fewest bytes of a secret: as many as the hash has (RFC 7518 §3.2).
    pub const fn least_secret_bytes(self) -> usize {
        match self {
            Self::HS256 => 32,
            Self::HS384 => 48,
            Self::HS512 => 64,
        }
    }

    /// Signs `payload`, written as JSON, with a shared `secret`, in compact form: `alg` first, then the members of `header`.
    ///
    /// ```
    /// use serde_json::json;
    /// use symbolon_jose::{MacAlgorithm, MacMessage};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let secret = b"a client secret with at least 32 bytes";
    /// let header = json!({"typ": "JWT"});
    /// let header = header.as_object().ok_or("an object")?;
    /// let assertion = MacAlgorithm::HS256.sign(secret, header, &json!({"iss": "client"}))?;
    /// assert_eq!(MacMessage::parse(&assertion)?.verify(secret)?["iss"], "client");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`SignError::WeakSecret`] is the answer to a secret that is shorter than the hash (RFC 7518 §3.2), and
    /// [`SignError::Header`] to another `alg`, to `crit` and to `b64` in `header`.
    pub fn sign(
        self,
        secret: &[u8],
        header: &Map<String, Value>,
        payload: &impl Serialize,
    ) -> Result<String, SignError> {
        if secret.len() < self.least_secret_bytes() {
            return Err(SignError::WeakSecret);
        }
        if header.get("alg").is_some_and(|alg| alg != self.as_str()) {
            return Err(SignError::Header("alg"));
        }
        let mut message = signing_input(self.as_str(), header, payload)?;
        let tag = Mac::new(self.hash(), secret).tag(&[message.as_bytes()]);
        message.push('.');
        push_base64url(&mut message, tag.as_ref());
        Ok(message)
    }

    const fn hash(self) -> Hash {
        match self {
            Self::HS256 => Hash::Sha256,
            Self::HS384 => Hash::Sha384,
            Self::HS512 => Hash::Sha512,
        }
    }
}

/// A message with a MAC, taken apart and not verified yet.
#[derive(Debug, Clone)]
pub struct MacMessage {
    /// Header and payload as they were protected, with the dot between them.
    protected: String,
    alg: MacAlgorithm,
    typ: Option<String>,
    payload: Vec<u8>,
    tag: Vec<u8>,
}

impl MacMessage {
    /// Takes `text` apart: three parts, each canonical base64url, the first a JSON object that names an HMAC algorithm.
    pub fn parse(text: &str) -> Result<Self, JwsError> {
        let (protected, header, payload, tag) = split(text)?;
        let header = base64url_decode(header).ok_or(JwsError::NotBase64url("header"))?;
        let header = strict_json::object(&header).ok_or(JwsError::BadHeader)?;
        let name = header.get("alg").and_then(Value::as_str).ok_or(JwsError::BadHeader)?;
        let alg = MacAlgorithm::parse(name).ok_or(JwsError::UnsupportedAlgorithm)?;
        refuse_extensions(&header)?;
        let typ = match header.get("typ") {
            None => None,
            Some(typ) => Some(typ.as_str().ok_or(JwsError::BadHeader)?.to_owned()),
        };
        let payload = base64url_decode(payload).ok_or(JwsError::NotBase64url("payload"))?;
        let tag = base64url_decode(tag).ok_or(JwsError::NotBase64url("signature"))?;
        Ok(Self { protected: protected.to_owned(), alg, typ, payload, tag })
    }

    /// The algorithm, before verification.
    pub fn alg(&self) -> MacAlgorithm {
        self.alg
    }

    /// What the message claims to be, before verification.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload's members, before verification: good for finding out whose secret to ask for, and nothing else.
    pub fn unverified_claims(&self) -> Result<Map<String, Value>, JwsError> {
        strict_json::object(&self.payload).ok_or(JwsError::BadPayload)
    }

    /// Checks the MAC with `secret`, in a time that does not depend on how much of it is right. A secret that is shorter
    /// than the algorithm asks for protects nothing and is [`JwsError::NoMatchingKey`].
    pub fn verify(&self, secret: &[u8]) -> Result<Map<String, Value>, JwsError> {
        if secret.len() < self.alg.least_secret_bytes() {
            return Err(JwsError::NoMatchingKey);
        }
        let tag = Mac::new(self.alg.hash(), secret).tag(&[self.protected.as_bytes()]);
        if !constant_time_eq(tag.as_ref(), &self.tag) {
            return Err(JwsError::BadSignature);
        }
        self.unverified_claims()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::base64url;
    use crate::{Jws, Secret};

    /// RFC 7515 §A.1.
    const MESSAGE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    fn key() -> Secret<Vec<u8>> {
        Secret::new(base64url_decode(KEY).unwrap())
    }

    #[test]
    fn the_published_message_is_verified_with_its_key_and_no_other() {
        let message = MacMessage::parse(MESSAGE).unwrap();
        assert_eq!(message.alg(), MacAlgorithm::HS256);
        assert_eq!(message.verify(key().expose()).unwrap()["iss"], "joe");
        let mut other = key().expose().clone();
        other[0] ^= 1;
        assert_eq!(message.verify(&other), Err(JwsError::BadSignature));
        assert_eq!(message.verify(&other[..31]), Err(JwsError::NoMatchingKey));
        assert_eq!(message.verify(&[]), Err(JwsError::NoMatchingKey));
    }

    #[test]
    fn whatever_is_altered_is_refused() {
        for (at, byte) in MESSAGE.bytes().enumerate().filter(|(_, byte)| *byte != b'.') {
            // The last characters of a part have bits that must be zero, so that every change shows.
            let mut altered = MESSAGE.as_bytes().to_vec();
            altered[at] = if byte == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            let verified = MacMessage::parse(&altered).and_then(|message| message.verify(key().expose()));
            assert!(verified.is_err(), "{at}");
        }
        let (cut, _) = MESSAGE.rsplit_once('.').unwrap();
        assert!(MacMessage::parse(&format!("{cut}.")).unwrap().verify(key().expose()).is_err(), "no tag");
    }

    #[test]
    fn each_algorithm_is_its_own() {
        for &algorithm in MacAlgorithm::all() {
            assert_eq!(MacAlgorithm::parse(algorithm.as_str()), Some(algorithm));
            let header = base64url(format!(r#"{{"alg":"{}"}}"#, algorithm.as_str()).as_bytes());
            let protected = format!("{header}.e30");
            for &used in MacAlgorithm::all() {
                let tag = Mac::new(used.hash(), key().expose()).tag(&[protected.as_bytes()]);
                let message = MacMessage::parse(&format!("{protected}.{}", base64url(tag.as_ref()))).unwrap();
                assert_eq!(message.verify(key().expose()).is_ok(), used == algorithm, "{algorithm:?} {used:?}");
            }
        }
    }

    #[test]
    fn what_is_signed_verifies_under_its_own_algorithm_and_secret() {
        let header = serde_json::json!({"typ": "JWT", "kid": "a"});
        let header = header.as_object().unwrap();
        for &algorithm in MacAlgorithm::all() {
            let text = algorithm.sign(key().expose(), header, &serde_json::json!({"iss": "client"})).unwrap();
            let message = MacMessage::parse(&text).unwrap();
            assert_eq!((message.alg(), message.typ()), (algorithm, Some("JWT")));
            assert_eq!(message.verify(key().expose()).unwrap()["iss"], "client");
            assert_eq!(message.verify(&[7; 64]), Err(JwsError::BadSignature));
            let least = algorithm.least_secret_bytes();
            assert!(algorithm.sign(&vec![1; least], header, &"").is_ok());
            for short in [0, 1, least - 1] {
                let refusal = algorithm.sign(&vec![1; short], header, &"").unwrap_err();
                assert!(matches!(refusal, SignError::WeakSecret), "{algorithm:?} {short}");
            }
        }
        for (header, member) in [
            (serde_json::json!({"alg": "HS512"}), "alg"),
            (serde_json::json!({"alg": "none"}), "alg"),
            (serde_json::json!({"crit": []}), "crit"),
            (serde_json::json!({"b64": false}), "b64"),
        ] {
            let refusal = MacAlgorithm::HS256.sign(key().expose(), header.as_object().unwrap(), &"").unwrap_err();
            assert!(matches!(refusal, SignError::Header(named) if named == member), "{header}");
        }
    }

    #[test]
    fn signatures_and_macs_are_unreadable_to_each_other() {
        assert_eq!(Jws::parse(MESSAGE).unwrap_err(), JwsError::UnsupportedAlgorithm);
        for alg in ["none", "RS256", "ES256", "hs256", "HS1", ""] {
            let header = base64url(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
            assert_eq!(
                MacMessage::parse(&format!("{header}.e30.")).unwrap_err(),
                JwsError::UnsupportedAlgorithm,
                "{alg}"
            );
        }
        for header in ["{}", r#"{"alg":7}"#, r#"{"alg":"HS256","alg":"HS256"}"#, "[]"] {
            let header = base64url(header.as_bytes());
            assert_eq!(MacMessage::parse(&format!("{header}.e30.")).unwrap_err(), JwsError::BadHeader);
        }
        let critical = base64url(br#"{"alg":"HS256","crit":["b64"]}"#);
        assert_eq!(MacMessage::parse(&format!("{critical}.e30.")).unwrap_err(), JwsError::CriticalHeader);
    }
}
