//! What is granted (§2.1, §2.3).

use serde_json::json;

use super::{MODES, Place, client_with, response, verified};
use crate::fixtures::{part, verified_claims};
use crate::support::{Call, STATE, TestServer};

#[tokio::test]
async fn each_mode_carries_the_code_in_one_jwt() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for (mode, place) in MODES {
        let mut flow = client.flow(&server).parameter("response_mode", mode);
        let answer = flow.answer().await;
        assert_eq!(answer.status, if place == Place::Form { 200 } else { 303 }, "{mode}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{mode}");
        let jwt = response(&answer, place);
        assert_eq!(part(&jwt, 0)["alg"], "RS256");
        let said = verified(&server, &client, &jwt).await;
        assert_eq!(said.keys().collect::<Vec<_>>(), ["code", "scope", "state"], "{mode}");
        assert_eq!(said["state"], STATE);
        server.public(flow.redemption(said["code"].as_str().unwrap())).await.expect(200);
    }
}

#[tokio::test]
async fn the_short_mode_follows_the_response_type() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for (kind, place, expected) in [
        ("code", Place::Query, vec!["code", "scope", "state"]),
        ("none", Place::Query, vec!["state"]),
        ("id_token", Place::Fragment, vec!["id_token", "state"]),
        ("code id_token", Place::Fragment, vec!["code", "id_token", "state"]),
        ("token", Place::Fragment, vec!["access_token", "expires_in", "scope", "state", "token_type"]),
        (
            "code id_token token",
            Place::Fragment,
            vec!["access_token", "code", "expires_in", "id_token", "scope", "state", "token_type"],
        ),
    ] {
        let mut flow = client.flow(&server).parameter("response_type", kind).parameter("response_mode", "jwt");
        let said = verified(&server, &client, &response(&flow.answer().await, place)).await;
        assert_eq!(said.keys().collect::<Vec<_>>(), expected, "{kind}");
        assert!(said.values().all(serde_json::Value::is_string), "{kind}: a parameter is a text: {said:?}");
    }
}

#[tokio::test]
async fn tokens_in_it_are_those_of_the_plain_answer() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    let flow = client.flow(&server).parameter("response_type", "code id_token token");
    let answer = flow.parameter("response_mode", "form_post.jwt").answer().await;
    let said = verified(&server, &client, &response(&answer, Place::Form)).await;
    let id_token = verified_claims(&server, said["id_token"].as_str().unwrap()).await;
    assert!(id_token.contains_key("at_hash") && id_token.contains_key("c_hash"));
    let bearer = Call::get("/userinfo").bearer(said["access_token"].as_str().unwrap());
    server.public(bearer).await.expect(200);
}

#[tokio::test]
async fn no_answer_has_an_issuer_beside_the_jwt() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    // Only `response` stands there: `response()` looks at every parameter.
    let answer = client.flow(&server).parameter("response_mode", "query.jwt").answer().await;
    response(&answer, Place::Query);
    // And RFC 9207 is as before for everybody else.
    let plain = client.flow(&server).answer().await;
    assert_eq!(plain.location_parameter("iss").as_deref(), Some(server.public_url()));
}

#[tokio::test]
async fn the_client_chooses_the_algorithm() {
    let server = TestServer::new().await;
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let id = format!("c-{algorithm}");
        let settings = json!({ "client_id": id, "authorization_signed_response_alg": algorithm });
        let client = client_with(&server, &settings).await;
        let client = crate::fixtures::Registered { id, ..client };
        let answer = client.flow(&server).parameter("response_mode", "jwt").answer().await;
        let jwt = response(&answer, Place::Query);
        assert_eq!(part(&jwt, 0)["alg"], algorithm);
        verified(&server, &client, &jwt).await;
    }
}

#[tokio::test]
async fn the_answer_is_no_other_kind_of_token() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    let answer = client.flow(&server).parameter("response_mode", "jwt").answer().await;
    let jwt = response(&answer, Place::Query);
    assert_eq!(server.introspect(&jwt).await, json!({ "active": false }));
    server.public(Call::get("/userinfo").bearer(&jwt)).await.expect(401);
    let hint = client.flow(&server).parameter("id_token_hint", &jwt).authorize().await;
    assert_eq!(hint.error().as_deref(), Some("invalid_request"));
    let logout = Call::get("/oauth2/sessions/logout").query(&[("id_token_hint", &jwt)]).navigating();
    assert_eq!(server.public(logout).await.error().as_deref(), Some("invalid_request"));
}
