//! Answers to what goes beyond the plain code flow: signed answers of the authorization endpoint, nonces for proofs, and
//! requests that were pushed.

use symbolon_client::{AuthorizationRequest, Callback, DpopKey, ResponseMode, TokenSet};

use super::{Answering, METADATA, builder, check_error, client, ok, run, whole_answer};
use crate::Target;
use crate::targets::text;

/// A signed answer of the authorization endpoint (JARM), which nobody can have signed.
pub const SIGNED_RESPONSE: Target = Target {
    name: "signed_response",
    run: check_signed_response,
    seeds: &[
        "response=eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJhcHAiLCJleHAiOjE4MDAwMDAwNjAsImNvZGUiOiJhIiwic3RhdGUiOiJiIn0.AAAA",
        "response=eyJhbGciOiJub25lIn0.e30.&code=a&state=b",
        "response=a.b.c&response=d.e.f",
        "response=eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIn0.AA.AA.AA.AA",
        "code=a&state=b",
    ],
};
/// An answer to a request with a DPoP proof: refusals that want a nonce, nonces, and tokens (RFC 9449 §5, §8, §9).
pub const DPOP_ANSWER: Target = Target {
    name: "dpop_answer",
    run: check_dpop_answer,
    seeds: &[
        "400\ndpop-nonce: abc\ncontent-type: application/json\n\n{\"error\":\"use_dpop_nonce\"}",
        "401\nwww-authenticate: DPoP error=\"use_dpop_nonce\"\ndpop-nonce: a\ndpop-nonce: b\n\n",
        "200\ndpop-nonce: a b\n\n{\"access_token\":\"at\",\"token_type\":\"dpop\",\"expires_in\":60}",
        "200\n\n{\"access_token\":\"at\",\"token_type\":\"Bearer\"}",
    ],
};
/// The answer to a pushed request (RFC 9126 §2.2).
pub const PUSHED_ANSWER: Target = Target {
    name: "pushed_answer",
    run: check_pushed_answer,
    seeds: &[
        "201\ncontent-type: application/json\n\n{\"request_uri\":\"urn:ietf:params:oauth:request_uri:a\",\"expires_in\":60}",
        "200\n\n{\"request_uri\":\"a&client_id=b#c\",\"expires_in\":\"-1\"}",
        "201\n\n{\"request_uri\":null}",
    ],
};

fn check_signed_response(bytes: &[u8]) {
    let answering = Answering::hostile_at("/token", ok(br#"{"access_token":"at","token_type":"Bearer"}"#));
    let Some(client) = client(&answering) else { return };
    let request = AuthorizationRequest::new("email").response_mode(ResponseMode::Jwt);
    let Some(Ok((_, pending))) = run(client.authorization_url(&request)) else { return };
    let written = text(bytes);
    for callback in [Callback::parse(&written), Callback::parse(&format!("{written}&code=a&state={}", pending.state()))]
    {
        let Some(outcome) = run(client.redeem(&pending, &callback)) else { continue };
        check_error(&outcome.expect_err("an answer was believed that nobody has signed"));
    }
}

fn check_dpop_answer(bytes: &[u8]) {
    let answer = whole_answer(bytes);
    let answering = Answering::hostile_at("/token", answer.clone());
    answering.put("/userinfo", answer);
    let Ok(key) = DpopKey::generate() else { return };
    let Ok(client) = builder(&answering).dpop(key).build() else { return };
    match run(client.refresh_with(&"rt".into())) {
        Some(Ok(tokens)) => assert!(tokens.token_type.eq_ignore_ascii_case("DPoP"), "RFC 9449 §5"),
        Some(Err(error)) => check_error(&error),
        None => {}
    }
    let mut tokens = TokenSet::new("at");
    "DPoP".clone_into(&mut tokens.token_type);
    if let Some(Err(error)) = run(client.user_info(&tokens)) {
        check_error(&error);
    }
}

fn check_pushed_answer(bytes: &[u8]) {
    let answering = Answering::default();
    answering.put("/push", whole_answer(bytes));
    let endpoint = r#""pushed_authorization_request_endpoint":"https://as.example/push","#;
    answering.put("/.well-known/", ok(METADATA.replacen('{', &format!("{{{endpoint}"), 1).as_bytes()));
    let Ok(client) = builder(&answering).push_authorization_requests().build() else { return };
    match run(client.authorization_url(&AuthorizationRequest::new("openid"))) {
        Some(Ok((url, _))) => {
            let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
            assert_eq!(names, ["client_id", "request_uri"], "RFC 9126 §4: {url}");
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}
