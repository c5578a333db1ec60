//! Client assertions (RFC 7523 §2.2, `OpenID` Connect Core 1.0 §9): the client proves that it has a key, or the secret,
//! without sending it.

use std::time::Duration;

use serde_json::{Value, json};
use symbolon_jose::{Secret, digest};

use crate::client::Client;
use crate::error::Error;
use crate::signer::ClientKey;
use crate::wire::ProviderMetadata;

/// The value of `client_assertion_type`.
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The `typ` of an assertion that has one.
const TYPE: &str = "client-authentication+jwt";
/// Bytes that a secret must have for HS256 (RFC 7518 §3.2).
const LEAST_SECRET_BYTES: usize = 32;

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
        secret: &Secret<String>,
        (offered, member): (&[String], &str),
        metadata: &ProviderMetadata,
    ) -> Result<String, Error> {
        if !offered.is_empty() && !offered.iter().any(|alg| alg == "HS256") {
            return Err(Error::Configuration(format!("'{member}' of the provider does not have HS256")));
        }
        if secret.expose().len() < LEAST_SECRET_BYTES {
            let reason =
                format!("the secret is too short for 'client_secret_jwt': it needs {LEAST_SECRET_BYTES} bytes");
            return Err(Error::Configuration(reason));
        }
        let header = match self.protection().assertions.typ {
            Some(typ) => json!({ "alg": "HS256", "typ": typ }),
            None => json!({ "alg": "HS256" }),
        };
        let part = |value: &Value| digest::base64url(value.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(&self.assertion_claims(metadata)?));
        let tag = digest::hmac_sha256(secret.expose().as_bytes(), message.as_bytes());
        Ok(format!("{message}.{}", digest::base64url(&tag)))
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
