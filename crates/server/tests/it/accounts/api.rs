//! Creating accounts: what is accepted, what is a conflict, and that a password is never seen again.

use serde_json::json;

use super::PASSWORD;
use crate::fixtures::{RACERS, count, race, text};
use crate::support::{Call, Listener, TestServer};

fn create(username: &str, password: &str) -> Call {
    Call::post("/admin/accounts").json(&json!({ "username": username, "password": password }))
}

#[tokio::test]
async fn an_account_gets_a_random_subject_that_is_not_its_name() {
    TestServer::each_database(async |server| {
        let body =
            json!({ "username": " Alice ", "password": PASSWORD, "email": "alice@example.org", "name": "Alice A." });
        let answer = server.admin(Call::post("/admin/accounts").json(&body)).await.expect(201);
        let created = answer.json();
        let members: Vec<&String> = created.as_object().unwrap().keys().collect();
        assert_eq!(members, ["created_at", "disabled", "email", "id", "name", "updated_at", "username"]);
        assert_eq!((&created["username"], &created["email"]), (&json!("Alice"), &json!("alice@example.org")));
        assert_eq!(text(&created, "id").len(), 36, "never derived from the name");
        assert_eq!(answer.header("location"), Some(format!("/admin/accounts/{}", text(&created, "id")).as_str()));
        assert!(!answer.text().contains(PASSWORD));
        let other = server.admin(create("bob", PASSWORD)).await.expect(201);
        assert_ne!(other.member("id"), text(&created, "id"));
    })
    .await;
}

#[tokio::test]
async fn a_name_exists_once_whatever_its_case() {
    TestServer::each_database(async |server| {
        server.admin(create("alice", PASSWORD)).await.expect(201);
        for same in ["alice", "ALICE", " Alice", "alice\u{a0}"] {
            let answer = server.admin(create(same, PASSWORD)).await;
            assert_eq!(answer.status, 409, "{same:?}: {}", answer.text());
        }
        server.admin(create("alice2", PASSWORD)).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn names_and_passwords_have_limits() {
    let server = TestServer::new().await;
    for (username, password, status) in [
        ("", PASSWORD, 400),
        ("   ", PASSWORD, 400),
        ("a\0b", PASSWORD, 400),
        ("a\nb", PASSWORD, 400),
        (&"x".repeat(257), PASSWORD, 400),
        (&"x".repeat(256), PASSWORD, 201),
        ("seven", "1234567", 400),
        ("eight", "12345678", 201),
        ("letters", "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}", 201),
        ("long", &"x".repeat(1024), 201),
        ("longer", &"x".repeat(1025), 400),
        ("\u{1f9d1}@example.org", PASSWORD, 400),
        ("a@example.org", PASSWORD, 201),
    ] {
        let answer = server.admin(create(username, password)).await;
        assert_eq!(answer.status, status, "{username:?} {password:?}: {}", answer.text());
        assert!(!answer.text().contains(password));
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_malformed_and_not_repeated() {
    let server = TestServer::new().await;
    for body in [
        "",
        "[]",
        "[\"alice\",\"hunter2-hunter2\"]",
        "{}",
        "{\"username\":\"alice\"}",
        "{\"password\":\"hunter2-hunter2\"}",
        "{\"username\":[\"hunter2-hunter2\"],\"password\":\"x\"}",
        "{\"username\":\"alice\",\"password\":[\"hunter2-hunter2\"]}",
        "{\"username\":\"alice\",\"password\":\"hunter2-hunter2\",\"email\":7}",
        "{\"username\":null,\"password\":null}",
    ] {
        let answer = server.admin(Call::post("/admin/accounts").raw(body)).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    }
    assert_eq!(server.admin(Call::get("/admin/accounts")).await.expect(200).json(), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_of_one_name_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        // Hashing is bounded: a few may be told to come back, and nobody gets a second account.
        let calls = (0..RACERS).map(|_| create("alice", PASSWORD)).collect::<Vec<_>>();
        let start = calls.into_iter().map(|call| {
            let server = server.clone();
            tokio::spawn(async move { server.call(Listener::Admin, call).await })
        });
        let mut answers = Vec::new();
        for task in start.collect::<Vec<_>>() {
            answers.push(task.await.unwrap());
        }
        assert_eq!(count(&answers, 201), 1);
        assert_eq!(count(&answers, 409) + count(&answers, 503), RACERS - 1);
        let again = race(server, Listener::Admin, vec![create("alice", PASSWORD); 4]).await;
        assert_eq!(count(&again, 409), 4);
    })
    .await;
}
