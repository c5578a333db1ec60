//! The two ways to prove that one may manage a client: the registration access token (RFC 7592 §2), and the client's own
//! credentials. Every failure looks the same.

use serde_json::json;

use super::{Managed, minimal, register};
use crate::fixtures::{altered, with};
use crate::support::{Answer, Call, CodeFlow, TestServer};

/// What two answers have to share: all but the date, and the challenge, which says whether there were credentials.
fn looks(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    const OTHERS: [&str; 4] = ["date", "cache-control", "x-request-id", "www-authenticate"];
    let headers = answer.headers.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.text())
}

async fn with_method(server: &TestServer, method: &str) -> Managed {
    register(server, &with(minimal(), &json!({ "token_endpoint_auth_method": method }))).await
}

#[tokio::test]
async fn every_failure_is_the_same_401() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let posting = with_method(&server, "client_secret_post").await;
    let other = register(&server, &minimal()).await;
    let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
    let access_token = tokens["access_token"].as_str().unwrap();
    let mut targets: Vec<Call> = Vec::new();
    for call in [Call::get(client.path()), Call::put(client.path()).json(&minimal()), Call::delete(client.path())] {
        targets.extend([
            call.clone(),
            call.clone().bearer(&other.token),
            call.clone().bearer(""),
            call.clone().bearer("x"),
            call.clone().bearer(access_token),
            call.clone().header(http::header::AUTHORIZATION, &client.token),
            call.clone().header(http::header::AUTHORIZATION, &format!("Token {}", client.token)),
            call.clone().header(http::header::AUTHORIZATION, "Basic !!!"),
            call.clone().basic(&client.id, "wrong-secret"),
            call.clone().basic(&client.id, ""),
            call.clone().basic(&other.id, &other.secret),
            call.clone().basic(&other.id, &client.secret),
            call.clone().query(&[("client_secret", &client.secret)]),
            call.clone().query(&[("client_secret", "wrong-secret")]),
        ]);
    }
    for call in [Call::get(posting.path()), Call::put(posting.path()), Call::delete(posting.path())] {
        targets.extend([
            call.clone().basic(&posting.id, &posting.secret),
            call.clone().query(&[("client_secret", "wrong-secret")]),
            call.clone().query(&[("client_secret", &client.secret)]),
            call.clone().query(&[("client_secret", &posting.secret), ("client_secret", &posting.secret)]),
            call.clone().query(&[("client_secret", &posting.secret), ("client_secret", "wrong-secret")]),
            call.clone().query(&[("access_token", &posting.token), ("access_token", &posting.token)]),
            call.clone().query(&[("access_token", &posting.token)]).bearer(&posting.token),
            call.clone().query(&[("client_secret", &"x".repeat(40_000))]),
        ]);
    }
    for path in ["/oauth2/register/unknown", "/oauth2/register/%ff", "/oauth2/register/a%2Fb"] {
        targets.extend([
            Call::get(path),
            Call::get(path).bearer(&client.token),
            Call::get(path).basic("unknown", "x-secret"),
            Call::get(path).query(&[("client_secret", "x-secret")]),
            Call::put(path).bearer(&client.token).raw("no JSON"),
            Call::delete(path).bearer(&client.token),
        ]);
    }
    targets.extend(altered(&client.token).into_iter().map(|(_, token)| Call::get(client.path()).bearer(&token)));
    let first = looks(&server.public(targets[0].clone()).await);
    assert_eq!(first.0, 401);
    assert!(first.2.contains(r#""error":"invalid_token""#), "{}", first.2);
    for call in targets {
        let shown = format!("{call:?}");
        let nothing = !call.headers.contains_key(http::header::AUTHORIZATION) && !call.target.contains('?');
        let answer = server.public(call).await;
        assert_eq!(looks(&answer), first, "{shown}");
        // RFC 6750 §3.1: no error for somebody who only did not know that credentials are needed.
        let error = if nothing { "" } else { ", error=\"invalid_token\"" };
        let challenge = format!("Bearer realm=\"symbolon\"{error}");
        assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()), "{shown}");
    }
    for client in [&client, &other, &posting] {
        server.public(client.read()).await.expect(200);
    }
}

#[tokio::test]
async fn the_registration_token_counts_wherever_bearer_tokens_may_stand() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let lower = format!("bearer {}", client.token);
    server.public(Call::get(client.path()).header(http::header::AUTHORIZATION, &lower)).await.expect(200);
    server.public(Call::get(client.path()).bearer(client.token.trim_start_matches("ory_at_"))).await.expect(200);
    server.public(Call::get(client.path()).query(&[("access_token", &client.token)])).await.expect(401);
    server.public(Call::get(format!("{}/", client.path())).bearer(&client.token)).await.expect(200);
}

#[tokio::test]
async fn a_registration_token_is_no_token_for_anything_else() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    assert_eq!(server.introspect(&client.token).await, json!({ "active": false }));
    server.public(Call::get("/userinfo").bearer(&client.token)).await.expect(401);
    server.public(Call::post("/credentials").bearer(&client.token).json(&json!({}))).await.expect(401);
    let form = [("grant_type", "refresh_token"), ("refresh_token", client.token.as_str())];
    server.public(Call::post("/oauth2/token").form(&form).basic(&client.id, &client.secret)).await.expect(400);
    server.public(Call::post("/oauth2/register").bearer(&client.token).json(&minimal())).await.expect(201);
}

#[tokio::test]
async fn the_clients_own_basic_credentials_manage_it() {
    let server = TestServer::new().await;
    let client = with_method(&server, "client_secret_basic").await;
    let read = server.public(Call::get(client.path()).basic(&client.id, &client.secret)).await.expect(200).json();
    assert_eq!(read["client_id"], json!(client.id));
    assert!(read.get("client_secret").is_none() && read.get("registration_access_token").is_none());
    let body = with(minimal(), &json!({ "client_name": "Renamed" }));
    let changed = server.public(Call::put(client.path()).json(&body).basic(&client.id, &client.secret)).await;
    assert_eq!(changed.expect(200).member("client_name"), "Renamed");
    // The old token has ended with that change, whoever made it.
    server.public(client.read()).await.expect(401);
    server.public(Call::delete(client.path()).basic(&client.id, &client.secret)).await.expect(204);
    server.public(Call::get(client.path()).basic(&client.id, &client.secret)).await.expect(401);
}

#[tokio::test]
async fn the_clients_own_secret_in_the_query_manages_it() {
    let server = TestServer::new().await;
    let client = with_method(&server, "client_secret_post").await;
    let secret = [("client_secret", client.secret.as_str())];
    let read = server.public(Call::get(client.path()).query(&secret)).await.expect(200).json();
    assert_eq!(read["client_id"], json!(client.id));
    let body =
        with(minimal(), &json!({ "client_name": "Renamed", "token_endpoint_auth_method": "client_secret_post" }));
    let changed = server.public(Call::put(client.path()).query(&secret).json(&body)).await.expect(200);
    assert_eq!(changed.member("client_name"), "Renamed");
    server.public(Call::delete(client.path()).query(&secret)).await.expect(204);
    server.public(Call::get(client.path()).query(&secret)).await.expect(401);
}

#[tokio::test]
async fn an_operator_can_switch_off_secrets_in_the_query() {
    let server = TestServer::with(|config| config.symbolon.registration.secret_in_query = false).await;
    let client = with_method(&server, "client_secret_post").await;
    let secret = [("client_secret", client.secret.as_str())];
    server.public(Call::get(client.path()).query(&secret)).await.expect(401);
    server.public(Call::put(client.path()).query(&secret).json(&minimal())).await.expect(401);
    server.public(Call::delete(client.path()).query(&secret)).await.expect(401);
    server.public(client.read()).await.expect(200);
    let basic = with_method(&server, "client_secret_basic").await;
    server.public(Call::get(basic.path()).basic(&basic.id, &basic.secret)).await.expect(200);
}

#[tokio::test]
async fn a_client_of_the_administrator_manages_itself_in_both_ways() {
    let server = TestServer::new().await;
    for id in ["plain", "wit h/slash:and%\u{e9}"] {
        let created = server.create_client(&with(minimal(), &json!({ "client_id": id }))).await;
        let uri = created["registration_client_uri"].as_str().unwrap();
        let path = server.public_target(uri).unwrap();
        let token = created["registration_access_token"].as_str().unwrap();
        let secret = created["client_secret"].as_str().unwrap();
        assert_eq!(server.public(Call::get(&path).bearer(token)).await.expect(200).member("client_id"), id);
        assert_eq!(server.public(Call::get(&path).basic(id, secret)).await.expect(200).member("client_id"), id);
    }
}

#[tokio::test]
async fn changes_by_the_administrator_keep_the_registration_token() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let body = with(minimal(), &json!({ "client_name": "By the administrator", "metadata": { "tier": "gold" } }));
    let path = format!("/admin/clients/{}", client.id);
    let changed = server.admin(Call::put(&path).json(&body)).await.expect(200).json();
    assert!(changed.get("registration_access_token").is_none_or(|token| token == &json!(client.token)));
    let read = server.public(client.read()).await.expect(200).json();
    assert_eq!(read["client_name"], "By the administrator");
    assert!(read.get("metadata").is_none(), "{read}");
    server.admin(Call::delete(&path)).await.expect(204);
    server.public(client.read()).await.expect(401);
}
