//! RFC 7592: reading, replacing and deleting a client.

use serde_json::{Value, json};

use super::{assert_error, minimal, register, replace};
use crate::fixtures::with;
use crate::support::{Call, CodeFlow, TestServer};

#[tokio::test]
async fn a_read_shows_everything_but_secrets_and_notes() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let answer = server.public(client.read()).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store, must-revalidate"));
    let mut expected = client.shown.clone();
    for name in ["client_secret", "client_secret_expires_at", "registration_access_token"] {
        expected.as_object_mut().unwrap().remove(name).unwrap();
    }
    assert_eq!(answer.json(), expected);
    // A read neither rotates the token nor changes anything.
    assert_eq!(server.public(client.read()).await.expect(200).json(), expected);
}

#[tokio::test]
async fn a_replacement_rotates_the_token_and_answers_the_whole_client() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    server.clock.advance(60);
    let answer = server.public(client.replace(&with(minimal(), &json!({ "client_name": "New" })))).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    let shown = answer.json();
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut expected = client.shown.clone();
    for name in ["client_secret", "client_secret_expires_at"] {
        expected.as_object_mut().unwrap().remove(name).unwrap();
    }
    expected["client_name"] = json!("New");
    expected["updated_at"] = json!("2027-01-15T08:01:00Z");
    expected["registration_access_token"] = shown["registration_access_token"].clone();
    assert_eq!(shown, expected);
    assert_ne!(shown["registration_access_token"], json!(client.token));
    server.public(client.read()).await.expect(401);
    server.public(client.delete()).await.expect(401);
    let new = shown["registration_access_token"].as_str().unwrap();
    server.public(Call::get(client.path()).bearer(new)).await.expect(200);
}

#[tokio::test]
async fn each_replacement_ends_the_token_of_the_one_before() {
    let server = TestServer::new().await;
    let mut versions = vec![register(&server, &minimal()).await];
    for _ in 0..4 {
        let next = replace(&server, versions.last().unwrap(), &minimal()).await;
        versions.push(next);
        for old in &versions[..versions.len() - 1] {
            server.public(old.read()).await.expect(401);
        }
        server.public(versions.last().unwrap().read()).await.expect(200);
    }
}

#[tokio::test]
async fn a_replacement_is_full_absent_members_fall_back_to_their_defaults() {
    let server = TestServer::new().await;
    let rich = with(
        minimal(),
        &json!({
            "client_name": "Rich", "scope": "openid", "contacts": ["a@a.example"], "owner": "me", "client_uri": "https://a.example/",
            "grant_types": ["authorization_code", "refresh_token"], "userinfo_signed_response_alg": "RS256",
            "client_name#de": "Reich", "default_max_age": 60, "token_endpoint_auth_method": "client_secret_post",
            "refresh_token_grant_access_token_lifespan": "1h",
        }),
    );
    let client = register(&server, &rich).await;
    assert_eq!(client.shown["client_name#de"], "Reich");
    let plain = register(&server, &minimal()).await;
    let emptied = replace(&server, &client, &minimal()).await;
    let comparable = |shown: &Value| {
        with(
            shown.clone(),
            &json!({
                "client_id": null, "client_secret": null, "client_secret_expires_at": null,
                "registration_access_token": null, "registration_client_uri": null,
            }),
        )
    };
    assert_eq!(comparable(&emptied.shown), comparable(&plain.shown));
    // The secret stayed, and with it the client works.
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid");
    flow.tokens().await;
}

#[tokio::test]
async fn the_path_says_which_client_and_the_body_cannot() {
    let server = TestServer::new().await;
    let (client, other) = (register(&server, &minimal()).await, register(&server, &minimal()).await);
    let body = with(
        minimal(),
        &json!({ "client_id": other.id, "client_name": "Taken", "created_at": "2001-01-01T00:00:00Z" }),
    );
    let changed = replace(&server, &client, &body).await;
    assert_eq!(changed.id, client.id);
    assert_eq!(changed.shown["created_at"], client.shown["created_at"]);
    assert_eq!(server.public(other.read()).await.expect(200).json().get("client_name"), None);
}

#[tokio::test]
async fn what_an_administrator_set_survives_a_replacement_and_cannot_be_taken() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let path = format!("/admin/clients/{}", client.id);
    let settings = json!({ "metadata": { "tier": "gold" }, "skip_consent": true, "skip_logout_consent": true, "access_token_strategy": "jwt" });
    server.admin(Call::put(&path).json(&with(minimal(), &settings))).await.expect(200);
    let changed = replace(&server, &client, &with(minimal(), &json!({ "client_name": "Mine" }))).await;
    assert_eq!(changed.shown.get("metadata"), None, "the administrator's notes are not shown");
    let kept = server.admin(Call::get(&path)).await.expect(200).json();
    for (name, value) in settings.as_object().unwrap() {
        assert_eq!(&kept[name], value, "{name}");
    }
    // What is set may be repeated, something else may not be chosen.
    let read = server.public(changed.read()).await.expect(200).json();
    assert_eq!(read["skip_consent"], true);
    let changed = replace(&server, &changed, &read).await;
    assert_eq!(changed.shown["skip_logout_consent"], true);
    let other = with(read, &json!({ "access_token_strategy": "opaque" }));
    server.public(changed.replace(&other)).await.expect(400);
    server.admin(Call::put(&path).json(&minimal())).await.expect(200);
    for member in ["skip_consent", "skip_logout_consent"] {
        assert_error(
            &server.public(changed.replace(&with(minimal(), &json!({ member: true })))).await,
            400,
            "invalid_request",
        );
    }
}

#[tokio::test]
async fn deletion_takes_everything_the_client_was_given() {
    TestServer::each_database(async |server| {
        let scopes = json!({ "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "scope": "openid offline a" });
        let client = register(server, &with(minimal(), &scopes)).await;
        let mut flow = CodeFlow::new(server, &client.id).secret(&client.secret).login("remember", json!(true));
        let tokens = flow.tokens().await;
        let own = [("grant_type", "client_credentials"), ("scope", "a")];
        let own = server.public(Call::post("/oauth2/token").form(&own).basic(&client.id, &client.secret)).await.expect(200);
        let code = flow.code().await;
        let answer = server.public(client.delete()).await.expect(204);
        assert!(answer.body.is_empty() && answer.content_type().is_none());
        let user = tokens["access_token"].as_str().unwrap();
        for token in [user, tokens["refresh_token"].as_str().unwrap(), &own.member("access_token")] {
            assert_eq!(server.introspect(token).await, json!({ "active": false }));
        }
        server.public(Call::get("/userinfo").bearer(user)).await.expect(401);
        assert_eq!(server.public(flow.redemption(&code)).await.error().as_deref(), Some("invalid_client"));
        server.public(client.read()).await.expect(401);
        server.public(client.replace(&minimal())).await.expect(401);
        server.public(client.delete()).await.expect(401);
        let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
        assert_eq!(server.admin(list).await.expect(200).json(), json!([]));
        let authorize = Call::get("/oauth2/auth").query(&[("client_id", &client.id), ("response_type", "code")]);
        assert_eq!(server.public(authorize).await.error().as_deref(), Some("invalid_client"));
    })
    .await;
}
