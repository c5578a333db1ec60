//! Reading, changing and deleting an account over the management API, and giving it another password.

use serde_json::{Value, json};

use super::{PASSWORD, create, everything_about_a_person, path};
use crate::fixtures::{text, with};
use crate::support::{Call, START, TestServer};

async fn read(server: &TestServer, account: &Value) -> Value {
    server.admin(Call::get(path(account))).await.expect(200).json()
}

async fn patch(server: &TestServer, account: &Value, change: &Value) -> Value {
    server.admin(Call::patch(path(account)).json(change)).await.expect(200).json()
}

#[tokio::test]
async fn an_account_is_shown_as_it_was_created_and_can_be_sent_back() {
    TestServer::each_database(async |server| {
        let created = create(server, "Alice", &everything_about_a_person()).await;
        let expected = with(
            everything_about_a_person(),
            &json!({
                "id": created["id"], "username": "Alice", "disabled": false, "created_at": "2027-01-15T08:00:00Z",
                "updated_at": "2027-01-15T08:00:00Z",
            }),
        );
        assert_eq!(created, expected);
        assert_eq!(read(server, &created).await, created);
        server.clock.advance(60);
        assert_eq!(patch(server, &created, &created).await, created, "nothing changed");
        assert_eq!(patch(server, &created, &json!({})).await, created);
        let listed = server.admin(Call::get("/admin/accounts")).await.expect(200).json();
        assert_eq!(listed, json!([created]));
    })
    .await;
}

#[tokio::test]
async fn a_change_replaces_what_it_names_and_leaves_the_rest() {
    TestServer::each_database(async |server| {
        let created = create(server, "alice", &everything_about_a_person()).await;
        server.clock.advance(60);
        let change = json!({
            "username": "Alicia", "name": "Alicia", "nickname": null, "email": "new@a.example", "gender": "",
            "address": { "region": null, "locality": "Solna" },
        });
        let changed = patch(server, &created, &change).await;
        let mut expected = with(
            created.clone(),
            &json!({
                "username": "Alicia", "name": "Alicia", "nickname": null, "gender": null, "email": "new@a.example",
                "email_verified": null, "updated_at": "2027-01-15T08:01:00Z",
            }),
        );
        expected["address"]["locality"] = json!("Solna");
        expected["address"].as_object_mut().unwrap().remove("region");
        assert_eq!(changed, expected, "another e-mail address is not a verified one");
        assert_eq!(read(server, &created).await, changed);
        let verified = patch(server, &created, &json!({ "email_verified": true })).await;
        assert_eq!(verified["email_verified"], true);
    })
    .await;
}

#[tokio::test]
async fn a_changed_username_is_free_for_others_and_a_taken_one_is_a_conflict() {
    TestServer::each_database(async |server| {
        let alice = create(server, "alice", &json!({})).await;
        let bob = create(server, "bob", &json!({})).await;
        let taken = Call::patch(path(&bob)).json(&json!({ "username": " ALICE", "name": "Bob" }));
        server.admin(taken.clone()).await.expect(409);
        assert_eq!(read(server, &bob).await, bob, "nothing of it was written");
        assert_eq!(patch(server, &alice, &json!({ "username": "ALICE" })).await["username"], "ALICE", "its own");
        patch(server, &alice, &json!({ "username": "carol" })).await;
        server.admin(taken).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_found_by_its_username_however_it_is_typed() {
    TestServer::each_database(async |server| {
        let created = create(server, "Åsa", &json!({})).await;
        create(server, "Asa", &json!({})).await;
        let find = async |username: &str| {
            server.admin(Call::get("/admin/accounts").query(&[("username", username)])).await.expect(200).json()
        };
        for typed in ["Åsa", "A\u{30a}SA", " åsa "] {
            assert_eq!(find(typed).await, json!([created]), "{typed:?}");
        }
        for typed in ["åså", "a\u{200b}sa"] {
            assert_eq!(find(typed).await, json!([]), "{typed:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_name_is_free() {
    TestServer::each_database(async |server| {
        let created = create(server, "alice", &json!({})).await;
        server.admin(Call::delete(path(&created))).await.expect(204);
        for call in [
            Call::get(path(&created)),
            Call::delete(path(&created)),
            Call::patch(path(&created)).json(&json!({ "name": "A" })),
            Call::put(path(&created) + "/password").json(&json!({ "password": PASSWORD })),
        ] {
            server.admin(call).await.expect(404);
        }
        let second = create(server, "alice", &json!({})).await;
        assert_ne!(second["id"], created["id"]);
        assert_eq!(server.admin(Call::get("/admin/accounts")).await.expect(200).json(), json!([second]));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_used_again_is_another_subject() {
    TestServer::each_database(async |server| {
        let renamed = create(server, "alice", &json!({})).await;
        server.admin(Call::patch(path(&renamed)).json(&json!({ "username": "bob" }))).await.expect(200);
        let deleted = create(server, "alice", &json!({})).await;
        server.admin(Call::delete(path(&deleted))).await.expect(204);
        let last = create(server, "Alice", &json!({})).await;
        let subjects = [&renamed, &deleted, &last].map(|account| text(account, "id"));
        assert!(subjects[0] != subjects[1] && subjects[1] != subjects[2] && subjects[0] != subjects[2], "{subjects:?}");
        assert!(subjects.iter().all(|subject| !subject.to_lowercase().contains("alice")));
    })
    .await;
}

#[tokio::test]
async fn an_account_may_be_created_disabled_and_with_the_subject_that_another_system_gave() {
    let server = TestServer::new().await;
    let body = json!({ "id": "auth0|42/7", "disabled": true });
    let created = create(&server, "alice", &body).await;
    assert_eq!((text(&created, "id"), &created["disabled"]), ("auth0|42/7", &json!(true)));
    let location = server.admin(Call::get("/admin/accounts/auth0%7C42%2F7")).await.expect(200);
    assert_eq!(location.json(), created);
    let answer = server
        .admin(Call::post("/admin/accounts").json(&json!({ "id": "a/b", "username": "b", "password": PASSWORD })))
        .await
        .expect(201);
    assert_eq!(answer.header("location"), Some("/admin/accounts/a%2Fb"));
}

#[tokio::test]
async fn times_are_those_of_creation_and_of_the_last_change_of_a_claim() {
    let server = TestServer::new().await;
    let created = create(&server, "alice", &json!({})).await;
    server.clock.advance(60);
    let disabled = patch(&server, &created, &json!({ "disabled": true })).await;
    assert_eq!((&disabled["disabled"], &disabled["updated_at"]), (&json!(true), &created["updated_at"]));
    server.admin(Call::put(path(&created) + "/password").json(&json!({ "password": PASSWORD }))).await.expect(204);
    assert_eq!(read(&server, &created).await, disabled, "a password is no claim");
    let named = patch(&server, &created, &json!({ "name": "A" })).await;
    assert_eq!(named["updated_at"], "2027-01-15T08:01:00Z");
    assert_eq!(named["created_at"], "2027-01-15T08:00:00Z");
    assert_eq!(server.clock.now(), START + 60);
}
