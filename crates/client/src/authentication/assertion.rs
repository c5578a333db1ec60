//! Client assertions (RFC 7523 §2.2, `OpenID` Connect Core 1.0 §9): the client proves that it has a key, or the secret,
//! without sending it.

use std::time::Duration;

use serde_json::{Map, Value, json};
use symbolon_jose::{MacAlgorithm, Secret, SignError};

use crate::client::Client;
use crate::error::Error;
use crate::signer::ClientKey;
use crate::wire::ProviderMetadata;

/// The value of `client_assertion_type`.
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The `typ` of an assertion that has one.
const TYPE: &str = "client-authentication+jwt";

/// How client assertions are made. The defaults suit providers that keep to the standards; each setting is for one that
/// wants something else.
///
/// ```
/// use symbolon_client::AssertionRules;
///
/// // As Microsoft Entra ID has it.
/// let rules = AssertionRules::default().token_endpoint_audience();
/// ```
#[derive(Debug, Clone)]
pub struct AssertionRules {
    audience: Audience,
    typ: Option<&'static str>,
    lifetime_seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Issuer,
    TokenEndpoint,
}

impl Default for AssertionRules {
    fn default() -> Self {
        Self { audience: Audience::Issuer, typ: None, lifetime_seconds: 60 }
    }
}

impl AssertionRules {
    /// The audience is the URL of the token endpoint instead of the issuer. Older providers want that. With the issuer
    /// alone, which is the rule of the revised RFC 7523, no provider can get an assertion that counts at another one.
    #[must_use]
    pub fn token_endpoint_audience(mut self) -> Self {
        self.audience = Audience::TokenEndpoint;
        self
    }

    /// The header says `typ: client-authentication+jwt`, so that an assertion cannot pass for something else.
    #[must_use]
    pub fn explicit_type(mut self) -> Self {
        self.typ = Some(TYPE);
        self
    }

    /// For how long an assertion counts; 60 seconds unless told otherwise.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime_seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        self
    }
}

impl Client {
    /// An assertion that is signed with the client's key: `private_key_jwt`.
    pub(super) async fn signed_assertion(
        &self,
        key: &ClientKey,
        (offered, member): (&[String], &str),
        metadata: &ProviderMetadata,
    ) -> Result<String, Error> {
        let alg = key.algorithm_among(offered, member)?;
        key.sign_jwt(alg, self.protection().assertions.typ, &self.assertion_claims(metadata)?).await
    }

    /// An assertion that is protected with the client's secret: `client_secret_jwt`.
    pub(super) fn secret_assertion(
        &self,
        (secret, registered): (&Secret<String>, Option<MacAlgorithm>),
        (offered, member): (&[String], &str),
        metadata: &ProviderMetadata,
    ) -> Result<String, Error> {
        let secret = secret.expose().as_bytes();
        let algorithm = mac_algorithm(registered, (offered, member))?;
        let mut header = Map::new();
        header.extend(self.protection().assertions.typ.map(|typ| ("typ".to_owned(), typ.into())));
        algorithm.sign(secret, &header, &self.assertion_claims(metadata)?).map_err(|error| match error {
            SignError::WeakSecret => Error::Configuration(format!(
                "the secret is too short for 'client_secret_jwt': with {} it needs {} bytes",
                algorithm.as_str(),
                algorithm.least_secret_bytes()
            )),
            other => Error::Signer(other.to_string()),
        })
    }

    fn assertion_claims(&self, metadata: &ProviderMetadata) -> Result<Value, Error> {
        let rules = &self.protection().assertions;
        let audience = match rules.audience {
            Audience::Issuer => self.issuer(),
            Audience::TokenEndpoint => {
                metadata.token_endpoint.as_deref().ok_or(Error::MissingEndpoint("token_endpoint"))?
            }
        };
        let (client_id, now) = (self.registered_id()?, self.inner().clock.now());
        Ok(json!({
            "iss": client_id, "sub": client_id, "aud": audience, "jti": self.inner().rng.token(24),
            "iat": now, "exp": now.saturating_add(rules.lifetime_seconds),
        }))
    }
}

/// The algorithm of a MAC: the one that the client registered (`token_endpoint_auth_signing_alg`, `OpenID` Connect Dynamic
/// Client Registration §2), and where that is not known HS256, which every provider with this method has. Only where its list
/// (RFC 8414 §2) leaves that out, it is another one.
fn mac_algorithm(
    registered: Option<MacAlgorithm>,
    (offered, member): (&[String], &str),
) -> Result<MacAlgorithm, Error> {
    // In the order of the length that they ask of the secret: whichever is too long for it, the rest is as well.
    let possible = registered.as_ref().map_or(MacAlgorithm::all(), std::slice::from_ref);
    let is_offered =
        |algorithm: &&MacAlgorithm| offered.is_empty() || offered.iter().any(|name| name == algorithm.as_str());
    possible.iter().find(is_offered).copied().ok_or_else(|| {
        let names: Vec<_> = possible.iter().map(|algorithm| algorithm.as_str()).collect();
        Error::Configuration(format!("'{member}' of the provider does not have {}", names.join(", ")))
    })
}
