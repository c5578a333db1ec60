//! What a proof costs at a refresh: a benchmark, which asserts nothing about time.

use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_jose::{Algorithm, Jws, VerifyingKey};

use super::Prover;
use crate::fixtures::{signing_key, text};
use crate::support::{Call, TestServer};

const OPERATIONS: usize = 2_000;

fn print(what: &str, spent: Duration) {
    let each = spent.as_secs_f64() * 1e6 / OPERATIONS as f64;
    eprintln!("{what:<44} {each:8.1} µs");
}

/// Refreshes one after another; the time of the server alone.
async fn refresh(server: &TestServer, calls: Vec<Call>) -> Duration {
    let began = Instant::now();
    for call in calls {
        server.public(call).await.expect(200);
    }
    began.elapsed()
}

/// The tokens are of a confidential client, which may prove or not, and of a public one, whose token is bound.
#[tokio::test]
#[ignore = "a benchmark: cargo test --release -p symbolon-server --test it rfc9449::cost -- --ignored --nocapture"]
async fn a_refresh_with_a_proof_beside_one_without() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let client = crate::fixtures::public(&server).await;

    let mut plain = client.flow(&server).tokens().await;
    let began = Instant::now();
    for _ in 0..OPERATIONS {
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&plain, "refresh_token"))];
        plain = server.public(client.token_request(&form)).await.expect(200).json();
    }
    print("refresh, rotated, without a proof", began.elapsed());

    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let bound = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&bound, "refresh_token"))];
    let calls = (0..OPERATIONS).map(|_| prover.prove(client.token_request(&form))).collect();
    print("refresh, bound, with a proof (ES256)", refresh(&server, calls).await);

    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let message = key.sign(Some("JWT"), &json!({ "jti": "x" })).unwrap();
    let verifying = VerifyingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap();
    let began = Instant::now();
    for _ in 0..OPERATIONS {
        Jws::parse(&message).unwrap().verify(&verifying).unwrap();
    }
    print("one ES256 verification", began.elapsed());
}
