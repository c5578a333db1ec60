//! Many rotations at once leave one key that signs.

use serde_json::{Value, json};

use super::{DAY, client_of, id_token, kid, published, rotate};
use crate::fixtures::{RACERS, count, race, text, verified_claims};
use crate::support::{Answer, Call, Listener, TestServer};

fn calls(number: usize, body: &Value) -> Vec<Call> {
    vec![Call::post("/admin/signing-keys/rotate").json(body); number]
}

fn kids(answers: &[Answer]) -> Vec<String> {
    let mut kids: Vec<_> = answers.iter().map(|answer| text(&answer.json()["keys"][0], "kid").to_owned()).collect();
    kids.sort();
    kids.dedup();
    kids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_at_once_all_announce_the_same_key() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let before = published(server).await.len();
        let answers = race(server, Listener::Admin, calls(RACERS, &json!({ "alg": "ES256" }))).await;
        assert_eq!(count(&answers, 200), RACERS);
        let kids = kids(&answers);
        assert_eq!((kids.len(), published(server).await.len()), (1, before + 1));
        server.clock.advance(DAY);
        server.server.keep_house().await;
        assert_eq!(kid(&id_token(server, &client).await), kids[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_immediate_rotations_at_once_one_key_signs_and_all_are_published() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let token = id_token(server, &client).await;
        let answers =
            race(server, Listener::Admin, calls(RACERS, &json!({ "alg": "ES256", "immediately": true }))).await;
        assert_eq!(count(&answers, 200), RACERS);
        let (kids, published) = (kids(&answers), published(server).await);
        assert_eq!(kids.len(), RACERS);
        assert!(kids.iter().all(|kid| published.contains(kid)), "what was answered is published");
        let signer = kid(&id_token(server, &client).await);
        assert!(kids.contains(&signer));
        verified_claims(server, &token).await;
        // Each replaced exactly one, in a chain that ends with the key that signs.
        let replaced: Vec<_> = answers
            .iter()
            .flat_map(|answer| answer.json()["keys"][0]["replaces"].as_array().unwrap().clone())
            .map(|old| text(&old, "kid").to_owned())
            .collect();
        assert_eq!((replaced.len(), replaced.contains(&signer)), (RACERS, false));
        let last = rotate(server, &json!({ "alg": "ES256", "immediately": true })).await;
        assert_eq!(last[0]["replaces"].as_array().unwrap().len(), 1, "one key was active");
        assert_eq!(last[0]["replaces"][0]["kid"], signer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_rotate_at_once_agree_in_the_end() {
    TestServer::each_database(async |one| {
        let other = one.beside(2, |config| config.dsn = "memory".to_owned()).await;
        let client = client_of(one, "ES256").await;
        for body in [json!({ "alg": "ES256", "immediately": true }), json!({ "alg": "ES256" })] {
            let there = tokio::spawn({
                let (other, calls) = (other.clone(), calls(8, &body));
                async move { race(&other, Listener::Admin, calls).await }
            });
            let mut answers = race(one, Listener::Admin, calls(8, &body)).await;
            answers.extend(there.await.unwrap());
            assert_eq!(count(&answers, 200), 16);
            for node in [one, &other] {
                node.server.keep_house().await;
            }
            assert_eq!(published(one).await, published(&other).await);
            assert_eq!(kid(&id_token(one, &client).await), kid(&id_token(&other, &client).await));
            assert_eq!(kids(&answers).len(), if body["immediately"] == true { 16 } else { 1 });
        }
        let last = rotate(one, &json!({ "alg": "ES256", "immediately": true })).await;
        assert_eq!(last[0]["replaces"].as_array().unwrap().len(), 2, "the one that signed, and the one that waited");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_grow_their_keys_old_together_make_one_successor() {
    TestServer::each_database_with(
        |config| config.symbolon.keys.rotation_period_seconds = 90 * DAY,
        async |one| {
            let other = one.beside(2, |config| config.symbolon.keys.rotation_period_seconds = 90 * DAY).await;
            let before = published(one).await.len();
            for day in [89, 1] {
                one.clock.advance(day * DAY);
                tokio::join!(one.server.keep_house(), other.server.keep_house());
                tokio::join!(one.server.keep_house(), other.server.keep_house());
                assert_eq!(published(one).await.len(), 2 * before);
                assert_eq!(published(one).await, published(&other).await);
            }
        },
    )
    .await;
}
