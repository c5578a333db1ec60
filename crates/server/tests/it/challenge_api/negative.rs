//! What is wrong with a request to the API is told, and never taken for something else.

use serde_json::{Value, json};

use super::{at_consent, at_login};
use crate::fixtures::confidential;
use crate::support::{Call, TestServer};

fn calls(step: &str) -> [(Call, Value); 3] {
    let base = format!("/admin/oauth2/auth/requests/{step}");
    [
        (Call::get(&base), Value::Null),
        (Call::put(format!("{base}/accept")), json!({ "subject": "alice" })),
        (Call::put(format!("{base}/reject")), json!({})),
    ]
}

#[tokio::test]
async fn a_challenge_that_is_missing_empty_or_nonsense_is_told() {
    let server = TestServer::new().await;
    for step in ["login", "consent"] {
        let name = format!("{step}_challenge");
        let huge = "A".repeat(60_000);
        for (value, status, error) in [
            (None, 400, "invalid_request"),
            (Some(""), 400, "invalid_request"),
            (Some("nonsense"), 404, "Not Found"),
            (Some("\0"), 400, "invalid_request"),
            (Some("../../../etc/passwd"), 404, "Not Found"),
            (Some(huge.as_str()), 404, "Not Found"),
        ] {
            for (call, body) in calls(step) {
                let call = match value {
                    Some(value) => call.query(&[(&name, value)]),
                    None => call,
                };
                let answer = server.admin(call.json(&body)).await;
                assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{step} {value:?}");
                assert!(answer.body.len() < 1_000);
            }
        }
    }
}

const BAD_FOR_BOTH: [&str; 13] = [
    "",
    "null",
    "[]",
    "[\"alice\"]",
    "\"x\"",
    "{",
    "{}}",
    "not json",
    "\u{fc}",
    "{\"remember\":\"yes\",\"subject\":\"a\"}",
    "{\"remember_for\":1.5,\"subject\":\"a\"}",
    "{\"remember_for\":\"1h\",\"subject\":\"a\"}",
    "{\"remember_for\":1e99,\"subject\":\"a\"}",
];
const BAD_FOR_LOGIN: [&str; 5] = [
    "{\"subject\":\"alice\",\"subject\":\"bob\"}",
    "{\"subject\":7}",
    "{\"subject\":{}}",
    "{\"subject\":\"a\",\"amr\":\"pwd\"}",
    "{\"subject\":\"a\",\"acr\":[]}",
];
const BAD_FOR_CONSENT: [&str; 7] = [
    "{\"grant_scope\":\"openid\"}",
    "{\"grant_scope\":[1]}",
    "{\"grant_scope\":[\"a b\"]}",
    "{\"grant_scope\":[\"\"]}",
    "{\"grant_scope\":[\"a\\\"b\"]}",
    "{\"session\":{\"access_token\":[1]}}",
    "{\"session\":\"x\"}",
];

#[tokio::test]
async fn bodies_that_cannot_be_read_change_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for at in [at_login(&server, &client).await, at_consent(&server, &client).await] {
        let own: &[&str] = if at.step == "login" { &BAD_FOR_LOGIN } else { &BAD_FOR_CONSENT };
        for body in BAD_FOR_BOTH.iter().chain(own) {
            let answer = server.admin(at.call("PUT", "/accept").raw(*body)).await;
            assert_eq!(
                (answer.status, answer.error().as_deref()),
                (400, Some("invalid_request")),
                "{} {body}",
                at.step
            );
        }
        for body in ["", "null", "[]", "{", "{\"error\":7}", "{\"error_description\":[]}"] {
            let answer = server.admin(at.call("PUT", "/reject").raw(body)).await;
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "reject {body}");
        }
        let described = at.get(&server).await.expect(200);
        assert_eq!(described.json()["skip"], false);
    }
}

#[tokio::test]
async fn a_login_needs_a_subject() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_login(server, &client).await;
        for body in [json!({}), json!({ "subject": "" }), json!({ "subject": null }), json!({ "subject": "a\0b" })] {
            let answer = at.accept(server, &body).await;
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{body}");
            assert!(answer.member("error_description").contains("subject"));
        }
        at.accept(server, &json!({ "subject": "\u{1f9d1} zo\u{eb} 'O' \"x\" <b>" })).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_subject_of_any_text_goes_through_the_whole_flow() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for subject in ["\u{1f9d1} zo\u{eb}", "a'b\"c<d>&e", "line\u{2028}break", &"x".repeat(2_048), " ", "null"] {
            let tokens = client.flow(server).subject(subject).tokens().await;
            assert_eq!(server.introspect(tokens["access_token"].as_str().unwrap()).await["sub"], subject);
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_body_holds_is_not_sent_back() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    let answer = server.admin(at.call("PUT", "/accept").raw("{\"subject\":[\"hunter2-hunter2\"]}")).await.expect(400);
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
}

#[tokio::test]
async fn other_methods_do_not_exist() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        server.admin(at.call(method, "").json(&at.yes())).await.expect(405);
    }
    for method in ["GET", "POST", "DELETE"] {
        server.admin(at.call(method, "/accept").json(&at.yes())).await.expect(405);
        server.admin(at.call(method, "/reject").json(&json!({}))).await.expect(405);
    }
    server.public(at.call("GET", "")).await.expect(404);
    server.public(Call::put("/oauth2/auth/requests/login/accept").json(&at.yes())).await.expect(404);
}
