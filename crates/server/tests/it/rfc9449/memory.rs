//! Proofs that were used, kept in the memory of the one process (`symbolon.dpop.replay: memory`): they count once as well
//! (RFC 9449 §11.1), after a restart too, and are not written.

use serde_json::{Value, json};
use symbolon_server::config::{Config, Replay};

use super::{DPOP, Prover, userinfo};
use crate::fixtures::{RACERS, Registered, confidential, count, public, race, text};
use crate::support::{Answer, Call, Listener, TestServer};

fn in_memory(config: &mut Config) {
    config.symbolon.dpop.replay = Replay::Memory;
}

/// A server that has run for a while.
async fn running() -> (TestServer, Registered, Prover) {
    let server = TestServer::with(in_memory).await;
    server.clock.advance(1_000);
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    (server, client, prover)
}

fn call(client: &Registered) -> Call {
    client.token_request(&[("grant_type", "client_credentials")])
}

#[track_caller]
fn nonce(answer: &Answer) -> String {
    assert_eq!(answer.error().as_deref(), Some("use_dpop_nonce"), "{}", answer.text());
    answer.header("dpop-nonce").expect("a nonce").to_owned()
}

#[tokio::test]
async fn of_many_with_one_proof_one_is_served_and_nothing_is_written() {
    let (server, client, prover) = running().await;
    let tokens = server.public(prover.prove(client.flow(&server).redemption(&client.flow(&server).code().await))).await;
    let token = tokens.expect(200).member("access_token");
    let before = server.server.store().statistics();
    let calls = [
        call(&client).header(DPOP, &prover.token_proof(&json!({}))),
        userinfo(&token).header(DPOP, &prover.resource_proof("/userinfo", &token, &json!({}))),
    ];
    for call in calls {
        let answers = race(&server, Listener::Public, vec![call; RACERS]).await;
        assert_eq!(count(&answers, 200), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
        }
    }
    assert_eq!(server.server.store().statistics(), before);
}

/// Nothing is rotated, and the end of the grant is written ahead.
#[tokio::test]
async fn a_refresh_with_a_bound_token_seldom_writes_and_its_grant_does_not_end_before() {
    const DAY: i64 = 24 * 3600;
    let server = TestServer::with(in_memory).await;
    server.clock.advance(1_000);
    let (client, prover) = (public(&server).await, Prover::new(&server));
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let mut tokens = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
    let refresh = async |tokens: &Value| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(tokens, "refresh_token"))];
        server.public(prover.prove(client.token_request(&form))).await.expect(200).json()
    };
    server.clock.advance(10);
    tokens = refresh(&tokens).await;
    let before = server.server.store().statistics();
    for _ in 0..10 {
        server.clock.advance(60);
        tokens = refresh(&tokens).await;
    }
    assert_eq!(server.server.store().statistics(), before);
    for _ in 0..4 {
        server.clock.advance(29 * DAY);
        server.server.purge().await.unwrap();
        tokens = refresh(&tokens).await;
    }
}

/// A refresh may try its write again, and the proof of the request is still its own.
#[tokio::test]
async fn of_many_with_one_refresh_token_nobody_is_told_of_a_used_proof() {
    let (server, client, prover) = running().await;
    let tokens = client.flow(&server).tokens().await;
    let flow = client.flow(&server);
    let calls = (0..RACERS).map(|_| prover.prove(flow.refresh(text(&tokens, "refresh_token")))).collect();
    let answers = race(&server, Listener::Public, calls).await;
    assert!(count(&answers, 200) >= 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_same_proof_counts_at_no_endpoint_again_for_as_long_as_it_would() {
    let (server, client, prover) = running().await;
    for ahead in [0, 15] {
        let proof = prover.token_proof(&json!({ "iat": server.clock.now() + ahead }));
        server.public(call(&client).header(DPOP, &proof)).await.expect(200);
        for seconds in [0, 30, 30, ahead] {
            server.clock.advance(seconds);
            let answer = server.public(call(&client).header(DPOP, &proof)).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"), "{ahead} {seconds}");
        }
        server.clock.advance(1);
        nonce(&server.public(call(&client).header(DPOP, &proof)).await);
    }
    let given = nonce(&server.public(call(&client).header(DPOP, &prover.token_proof(&json!({ "iat": 0 })))).await);
    let proof = prover.token_proof(&json!({ "nonce": given }));
    server.public(call(&client).header(DPOP, &proof)).await.expect(200);
    server.clock.advance(119);
    let answer = server.public(call(&client).header(DPOP, &proof)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
}

/// What the process before took is not known any more, so for a moment a proof needs a nonce of this process.
#[tokio::test]
async fn a_restart_makes_no_proof_count_again() {
    let (server, client, prover) = running().await;
    let asked = server.public(call(&client).header(DPOP, &prover.token_proof(&json!({ "iat": 0 })))).await;
    let given = nonce(&asked);
    let now = server.clock.now();
    let used = [
        json!({ "jti": "1" }),
        json!({ "jti": "2", "iat": now - 60 }),
        json!({ "jti": "3", "iat": now + 15 }),
        json!({ "jti": "4", "nonce": given }),
    ];
    let proofs = used.map(|changes| prover.token_proof(&changes));
    for proof in &proofs {
        server.public(call(&client).header(DPOP, proof)).await.expect(200);
    }
    let again = server.beside(7, in_memory).await;
    for seconds in [0, 1, 15, 30] {
        again.clock.advance(seconds);
        for proof in &proofs {
            nonce(&again.public(call(&client).header(DPOP, proof)).await);
        }
    }
}

#[tokio::test]
async fn after_a_start_clients_come_again_with_a_nonce_and_need_none_a_moment_later() {
    let server = TestServer::with(in_memory).await;
    let client = public(&server).await;
    let prover = Prover::new(&server);
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let given = nonce(&server.public(prover.prove(flow.redemption(&code))).await);
    let proof = prover.token_proof(&json!({ "nonce": given }));
    server.public(flow.redemption(&code).header(DPOP, &proof)).await.expect(200);
    server.clock.advance(15);
    let code = flow.code().await;
    nonce(&server.public(prover.prove(flow.redemption(&code))).await);
    server.clock.advance(1);
    server.public(prover.prove(flow.redemption(&code))).await.expect(200);
}
