//! What makes a proof one (RFC 9449 §4.2, §4.3).

use serde_json::{Value, json};
use symbolon_jose::digest::base64url;
use symbolon_jose::{Algorithm, SigningKey};

use super::{DPOP, Prover};
use crate::fixtures::{Registered, confidential, with};
use crate::support::{Answer, Call, TestServer};

fn call(client: &Registered) -> Call {
    client.token_request(&[("grant_type", "client_credentials"), ("scope", "photos.read")])
}

#[track_caller]
fn is_refused(answer: &Answer, name: &str) {
    let got = (answer.status, answer.error());
    assert_eq!(got, (400, Some("invalid_dpop_proof".to_owned())), "{name}: {}", answer.text());
}

#[tokio::test]
async fn every_advertised_algorithm_is_taken_and_no_other() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert_eq!(document["dpop_signing_alg_values_supported"], json!(["ES256", "EdDSA", "PS256"]));
    for algorithm in Algorithm::all() {
        let prover = Prover::of(&server, *algorithm);
        let answer = server.public(prover.prove(call(&client))).await;
        if document["dpop_signing_alg_values_supported"].as_array().unwrap().contains(&json!(algorithm.as_str())) {
            assert_eq!(answer.expect(200).json()["token_type"], "DPoP", "{algorithm:?}");
        } else {
            is_refused(&answer, algorithm.as_str());
        }
    }
}

/// RFC 9864 §2.2: a name for the algorithm with its curve, which newer libraries write.
#[tokio::test]
async fn ed25519_is_another_name_of_eddsa() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (algorithm, taken) in [(Algorithm::EdDSA, true), (Algorithm::ES256, false)] {
        let prover = Prover::of(&server, algorithm);
        let header = with(prover.header(), &json!({ "alg": "Ed25519" }));
        let proof = prover.holder.sign_parts(&header, &prover.claims("/oauth2/token"));
        let answer = server.public(call(&client).header(DPOP, &proof)).await;
        if taken {
            assert_eq!(answer.expect(200).json()["token_type"], "DPoP");
        } else {
            is_refused(&answer, "the name with a key of another kind");
        }
    }
}

#[tokio::test]
async fn a_claim_that_is_wrong_or_missing_makes_it_none() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let url = server.public_url().to_owned();
    let cases: Vec<(&str, Value)> = vec![
        ("no htm", json!({ "htm": null })),
        ("other method", json!({ "htm": "GET" })),
        ("method in small letters", json!({ "htm": "post" })),
        ("htm of another kind", json!({ "htm": ["POST"] })),
        ("no htu", json!({ "htu": null })),
        ("htu of another kind", json!({ "htu": 1 })),
        ("no address", json!({ "htu": "/oauth2/token" })),
        ("empty htu", json!({ "htu": "" })),
        ("other endpoint", json!({ "htu": format!("{url}/userinfo") })),
        ("longer path", json!({ "htu": format!("{url}/oauth2/token/") })),
        ("path in capitals", json!({ "htu": format!("{url}/OAUTH2/token") })),
        ("other host", json!({ "htu": "http://evil.example/oauth2/token" })),
        ("other scheme", json!({ "htu": url.replace("http:", "https:") + "/oauth2/token" })),
        ("other port", json!({ "htu": "http://127.0.0.1:1/oauth2/token" })),
        ("host that ends alike", json!({ "htu": "http://127.0.0.1.evil.example:4444/oauth2/token" })),
        ("somebody at our host", json!({ "htu": url.replace("http://", "http://user@") + "/oauth2/token" })),
        ("no jti", json!({ "jti": null })),
        ("empty jti", json!({ "jti": "" })),
        ("jti of another kind", json!({ "jti": 7 })),
        ("huge jti", json!({ "jti": "x".repeat(257) })),
        ("no iat", json!({ "iat": null })),
        ("iat of another kind", json!({ "iat": "now" })),
    ];
    for (name, changes) in cases {
        let proof = prover.token_proof(&changes);
        is_refused(&server.public(call(&client).header(DPOP, &proof)).await, name);
    }
}

#[tokio::test]
async fn addresses_that_mean_the_same_are_the_same() {
    let server = TestServer::with(|config| {
        config.urls.issuer = "https://id.example/".to_owned();
        config.urls.public = Some("https://login.example".to_owned());
    })
    .await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    for htu in [
        "https://id.example/oauth2/token",
        "https://login.example/oauth2/token",
        "https://LOGIN.example:443/oauth2/token",
        "HTTPS://login.example/oauth2/./token",
        "https://login.example/oauth2/token?a=b#c",
    ] {
        let proof = prover.token_proof(&json!({ "htu": htu }));
        let answer = server.public(call(&client).header(DPOP, &proof)).await;
        assert_eq!(answer.status, 200, "{htu}: {}", answer.text());
    }
    // What a request says of itself is not asked.
    let host = call(&client).header(http::header::HOST, "evil.example");
    let proof = prover.token_proof(&json!({ "htu": "https://evil.example/oauth2/token" }));
    is_refused(&server.public(host.header(DPOP, &proof)).await, "the address of a forged host");
}

#[tokio::test]
async fn a_header_that_is_wrong_makes_it_none() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let other = Prover::new(&server);
    let private = serde_json::to_value(SigningKey::generate(Algorithm::ES256, String::new()).unwrap().to_private_jwk());
    let mac = json!({ "kty": "oct", "k": base64url(&[7; 32]) });
    for (name, changes) in [
        ("no typ", json!({ "typ": null })),
        ("a JWT of another kind", json!({ "typ": "JWT" })),
        ("an access token", json!({ "typ": "at+jwt" })),
        ("no key", json!({ "jwk": null })),
        ("another key", json!({ "jwk": other.holder.jwk })),
        ("a private key", json!({ "jwk": private.unwrap() })),
        ("a symmetric key", json!({ "alg": "HS256", "jwk": mac })),
        ("a key of another kind", json!({ "jwk": "key" })),
        ("an empty key", json!({ "jwk": {} })),
        ("no algorithm", json!({ "alg": null })),
        ("unsigned", json!({ "alg": "none" })),
        ("another algorithm", json!({ "alg": "PS256" })),
        ("a critical extension", json!({ "crit": ["x"], "x": 1 })),
    ] {
        let proof = prover.holder.sign_parts(&with(prover.header(), &changes), &prover.claims("/oauth2/token"));
        is_refused(&server.public(call(&client).header(DPOP, &proof)).await, name);
    }
}

#[tokio::test]
async fn what_is_no_proof_is_not_passed_over() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let good = prover.token_proof(&json!({}));
    for (name, value) in [
        ("empty", String::new()),
        ("a word", "proof".to_owned()),
        ("two parts", "a.b".to_owned()),
        ("dots", "..".to_owned()),
        ("altered", format!("{}{}", &good[..good.len() - 1], if good.ends_with('A') { 'Q' } else { 'A' })),
        ("cut", good[..good.len() - 4].to_owned()),
        ("two in one line", format!("{good}, {good}")),
        ("huge", prover.token_proof(&json!({ "long": "x".repeat(8 * 1024) }))),
    ] {
        is_refused(&server.public(call(&client).header(DPOP, &value)).await, name);
    }
    let mut twice = call(&client);
    for proof in [prover.token_proof(&json!({})), prover.token_proof(&json!({}))] {
        twice.headers.append(DPOP, proof.parse().unwrap());
    }
    is_refused(&server.public(twice).await, "two headers");
    server.public(call(&client).header(DPOP, &good)).await.expect(200);
}

/// Nothing of a proof is looked at before the client is known, and a refused one is not used up.
#[tokio::test]
async fn a_client_that_is_not_known_hears_of_that_first() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let wrong = Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]).basic(&client.id, "wrong");
    let proof = prover.token_proof(&json!({}));
    let answer = server.public(wrong.header(DPOP, &proof)).await.expect(401);
    assert_eq!(answer.error().as_deref(), Some("invalid_client"));
    server.public(call(&client).header(DPOP, &proof)).await.expect(200);
}
