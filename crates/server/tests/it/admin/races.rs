//! Changes to one client at the same time: none is lost without its author hearing of it.

use serde_json::json;

use crate::fixtures::{RACERS, confidential, count, metadata, race, with};
use crate::support::{Call, Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replacements_at_once_lose_no_update() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        let call = |number: usize| {
            let changes = json!({ "client_name": format!("name-{number}"), "owner": format!("owner-{number}") });
            Call::put("/admin/clients/confidential").json(&with(metadata("confidential"), &changes))
        };
        let answers = race(server, Listener::Admin, (0..RACERS).map(call).collect()).await;
        let (done, refused) = (count(&answers, 200), count(&answers, 409));
        assert_eq!(done + refused, RACERS);
        assert!(done >= 1);
        // What is there is all of one of the answers that said yes.
        let read = server.admin(Call::get("/admin/clients/confidential")).await.expect(200).json();
        let winner = answers.iter().filter(|answer| answer.status == 200).map(crate::support::Answer::json);
        let same =
            winner.filter(|answer| answer["client_name"] == read["client_name"] && answer["owner"] == read["owner"]);
        assert_eq!(same.count(), 1, "{read}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_under_one_id_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let calls = (0..RACERS).map(|number| {
            Call::post("/admin/clients")
                .json(&json!({ "client_id": "the-one", "client_name": format!("name-{number}") }))
        });
        let answers = race(server, Listener::Admin, calls.collect()).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, RACERS - 1));
        let winner = answers.iter().find(|answer| answer.status == 201).unwrap().json();
        let secret = winner["client_secret"].as_str().unwrap();
        let call = Call::post("/oauth2/revoke").form(&[("token", "x")]).basic("the-one", secret);
        server.public(call).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_deletions_exactly_one_succeeds_and_tokens_in_flight_die_with_the_client() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let tokens: Vec<Call> =
            (0..RACERS / 2).map(|_| client.token_request(&[("grant_type", "client_credentials")])).collect();
        let racing = tokio::spawn({
            let server = server.clone();
            async move { race(&server, Listener::Public, tokens).await }
        });
        let calls = vec![Call::delete("/admin/clients/confidential"); RACERS / 2];
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!((count(&answers, 204), count(&answers, 404)), (1, RACERS / 2 - 1));
        for answer in racing.await.unwrap() {
            assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
            if answer.status == 200 {
                assert_eq!(server.introspect(&answer.member("access_token")).await["active"], false);
            }
        }
    })
    .await;
}
