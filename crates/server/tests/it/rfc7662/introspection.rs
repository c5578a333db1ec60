//! RFC 7662 §2: an active token is described, and everything else is inactive without a reason.

use http::header::AUTHORIZATION;
use serde_json::json;

use crate::fixtures::{altered, confidential, register, text};
use crate::support::{Answer, Call, Profile, TestServer};

async fn ask(server: &TestServer, form: &[(&str, &str)]) -> Answer {
    server.admin(Call::post("/admin/oauth2/introspect").form(form)).await
}

#[tokio::test]
async fn an_active_token_is_described() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client
            .flow(server)
            .parameter("audience", "https://api.example")
            .consent("session", json!({ "access_token": { "tier": "gold", "active": false } }));
        let tokens = flow.tokens().await;
        let now = server.clock.now();
        for (name, token_use, seconds) in
            [("access_token", "access_token", 3600), ("refresh_token", "refresh_token", 720 * 3600)]
        {
            let answer = ask(server, &[("token", text(&tokens, name))]).await.expect(200);
            assert_eq!(answer.content_type(), Some("application/json;charset=UTF-8"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let expected = json!({
                "active": true,
                "scope": "openid offline",
                "client_id": client.id,
                "sub": "alice",
                "exp": now + seconds,
                "iat": now,
                "nbf": now,
                "auth_time": now,
                "aud": ["https://api.example"],
                "iss": "http://127.0.0.1:4444",
                "token_type": "Bearer",
                "token_use": token_use,
                "ext": { "tier": "gold", "active": false },
            });
            assert_eq!(answer.json(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_does_not_count_is_inactive_and_nothing_else() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    for token in [
        "nonsense",
        "ory_at_nonsense",
        "a.b.c",
        "ey.ey.ey",
        "\u{fc}",
        &code,
        text(&tokens, "id_token"),
        &"x".repeat(32_000),
    ] {
        let answer = ask(&server, &[("token", token)]).await.expect(200);
        assert_eq!(answer.json(), json!({ "active": false }));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    for (how, changed) in altered(text(&tokens, "access_token")) {
        assert_eq!(server.introspect(&changed).await, json!({ "active": false }), "{how}");
    }
}

#[tokio::test]
async fn faults_of_the_request_are_told() {
    let server = TestServer::new().await;
    for (call, status) in [
        (Call::post("/admin/oauth2/introspect").form(&[]), 400),
        (Call::post("/admin/oauth2/introspect").form(&[("token", "a"), ("token", "b")]), 400),
        (Call::post("/admin/oauth2/introspect").form(&[("token", "a"), ("scope", "a\"b")]), 400),
        (Call::post("/admin/oauth2/introspect").json(&json!({ "token": "a" })), 400),
    ] {
        let answer = server.admin(call.clone()).await.expect(status);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{call:?}");
    }
    server.admin(Call::get("/admin/oauth2/introspect").query(&[("token", "a")])).await.expect(405);
    let public = server.public(Call::post("/oauth2/introspect").form(&[("token", "a")])).await;
    assert_eq!(public.status, 404, "introspection is not on the public listener");
}

#[tokio::test]
async fn no_token_is_one_that_does_not_count() {
    let server = TestServer::new().await;
    for form in [&[("token", ""), ("scope", "a")][..], &[("token", "")], &[("scope", "a")], &[("x", "1")]] {
        let answer = ask(&server, form).await.expect(200);
        assert_eq!(answer.json(), json!({ "active": false }), "{form:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_demanded_scope_must_have_been_granted() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).scope("openid email").tokens().await;
    let token = text(&tokens, "access_token");
    for (scope, active) in
        [("openid", true), ("openid email", true), ("openid profile", false), ("", true), ("opeN", false)]
    {
        let answer = ask(&server, &[("token", token), ("scope", scope)]).await.expect(200).json();
        assert_eq!(answer["active"], active, "{scope}");
        assert!(active || answer == json!({ "active": false }));
    }
}

#[tokio::test]
async fn a_wrong_hint_does_not_matter() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    for name in ["access_token", "refresh_token"] {
        for hint in ["access_token", "refresh_token", "bogus"] {
            let answer =
                ask(&server, &[("token", text(&tokens, name)), ("token_type_hint", hint)]).await.expect(200).json();
            assert_eq!((&answer["active"], &answer["token_use"]), (&json!(true), &json!(name)), "{hint}");
        }
    }
}

#[tokio::test]
async fn a_pairwise_subject_is_shown_beside_the_real_one() {
    let server = TestServer::start(Profile::Strict.config()).await;
    let client = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let described = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!(described["sub"], "alice");
    let sub = &crate::fixtures::claims(text(&tokens, "id_token"))["sub"];
    assert_eq!(&described["obfuscated_subject"], sub);
    assert_ne!(sub, "alice");
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
    assert_eq!(&info.json()["sub"], sub);
}

#[tokio::test]
async fn asking_writes_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let before = server.server.store().statistics();
    for name in ["access_token", "refresh_token"] {
        server.introspect(text(&tokens, name)).await;
    }
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
    assert_eq!(server.server.store().statistics(), before);
}

#[tokio::test]
async fn nobody_but_an_administrator_is_told_about_a_token() {
    let server =
        TestServer::with(|config| config.symbolon.admin.token = Some("the-operators-token".to_owned().into())).await;
    let administrator = |call: Call| call.header(AUTHORIZATION, "Bearer the-operators-token");
    let body =
        json!({ "client_id": "own", "client_secret": "own-secret-0123456789", "grant_types": ["client_credentials"] });
    server.admin(administrator(Call::post("/admin/clients").json(&body))).await.expect(201);
    let credentials = |call: Call| call.basic("own", "own-secret-0123456789");
    let form = [("grant_type", "client_credentials")];
    let token =
        server.public(credentials(Call::post("/oauth2/token").form(&form))).await.expect(200).member("access_token");
    let question = || Call::post("/admin/oauth2/introspect").form(&[("token", &token)]);
    // Neither the client itself nor the token itself is an administrator.
    let bearer = format!("Bearer {token}");
    for call in [question(), credentials(question()), question().header(AUTHORIZATION, &bearer)] {
        let answer = server.admin(call).await.expect(401);
        assert!(!answer.text().contains("active"), "{}", answer.text());
    }
    for path in ["/oauth2/introspect", "/admin/oauth2/introspect"] {
        for call in [Call::post(path), credentials(Call::post(path)), administrator(Call::post(path))] {
            server.public(call.form(&[("token", &token)])).await.expect(404);
        }
    }
    let answer = server.admin(administrator(question())).await.expect(200);
    assert_eq!(answer.json()["active"], true);
}
