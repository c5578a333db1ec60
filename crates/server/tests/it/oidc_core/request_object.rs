//! `request` and `request_uri` are not supported (OpenID Connect Core §6.1, §6.2). The error takes `state` and
//! `response_mode` from a request object without a signature where they stand nowhere else, so that its client can tell
//! what it is the answer to. What somebody signed is not read before the signature is.

use serde_json::{Value, json};
use symbolon_jose::digest::base64url;

use crate::fixtures::{authorize, borrowed, outcome, public, request, set, unset};
use crate::support::{Answer, Call, Pairs, REDIRECT_URI, STATE, TestServer, pair};

fn object(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn unsigned(claims: &Value) -> String {
    object(&json!({ "alg": "none" }), claims, "")
}

/// A request without a state whose request object is this.
fn with_object(client_id: &str, object: &str) -> Pairs {
    set(&unset(&request(client_id), "state"), "request", object)
}

#[track_caller]
fn assert_refused(answer: &Answer, state: &str) {
    assert_eq!(outcome(answer), "client request_not_supported");
    assert!(answer.location().starts_with(REDIRECT_URI), "{}", answer.location());
    assert_eq!(pair(&answer.location_query(), "state"), Some(state), "{}", answer.location());
}

#[tokio::test]
async fn the_state_of_an_unsigned_one_is_answered() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    for claims in [
        json!({ "state": "state-of-the-object" }),
        json!({ "state": "state-of-the-object", "scope": "unknown", "redirect_uri": "https://evil.example" }),
        json!({ "state": "state-of-the-object", "response_mode": "query" }),
        json!({ "state": "state-of-the-object", "response_mode": "carrier_pigeon" }),
    ] {
        let answer = authorize(&server, &with_object(&client.id, &unsigned(&claims))).await;
        assert_refused(&answer, "state-of-the-object");
    }
    let odd = unsigned(&json!({ "state": "a b&c=\u{e9}\"" }));
    assert_refused(&authorize(&server, &with_object(&client.id, &odd)).await, "a b&c=\u{e9}\"");
}

#[tokio::test]
async fn the_response_mode_of_an_unsigned_one_counts() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let fragment = unsigned(&json!({ "state": "in-the-object", "response_mode": "fragment" }));
    let answer = authorize(&server, &with_object(&client.id, &fragment)).await.expect(303);
    assert!(answer.location_query().is_empty(), "{}", answer.location());
    let told = answer.location_fragment();
    assert_eq!(pair(&told, "error"), Some("request_not_supported"));
    assert_eq!(pair(&told, "state"), Some("in-the-object"));
    let form = unsigned(&json!({ "state": "in-the-object", "response_mode": "form_post" }));
    let page = authorize(&server, &with_object(&client.id, &form)).await.expect(200).text();
    assert!(page.contains("name=\"error\" value=\"request_not_supported\""), "{page}");
    assert!(page.contains("name=\"state\" value=\"in-the-object\""), "{page}");
}

#[tokio::test]
async fn what_stands_in_the_request_goes_first() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let both = unsigned(&json!({ "state": "in-the-object", "response_mode": "fragment" }));
    let pairs = set(&set(&with_object(&client.id, &both), "state", STATE), "response_mode", "query");
    assert_refused(&authorize(&server, &pairs).await, STATE);
    // An empty parameter is none.
    let empty = set(&with_object(&client.id, &unsigned(&json!({ "state": "in-the-object" }))), "state", "");
    assert_refused(&authorize(&server, &empty).await, "in-the-object");
    // By form as well.
    let pairs = with_object(&client.id, &unsigned(&json!({ "state": "in-the-object" })));
    let posted = server.public(Call::post("/oauth2/auth").form(&borrowed(&pairs)).navigating()).await;
    assert_refused(&posted, "in-the-object");
}

#[tokio::test]
async fn a_signed_or_damaged_one_is_not_read() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let claims = json!({ "state": "in-the-object", "response_mode": "fragment" });
    let plain = unsigned(&claims);
    let table = [
        object(&json!({ "alg": "RS256" }), &claims, "c2lnbmF0dXJl"),
        object(&json!({ "alg": "RS256" }), &claims, ""),
        object(&json!({ "alg": "HS256" }), &claims, ""),
        object(&json!({ "alg": "none" }), &claims, "c2lnbmF0dXJl"),
        object(&json!({ "alg": "None" }), &claims, ""),
        object(&json!({ "alg": ["none"] }), &claims, ""),
        object(&json!({}), &claims, ""),
        object(&json!("none"), &claims, ""),
        unsigned(&json!({ "state": 7 })),
        unsigned(&json!({ "state": ["in-the-object"] })),
        unsigned(&json!({ "state": "" })),
        unsigned(&json!(["state"])),
        unsigned(&json!("state")),
        plain.trim_end_matches('.').to_owned(),
        format!("{plain}."),
        format!("{plain}.."),
        plain[1..].to_owned(),
        "not-a-request-object".to_owned(),
        "..".to_owned(),
        format!(".{plain}"),
        "e30.e30.".to_owned(),
        "%00.\u{e9}.".to_owned(),
    ];
    for object in table {
        let answer = authorize(&server, &with_object(&client.id, &object)).await;
        assert_refused(&answer, "");
    }
}

#[tokio::test]
async fn it_never_says_where_the_answer_goes() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let claims = json!({ "client_id": client.id, "redirect_uri": REDIRECT_URI, "state": "in-the-object" });
    let pairs = with_object(&client.id, &unsigned(&claims));
    assert_eq!(outcome(&authorize(&server, &unset(&pairs, "redirect_uri")).await), "page invalid_request");
    assert_eq!(outcome(&authorize(&server, &unset(&pairs, "client_id")).await), "page invalid_client");
    let foreign = set(&pairs, "redirect_uri", "https://evil.example");
    assert_eq!(outcome(&authorize(&server, &foreign).await), "page invalid_request");
}

#[tokio::test]
async fn neither_may_come_with_the_other_and_each_may_come_once() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    let plain = unsigned(&json!({ "state": "in-the-object" }));
    let both = set(&with_object(&client.id, &plain), "request_uri", "https://app.example/object");
    let answer = authorize(&server, &both).await;
    assert_eq!(outcome(&answer), "client invalid_request");
    assert_eq!(pair(&answer.location_query(), "state"), Some("in-the-object"));
    let by_reference = set(&request(&client.id), "request_uri", "https://app.example/object");
    assert_eq!(outcome(&authorize(&server, &by_reference).await), "client request_uri_not_supported");
    let mut twice = with_object(&client.id, &plain);
    twice.push(("request".to_owned(), plain));
    assert_eq!(outcome(&authorize(&server, &twice).await), "page invalid_request");
}
