//! How a [`ResourceServer`] is put together.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use symbolon_jose::{Algorithm, Secret};
use url::Url;

use super::certificate::ClientCertificate;
use super::dpop::{DpopSettings, Nonces, Proofs};
use super::introspection::{IntrospectionSettings, Introspections};
use super::metadata::{describe, metadata_url};
use super::{Binding, Certificates, Inner, ResourceServer, TokenCheck};
use crate::client::Client;
use crate::error::Error;
use crate::http::parse_url;
use crate::verification::{AudienceRule, TokenForm};
use crate::wire::ProtectedResourceMetadata;

/// Collects the settings of a [`ResourceServer`].
#[must_use]
pub struct ResourceServerBuilder {
    client: Client,
    resource: String,
    audiences: Vec<String>,
    audience_rule: AudienceRule,
    form: TokenForm,
    check: TokenCheck,
    binding: Binding,
    introspection: IntrospectionSettings,
    bases: Vec<String>,
    offers_dpop: bool,
    dpop: DpopSettings,
    nonces: Option<NonceKey>,
    certificates: Option<Certificates>,
    realm: Option<String>,
    metadata: ProtectedResourceMetadata,
}

enum NonceKey {
    OfThisProcess,
    Given(Secret<Vec<u8>>),
}

impl ResourceServerBuilder {
    pub(super) fn new(client: Client, resource: &str) -> Self {
        Self {
            client,
            resource: resource.to_owned(),
            audiences: vec![resource.to_owned()],
            audience_rule: AudienceRule::Named,
            form: TokenForm::Rfc9068,
            check: TokenCheck::Either,
            binding: Binding::Any,
            introspection: IntrospectionSettings::default(),
            bases: Vec::new(),
            offers_dpop: true,
            dpop: DpopSettings::default(),
            nonces: None,
            certificates: None,
            realm: None,
            metadata: ProtectedResourceMetadata::default(),
        }
    }

    /// Another name that tokens may have for this API in `aud`; one of the names is enough.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Tokens that name no audience at all are good too, as those of Ory Hydra are when the client asked for none. What is
    /// lost: a token that a user gave to any other API of the provider opens this one. A token that names others stays
    /// refused.
    pub fn allow_missing_audience(mut self) -> Self {
        self.audience_rule = AudienceRule::MayBeMissing;
        self
    }

    /// Signed tokens need not have the form of RFC 9068: `typ` may be `JWT` or missing, and client id, subject and `iat` may
    /// be missing, as Entra, Auth0, Keycloak and Okta have it. What is lost: the certainty that an ID token is never taken
    /// for an access token. Those with the marks of an ID token (`nonce`, `at_hash`, Keycloak's `typ: ID`) are refused; for
    /// the rest the audience has to tell them apart, so it must not be the client id of an application that users log in to.
    pub fn allow_any_jwt(mut self) -> Self {
        self.form = TokenForm::AnyJwt;
        self
    }

    /// Only signed tokens count, and nobody is asked. Their end by revocation is not noticed before they expire.
    pub fn signed_tokens_only(mut self) -> Self {
        self.check = TokenCheck::Signature;
        self
    }

    /// The authorization server is asked about every token, signed or not, so that revocation is noticed within the time
    /// that answers are kept.
    pub fn introspect_always(mut self) -> Self {
        self.check = TokenCheck::Introspection;
        self
    }

    /// How long the answer that a token is active is kept, at most; 30 seconds unless told otherwise. That long a revoked
    /// token may still be let in. With [`Duration::ZERO`] each request asks.
    pub fn introspection_lifetime(mut self, lifetime: Duration) -> Self {
        self.introspection.lifetime = lifetime;
        self
    }

    /// How many answers of each kind are kept; 10,000 unless told otherwise.
    pub fn introspection_entries(mut self, entries: usize) -> Self {
        self.introspection.entries = entries;
        self
    }

    /// How long the introspection endpoint may take; ten seconds unless told otherwise.
    pub fn introspection_timeout(mut self, timeout: Duration) -> Self {
        self.introspection.timeout = timeout;
        self
    }

    /// Where clients reach this API, as far as the path that requests have here: DPoP proofs name the whole address. Unless
    /// told otherwise it is scheme, host and port of the resource identifier. May be called several times.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        let url: String = url.into();
        self.bases.push(url.trim_end_matches('/').to_owned());
        self
    }

    /// The algorithms of DPoP proofs; ES256, EdDSA, PS256 and RS256 unless told otherwise.
    pub fn dpop_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.dpop.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How long after it was made a DPoP proof counts; 60 seconds unless told otherwise. That it may lie in the future by
    /// the leeway of the client's [`VerificationRules`](crate::VerificationRules) comes on top, five minutes at most.
    pub fn dpop_proof_lifetime(mut self, lifetime: Duration) -> Self {
        self.dpop.lifetime_seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// How many used DPoP proofs are remembered; 200,000 unless told otherwise, which is enough for a thousand a second.
    /// When there is no room, requests with proofs are answered 503: one that is forgotten could be repeated.
    pub fn dpop_entries(mut self, entries: usize) -> Self {
        self.dpop.entries = entries;
        self
    }

    /// DPoP proofs need a nonce of this process (RFC 9449 §9), so that nobody can make them ahead.
    pub fn require_dpop_nonce(mut self) -> Self {
        self.nonces = Some(NonceKey::OfThisProcess);
        self
    }

    /// The same for several processes that share `key`, 32 random bytes or more.
    pub fn require_dpop_nonce_with(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.nonces = Some(NonceKey::Given(Secret::new(key.into())));
        self
    }

    /// DPoP is not offered, and tokens that are bound to the key of a proof are refused: for APIs whose clients know bearer
    /// tokens alone.
    pub fn without_dpop(mut self) -> Self {
        self.offers_dpop = false;
        self
    }

    /// Only tokens that are bound to the key of a DPoP proof are good.
    pub fn require_dpop(mut self) -> Self {
        self.binding = Binding::Key;
        self
    }

    /// Only tokens that are bound to a key or to a certificate are good.
    pub fn require_sender_constrained(mut self) -> Self {
        self.binding = Binding::KeyOrCertificate;
        self
    }

    /// How the certificate of a client is found in a request, for tokens that are bound to one (RFC 8705 §3). Without this
    /// a [`ClientCertificate`] in the extensions of the request is taken.
    ///
    /// ```
    /// use symbolon_client::{Client, ClientCertificate, ResourceServer};
    ///
    /// let client = Client::unregistered("https://login.example.com").build()?;
    /// let api = ResourceServer::builder(client, "https://api.example.com/notes")
    ///     // A proxy of our own sets this header, and removes what clients send under its name.
    ///     .client_certificate(|request| ClientCertificate::from_header(request.headers.get("client-cert")?.to_str().ok()?))
    ///     .build()?;
    /// # Ok::<(), symbolon_client::Error>(())
    /// ```
    pub fn client_certificate(
        mut self,
        find: impl Fn(&Parts) -> Option<ClientCertificate> + Send + Sync + 'static,
    ) -> Self {
        self.certificates = Some(Arc::new(find));
        self
    }

    /// `realm` of the challenges; there is none unless told otherwise.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Members of the metadata document (RFC 9728 §2) beside those that are known here, such as a name and scopes.
    pub fn metadata(mut self, change: impl FnOnce(&mut ProtectedResourceMetadata)) -> Self {
        change(&mut self.metadata);
        self
    }

    /// Makes the resource server. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a name that is empty or has a fragment (RFC 9728 §1.2), an address that is none, a
    /// nonce key that is too short, [`require_dpop`](Self::require_dpop) without an address of the API, and
    /// [`introspect_always`](Self::introspect_always) for a client that is not registered.
    pub fn build(self) -> Result<ResourceServer, Error> {
        let refused = |reason: &str| Err(Error::Configuration(reason.to_owned()));
        if self.audiences.iter().any(String::is_empty) {
            return refused("the identifier of the API is empty");
        }
        if self.resource.contains('#') {
            return refused("the identifier of the API has a fragment");
        }
        if self.check == TokenCheck::Introspection && self.client.client_id().is_empty() {
            return refused("introspection needs a registered client: use Client::builder");
        }
        let url = Url::parse(&self.resource).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let mut bases = self.bases;
        for base in &bases {
            parse_url(base, "the address of the API")?;
        }
        if bases.is_empty() {
            bases.extend(url.as_ref().map(|url| url.origin().ascii_serialization()));
        }
        if !self.offers_dpop {
            bases.clear();
        }
        if bases.is_empty() && self.binding == Binding::Key {
            return refused("DPoP proofs name the address of the API, and may not be turned off: call base_url");
        }
        let inner = self.client.inner();
        let nonces = match self.nonces {
            None => None,
            Some(NonceKey::OfThisProcess) => Some(Nonces::new(&inner.rng.bytes::<32>())),
            Some(NonceKey::Given(key)) if key.expose().len() < 32 => {
                return refused("the key of the nonces has fewer than 32 bytes");
            }
            Some(NonceKey::Given(key)) => Some(Nonces::new(key.expose())),
        };
        let leeway = inner.rules.leeway_seconds;
        let proofs = (!bases.is_empty()).then(|| Proofs::new(bases, &self.dpop, leeway, nonces));
        let introspections = Arc::new(Introspections::new(&self.client, self.introspection));
        let mut made = Inner {
            metadata_url: url.as_ref().map(metadata_url),
            client: self.client,
            resource: self.resource,
            audiences: self.audiences,
            audience_rule: self.audience_rule,
            form: self.form,
            check: self.check,
            binding: self.binding,
            introspections,
            proofs,
            certificates: self.certificates,
            realm: self.realm,
            metadata: self.metadata,
        };
        made.metadata = describe(&made);
        Ok(ResourceServer(Arc::new(made)))
    }
}
