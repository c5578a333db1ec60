//! OpenID Connect Dynamic Client Registration §3, RFC 7591 §3: registering.

use serde_json::{Value, json};

use super::{assert_error, minimal, post, register, replace};
use crate::fixtures::with;
use crate::support::{Call, REDIRECT_URI, START, TestServer};

const OFF: &str = "The requested resource could not be found";

#[tokio::test]
async fn switched_off_every_operation_is_404_before_anything_else() {
    let server = TestServer::with(|config| config.oidc.dynamic_client_registration.enabled = false).await;
    let client = server.create_client(&minimal()).await;
    let path = format!("/oauth2/register/{}", client["client_id"].as_str().unwrap());
    let token = client["registration_access_token"].as_str().unwrap();
    let calls = [
        Call::post("/oauth2/register").json(&minimal()),
        Call::post("/oauth2/register").raw("no JSON"),
        Call::get(&path).bearer(token),
        Call::get(&path).bearer("wrong"),
        Call::get("/oauth2/register/unknown"),
        Call::put(&path).bearer(token).json(&minimal()),
        Call::put(&path).raw("no JSON"),
        Call::delete(&path).bearer(token),
        Call::delete(&path),
    ];
    for call in calls {
        let answer = server.public(call).await;
        assert_error(&answer, 404, OFF);
        assert_eq!(answer.member("error_description"), "Dynamic registration is not enabled.");
    }
    server.admin(Call::get(format!("/admin/clients/{}", client["client_id"].as_str().unwrap()))).await.expect(200);
}

#[tokio::test]
async fn the_answer_says_everything_that_holds_for_the_client_and_nothing_empty() {
    let server = TestServer::new().await;
    let answer = post(&server, &minimal()).await.expect(201);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    // RFC 7591 §3.2.1: it holds a secret, so nobody keeps it.
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    let (id, secret) = (answer.member("client_id"), answer.member("client_secret"));
    let (scope, token) = (answer.member("scope"), answer.member("registration_access_token"));
    let expected = format!(
        r#"{{"client_id":"{id}","client_id_issued_at":{START},"client_secret":"{secret}","redirect_uris":["{REDIRECT_URI}"],"grant_types":["authorization_code"],"response_types":["code"],"scope":"{scope}","client_secret_expires_at":0,"subject_type":"public","token_endpoint_auth_method":"client_secret_basic","created_at":"2027-01-15T08:00:00Z","updated_at":"2027-01-15T08:00:00Z","registration_access_token":"{token}","registration_client_uri":"{}/oauth2/register/{id}","skip_consent":false,"application_type":"native","id_token_signed_response_alg":"RS256"}}"#,
        server.public_url(),
    );
    assert_eq!(answer.text().trim_end(), expected);
    assert_eq!(answer.header("location"), body["registration_client_uri"].as_str());
}

#[tokio::test]
async fn ids_are_uuids_and_secrets_have_26_characters_of_the_alphabet() {
    let server = TestServer::new().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let client = register(&server, &minimal()).await;
        let groups: Vec<usize> = client.id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{}", client.id);
        assert_eq!(&client.id[14..15], "4");
        assert_eq!(client.secret.len(), 26);
        assert!(client.secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(client.token.starts_with("ory_at_"), "{}", client.token);
        assert!(seen.insert(client.id) && seen.insert(client.secret) && seen.insert(client.token));
    }
}

#[tokio::test]
async fn what_only_the_server_says_is_ignored_in_a_request() {
    let server = TestServer::new().await;
    let mut body = minimal();
    body["client_id"] = json!("mine");
    body["created_at"] = json!("2001-01-01T00:00:00Z");
    body["updated_at"] = json!("2001-01-01T00:00:00Z");
    body["client_secret_expires_at"] = json!(77);
    body["registration_access_token"] = json!("mine");
    body["registration_client_uri"] = json!("https://evil.example/");
    let client = register(&server, &body).await;
    assert_ne!(client.id, "mine");
    assert_ne!(client.token, "mine");
    assert_eq!(client.shown["created_at"], "2027-01-15T08:00:00Z");
    assert_eq!(client.shown["client_secret_expires_at"], 0);
    assert_eq!(client.shown["registration_client_uri"], format!("{}{}", server.public_url(), client.path()));
    server.public(Call::get("/oauth2/register/mine").bearer(&client.token)).await.expect(401);
}

#[tokio::test]
async fn clients_without_a_secret_get_none() {
    let server = TestServer::new().await;
    for method in ["none", "private_key_jwt"] {
        let mut body = minimal();
        body["token_endpoint_auth_method"] = json!(method);
        body["jwks"] = json!({ "keys": [] });
        let client = register(&server, &body).await;
        assert_eq!(client.shown.get("client_secret"), None, "{method}");
        assert_eq!(client.shown.get("client_secret_expires_at"), None, "{method}: it belongs to a secret");
        let read = server.public(client.read()).await.expect(200).json();
        assert_eq!(read["token_endpoint_auth_method"], method);
    }
    let mut body = minimal();
    body["token_endpoint_auth_method"] = json!("client_secret_post");
    assert_eq!(register(&server, &body).await.secret.len(), 26);
}

#[tokio::test]
async fn null_is_a_registration_with_defaults_and_unknown_members_are_passed_over() {
    let server = TestServer::new().await;
    let client = register(&server, &Value::Null).await;
    assert_eq!(client.shown["redirect_uris"], json!([]));
    let mut body = minimal();
    body["software_statement"] = json!("eyJ");
    body["x-of-ours"] = json!({ "deep": [1, 2] });
    let client = register(&server, &body).await;
    assert!(client.shown.get("x-of-ours").is_none() && client.shown.get("software_statement").is_none());
}

#[tokio::test]
async fn the_default_scope_is_the_configured_one() {
    let server = TestServer::with(|config| {
        config.oidc.dynamic_client_registration.default_scope = symbolon_types::Scope::parse("openid email").unwrap();
    })
    .await;
    assert_eq!(register(&server, &minimal()).await.shown["scope"], "openid email");
    let client = register(&server, &with(minimal(), &json!({ "scope": "profile" }))).await;
    assert_eq!(client.shown["scope"], "profile");
    // A replacement is full, so that one without a scope has the default again.
    let changed = replace(&server, &client, &minimal()).await;
    assert_eq!(changed.shown["scope"], "openid email");
    for nothing in [json!(null), json!("")] {
        let changed = with(minimal(), &json!({ "scope": nothing, "client_name": "N" }));
        assert_eq!(register(&server, &changed).await.shown["scope"], "openid email");
    }
}

#[tokio::test]
async fn a_client_that_names_no_scope_may_ask_for_the_default() {
    let server = TestServer::new().await;
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    let client = register(&server, &with(minimal(), &grants)).await;
    let scope = client.shown["scope"].as_str().unwrap().to_owned();
    for claims in ["openid", "offline_access", "profile", "email", "address", "phone"] {
        assert!(scope.split(' ').any(|own| own == claims), "{claims} in {scope}");
    }
    let flow = crate::support::CodeFlow::new(&server, &client.id).secret(&client.secret);
    let tokens = flow.scope(&scope).tokens().await;
    assert_eq!(tokens["scope"], json!(scope));
    let flow = crate::support::CodeFlow::new(&server, &client.id).secret(&client.secret);
    assert_eq!(flow.scope("openid more").authorize().await.error().as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn a_client_that_registered_itself_can_be_used_at_once() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let mut flow = crate::support::CodeFlow::new(&server, &client.id).secret(&client.secret);
    let tokens = flow.scope("openid").tokens().await;
    let state = server.introspect(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((&state["client_id"], &state["iat"]), (&json!(client.id), &json!(START)));
    flow = crate::support::CodeFlow::new(&server, &client.id).secret("not-the-secret-of-it");
    let code = flow.code().await;
    server.public(flow.redemption(&code)).await.expect(401);
}
