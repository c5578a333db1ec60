//! `GET …/sessions/consent`.

use serde_json::{Value, json};

use super::{CONSENTS, consents};
use crate::fixtures::{confidential, register};
use crate::oidc_userinfo::names;
use crate::support::{Answer, Call, STATE, TestServer};

async fn list(server: &TestServer, parameters: &[(&str, &str)]) -> Answer {
    server.admin(Call::get(CONSENTS).query(parameters)).await
}

#[tokio::test]
async fn a_consent_says_what_was_asked_and_what_was_granted() {
    TestServer::each_database(async |server| {
        let client = register(server, "c", &json!({ "client_name": "Shop" })).await;
        let session = json!({ "access_token": { "a": 1 }, "id_token": { "i": [2] } });
        let mut flow = client.flow(server).scope("openid offline profile").parameter("audience", "https://api.example");
        flow = flow.login("remember", json!(true)).login("acr", json!("urn:gold")).login("amr", json!(["pwd"]));
        flow = flow.consent("session", session.clone()).consent("grant_scope", json!(["openid", "profile"]));
        flow = flow
            .consent("remember", json!(true))
            .consent("remember_for", json!(3600))
            .consent("context", json!({ "c": 1 }));
        let page = flow.log_in().await.expect(302).location().to_owned();
        server.clock.advance(20);
        let next = flow.application.accept_consent(&page).await;
        let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        let all = consents(server, "alice").await;
        assert_eq!(all.len(), 1);
        let consent = &all[0];
        assert_eq!(
            names(consent),
            [
                "consent_request",
                "consent_request_id",
                "context",
                "grant_access_token_audience",
                "grant_scope",
                "handled_at",
                "remember",
                "remember_for",
                "session",
            ]
        );
        assert_eq!(consent["grant_scope"], json!(["openid", "profile"]));
        assert_eq!(consent["grant_access_token_audience"], json!(["https://api.example"]));
        assert_eq!(consent["session"], session);
        assert_eq!((&consent["remember"], &consent["remember_for"]), (&json!(true), &json!(3600)));
        assert_eq!(consent["handled_at"], "2027-01-15T08:00:20Z");
        assert_eq!(consent["context"], json!({ "c": 1 }));
        let request = &consent["consent_request"];
        assert_eq!((&request["challenge"], &request["skip"]), (&json!(""), &json!(false)));
        assert_eq!(request["requested_scope"], json!(["openid", "offline", "profile"]));
        assert_eq!(request["requested_access_token_audience"], json!(["https://api.example"]));
        assert_eq!((&request["subject"], &request["client"]["client_name"]), (&json!("alice"), &json!("Shop")));
        assert_eq!((&request["acr"], &request["amr"]), (&json!("urn:gold"), &json!(["pwd"])));
        let url = request["request_url"].as_str().unwrap();
        assert!(url.starts_with("http://127.0.0.1:4444/oauth2/auth?") && url.contains(STATE), "{url}");
        let id = consent["consent_request_id"].as_str().unwrap();
        assert_eq!((id.len(), &request["consent_request_id"]), (32, &json!(id)));
        let sid = crate::fixtures::claims(tokens["id_token"].as_str().unwrap())["sid"].clone();
        assert_eq!(request["login_session_id"], sid);
        let text = consent.to_string();
        assert!(!text.contains(&client.secret) && !text.contains(&code) && !text.contains("ory_at_"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn there_are_all_consents_that_were_asked_for_and_none_of_others() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    assert!(consents(&server, "alice").await.is_empty());
    // Not remembered, then remembered, then passed over.
    client.flow(&server).tokens().await;
    let mut flow = client.flow(&server).login("remember", json!(true)).consent("remember", json!(true));
    flow.tokens().await;
    let mut skipped = client.flow(&server);
    skipped.browser = flow.browser;
    skipped.tokens().await;
    client.flow(&server).subject("bob").tokens().await;
    let all = consents(&server, "alice").await;
    let mut remembered: Vec<bool> = all.iter().map(|consent| consent["remember"].as_bool().unwrap()).collect();
    remembered.sort_unstable();
    assert_eq!(remembered, [false, true], "the one that was passed over asked nothing");
    assert_eq!(consents(&server, "bob").await.len(), 1);
    assert!(consents(&server, "ALICE").await.is_empty());
    // A consent that the user refused or left is none.
    client.flow(&server).subject("carol").log_in().await.expect(302);
    assert!(consents(&server, "carol").await.is_empty());
}

#[tokio::test]
async fn a_list_can_be_narrowed_to_a_login_session() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut sids = Vec::new();
    for _ in 0..2 {
        let tokens = client.flow(&server).login("remember", json!(true)).tokens().await;
        sids.push(crate::fixtures::claims(tokens["id_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned());
    }
    for sid in &sids {
        let answer = list(&server, &[("subject", "alice"), ("login_session_id", sid)]).await.expect(200).json();
        assert_eq!(answer.as_array().unwrap().len(), 1);
        assert_eq!(answer[0]["consent_request"]["login_session_id"], json!(sid));
    }
    for other in ["x", "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(
            list(&server, &[("subject", "alice"), ("login_session_id", other)]).await.expect(200).json(),
            json!([])
        );
    }
    let answer = list(&server, &[("subject", "bob"), ("login_session_id", &sids[0])]).await.expect(200).json();
    assert_eq!(answer, json!([]));
}

#[tokio::test]
async fn a_subject_is_needed() {
    let server = TestServer::new().await;
    for parameters in [vec![], vec![("subject", "")], vec![("login_session_id", "x")]] {
        assert_eq!(list(&server, &parameters).await.expect(400).member("error"), "invalid_request");
    }
    server.public(Call::get(CONSENTS).query(&[("subject", "alice")])).await.expect(404);
}

/// Where a relation of the `Link` header leads.
fn link(answer: &Answer, relation: &str) -> Option<String> {
    let line = answer.header("link")?;
    let part = line.split(',').find(|part| part.contains(&format!("rel=\"{relation}\"")))?;
    Some(part.trim().strip_prefix('<')?.split('>').next()?.to_owned())
}

#[tokio::test]
async fn pages_follow_each_other_and_lose_nothing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for _ in 0..7 {
            client.flow(server).tokens().await;
        }
        let mut target = Call::get(CONSENTS).query(&[("subject", "alice"), ("page_size", "3")]).target;
        let (mut seen, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let answer = server.admin(Call::get(&target)).await.expect(200);
            let page: Vec<Value> = answer.json().as_array().unwrap().clone();
            sizes.push(page.len());
            seen.extend(page.iter().map(|consent| consent["consent_request_id"].as_str().unwrap().to_owned()));
            let first = link(&answer, "first").unwrap();
            assert!(
                first.starts_with(&format!("{CONSENTS}?"))
                    && first.contains("subject=alice")
                    && first.contains("page_size=3"),
                "{first}"
            );
            match link(&answer, "next") {
                Some(next) => target = next,
                None => break,
            }
        }
        assert_eq!(sizes, [3, 3, 1]);
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), 7, "{seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_token_is_the_servers_own_for_this_list_and_for_a_while() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for _ in 0..3 {
        client.flow(&server).tokens().await;
    }
    let answer = list(&server, &[("subject", "alice"), ("page_size", "1")]).await.expect(200);
    let next = link(&answer, "next").unwrap();
    let query = crate::support::pairs_of(next.split_once('?').unwrap().1);
    let token = crate::support::pair(&query, "page_token").unwrap().to_owned();
    for (how, altered) in crate::fixtures::altered(&token) {
        let answer = list(&server, &[("subject", "alice"), ("page_token", &altered)]).await;
        assert_eq!(answer.status, 400, "{how}");
    }
    let elsewhere = Call::get("/admin/clients").query(&[("page_token", &token)]);
    assert_eq!(server.admin(elsewhere).await.status, 400);
    let hostile = list(&server, &[("subject", "alice"), ("page_size", "1"), ("page_token", "' OR 1=1 --")]).await;
    assert_eq!(hostile.expect(400).member("error"), "invalid_request");
    assert_eq!(
        list(&server, &[("subject", "alice"), ("page_size", "x")]).await.expect(400).member("error"),
        "invalid_request"
    );
    server.admin(Call::get(&next)).await.expect(200);
    server.clock.advance(3601);
    server.admin(Call::get(&next)).await.expect(400);
}
