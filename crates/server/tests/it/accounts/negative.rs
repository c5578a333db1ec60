//! What is refused, parameter by parameter: nothing of it is written, and no password is repeated.

use serde_json::{Value, json};

use super::{PASSWORD, create, path};
use crate::fixtures::with;
use crate::support::{Answer, Call, TestServer};

/// Members that neither a creation nor a change takes.
fn bad_members() -> Vec<Value> {
    let long = "x".repeat(2_001);
    vec![
        json!({ "username": "" }),
        json!({ "username": "\u{1f9d1}@example.org" }),
        json!({ "username": "a\u{200b}b" }),
        json!({ "username": "x".repeat(257) }),
        json!({ "username": null }),
        json!({ "username": 7 }),
        json!({ "disabled": null }),
        json!({ "disabled": "true" }),
        json!({ "disabled": 1 }),
        json!({ "name": 7 }),
        json!({ "name": long }),
        json!({ "profile": "javascript:alert(1)" }),
        json!({ "picture": "al.png" }),
        json!({ "website": ["https://a.example"] }),
        json!({ "email": "alice" }),
        json!({ "email_verified": "true" }),
        json!({ "email_verified": true }),
        json!({ "birthdate": "28.02.1990" }),
        json!({ "birthdate": "1990-02-30" }),
        json!({ "zoneinfo": "+01:00" }),
        json!({ "locale": "not a tag" }),
        json!({ "phone_number": "call me" }),
        json!({ "phone_number": "123", "phone_number_verified": 1 }),
        json!({ "phone_number_verified": false }),
        json!({ "address": "Gatan 1" }),
        json!({ "address": { "city": "Stockholm" } }),
        json!({ "address": { "locality": 7 } }),
        json!({ "sub": "someone" }),
        json!({ "birthday": "1990-02-28" }),
        json!({ "updated_at": 1 }),
        json!({ "created_at": "2020-01-01T00:00:00Z" }),
        json!({ "password_hash": "x" }),
    ]
}

#[track_caller]
fn assert_malformed(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text());
    let body = answer.json();
    assert_eq!(body["error"], "The request was malformed or contained invalid parameters", "{what}");
    assert!(!body["error_description"].as_str().unwrap().is_empty(), "{what}");
    assert!(!answer.text().contains(PASSWORD), "{what}");
}

#[tokio::test]
async fn members_that_do_not_fit_are_named_and_nothing_is_written() {
    TestServer::each_database(async |server| {
        let created = create(server, "kept", &json!({ "name": "Kept" })).await;
        for members in bad_members() {
            let what = members.to_string();
            let name = members.as_object().unwrap().keys().next_back().unwrap().clone();
            let full = with(json!({ "username": "new", "password": PASSWORD, "nickname": "n" }), &json!({}));
            let mut full = full.as_object().unwrap().clone();
            full.extend(members.as_object().unwrap().clone());
            for call in
                [Call::post("/admin/accounts").json(&Value::Object(full)), Call::patch(path(&created)).json(&members)]
            {
                let answer = server.admin(call).await;
                assert_malformed(&answer, &what);
                let description = answer.json()["error_description"].as_str().unwrap().to_owned();
                assert!(description.contains(&name), "{what}: {description}");
            }
        }
        assert_eq!(server.admin(Call::get("/admin/accounts")).await.expect(200).json(), json!([created]));
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_no_objects_of_named_members_are_malformed() {
    let server = TestServer::new().await;
    let created = create(&server, "kept", &json!({})).await;
    for body in [
        "",
        "{",
        "null",
        "7",
        "[]",
        "\"x\"",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"a\",\"n\\u0061me\":\"b\"}",
        "{\"password\":\"correct horse battery\",\"password\":\"correct horse battery\"}",
    ] {
        for call in [
            Call::patch(path(&created)).raw(body),
            Call::put(path(&created) + "/password").raw(body),
            Call::post("/admin/accounts").raw(body),
        ] {
            assert_malformed(&server.admin(call).await, body);
        }
    }
    assert_eq!(server.admin(Call::get(path(&created))).await.expect(200).json(), created);
}

#[tokio::test]
async fn a_password_is_changed_where_it_is_changed_and_has_its_limits() {
    let server = TestServer::new().await;
    let created = create(&server, "alice", &json!({})).await;
    assert_malformed(&server.admin(Call::patch(path(&created)).json(&json!({ "password": PASSWORD }))).await, "patch");
    for body in [
        json!({}),
        json!({ "password": null }),
        json!({ "password": 12_345_678 }),
        json!({ "password": "" }),
        json!({ "password": "1234567" }),
        json!({ "password": "x".repeat(1025) }),
        json!({ "password": PASSWORD, "username": "bob" }),
    ] {
        let answer = server.admin(Call::put(path(&created) + "/password").json(&body)).await;
        assert_malformed(&answer, &body.to_string());
    }
    for good in ["12345678", "ü".repeat(8).as_str(), "x".repeat(1024).as_str(), "\u{1f511} eight!"] {
        let call = Call::put(path(&created) + "/password").json(&json!({ "password": good }));
        server.admin(call).await.expect(204);
    }
}

#[tokio::test]
async fn ids_that_name_nobody_are_not_found_and_bad_ids_are_not_created() {
    TestServer::each_database(async |server| {
        create(server, "alice", &json!({})).await;
        for id in ["nobody", "alice", "%ff", "%20", "a%2Fb", "%E2%82%AC"] {
            let path = format!("/admin/accounts/{id}");
            for call in [
                Call::get(&path),
                Call::delete(&path),
                Call::patch(&path).json(&json!({ "name": "A" })),
                Call::put(format!("{path}/password")).json(&json!({ "password": PASSWORD })),
            ] {
                let method = call.method.clone();
                let answer = server.admin(call).await;
                assert_eq!(answer.status, 404, "{method} {id}: {}", answer.text());
            }
        }
        for id in
            [json!(""), json!(" "), json!("a b"), json!("é"), json!("."), json!(".."), json!(7), json!("x".repeat(256))]
        {
            let body = json!({ "id": id, "username": "bob", "password": PASSWORD });
            assert_malformed(&server.admin(Call::post("/admin/accounts").json(&body)).await, &id.to_string());
        }
        let body = json!({ "id": "x".repeat(255), "username": "bob", "password": PASSWORD });
        server.admin(Call::post("/admin/accounts").json(&body)).await.expect(201);
    })
    .await;
}
