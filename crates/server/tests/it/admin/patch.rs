//! `PATCH /admin/clients/{id}` (RFC 6902): every operation, what is refused, and what a patch cannot reach.

use serde_json::{Value, json};

use crate::fixtures::{RACERS, Registered, confidential, count, metadata, race, register, text, with};
use crate::support::{Answer, Call, Listener, TestServer};

const MALFORMED: &str = "The request was malformed or contained invalid parameters";
const CLIENT: &str = "/admin/clients/confidential";

async fn patch(server: &TestServer, operations: &Value) -> Answer {
    server.admin(Call::patch(CLIENT).json(operations)).await
}

async fn read(server: &TestServer) -> Value {
    server.admin(Call::get(CLIENT)).await.expect(200).json()
}

#[tokio::test]
async fn every_operation_changes_what_it_names() {
    TestServer::each_database(async |server| {
        register(
            server,
            "confidential",
            &json!({ "owner": "me", "metadata": { "a": 1 }, "contacts": ["a@b.example"] }),
        )
        .await;
        let table = [
            (json!([{ "op": "replace", "path": "/client_name", "value": "New" }]), "/client_name", json!("New")),
            (
                json!([{ "op": "add", "path": "/contacts/-", "value": "c@d.example" }]),
                "/contacts",
                json!(["a@b.example", "c@d.example"]),
            ),
            (json!([{ "op": "remove", "path": "/contacts/0" }]), "/contacts", json!(["c@d.example"])),
            (json!([{ "op": "move", "from": "/metadata/a", "path": "/metadata/b" }]), "/metadata", json!({ "b": 1 })),
            (
                json!([{ "op": "copy", "from": "/client_name", "path": "/metadata/name" }]),
                "/metadata",
                json!({ "b": 1, "name": "New" }),
            ),
            (
                json!([{ "op": "test", "path": "/owner", "value": "me" }, { "op": "remove", "path": "/owner" }]),
                "/owner",
                json!(""),
            ),
            // Members without a value are not shown, and yet can be replaced.
            (
                json!([{ "op": "replace", "path": "/tos_uri", "value": "https://a.example/" }]),
                "/tos_uri",
                json!("https://a.example/"),
            ),
            (json!([{ "op": "replace", "path": "/client_name#de", "value": "Neu" }]), "/client_name#de", json!("Neu")),
            (
                json!([{ "op": "replace", "path": "/metadata/x", "value": "line\nline" }]),
                "/metadata/x",
                json!("line\nline"),
            ),
            (
                json!([{ "op": "add", "path": "/refresh_token_grant_access_token_lifespan", "value": "90m" }]),
                "/refresh_token_grant_access_token_lifespan",
                json!("1h30m0s"),
            ),
        ];
        for (operations, pointer, expected) in table {
            let answer = patch(server, &operations).await.expect(200).json();
            assert_eq!(answer.pointer(pointer), Some(&expected), "{operations}");
            assert_eq!(read(server).await.pointer(pointer), Some(&expected), "{operations}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_patch_that_cannot_be_applied_is_malformed_and_changes_nothing() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let before = read(&server).await;
    let good = json!({ "op": "replace", "path": "/client_name", "value": "half done" });
    for bad in [
        json!({ "op": "patch", "path": "/owner", "value": "x" }),
        json!({ "path": "/owner", "value": "x" }),
        json!({ "op": "add", "value": "x" }),
        json!({ "op": "add", "path": "/owner" }),
        json!({ "op": "add", "path": "owner", "value": "x" }),
        json!({ "op": "add", "path": "/owner~2", "value": "x" }),
        json!({ "op": "add", "path": 7, "value": "x" }),
        json!({ "op": "add", "path": "/no/such/place", "value": "x" }),
        json!({ "op": "add", "path": "/redirect_uris/7", "value": "x" }),
        json!({ "op": "add", "path": "/redirect_uris/01", "value": "x" }),
        json!({ "op": "remove", "path": "/no_such_member" }),
        json!({ "op": "remove", "path": "" }),
        json!({ "op": "replace", "path": "/redirect_uris/7", "value": "x" }),
        json!({ "op": "replace", "path": "/redirect_uris", "value": "x" }),
        json!({ "op": "replace", "path": "/client_secret", "value": 7 }),
        json!({ "op": "replace", "path": "", "value": [] }),
        json!({ "op": "replace", "path": "", "value": {} }),
        json!({ "op": "move", "path": "/owner" }),
        json!({ "op": "move", "from": "/no_such_member", "path": "/owner" }),
        json!({ "op": "move", "from": "/metadata", "path": "/metadata/a" }),
        json!({ "op": "copy", "from": "/no_such_member", "path": "/owner" }),
        json!({ "op": "test", "path": "/owner", "value": "somebody" }),
        json!({ "op": "test", "path": "/no_such_member", "value": null }),
        json!({ "op": "replace", "path": "/client_id", "value": "other" }),
        json!({ "op": "replace", "path": "/id", "value": "other" }),
        json!({ "op": "remove", "path": "/client_id" }),
        json!({ "op": "move", "from": "/client_id", "path": "/owner" }),
        json!({ "op": "copy", "from": "/owner", "path": "/client_id" }),
        json!({ "op": "replace", "path": "", "value": metadata("other") }),
        json!("replace"),
    ] {
        let answer = patch(&server, &json!([good, bad])).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(MALFORMED)), "{bad}: {}", answer.text());
    }
    for body in ["", "x", "{}", "null", "7", "[", "[{\"op\":\"test\",\"op\":\"remove\",\"path\":\"/owner\"}]"] {
        let answer = server.admin(Call::patch(CLIENT).raw(body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(MALFORMED)), "{body}: {}", answer.text());
    }
    assert_eq!(read(&server).await, before);
    server.admin(Call::patch("/admin/clients/nobody").json(&json!([good]))).await.expect(404);
}

#[tokio::test]
async fn what_comes_out_is_checked_like_a_replacement() {
    let server = TestServer::new().await;
    confidential(&server).await;
    for (path, value, error) in [
        ("/redirect_uris", json!(["x#y"]), "invalid_redirect_uri"),
        ("/client_secret", json!("abc"), "invalid_client_metadata"),
        ("/tos_uri", json!("not a uri"), "invalid_client_metadata"),
        ("/access_token_strategy", json!("paper"), "invalid_client_metadata"),
        ("/client_name", json!("a\u{1b}[31m"), "invalid_request"),
        ("/refresh_token_grant_access_token_lifespan", json!("87601h"), "invalid_client_metadata"),
    ] {
        let operations = json!([{ "op": "replace", "path": path, "value": value }]);
        let answer = patch(&server, &operations).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{path}: {}", answer.text());
    }
    // A text that is allowed in one member is not carried to another.
    let operations = json!([
        { "op": "add", "path": "/metadata/x", "value": "a\nb" },
        { "op": "move", "from": "/metadata/x", "path": "/client_name" },
    ]);
    assert_eq!(patch(&server, &operations).await.expect(400).error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_secret_is_set_and_shown_once_and_ends_the_rotated_ones() {
    TestServer::each_database(async |server| {
        let first = confidential(server).await;
        let rotated = server.admin(Call::post(format!("{CLIENT}/secrets/rotate"))).await.expect(200).json();
        let second = Registered { secret: text(&rotated, "client_secret").to_owned(), ..first.clone() };
        let operations = json!([{ "op": "replace", "path": "/client_secret", "value": "patched-secret" }]);
        let answer = patch(server, &operations).await.expect(200);
        assert_eq!(answer.member("client_secret"), "patched-secret");
        let third = Registered { secret: "patched-secret".to_owned(), ..first.clone() };
        for (client, status) in [(&first, 401), (&second, 401), (&third, 200)] {
            server.public(client.form("/oauth2/revoke", &[("token", "x")])).await.expect(status);
        }
        let other = patch(server, &json!([{ "op": "replace", "path": "/owner", "value": "me" }])).await.expect(200);
        assert!(other.json().get("client_secret").is_none());
        server.public(third.form("/oauth2/revoke", &[("token", "x")])).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn read_only_members_stay_as_they_are() {
    let server = TestServer::new().await;
    let client = server.create_client(&metadata("confidential")).await;
    server.clock.advance(10);
    let operations = json!([
        { "op": "replace", "path": "/created_at", "value": "2001-01-01T00:00:00Z" },
        { "op": "add", "path": "/registration_access_token", "value": "mine" },
        { "op": "add", "path": "/rotated_secrets", "value": ["x"] },
    ]);
    let answer = patch(&server, &operations).await.expect(200).json();
    assert_eq!(answer["created_at"], client["created_at"]);
    assert_ne!(answer["updated_at"], client["updated_at"]);
    assert_eq!((answer.get("registration_access_token"), answer.get("rotated_secrets")), (None, None));
}

#[tokio::test]
async fn a_patch_ends_the_registration_token_as_a_replacement_does() {
    for (keeps, status) in [(false, 401), (true, 200)] {
        let server =
            TestServer::with(|config| config.symbolon.registration.keep_token_at_administrators_change = keeps).await;
        let client = server.create_client(&metadata("confidential")).await;
        let token = text(&client, "registration_access_token");
        let own = || Call::get("/oauth2/register/confidential").bearer(token);
        server.public(own()).await.expect(200);
        patch(&server, &json!([])).await.expect(200);
        server.public(own()).await.expect(status);
    }
}

#[tokio::test]
async fn a_patch_is_bounded() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let mut operations = vec![json!({ "op": "add", "path": "/metadata/a", "value": ["x".repeat(1_000)] })];
    let double = json!({ "op": "copy", "from": "/metadata/a", "path": "/metadata/a/-" });
    operations.extend(std::iter::repeat_n(double, 40));
    assert!(patch(&server, &Value::Array(operations)).await.expect(400).member("error_description").contains("KiB"));
    let many = vec![json!({ "op": "test", "path": "/owner", "value": "" }); 257];
    assert!(patch(&server, &Value::Array(many)).await.expect(400).member("error_description").contains("256"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn patches_at_once_lose_no_change() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        let calls = (0..RACERS).map(|number| {
            let operations = json!([{ "op": "add", "path": format!("/metadata/m{number}"), "value": number }]);
            Call::patch(CLIENT).json(&operations)
        });
        let answers = race(server, Listener::Admin, calls.collect()).await;
        let (written, refused) = (count(&answers, 200), count(&answers, 409));
        assert_eq!(written + refused, RACERS);
        assert!(written >= 1);
        assert_eq!(read(server).await["metadata"].as_object().unwrap().len(), written);
    })
    .await;
}

#[tokio::test]
async fn all_lifespans_are_replaced_and_nothing_else() {
    TestServer::each_database(async |server| {
        let changes = json!({ "metadata": { "a": 1 }, "refresh_token_grant_access_token_lifespan": "1h" });
        let created = server.create_client(&with(metadata("confidential"), &changes)).await;
        let before = read(server).await;
        let target = format!("{CLIENT}/lifespans");
        server.clock.advance(10);
        let body = json!({ "client_credentials_grant_access_token_lifespan": "1.5h" });
        let answer = server.admin(Call::put(&target).json(&body)).await.expect(200).json();
        assert!(answer.get("client_secret").is_none());
        let after = read(server).await;
        assert_eq!(after, answer);
        for (name, value) in before.as_object().unwrap() {
            let expected = match name.as_str() {
                "client_credentials_grant_access_token_lifespan" => &json!("1h30m0s"),
                "refresh_token_grant_access_token_lifespan" => &Value::Null,
                "updated_at" => &answer["updated_at"],
                _ => value,
            };
            assert_eq!(&after[name], expected, "{name}");
        }
        // The registration access token and the secret stay.
        let own = Call::get("/oauth2/register/confidential").bearer(text(&created, "registration_access_token"));
        server.public(own).await.expect(200);
        let id = "confidential".to_owned();
        let client = Registered { id, secret: text(&created, "client_secret").to_owned() };
        let form = [("grant_type", "client_credentials")];
        assert_eq!(server.public(client.token_request(&form)).await.expect(200).json()["expires_in"], 5_400);
    })
    .await;
}

#[tokio::test]
async fn lifespans_that_are_none_are_refused() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let target = format!("{CLIENT}/lifespans");
    for body in ["", "{", "[]", "7", "{\"implicit_grant_access_token_lifespan\":\"soon\"}"] {
        let answer = server.admin(Call::put(&target).raw(body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(MALFORMED)), "{body}");
    }
    let long = json!({ "implicit_grant_access_token_lifespan": "87601h" });
    let answer = server.admin(Call::put(&target).json(&long)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"));
    server.admin(Call::put("/admin/clients/nobody/lifespans").json(&json!({}))).await.expect(404);
}
