//! How the endpoint refuses (RFC 6750 §3.1): status, body, and the exact challenge.

use super::ask;
use crate::fixtures::{confidential, text};
use crate::support::{Answer, Call, TestServer};

/// Fails unless the answer is this error with the challenge of the wire: no realm, no space after the comma, and the same
/// two values as in the body.
#[track_caller]
fn assert_challenge(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.content_type(), Some("application/json"));
    let (code, description) = (answer.member("error"), answer.member("error_description"));
    assert_eq!(code, error, "{}", answer.text());
    let expected = format!("Bearer error=\"{code}\",error_description=\"{description}\"");
    assert_eq!(answer.header("www-authenticate"), Some(expected.as_str()));
    assert_eq!(answer.json().as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn every_refusal_has_its_challenge() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let access_token = text(&tokens, "access_token");
    assert_challenge(&server.public(Call::get("/userinfo")).await, 401, "request_unauthorized");
    assert_challenge(&server.public(Call::post("/userinfo")).await, 401, "request_unauthorized");
    for unknown in ["x", "ory_at_", "ory_at_x", "ory_at_x.y", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_challenge(&ask(&server, unknown).await, 401, "request_unauthorized");
    }
    assert_challenge(&ask(&server, text(&tokens, "refresh_token")).await, 401, "invalid_token");
    assert_challenge(&ask(&server, text(&tokens, "id_token")).await, 401, "request_unauthorized");
    let own = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    assert_challenge(&ask(&server, &own.member("access_token")).await, 403, "request_forbidden");
    server.public(client.form("/oauth2/revoke", &[("token", access_token)])).await.expect(200);
    assert_challenge(&ask(&server, access_token).await, 401, "request_unauthorized");
    let tokens = flow.tokens().await;
    server.clock.advance(3600);
    assert_challenge(&ask(&server, text(&tokens, "access_token")).await, 401, "invalid_token");
}

#[tokio::test]
async fn an_expired_jwt_is_told_apart_from_a_forged_one() {
    let server =
        TestServer::with(|config| config.strategies.access_token = symbolon_types::AccessTokenStrategy::Jwt).await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    let token = text(&tokens, "access_token").to_owned();
    for (how, altered) in crate::fixtures::altered(&token) {
        let answer = ask(&server, &altered).await;
        assert_eq!(answer.status, 401, "{how}");
        assert_challenge(&answer, 401, "request_unauthorized");
    }
    server.clock.advance(3601);
    assert_challenge(&ask(&server, &token).await, 401, "invalid_token");
}

#[tokio::test]
async fn two_tokens_are_refused_without_a_challenge() {
    let server = TestServer::new().await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    let token = text(&tokens, "access_token");
    let calls = [
        Call::get("/userinfo").bearer(token).query(&[("access_token", token)]),
        Call::post("/userinfo").bearer(token).form(&[("access_token", token)]),
        Call::post("/userinfo").query(&[("access_token", token)]).form(&[("access_token", token)]),
        Call::get("/userinfo").query(&[("access_token", token), ("access_token", token)]),
    ];
    for call in calls {
        let answer = server.public(call).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"));
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[tokio::test]
async fn what_ends_a_grant_ends_its_userinfo() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let revoke = Call::delete("/admin/oauth2/auth/sessions/consent");
        let endings = [
            revoke.clone().query(&[("subject", "alice"), ("client", &client.id)]),
            revoke.query(&[("subject", "alice"), ("all", "true")]),
            Call::delete(format!("/admin/clients/{}", client.id)),
        ];
        for ending in endings {
            let tokens = client.flow(server).tokens().await;
            ask(server, text(&tokens, "access_token")).await.expect(200);
            server.admin(ending).await.expect(204);
            ask(server, text(&tokens, "access_token")).await.expect(401);
            server.clock.advance(1);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_does_not_come_back_in_a_header() {
    let server = TestServer::with(|config| config.symbolon.compatibility.access_token_in_query = true).await;
    for hostile in ["\"><script>", "a\\\",error=\"none", "x\u{e9}"] {
        let answer = server.public(Call::get("/userinfo").query(&[("access_token", hostile)])).await;
        assert_challenge(&answer, 401, "request_unauthorized");
        assert!(!answer.text().contains("<script"));
    }
}
