//! Tokens that are bound to a certificate (RFC 8705 §3, §4).

use serde_json::{Value, json};

use super::{Certificate, behind_proxy, params, server_behind_proxy};
use crate::fixtures::{Registered, part, register, with};
use crate::rfc9449::Prover;
use crate::support::{Answer, Call, TestServer};

const BOUND: &str = "tls_client_certificate_bound_access_tokens";

async fn client(server: &TestServer, changes: &Value) -> Registered {
    register(server, "app", &with(json!({ BOUND: true }), changes)).await
}

async fn public_client(server: &TestServer) -> Registered {
    client(server, &json!({ "token_endpoint_auth_method": "none" })).await
}

fn userinfo(token: &str) -> Call {
    Call::get("/userinfo").bearer(token)
}

/// Tokens of a code flow, with this certificate.
async fn tokens(server: &TestServer, client: &Registered, certificate: &Certificate) -> Value {
    let mut flow = client.flow(server);
    let code = flow.code().await;
    server.public(certificate.shown_with(flow.redemption(&code))).await.expect(200).json()
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", answer.text());
}

#[tokio::test]
async fn a_bound_token_opens_over_a_connection_with_its_certificate_alone() {
    TestServer::each_database_with(behind_proxy, async |server| {
        let client = client(server, &json!({})).await;
        let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
        let tokens = tokens(server, &client, &own).await;
        assert_eq!(tokens["token_type"], "bearer");
        let token = tokens["access_token"].as_str().unwrap();
        let introspected = server.introspect(token).await;
        assert_eq!(introspected["cnf"], json!({ "x5t#S256": own.thumbprint() }));
        assert_eq!(introspected["token_type"], "Bearer");
        assert_eq!(server.public(own.shown_with(userinfo(token))).await.expect(200).json()["sub"], "alice");
        is_refused(&server.public(other.shown_with(userinfo(token))).await, 401, "invalid_token");
        is_refused(&server.public(userinfo(token)).await, 401, "invalid_token");
        let prover = Prover::new(server);
        is_refused(&server.public(own.shown_with(prover.userinfo(token))).await, 401, "invalid_token");
        let credential = Call::post("/credentials").bearer(token).json(&json!({}));
        is_refused(&server.public(other.shown_with(credential)).await, 401, "invalid_token");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_wants_bound_tokens_gets_no_others() {
    let server = server_behind_proxy().await;
    let client = client(&server, &json!({})).await;
    let request = || client.token_request(&[("grant_type", "client_credentials")]);
    is_refused(&server.public(request()).await, 400, "invalid_request");
    let own = Certificate::self_signed(&params());
    let prover = Prover::new(&server);
    is_refused(&server.public(own.shown_with(prover.prove(request()))).await, 400, "invalid_dpop_proof");
    let token = server.public(own.shown_with(request())).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["cnf"], json!({ "x5t#S256": own.thumbprint() }));
    // A missing certificate uses no code up.
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    is_refused(&server.public(flow.redemption(&code)).await, 400, "invalid_request");
    server.public(own.shown_with(flow.redemption(&code))).await.expect(200);
}

#[tokio::test]
async fn without_the_wish_a_certificate_binds_nothing() {
    let server = server_behind_proxy().await;
    let client = client(&server, &json!({ BOUND: false })).await;
    let own = Certificate::self_signed(&params());
    let tokens = tokens(&server, &client, &own).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(server.introspect(token).await["cnf"], Value::Null);
    server.public(userinfo(token)).await.expect(200);
    server.public(own.shown_with(userinfo(token))).await.expect(200);
}

#[tokio::test]
async fn jwt_access_tokens_say_to_which_certificate_they_are_bound() {
    for strategy in ["jwt", "rfc9068"] {
        let server = server_behind_proxy().await;
        let client = client(&server, &json!({ "access_token_strategy": strategy })).await;
        let own = Certificate::self_signed(&params());
        let tokens = tokens(&server, &client, &own).await;
        let token = tokens["access_token"].as_str().unwrap();
        assert_eq!(part(token, 1)["cnf"], json!({ "x5t#S256": own.thumbprint() }));
        server.public(own.shown_with(userinfo(token))).await.expect(200);
        server.public(userinfo(token)).await.expect(401);
    }
}

#[tokio::test]
async fn refresh_tokens_of_a_public_client_are_for_the_holder_of_the_certificate() {
    TestServer::each_database_with(behind_proxy, async |server| {
        let client = public_client(server).await;
        let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
        let tokens = tokens(server, &client, &own).await;
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let refresh = || client.flow(server).refresh(refresh_token);
        is_refused(&server.public(other.shown_with(refresh())).await, 400, "invalid_grant");
        is_refused(&server.public(refresh()).await, 400, "invalid_request");
        assert_eq!(server.introspect(refresh_token).await["cnf"], json!({ "x5t#S256": own.thumbprint() }));
        // What is bound is not rotated, and its loss harms nobody.
        for _ in 0..3 {
            let again: Value = server.public(own.shown_with(refresh())).await.expect(200).json();
            let token = again["access_token"].as_str().unwrap();
            server.public(own.shown_with(userinfo(token))).await.expect(200);
            server.public(userinfo(token)).await.expect(401);
        }
    })
    .await;
}

#[tokio::test]
async fn a_bound_refresh_token_stays_bound_when_the_client_wishes_no_more() {
    let server = server_behind_proxy().await;
    let client = public_client(&server).await;
    let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
    let tokens = tokens(&server, &client, &own).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let patch = json!([{ "op": "replace", "path": format!("/{BOUND}"), "value": false }]);
    server.admin(Call::patch("/admin/clients/app").json(&patch)).await.expect(200);
    let refresh = || client.flow(&server).refresh(refresh_token);
    is_refused(&server.public(refresh()).await, 400, "invalid_grant");
    is_refused(&server.public(other.shown_with(refresh())).await, 400, "invalid_grant");
    server.public(own.shown_with(refresh())).await.expect(200);
}

#[tokio::test]
async fn a_confidential_client_may_come_with_another_certificate_at_a_refresh() {
    let server = server_behind_proxy().await;
    let client = client(&server, &json!({})).await;
    let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
    let tokens = tokens(&server, &client, &own).await;
    let refresh = client.flow(&server).refresh(tokens["refresh_token"].as_str().unwrap());
    let token = server.public(other.shown_with(refresh)).await.expect(200).member("access_token");
    server.public(other.shown_with(userinfo(&token))).await.expect(200);
    server.public(own.shown_with(userinfo(&token))).await.expect(401);
}

#[tokio::test]
async fn the_authorization_endpoint_binds_no_tokens_and_no_codes_to_keys() {
    let server = server_behind_proxy().await;
    let metadata = json!({
        "response_types": ["code", "code token"],
        "grant_types": ["authorization_code", "implicit"],
    });
    client(&server, &metadata).await;
    for (name, value, error) in [
        ("response_type", "code token", "unauthorized_client"),
        ("dpop_jkt", Prover::new(&server).thumbprint().as_str(), "invalid_request"),
    ] {
        let pairs = crate::fixtures::set(&crate::fixtures::request("app"), name, value);
        let answer = crate::fixtures::authorize(&server, &pairs).await;
        assert!(answer.location().contains(error), "{name}: {}", answer.location());
    }
}

/// A resource that takes bound tokens only takes those of a certificate as well as those of a key (RFC 8707).
#[tokio::test]
async fn a_certificate_is_enough_for_a_resource_that_wants_bound_tokens() {
    const VAULT: &str = "https://vault.example";
    let server = TestServer::with(|config| {
        behind_proxy(config);
        let records = json!([{ "identifier": VAULT, "sender_constrained": true, "self_service": true }]);
        config.symbolon.resources = symbolon_server::config::Resources::read(&records).unwrap();
    })
    .await;
    let (bound, free) = (client(&server, &json!({})).await, register(&server, "free", &json!({})).await);
    let own = Certificate::self_signed(&params());
    let form = [("grant_type", "client_credentials"), ("resource", VAULT)];
    server.public(own.shown_with(bound.token_request(&form))).await.expect(200);
    is_refused(&server.public(own.shown_with(free.token_request(&form))).await, 400, "invalid_dpop_proof");
}
