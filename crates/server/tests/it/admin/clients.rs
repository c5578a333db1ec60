//! Clients: created, read, replaced, deleted.

use serde_json::{Value, json};

use crate::fixtures::{confidential, metadata, text, with};
use crate::support::{Call, TestServer};

fn target(id: &str) -> String {
    format!("/admin/clients/{}", id.replace('%', "%25").replace('/', "%2F").replace(' ', "%20").replace('?', "%3F"))
}

#[tokio::test]
async fn a_created_client_is_echoed_with_what_is_shown_once() {
    TestServer::each_database(async |server| {
        let answer = server.admin(Call::post("/admin/clients").json(&metadata("app"))).await.expect(201);
        assert_eq!(answer.header("location"), Some("/admin/clients/app"));
        assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
        let created = answer.json();
        for (name, value) in metadata("app").as_object().unwrap() {
            assert_eq!(created[name], *value, "{name}");
        }
        assert_eq!(text(&created, "client_secret").len(), 26);
        assert!(text(&created, "registration_access_token").starts_with("ory_at_"));
        assert_eq!(created["registration_client_uri"], "http://127.0.0.1:4444/oauth2/register/app");
        let read = server.admin(Call::get(target("app"))).await.expect(200).json();
        for once in ["client_secret", "registration_access_token"] {
            assert!(read.get(once).is_none(), "{once} is shown once");
        }
        assert_eq!(read["created_at"], created["created_at"]);
        assert_eq!(read["redirect_uris"], created["redirect_uris"]);
    })
    .await;
}

#[tokio::test]
async fn without_an_id_one_is_made_and_a_chosen_secret_is_kept() {
    let server = TestServer::new().await;
    let (one, two) = (server.create_client(&json!({})).await, server.create_client(&json!({})).await);
    assert_eq!(text(&one, "client_id").len(), 36);
    assert_ne!(one["client_id"], two["client_id"]);
    let chosen = server.create_client(&json!({ "client_secret": "chosen-by-a-person" })).await;
    assert_eq!(chosen["client_secret"], "chosen-by-a-person");
    for method in ["none", "private_key_jwt"] {
        let body = json!({ "token_endpoint_auth_method": method, "jwks_uri": "https://app.example/jwks" });
        assert!(server.create_client(&body).await.get("client_secret").is_none(), "{method}");
    }
}

#[tokio::test]
async fn ids_of_any_text_are_addressed_by_their_escaped_form() {
    TestServer::each_database(async |server| {
        for id in ["a/b", "a b", "a%2Fb", "a?b", "\u{fc}", "clients", "..", "'; DROP TABLE clients; --"] {
            let answer = server.admin(Call::post("/admin/clients").json(&json!({ "client_id": id }))).await.expect(201);
            let location = answer.header("location").unwrap().to_owned();
            let read = server.admin(Call::get(&location)).await.expect(200);
            assert_eq!(read.member("client_id"), id, "{location}");
            server.admin(Call::delete(&location)).await.expect(204);
            server.admin(Call::get(&location)).await.expect(404);
        }
    })
    .await;
}

#[tokio::test]
async fn an_id_that_exists_is_a_conflict_and_changes_nothing() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        let body = json!({ "client_id": "confidential", "client_name": "Another" });
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await.expect(409);
        let expected = "Unable to insert or update resource because a resource with that value exists already";
        assert_eq!(answer.member("error"), expected);
        let read = server.admin(Call::get("/admin/clients/confidential")).await.expect(200);
        assert_eq!(read.member("client_name"), "Client confidential");
    })
    .await;
}

#[tokio::test]
async fn replacing_takes_everything_from_the_body_but_id_secret_and_birth() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let before = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
        server.clock.advance(100);
        let body = json!({ "client_id": "another", "client_name": "New", "created_at": "2001-01-01T00:00:00Z" });
        let answer = server.admin(Call::put("/admin/clients/confidential").json(&body)).await.expect(200).json();
        assert_eq!((&answer["client_id"], &answer["client_name"]), (&json!("confidential"), &json!("New")));
        assert!(answer.get("client_secret").is_none());
        let after = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
        assert_eq!(after["created_at"], before["created_at"]);
        assert_ne!(after["updated_at"], before["updated_at"]);
        assert_eq!(after["redirect_uris"], json!([]));
        server.admin(Call::get("/admin/clients/another")).await.expect(404);
        // The secret is the old one.
        server.public(client.form("/oauth2/revoke", &[("token", "x")])).await.expect(200);
        let chosen = with(metadata("confidential"), &json!({ "client_secret": "a-new-secret" }));
        let answer = server.admin(Call::put("/admin/clients/confidential").json(&chosen)).await.expect(200);
        assert_eq!(answer.member("client_secret"), "a-new-secret");
        server.public(client.form("/oauth2/revoke", &[("token", "x")])).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn what_is_read_can_be_sent_back_and_nothing_is_lost() {
    let server = TestServer::new().await;
    let body = with(
        metadata("app"),
        &json!({
            "skip_consent": true, "skip_logout_consent": true, "access_token_strategy": "jwt", "owner": "me",
            "metadata": { "any": ["thing", null] }, "contacts": ["a@b.example"], "client_name#de": "Anwendung",
            "refresh_token_grant_access_token_lifespan": "1h30m0s", "default_max_age": 60, "require_auth_time": true,
            "post_logout_redirect_uris": ["http://127.0.0.1:5555/bye"], "allowed_cors_origins": ["https://app.example"],
        }),
    );
    server.create_client(&body).await;
    let read = async || server.admin(Call::get("/admin/clients/app")).await.expect(200).json();
    let first = read().await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(first[name], *value, "{name}");
    }
    server.admin(Call::put("/admin/clients/app").json(&first)).await.expect(200);
    let changing = |client: &Value| with(client.clone(), &json!({ "updated_at": null }));
    assert_eq!(changing(&read().await), changing(&first));
}

#[tokio::test]
async fn what_does_not_exist_is_absent_for_every_operation() {
    TestServer::each_database(async |server| {
        for id in ["nobody", "%ff", "a%2F..%2Fb", "Confidential"] {
            let target = format!("/admin/clients/{id}");
            for call in [Call::get(&target), Call::put(&target).json(&json!({})), Call::delete(&target)] {
                let answer = server.admin(call).await.expect(404);
                assert_eq!(answer.json(), json!({ "error": "Unable to locate the resource", "error_description": "" }));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn deleting_is_final() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        let answer = server.admin(Call::delete("/admin/clients/confidential")).await.expect(204);
        assert!(answer.body.is_empty());
        server.admin(Call::delete("/admin/clients/confidential")).await.expect(404);
        server.admin(Call::get("/admin/clients/confidential")).await.expect(404);
        confidential(server).await;
    })
    .await;
}
