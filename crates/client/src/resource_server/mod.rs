//! The other half of OAuth: an API that is handed access tokens.
//!
//! [`ResourceServer`] decides whether a request is let in ([`admission`]). It reads the one place where a token may be ([`presented`]),
//! checks it by the provider's keys (RFC 9068) or by asking the provider ([`introspection`], RFC 7662), has the sender prove
//! the key that the token is bound to ([`dpop`], RFC 9449; [`certificate`], RFC 8705), applies what the route asks for
//! ([`requirements`], RFC 9470), and makes the answer for who is not let in ([`refusal`], RFC 6750 §3). It knows requests as
//! the crate `http` has them and no framework; `layer` puts it before any service of tower.

mod admission;
mod builder;
mod certificate;
mod challenge;
mod dpop;
mod introspection;
#[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
mod layer;
mod metadata;
mod presented;
mod recent;
mod refusal;
mod requirements;

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::header::HeaderValue;
use http::request::Parts;

pub use builder::ResourceServerBuilder;
pub use certificate::ClientCertificate;
pub use dpop::ProofFault;
#[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
pub use layer::{BearerGuard, BearerLayer, MetadataEndpoint};
pub use refusal::{Refusal, RefusalReason};
pub use requirements::Requirements;

use crate::client::Client;
use crate::error::Error;
use crate::verification::{AccessTokenClaims, AccessTokenFault, AudienceRule, TokenForm};
use crate::wire::{AccessToken, ProtectedResourceMetadata};
use introspection::Introspections;
use presented::Presented;

/// An API that takes access tokens of one provider. Cloning is cheap and shares all caches.
///
/// Built from a [`Client`] of the provider: an unregistered one is enough for signed tokens, a registered one is needed where
/// the provider has to be asked about opaque ones. Algorithms, leeway and the rule for issuers are those of the client's
/// [`VerificationRules`](crate::VerificationRules).
///
/// ```no_run
/// # async fn run(parts: http::request::Parts) -> Result<(), Box<dyn std::error::Error>> {
/// use symbolon_client::{Client, Requirements, ResourceServer};
///
/// let client = Client::builder("https://login.example.com", "notes-api").client_secret("correct-horse").build()?;
/// let api = ResourceServer::builder(client, "https://api.example.com/notes").build()?;
///
/// // In a handler, of any framework:
/// match api.authorize(&parts, &Requirements::new().scope("notes.read")).await {
///     Ok(authorized) => println!("{:?} reads", authorized.claims.subject),
///     Err(refusal) => println!("answered {}: {refusal}", refusal.status()),
/// }
/// # Ok(())
/// # }
/// ```
///
/// # How soon an end is noticed
///
/// A signed token counts until it expires, whatever the provider learned since. A token that was asked about counts for
/// [`introspection_lifetime`](ResourceServerBuilder::introspection_lifetime) after the answer, 30 seconds unless told
/// otherwise; a provider that cannot be asked makes answers 503, never old ones good again.
#[derive(Clone)]
pub struct ResourceServer(Arc<Inner>);

struct Inner {
    client: Client,
    resource: String,
    audiences: Vec<String>,
    audience_rule: AudienceRule,
    form: TokenForm,
    check: TokenCheck,
    binding: Binding,
    introspections: Arc<Introspections>,
    /// `None` when the address of this API is not known, so that no proof could be compared.
    proofs: Option<dpop::Proofs>,
    certificates: Option<Certificates>,
    realm: Option<String>,
    metadata_url: Option<String>,
    metadata: ProtectedResourceMetadata,
}

/// How the program finds a client's certificate.
type Certificates = Arc<dyn Fn(&Parts) -> Option<ClientCertificate> + Send + Sync>;

/// How tokens are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenCheck {
    /// Signed ones by their signature, others by introspection where that is possible.
    Either,
    Signature,
    Introspection,
}

/// What tokens have to be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    Any,
    KeyOrCertificate,
    Key,
}

/// A request that is let in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Authorized {
    /// What the token says.
    pub claims: AccessTokenClaims,
    /// What a guard further inside goes by.
    #[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
    scheme: presented::Scheme,
    nonce: Option<HeaderValue>,
}

impl Authorized {
    /// Adds to the answer what the client should learn: a nonce for its next DPoP proof (RFC 9449 §8.2), where the one in
    /// use becomes old.
    pub fn add_headers(&self, headers: &mut HeaderMap) {
        if let Some(nonce) = &self.nonce {
            headers.insert(dpop::NONCE_HEADER, nonce.clone());
        }
    }
}

impl ResourceServer {
    /// Starts the API that is called `resource`: its identifier as clients name it when they ask for a token (RFC 8707 §2),
    /// and as it stands in `aud`. Best its address, from which clients then find its metadata (RFC 9728).
    pub fn builder(client: Client, resource: &str) -> ResourceServerBuilder {
        ResourceServerBuilder::new(client, resource)
    }

    /// The metadata of this API (RFC 9728 §2), to be served at [`metadata_path`](Self::metadata_path).
    pub fn metadata(&self) -> &ProtectedResourceMetadata {
        &self.0.metadata
    }

    /// Where clients look for the metadata of this API: a path on its host.
    pub fn metadata_path(&self) -> String {
        metadata::metadata_path(&self.0)
    }

    /// Checks one request: its token, the sender's proof, and what the route asks for. Of a DPoP proof this is the one use.
    ///
    /// # Errors
    /// The [`Refusal`] is the answer.
    pub async fn authorize(&self, request: &Parts, requirements: &Requirements) -> Result<Authorized, Refusal> {
        let mut nonce = None;
        let presented = match Presented::read(&request.headers) {
            Ok(presented) => presented,
            Err(reason) => return Err(self.refusal(reason, None, requirements, None)),
        };
        let scheme = presented.scheme;
        match self.admit(request, &presented, requirements, &mut nonce).await {
            Ok(claims) => {
                let nonce = nonce.and_then(|nonce| HeaderValue::try_from(nonce).ok());
                Ok(Authorized {
                    claims,
                    #[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
                    scheme,
                    nonce,
                })
            }
            Err(reason) => Err(self.refusal(reason, Some(scheme), requirements, nonce)),
        }
    }

    /// Checks a token that came in another way than a request. One that is bound to a key or a certificate is refused: who
    /// holds it cannot be told here.
    ///
    /// # Errors
    /// [`Error::AccessToken`] for a token that must not be believed; anything else says nothing about the token.
    pub async fn verify(&self, token: &AccessToken) -> Result<AccessTokenClaims, Error> {
        let claims = self.verify_token(token).await?;
        match claims.confirmation {
            None if self.0.binding == Binding::Any => Ok(claims),
            None => Err(AccessTokenFault::NotSenderConstrained.into()),
            Some(_) => Err(AccessTokenFault::SenderConstrained.into()),
        }
    }

    /// Forgets what introspection said about a token, for a program that has just revoked it.
    pub fn forget(&self, token: &AccessToken) {
        self.0.introspections.forget(token);
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ResourceServer")
            .field("resource", &self.0.resource)
            .field("issuer", &self.0.client.issuer())
            .finish_non_exhaustive()
    }
}
