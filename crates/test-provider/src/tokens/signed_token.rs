//! ID tokens and logout tokens: what the provider would sign, and what no relying party should take.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde_json::{Map, Value, json};

use super::Forgery;
use super::forgery::forgeries;
use crate::TestProvider;
use crate::signing_keys::OF_ID_TOKENS;

const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A JSON Web Token that the provider signs; `.await` makes it.
pub struct SignedToken<'p> {
    provider: &'p TestProvider,
    typ: &'static str,
    claims: Map<String, Value>,
    forgery: Forgery,
}

impl std::fmt::Debug for SignedToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedToken").field("typ", &self.typ).finish_non_exhaustive()
    }
}

impl SignedToken<'_> {
    forgeries!();

    /// `aud` is somebody else.
    #[must_use]
    pub fn audience(self, audience: &str) -> Self {
        self.claim("aud", audience)
    }
}

impl<'p> IntoFuture for SignedToken<'p> {
    type Output = String;
    type IntoFuture = Pin<Box<dyn Future<Output = String> + Send + 'p>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { provider, typ, claims, forgery } = self;
            let (issued_at, expires_at) = forgery.times(provider.now());
            let defaults = json!({ "iss": provider.issuer(), "iat": issued_at, "exp": expires_at });
            let mut all = object(defaults);
            all.extend(claims);
            forgery.sign(provider, (OF_ID_TOKENS, typ), all).await
        })
    }
}

impl TestProvider {
    /// An ID token (OpenID Connect Core §2) with these claims; `iss`, `iat` and `exp` are added where they are not set, in
    /// an hour it expires. It is signed with the provider's key for its default algorithm.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use serde_json::json;
    ///
    /// let provider = symbolon_test_provider::TestProvider::start().await;
    /// let claims = json!({ "aud": "app", "sub": "alice", "nonce": "n" });
    /// let good: String = provider.id_token(claims.clone()).await;
    /// for bad in [
    ///     provider.id_token(claims.clone()).expired(),
    ///     provider.id_token(claims.clone()).issuer("https://evil.example"),
    ///     provider.id_token(claims.clone()).audience("another-app"),
    ///     provider.id_token(claims.clone()).claim("nonce", "another-nonce"),
    ///     provider.id_token(claims.clone()).signed_by_a_stranger(),
    ///     provider.id_token(claims.clone()).unsigned(),
    /// ] {
    ///     let bad: String = bad.await;
    ///     assert_ne!(good, bad); // and the application under test refuses it
    /// }
    /// # }
    /// ```
    pub fn id_token(&self, claims: Value) -> SignedToken<'_> {
        SignedToken { provider: self, typ: "JWT", claims: object(claims), forgery: Forgery::default() }
    }

    /// A logout token (OpenID Connect Back-Channel Logout §2.4) with these claims: `aud`, and `sub` or `sid`. `iss`, `iat`,
    /// `exp`, `jti` and `events` are added where they are not set.
    pub fn logout_token(&self, claims: Value) -> SignedToken<'_> {
        let mut all = object(json!({ "jti": self.rng.token(16), "events": { LOGOUT_EVENT: {} } }));
        all.extend(object(claims));
        SignedToken { provider: self, typ: "logout+jwt", claims: all, forgery: Forgery::default() }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("the claims are no JSON object: {other}"),
    }
}
