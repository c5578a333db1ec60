//! Standard claims of accounts by scope (OpenID Connect Core §5.4): they go to userinfo.

use serde_json::{Value, json};

use super::{create, everything_about_a_person};
use crate::fixtures::{claims, confidential, register, text};
use crate::support::{Call, START, TestServer};

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

/// Which scope asks for which claims (OpenID Connect Core §5.4).
const BY_SCOPE: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

async fn userinfo(server: &TestServer, flow: &mut crate::support::CodeFlow) -> Value {
    let tokens = flow.tokens().await;
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json()
}

#[tokio::test]
async fn every_standard_claim_goes_with_its_scope_and_no_other() {
    TestServer::each_database(async |server| {
        let scopes = "openid offline profile email address phone";
        let client = register(server, "all", &json!({ "scope": scopes })).await;
        let account = create(server, "alice", &everything_about_a_person()).await;
        let mut expected_of_all = everything_about_a_person();
        expected_of_all["updated_at"] = json!(START);
        let mut seen = 0;
        for asked in 0..16_u8 {
            let wanted: Vec<_> = BY_SCOPE.iter().enumerate().filter(|(bit, _)| asked & (1 << bit) != 0).collect();
            let scope = wanted.iter().fold("openid".to_owned(), |all, (_, (scope, _))| format!("{all} {scope}"));
            let mut flow = client.flow(server).scope(&scope).subject(text(&account, "id"));
            let info = userinfo(server, &mut flow).await;
            for (bit, (_, claims)) in BY_SCOPE.iter().enumerate() {
                for claim in *claims {
                    let expected = if asked & (1 << bit) == 0 { None } else { Some(&expected_of_all[*claim]) };
                    assert_eq!(info.get(*claim), expected, "{claim} for {scope}");
                    seen += usize::from(expected.is_some());
                }
            }
        }
        assert_eq!(seen, 19 * 8, "each claim in half of the requests");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_nobody_made_sure_of_is_not_verified() {
    let server = TestServer::new().await;
    let client = register(&server, "all", &json!({ "scope": "openid email phone" })).await;
    let members = json!({ "email": "alice@a.example", "phone_number": "+46 8 123 456" });
    let account = create(&server, "alice", &members).await;
    let mut flow = client.flow(&server).scope("openid email phone").subject(text(&account, "id"));
    let info = userinfo(&server, &mut flow).await;
    assert_eq!((&info["email_verified"], &info["phone_number_verified"]), (&json!(false), &json!(false)));
    let bare = create(&server, "bob", &json!({})).await;
    let mut flow = client.flow(&server).scope("openid email phone").subject(text(&bare, "id"));
    let info = userinfo(&server, &mut flow).await;
    for claim in ["email", "email_verified", "phone_number", "phone_number_verified"] {
        assert!(info.get(claim).is_none(), "{claim}");
    }
}

#[tokio::test]
async fn an_address_that_the_consent_page_chose_is_not_verified_by_the_accounts_own() {
    let server = TestServer::new().await;
    let client = register(&server, "all", &json!({ "scope": "openid email phone" })).await;
    let account = create(&server, "alice", &everything_about_a_person()).await;
    let flow = || client.flow(&server).scope("openid email phone").subject(text(&account, "id"));
    let other = json!({ "id_token": { "email": "other@b.example" } });
    let info = userinfo(&server, &mut flow().consent("session", other)).await;
    assert_eq!((&info["email"], info.get("email_verified")), (&json!("other@b.example"), None));
    assert_eq!(info["phone_number_verified"], true);
    let same = json!({ "id_token": { "email": "alice@a.example" } });
    let info = userinfo(&server, &mut flow().consent("session", same)).await;
    assert_eq!(info["email_verified"], true);
}

#[tokio::test]
async fn a_changed_claim_is_seen_with_tokens_that_were_issued_before() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let account = create(&server, "alice", &json!({ "name": "Alice" })).await;
    let tokens = client.flow(&server).scope("openid profile").subject(text(&account, "id")).tokens().await;
    server.clock.advance(5);
    let change = Call::patch(super::path(&account)).json(&json!({ "name": "Alicia", "username": "alicia" }));
    server.admin(change).await.expect(200);
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!((&info["name"], &info["preferred_username"]), (&json!("Alicia"), &json!("alicia")));
    assert_eq!(info["updated_at"], START + 5);
}
