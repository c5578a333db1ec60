//! What the test provider promises to other people's tests. `running` is its life, `logins` what its users do, `tokens`
//! what it makes out of nothing, `faults` what it does wrong on request, and `grants` that other flows than the code flow
//! can be driven.

mod faults;
mod grants;
mod logins;
mod running;
mod tokens;

use symbolon_client::{AuthorizationRequest, Callback, Client, Clock, PendingAuthorization, TokenSet, Url};
use symbolon_test_provider::{TestClient, TestProvider};

pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// A relying party at the provider, with the provider's clock.
pub(crate) async fn relying_party(provider: &TestProvider) -> (Client, TestClient) {
    let app = provider.client(CALLBACK).await;
    (with_credentials(provider, &app), app)
}

pub(crate) fn with_credentials(provider: &TestProvider, app: &TestClient) -> Client {
    Client::builder(provider.issuer(), &app.id)
        .client_secret(app.secret.clone())
        .redirect_uri(CALLBACK)
        .clock(Clock::custom(provider.clock()))
        .without_proxy()
        .build()
        .unwrap()
}

pub(crate) async fn started(client: &Client, scope: &str) -> (Url, PendingAuthorization) {
    client.authorization_url(&AuthorizationRequest::new(scope)).await.unwrap()
}

/// Logs somebody in, all the way to the tokens.
pub(crate) async fn log_in(provider: &TestProvider, client: &Client, scope: &str) -> TokenSet {
    let (url, pending) = started(client, scope).await;
    let back = provider.log_in(&url, "alice").await;
    client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap()
}
