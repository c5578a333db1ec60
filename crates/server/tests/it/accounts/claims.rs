//! Standard claims of accounts by scope (OpenID Connect Core §5.4): they go to userinfo.

use serde_json::json;

use crate::fixtures::{claims, confidential, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn claims_follow_the_granted_scope() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let account = json!({ "username": "Alice", "password": "correct horse battery", "email": "a@example.org", "name": "Alice A." });
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    for (scope, profile, email) in [
        ("openid", false, false),
        ("openid profile", true, false),
        ("openid email", false, true),
        ("openid profile email", true, true),
    ] {
        let tokens = client.flow(&server).scope(scope).subject(&subject).tokens().await;
        let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
        assert_eq!(info["sub"], subject.as_str());
        assert_eq!(info.get("name").is_some(), profile, "{scope}");
        assert_eq!(info.get("preferred_username").is_some(), profile, "{scope}");
        assert_eq!(info.get("email").is_some(), email, "{scope}");
        if email {
            assert_eq!((&info["email"], &info["email_verified"]), (&json!("a@example.org"), &json!(false)));
        }
        let id_token = claims(text(&tokens, "id_token"));
        assert!(!id_token.contains_key("name") && !id_token.contains_key("email"), "OpenID Connect Core §5.4");
    }
}

#[tokio::test]
async fn what_the_consent_page_says_goes_before_the_account() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let account = json!({ "username": "alice", "password": "correct horse battery", "name": "Alice A." });
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    let session = json!({ "id_token": { "name": "Chosen", "sub": "mallory" } });
    let mut flow = client.flow(&server).scope("openid profile").subject(&subject).consent("session", session);
    let tokens = flow.tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!((&info["name"], &info["sub"]), (&json!("Chosen"), &json!(subject)));
}

#[tokio::test]
async fn a_subject_of_another_login_page_has_no_account_and_no_claims() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let account = json!({ "username": "alice", "password": "correct horse battery", "name": "Alice A." });
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
    // The subject `alice` is not the account of that name.
    let tokens = client.flow(&server).scope("openid profile email").subject("alice").tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert!(info.get("name").is_none() && info.get("preferred_username").is_none(), "{info}");
}
