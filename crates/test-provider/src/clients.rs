//! Clients of the provider.

use http::Method;
use serde_json::{Map, Value, json};

use crate::TestProvider;

/// A registered client.
#[derive(Clone)]
#[non_exhaustive]
pub struct TestClient {
    /// Its `client_id`.
    pub id: String,
    /// Its `client_secret`; empty for a client that has none.
    pub secret: String,
    /// Its metadata as the provider keeps them.
    pub metadata: Map<String, Value>,
}

// Without the secret.
impl std::fmt::Debug for TestClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestClient").field("id", &self.id).finish_non_exhaustive()
    }
}

impl TestProvider {
    /// Registers a client with this metadata (OpenID Connect Dynamic Client Registration §2), as an administrator: an id
    /// and a secret that are not chosen are made. Panics with what the server says when it refuses.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use serde_json::json;
    ///
    /// let provider = symbolon_test_provider::TestProvider::start().await;
    /// let machine = provider
    ///     .register(json!({ "client_id": "machine", "grant_types": ["client_credentials"], "scope": "read" }))
    ///     .await;
    /// assert_eq!(machine.id, "machine");
    /// assert!(!machine.secret.is_empty());
    /// # }
    /// ```
    pub async fn register(&self, metadata: Value) -> TestClient {
        let answer = self.in_process.admin(Method::POST, "/admin/clients", Some(&metadata)).await;
        let Value::Object(mut metadata) = answer else { panic!("a client is no JSON object: {answer}") };
        let text = |name: &str| match metadata.get(name) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        let (id, secret) = (text("client_id"), text("client_secret"));
        metadata.remove("client_secret");
        TestClient { id, secret, metadata }
    }

    /// Registers a client that may do all that people's applications do, with the code flow to this redirect URI, refresh
    /// tokens, the client's own tokens, devices (RFC 8628) and the back channel (CIBA), for any scope. It has a secret, for
    /// HTTP Basic.
    ///
    /// With the crate `symbolon-client`, what follows is
    /// `Client::builder(provider.issuer(), &app.id).client_secret(app.secret).redirect_uri(uri).build()`.
    pub async fn client(&self, redirect_uri: &str) -> TestClient {
        self.register(json!({
            "client_name": "Test",
            "redirect_uris": [redirect_uri],
            "post_logout_redirect_uris": [redirect_uri],
            "grant_types": [
                "authorization_code", "refresh_token", "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba",
            ],
            "response_types": ["code"],
            "backchannel_token_delivery_mode": "poll",
            "scope": "openid offline_access profile email address phone *",
        }))
        .await
    }
}
