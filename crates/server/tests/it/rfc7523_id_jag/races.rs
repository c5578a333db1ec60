//! One assertion shown many times at once gives one token.

use serde_json::json;

use super::{Idp, call, client};
use crate::fixtures::{RACERS, count, race};
use crate::support::{Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_of_an_assertion_at_once_exactly_one_succeeds() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let app = client(server, "app", &json!({})).await;
            let assertion = idp.assertion(server, &json!({}));
            let calls = (0..RACERS).map(|_| call(&app, &assertion, &[])).collect();
            let answers = race(server, Listener::Public, calls).await;
            assert_eq!(count(&answers, 200), 1);
            let known = answers.iter().filter(|answer| answer.error().as_deref() == Some("invalid_grant"));
            assert_eq!(known.count(), RACERS - 1);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_assertion_counts_once_on_all_nodes() {
    let idp = Idp::new();
    TestServer::two_nodes_with(
        |config| idp.on(config),
        async |one, other| {
            let app = client(one, "app", &json!({})).await;
            let assertion = idp.assertion(one, &json!({}));
            one.public(call(&app, &assertion, &[])).await.expect(200);
            let again = other.public(call(&app, &assertion, &[])).await;
            assert_eq!(again.error().as_deref(), Some("invalid_grant"));
        },
    )
    .await;
}
