//! One assertion shown many times at once gives one token.

use serde_json::json;

use super::Trusting;
use crate::fixtures::{RACERS, count, race};
use crate::support::{Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_of_an_assertion_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let trusting = Trusting::on(server).await;
        let assertion = trusting.signer.sign(&trusting.claims(&json!({})));
        let calls = (0..RACERS).map(|_| trusting.call(&assertion, &[("scope", "photos.read")]));
        let answers = race(server, Listener::Public, calls.collect()).await;
        assert_eq!(count(&answers, 200), 1);
        let known = answers.iter().filter(|answer| answer.error().as_deref() == Some("jti_known"));
        assert_eq!(known.count(), RACERS - 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_assertion_counts_once_on_all_nodes() {
    TestServer::two_nodes(async |one, other| {
        let trusting = Trusting::on(one).await;
        let assertion = trusting.signer.sign(&trusting.claims(&json!({})));
        one.public(trusting.call(&assertion, &[])).await.expect(200);
        let again = other.public(trusting.call(&assertion, &[])).await;
        assert_eq!(again.error().as_deref(), Some("jti_known"));
    })
    .await;
}
