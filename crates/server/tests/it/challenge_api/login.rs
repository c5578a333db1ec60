//! The login request: described, accepted, rejected.

use serde_json::{Value, json};

use super::{AtPage, at_consent, at_login};
use crate::fixtures::{claims, confidential, metadata, outcome, parameter, register, text};
use crate::support::{Call, Profile, REDIRECT_URI, STATE, TestServer};

#[tokio::test]
async fn the_page_is_told_who_asks_for_what() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).parameter("audience", "https://api.example https://api.example/v2");
        let page = flow.authorize().await.expect(302).location().to_owned();
        let at = AtPage { flow, page, step: "login" };
        let answer = at.get(server).await.expect(200);
        let mut described = answer.json();
        let shown = described.as_object_mut().unwrap().remove("client").unwrap();
        let session_id = described.as_object_mut().unwrap().remove("session_id").unwrap();
        let request_url = described.as_object_mut().unwrap().remove("request_url").unwrap();
        assert_eq!(session_id.as_str().unwrap().len(), 36);
        assert!(request_url.as_str().unwrap().starts_with("http://127.0.0.1:4444/oauth2/auth?client_id=confidential&"));
        let expected = json!({
            "challenge": at.challenge(),
            "requested_scope": ["openid", "offline"],
            "requested_access_token_audience": ["https://api.example", "https://api.example/v2"],
            "skip": false,
            "subject": "",
            "oidc_context": {},
        });
        assert_eq!(described, expected);
        for (name, value) in metadata(&client.id).as_object().unwrap() {
            assert_eq!(shown[name], *value, "{name}");
        }
        assert!(!answer.text().contains(&client.secret), "secrets are written and never read");
    })
    .await;
}

#[tokio::test]
async fn the_short_name_of_the_parameter_and_paths_without_admin_work_too() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    for target in ["/admin/oauth2/auth/requests/login", "/oauth2/auth/requests/login", "/oauth2/auth/requests/login/"] {
        for name in ["login_challenge", "challenge"] {
            server.admin(Call::get(target).query(&[(name, &at.challenge())])).await.expect(200);
        }
    }
}

#[tokio::test]
async fn describing_does_not_use_anything_up() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    let first = at.get(&server).await.expect(200).body;
    assert_eq!(at.get(&server).await.expect(200).body, first);
}

#[tokio::test]
async fn accepting_leads_back_with_the_whole_request() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    let to = at.accept(&server, &at.yes()).await.expect(200).member("redirect_to");
    assert!(to.starts_with("http://127.0.0.1:4444/oauth2/auth?"), "{to}");
    for (name, value) in [("client_id", "confidential"), ("redirect_uri", REDIRECT_URI), ("state", STATE)] {
        assert_eq!(parameter(&to, name), value);
    }
    assert!(parameter(&to, "login_verifier").len() < 120);
}

#[tokio::test]
async fn until_the_browser_comes_back_the_last_answer_counts() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut at = at_login(server, &client).await;
        at.reject(server, &json!({})).await.expect(200);
        at.accept(server, &json!({ "subject": "bob" })).await.expect(200);
        let to = at.accept(server, &json!({ "subject": "carol" })).await.expect(200).member("redirect_to");
        let page = at.flow.browser.get(&to).await.expect(302).location().to_owned();
        let consent = AtPage { flow: at.flow, page, step: "consent" };
        assert_eq!(consent.get(server).await.expect(200).json()["subject"], "carol");
    })
    .await;
}

#[tokio::test]
async fn what_the_login_page_says_reaches_the_consent_page_and_the_tokens() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut at = at_login(&server, &client).await;
    let body =
        json!({ "subject": "alice", "acr": "2", "amr": ["pwd"], "context": { "a": [1, null] }, "unknown": true });
    let to = at.accept(&server, &body).await.expect(200).member("redirect_to");
    let page = at.flow.browser.get(&to).await.expect(302).location().to_owned();
    let mut consent = AtPage { flow: at.flow, page, step: "consent" };
    let described = consent.get(&server).await.expect(200).json();
    assert_eq!((&described["acr"], &described["amr"]), (&json!("2"), &json!(["pwd"])));
    assert_eq!(described["context"], json!({ "a": [1, null] }));
    let to = consent.accept(&server, &consent.yes()).await.expect(200).member("redirect_to");
    let code = consent.flow.browser.get(&to).await.expect(303).location_parameter("code").unwrap();
    let tokens = server.public(consent.flow.redemption(&code)).await.expect(200).json();
    let claims = claims(text(&tokens, "id_token"));
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("2"), &json!(["pwd"])));
}

#[tokio::test]
async fn a_forced_subject_identifier_counts_for_pairwise_clients_only() {
    let server = TestServer::start(Profile::Strict.config()).await;
    for (id, kind, expected) in [("a", "pairwise", "chosen-by-the-page"), ("b", "public", "alice")] {
        let client = register(&server, id, &json!({ "subject_type": kind })).await;
        let mut flow = client.flow(&server).login("force_subject_identifier", json!("chosen-by-the-page"));
        let tokens = flow.tokens().await;
        assert_eq!(claims(text(&tokens, "id_token"))["sub"], expected);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["sub"], "alice");
    }
}

#[tokio::test]
async fn rejecting_tells_the_client_what_the_page_says() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let long = "a".repeat(2000);
        let table = [
            (json!({}), "access_denied", "The login page refused the request."),
            (json!({ "error": "", "error_description": null }), "access_denied", "The login page refused the request."),
            (json!({ "error_description": " \t " }), "access_denied", "The login page refused the request."),
            (json!({ "error": "login_required" }), "login_required", "The login page refused the request."),
            (
                json!({ "error": "too_young", "error_description": "Only for adults.", "error_hint": "Come back later.", "status_code": 451 }),
                "too_young",
                "Only for adults. Come back later.",
            ),
            (json!({ "error": "x&y=z#! ~", "error_description": "a&b=c#" }), "x&y=z#! ~", "a&b=c#"),
            (json!({ "error_description": "\"quoted\" f\u{fc}r \\ dich\r\n!" }), "access_denied", "'quoted' f?r / dich  !"),
            (json!({ "error_description": long }), "access_denied", &long[..1024]),
        ];
        for (body, error, description) in table {
            let mut at = at_login(server, &client).await;
            let to = at.reject(server, &body).await.expect(200).member("redirect_to");
            let answer = at.flow.browser.get(&to).await.expect(303);
            assert!(answer.location().starts_with(REDIRECT_URI), "{}", answer.location());
            assert_eq!(answer.location_parameter("error").as_deref(), Some(error));
            assert_eq!(answer.location_parameter("error_description").as_deref(), Some(description));
            assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
            assert_eq!(outcome(&at.flow.browser.get(&to).await), "client access_denied", "once");
        }
    })
    .await;
}

/// RFC 6749 §4.1.2.1: `error` has no characters outside %x20-21 / %x23-5B / %x5D-7E, and is one of few codes.
#[tokio::test]
async fn an_error_that_is_no_code_is_a_fault_of_the_page_and_answers_nothing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for mut at in [at_login(server, &client).await, at_consent(server, &client).await] {
            for error in ["zugriff verweigert \u{2028}", "f\u{fc}r", "a\"b", "a\\b", &"x".repeat(65)] {
                let refused = at.reject(server, &json!({ "error": error })).await.expect(400);
                assert_eq!(refused.error().as_deref(), Some("invalid_request"), "{error:?}");
                assert!(refused.member("error_description").contains("'error'"), "{}", refused.text());
            }
            for wrong in [json!({ "error": 1 }), json!({ "error": ["access_denied"] }), json!({ "error": {} })] {
                assert_eq!(at.reject(server, &wrong).await.expect(400).error().as_deref(), Some("invalid_request"));
            }
            // The flow is where it was.
            let to = at.reject(server, &json!({ "error": "x".repeat(64) })).await.expect(200).member("redirect_to");
            assert_eq!(outcome(&at.flow.browser.get(&to).await), format!("client {}", "x".repeat(64)));
        }
    })
    .await;
}

#[tokio::test]
async fn the_client_is_the_one_of_now_and_not_of_the_start() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    let target = format!("/admin/clients/{}", client.id);
    let narrowed: Value = crate::fixtures::with(metadata(&client.id), &json!({ "scope": "openid" }));
    server.admin(Call::put(&target).json(&narrowed)).await.expect(200);
    let refused = at.get(&server).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_scope"));
    at.accept(&server, &at.yes()).await.expect(400);
    server.admin(Call::delete(&target)).await.expect(204);
    let refused = at.get(&server).await.expect(401);
    assert_eq!(refused.error().as_deref(), Some("invalid_client"));
}
