//! How the credential endpoint refuses, in the order of its checks.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Holder, assert_refused, client, encoded, post, primed, tokens, with_proof};
use crate::fixtures::text;
use crate::support::{Answer, Call, TestServer};

const INVALID: &str = "invalid_request";

#[track_caller]
fn assert_challenged(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", answer.text());
    assert!(answer.header("www-authenticate").unwrap().starts_with(&format!("Bearer error=\"{error}\"")));
}

#[tokio::test]
async fn without_a_good_access_token_nothing_else_is_looked_at() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let mut flow = client.flow(&server).scope(&format!("openid offline {}", super::SCOPE));
    let tokens = flow.tokens().await;
    let bodies = [json!({ "format": "jwt_vc_json" }), json!({ "format": "x" }), Value::Null];
    for body in bodies {
        assert_challenged(&server.public(Call::post("/credentials").json(&body)).await, 401, "request_unauthorized");
        assert_challenged(&post(&server, "ory_at_x", &body).await, 401, "request_unauthorized");
        assert_challenged(&post(&server, text(&tokens, "id_token"), &body).await, 401, "request_unauthorized");
        let refresh = post(&server, text(&tokens, "refresh_token"), &body).await;
        assert_refused(&refresh, 400, INVALID, "access token");
        assert_eq!(refresh.header("www-authenticate"), None);
        let own = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
        assert_challenged(&post(&server, &own.member("access_token"), &body).await, 403, "request_forbidden");
    }
    assert_challenged(&server.public(Call::post("/credentials").raw("no JSON")).await, 401, "request_unauthorized");
    let call = Call::post("/credentials")
        .bearer(text(&tokens, "access_token"))
        .query(&[("access_token", text(&tokens, "access_token"))]);
    assert_refused(&server.public(call).await, 400, INVALID, "access_token");
    server.clock.advance(3600);
    let late = post(&server, text(&tokens, "access_token"), &json!({ "format": "jwt_vc_json" })).await;
    assert_challenged(&late, 401, "invalid_token");
}

#[tokio::test]
async fn the_token_may_stand_in_the_query_where_that_is_switched_on() {
    let server = TestServer::with(|config| config.symbolon.compatibility.access_token_in_query = true).await;
    let tokens = tokens(&server, &client(&server).await).await;
    let call = Call::post("/credentials").query(&[("access_token", text(&tokens, "access_token"))]);
    let answer = server.public(call.json(&json!({ "format": "jwt_vc_json" }))).await.expect(400);
    assert_eq!(answer.member("error"), "missing_proof");
    server.public(Call::get("/credentials").bearer(text(&tokens, "access_token"))).await.expect(405);
}

#[tokio::test]
async fn the_body_must_be_of_the_expected_form() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    let access_token = text(&tokens, "access_token");
    for body in [
        "",
        "{",
        "[]",
        "5",
        "\"x\"",
        "{\"format\":5}",
        "{\"format\":\"jwt_vc_json\",\"proof\":\"x\"}",
        "{\"format\":\"jwt_vc_json\",\"proof\":{\"jwt\":5}}",
    ] {
        let answer = server.public(Call::post("/credentials").bearer(access_token).raw(body)).await;
        assert_refused(&answer, 400, INVALID, "");
    }
    for format in [json!(null), json!(""), json!("jwt_vc"), json!("ldp_vc"), json!("JWT_VC_JSON")] {
        let answer = post(&server, access_token, &json!({ "format": format })).await;
        assert_refused(&answer, 400, INVALID, "format");
    }
    assert_refused(&post(&server, access_token, &json!({})).await, 400, INVALID, "format");
    for kind in [json!(""), json!("cwt"), json!("JWT")] {
        let body = json!({ "format": "jwt_vc_json", "proof": { "proof_type": kind, "jwt": "a.b.c" } });
        assert_refused(&post(&server, access_token, &body).await, 400, INVALID, "proof type");
    }
}

#[tokio::test]
async fn the_jwt_of_the_proof_must_be_one() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    let access_token = text(&tokens, "access_token");
    let nonce = primed(&server, access_token).await;
    let holder = Holder::new(Algorithm::ES256);
    let honest = holder.prove(&nonce);
    let parts: Vec<&str> = honest.split('.').collect();
    let array = encoded(&json!([1]));
    for jwt in [
        String::new(),
        "x".to_owned(),
        "x.y".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        "a.b.c".to_owned(),
        format!("{honest}."),
        format!(" {honest}"),
        format!("{honest}="),
        format!("{}.{}", parts[0], parts[1]),
        format!("!.{}.{}", parts[1], parts[2]),
        format!("{array}.{}.{}", parts[1], parts[2]),
        format!("{}.{array}.{}", parts[0], parts[2]),
        "x".repeat(60_000),
    ] {
        assert_refused(&post(&server, access_token, &with_proof(&jwt)).await, 400, INVALID, "");
    }
    for claims in [
        json!({}),
        json!({ "nonce": 5 }),
        json!({ "nonce": null }),
        json!({ "c_nonce": nonce }),
        json!({ "nonce": [nonce] }),
    ] {
        let jwt = holder.sign(&holder.jwk, &claims);
        assert_refused(&post(&server, access_token, &with_proof(&jwt)).await, 400, INVALID, "nonce");
    }
    post(&server, access_token, &with_proof(&honest)).await.expect(200);
}

#[tokio::test]
async fn a_credential_needs_a_live_grant() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let tokens = tokens(&server, &client).await;
    let access_token = text(&tokens, "access_token");
    let proof = with_proof(&Holder::new(Algorithm::ES256).prove(&primed(&server, access_token).await));
    post(&server, access_token, &proof).await.expect(200);
    server.public(client.form("/oauth2/revoke", &[("token", access_token)])).await.expect(200);
    assert_challenged(&post(&server, access_token, &proof).await, 401, "request_unauthorized");
}

#[tokio::test]
async fn an_access_token_without_the_scope_is_taken_as_hydra_takes_it() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let tokens = client.flow(&server).scope("openid").tokens().await;
    let answer = super::issue(&server, &tokens, &Holder::new(Algorithm::ES256)).await;
    answer.expect(200);
}
