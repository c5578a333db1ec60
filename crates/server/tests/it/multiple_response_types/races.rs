//! Single use under many requests at once: one answer of a consent, one redemption of a code whose access token travels
//! already, on both databases.

use serde_json::json;

use super::{Place, client, flow, granted, parameters};
use crate::fixtures::{RACERS, count, race};
use crate::support::{Call, Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_consent_is_answered_once() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for kind in ["code id_token token", "id_token token", "token", "id_token"] {
            let mut flow = flow(server, &client, kind);
            let page = flow.log_in().await.expect(302).location().to_owned();
            let next = flow.application.accept_consent(&page).await;
            let cookies = flow.browser.jar().sent("/", server.clock.now());
            let visit = Call::get(server.public_target(&next).unwrap()).navigating().cookies(&cookies);
            let answers = race(server, Listener::Public, vec![visit; RACERS]).await;
            assert_eq!(count(&answers, 303), RACERS, "{kind}");
            let told: Vec<_> = answers.iter().map(|answer| parameters(answer, Place::Fragment)).collect();
            let denied = told.iter().filter(|told| told.get("error").is_some_and(|error| error == "access_denied"));
            assert_eq!(denied.count(), RACERS - 1, "{kind}");
            let won = told.iter().filter(|told| told.contains_key("access_token") || told.contains_key("id_token"));
            assert_eq!(won.count(), 1, "{kind}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_redeemed_by_many_at_once_ends_the_first_access_token() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "code token");
        let told = granted(&mut flow).await;
        let answers = race(server, Listener::Public, vec![flow.redemption(&told["code"]); RACERS]).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, RACERS - 1));
        assert_eq!(server.introspect(&told["access_token"]).await["active"], json!(false));
    })
    .await;
}

#[tokio::test]
async fn a_second_click_on_allow_is_answered_from_the_same_grant() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for kind in ["code id_token token", "id_token token", "id_token", "none"] {
            let place = if kind == "none" { Place::Query } else { Place::Fragment };
            let mut flow = flow(server, &client, kind).subject(kind);
            let page = flow.log_in().await.expect(302).location().to_owned();
            let first = flow.application.accept_consent(&page).await;
            let second = flow.application.accept_consent(&page).await;
            let dropped = parameters(&flow.browser.clone().get(&first).await.expect(303), place);
            let told = parameters(&flow.browser.clone().get(&second).await.expect(303), place);
            assert_eq!(told.keys().collect::<Vec<_>>(), dropped.keys().collect::<Vec<_>>(), "{kind}");
            assert_eq!(crate::endings::consents(server, kind).await.len(), 1, "{kind}");
            if let (Some(one), Some(other)) = (dropped.get("access_token"), told.get("access_token")) {
                for token in [one, other] {
                    assert_eq!(server.introspect(token).await["active"], json!(true), "{kind}");
                }
                server.public(client.form("/oauth2/revoke", &[("token", other)])).await.expect(200);
                assert_eq!(server.introspect(one).await["active"], json!(false), "{kind}: one grant");
            }
        }
    })
    .await;
}
