//! What a client sends when a resource server asked for more (RFC 9470 §4): `max_age` is enforced, `acr_values` reaches the
//! login page, and an essential `acr` that was not met is an error and no weaker token.

use serde_json::json;

use crate::fixtures::{claims, confidential, outcome, parameter, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn acr_values_reach_the_login_page_and_the_login_decides() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).parameter("acr_values", "gold silver").login("acr", json!("silver"));
    let page = flow.authorize().await.expect(302).location().to_owned();
    let challenge = parameter(&page, "login_challenge");
    let asked = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    let asked = server.admin(asked).await.expect(200).json();
    assert_eq!(asked["oidc_context"]["acr_values"], json!(["gold", "silver"]));
    let tokens = flow.tokens().await;
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["acr"], "silver");
    assert_eq!(claims(text(&tokens, "id_token"))["acr"], "silver");
}

#[tokio::test]
async fn an_essential_acr_that_is_not_met_gives_no_token() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let essential = json!({ "id_token": { "acr": { "essential": true, "values": ["gold", "platinum"] } } }).to_string();
    for (acr, expected) in [
        ("silver", "client unmet_authentication_requirements"),
        ("", "client unmet_authentication_requirements"),
        ("gold", "consent"),
    ] {
        let mut flow = client.flow(&server).parameter("claims", &essential).login("acr", json!(acr));
        assert_eq!(outcome(&flow.log_in().await), expected, "{acr:?}");
    }
}

/// The login of before is too old, so somebody logs in anew, and the token says when.
#[tokio::test]
async fn max_age_gives_a_token_of_a_fresh_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut first = client.flow(&server).login("remember", json!(true));
    first.tokens().await;
    server.clock.advance(120);
    let mut silent = client.flow(&server).parameter("prompt", "none").parameter("max_age", "60");
    silent.browser = first.browser;
    assert_eq!(outcome(&silent.authorize().await), "client login_required");
    let mut again = client.flow(&server).parameter("max_age", "60");
    again.browser = silent.browser;
    let tokens = again.tokens().await;
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["auth_time"], server.clock.now());
}
