//! Whom an identifier names (RFC 9493).

use serde_json::{Value, json};
use symbolon_jose::Secret;
use symbolon_types::SubjectType;

use super::{Idp, assert_refused, email, opaque};
use crate::fixtures::{claims, confidential, register, text};
use crate::support::{Call, TestServer};

fn iss_sub(issuer: &str, subject: &str) -> Value {
    json!({ "format": "iss_sub", "iss": issuer, "sub": subject })
}

async fn account(server: &TestServer, id: &str, more: &Value) {
    let base = json!({ "id": id, "username": id, "password": "correct horse battery" });
    let account = crate::fixtures::with(base, more);
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
}

#[tokio::test]
async fn nobody_is_found_by_another_servers_name() {
    let idp = Idp::new();
    let server = idp.server().await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    let url = server.public_url().to_owned();
    for issuer in ["https://idp.example", "https://other.example", &format!("{url}/"), &url.to_uppercase()] {
        assert_refused(&idp.revoke(&server, &iss_sub(issuer, "alice")).await, 404, "not_found");
    }
    for subject in ["nobody", "Alice", "alice "] {
        assert_refused(&idp.revoke(&server, &opaque(subject)).await, 404, "not_found");
    }
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
    idp.revoke(&server, &iss_sub(&url, "alice")).await.expect(204);
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
}

#[tokio::test]
async fn an_account_is_known_before_it_did_anything_and_not_after_it_is_gone() {
    let idp = Idp::new();
    let server = idp.server().await;
    account(&server, "carol", &json!({})).await;
    idp.revoke(&server, &opaque("carol")).await.expect(204);
    server.admin(Call::delete("/admin/accounts/carol")).await.expect(204);
    assert_refused(&idp.revoke(&server, &opaque("carol")).await, 404, "not_found");
}

#[tokio::test]
async fn a_verified_address_names_every_account_that_has_it_and_no_other() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let verified = |address: &str| json!({ "email": address, "email_verified": true });
            account(server, "one", &verified("ada@mail.example")).await;
            account(server, "two", &verified("Ada@Mail.example")).await;
            account(server, "unverified", &json!({ "email": "ada@mail.example" })).await;
            account(server, "claims", &json!({ "name": "\"email\":\"ada@mail.example\"", "email_verified": null }))
                .await;
            account(server, "other", &verified("bada@mail.example")).await;
            account(server, "wild", &verified("a_a@mail.example")).await;
            let client = confidential(server).await;
            let mut tokens = Vec::new();
            for subject in ["one", "two", "unverified", "claims", "other", "wild"] {
                let issued = client.flow(server).subject(subject).tokens().await;
                tokens.push((subject, text(&issued, "access_token").to_owned()));
            }
            for nobody in ["nobody@mail.example", "%@mail.example", "a_a@mail.exampl_", "", "ada@mail.example\"%"] {
                if !nobody.is_empty() {
                    assert_refused(&idp.revoke(server, &email(nobody)).await, 404, "not_found");
                }
            }
            idp.revoke(server, &email("ADA@mail.example")).await.expect(204);
            for (subject, token) in tokens {
                let out = ["one", "two"].contains(&subject);
                assert_eq!(server.introspect(&token).await["active"], !out, "{subject}");
            }
            idp.revoke(server, &email("a_a@mail.example")).await.expect(204);
        },
    )
    .await;
}

#[tokio::test]
async fn a_pairwise_name_is_no_name_for_those_who_may_name_anybody() {
    let idp = Idp::new();
    let server = TestServer::with(|config| {
        idp.on(config);
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let client = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let tokens = client.flow(&server).tokens().await;
    let seen = claims(text(&tokens, "id_token"))["sub"].as_str().unwrap().to_owned();
    assert_ne!(seen, "alice");
    assert_refused(&idp.revoke(&server, &opaque(&seen)).await, 404, "not_found");
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
}
