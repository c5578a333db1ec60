//! Codes, and device codes, for the holder of one key (RFC 9449 §10).

use serde_json::json;

use super::{DPOP, Prover};
use crate::fixtures::{authorize, confidential, outcome, register, request, set, text};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE};
use crate::support::{Call, CodeFlow, TestServer};

async fn bound(server: &TestServer, prover: &Prover) -> (CodeFlow, String) {
    let client = confidential(server).await;
    let mut flow = client.flow(server).parameter("dpop_jkt", &prover.thumbprint());
    let code = flow.code().await;
    (flow, code)
}

#[tokio::test]
async fn the_holder_redeems_it() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let (flow, code) = bound(&server, &prover).await;
    // Neither a missing nor a faulty proof ends it.
    let answer = server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
    let faulty = prover.token_proof(&json!({ "htm": "GET" }));
    server.public(flow.redemption(&code).header(DPOP, &faulty)).await.expect(400);
    let tokens = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
    assert_eq!(tokens["token_type"], "DPoP");
}

#[tokio::test]
async fn another_key_ends_it() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let (flow, code) = bound(&server, &prover).await;
    let other = Prover::new(&server);
    let answer = server.public(other.prove(flow.redemption(&code))).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
    let answer = server.public(prover.prove(flow.redemption(&code))).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

#[tokio::test]
async fn what_is_no_thumbprint_is_told_at_once() {
    let server = TestServer::new().await;
    let client = register(
        &server,
        "all",
        &json!({
            "grant_types": ["authorization_code", "implicit", "refresh_token"],
            "response_types": ["code", "token", "code token", "code id_token"],
        }),
    )
    .await;
    let good = Prover::new(&server).thumbprint();
    let asked = request(&client.id);
    for wrong in ["x", &good[1..], &format!("{good}A"), &format!("{good}="), &good.replace(&good[..1], "!"), "null"] {
        let answer = authorize(&server, &set(&asked, "dpop_jkt", wrong)).await;
        assert_eq!(outcome(&answer), "client invalid_request", "{wrong}");
    }
    let twice = [set(&asked, "dpop_jkt", &good), vec![("dpop_jkt".to_owned(), good.clone())]].concat();
    assert_eq!(outcome(&authorize(&server, &twice).await), "page invalid_request");
    // A token of the authorization endpoint cannot be bound, so that is not promised.
    for response_type in ["token", "code token"] {
        let asked = set(&set(&asked, "dpop_jkt", &good), "response_type", response_type);
        assert_eq!(outcome(&authorize(&server, &asked).await), "client invalid_request", "{response_type}");
    }
    let asked = set(&set(&asked, "dpop_jkt", &good), "response_type", "code id_token");
    assert_eq!(outcome(&authorize(&server, &asked).await), "login");
}

#[tokio::test]
async fn a_device_code_is_bound_by_a_proof_or_by_its_parameter() {
    let server = TestServer::new().await;
    let client = register(&server, "tv", &json!({ "grant_types": [GRANT_TYPE, "refresh_token"] })).await;
    for way in ["proof", "parameter", "both"] {
        let prover = Prover::new(&server);
        let thumbprint = prover.thumbprint();
        let form = [("scope", "openid offline"), ("dpop_jkt", thumbprint.as_str())];
        let form = if way == "proof" { &form[..1] } else { &form[..] };
        let mut call = client.form("/oauth2/device/auth", form);
        if way != "parameter" {
            let proof = prover.holder.sign_parts(&prover.header(), &prover.claims("/oauth2/device/auth"));
            call = call.header(DPOP, &proof);
        }
        let codes = server.public(call).await.expect(200).json();
        let mut flow = DeviceFlow::new(&server, &client);
        flow.connect(&codes).await.expect(302);
        let poll = client.token_request(&[("grant_type", GRANT_TYPE), ("device_code", text(&codes, "device_code"))]);
        let answer = server.public(poll.clone()).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"), "{way}");
        let tokens = server.public(prover.prove(poll)).await.expect(200).json();
        assert_eq!(tokens["token_type"], "DPoP", "{way}");
    }
}

#[tokio::test]
async fn a_device_names_one_key() {
    let server = TestServer::new().await;
    let client = register(&server, "tv", &json!({ "grant_types": [GRANT_TYPE] })).await;
    let (one, other) = (Prover::new(&server), Prover::new(&server).thumbprint());
    let call = client.form("/oauth2/device/auth", &[("dpop_jkt", &other)]);
    let proof = one.holder.sign_parts(&one.header(), &one.claims("/oauth2/device/auth"));
    let answer = server.public(call.header(DPOP, &proof)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
    let for_the_token_endpoint = one.token_proof(&json!({}));
    let call = client.form("/oauth2/device/auth", &[("scope", "openid")]);
    server.public(call.header(DPOP, &for_the_token_endpoint)).await.expect(400);
    let odd: Call = client.form("/oauth2/device/auth", &[("dpop_jkt", "x")]);
    assert_eq!(server.public(odd).await.expect(400).error().as_deref(), Some("invalid_request"));
}
