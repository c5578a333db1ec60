//! Keys as the world writes them.
//!
//! A server that registers keys can insist on their one canonical form, as [`VerifyingKey::from_jwk`] does; a client has
//! to take what a provider publishes. [`Jwk::normalized`] makes the one form of what can be meant in one way only: padded
//! base64 and numbers with too many or too few zeros in front. It reads the key out of the certificate where the numbers
//! are missing, and refuses a key that is not that of its certificate (RFC 7517 §4.7). A key that was normalized is still
//! judged by `from_jwk`: nothing that is refused there for its strength passes here.

use base64::Engine;
use serde::Deserialize;
use serde_json::Value;

use crate::Secret;
#[cfg(doc)]
use crate::VerifyingKey;
use crate::algorithm::Family;
use crate::der;
use crate::digest::{LENIENT, base64url};
use crate::error::KeyError;
use crate::jwk::{Jwk, JwkSet};

/// Members that describe a key and decide nothing.
const DESCRIPTIONS: [&str; 3] = ["x5u", "x5t", "x5t#S256"];

impl Jwk {
    /// The same key with its members in the form that RFC 7518 §6 demands: base64url without padding, numbers of RSA
    /// without zeros in front (§6.3.1.1), coordinates and private scalars as long as the field (§6.2.1.2). Where `n` and
    /// `e`, or `x` and `y`, are missing, those of the first certificate in `x5c` are taken.
    ///
    /// Refused are members that are no base64 of any kind or too long for the curve, and an `x5c` with another key than the
    /// members say ([`KeyError::Inconsistent`]). One that cannot be read is refused where the members are missing, and says
    /// nothing where they are there: certificates of kinds that are not known here stand beside good keys. A certificate is
    /// not believed beyond that: whoever publishes the key vouches for it.
    ///
    /// ```
    /// use symbolon_jose::Jwk;
    ///
    /// let published = r#"{"kty":"RSA","n":"AK5Hvg==","e":"AAEAAQ"}"#;
    /// let key = serde_json::from_str::<Jwk>(published).unwrap().normalized().unwrap();
    /// assert_eq!((key.n.as_deref(), key.e.as_deref()), (Some("rke-"), Some("AQAB")));
    /// ```
    pub fn normalized(&self) -> Result<Self, KeyError> {
        let mut key = self.clone();
        match key.kty.as_str() {
            "RSA" => {
                for (member, name) in [(&mut key.n, "n"), (&mut key.e, "e")] {
                    rewrite(member, name, |bytes| Some(without_zeros(bytes).to_vec()))?;
                }
                let private = [
                    (&mut key.d, "d"),
                    (&mut key.p, "p"),
                    (&mut key.q, "q"),
                    (&mut key.dp, "dp"),
                    (&mut key.dq, "dq"),
                    (&mut key.qi, "qi"),
                ];
                for (member, name) in private {
                    rewrite_private(member, name, |bytes| Some(without_zeros(bytes).to_vec()))?;
                }
            }
            "EC" | "OKP" => key.normalize_curve()?,
            "oct" => rewrite_private(&mut key.k, "k", |bytes| Some(bytes.to_vec()))?,
            _ => {}
        }
        key.take_certified()?;
        Ok(key)
    }

    /// Reads one key of a set as somebody else published it; `None` where [`JwkSet::from_published`] leaves it out.
    pub fn from_published(mut key: Value) -> Option<Self> {
        let members = key.as_object_mut()?;
        for name in DESCRIPTIONS {
            if members.get(name).is_some_and(|value| !value.is_string()) {
                members.remove(name);
            }
        }
        Self::deserialize(key).ok()?.normalized().ok()
    }

    fn normalize_curve(&mut self) -> Result<(), KeyError> {
        let length = match self.family() {
            Ok(family @ (Family::P256 | Family::P384 | Family::P521)) => Some(family.coordinate_bytes()),
            // Not numbers but strings of bytes (RFC 8037 §2), or a curve that is not known.
            _ => None,
        };
        let sized = |bytes: &[u8]| match length {
            Some(length) => padded(without_zeros(bytes), length),
            None => Some(bytes.to_vec()),
        };
        for (member, name) in [(&mut self.x, "x"), (&mut self.y, "y")] {
            rewrite(member, name, sized)?;
        }
        rewrite_private(&mut self.d, "d", sized)
    }

    /// Whether the members alone are a public key.
    fn is_whole(&self) -> bool {
        match self.kty.as_str() {
            "RSA" => self.n.is_some() && self.e.is_some(),
            "EC" => self.crv.is_some() && self.x.is_some() && self.y.is_some(),
            "OKP" => self.crv.is_some() && self.x.is_some(),
            _ => true,
        }
    }

    /// Takes what is missing from the certificate, and compares what is not.
    fn take_certified(&mut self) -> Result<(), KeyError> {
        let Some(first) = self.x5c.as_ref().and_then(|chain| chain.first()) else { return Ok(()) };
        let text: String = first.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        let Some(certified) = LENIENT.decode(text).ok().and_then(|der| der::certified_key(&der)) else {
            return if self.is_whole() { Ok(()) } else { Err(KeyError::Malformed("x5c")) };
        };
        if certified.kty != self.kty {
            return Err(KeyError::Inconsistent);
        }
        let pairs = [
            (&mut self.crv, certified.crv),
            (&mut self.n, certified.n),
            (&mut self.e, certified.e),
            (&mut self.x, certified.x),
            (&mut self.y, certified.y),
        ];
        for (member, certified) in pairs {
            match (&*member, certified) {
                (None, certified) => *member = certified,
                (Some(member), Some(certified)) if *member == certified => {}
                // RSA has no curve, and one that is written anyway means nothing; the same holds for `y` of Ed25519.
                (Some(_), None) => {}
                (Some(_), Some(_)) => return Err(KeyError::Inconsistent),
            }
        }
        Ok(())
    }
}

impl JwkSet {
    /// Reads a key set as somebody else published it, and normalizes its keys ([`Jwk::normalized`]). What cannot be read
    /// or normalized, for instance a key without `kty`, is left out and does not spoil the others (RFC 7517 §5); members
    /// that are not known are ignored, and so are those that only describe a key (`x5u`, `x5t`) where they are ill-typed.
    ///
    /// `None` if the text is no JSON object with an array `keys`.
    pub fn from_published(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }

        let document: Document = serde_json::from_slice(document).ok()?;
        Some(Self { keys: document.keys.into_iter().filter_map(Jwk::from_published).collect() })
    }
}

/// Writes a member anew in canonical form.
fn rewrite(
    member: &mut Option<String>,
    name: &'static str,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), KeyError> {
    if let Some(text) = member.take().map(Secret::new) {
        let bytes = Secret::new(decoded(text.expose()).ok_or(KeyError::Malformed(name))?);
        let changed = Secret::new(change(bytes.expose()).ok_or(KeyError::Malformed(name))?);
        *member = Some(base64url(changed.expose()));
    }
    Ok(())
}

fn rewrite_private(
    member: &mut Option<Secret<String>>,
    name: &'static str,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<(), KeyError> {
    let mut text = member.take().map(|secret| secret.expose().clone());
    rewrite(&mut text, name, change)?;
    *member = text.map(Secret::new);
    Ok(())
}

/// The bytes of base64 in either alphabet, padded or not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut standard: String = text
        .chars()
        .map(|character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bytes = LENIENT.decode(&standard).ok();
    zeroize::Zeroize::zeroize(&mut standard);
    bytes
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|&&byte| byte == 0).count()..]
}

fn padded(number: &[u8], length: usize) -> Option<Vec<u8>> {
    let missing = length.checked_sub(number.len())?;
    Some([&vec![0; missing], number].concat())
}
