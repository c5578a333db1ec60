//! npm `oauth2-mock-server`: no registration, no pages, everybody is `johndoe`.

use symbolon_client::{AuthorizationRequest, Client, LogoutRequest};

use crate::browser::Browser;
use crate::setting::{self, BYE, CALLBACK, log_in};

fn client() -> Client {
    let issuer = setting::variable("OAUTH2_MOCK_SERVER");
    Client::builder(&issuer, "app").redirect_uri(CALLBACK).without_proxy().build().expect("a client")
}

#[tokio::test]
async fn somebody_logs_in_refreshes_and_is_known() {
    let client = client();
    let tokens = log_in(&client, &AuthorizationRequest::new("openid email")).await.expect("tokens");
    assert_eq!(tokens.id_token.as_ref().expect("an ID token").claims.subject, "johndoe");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").subject, "johndoe");
    let next = client.refresh(&tokens).await.expect("a refresh");
    assert_ne!(next.refresh_token, tokens.refresh_token);
    client.revoke(next.access_token.as_str()).await.expect("revoked");
}

#[tokio::test]
async fn somebody_logs_out() {
    let url = client().end_session_url(&LogoutRequest::new().post_logout_redirect_uri(BYE).state("s")).await;
    let arrival = Browser::default().visit(url.expect("an address")).await.expect("the way back");
    assert_eq!(arrival.url.as_str(), format!("{BYE}?state=s"));
}
