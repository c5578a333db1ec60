//! The logout page's side: what it is told, and that its word counts.

use serde_json::{Value, json};

use super::{ask, challenge, client, request, sign_in};
use crate::oidc_userinfo::names;
use crate::support::{Call, TestServer};

const NOT_FOUND: &str = "Not Found";

#[tokio::test]
async fn a_request_has_these_members() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({ "skip_logout_consent": true })).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    server.clock.advance(10);
    let asked = ask(&mut person.browser, &[("id_token_hint", &hint), ("state", "s"), ("ui_locales", "de en")]).await;
    let sealed = challenge(&asked);
    let answer = server.admin(request("", &sealed)).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    let described = answer.json();
    let expected =
        ["challenge", "client", "expires_at", "request_url", "requested_at", "rp_initiated", "sid", "subject"];
    assert_eq!(names(&described), expected);
    assert_eq!(described["challenge"], json!(sealed));
    assert_eq!(described["requested_at"], "2027-01-15T08:00:10Z");
    assert_eq!(described["expires_at"], "2027-01-15T08:30:10Z");
    let url = described["request_url"].as_str().unwrap();
    assert!(url.starts_with("/oauth2/sessions/logout?id_token_hint=") && url.contains("state=s"), "{url}");
    assert_eq!(described["client"]["skip_logout_consent"], true);
    assert!(described["client"].get("client_secret").is_none());
    assert!(!answer.text().contains(&client.secret));
}

#[tokio::test]
async fn what_is_no_challenge_is_not_found_by_any_operation() {
    let server = TestServer::new().await;
    for wrong in ["", "x", "00000000-0000-4000-8000-000000000000"] {
        for action in ["", "/accept", "/reject"] {
            let answer = server.admin(request(action, wrong)).await.expect(404);
            assert_eq!(answer.member("error"), NOT_FOUND);
        }
    }
    for call in [
        Call::get("/admin/oauth2/auth/requests/logout"),
        Call::put("/admin/oauth2/auth/requests/logout/accept"),
        Call::put("/admin/oauth2/auth/requests/logout/reject"),
    ] {
        assert_eq!(server.admin(call).await.expect(404).member("error"), NOT_FOUND);
    }
    server.public(request("", "x")).await.expect(404);
}

#[tokio::test]
async fn a_login_challenge_is_no_logout_challenge() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let login = client.flow(&server).authorize().await;
    let login = login.location_parameter("login_challenge").unwrap();
    server.admin(request("", &login)).await.expect(404);
    server.admin(request("/accept", &login)).await.expect(404);
    let mut person = sign_in(&server, &client).await;
    let logout = challenge(&ask(&mut person.browser, &[]).await);
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &logout)]);
    server.admin(call).await.expect(404);
    let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &logout)]);
    server.admin(call).await.expect(404);
}

#[tokio::test]
async fn a_rejected_logout_changes_nothing_and_may_be_accepted_later() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let sealed = challenge(&ask(&mut person.browser, &[]).await);
    let answer = server.admin(request("/reject", &sealed)).await.expect(204);
    assert!(answer.body.is_empty());
    assert!(person.stands(&server, &client).await);
    // A body is not needed, and one that is sent is not read.
    let next = server.admin(request("/accept", &sealed).json(&Value::Null)).await.expect(200).json();
    assert_eq!(names(&next), ["redirect_to"]);
    person.browser.get(next["redirect_to"].as_str().unwrap()).await.expect(302);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn the_older_name_of_the_parameter_and_the_shorter_path_work() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let sealed = challenge(&ask(&mut person.browser, &[]).await);
    let call = Call::get("/oauth2/auth/requests/logout").query(&[("challenge", &sealed)]);
    assert_eq!(server.admin(call).await.expect(200).member("subject"), "alice");
}

#[tokio::test]
async fn an_altered_challenge_is_none() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let sealed = challenge(&ask(&mut person.browser, &[]).await);
    for (how, altered) in crate::fixtures::altered(&sealed) {
        let answer = server.admin(request("/accept", &altered)).await;
        assert_eq!(answer.status, 404, "{how}");
    }
}
