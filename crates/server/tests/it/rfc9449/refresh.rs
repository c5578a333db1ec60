//! Refresh tokens (RFC 9449 §5): those of public clients are for the holder of the key alone; those of clients that
//! authenticate are bound by that, and their key may change.

use serde_json::{Value, json};
use symbolon_server::config::RotationMode;

use super::Prover;
use crate::fixtures::{confidential, public, register, text};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE};
use crate::support::{Call, CodeFlow, TestServer};

async fn bound(server: &TestServer, prover: &Prover) -> (CodeFlow, Value) {
    let client = public(server).await;
    let mut flow = client.flow(server);
    let code = flow.code().await;
    let tokens = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
    (flow, tokens)
}

#[tokio::test]
async fn a_public_clients_token_needs_its_key_each_time() {
    TestServer::each_database(async |server| {
        let prover = Prover::new(server);
        let (flow, tokens) = bound(server, &prover).await;
        let refresh = || flow.refresh(text(&tokens, "refresh_token"));
        let answer = server.public(refresh()).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
        let answer = server.public(Prover::new(server).prove(refresh())).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
        // Neither harmed the holder.
        let answer = server.public(prover.prove(refresh())).await.expect(200).json();
        assert_eq!(answer["token_type"], "DPoP");
        let shown = server.introspect(text(&tokens, "refresh_token")).await;
        assert_eq!(shown["cnf"], json!({ "jkt": prover.thumbprint() }));
    })
    .await;
}

/// There is no theft to notice, so nothing is lost with an answer that did not arrive.
#[tokio::test]
async fn a_bound_token_is_not_rotated() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let (flow, tokens) = bound(&server, &prover).await;
    let mut last = tokens.clone();
    for _ in 0..4 {
        server.clock.advance(600);
        let again = server.public(prover.prove(flow.refresh(text(&tokens, "refresh_token")))).await.expect(200).json();
        let next = server.public(prover.prove(flow.refresh(text(&again, "refresh_token")))).await.expect(200).json();
        for token in [text(&last, "access_token"), text(&again, "access_token"), text(&next, "access_token")] {
            assert_eq!(server.introspect(token).await["active"], true);
        }
        last = next;
    }
    // The grant lives as long as the newest refresh token.
    server.clock.advance(30 * 24 * 3600 - 60);
    server.public(prover.prove(flow.refresh(text(&last, "refresh_token")))).await.expect(200);
}

/// A public client that begins to send proofs gets tokens that are bound from then on.
#[tokio::test]
async fn a_first_proof_at_a_refresh_binds_what_follows() {
    let server = TestServer::with(|config| {
        config.oauth2.refresh.mode = RotationMode::Grace;
        config.oauth2.refresh.rotation_grace_period_seconds = 60;
    })
    .await;
    let client = public(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let prover = Prover::new(&server);
    let old = text(&tokens, "refresh_token");
    let bound = server.public(prover.prove(flow.refresh(old))).await.expect(200).json();
    let shown = server.introspect(text(&bound, "refresh_token")).await;
    assert_eq!(shown["cnf"], json!({ "jkt": prover.thumbprint() }));
    server.public(flow.refresh(text(&bound, "refresh_token"))).await.expect(400);
    // Its predecessor, too, whose answer may have been lost, and what comes of it is good.
    server.public(flow.refresh(old)).await.expect(400);
    let again = server.public(prover.prove(flow.refresh(old))).await.expect(200).json();
    assert_eq!(server.introspect(text(&again, "access_token")).await["active"], true);
    server.public(prover.prove(flow.refresh(text(&bound, "refresh_token")))).await.expect(200);
}

#[tokio::test]
async fn a_revoked_grant_ends_it() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let (flow, tokens) = bound(&server, &prover).await;
    let token = text(&tokens, "refresh_token");
    server.public(Call::post("/oauth2/revoke").form(&[("token", token), ("client_id", "public")])).await.expect(200);
    let answer = server.public(prover.prove(flow.refresh(token))).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

/// The rule hangs on the grant, and not on what the client is registered as by now.
#[tokio::test]
async fn a_change_of_the_client_does_not_loosen_it() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let (_, tokens) = bound(&server, &prover).await;
    let mut client = server.admin(Call::get("/admin/clients/public")).await.expect(200).json();
    client["token_endpoint_auth_method"] = json!("client_secret_basic");
    client["client_secret"] = json!("a-secret-of-some-length");
    server.admin(Call::put("/admin/clients/public").json(&client)).await.expect(200);
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let call = Call::post("/oauth2/token").form(&form).basic("public", "a-secret-of-some-length");
    let answer = server.public(call).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
}

#[tokio::test]
async fn a_client_that_authenticates_may_change_its_key() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let (old, new) = (Prover::new(&server), Prover::new(&server));
    let tokens = server.public(old.prove(flow.redemption(&code))).await.expect(200).json();
    let next = server.public(new.prove(flow.refresh(text(&tokens, "refresh_token")))).await.expect(200).json();
    let shown = server.introspect(text(&next, "access_token")).await;
    assert_eq!(shown["cnf"], json!({ "jkt": new.thumbprint() }));
    assert_eq!(server.introspect(text(&next, "refresh_token")).await.get("cnf"), None);
}

#[tokio::test]
async fn a_public_devices_token_is_bound_too() {
    let server = TestServer::new().await;
    let changes = json!({ "grant_types": [GRANT_TYPE, "refresh_token"], "token_endpoint_auth_method": "none" });
    let client = register(&server, "tv", &changes).await;
    let prover = Prover::new(&server);
    let mut flow = DeviceFlow::new(&server, &client);
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let poll = client.token_request(&[("grant_type", GRANT_TYPE), ("device_code", text(&codes, "device_code"))]);
    let tokens = server.public(prover.prove(poll)).await.expect(200).json();
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    server.public(client.token_request(&form)).await.expect(400);
    server.public(prover.prove(client.token_request(&form))).await.expect(200);
}
