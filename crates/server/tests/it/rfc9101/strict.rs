//! Where only the object counts (RFC 9101 §6.3, §10.5): for clients and servers that demand a signed object, and for
//! objects that were pushed.

use serde_json::{Value, json};

use super::{INSIDE, Signing, alone, unsigned};
use crate::fixtures::{authorize, outcome, register, request, set, unset};
use crate::support::{Answer, Call, STATE, TestServer, pair};

const SIGNS_ALL: &str = "require_signed_request_object";

/// A client that signs all its requests.
async fn strict() -> Signing {
    Signing::with(json!({ SIGNS_ALL: true })).await
}

/// Pushes an object, with parameters around it.
async fn push(signing: &Signing, object: &str, around: &[(&str, &str)]) -> Answer {
    let mut form = around.to_vec();
    form.push(("request", object));
    signing.server.public(signing.client.form("/oauth2/par", &form)).await
}

#[tokio::test]
async fn a_client_that_signs_all_its_requests_sends_no_other() {
    let signing = strict().await;
    let plain = request(&signing.client.id);
    assert_eq!(outcome(&authorize(&signing.server, &plain).await), "client invalid_request");
    let none = signing.request(&unsigned(&signing.claims(&json!({}))));
    assert_eq!(outcome(&authorize(&signing.server, &none).await), "client invalid_request_object");
    let pushed = signing.server.public(signing.client.form("/oauth2/par", &crate::fixtures::borrowed(&plain))).await;
    assert_eq!(pushed.expect(400).error().as_deref(), Some("invalid_request"));
    let pushed = push(&signing, &unsigned(&signing.claims(&json!({}))), &[]).await;
    assert_eq!(pushed.expect(400).error().as_deref(), Some("invalid_request_object"));
    let signed = signing.object(&json!({}));
    assert_eq!(outcome(&authorize(&signing.server, &alone(&signing.client.id, &signed)).await), "login");
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&signed)).await), "login");
    push(&signing, &signed, &[]).await.expect(201);
}

#[tokio::test]
async fn nothing_outside_counts() {
    let signing = strict().await;
    for (left_out, expected) in [
        (json!({ "scope": null }), "login"),
        (json!({ "redirect_uri": null }), "page invalid_request"),
        (json!({ "response_type": null }), "client unsupported_response_type"),
        (json!({ "state": null }), "client invalid_state"),
        (json!({ "code_challenge": null }), "client invalid_request"),
    ] {
        let object = signing.object(&left_out);
        // OpenID Connect Core §6.1 would have completed it from outside.
        let answer = authorize(&signing.server, &signing.request(&object)).await;
        assert_eq!(outcome(&answer), expected, "{left_out}");
    }
    let around = set(&signing.request(&signing.object(&json!({}))), "response_type", "token");
    assert_eq!(
        outcome(&authorize(&signing.server, &around).await),
        "login",
        "what stands outside is not compared either"
    );
    let foreign = set(&signing.request(&signing.object(&json!({}))), "client_id", "another");
    assert_eq!(outcome(&authorize(&signing.server, &foreign).await), "page invalid_client");
}

#[tokio::test]
async fn the_object_names_whom_it_is_for() {
    let signing = strict().await;
    let issuer = signing.server.public_url().to_owned();
    for (aud, expected) in [
        (Value::Null, "invalid_request_object"),
        (json!([]), "invalid_request_object"),
        (json!("https://other.example"), "invalid_request_object"),
        (json!(format!("{issuer}/")), "invalid_request_object"),
        (json!(format!("{issuer}/oauth2/par")), "invalid_request_object"),
        (json!({ "iss": issuer }), "invalid_request_object"),
        (json!(issuer), ""),
        (json!([issuer]), ""),
        (json!([issuer, "https://other.example"]), ""),
    ] {
        let object = signing.object(&json!({ "aud": aud }));
        let sent = authorize(&signing.server, &signing.request(&object)).await;
        assert_eq!(sent.error().unwrap_or_default(), expected, "{aud}");
        let pushed = push(&signing, &object, &[]).await;
        assert_eq!(pushed.error().unwrap_or_default(), expected, "{aud}");
    }
}

#[tokio::test]
async fn a_pushed_object_is_held_to_rfc_9101() {
    let signing = Signing::new().await;
    for (changes, error) in [
        (json!({ "aud": null }), "invalid_request_object"),
        (json!({ "exp": signing.server.clock.now() }), "invalid_request_object"),
        (json!({ "nbf": signing.server.clock.now() + 61 }), "invalid_request_object"),
        (json!({ "iss": "another" }), "invalid_request_object"),
        (json!({ "client_id": "another" }), "invalid_request_object"),
        (json!({ "sub": signing.client.id }), "invalid_request_object"),
        (json!({ "request": "x" }), "invalid_request_object"),
        (json!({ "request_uri": "urn:ietf:params:oauth:request_uri:x" }), "invalid_request_object"),
        (json!({ "scope": ["openid", 7] }), "invalid_request_object"),
        (json!({ "scope": "admin" }), "invalid_scope"),
        (json!({ "redirect_uri": "https://evil.example/" }), "invalid_request"),
        (json!({ "redirect_uri": null }), "invalid_request"),
    ] {
        let answer = push(&signing, &signing.object(&changes), &[]).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some(error), "{changes}");
    }
    let mut forged = signing.object(&json!({}));
    forged.truncate(forged.len() - 4);
    let stranger = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "k1").0;
    let another = stranger.sign(None, &signing.claims(&json!({}))).unwrap();
    // Who registered no algorithm hears here too that it is the object's fault.
    let none = unsigned(&signing.claims(&json!({})));
    let kind = signing.key.sign(Some("dpop+jwt"), &signing.claims(&json!({}))).unwrap();
    for object in [forged, another, none, kind, "x".to_owned(), "a.b.c.d.e".to_owned()] {
        let answer = push(&signing, &object, &[]).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request_object"), "{object}");
    }
    let both = push(&signing, &signing.object(&json!({})), &[("request_uri", "https://app.example/x")]).await;
    assert_eq!(both.expect(400).error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn parameters_beside_a_pushed_object_do_not_count() {
    let signing = Signing::new().await;
    let around = [
        ("response_type", "token"),
        ("scope", "openid offline"),
        ("state", STATE),
        ("redirect_uri", "https://evil.example/"),
        ("login_hint", "mallory"),
        ("response_mode", "fragment"),
    ];
    let pushed = push(&signing, &signing.object(&json!({ "prompt": "none" })), &around).await.expect(201).json();
    let uri = pushed["request_uri"].as_str().unwrap();
    let visit = Call::get("/oauth2/auth").query(&[("client_id", &signing.client.id), ("request_uri", uri)]);
    let answer = signing.server.public(visit.navigating()).await;
    assert_eq!(outcome(&answer), "client login_required");
    assert_eq!(pair(&answer.location_query(), "state"), Some(INSIDE));
}

#[tokio::test]
async fn an_unsigned_object_may_be_pushed_by_a_client_that_registered_none() {
    let signing = Signing::with(json!({ "request_object_signing_alg": "none" })).await;
    push(&signing, &unsigned(&signing.claims(&json!({}))), &[]).await.expect(201);
    let answer = push(&signing, &unsigned(&signing.claims(&json!({ "aud": null }))), &[]).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_request_object"));
}

#[tokio::test]
async fn a_server_may_want_no_others() {
    let server = TestServer::with(|config| config.symbolon.request_objects.required = true).await;
    let (key, jwk) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "k1");
    let client = register(&server, "signing", &json!({ "jwks": { "keys": [jwk] } })).await;
    let signing = Signing { server, client, key };
    let document = signing.server.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert_eq!(document[SIGNS_ALL], true);
    assert_eq!(outcome(&authorize(&signing.server, &request(&signing.client.id)).await), "client invalid_request");
    let object = signing.object(&json!({}));
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&object)).await), "login");
    let incomplete = signing.object(&json!({ "state": null }));
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&incomplete)).await), "client invalid_state");
    // A device's request is none that a browser brings (RFC 8628 §3.1), and has no object.
    let device = json!({ "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"] });
    let device = register(&signing.server, "device", &device).await;
    let call = device.form("/oauth2/device/auth", &[("client_id", "device"), ("scope", "photos.read")]);
    signing.server.public(call).await.expect(200);
    let others = TestServer::new().await;
    let document = others.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert_eq!(document.get(SIGNS_ALL), None);
}

#[tokio::test]
async fn who_signs_everything_cannot_register_unsigned_objects() {
    let server = TestServer::new().await;
    let body = json!({
        "redirect_uris": ["https://app.example/cb"], SIGNS_ALL: true, "request_object_signing_alg": "none",
    });
    let answer = server.public(Call::post("/oauth2/register").json(&body)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"));
    let body = json!({ "redirect_uris": ["https://app.example/cb"], SIGNS_ALL: true });
    let created = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
    assert_eq!(created[SIGNS_ALL], true);
}

#[tokio::test]
async fn the_error_goes_where_the_outside_says_as_long_as_nothing_is_verified() {
    let signing = strict().await;
    let object = signing.object(&json!({ "aud": null, "response_mode": "fragment" }));
    let answer = authorize(&signing.server, &signing.request(&object)).await;
    assert_eq!(
        (outcome(&answer).as_str(), pair(&answer.location_query(), "state")),
        ("client invalid_request_object", Some(STATE))
    );
    let outside = unset(&signing.request(&object), "redirect_uri");
    assert_eq!(outcome(&authorize(&signing.server, &outside).await), "page invalid_request_object");
}
