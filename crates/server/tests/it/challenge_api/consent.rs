//! The consent request: described, accepted, rejected.

use serde_json::json;

use super::{AtPage, at_consent, at_login};
use crate::fixtures::{claims, confidential, metadata, outcome, text};
use crate::support::{Call, REDIRECT_URI, STATE, TestServer};

#[tokio::test]
async fn the_page_is_told_who_logged_in_and_what_is_asked_for() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let login_page = at_login(server, &client).await;
        let login_challenge = login_page.challenge();
        let at = login_page.on_to_consent(server).await;
        let answer = at.get(server).await.expect(200);
        let mut described = answer.json();
        let members = described.as_object_mut().unwrap();
        let (shown, url) = (members.remove("client").unwrap(), members.remove("request_url").unwrap());
        let (id, session) =
            (members.remove("consent_request_id").unwrap(), members.remove("login_session_id").unwrap());
        assert!(url.as_str().unwrap().starts_with("http://127.0.0.1:4444/oauth2/auth?"));
        assert_eq!((id.as_str().unwrap().len(), session.as_str().unwrap().len()), (32, 36));
        let expected = json!({
            "challenge": at.challenge(),
            "login_challenge": login_challenge,
            "requested_scope": ["openid", "offline"],
            "requested_access_token_audience": [],
            "skip": false,
            "subject": "alice",
            "oidc_context": {},
            "acr": "",
            "amr": [],
            "context": null,
        });
        assert_eq!(described, expected);
        assert_eq!(shown["client_name"], metadata(&client.id)["client_name"]);
        assert!(!answer.text().contains(&client.secret), "secrets are written and never read");
    })
    .await;
}

#[tokio::test]
async fn the_login_challenge_that_the_page_is_told_joins_it_with_its_login_request() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        // A large request is kept elsewhere, and its challenge is a handle.
        for claims in ["", &"x y%".repeat(600)] {
            let login = AtPage::login_of(client.flow(server).parameter("purpose", claims)).await;
            let challenge = login.challenge();
            let at = login.on_to_consent(server).await;
            let described = at.get(server).await.expect(200).json();
            assert_eq!(described["login_challenge"], challenge);
            let query = [("login_challenge", challenge.as_str())];
            let used = server.admin(Call::get("/admin/oauth2/auth/requests/login").query(&query)).await;
            assert_eq!(used.expect(410).member("redirect_to"), described["request_url"], "known, and answered");
            // Neither an answer nor its repetition changes it.
            at.accept(server, &at.yes()).await.expect(200);
            assert_eq!(at.get(server).await.expect(200).json()["login_challenge"], challenge);
        }
    })
    .await;
}

/// The session and the consent request have one name each, wherever they are spoken of.
#[tokio::test]
async fn the_names_of_session_and_consent_join_pages_lists_and_tokens() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).login("remember", json!(true)).login("remember_for", json!(60));
        // A new session, the same one without a question, once more with a new login, and again after it has expired.
        for (wait, prompt) in [(0, ""), (10, ""), (10, "login"), (60, "")] {
            server.clock.advance(wait);
            let login = AtPage::login_of(flow.parameter("prompt", prompt)).await;
            let session = login.get(server).await.expect(200).member("session_id");
            let mut at = AtPage { step: "consent", page: String::new(), flow: login.flow };
            let next = at.flow.application.accept_login(&login.page).await;
            at.page = at.flow.browser.get(&next).await.expect(302).location().to_owned();
            let described = at.get(server).await.expect(200).json();
            assert_eq!(described["login_session_id"], session, "prompt={prompt}");
            let next = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
            let code = at.flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
            let tokens = server.public(at.flow.redemption(&code)).await.expect(200).json();
            assert_eq!(claims(text(&tokens, "id_token"))["sid"], session, "prompt={prompt}");
            let query = [("subject", "alice"), ("login_session_id", session.as_str())];
            let listed = server.admin(Call::get("/admin/oauth2/auth/sessions/consent").query(&query)).await.expect(200);
            let listed = listed.json().as_array().unwrap().clone();
            let ids: Vec<&str> = listed.iter().map(|consent| text(consent, "consent_request_id")).collect();
            assert!(ids.contains(&text(&described, "consent_request_id")), "prompt={prompt}");
            assert!(listed.iter().all(|consent| consent["consent_request"]["login_session_id"] == session));
            flow = at.flow;
        }
    })
    .await;
}

#[tokio::test]
async fn until_the_browser_comes_back_the_last_answer_counts() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut at = at_consent(server, &client).await;
        at.accept(server, &json!({ "grant_scope": ["openid", "offline"] })).await.expect(200);
        at.reject(server, &json!({})).await.expect(200);
        let to = at.accept(server, &json!({ "grant_scope": ["openid"] })).await.expect(200).member("redirect_to");
        let answer = at.flow.browser.get(&to).await.expect(303);
        assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid"));
    })
    .await;
}

#[tokio::test]
async fn claims_and_audience_of_the_answer_reach_the_tokens() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut at = AtPage::consent_of(client.flow(&server).parameter("audience", "https://api.example")).await;
    let body = json!({
        "grant_scope": ["openid"],
        "grant_access_token_audience": ["https://api.example"],
        "session": { "access_token": { "tier": "gold" }, "id_token": { "level": "7" } },
        "context": { "any": "thing" },
        "handled_at": "2000-01-01T00:00:00Z",
        "unknown": 1,
    });
    let to = at.accept(&server, &body).await.expect(200).member("redirect_to");
    let code = at.flow.browser.get(&to).await.expect(303).location_parameter("code").unwrap();
    let tokens = server.public(at.flow.redemption(&code)).await.expect(200).json();
    let described = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!((&described["ext"]["tier"], &described["aud"]), (&json!("gold"), &json!(["https://api.example"])));
    assert_eq!(claims(text(&tokens, "id_token"))["level"], "7");
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
    assert_eq!(info.member("level"), "7");
}

#[tokio::test]
async fn an_empty_answer_grants_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for body in [json!({}), json!({ "grant_scope": null, "session": null, "remember": null })] {
        let mut at = at_consent(&server, &client).await;
        let to = at.accept(&server, &body).await.expect(200).member("redirect_to");
        let code = at.flow.browser.get(&to).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(at.flow.redemption(&code)).await.expect(200).json();
        assert_eq!(tokens["scope"], "");
        assert!(tokens.get("id_token").is_none() && tokens.get("refresh_token").is_none());
    }
}

#[tokio::test]
async fn rejecting_tells_the_client_what_the_page_says_and_grants_nothing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for (body, error, description) in [
            (json!({}), "access_denied", "The consent page refused the request."),
            (json!({ "error": "access_denied", "error_description": "No." }), "access_denied", "No."),
            (json!({ "error": "too_young", "error_hint": "F\u{fc}r \\ dich" }), "too_young", "F?r / dich"),
        ] {
            let mut at = at_consent(server, &client).await;
            let to = at.reject(server, &body).await.expect(200).member("redirect_to");
            let answer = at.flow.browser.get(&to).await.expect(303);
            assert!(answer.location().starts_with(REDIRECT_URI));
            assert_eq!(answer.location_parameter("error").as_deref(), Some(error));
            assert_eq!(answer.location_parameter("error_description").as_deref(), Some(description));
            assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
            assert!(answer.location_parameter("code").is_none());
            // Its cookies are gone with the flow; a browser that kept them would hear that the verifier was used.
            assert_eq!(outcome(&at.flow.browser.get(&to).await), "client request_forbidden", "once");
        }
    })
    .await;
}

#[tokio::test]
async fn there_is_no_consent_request_before_the_browser_came_back_from_the_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let at = at_login(&server, &client).await;
    let to = at.accept(&server, &at.yes()).await.expect(200).member("redirect_to");
    let verifier = crate::fixtures::parameter(&to, "login_verifier");
    let query = [("consent_challenge", verifier.as_str())];
    server.admin(Call::get("/admin/oauth2/auth/requests/consent").query(&query)).await.expect(404);
}
