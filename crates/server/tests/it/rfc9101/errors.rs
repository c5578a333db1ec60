//! Where an error about an object goes, and what may not come together (RFC 9101 §5, §7).

use serde_json::json;

use super::{INSIDE, Signing, alone, unsigned};
use crate::fixtures::{authorize, borrowed, outcome, public, request, set, unset};
use crate::support::{Call, REDIRECT_URI, STATE, TestServer, pair};

#[tokio::test]
async fn an_address_inside_counts_when_the_object_was_verified() {
    let signing = Signing::new().await;
    let id = signing.client.id.as_str();
    let foreign = signing.object(&json!({ "redirect_uri": "https://evil.example/" }));
    assert_eq!(outcome(&authorize(&signing.server, &alone(id, &foreign)).await), "page invalid_request");
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&foreign)).await), "page invalid_request");
    // Verified: its registered address hears of what else is wrong.
    let wrong = signing.object(&json!({ "prompt": "carrier_pigeon" }));
    let answer = authorize(&signing.server, &alone(id, &wrong)).await;
    assert_eq!(outcome(&answer), "client invalid_request");
    assert_eq!(pair(&answer.location_query(), "state"), Some(INSIDE));
    // Not verified: nothing that it says is heard.
    let mut forged = signing.object(&json!({ "response_mode": "fragment" }));
    forged.truncate(forged.len() - 4);
    let outside = unset(&signing.request(&forged), "redirect_uri");
    assert_eq!(outcome(&authorize(&signing.server, &outside).await), "page invalid_request_object");
    let answer = authorize(&signing.server, &signing.request(&forged)).await;
    assert!(answer.location().starts_with(REDIRECT_URI) && !answer.location().contains('#'), "{}", answer.location());
    assert_eq!(pair(&answer.location_query(), "state"), Some(STATE));
}

#[tokio::test]
async fn one_that_is_not_signed_says_how_its_refusal_is_answered() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let object =
        unsigned(&json!({ "state": INSIDE, "response_mode": "fragment", "redirect_uri": "https://evil.example" }));
    let answer = authorize(&server, &set(&unset(&request(&client.id), "state"), "request", &object)).await.expect(303);
    assert!(answer.location().starts_with(REDIRECT_URI), "{}", answer.location());
    let told = answer.location_fragment();
    assert_eq!(pair(&told, "error"), Some("request_not_supported"));
    assert_eq!(pair(&told, "state"), Some(INSIDE));
}

#[tokio::test]
async fn neither_may_come_with_the_other_and_each_may_come_once() {
    let signing = Signing::new().await;
    let object = signing.object(&json!({}));
    let both = set(&signing.request(&object), "request_uri", "https://app.example/object");
    assert_eq!(outcome(&authorize(&signing.server, &both).await), "client invalid_request");
    let mut twice = signing.request(&object);
    twice.push(("request".to_owned(), object.clone()));
    assert_eq!(outcome(&authorize(&signing.server, &twice).await), "page invalid_request");
    let huge = signing.request(&"x".repeat(20_000));
    assert_eq!(outcome(&authorize(&signing.server, &huge).await), "page invalid_request");
    // An empty parameter is none, and a form is as good as a query.
    assert_eq!(outcome(&authorize(&signing.server, &signing.request("")).await), "login");
    let pairs = signing.request(&object);
    let posted = signing.server.public(Call::post("/oauth2/auth").form(&borrowed(&pairs)).navigating()).await;
    assert_eq!(outcome(&posted), "login");
}

#[tokio::test]
async fn the_registration_still_bounds_what_is_asked_for() {
    let signing = Signing::new().await;
    for (changes, expected) in [
        (json!({ "scope": "openid unknown" }), "client invalid_scope"),
        (json!({ "audience": "https://other.example" }), "client invalid_request"),
        (json!({ "state": "short" }), "client invalid_state"),
        (json!({ "code_challenge_method": "plain" }), "client invalid_request"),
        (json!({ "claims": { "id_token": [] } }), "client invalid_request"),
        (json!({ "registration": {} }), "client registration_not_supported"),
    ] {
        let answer = authorize(&signing.server, &signing.request(&signing.object(&changes))).await;
        assert_eq!(outcome(&answer), expected, "{changes}");
    }
}
