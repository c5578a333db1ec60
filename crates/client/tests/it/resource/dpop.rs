//! Tokens that are bound to the key of a DPoP proof (RFC 9449 §4.3, §7).

use serde_json::{Value, json};
use symbolon_client::ResourceServer;
use symbolon_jose::{Algorithm, SigningKey, digest};

use super::api::Api;
use super::stub::{Issuer, RESOURCE, START, good_proof, key, proof, proof_parts, thumbprint};

fn server(issuer: &Issuer) -> ResourceServer {
    ResourceServer::builder(issuer.registered(), RESOURCE).build().unwrap()
}

fn bound_token(issuer: &Issuer) -> String {
    issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }))
}

#[tokio::test]
async fn a_bound_token_comes_in_with_its_proof() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = bound_token(&issuer);
    let answer = api.get_bound("/notes", &token, &good_proof(key(1), &token, "a")).await;
    assert_eq!((answer.status, answer.header("dpop-nonce")), (200, None), "{answer:?}");
    // What introspection says is bound in the same way.
    let opaque = issuer.opaque("opaque-1", &json!({ "cnf": { "jkt": thumbprint(key(1)) }, "token_type": "DPoP" }));
    assert_eq!(api.get_bound("/notes", &opaque, &good_proof(key(1), &opaque, "b")).await.status, 200);
    assert_eq!(api.get("/notes", &opaque).await.status, 401);
}

#[tokio::test]
async fn each_kind_of_key_may_sign() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    for (algorithm, status) in
        [(Algorithm::EdDSA, 200), (Algorithm::PS256, 200), (Algorithm::RS256, 200), (Algorithm::ES384, 401)]
    {
        let signer = SigningKey::generate(algorithm, "k".into()).unwrap();
        let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(&signer) } }));
        let answer = api.get_bound("/notes", &token, &good_proof(&signer, &token, "a")).await;
        assert_eq!(answer.status, status, "{algorithm:?}");
    }
}

#[tokio::test]
async fn each_rule_names_its_fault() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = bound_token(&issuer);
    let other_hash = digest::base64url(&digest::sha256(b"other"));
    let private = json!(key(1).to_private_jwk());
    let missing = |name: &str| format!("the claim '{name}' is missing or has the wrong type");
    let address = "'htu' is another address than that of the request";
    let cases: Vec<(&str, &str, Value, String)> = vec![
        ("header", "typ", json!("JWT"), "its header does not say 'typ': 'dpop+jwt'".into()),
        ("header", "typ", Value::Null, "its header does not say 'typ': 'dpop+jwt'".into()),
        ("header", "jwk", Value::Null, "'jwk' in its header is no public key that can be used".into()),
        ("header", "jwk", private, "'jwk' in its header is no public key that can be used".into()),
        ("claims", "htm", json!("POST"), "'htm' is another method than that of the request".into()),
        ("claims", "htm", json!("get"), "'htm' is another method than that of the request".into()),
        ("claims", "htm", Value::Null, missing("htm")),
        ("claims", "htu", json!("https://api.example/note"), address.into()),
        ("claims", "htu", json!("https://api.example/notes/"), address.into()),
        ("claims", "htu", json!("http://api.example/notes"), address.into()),
        ("claims", "htu", json!("https://evil.example/notes"), address.into()),
        ("claims", "htu", json!("https://api.example:8443/notes"), address.into()),
        ("claims", "htu", json!("/notes"), address.into()),
        ("claims", "htu", Value::Null, missing("htu")),
        ("claims", "iat", json!(START - 61), "'iat' is not now".into()),
        ("claims", "iat", json!(START + 61), "'iat' is not now".into()),
        ("claims", "iat", json!("now"), missing("iat")),
        ("claims", "iat", Value::Null, missing("iat")),
        ("claims", "jti", Value::Null, missing("jti")),
        ("claims", "jti", json!(""), missing("jti")),
        ("claims", "jti", json!("x".repeat(257)), missing("jti")),
        ("claims", "ath", json!(other_hash), "'ath' belongs to another access token".into()),
        ("claims", "ath", Value::Null, missing("ath")),
    ];
    for (index, (part, name, value, reason)) in cases.into_iter().enumerate() {
        let (mut header, mut claims) = proof_parts(key(1), &token, &format!("jti-{index}"));
        let target = if part == "header" { &mut header } else { &mut claims };
        target[name] = value.clone();
        target.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let answer = api.get_bound("/notes", &token, &proof(key(1), &header, &claims)).await;
        let expected =
            format!(r#"DPoP error="invalid_dpop_proof", error_description="the DPoP proof is not valid: {reason}""#);
        assert_eq!(answer.status, 401, "{name} = {value}");
        assert!(answer.challenges()[0].starts_with(&expected), "{name} = {value}: {:?}", answer.challenges());
        assert_eq!(answer.challenges().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_proof_is_refused() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = bound_token(&issuer);
    let authorization = format!("DPoP {token}");
    let good = good_proof(key(1), &token, "a");
    let (header, claims) = proof_parts(key(1), &token, "b");
    let by_another = proof(key(2), &header, &claims);
    let huge = format!("{good}{}", "A".repeat(8 * 1024));
    for (proofs, reason) in [
        (vec![], "there is no 'DPoP' header"),
        (vec![good.as_str(), good.as_str()], "there is more than one 'DPoP' header"),
        (vec![""], "the"),
        (vec!["a.b.c"], "the"),
        (vec![&by_another], "the"),
        (vec![&huge], "it is too long"),
    ] {
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
        let answer = api.send("GET", "/notes", &headers).await;
        let expected =
            format!(r#"DPoP error="invalid_dpop_proof", error_description="the DPoP proof is not valid: {reason}"#);
        assert_eq!(answer.status, 401, "{proofs:?}");
        assert!(answer.challenges()[0].starts_with(&expected), "{:?}", answer.challenges());
    }
    assert_eq!(api.get_bound("/notes", &token, &good).await.status, 200, "none of these used it up");
}

#[tokio::test]
async fn token_and_proof_belong_together() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let (token, unbound) = (bound_token(&issuer), issuer.token(&json!({})));
    let others = api.get_bound("/notes", &token, &good_proof(key(2), &token, "a")).await;
    let reason = "the access token is not valid: it is not bound to the key of the proof";
    assert!(
        others.challenges()[0].starts_with(&format!(r#"DPoP error="invalid_token", error_description="{reason}""#))
    );
    let free = api.get_bound("/notes", &unbound, &good_proof(key(1), &unbound, "b")).await;
    assert_eq!((others.status, free.status), (401, 401));
    assert_eq!(others.challenges(), free.challenges());
    // A bearer token with a proof beside it is a bearer token.
    let bearer = format!("Bearer {unbound}");
    let headers = [("authorization", bearer.as_str()), ("dpop", "whatever")];
    assert_eq!(api.send("GET", "/notes", &headers).await.status, 200);
}

#[tokio::test]
async fn an_address_has_many_spellings() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = bound_token(&issuer);
    for (index, htu) in [
        "https://api.example/notes",
        "HTTPS://API.example:443/notes",
        "https://api.example/notes?page=2#top",
        "https://api.example/a/../notes",
    ]
    .into_iter()
    .enumerate()
    {
        let (header, mut claims) = proof_parts(key(1), &token, &format!("jti-{index}"));
        claims["htu"] = htu.into();
        let answer = api.get_bound("/notes?page=2", &token, &proof(key(1), &header, &claims)).await;
        assert_eq!(answer.status, 200, "{htu}");
    }
}

#[tokio::test]
async fn of_sixty_four_uses_of_a_proof_one_counts() {
    let issuer = Issuer::start();
    let server = server(&issuer);
    let api = std::sync::Arc::new(Api::start(&server).await);
    let token = bound_token(&issuer);
    let proof = good_proof(key(1), &token, "once");
    let requests: Vec<_> = (0..64)
        .map(|_| {
            let (api, token, proof) = (api.clone(), token.clone(), proof.clone());
            tokio::spawn(async move { api.get_bound("/notes", &token, &proof).await })
        })
        .collect();
    let mut let_in = 0;
    for request in requests {
        let answer = request.await.unwrap();
        let is_in = answer.status == 200;
        let says_why = answer.challenges().first().is_some_and(|line| line.contains("it was used before"));
        assert!(is_in != says_why, "{answer:?}");
        let_in += usize::from(is_in);
    }
    assert_eq!(let_in, 1);
    issuer.advance(60);
    assert_eq!(api.get_bound("/notes", &token, &proof).await.status, 401, "remembered as long as it counts");
    // The same identifier under another key is another proof.
    let other = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(2)) } }));
    assert_eq!(api.get_bound("/notes", &other, &good_proof(key(2), &other, "once")).await.status, 200);
}

#[tokio::test]
async fn proofs_that_cannot_be_remembered_do_not_count() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).dpop_entries(40).build().unwrap();
    let api = Api::start(&server).await;
    let token = bound_token(&issuer);
    for number in 0..100 {
        let answer = api.get_bound("/notes", &token, &good_proof(key(1), &token, &format!("{number}"))).await;
        let expected = if number < 10 { (200, None) } else { (503, Some("30")) };
        assert_eq!((answer.status, answer.header("retry-after")), expected, "{number}");
    }
    let others = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(2)) } }));
    let answer = api.get_bound("/notes", &others, &good_proof(key(2), &others, "a")).await;
    assert_eq!(answer.status, 200, "a key that floods keeps no other out");
}

#[tokio::test]
async fn an_api_may_ask_for_nothing_but_bound_tokens() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).require_dpop().build().unwrap();
    let api = Api::start(&server).await;
    let metadata = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes""#;
    let end = format!(r#"{metadata}, algs="ES256 EdDSA Ed25519 PS256 RS256""#);
    assert_eq!(api.send("GET", "/any", &[]).await.challenges(), [format!("DPoP {end}")]);
    let answer = api.get("/any", &issuer.token(&json!({}))).await;
    let reason = "the access token is not valid: it is bound to no key";
    let expected = format!(r#"DPoP error="invalid_token", error_description="{reason}", {end}"#);
    assert_eq!((answer.status, answer.challenges()), (401, vec![expected.as_str()]));
    let token = bound_token(&issuer);
    assert_eq!(api.get("/any", &token).await.status, 401);
    let (header, mut claims) = proof_parts(key(1), &token, "a");
    claims["htu"] = "https://api.example/any".into();
    assert_eq!(api.get_bound("/any", &token, &proof(key(1), &header, &claims)).await.status, 200);
}

#[tokio::test]
async fn an_api_may_leave_dpop_out() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).without_dpop().build().unwrap();
    assert!(server.metadata().dpop_signing_alg_values_supported.is_empty());
    let api = Api::start(&server).await;
    assert_eq!(api.send("GET", "/notes", &[]).await.challenges().len(), 1);
    assert_eq!(api.get("/notes", &issuer.token(&json!({}))).await.status, 200);
    let token = bound_token(&issuer);
    for answer in
        [api.get("/notes", &token).await, api.get_bound("/notes", &token, &good_proof(key(1), &token, "a")).await]
    {
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    assert!(ResourceServer::builder(issuer.unregistered(), RESOURCE).without_dpop().require_dpop().build().is_err());
}
