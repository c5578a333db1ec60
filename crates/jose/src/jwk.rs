//! JSON Web Keys and sets of them (RFC 7517), with the members of RFC 7518 §6 and RFC 8037 §2, and thumbprints
//! (RFC 7638).
//!
//! [`Jwk`] is the wire form only: members as they were written, nothing judged. Whether the members make a usable key is
//! decided by [`VerifyingKey::from_jwk`] and
//! [`SigningKey::from_jwk`](crate::SigningKey::from_jwk). Private members are kept in [`Secret`].

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;

use crate::Secret;
use crate::algorithm::{Algorithm, Family};
use crate::backend;
use crate::digest::{base64url, base64url_decode, sha256};
use crate::error::KeyError;
use crate::verify::VerifyingKey;

/// A JSON Web Key. Numbers are base64url text, as on the wire; `Debug` hides the private ones.
///
/// Reading refuses a repeated member and ignores unknown ones. Serializing writes private members too: publish
/// [`Jwk::to_public`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Jwk {
    /// `use`: `sig` or `enc` (RFC 7517 §4.2)
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    /// `kty`: `RSA`, `EC`, `OKP`, `oct`, … (RFC 7517 §4.1)
    pub kty: String,
    /// `kid`: the name of the key, unique in its set (RFC 7517 §4.5)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `crv`: the curve of an `EC` or `OKP` key
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// `alg`: the only algorithm that the key is for (RFC 7517 §4.4)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `x`: the coordinate of an `EC` key, or the public key of an `OKP` key
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// `y`: the other coordinate of an `EC` key
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// `n`: the modulus of an RSA key
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// `e`: the public exponent of an RSA key
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// `k`: the value of a symmetric (`oct`) key
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub k: Option<Secret<String>>,
    /// `d`: the private exponent, scalar or seed
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub d: Option<Secret<String>>,
    /// `p`: the first prime of an RSA key
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub p: Option<Secret<String>>,
    /// `q`: the second prime of an RSA key
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub q: Option<Secret<String>>,
    /// `dp`: `d mod (p - 1)`
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub dp: Option<Secret<String>>,
    /// `dq`: `d mod (q - 1)`
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub dq: Option<Secret<String>>,
    /// `qi`: the inverse of `q` modulo `p`
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub qi: Option<Secret<String>>,
    /// `key_ops`: what the key may be used for (RFC 7517 §4.3)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// `x5u`: where a certificate of the key is; never fetched
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5u: Option<String>,
    /// `x5c`: a certificate chain for the key; carried, not checked
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
    /// `x5t`: the SHA-1 thumbprint of the certificate
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    /// `x5t#S256`: the SHA-256 thumbprint of the certificate
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub x5t_s256: Option<String>,
}

impl Jwk {
    /// The key's thumbprint: base64url of the SHA-256 of its required members in their canonical form (RFC 7638 §3).
    ///
    /// Names a key only if the key is whole and canonical, that is, if
    /// [`VerifyingKey::from_jwk`] accepts it: absent members are left out of the hash.
    pub fn thumbprint(&self) -> String {
        let mut required = match self.kty.as_str() {
            "RSA" => json!({"e": self.e, "n": self.n}),
            "EC" => json!({"crv": self.crv, "x": self.x, "y": self.y}),
            "oct" => json!({"k": self.k.as_ref().map(Secret::expose)}),
            _ => json!({"crv": self.crv, "x": self.x}),
        };
        required["kty"] = self.kty.as_str().into();
        if let Some(members) = required.as_object_mut() {
            members.retain(|_, value| !value.is_null());
            // §3.3 wants them in this order; whether `serde_json` keeps it by itself depends on the features of others.
            members.sort_keys();
        }
        base64url(&sha256(required.to_string().as_bytes()))
    }

    /// The same key without its private members. Of a symmetric key nothing but its description is left.
    #[must_use]
    pub fn to_public(&self) -> Self {
        let mut public = self.clone();
        for member in
            [&mut public.k, &mut public.d, &mut public.p, &mut public.q, &mut public.dp, &mut public.dq, &mut public.qi]
        {
            *member = None;
        }
        public
    }

    /// The public key and nothing else: the members that its thumbprint covers (RFC 7638 §3.2), for a header that shows it.
    #[must_use]
    pub fn bare(&self) -> Self {
        let public = self.to_public();
        Self { kty: public.kty, crv: public.crv, x: public.x, y: public.y, n: public.n, e: public.e, ..Self::default() }
    }

    /// Whether any private member is present: such a key must not be published, nor accepted as somebody's public key.
    pub fn is_private(&self) -> bool {
        [&self.k, &self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi].into_iter().any(Option::is_some)
    }

    /// The kind of signing key that `kty` and `crv` describe.
    pub(crate) fn family(&self) -> Result<Family, KeyError> {
        let described = (self.kty.as_str(), self.crv.as_deref());
        backend::FAMILIES
            .iter()
            .copied()
            .find(|family| {
                let (kty, crv) = family.key_type_and_curve();
                // RSA has no curve; one that is written anyway means nothing (RFC 7517 §4).
                kty == described.0 && (crv.is_none() || crv == described.1)
            })
            .ok_or(KeyError::UnsupportedKeyType)
    }

    /// The algorithm that the key signs with: its `alg`, or without one RS256, that of its curve, or `EdDSA`. `None` when
    /// `alg` or the kind of key is unknown here. Whether the key is whole is not looked at.
    pub fn signature_algorithm(&self) -> Option<Algorithm> {
        let family = self.family().ok()?;
        match &self.alg {
            None => Some(family.default_algorithm()),
            Some(name) => Algorithm::parse(name).filter(|algorithm| algorithm.family() == family),
        }
    }

    /// Whether `use` and `key_ops`, where present, allow a `purpose` (`sig` or `enc`) and any of the `operations` that
    /// belong to it (RFC 7517 §4.2, §4.3).
    pub(crate) fn allows(&self, purpose: &str, operations: &[&str]) -> bool {
        let use_allows = self.use_.as_deref().is_none_or(|named| named == purpose);
        let listed = |named: &Vec<String>| named.iter().any(|name| operations.contains(&name.as_str()));
        use_allows && self.key_ops.as_ref().is_none_or(listed)
    }
}

/// The bytes of the public member called `name`.
pub(crate) fn public_member(value: Option<&String>, name: &'static str) -> Result<Vec<u8>, KeyError> {
    base64url_decode(value.ok_or(KeyError::Missing(name))?).ok_or(KeyError::Malformed(name))
}

/// The bytes of the private member called `name`.
pub(crate) fn private_member(value: Option<&Secret<String>>, name: &'static str) -> Result<Secret<Vec<u8>>, KeyError> {
    public_member(value.map(Secret::expose), name).map(Secret::new)
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn exposed<S: Serializer>(member: &Option<Secret<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    member.as_ref().map(Secret::expose).serialize(serializer)
}

/// A set of keys (RFC 7517 §5).
#[derive(Debug, Clone, Default, Serialize)]
pub struct JwkSet {
    /// The keys, in the order of the document.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The keys of the set that signatures can be checked with, in order; the others are left out (RFC 7517 §5).
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.keys.iter().filter_map(|key| VerifyingKey::from_jwk(key).ok()).collect()
    }
}

// RFC 7517 §5: a key that is not understood must not spoil the others, so what has no `kty`, ill-typed or repeated
// members is left out instead of failing the set.
impl<'de> Deserialize<'de> for JwkSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Entry>,
        }

        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Entry {
            Key(Box<Jwk>),
            Unusable(IgnoredAny),
        }

        let document = Document::deserialize(deserializer)?;
        let keys = document.keys.into_iter().filter_map(|entry| match entry {
            Entry::Key(key) => Some(*key),
            Entry::Unusable(_) => None,
        });
        Ok(Self { keys: keys.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_the_customary_order() {
        let text = r#"{"use":"sig","kty":"EC","kid":"k","crv":"P-256","alg":"ES256","x":"AQ","y":"Ag","d":"Aw"}"#;
        let key: Jwk = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), text);
        assert!(key.is_private() && !key.to_public().is_private());
        assert_eq!(serde_json::to_string(&key.to_public()).unwrap(), text.replace(r#","d":"Aw""#, ""));
    }

    #[test]
    fn debug_hides_private_members() {
        let key: Jwk =
            serde_json::from_str(r#"{"kty":"RSA","d":"DD","p":"PP","q":"QQ","dp":"dP","dq":"dQ","qi":"qI"}"#).unwrap();
        let text = format!("{key:?}");
        for private in ["DD", "PP", "QQ", "dP", "dQ", "qI"] {
            assert!(!text.contains(private), "{text}");
        }
    }

    #[test]
    fn repeated_members_are_refused() {
        for text in [
            r#"{"kty":"RSA","kty":"EC"}"#,
            r#"{"kty":"EC","x":"a","x":"b"}"#,
            r#"{"kty":"EC","use":"sig","use":"enc"}"#,
        ] {
            assert!(serde_json::from_str::<Jwk>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_set_leaves_out_what_it_does_not_understand() {
        let text = r#"{"keys":[{"kty":"EC","kid":"a"},{"kid":"no kty"},{"kty":7},"nonsense",null,{"kty":"EC","kid":"b","kid":"c"},
            {"kty":"AKP","kid":"d","pub":"x"}],"extra":1}"#;
        for set in [
            serde_json::from_str::<JwkSet>(text).unwrap(),
            serde_json::from_value(serde_json::from_str(text).unwrap()).unwrap(),
        ] {
            let names: Vec<_> =
                set.keys.iter().filter_map(|key| key.kid.as_deref()).filter(|&kid| kid != "c").collect();
            assert_eq!(names, ["a", "d"]);
        }
        assert!(serde_json::from_str::<JwkSet>("{}").is_err());
        assert!(serde_json::from_str::<JwkSet>(r#"{"keys":{}}"#).is_err());
    }

    #[test]
    fn the_algorithm_is_the_keys_own_or_that_of_its_kind() {
        let algorithm = |text: &str| serde_json::from_str::<Jwk>(text).unwrap().signature_algorithm();
        assert_eq!(algorithm(r#"{"kty":"RSA"}"#), Some(Algorithm::RS256));
        assert_eq!(algorithm(r#"{"kty":"RSA","alg":"PS384"}"#), Some(Algorithm::PS384));
        assert_eq!(algorithm(r#"{"kty":"EC","crv":"P-384"}"#), Some(Algorithm::ES384));
        #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
        assert_eq!(algorithm(r#"{"kty":"OKP","crv":"Ed25519"}"#), Some(Algorithm::EdDSA));
        for text in [
            r#"{"kty":"RSA","alg":"ES256"}"#,
            r#"{"kty":"RSA","alg":"HS256"}"#,
            r#"{"kty":"EC","crv":"P-256","alg":"ES384"}"#,
            r#"{"kty":"oct"}"#,
            r#"{"kty":"OKP","crv":"X25519"}"#,
        ] {
            assert_eq!(algorithm(text), None, "{text}");
        }
    }

    #[test]
    fn use_and_key_ops_restrict() {
        let allowed = |text: &str| serde_json::from_str::<Jwk>(text).unwrap().allows("sig", &["verify"]);
        assert!(allowed(r#"{"kty":"EC"}"#));
        assert!(allowed(r#"{"kty":"EC","use":"sig","key_ops":["verify"]}"#));
        assert!(!allowed(r#"{"kty":"EC","use":"enc"}"#));
        assert!(!allowed(r#"{"kty":"EC","key_ops":["encrypt"]}"#));
        assert!(!allowed(r#"{"kty":"EC","key_ops":[]}"#));
    }
}
