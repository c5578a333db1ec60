//! `GET …/sessions/login`.

use serde_json::{Value, json};
use symbolon_types::timestamp;

use super::LOGINS;
use crate::fixtures::confidential;
use crate::oidc_logout::sign_in;
use crate::support::{Answer, Call, CodeFlow, START, TestServer};

async fn list(server: &TestServer, parameters: &[(&str, &str)]) -> Answer {
    server.admin(Call::get(LOGINS).query(parameters)).await
}

async fn ids(server: &TestServer, parameters: &[(&str, &str)]) -> Vec<String> {
    let found = list(server, parameters).await.expect(200).json();
    found.as_array().unwrap().iter().map(|session| session["sid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn sessions_are_listed_by_subject_until_they_end() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let (one, two) = (sign_in(server, &client).await, sign_in(server, &client).await);
        let mut bob = CodeFlow::new(server, &client.id).secret(&client.secret).subject("bob");
        bob = bob.login("remember", json!(true)).login("acr", json!("urn:gold")).login("amr", json!(["pwd"]));
        bob.tokens().await;
        let found = list(server, &[("subject", "bob")]).await.expect(200).json();
        let [session] = &found.as_array().unwrap()[..] else { panic!("{found}") };
        assert_eq!((&session["subject"], &session["remembered"]), (&json!("bob"), &json!(true)));
        assert_eq!((&session["acr"], &session["amr"]), (&json!("urn:gold"), &json!(["pwd"])));
        assert_eq!(session["authenticated_at"], timestamp::format_seconds(START));

        let (mut expected, mut found) = (vec![one.sid(), two.sid()], ids(server, &[("subject", "alice")]).await);
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        assert_eq!(ids(server, &[]).await.len(), 3);
        assert!(ids(server, &[("subject", "nobody")]).await.is_empty());

        server.admin(Call::delete(LOGINS).query(&[("sid", &one.sid())])).await.expect(204);
        assert_eq!(ids(server, &[("subject", "alice")]).await, [two.sid()]);
        server.clock.advance(1);
        server.admin(Call::delete(LOGINS).query(&[("subject", "alice")])).await.expect(204);
        assert!(ids(server, &[("subject", "alice")]).await.is_empty());
        assert_eq!(ids(server, &[]).await.len(), 1, "bob's");
    })
    .await;
}

#[tokio::test]
async fn every_session_is_on_one_page() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for _ in 0..5 {
            sign_in(server, &client).await;
        }
        let all = ids(server, &[]).await;
        let (mut seen, mut token) = (Vec::<Value>::new(), None::<String>);
        for size in [2, 2, 1] {
            let mut parameters = vec![("page_size", "2"), ("subject", "alice")];
            if let Some(token) = &token {
                parameters.push(("page_token", token));
            }
            let page = list(server, &parameters).await.expect(200);
            let found = page.json().as_array().unwrap().clone();
            assert_eq!(found.len(), size);
            seen.extend(found.into_iter().map(|session| session["sid"].clone()));
            let link = page.headers["link"].to_str().unwrap().to_owned();
            let next = link.split("page_token=").nth(1).map(|rest| rest.split('>').next().unwrap().to_owned());
            assert_eq!(next.is_some(), size == 2, "{link}");
            token = next;
        }
        assert_eq!(json!(seen), json!(all));
    })
    .await;
}

#[tokio::test]
async fn a_subject_without_a_value_is_not_everybody() {
    let server = TestServer::new().await;
    for parameters in [[("subject", "")], [("page_size", "x")], [("page_token", "x")]] {
        list(&server, &parameters).await.expect(400);
    }
}
