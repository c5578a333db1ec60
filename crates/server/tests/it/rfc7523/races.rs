//! RFC 7523 §3, rule 7: an assertion shown many times at once counts once.

use serde_json::json;
use symbolon_jose::Algorithm;

use super::{Signer, signing_client, token_request};
use crate::fixtures::{RACERS, count, race, signing_key};
use crate::support::{Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_of_a_jti_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        signing_client(server, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
        let signer = Signer::new(server, key);
        let assertion = signer.sign(&signer.claims("app"));
        let answers = race(server, Listener::Public, (0..RACERS).map(|_| token_request(&assertion)).collect()).await;
        assert_eq!(count(&answers, 200), 1);
        let known = answers.iter().filter(|answer| answer.status == 401 && answer.text().contains("used before"));
        assert_eq!(known.count(), RACERS - 1);
    })
    .await;
}
