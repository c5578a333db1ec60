//! Lists and texts that a page hands over: repeats are dropped, as every token would carry them, and there are bounds, as a
//! mistake of a page would end up in every token.

use serde_json::{Value, json};

use super::{AtPage, at_login};
use crate::fixtures::{claims, confidential, register, text};
use crate::support::{Call, TestServer};
use crate::ui;

const API: &str = "https://api.example";

#[tokio::test]
async fn repeats_are_dropped() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let account = json!({ "username": "alice", "password": ui::PASSWORD, "email": "a@example.org" });
        let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
        let flow = client.flow(server).scope("openid").subject(&subject).parameter("audience", API);
        let tokens = flow
            .parameter("claims", r#"{"userinfo":{"email":null}}"#)
            .login("amr", json!(["pwd", "otp", "pwd"]))
            .consent("grant_scope", json!(["openid", "openid"]))
            .consent("grant_access_token_audience", json!([API, API, API]))
            .consent("grant_claims", json!(vec!["email"; 10_000]))
            .consent("remember", json!(true))
            .tokens()
            .await;
        assert_eq!(claims(text(&tokens, "id_token"))["amr"], json!(["pwd", "otp"]));
        assert_eq!(tokens["scope"], "openid");
        let token = text(&tokens, "access_token");
        assert_eq!(server.introspect(token).await["aud"], json!([API]));
        let info = server.public(Call::get("/userinfo").bearer(token)).await.expect(200).json();
        assert_eq!(info["email"], "a@example.org");
        let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", &subject)]);
        let remembered = server.admin(list).await.expect(200).json()[0].clone();
        assert_eq!(remembered["grant_access_token_audience"], json!([API]));
        assert_eq!(remembered["consent_request"]["amr"], json!(["pwd", "otp"]));
    })
    .await;
}

fn numbered(count: usize) -> Value {
    (0..count).map(|number| format!("n{number}")).collect()
}

/// Bodies at a bound, and behind it by one and by ten times, with the member that is refused.
fn bounded(member: &'static str, most: usize, body: impl Fn(usize) -> Value) -> Vec<(&'static str, usize, Value)> {
    [most, most + 1, most * 10].map(|count| (member, count.saturating_sub(most), body(count))).to_vec()
}

#[tokio::test]
async fn what_a_login_page_says_is_bounded() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut bodies = bounded("amr", 32, |count| json!({ "subject": "alice", "amr": numbered(count) }));
        bodies.extend(bounded("amr", 512, |count| json!({ "subject": "alice", "amr": ["x".repeat(count)] })));
        bodies.extend(bounded("acr", 512, |count| json!({ "subject": "alice", "acr": "x".repeat(count) })));
        // Not a text that compresses well.
        let random = symbolon_jose::Rng::seeded(7).token(20_480);
        bodies.extend(bounded("subject", 2_048, |count| json!({ "subject": random[..count] })));
        for member in ["force_subject_identifier", "identity_provider_session_id"] {
            bodies.extend(bounded(member, 2_048, |count| json!({ "subject": "alice", member: random[..count] })));
        }
        for (member, beyond, body) in bodies {
            let at = at_login(server, &client).await;
            let answer = at.accept(server, &body).await;
            let expected = if beyond == 0 { 200 } else { 400 };
            assert_eq!(answer.status, expected, "{member} {beyond}: {}", answer.text());
            let described = if beyond == 0 { String::new() } else { answer.member("error_description") };
            let named = if beyond == 0 { "" } else { member };
            assert!(described.contains(named), "{member}: {described}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_longest_subject_of_the_longest_client_goes_through_the_whole_flow() {
    TestServer::each_database(async |server| {
        let random = symbolon_jose::Rng::seeded(7).token(2_560);
        let (subject, id) = (&random[..2_048], &random[2_048..2_560]);
        let client = register(server, id, &json!({})).await;
        let flow = client.flow(server).subject(subject).login("remember", json!(true));
        let tokens = flow.consent("remember", json!(true)).tokens().await;
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["sub"], subject);
        server
            .admin(Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", subject)]))
            .await
            .expect(204);
    })
    .await;
}

#[tokio::test]
async fn what_a_consent_page_says_is_bounded() {
    let server = TestServer::with(|config| config.symbolon.compatibility.grant_beyond_request = true).await;
    let client = confidential(&server).await;
    let mut bodies = bounded("grant_scope", 1_000, |count| json!({ "grant_scope": numbered(count) }));
    bodies.extend(bounded("grant_scope", 512, |count| json!({ "grant_scope": ["x".repeat(count)] })));
    let audience = "grant_access_token_audience";
    bodies.extend(bounded(audience, 100, |count| json!({ audience: numbered(count) })));
    bodies.extend(bounded(audience, 2_048, |count| json!({ audience: ["x".repeat(count)] })));
    for (member, beyond, body) in bodies {
        let at = AtPage::consent_of(client.flow(&server)).await;
        let answer = at.accept(&server, &body).await;
        let expected = if beyond == 0 { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{member} {beyond}: {}", answer.text());
    }
    // Claims beyond those that were asked for are refused with the switch, too, so that their bound is only seen by name.
    for (count, named) in [(128, "n0"), (129, "128"), (1_280, "128")] {
        let at = AtPage::consent_of(client.flow(&server)).await;
        let refused = at.accept(&server, &json!({ "grant_claims": numbered(count) })).await.expect(400);
        assert!(refused.member("error_description").contains(named), "{count}: {}", refused.text());
    }
}
