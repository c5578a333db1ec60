//! RFC 6750 §2, §3: where a token may stand, and how its absence and its faults are told.

use http::header::AUTHORIZATION;

use crate::fixtures::{altered, confidential, text};
use crate::support::{Answer, Call, TestServer};

/// Status and error, after checking the challenge that comes with what other credentials could mend.
#[track_caller]
fn refusal(answer: &Answer) -> (u16, String) {
    let error = answer.error().unwrap_or_else(|| panic!("{} {}", answer.status, answer.text()));
    if answer.status != 400 {
        let challenge = answer.header("www-authenticate").unwrap_or_else(|| panic!("no challenge: {}", answer.text()));
        assert!(challenge.starts_with(&format!("Bearer error=\"{error}\",error_description=\"")), "{challenge}");
    }
    assert!(!answer.text().contains("ory_at_"), "the token is sent back");
    (answer.status, error)
}

async fn access_token(server: &TestServer) -> String {
    let client = confidential(server).await;
    text(&client.flow(server).tokens().await, "access_token").to_owned()
}

#[tokio::test]
async fn a_token_stands_in_the_header_or_the_form() {
    let server = TestServer::new().await;
    let token = access_token(&server).await;
    let scheme = |scheme: &str| Call::get("/userinfo").header(AUTHORIZATION, &format!("{scheme} {token}"));
    for call in [
        Call::get("/userinfo").bearer(&token),
        Call::post("/userinfo").bearer(&token),
        scheme("bearer"),
        scheme("BEARER"),
        Call::post("/userinfo").form(&[("access_token", &token)]),
        Call::get("/userinfo/").bearer(&token),
        Call::get("/userinfo").bearer(token.strip_prefix("ory_at_").unwrap()),
    ] {
        let answer = server.public(call.clone()).await.expect(200);
        assert_eq!(answer.member("sub"), "alice", "{call:?}");
    }
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_unless_that_is_switched_on() {
    for switched_on in [false, true] {
        let server = TestServer::with(|config| config.symbolon.compatibility.access_token_in_query = switched_on).await;
        let token = access_token(&server).await;
        for call in [Call::get("/userinfo"), Call::post("/userinfo")] {
            let answer = server.public(call.query(&[("access_token", &token)])).await;
            if switched_on {
                assert_eq!(answer.expect(200).member("sub"), "alice");
            } else {
                assert_eq!(refusal(&answer), (400, "invalid_request".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn no_token_and_other_schemes_are_unauthorized() {
    let server = TestServer::new().await;
    let token = access_token(&server).await;
    let header = |value: &str| Call::get("/userinfo").header(AUTHORIZATION, value);
    for call in [
        Call::get("/userinfo"),
        Call::post("/userinfo"),
        header(""),
        header("Bearer"),
        header("Bearer "),
        header(&token),
        header(&format!("Basic {token}")),
        header(&format!("Bearer\t{token}")),
        Call::get("/userinfo").basic("confidential", "x"),
        Call::post("/userinfo").json(&serde_json::json!({ "access_token": token })),
        Call::get("/userinfo").query(&[("access_token", "")]),
    ] {
        let answer = server.public(call.clone()).await;
        assert_eq!(refusal(&answer), (401, "request_unauthorized".to_owned()), "{call:?}");
    }
}

#[tokio::test]
async fn two_tokens_are_too_many_even_if_equal() {
    let server = TestServer::new().await;
    let token = access_token(&server).await;
    let one = ("access_token", token.as_str());
    for call in [
        Call::get("/userinfo").query(&[one]).bearer(&token),
        Call::post("/userinfo").form(&[one]).bearer(&token),
        Call::post("/userinfo").form(&[one]).query(&[one]),
        Call::get("/userinfo").query(&[one, one]),
        Call::post("/userinfo").form(&[one, one]),
    ] {
        let answer = server.public(call.clone()).await;
        assert_eq!(refusal(&answer), (400, "invalid_request".to_owned()), "{call:?}");
    }
}

#[tokio::test]
async fn an_altered_token_is_refused() {
    let server = TestServer::new().await;
    let token = access_token(&server).await;
    for (how, changed) in altered(&token).into_iter().filter(|(_, changed)| !changed.contains('\n')) {
        let answer = server.public(Call::get("/userinfo").bearer(&changed)).await;
        assert_eq!(refusal(&answer), (401, "request_unauthorized".to_owned()), "{how}");
    }
    for nonsense in ["x", "ory_at_", "ory_at_.", "null", "undefined", &"x".repeat(30_000)] {
        let answer = server.public(Call::get("/userinfo").bearer(nonsense)).await;
        assert_eq!(refusal(&answer).0, 401, "{nonsense}");
    }
}

#[tokio::test]
async fn refresh_tokens_and_clients_tokens_are_no_users() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let refresh = server.public(Call::get("/userinfo").bearer(text(&tokens, "refresh_token"))).await;
    assert_eq!(refusal(&refresh), (401, "invalid_token".to_owned()));
    let machine = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    let machine = server.public(Call::get("/userinfo").bearer(&machine.member("access_token"))).await;
    assert_eq!(refusal(&machine), (403, "request_forbidden".to_owned()));
}

#[tokio::test]
async fn expired_and_revoked_tokens_are_told_apart_from_unknown_ones() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let (first, second) = (client.flow(&server).tokens().await, client.flow(&server).tokens().await);
    server.public(client.form("/oauth2/revoke", &[("token", text(&second, "access_token"))])).await.expect(200);
    let revoked = server.public(Call::get("/userinfo").bearer(text(&second, "access_token"))).await;
    assert_eq!(refusal(&revoked), (401, "request_unauthorized".to_owned()));
    server.clock.advance(3600);
    let expired = server.public(Call::get("/userinfo").bearer(text(&first, "access_token"))).await;
    assert_eq!(refusal(&expired), (401, "invalid_token".to_owned()));
}
