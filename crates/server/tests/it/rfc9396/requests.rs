//! What is asked for must be of a type that is known, registered for the client and as its schema says (RFC 9396 §5).

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{BANK, accounts, changed, changes, client, payment, server};
use crate::fixtures::{
    authorize, borrowed, confidential, outcome, parameter, register, request, set, signing_key, with,
};
use crate::rfc8628::GRANT_TYPE as DEVICE_CODE;
use crate::support::{Call, TestServer};

/// Each with a part of what is said of it.
fn wrong() -> Vec<(&'static str, String, &'static str)> {
    let one = |element: Value| json!([element]).to_string();
    let many = json!(vec![payment("1"); 17]).to_string();
    let deep = (0..9).fold(json!("x"), |inner, _| json!([inner]));
    vec![
        ("empty", String::new(), "not JSON"),
        ("no JSON", "payment".to_owned(), "not JSON"),
        ("no list", payment("1").to_string(), "not a JSON array"),
        ("an empty list", "[]".to_owned(), "from 1 to 16"),
        ("too many", many, "from 1 to 16"),
        ("no object", "[\"payment\"]".to_owned(), "no object"),
        ("no type", one(changed(payment("1"), &json!({ "type": null }))), "no text 'type'"),
        ("a type that is no text", one(changed(payment("1"), &json!({ "type": ["payment"] }))), "no text 'type'"),
        ("an unknown type", one(changed(payment("1"), &json!({ "type": "Payment" }))), "not known here"),
        (
            "an unknown member",
            one(changed(payment("1"), &json!({ "locations": ["https://x.example"] }))),
            "'locations' is no member",
        ),
        ("a member that is missing", one(changed(payment("1"), &json!({ "to": null }))), "'to' is missing"),
        (
            "a member that is null",
            json!([{ "type": "payment", "to": null, "amount": { "value": "1", "currency": "EUR" } }]).to_string(),
            "'to' must be a text",
        ),
        ("another kind", one(changed(payment("1"), &json!({ "to": 7 }))), "'to' must be a text"),
        (
            "another currency",
            one(changed(payment("1"), &json!({ "amount": { "value": "1", "currency": "USD" } }))),
            "'amount.currency'",
        ),
        ("too deep", one(changed(payment("1"), &json!({ "to": deep }))), "inside of more than 8"),
        ("one of two", json!([payment("1"), { "type": "x" }]).to_string(), "not known here"),
        ("without its resource", one(accounts()), "resource=https://bank.example/"),
    ]
}

#[tokio::test]
async fn every_endpoint_refuses_what_is_wrong() {
    let server = server().await;
    let client = client(&server).await;
    let device = register(&server, "device", &with(changes(), &json!({ "grant_types": [DEVICE_CODE] }))).await;
    for (name, details, told) in wrong() {
        let pairs = set(&request(&client.id), "authorization_details", &details);
        let answer = authorize(&server, &pairs).await;
        assert_eq!(outcome(&answer), "client invalid_authorization_details", "{name}");
        let said = parameter(answer.location(), "error_description");
        assert!(said.contains(told), "{name}: {said}");
        let pushed: Vec<(&str, &str)> = borrowed(&pairs).into_iter().filter(|(name, _)| *name != "client_id").collect();
        for call in [
            client.form("/oauth2/par", &pushed),
            device.form("/oauth2/device/auth", &[("scope", "openid"), ("authorization_details", &details)]),
            client.token_request(&[("grant_type", "client_credentials"), ("authorization_details", &details)]),
        ] {
            let target = call.target.clone();
            let answer = server.public(call).await.expect(400).json();
            assert_eq!(answer["error"], "invalid_authorization_details", "{target} {name}");
        }
    }
    let long = json!([changed(payment("1"), &json!({ "to": "x".repeat(17_000) }))]).to_string();
    let long = client.token_request(&[("grant_type", "client_credentials"), ("authorization_details", &long)]);
    let refused = server.public(long).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_authorization_details");
    assert!(refused.member("error_description").contains("16384 bytes"), "{}", refused.text());
    let twice = client.token_request(&[
        ("grant_type", "client_credentials"),
        ("authorization_details", "[]"),
        ("authorization_details", "[]"),
    ]);
    assert_eq!(server.public(twice).await.expect(400).member("error"), "invalid_request");
}

/// They may be a restriction, so a server without types does not pass over them.
#[tokio::test]
async fn without_any_type_they_are_refused_and_not_ignored() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let device = register(&server, "device", &json!({ "grant_types": [DEVICE_CODE] })).await;
    let tokens = client.flow(&server).tokens().await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    for details in [json!([payment("1")]).to_string(), String::new(), "x".to_owned()] {
        let pairs = set(&request(&client.id), "authorization_details", &details);
        assert_eq!(outcome(&authorize(&server, &pairs).await), "client invalid_authorization_details");
        let pushed: Vec<(&str, &str)> = borrowed(&pairs).into_iter().filter(|(name, _)| *name != "client_id").collect();
        let details = ("authorization_details", details.as_str());
        for call in [
            client.form("/oauth2/par", &pushed),
            device.form("/oauth2/device/auth", &[details]),
            client.token_request(&[("grant_type", "client_credentials"), details]),
            client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token), details]),
        ] {
            let target = call.target.clone();
            let answer = server.public(call).await.expect(400).json();
            assert_eq!(answer["error"], "invalid_authorization_details", "{target}");
        }
    }
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert!(document.get("authorization_details_types_supported").is_none());
}

#[tokio::test]
async fn types_are_advertised() {
    let server = server().await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let document = server.public(Call::get(path)).await.expect(200).json();
        assert_eq!(document["authorization_details_types_supported"], json!(["accounts", "payment"]));
    }
}

#[tokio::test]
async fn a_client_uses_the_types_that_it_registered() {
    let server = server().await;
    for (id, types, expected) in [
        ("none", json!(null), "client invalid_authorization_details"),
        ("other", json!(["accounts"]), "client invalid_authorization_details"),
        ("own", json!(["payment"]), "login"),
    ] {
        let client = register(&server, id, &json!({ "authorization_details_types": types })).await;
        let pairs = set(&request(&client.id), "authorization_details", &json!([payment("1")]).to_string());
        assert_eq!(outcome(&authorize(&server, &pairs).await), expected, "{id}");
    }
    let unknown =
        with(crate::fixtures::metadata("unknown"), &json!({ "authorization_details_types": ["payment", "x"] }));
    let refused = server.admin(Call::post("/admin/clients").json(&unknown)).await.expect(400);
    assert!(refused.member("error_description").contains("authorization_details_types"), "{}", refused.text());
}

#[tokio::test]
async fn request_objects_have_them_as_json() {
    let server = server().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let client = register(&server, "signing", &with(changes(), &json!({ "jwks": { "keys": [jwk] } }))).await;
    for (details, expected) in [
        (json!([payment("1")]), "login"),
        (json!(json!([payment("1")]).to_string()), "login"),
        (json!([]), "client invalid_authorization_details"),
        (json!(""), "client invalid_authorization_details"),
        (json!([{ "type": "x" }]), "client invalid_authorization_details"),
        (json!(null), "client invalid_request_object"),
    ] {
        let mut claims = serde_json::Map::from_iter([("aud".to_owned(), json!(server.public_url()))]);
        claims.extend(request(&client.id).into_iter().map(|(name, value)| (name, json!(value))));
        claims.insert("authorization_details".to_owned(), details.clone());
        let object = key.sign(Some("oauth-authz-req+jwt"), &claims).unwrap();
        let answer = authorize(&server, &set(&request(&client.id), "request", &object)).await;
        assert_eq!(outcome(&answer), expected, "{details}");
    }
}

/// The answer of the authorization endpoint has no place for what was granted.
#[tokio::test]
async fn a_token_of_the_browser_has_none() {
    let server = server().await;
    let kinds = json!({ "grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token", "code token", "code id_token"] });
    let client = register(&server, "implicit", &with(changes(), &kinds)).await;
    let pairs = set(&request(&client.id), "authorization_details", &json!([payment("1")]).to_string());
    for (kind, expected) in [
        ("token", "client invalid_authorization_details"),
        ("code token", "client invalid_authorization_details"),
        ("code id_token", "login"),
    ] {
        assert_eq!(outcome(&authorize(&server, &set(&pairs, "response_type", kind)).await), expected, "{kind}");
    }
    let with_resource = set(&set(&pairs, "resource", BANK), "authorization_details", &json!([accounts()]).to_string());
    assert_eq!(outcome(&authorize(&server, &with_resource).await), "login");
}
