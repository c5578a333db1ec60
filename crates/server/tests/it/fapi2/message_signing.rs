//! FAPI 2.0 Message Signing: the client signs what it asks for, and the server what it answers. The rules for the objects
//! themselves: `rfc9101::profiles`.

use serde_json::{Value, json};
use symbolon_server::security_profile::SecurityProfile;

use super::Fapi;
use crate::fixtures::{parameter, request, set, text, verified_claims};
use crate::security_profile::server_of;
use crate::support::{CODE_CHALLENGE, CodeFlow, REDIRECT_URI, STATE, TestServer};

fn object(fapi: &Fapi) -> String {
    let now = fapi.server.clock.now();
    fapi.signer.sign(&json!({
        "iss": "app", "aud": fapi.server.public_url(), "client_id": "app", "nbf": now, "exp": now + 300,
        "response_type": "code", "response_mode": "jwt", "redirect_uri": REDIRECT_URI, "scope": "openid offline",
        "state": STATE, "code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256",
    }))
}

#[tokio::test]
async fn a_flow_is_signed_on_both_ways() {
    for server in [server_of(SecurityProfile::Fapi2MessageSigning).await, TestServer::new().await] {
        let mut fapi = Fapi::under(server, "fapi2_message_signing").await;
        let signed = vec![("request".to_owned(), object(&fapi))];
        let pushed: Value = fapi.push(&signed).await.expect(201).json();
        let mut flow = CodeFlow::new(&fapi.server, "app").request_uri(text(&pushed, "request_uri"));
        let answer = flow.answer().await.expect(303);
        let response = parameter(answer.location(), "response");
        let claims = verified_claims(&fapi.server, &response).await;
        assert_eq!((&claims["aud"], &claims["state"]), (&json!("app"), &json!(STATE)));
        assert_eq!(claims["iss"], fapi.server.public_url());
        assert_eq!(crate::fixtures::part(&response, 0)["alg"], "ES256");
        let call = fapi.redeem(claims["code"].as_str().unwrap());
        fapi.server.public(fapi.prover.prove(call)).await.expect(200);
    }
}

#[tokio::test]
async fn what_is_pushed_is_signed() {
    let mut fapi = Fapi::under(TestServer::new().await, "fapi2_message_signing").await;
    let answer = fapi.push(&request("app")).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")));
    let mut altered = object(&fapi);
    altered.pop();
    let answer = fapi.push(&set(&request("app"), "request", &altered)).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request_object")));
    // The Security Profile alone asks for no signature.
    let mut lenient = Fapi::new().await;
    lenient.push(&request("app")).await.expect(201);
}
