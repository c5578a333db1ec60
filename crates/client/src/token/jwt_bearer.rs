//! The JWT bearer grant (RFC 7523 §2.1): a signed statement about somebody becomes an access token.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use symbolon_jose::{Secret, SigningKey};

use super::parameters::{Parameters, common_setters};
use super::{TokenSet, form};
use crate::client::Client;
use crate::error::Error;

/// The grant type of RFC 7523 §2.1.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An assertion and what is asked for with it. `Debug` shows no assertion.
#[derive(Debug, Clone)]
pub struct JwtBearerRequest {
    assertion: Assertion,
    parameters: Parameters,
}

#[derive(Debug, Clone)]
enum Assertion {
    Given(Secret<String>),
    Signed(JwtAssertion, Arc<SigningKey>),
}

impl JwtBearerRequest {
    /// With an assertion that somebody else signed, such as an identity provider.
    pub fn new(assertion: impl Into<String>) -> Self {
        Self::with(Assertion::Given(Secret::new(assertion.into())))
    }

    /// With an assertion that is signed anew for each request.
    ///
    /// ```no_run
    /// # async fn run(key: symbolon_client::SigningKey) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::{Client, JwtAssertion, JwtBearerRequest};
    ///
    /// // A service account of Google.
    /// let account = "robot@project.iam.gserviceaccount.com";
    /// let assertion = JwtAssertion::new(account, account)
    ///     .audience("https://oauth2.googleapis.com/token")
    ///     .without_id()
    ///     .claim("scope", "https://www.googleapis.com/auth/devstorage.read_only");
    /// let google = Client::unregistered("https://accounts.google.com").build()?;
    /// let tokens = google.jwt_bearer(&JwtBearerRequest::signed(assertion, key)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn signed(assertion: JwtAssertion, key: impl Into<Arc<SigningKey>>) -> Self {
        Self::with(Assertion::Signed(assertion, key.into()))
    }

    fn with(assertion: Assertion) -> Self {
        Self { assertion, parameters: Parameters::default() }
    }

    common_setters!();
}

/// What an assertion says (RFC 7523 §3).
#[derive(Debug, Clone)]
pub struct JwtAssertion {
    issuer: String,
    subject: String,
    audience: Option<String>,
    lifetime: Duration,
    has_id: bool,
    claims: Map<String, Value>,
}

impl JwtAssertion {
    /// `issuer` states that `subject` may have a token. It counts for five minutes, for the issuer of the client's
    /// provider, and once.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            subject: subject.into(),
            audience: None,
            lifetime: Duration::from_secs(300),
            has_id: true,
            claims: Map::new(),
        }
    }

    /// For whom it is, when the server wants to be named otherwise than as the issuer; often by its token endpoint.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How long it counts; whole seconds.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Leaves `jti` out, for servers that refuse what they do not know.
    #[must_use]
    pub fn without_id(mut self) -> Self {
        self.has_id = false;
        self
    }

    /// Another claim. Those of this type's own are not replaced.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    fn sign(&self, key: &SigningKey, client: &Client) -> Result<String, Error> {
        let now = client.inner().clock.now();
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let mut claims = self.claims.clone();
        claims.insert("iss".to_owned(), self.issuer.clone().into());
        claims.insert("sub".to_owned(), self.subject.clone().into());
        claims.insert("aud".to_owned(), self.audience.as_deref().unwrap_or(client.issuer()).into());
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), now.saturating_add(lifetime).into());
        if self.has_id {
            claims.insert("jti".to_owned(), client.inner().rng.token(18).into());
        }
        key.sign(Some("JWT"), &claims).map_err(|error| Error::Signer(error.to_string()))
    }
}

impl Client {
    /// Trades an assertion for tokens (§2.1). A client without an id sends the assertion alone (§3.1).
    ///
    /// # Errors
    /// [`Error::Api`] with `invalid_grant` for an assertion that the server does not believe; [`Error::Signer`] when the
    /// key cannot sign.
    pub async fn jwt_bearer(&self, request: &JwtBearerRequest) -> Result<TokenSet, Error> {
        let assertion = match &request.assertion {
            Assertion::Given(text) => text.expose().clone(),
            Assertion::Signed(assertion, key) => assertion.sign(key, self)?,
        };
        let mut form = form([("grant_type", GRANT_TYPE.to_owned()), ("assertion", assertion)]);
        let scope = request.parameters.append_to(&mut form)?;
        self.granted(form, &scope).await
    }
}
