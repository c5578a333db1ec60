//! Who signed an object, for whom and when (RFC 9101 §6.2, §10.8; OpenID Connect Core §6.3).

use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, hmac_sha256};
use symbolon_jose::{Algorithm, SigningKey};

use super::{INSIDE, Signing, alone, encoded, unsigned};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{authorize, outcome, register, request, set, signing_key};
use crate::support::{STATE, TestServer, pair};

#[tokio::test]
async fn an_object_that_the_clients_key_did_not_sign_is_refused() {
    let signing = Signing::new().await;
    let (stranger, stranger_jwk) = signing_key(Algorithm::ES256, "k1");
    let (unknown, _) = signing_key(Algorithm::ES256, "k2");
    let claims = signing.claims(&json!({}));
    let good = signing.object(&json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let confused = encoded(&json!({ "alg": "HS256", "kid": "k1" }), &claims, "");
    let confused = confused.trim_end_matches('.');
    let tag = hmac_sha256(stranger_jwk.to_string().as_bytes(), confused.as_bytes());
    let forged = [
        ("by a stranger under the client's kid", stranger.sign(None, &claims).unwrap()),
        ("by an unknown kid", unknown.sign(None, &claims).unwrap()),
        ("symmetric", format!("{confused}.{}", base64url(&tag))),
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("with its own key inside", encoded(&json!({ "alg": "ES256", "jwk": stranger_jwk }), &claims, parts[2])),
        ("critical", encoded(&json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"], "exp": 1 }), &claims, parts[2])),
        (
            "with other claims",
            encoded(&json!({ "alg": "ES256", "kid": "k1" }), &json!({ "scope": "openid" }), parts[2]),
        ),
        ("cut", good[..good.len() - 2].to_owned()),
        ("longer", format!("{good}AA")),
        ("garbage", "a.b.c".to_owned()),
        ("one word", "object".to_owned()),
        ("encrypted", "a.b.c.d.e".to_owned()),
        ("another kind of token", signing.key.sign(Some("at+jwt"), &claims).unwrap()),
        ("a DPoP proof", signing.key.sign(Some("dpop+jwt"), &claims).unwrap()),
    ];
    for (how, object) in forged {
        let answer = authorize(&signing.server, &signing.request(&object)).await;
        assert_eq!(outcome(&answer), "client invalid_request_object", "{how}");
        assert_eq!(pair(&answer.location_query(), "state"), Some(STATE), "{how}: what is not verified is not read");
    }
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&good)).await), "login");
    for typ in ["JWT", "jwt", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt"] {
        let typed = signing.key.sign(Some(typ), &claims).unwrap();
        assert_eq!(outcome(&authorize(&signing.server, &signing.request(&typed)).await), "login", "{typ}");
    }
}

#[tokio::test]
async fn what_it_says_about_itself_is_checked() {
    let signing = Signing::new().await;
    let now = signing.server.clock.now();
    let issuer = signing.server.public_url().to_owned();
    let client = signing.client.id.clone();
    for (changes, expected) in [
        (json!({ "iss": null, "aud": null, "exp": null, "nbf": null }), "login"),
        (json!({ "aud": [issuer, "https://other.example"] }), "login"),
        (json!({ "exp": now + 1, "nbf": now + 60, "iat": now + 60 }), "login"),
        (json!({ "sub": "alice" }), "login"),
        (json!({ "iss": "another" }), "client invalid_request_object"),
        (json!({ "iss": [client] }), "client invalid_request_object"),
        (json!({ "sub": client }), "client invalid_request_object"),
        (json!({ "aud": "https://other.example" }), "client invalid_request_object"),
        (json!({ "aud": format!("{issuer}/oauth2/token") }), "client invalid_request_object"),
        (json!({ "aud": [] }), "client invalid_request_object"),
        (json!({ "aud": 7 }), "client invalid_request_object"),
        (json!({ "exp": now }), "client invalid_request_object"),
        (json!({ "exp": now - 1 }), "client invalid_request_object"),
        (json!({ "exp": "tomorrow" }), "client invalid_request_object"),
        (json!({ "nbf": now + 61 }), "client invalid_request_object"),
        (json!({ "nbf": true }), "client invalid_request_object"),
        (json!({ "iat": now + 61 }), "client invalid_request_object"),
        (json!({ "client_id": 7 }), "client invalid_request_object"),
        (json!({ "request": "x" }), "client invalid_request_object"),
        (json!({ "request_uri": "https://app.example/x" }), "client invalid_request_object"),
        (json!({ "scope": ["openid", 7] }), "client invalid_request_object"),
        (json!({ "audience": ["https://api.example", "a b"] }), "client invalid_request_object"),
        (json!({ "state": "a\u{0}b-and-more" }), "client invalid_request_object"),
        (json!({ "state": "\u{e9}".repeat(5_600) }), "client invalid_request_object"),
    ] {
        let answer = authorize(&signing.server, &signing.request(&signing.object(&changes))).await;
        assert_eq!(outcome(&answer), expected, "{changes}");
    }
    let mut claims = signing.claims(&json!({}));
    claims["nonce"] = Value::Null;
    let null = signing.key.sign(None, &claims).unwrap();
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&null)).await), "client invalid_request_object");
}

#[tokio::test]
async fn the_algorithm_is_the_registered_one() {
    let server = TestServer::new().await;
    let (ec, ec_jwk) = signing_key(Algorithm::ES256, "ec");
    let (ed, edwards_jwk) = signing_key(Algorithm::EdDSA, "ed");
    let claims = |id: &str| json!({ "client_id": id, "state": INSIDE });
    let good = "login";
    let refused = "client invalid_request_object";
    let unknown = "client request_not_supported";
    for (registered, by_ec, by_ed, by_none) in [
        ("", good, good, unknown),
        ("ES256", good, refused, refused),
        ("EdDSA", refused, good, refused),
        ("none", refused, refused, good),
    ] {
        let id = format!("registered-{registered}");
        let jwks = json!({ "jwks": { "keys": [ec_jwk, edwards_jwk] }, "request_object_signing_alg": registered });
        register(&server, &id, &jwks).await;
        let by = |key: &SigningKey| key.sign(None, &claims(&id)).unwrap();
        for (object, expected) in [(by(&ec), by_ec), (by(&ed), by_ed), (unsigned(&claims(&id)), by_none)] {
            let answer = authorize(&server, &set(&request(&id), "request", &object)).await;
            assert_eq!(outcome(&answer), expected, "registered {registered:?}: {object}");
        }
    }
}

#[tokio::test]
async fn an_unsigned_one_has_the_form_of_one() {
    let signing = Signing::with(json!({ "request_object_signing_alg": "none" })).await;
    let claims = signing.claims(&json!({}));
    let plain = unsigned(&claims);
    assert_eq!(outcome(&authorize(&signing.server, &alone(&signing.client.id, &plain)).await), "login");
    for damaged in [
        encoded(&json!({ "alg": "none" }), &claims, "c2lnbmF0dXJl"),
        encoded(&json!({ "alg": "None" }), &claims, ""),
        encoded(&json!({ "alg": ["none"] }), &claims, ""),
        encoded(&json!({}), &claims, ""),
        encoded(&json!("none"), &claims, ""),
        encoded(&json!({ "alg": "none" }), &json!(["state"]), ""),
        plain.trim_end_matches('.').to_owned(),
        format!("{plain}."),
        plain[1..].to_owned(),
        "..".to_owned(),
    ] {
        let answer = authorize(&signing.server, &signing.request(&damaged)).await;
        assert_eq!(outcome(&answer), "client invalid_request_object", "{damaged}");
    }
}

#[tokio::test]
async fn a_switch_takes_unsigned_ones_as_hydra_does() {
    let server = TestServer::with(|config| config.symbolon.compatibility.unsigned_request_objects = true).await;
    for (alg, expected) in [("", "login"), ("ES256", "client invalid_request_object")] {
        let id = format!("client-{alg}");
        register(&server, &id, &json!({ "request_object_signing_alg": alg })).await;
        let object = unsigned(&json!({ "state": INSIDE }));
        assert_eq!(outcome(&authorize(&server, &set(&request(&id), "request", &object)).await), expected);
    }
}

#[tokio::test]
async fn a_new_key_at_the_clients_address_counts_at_once() {
    let (old, old_jwk) = signing_key(Algorithm::ES256, "old");
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [old_jwk] }))).await;
    let signing = Signing::with(json!({ "jwks": null, "jwks_uri": format!("{}/jwks", keys.url) })).await;
    let ask = async |key: &SigningKey| {
        let object = key.sign(None, &signing.claims(&json!({ "exp": null, "nbf": null }))).unwrap();
        outcome(&authorize(&signing.server, &signing.request(&object)).await)
    };
    assert_eq!(ask(&old).await, "login");
    keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    signing.server.clock.advance(5);
    assert_eq!((ask(&new).await.as_str(), ask(&old).await.as_str()), ("login", "client invalid_request_object"));
}
