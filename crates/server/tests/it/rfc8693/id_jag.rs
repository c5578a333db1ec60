//! Assertions for other authorization servers (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant-04): what they say, for
//! whom they are, and who gets none.

use serde_json::{Value, json};

use super::{
    ACCESS_TOKEN, GRANT_TYPE, ID_JAG, ID_TOKEN, JWT, REFRESH_TOKEN, assertions, exchange, is_refused, policies,
};
use crate::fixtures::{Registered, part, register, text, verified_claims, with};
use crate::rfc9449::Prover;
use crate::support::{START, TestServer};

const CHAT: &str = "https://login.chat.example";
const API: &str = "https://api.chat.example";
const FILES: &str = "https://files.chat.example";

pub(super) fn row() -> Value {
    json!({
        "client": "wiki", "audience": CHAT, "client_id": "wiki-at-chat", "resources": [API, FILES],
        "scopes": ["chat.read", "chat.write"],
    })
}

/// A client in which alice has logged in.
pub(super) struct Wiki {
    pub(super) server: TestServer,
    pub(super) client: Registered,
    pub(super) tokens: Value,
}

impl Wiki {
    pub(super) async fn new(rows: &Value) -> Self {
        Self::on(&TestServer::with(assertions(rows)).await).await
    }

    pub(super) async fn on(server: &TestServer) -> Self {
        let client = client(server, "wiki", &json!({})).await;
        let mut flow = client.flow(server).login("acr", json!("urn:strong")).login("amr", json!(["pwd", "otp"]));
        let tokens = flow.tokens().await;
        Self { server: server.clone(), client, tokens }
    }

    pub(super) fn call(&self, name: &str, more: &[(&str, &str)]) -> crate::support::Call {
        let kind = if name == "id_token" { ID_TOKEN } else { REFRESH_TOKEN };
        let base = [("subject_token_type", kind), ("requested_token_type", ID_JAG)];
        exchange(&self.client, text(&self.tokens, name), &[&base, more].concat())
    }

    pub(super) async fn ask(&self, name: &str, more: &[(&str, &str)]) -> crate::support::Answer {
        self.server.public(self.call(name, more)).await
    }
}

pub(super) async fn client(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let settings = json!({ "grant_types": ["authorization_code", "refresh_token", GRANT_TYPE] });
    register(server, id, &with(settings, changes)).await
}

#[tokio::test]
async fn the_assertion_is_for_the_other_server_and_says_who_logged_in() {
    TestServer::each_database_with(assertions(&json!([row()])), async |server| {
        let wiki = Wiki::on(server).await;
        for name in ["id_token", "refresh_token"] {
            let form = [("audience", CHAT), ("resource", API), ("scope", "chat.read")];
            let answer = wiki.ask(name, &form).await.expect(200).json();
            assert_eq!((&answer["issued_token_type"], &answer["token_type"]), (&json!(ID_JAG), &json!("N_A")));
            assert_eq!((&answer["expires_in"], &answer["scope"]), (&json!(300), &json!("chat.read")));
            assert_eq!((answer.get("refresh_token"), answer.get("id_token")), (None, None));
            let token = text(&answer, "access_token");
            assert_eq!(part(token, 0)["typ"], "oauth-id-jag+jwt");
            let said = verified_claims(server, token).await;
            for (claim, expected) in [
                ("iss", json!(server.public_url())),
                ("sub", json!("alice")),
                ("aud", json!(CHAT)),
                ("client_id", json!("wiki-at-chat")),
                ("resource", json!(API)),
                ("scope", json!("chat.read")),
                ("iat", json!(START)),
                ("exp", json!(START + 300)),
                ("auth_time", json!(START)),
                ("acr", json!("urn:strong")),
                ("amr", json!(["pwd", "otp"])),
            ] {
                assert_eq!(said[claim], expected, "{claim} of {name}");
            }
            assert!(said["jti"].as_str().unwrap().len() >= 20);
            assert_eq!(said.len(), 12, "{said:?}");
        }
        let first = wiki.ask("id_token", &[("audience", CHAT)]).await.expect(200).member("access_token");
        let second = wiki.ask("id_token", &[("audience", CHAT)]).await.expect(200).member("access_token");
        assert_ne!(part(&first, 1)["jti"], part(&second, 1)["jti"]);
    })
    .await;
}

#[tokio::test]
async fn resources_and_scope_are_within_the_row() {
    let wiki = Wiki::new(&json!([row()])).await;
    for (form, resource, scope) in [
        (vec![], json!([API, FILES]), "chat.read chat.write"),
        (vec![("resource", FILES)], json!(FILES), "chat.read chat.write"),
        (vec![("resource", "https://API.chat.example/")], json!(API), "chat.read chat.write"),
        (vec![("resource", FILES), ("resource", API), ("scope", "chat.write")], json!([FILES, API]), "chat.write"),
    ] {
        let form = [&[("audience", CHAT)], form.as_slice()].concat();
        let token = wiki.ask("id_token", &form).await.expect(200).member("access_token");
        let said = part(&token, 1);
        assert_eq!((&said["resource"], &said["scope"]), (&resource, &json!(scope)), "{form:?}");
    }
    for (form, error) in [
        (vec![("resource", "https://other.example")], "invalid_target"),
        (vec![("resource", API), ("resource", "https://other.example")], "invalid_target"),
        (vec![("scope", "chat.admin")], "invalid_scope"),
        (vec![("scope", "chat.read chat.admin")], "invalid_scope"),
        (vec![("scope", "openid")], "invalid_scope"),
    ] {
        is_refused(&wiki.ask("id_token", &[&[("audience", CHAT)], form.as_slice()].concat()).await, error);
    }
    // A row without resources and scopes gives none.
    let bare = Wiki::new(&json!([with(row(), &json!({ "resources": null, "scopes": null }))])).await;
    let said = part(&bare.ask("id_token", &[("audience", CHAT)]).await.expect(200).member("access_token"), 1);
    assert_eq!((said.get("resource"), said.get("scope")), (None, None));
    is_refused(&bare.ask("id_token", &[("audience", CHAT), ("resource", API)]).await, "invalid_target");
    is_refused(&bare.ask("id_token", &[("audience", CHAT), ("scope", "chat.read")]).await, "invalid_scope");
}

#[tokio::test]
async fn the_audience_is_one_server_of_a_row() {
    let wiki = Wiki::new(&json!([row(), with(row(), &json!({ "audience": "https://b.example" }))])).await;
    for (form, error) in [
        (vec![], "invalid_request"),
        (vec![("audience", CHAT), ("audience", "https://b.example")], "invalid_request"),
        (vec![("audience", "https://other.example")], "invalid_target"),
        (vec![("audience", "https://login.chat.example/")], "invalid_target"),
        (vec![("audience", API)], "invalid_target"),
    ] {
        is_refused(&wiki.ask("id_token", &form).await, error);
    }
    wiki.ask("id_token", &[("audience", "https://b.example")]).await.expect(200);
}

#[tokio::test]
async fn only_the_clients_own_id_token_or_refresh_token_is_taken() {
    let wiki = Wiki::new(&json!([row()])).await;
    let other = client(&wiki.server, "other", &json!({})).await;
    let foreign = other.flow(&wiki.server).tokens().await;
    let own = &wiki.tokens;
    for (token, kind) in [
        (text(&foreign, "id_token"), ID_TOKEN),
        (text(&foreign, "refresh_token"), REFRESH_TOKEN),
        (text(own, "access_token"), ACCESS_TOKEN),
        (text(own, "access_token"), ID_TOKEN),
        (text(own, "access_token"), REFRESH_TOKEN),
        (text(own, "refresh_token"), ID_TOKEN),
        (text(own, "id_token"), REFRESH_TOKEN),
        (text(own, "id_token"), JWT),
        ("x", ID_TOKEN),
        ("x", REFRESH_TOKEN),
    ] {
        let form = [("subject_token_type", kind), ("requested_token_type", ID_JAG), ("audience", CHAT)];
        is_refused(&wiki.server.public(exchange(&wiki.client, token, &form)).await, "invalid_request");
    }
    // Without a row of its own a client gets nothing, and an actor has no place in it.
    let form = [("subject_token_type", ID_TOKEN), ("requested_token_type", ID_JAG), ("audience", CHAT)];
    let answer = wiki.server.public(exchange(&other, text(&foreign, "id_token"), &form)).await;
    is_refused(&answer, "unauthorized_client");
    let actor = [("audience", CHAT), ("actor_token", text(own, "access_token")), ("actor_token_type", ACCESS_TOKEN)];
    is_refused(&wiki.ask("id_token", &actor).await, "invalid_request");
    let details = [("audience", CHAT), ("authorization_details", r#"[{"type":"payment"}]"#)];
    is_refused(&wiki.ask("id_token", &details).await, "invalid_authorization_details");
    // A row about assertions gives no access token.
    let form = [("subject_token_type", ID_TOKEN), ("audience", CHAT)];
    is_refused(&wiki.server.public(exchange(&wiki.client, text(own, "id_token"), &form)).await, "unauthorized_client");
}

#[tokio::test]
async fn the_refresh_token_is_not_used_up_and_one_of_the_past_is_refused() {
    let wiki = Wiki::new(&json!([row()])).await;
    for _ in 0..3 {
        wiki.ask("refresh_token", &[("audience", CHAT)]).await.expect(200);
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&wiki.tokens, "refresh_token"))];
    let next = wiki.server.public(wiki.client.token_request(&form)).await.expect(200).json();
    is_refused(&wiki.ask("refresh_token", &[("audience", CHAT)]).await, "invalid_request");
    let later = Wiki { tokens: next, ..wiki };
    later.ask("refresh_token", &[("audience", CHAT)]).await.expect(200);
}

#[tokio::test]
async fn a_proof_stands_in_the_assertion() {
    let wiki = Wiki::new(&json!([row()])).await;
    let prover = Prover::new(&wiki.server);
    let call = prover.prove(wiki.call("id_token", &[("audience", CHAT)]));
    let answer = wiki.server.public(call.clone()).await.expect(200).json();
    assert_eq!(answer["token_type"], "N_A");
    assert_eq!(part(text(&answer, "access_token"), 1)["cnf"], json!({ "jkt": prover.thumbprint() }));
    is_refused(&wiki.server.public(call).await, "invalid_dpop_proof");
}

#[tokio::test]
async fn people_have_the_name_that_the_other_server_knows() {
    let salt = "a-salt-of-the-test";
    let rows = json!([row(), with(row(), &json!({ "audience": "https://b.example", "subject_client": "chat" }))]);
    let server = TestServer::with(|config| {
        assertions(&rows)(config);
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new(salt.to_owned()));
    })
    .await;
    let chat =
        register(&server, "chat", &json!({ "subject_type": "pairwise", "redirect_uris": ["https://chat.example/cb"] }))
            .await;
    let wiki = Wiki::on(&server).await;
    let plain = wiki.ask("id_token", &[("audience", CHAT)]).await.expect(200).member("access_token");
    assert_eq!(part(&plain, 1)["sub"], "alice");
    let known = wiki.ask("id_token", &[("audience", "https://b.example")]).await.expect(200).member("access_token");
    let mut flow = chat.flow(&server).parameter("redirect_uri", "https://chat.example/cb");
    let code = flow.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://chat.example/cb"),
        ("code_verifier", crate::support::CODE_VERIFIER),
    ];
    let tokens = server.public(chat.token_request(&form)).await.expect(200).json();
    let at_chat = crate::fixtures::claims(text(&tokens, "id_token"))["sub"].clone();
    assert_eq!(part(&known, 1)["sub"], at_chat);
    assert_ne!(at_chat, "alice");
    // A row whose client is gone gives nothing.
    server.admin(crate::support::Call::delete("/admin/clients/chat")).await.expect(204);
    wiki.ask("id_token", &[("audience", "https://b.example")]).await.expect(500);
}

#[tokio::test]
async fn access_tokens_and_assertions_are_rows_of_their_own() {
    let both = json!({
        "client": "wiki", "subject_token_types": ["id_token"], "audience": [API], "scopes": ["openid"], "impersonation": true,
    });
    let server = TestServer::with(|config| {
        policies(&json!([both]))(config);
        assertions(&json!([row()]))(config);
    })
    .await;
    let wiki = Wiki::on(&server).await;
    wiki.ask("id_token", &[("audience", CHAT)]).await.expect(200);
    is_refused(&wiki.ask("id_token", &[("audience", API)]).await, "invalid_target");
    wiki.ask("id_token", &[("requested_token_type", ""), ("audience", API)]).await.expect(200);
    is_refused(&wiki.ask("id_token", &[("requested_token_type", ""), ("audience", CHAT)]).await, "invalid_target");
}
