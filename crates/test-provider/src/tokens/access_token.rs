//! Access tokens: what a client would get, and what no resource server should take.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde_json::{Map, Value, json};
use symbolon_jose::Jws;
use symbolon_server::{Authenticated, Holder, Order};
use symbolon_types::{AccessTokenStrategy, AuthorizationDetails, ClientId, Scope, Subject};

use super::Forgery;
use super::forgery::{EXPIRED_SINCE, forgeries};
use crate::TestProvider;
use crate::signing_keys::OF_ACCESS_TOKENS;

/// An access token; `.await` makes it. It is what the client would get, opaque or a JWT as client and configuration say,
/// so that introspection, userinfo and revocation know it. What only a JWT can be (of another issuer, of a stranger's
/// signature, with other claims) makes it one; introspection judges it by what it was before.
pub struct AccessToken<'p> {
    provider: &'p TestProvider,
    order: Order,
    forgery: Forgery,
}

impl std::fmt::Debug for AccessToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken").field("client_id", &self.order.client_id).finish_non_exhaustive()
    }
}

impl AccessToken<'_> {
    forgeries!();

    /// For this resource server, one of several where it is called again.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.order.audience.push(audience.to_owned());
        self
    }

    /// A JWT in the form of RFC 9068.
    #[must_use]
    pub fn jwt(mut self) -> Self {
        self.order.form = Some(AccessTokenStrategy::Rfc9068);
        self
    }

    /// A text without meaning to anybody but the provider.
    #[must_use]
    pub fn opaque(mut self) -> Self {
        self.order.form = Some(AccessTokenStrategy::Opaque);
        self
    }

    /// The person logged in so many seconds ago, in this authentication context class (RFC 9470).
    #[must_use]
    pub fn logged_in(mut self, seconds_ago: i64, acr: &str) -> Self {
        let at = self.provider.now() - seconds_ago;
        self.order.authenticated = Some(Authenticated { at, acr: acr.to_owned(), amr: vec!["pwd".to_owned()] });
        self
    }

    /// With these authorization details (RFC 9396), a JSON array.
    #[must_use]
    pub fn authorization_details(mut self, details: &Value) -> Self {
        self.order.authorization_details = AuthorizationDetails::parse(&details.to_string())
            .unwrap_or_else(|fault| panic!("{details} are no authorization details: {fault:?}"));
        self
    }

    /// For the holder of the key with this SHA-256 thumbprint in base64url (RFC 9449 §6): `jkt`.
    #[must_use]
    pub fn bound_to_key(mut self, thumbprint: &str) -> Self {
        self.order.holder = Holder::Key(thumbprint.to_owned());
        self
    }

    /// For the holder of the certificate with this SHA-256 hash in base64url (RFC 8705 §3): `x5t#S256`.
    #[must_use]
    pub fn bound_to_certificate(mut self, hash: &str) -> Self {
        self.order.holder = Holder::Certificate(hash.to_owned());
        self
    }

    fn is_forged_jwt(&self) -> bool {
        self.forgery.changes_a_jwt()
    }
}

impl<'p> IntoFuture for AccessToken<'p> {
    type Output = String;
    type IntoFuture = Pin<Box<dyn Future<Output = String> + Send + 'p>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let is_forged = self.is_forged_jwt();
            if is_forged {
                let opaque = self.order.form == Some(AccessTokenStrategy::Opaque);
                assert!(!opaque, "an opaque token has no claims and no signature that could be others");
                self.order.form = Some(AccessTokenStrategy::Rfc9068);
            }
            if self.forgery.is_expired() {
                // Of a client's own token the server alone decides how long it lives.
                let own = Subject::from(self.order.client_id.as_str());
                self.order.subject = self.order.subject.take().or(Some(own));
                self.order.lifetime_seconds = Some(-EXPIRED_SINCE);
            }
            let issued = self.provider.server.order(self.order).await;
            let issued = issued.unwrap_or_else(|fault| panic!("there is no access token: {fault}"));
            let token = issued.access_token.as_str().to_owned();
            match Jws::parse(&token) {
                Ok(jws) if is_forged || self.forgery.is_expired() => resigned(self.provider, &self.forgery, &jws).await,
                _ => token,
            }
        })
    }
}

async fn resigned(provider: &TestProvider, forgery: &Forgery, jws: &Jws) -> String {
    let mut claims = jws.unverified_claims().unwrap_or_default();
    if forgery.is_expired() {
        let (issued_at, expires_at) = forgery.times(provider.now());
        let times: Map<String, Value> = [("iat", issued_at), ("nbf", issued_at), ("exp", expires_at)]
            .map(|(name, at)| (name.into(), json!(at)))
            .into_iter()
            .collect();
        claims.extend(times);
    }
    let typ = jws.header().typ.clone().unwrap_or_default();
    forgery.sign(provider, (OF_ACCESS_TOKENS, &typ), claims).await
}

impl TestProvider {
    /// An access token of a registered client for `subject`, or of the client itself where `subject` is its id, with this
    /// scope (names with spaces between). The client's own scope and grant types are not asked. Panics when there is no such
    /// client.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let provider = symbolon_test_provider::TestProvider::start().await;
    /// let app = provider.client("https://app.example/callback").await;
    /// let opaque: String = provider.access_token(&app.id, "alice", "orders.read").await;
    /// let jwt: String = provider.access_token(&app.id, "alice", "orders.read").audience("https://api.example").jwt().await;
    /// let late: String = provider.access_token(&app.id, "alice", "orders.read").jwt().expired().await;
    /// assert!(provider.introspect(&opaque).await["active"] == true);
    /// assert!(provider.introspect(&jwt).await["active"] == true);
    /// assert!(provider.introspect(&late).await["active"] == false);
    /// # }
    /// ```
    pub fn access_token(&self, client_id: &str, subject: &str, scope: &str) -> AccessToken<'_> {
        let scope = Scope::parse(scope).unwrap_or_else(|_| panic!("'{scope}' is no scope"));
        let subject = Some(Subject::from(subject)).filter(|subject| subject.as_str() != client_id);
        let order = Order { client_id: ClientId::from(client_id), subject, scope, ..Order::default() };
        AccessToken { provider: self, order, forgery: Forgery::default() }
    }
}
