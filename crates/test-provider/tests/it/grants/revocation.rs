//! Revocation (RFC 7009): what was given back is dead, and what belongs to others is not.

use serde_json::json;
use symbolon_client::TokenTypeHint;

use super::Setting;
use super::authentication::ways;

#[tokio::test]
async fn what_a_client_gives_back_is_dead_however_it_proves_itself() {
    let setting = Setting::start().await;
    for way in ways(&setting) {
        let app = setting.register(&way.members).await;
        let client = way.client(&setting, &app);
        for hint in [None, Some(TokenTypeHint::RefreshToken), Some(TokenTypeHint::AccessToken)] {
            let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
            assert_eq!(setting.told(&tokens).await["active"], true);
            let refresh_token = tokens.refresh_token.as_ref().unwrap().as_str();
            match hint {
                Some(hint) => client.revoke_as(refresh_token, hint).await.unwrap(),
                None => client.revoke(tokens.access_token.as_str()).await.unwrap(),
            }
            assert_eq!(setting.told(&tokens).await["active"], false, "{} {hint:?}", way.name);
            assert_eq!(client.refresh(&tokens).await.unwrap_err().code(), Some("invalid_grant"), "{}", way.name);
            client.revoke(refresh_token).await.unwrap();
        }
    }
}

#[tokio::test]
async fn tokens_of_others_live_on() {
    let setting = Setting::start().await;
    let (client, other) = (setting.client(&json!({})).await, setting.client(&json!({})).await);
    let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
    for token in [tokens.access_token.as_str(), tokens.refresh_token.as_ref().unwrap().as_str(), "x"] {
        other.revoke(token).await.unwrap();
    }
    assert_eq!(setting.told(&tokens).await["active"], true);
    client.refresh(&tokens).await.unwrap();
}
