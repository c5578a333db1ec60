//! Whom an assertion is about: by default nobody else, otherwise as the operator says for the issuer.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{Idp, assert_refused, client};
use crate::fixtures::{Registered, claims, with};
use crate::support::{Call, TestServer};
use crate::ui::built_in;

async fn account(server: &TestServer, id: &str, more: &Value) {
    let base = json!({ "id": id, "username": id, "password": "correct horse battery" });
    server.admin(Call::post("/admin/accounts").json(&with(base, more))).await.expect(201);
}

async fn subject(idp: &Idp, server: &TestServer, app: &Registered, changes: &Value) -> String {
    let token = idp.show(server, app, changes, &[]).await.expect(200).member("access_token");
    claims(&token)["sub"].as_str().unwrap().to_owned()
}

/// A server with its own accounts.
async fn with_accounts(idp: &Idp, row: &Value) -> (TestServer, Registered) {
    let server = TestServer::with(|config: &mut Config| {
        idp.on_with(config, row);
        built_in(config);
    })
    .await;
    let app = client(&server, "app", &json!({})).await;
    (server, app)
}

#[tokio::test]
async fn by_default_it_is_somebody_of_their_own_and_never_an_account() {
    let idp = Idp::new();
    let (server, app) = with_accounts(&idp, &json!({})).await;
    account(&server, "ada", &json!({ "email": "ada@mail.example", "email_verified": true })).await;
    let named = json!({ "aud_sub": "ada", "email": "ada@mail.example", "email_verified": true });
    let own = subject(&idp, &server, &app, &named).await;
    assert!(own.starts_with("id_jag_") && !own.contains("ada"), "{own}");
    assert_eq!(subject(&idp, &server, &app, &json!({})).await, own, "the same next time");
    assert_ne!(subject(&idp, &server, &app, &json!({ "sub": "eve" })).await, own);
}

#[tokio::test]
async fn a_subject_of_ours_must_be_there() {
    let idp = Idp::new();
    let row = json!({ "subject": "aud_sub" });
    let (server, app) = with_accounts(&idp, &row).await;
    account(&server, "carol", &json!({})).await;
    assert_eq!(subject(&idp, &server, &app, &json!({ "aud_sub": "carol" })).await, "carol");
    for changes in [
        json!({}),
        json!({ "aud_sub": "" }),
        json!({ "aud_sub": 7 }),
        json!({ "aud_sub": "nobody" }),
        json!({ "aud_sub": "a".repeat(2_049) }),
        json!({ "sub": null, "aud_sub": "carol" }),
    ] {
        assert_refused(&idp.show(&server, &app, &changes, &[]).await, "invalid_grant");
    }
    let disable = Call::patch("/admin/accounts/carol").json(&json!({ "disabled": true }));
    server.admin(disable).await.expect(200);
    assert_refused(&idp.show(&server, &app, &json!({ "aud_sub": "carol" }), &[]).await, "invalid_grant");
    // Behind another login page there are no accounts, and the operator takes the provider's word.
    let (server, app) = idp.server_with(&row).await;
    assert_eq!(subject(&idp, &server, &app, &json!({ "aud_sub": "erin" })).await, "erin");
}

#[tokio::test]
async fn an_address_is_one_account_that_verified_it() {
    let idp = Idp::new();
    let (server, app) = with_accounts(&idp, &json!({ "subject": "trust_email" })).await;
    let verified = |address: &str| json!({ "email": address, "email_verified": true });
    account(&server, "dora", &verified("dora@mail.example")).await;
    account(&server, "unverified", &json!({ "email": "una@mail.example" })).await;
    account(&server, "twin", &verified("twin@mail.example")).await;
    account(&server, "twin2", &verified("Twin@mail.example")).await;
    for said in [json!({ "email": "Dora@mail.example" }), verified("dora@mail.example")] {
        assert_eq!(subject(&idp, &server, &app, &said).await, "dora");
    }
    for changes in [
        json!({}),
        json!({ "email": 7 }),
        json!({ "email": "nobody@mail.example" }),
        json!({ "email": "una@mail.example" }),
        json!({ "email": "twin@mail.example" }),
        json!({ "email": "dora@mail.example", "email_verified": false }),
        json!({ "email": "dora@mail.example", "email_verified": "true" }),
    ] {
        assert_refused(&idp.show(&server, &app, &changes, &[]).await, "invalid_grant");
    }
}

#[tokio::test]
async fn linked_people_are_those_that_the_operator_listed() {
    let idp = Idp::new();
    let row = json!({ "subject": "linked", "links": { "ada": "frida", "gone": "nobody" } });
    let (server, app) = with_accounts(&idp, &row).await;
    account(&server, "frida", &json!({})).await;
    assert_eq!(subject(&idp, &server, &app, &json!({})).await, "frida");
    for sub in ["gone", "frida", "Ada"] {
        assert_refused(&idp.show(&server, &app, &json!({ "sub": sub }), &[]).await, "invalid_grant");
    }
}
