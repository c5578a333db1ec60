//! A proof counts once (RFC 9449 §11.1), whoever comes at the same time.

use serde_json::json;

use super::{DPOP, Prover};
use crate::fixtures::{RACERS, confidential, count, public, race, text};
use crate::support::{Listener, TestServer};

#[tokio::test]
async fn of_many_with_one_proof_one_is_served() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let prover = Prover::new(server);
        let proof = prover.token_proof(&json!({}));
        let call = client.token_request(&[("grant_type", "client_credentials")]).header(DPOP, &proof);
        let answers = race(server, Listener::Public, vec![call; RACERS]).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, RACERS - 1));
        for answer in answers.iter().filter(|answer| answer.status == 400) {
            assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
        }
    })
    .await;
}

#[tokio::test]
async fn of_many_with_a_bound_refresh_token_each_proof_counts_once() {
    TestServer::each_database(async |server| {
        let client = public(server).await;
        let prover = Prover::new(server);
        let mut flow = client.flow(server);
        let code = flow.code().await;
        let tokens = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
        let refresh = || flow.refresh(text(&tokens, "refresh_token"));
        let same = prover.token_proof(&json!({}));
        let mut calls = vec![refresh().header(DPOP, &same); RACERS / 2];
        calls.extend((0..RACERS / 2).map(|_| prover.prove(refresh())));
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (RACERS / 2 + 1, RACERS / 2 - 1));
    })
    .await;
}

/// One code, one proof each: the code decides, and a loser's tokens are none.
#[tokio::test]
async fn of_many_with_one_code_one_redeems_it() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let prover = Prover::new(server);
        let mut flow = client.flow(server);
        let code = flow.code().await;
        let calls = (0..RACERS).map(|_| prover.prove(flow.redemption(&code))).collect();
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, RACERS - 1));
    })
    .await;
}

/// The same key and `jti` at another endpoint is the same proof; another key's is not.
#[tokio::test]
async fn an_identifier_is_that_of_a_key() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let call = || client.token_request(&[("grant_type", "client_credentials")]);
    let same = json!({ "jti": "same" });
    for _ in 0..2 {
        let prover = Prover::new(&server);
        server.public(call().header(DPOP, &prover.token_proof(&same))).await.expect(200);
        server.public(call().header(DPOP, &prover.token_proof(&same))).await.expect(400);
        // It is forgotten when it could not be shown any more.
        server.clock.advance(62);
        server.server.purge().await.unwrap();
        server.public(call().header(DPOP, &prover.token_proof(&same))).await.expect(200);
    }
}
