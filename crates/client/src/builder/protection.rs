//! Settings of what goes beyond the plain code flow.

use super::ClientBuilder;
use crate::authentication::{AssertionRules, Authentication};
use crate::authorization::RequestObjects;
use crate::dpop::DpopKey;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use crate::encryption::DecryptionKey;
use crate::error::Error;
use crate::protection::{MutualTls, Protection, Pushing};
use crate::signer::Signer;

impl ClientBuilder {
    /// The client proves itself with a key (`private_key_jwt`): one in memory, or a [`Signer`] of the program's.
    #[must_use]
    pub fn private_key(self, signer: impl Signer) -> Self {
        self.authentication(Authentication::private_key_jwt(signer))
    }

    /// How client assertions are made, for `private_key_jwt` and `client_secret_jwt`.
    #[must_use]
    pub fn assertions(mut self, rules: AssertionRules) -> Self {
        self.protection.assertions = rules;
        self
    }

    /// Binds all access tokens to this key (`DPoP`, RFC 9449). A provider that gives other tokens is refused
    /// ([`Error::TokenType`]).
    #[must_use]
    pub fn dpop(mut self, key: DpopKey) -> Self {
        self.protection.dpop = Some(key);
        self
    }

    /// Pushes every authorization request (RFC 9126): nobody sees or changes it in the browser. Without this it is done
    /// where the provider demands it (`require_pushed_authorization_requests`).
    #[must_use]
    pub fn push_authorization_requests(mut self) -> Self {
        self.protection.pushing = Pushing::Always;
        self
    }

    /// Signs every authorization request (RFC 9101).
    #[must_use]
    pub fn request_objects(mut self, objects: RequestObjects) -> Self {
        self.protection.request_objects = Some(objects);
        self
    }

    /// Opens what the provider encrypts for the client with this key: ID tokens, userinfo, signed answers of the
    /// authorization endpoint. May be called several times, while one key replaces another. What must be encrypted is said
    /// by [`VerificationRules::require_encryption`](crate::VerificationRules::require_encryption).
    ///
    /// ```
    /// use symbolon_client::{Client, DecryptionKey, KeyManagement};
    ///
    /// let key = DecryptionKey::generate(KeyManagement::EcdhEsA256Kw, "my-key".into())?;
    /// let client = Client::builder("https://login.example.com", "my-app").decryption_key(key).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    #[must_use]
    pub fn decryption_key(mut self, key: DecryptionKey) -> Self {
        self.protection.decryption_keys.push(key);
        self
    }

    /// Uses the endpoints for clients with a certificate (`mtls_endpoint_aliases`, RFC 8705 §5). Only for a certificate
    /// that an HTTP client of the program's shows: with [`client_certificate`](Self::client_certificate) and with
    /// [`Authentication::Certificate`] it is so by itself.
    #[must_use]
    pub fn mutual_tls_endpoints(mut self) -> Self {
        self.protection.mutual_tls = MutualTls::Yes;
        self
    }

    /// What was set, if it can work.
    pub(super) fn checked_protection(&self) -> Result<Protection, Error> {
        let mut protection = self.protection.clone();
        if matches!(self.authentication, Authentication::Certificate) {
            if !self.shows_certificate() {
                let reason = "the client proves itself with a certificate, and none was given: call client_certificate";
                return Err(Error::Configuration(reason.to_owned()));
            }
            protection.mutual_tls = MutualTls::Yes;
        }
        if let Authentication::PrivateKeyJwt(key) = &self.authentication {
            key.usable_public_jwk()?;
        }
        Ok(protection)
    }

    /// Whether there may be a certificate: what an HTTP client of the program's shows is not known here.
    fn shows_certificate(&self) -> bool {
        #[cfg(feature = "reqwest")]
        let own = self.http.connections.identity.is_some();
        #[cfg(not(feature = "reqwest"))]
        let own = false;
        own || self.http.client.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;

    #[test]
    fn a_certificate_that_is_none_is_refused() {
        let build = |builder: ClientBuilder| builder.authentication(Authentication::Certificate).build();
        let builder = || Client::builder("https://as.example", "app");
        assert!(matches!(build(builder()), Err(Error::Configuration(_))));
        assert!(matches!(build(builder().mutual_tls_endpoints()), Err(Error::Configuration(_))));
    }
}
