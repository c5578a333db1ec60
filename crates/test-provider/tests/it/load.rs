//! Many logins at once.

use std::sync::Arc;

use symbolon_client::{AuthorizationRequest, Callback, Client};
use symbolon_test_provider::TestProvider;

const LOGINS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_logins_at_once_make_one_fetch_of_metadata_and_keys() {
    let provider = Arc::new(TestProvider::start().await);
    let uri = "https://app.example/callback";
    let app = provider.client(uri).await;
    let client =
        Client::builder(provider.issuer(), &app.id).client_secret(app.secret).redirect_uri(uri).without_proxy();
    let client = Arc::new(client.build().unwrap());
    let mut logins = tokio::task::JoinSet::new();
    for number in 0..LOGINS {
        let (provider, client) = (Arc::clone(&provider), Arc::clone(&client));
        logins.spawn(async move {
            let user = format!("user-{number}");
            let request = AuthorizationRequest::new("openid offline_access");
            let (url, pending) = client.authorization_url(&request).await.unwrap();
            let back = provider.log_in(&url, &user).await;
            let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
            assert_eq!(tokens.id_token.unwrap().claims.subject, user);
        });
    }
    assert_eq!(logins.join_all().await.len(), LOGINS);
    assert_eq!(provider.requests("/.well-known/openid-configuration"), 1);
    assert_eq!(provider.requests("/.well-known/jwks.json"), 1);
    assert_eq!(provider.requests("/oauth2/token"), LOGINS);
}
