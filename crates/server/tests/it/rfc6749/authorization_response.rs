//! RFC 6749 §4.1.2: the answer to the client.

use serde_json::json;

use crate::fixtures::{authorize, confidential, register, request, set};
use crate::support::{CodeFlow, STATE, TestServer};

#[tokio::test]
async fn the_answer_has_code_state_and_granted_scope_and_is_not_kept() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let answer = client.flow(&server).answer().await.expect(303);
    let mut names: Vec<String> = answer.location_query().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["code", "iss", "scope", "state"]);
    assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
    assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid offline"));
    assert!(answer.location_parameter("code").unwrap().starts_with("ory_ac_"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert!(answer.location_fragment().is_empty());
}

#[tokio::test]
async fn the_query_of_the_redirect_uri_is_kept_and_cannot_forge_parameters() {
    let server = TestServer::new().await;
    let uri = "https://app.example/cb?tenant=blue%2Fgreen&code=forged&state=forged&error=forged";
    let client = register(&server, "app", &json!({ "redirect_uris": [uri] })).await;
    let answer = client.flow(&server).parameter("redirect_uri", uri).answer().await.expect(303);
    assert!(answer.location().starts_with("https://app.example/cb?tenant=blue%2Fgreen&"), "{}", answer.location());
    let query = answer.location_query();
    for name in ["code", "state"] {
        let values: Vec<_> = query.iter().filter(|(key, _)| key == name).collect();
        assert_eq!(values.len(), 1, "{query:?}");
        assert_ne!(values[0].1, "forged");
    }
}

#[tokio::test]
async fn state_comes_back_as_it_was_whatever_it_holds() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for state in [
        "a b+c%20d&e=f#g",
        "\"><script>alert(1)</script>",
        "z\u{fc}rich \u{1f511} \u{a0}\u{2028}",
        "%0d%0aSet-Cookie: x=1;aaaa",
    ] {
        let answer = client.flow(&server).parameter("state", state).answer().await.expect(303);
        assert_eq!(answer.location_parameter("state").as_deref(), Some(state), "{}", answer.location());
        assert!(answer.headers.get_all("set-cookie").iter().all(|cookie| !cookie.to_str().unwrap().starts_with("x=")));
    }
}

#[tokio::test]
async fn an_error_carries_the_state_and_no_code() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let answer = authorize(&server, &set(&request("confidential"), "scope", "unknown")).await.expect(303);
    let mut names: Vec<String> = answer.location_query().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["error", "error_description", "iss", "state"]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let description = answer.location_parameter("error_description").unwrap();
    assert!(description.contains("'unknown'") && !description.contains('"'), "{description}");
}

#[tokio::test]
async fn what_the_user_granted_counts_and_not_what_was_asked_for() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow: CodeFlow =
        client.flow(&server).scope("openid offline email").consent("grant_scope", json!(["openid"]));
    let answer = flow.answer().await.expect(303);
    assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid"));
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    assert_eq!(tokens["scope"], "openid");
    assert!(tokens.get("refresh_token").is_none());
}
