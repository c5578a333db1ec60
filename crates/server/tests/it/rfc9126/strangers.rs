//! What somebody gets written who pushes requests in the name of a public client, which takes no secret to do.

use super::{push, pushed};
use crate::fixtures::{confidential, public};
use crate::rfc9449::Prover;
use crate::support::TestServer;

#[tokio::test]
async fn without_a_proof_nothing_is_written() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    server.public(push(&client, &pushed(&client))).await.expect(201);
    let before = server.server.store().statistics();
    server.public(push(&client, &pushed(&client))).await.expect(201);
    assert_eq!(server.server.store().statistics(), before);
}

/// A used proof is kept for a minute, so one network has no more than this many kept.
#[tokio::test]
async fn proofs_are_counted_by_network_and_not_against_clients_that_authenticate() {
    let server = TestServer::new().await;
    let (client, other) = (public(&server).await, confidential(&server).await);
    let prover = Prover::new(&server);
    let proven = |client| prover.prove_at("/oauth2/par", push(client, &pushed(client)));
    for _ in 0..600 {
        server.public(proven(&client)).await.expect(201);
    }
    let refused = server.public(proven(&client)).await.expect(503);
    assert_eq!(refused.error().as_deref(), Some("temporarily_unavailable"));
    server.public(push(&client, &pushed(&client))).await.expect(201);
    server.public(proven(&other)).await.expect(201);
    server.clock.advance(60);
    server.public(proven(&client)).await.expect(201);
}
