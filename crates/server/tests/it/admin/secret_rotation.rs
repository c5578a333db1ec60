//! Rotation of client secrets: a new one at any time, five of the past until they are dropped, and nothing else changes.

use serde_json::json;

use crate::fixtures::{RACERS, confidential, count, metadata, public, race, register, signing_key, text, with};
use crate::support::{Answer, Call, Listener, TestServer};

const ROTATE: &str = "/admin/clients/confidential/secrets/rotate";

async fn rotate(server: &TestServer) -> String {
    text(&server.admin(Call::post(ROTATE)).await.expect(200).json(), "client_secret").to_owned()
}

async fn by_basic(server: &TestServer, secret: &str) -> Answer {
    let form = [("grant_type", "client_credentials")];
    server.public(Call::post("/oauth2/token").form(&form).basic("confidential", secret)).await
}

async fn put(server: &TestServer, changes: &serde_json::Value) -> Answer {
    let client = with(metadata("confidential"), changes);
    server.admin(Call::put("/admin/clients/confidential").json(&client)).await
}

#[tokio::test]
async fn the_new_secret_and_the_last_five_before_it_are_accepted() {
    TestServer::each_database(async |server| {
        let mut secrets = vec![confidential(server).await.secret];
        for number in 1..=7 {
            secrets.push(rotate(server).await);
            let first = number.max(5) - 5;
            for (place, secret) in secrets.iter().enumerate() {
                let expected = if place < first { 401 } else { 200 };
                by_basic(server, secret).await.expect(expected);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn rotated_secrets_are_accepted_wherever_the_current_one_is() {
    let server = TestServer::new().await;
    let changes = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let old = register(&server, "confidential", &changes).await.secret;
    let new = rotate(&server).await;
    for secret in [&old, &new] {
        let form = [("client_id", "confidential"), ("client_secret", secret)];
        let mut token = form.to_vec();
        token.push(("grant_type", "client_credentials"));
        server.public(Call::post("/oauth2/token").form(&token)).await.expect(200);
        let mut revocation = form.to_vec();
        revocation.push(("token", "x"));
        server.public(Call::post("/oauth2/revoke").form(&revocation)).await.expect(200);
    }
}

#[tokio::test]
async fn a_client_manages_its_registration_with_a_rotated_secret() {
    let server = TestServer::new().await;
    let made = server.public(Call::post("/oauth2/register").json(&json!({}))).await.expect(201).json();
    let (id, old) = (text(&made, "client_id"), text(&made, "client_secret"));
    let path = format!("/oauth2/register/{id}");
    server.admin(Call::post(format!("/admin/clients/{id}/secrets/rotate"))).await.expect(200);
    server.public(Call::get(&path).basic(id, old)).await.expect(200);
    server.admin(Call::delete(format!("/admin/clients/{id}/secrets/rotate"))).await.expect(200);
    server.public(Call::get(&path).basic(id, old)).await.expect(401);
    // What an administrator does with secrets leaves the registration access token alone.
    server.public(Call::get(&path).bearer(text(&made, "registration_access_token"))).await.expect(200);
}

#[tokio::test]
async fn dropped_secrets_end_at_once_and_the_current_one_stays() {
    TestServer::each_database(async |server| {
        // One that somebody chose is hashed slowly, and what was found right is remembered.
        let chosen = "a-secret-that-somebody-chose";
        register(server, "confidential", &json!({ "client_secret": chosen })).await;
        let beside = server.beside(7, |_| {}).await;
        let new = rotate(server).await;
        for node in [server, &beside] {
            by_basic(node, chosen).await.expect(200);
            by_basic(node, &new).await.expect(200);
        }
        let answer = server.admin(Call::delete(ROTATE)).await.expect(200).json();
        assert!(answer.get("client_secret").is_none(), "{answer}");
        for node in [server, &beside] {
            by_basic(node, chosen).await.expect(401);
            by_basic(node, &new).await.expect(200);
        }
        // Dropping nothing is no fault.
        server.admin(Call::delete(ROTATE)).await.expect(200);
        by_basic(server, &new).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn another_secret_in_a_change_ends_the_rotated_ones_and_a_change_without_keeps_them() {
    let server = TestServer::new().await;
    let old = confidential(&server).await.secret;
    let new = rotate(&server).await;
    put(&server, &json!({ "client_name": "Renamed" })).await.expect(200);
    by_basic(&server, &old).await.expect(200);
    put(&server, &json!({ "client_secret": "a-secret-that-somebody-chose" })).await.expect(200);
    for ended in [&old, &new] {
        by_basic(&server, ended).await.expect(401);
    }
    by_basic(&server, "a-secret-that-somebody-chose").await.expect(200);
}

#[tokio::test]
async fn another_secret_in_a_clients_own_change_ends_the_rotated_ones() {
    let server = TestServer::new().await;
    let made = server.public(Call::post("/oauth2/register").json(&json!({}))).await.expect(201).json();
    let (id, old) = (text(&made, "client_id"), text(&made, "client_secret"));
    let path = format!("/oauth2/register/{id}");
    let rotated = server.admin(Call::post(format!("/admin/clients/{id}/secrets/rotate"))).await.expect(200).json();
    let chosen = "another-secret-of-its-own";
    let body = json!({ "client_id": id, "client_secret": chosen });
    server.public(Call::put(&path).json(&body).basic(id, old)).await.expect(200);
    for ended in [old, text(&rotated, "client_secret")] {
        server.public(Call::get(&path).basic(id, ended)).await.expect(401);
    }
    server.public(Call::get(&path).basic(id, chosen)).await.expect(200);
}

#[tokio::test]
async fn rotation_changes_nothing_but_the_secret() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let before = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
    server.clock.advance(10);
    let shown = server.admin(Call::post(ROTATE).json(&json!({ "client_secret": "chosen-0123456789" }))).await;
    let shown = shown.expect(200).json();
    assert_eq!(text(&shown, "client_secret").len(), 26, "a secret in the body is ignored");
    let after = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
    assert!(after.get("client_secret").is_none(), "{after}");
    assert_eq!(with(shown, &json!({ "client_secret": null })), after);
    assert_ne!(before["updated_at"], after["updated_at"]);
    let changed = json!({ "updated_at": null });
    assert_eq!(with(before, &changed), with(after, &changed));
}

#[tokio::test]
async fn methods_without_a_secret_and_unknown_clients_are_refused() {
    let server = TestServer::new().await;
    public(&server).await;
    let (_, jwk) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    let signing = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] },
        "token_endpoint_auth_signing_alg": "ES256" });
    register(&server, "signing", &signing).await;
    for (id, status) in [("public", 400), ("signing", 400), ("nobody", 404), ("%FF", 404)] {
        let path = format!("/admin/clients/{id}/secrets/rotate");
        for call in [Call::post(&path), Call::delete(&path)] {
            server.admin(call).await.expect(status);
        }
    }
    for call in [Call::get(ROTATE), Call::put(ROTATE)] {
        server.admin(call).await.expect(405);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_secret_of_rotations_at_once_is_accepted_or_was_never_shown() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        let answers = race(server, Listener::Admin, vec![Call::post(ROTATE); RACERS]).await;
        let (done, refused) = (count(&answers, 200), count(&answers, 409));
        assert_eq!(done + refused, RACERS);
        assert!(done >= 1);
        let mut accepted = 0;
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            accepted += usize::from(by_basic(server, &answer.member("client_secret")).await.status == 200);
        }
        assert_eq!(accepted, done.min(6));
    })
    .await;
}
