//! FAPI 2.0: tokens for the holder of a key (RFC 9449).

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::conformance::fapi_client::{DPOP, FapiClient, Plan, Proof};
use crate::credentials::Holder;
use crate::fixtures::{set, text};
use crate::support::{Answer, Call};

/// The thumbprint of a holder's key.
fn thumbprint(holder: &Holder) -> String {
    let jwk: symbolon_jose::Jwk = serde_json::from_value(holder.jwk.clone()).unwrap();
    jwk.thumbprint()
}

/// Fails unless it is a proof that was refused.
#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_dpop_proof")), "{}", answer.text());
}

/// The whole way with changed claims in the proofs of both endpoints.
async fn proven_with(plan: Plan, changes: impl Fn(i64) -> Value) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let code = one.code(&request).await;
    let call = one.authenticated(&one.redemption(&code)).header(DPOP, &one.proof("/oauth2/token", &changes(one.now())));
    let tokens = one.server.public(call).await.expect(200).json();
    let token = text(&tokens, "access_token");
    let mut claims = FapiClient::at_resource(token);
    claims.extend(changes(one.now()).as_object().unwrap().clone());
    let call = FapiClient::resource_with(token, "DPoP").header(DPOP, &one.proof("/userinfo", &json!(claims)));
    one.server.public(call).await.expect(200);
}

pub(crate) async fn check_dpop_proof_nbf_exp(plan: Plan) {
    proven_with(plan, |now| json!({ "nbf": now, "exp": now + 60 })).await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_before_succeeds(plan: Plan) {
    proven_with(plan, |now| json!({ "iat": now - 10 })).await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_after_succeeds(plan: Plan) {
    proven_with(plan, |now| json!({ "iat": now + 10 })).await;
}

/// A push with a proof by the client's key.
fn proven_push(one: &FapiClient, request: &crate::support::Pairs) -> Call {
    one.push(request).header(DPOP, &one.proof("/oauth2/par", &json!({})))
}

pub(crate) async fn ensure_mismatched_dpop_jkt_fails(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let request = set(&one.request(), "dpop_jkt", &thumbprint(&Holder::new(Algorithm::ES256)));
    assert_refused(&one.server.public(proven_push(&one, &request)).await);
}

/// A code whose request this call pushes is redeemed by the holder of another key, in vain.
async fn redeemed_by_another(mut one: FapiClient, push: Call) {
    let uri = one.server.public(push).await.expect(201).member("request_uri");
    let visit = one.visit(&uri, &[]).await;
    let shown = one.shown(&visit.answer).await;
    one.holder = Holder::new(Algorithm::ES256);
    let answer = one.server.public(one.ask(&one.redemption(&shown["code"]))).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_grant")), "{}", answer.text());
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let push = proven_push(&one, &one.request());
    redeemed_by_another(one, push).await;
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let push = one.push(&set(&one.request(), "dpop_jkt", &thumbprint(&one.holder)));
    redeemed_by_another(one, push).await;
}

/// A code whose request this call pushes is redeemed by the holder of the key.
async fn redeemed(mut one: FapiClient, push: Call) {
    let uri = one.server.public(push).await.expect(201).member("request_uri");
    let visit = one.visit(&uri, &[]).await;
    let shown = one.shown(&visit.answer).await;
    one.server.public(one.ask(&one.redemption(&shown["code"]))).await.expect(200);
}

pub(crate) async fn ensure_dpopproof_at_par_endpoint_binding_success(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let push = proven_push(&one, &one.request());
    redeemed(one, push).await;
}

pub(crate) async fn ensure_dpop_auth_code_binding_success(plan: Plan) {
    let one = FapiClient::new(plan).await;
    let push = one.push(&set(&one.request(), "dpop_jkt", &thumbprint(&one.holder)));
    redeemed(one, push).await;
}

pub(crate) async fn ensure_holder_of_key_required(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let request = one.request();
    let code = one.code(&request).await;
    let mut call = one.authenticated(&one.redemption(&code));
    let expected = match (plan.sender, plan.client) {
        (Proof::Key, _) => (400, Some("invalid_dpop_proof")),
        (Proof::Certificate, Proof::Key) => (400, Some("invalid_request")),
        // Without the certificate nobody knows who it is.
        (Proof::Certificate, Proof::Certificate) => {
            assert!(call.headers.remove("client-cert").is_some());
            (401, Some("invalid_client"))
        }
    };
    let answer = one.server.public(call).await;
    assert_eq!((answer.status, answer.error().as_deref()), expected, "{}", answer.text());
}

/// The changes to header and claims of a resource's proof that make it a bad one.
fn faults(now: i64, rsa: &Holder) -> Vec<(Value, Value)> {
    let header = |changes: Value| (changes, json!({}));
    let claims = |changes: Value| (json!({}), changes);
    let mut all: Vec<_> = ["jti", "htm", "htu", "iat", "ath"].map(|name| claims(json!({ name: null }))).into();
    all.extend(["typ", "alg", "jwk"].map(|name| header(json!({ name: null }))));
    all.extend([
        header(json!({ "typ": "JWT" })),
        header(json!({ "alg": "none" })),
        header(json!({ "alg": "RS256", "jwk": rsa.jwk })),
        claims(json!({ "htm": "POST" })),
        claims(json!({ "htu": "https://op.example/other" })),
        claims(json!({ "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" })),
        claims(json!({ "iat": now - 3600 })),
        claims(json!({ "iat": now + 3600 })),
    ]);
    all
}

pub(crate) async fn dpop_negative_tests(plan: Plan) {
    let mut one = FapiClient::new(plan).await;
    let tokens = one.tokens().await;
    let token = text(&tokens, "access_token");
    let call = |proof: &str| FapiClient::resource_with(token, "DPoP").header(DPOP, proof);
    let claims = || json!(FapiClient::at_resource(token));
    let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": one.holder.jwk });
    for (head, body) in faults(one.now(), &Holder::new(Algorithm::RS256)) {
        let body = crate::fixtures::with(one.proof_claims("/userinfo", &claims()), &body);
        let proof = one.holder.sign_parts(&crate::fixtures::with(header.clone(), &head), &body);
        one.server.public(call(&proof)).await.expect(401);
    }
    let good = one.proof("/userinfo", &claims());
    let cut = good.rsplit_once('.').unwrap().0;
    for proof in ["", "malformed", &format!("{cut}."), &format!("{cut}.{}", "A".repeat(86))] {
        one.server.public(call(proof)).await.expect(401);
    }
    let private = crate::fixtures::with(header.clone(), &json!({ "jwk": one.holder.key.to_private_jwk() }));
    let proof = one.holder.sign_parts(&private, &one.proof_claims("/userinfo", &claims()));
    one.server.public(call(&proof)).await.expect(401);
    let mut twice = call(&good);
    twice.headers.append(DPOP, one.proof("/userinfo", &claims()).parse().unwrap());
    one.server.public(twice).await.expect(401);
    one.server.public(FapiClient::resource_with(token, "DPoP")).await.expect(401);
    one.server.public(FapiClient::resource_with(token, "Bearer")).await.expect(401);
    let bearer = FapiClient::resource_with(token, "Bearer").header(DPOP, &one.proof("/userinfo", &claims()));
    one.server.public(bearer).await.expect(401);
    // What a proof may have beside the rest, and how its address may be written (RFC 3986 §6.2).
    for changes in [
        json!({ "unknown": "claim" }),
        json!({ "htu": "https://op.example/userinfo?a=b#c" }),
        json!({ "htu": "HTTPS://OP.example:443/userinfo" }),
    ] {
        let body = crate::fixtures::with(one.proof_claims("/userinfo", &claims()), &changes);
        one.server.public(call(&one.holder.sign_parts(&header, &body))).await.expect(200);
    }
    let replayed = one.proof("/userinfo", &claims());
    one.server.public(call(&replayed)).await.expect(200);
    one.server.public(call(&replayed)).await.expect(401);
}
