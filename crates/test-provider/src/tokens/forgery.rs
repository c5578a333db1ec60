//! What is different about a token from what the provider would issue.

use std::collections::HashMap;

use http::Method;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use symbolon_jose::digest::base64url;
use symbolon_jose::{Algorithm, Jwk, JwkSet, SigningKey};

use crate::TestProvider;

/// How long ago a token has expired that has expired, in seconds: more than any relying party forgives.
pub(super) const EXPIRED_SINCE: i64 = 3600;
/// How long a token lived that has expired, and lives that has not.
const LIFETIME: i64 = 3600;

/// Who signs.
#[derive(Clone, Copy, Default, PartialEq)]
enum Signer {
    #[default]
    Provider,
    Stranger,
    Nobody,
}

/// Changes to a token.
#[derive(Default)]
pub(super) struct Forgery {
    claims: Map<String, Value>,
    expired: bool,
    signer: Signer,
    typ: Option<String>,
    algorithm: Option<Algorithm>,
    kid: Option<String>,
}

/// The methods of a token that change it; a type of token has a [`Forgery`] in its field `forgery`.
macro_rules! forgeries {
    () => {
        /// Sets a claim, whatever it would be otherwise; `Value::Null` leaves it out.
        #[must_use]
        pub fn claim(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
            self.forgery.set(name.into(), value.into());
            self
        }

        /// An hour too late: `exp` is over, and `iat` is an hour before that.
        #[must_use]
        pub fn expired(mut self) -> Self {
            self.forgery.expire();
            self
        }

        /// `iss` is somebody else.
        #[must_use]
        pub fn issuer(self, issuer: &str) -> Self {
            self.claim("iss", issuer)
        }

        /// Signed by another key than the provider's of the same name (`kid`), so that the signature is wrong.
        #[must_use]
        pub fn signed_by_a_stranger(mut self) -> Self {
            self.forgery.by_stranger();
            self
        }

        /// Not signed at all: `alg` is `none` (RFC 7515 §6).
        #[must_use]
        pub fn unsigned(mut self) -> Self {
            self.forgery.by_nobody();
            self
        }

        /// Names a key of this `kid` in its header, which the provider does not publish.
        #[must_use]
        pub fn key_id(mut self, kid: &str) -> Self {
            self.forgery.named(kid);
            self
        }

        /// Is of this `typ`.
        #[must_use]
        pub fn typ(mut self, typ: &str) -> Self {
            self.forgery.of_type(typ);
            self
        }

        /// Signed with this algorithm, as `ES256`. Panics when there is none of that name.
        #[must_use]
        pub fn algorithm(mut self, name: &str) -> Self {
            self.forgery.with_algorithm(name);
            self
        }
    };
}
pub(super) use forgeries;

impl Forgery {
    pub(super) fn set(&mut self, name: String, value: Value) {
        self.claims.insert(name, value);
    }

    pub(super) fn expire(&mut self) {
        self.expired = true;
    }

    pub(super) fn by_stranger(&mut self) {
        self.signer = Signer::Stranger;
    }

    pub(super) fn by_nobody(&mut self) {
        self.signer = Signer::Nobody;
    }

    pub(super) fn named(&mut self, kid: &str) {
        self.kid = Some(kid.to_owned());
    }

    pub(super) fn of_type(&mut self, typ: &str) {
        self.typ = Some(typ.to_owned());
    }

    pub(super) fn with_algorithm(&mut self, name: &str) {
        self.algorithm = Some(Algorithm::parse(name).unwrap_or_else(|| panic!("there is no signature '{name}'")));
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expired
    }

    /// Whether the token has to be signed anew.
    pub(super) fn changes_a_jwt(&self) -> bool {
        let Self { claims, expired: _, signer, typ, algorithm, kid } = self;
        !claims.is_empty() || *signer != Signer::Provider || typ.is_some() || algorithm.is_some() || kid.is_some()
    }

    /// `iat` and `exp` of a token that is issued now.
    pub(super) fn times(&self, now: i64) -> (i64, i64) {
        if self.expired { (now - EXPIRED_SINCE - LIFETIME, now - EXPIRED_SINCE) } else { (now, now + LIFETIME) }
    }

    /// The token with these claims, changed, signed with the keys of a set.
    pub(super) async fn sign(
        &self,
        provider: &TestProvider,
        (set, typ): (&str, &str),
        mut claims: Map<String, Value>,
    ) -> String {
        claims.extend(self.claims.clone());
        claims.retain(|_, value| !value.is_null());
        let typ = self.typ.as_deref().unwrap_or(typ);
        let claims = Value::Object(claims);
        if self.signer == Signer::Nobody {
            let parts =
                [json!({ "alg": "none", "typ": typ }), claims].map(|part| base64url(part.to_string().as_bytes()));
            return format!("{}.{}.", parts[0], parts[1]);
        }
        let algorithm = self.algorithm.unwrap_or(provider.algorithm);
        let mut jwk = published(provider, set, algorithm).await;
        let kid = self.kid.clone().or_else(|| jwk.kid.clone());
        if self.signer == Signer::Stranger {
            jwk = stranger(algorithm);
        }
        let jwk = Jwk { kid, ..jwk };
        let signed = SigningKey::from_jwk(&jwk).map(|key| key.sign(Some(typ), &claims));
        match signed {
            Ok(Ok(token)) => token,
            _ => panic!("the token cannot be signed with {algorithm}"),
        }
    }
}

/// The private key with which the provider signs in a set.
async fn published(provider: &TestProvider, set: &str, algorithm: Algorithm) -> Jwk {
    let reply = provider.in_process.try_admin(Method::GET, &format!("/admin/keys/{set}"), None).await;
    let keys: JwkSet = serde_json::from_str(&reply.text).unwrap_or_else(|_| panic!("no keys: {}", reply.text));
    let found = keys.keys.into_iter().find(|key| key.signature_algorithm() == Some(algorithm));
    found.unwrap_or_else(|| {
        panic!("the provider has no key for {algorithm} in {set}: see symbolon.keys.offered_algorithms")
    })
}

/// A key that no provider has, one for each algorithm in a process.
fn stranger(algorithm: Algorithm) -> Jwk {
    static STRANGERS: Mutex<Option<HashMap<&'static str, Jwk>>> = Mutex::new(None);
    let mut strangers = STRANGERS.lock();
    let made = strangers.get_or_insert_default().entry(algorithm.as_str());
    let new = || match SigningKey::generate(algorithm, "stranger".to_owned()) {
        Ok(key) => key.to_private_jwk(),
        Err(fault) => panic!("no key can be made for {algorithm}: {fault}"),
    };
    made.or_insert_with(new).clone()
}
