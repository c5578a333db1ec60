//! What was granted stands in the token answer, in JWTs and at introspection (RFC 9396 §7, §9), and a token request may ask for
//! a part of it (§6).

use serde_json::{Value, json};

use super::{BANK, accounts, changed, changes, client, configure, flow, payment, server};
use crate::fixtures::{register, text, verified_claims, with};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE as DEVICE_CODE};
use crate::support::{Call, TestServer};

fn both() -> Value {
    json!([payment("45"), payment("7")])
}

/// What is granted, in each place that says so.
async fn everywhere(server: &TestServer, answer: &Value) -> Value {
    let token = text(answer, "access_token");
    let shown = server.introspect(token).await;
    assert_eq!(shown["active"], true);
    let details = answer.get("authorization_details");
    assert_eq!(shown.get("authorization_details"), details, "{shown}");
    if token.starts_with("ey") {
        assert_eq!(verified_claims(server, token).await.get("authorization_details"), details);
    }
    details.cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_part_is_given_and_the_grant_stays() {
    TestServer::each_database_with(configure, async |server| {
        for form in ["opaque", "jwt", "rfc9068"] {
            let client = register(server, form, &with(changes(), &json!({ "access_token_strategy": form }))).await;
            let mut flow = flow(server, &client, &both());
            let code = flow.code().await;
            let part = json!([payment("7")]).to_string();
            let first = server.public(flow.redemption_with(&code, &[("authorization_details", &part)])).await;
            let first = first.expect(200).json();
            assert_eq!(everywhere(server, &first).await, json!([payment("7")]), "{form}");
            let all = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
            assert_eq!(everywhere(server, &all).await, both(), "{form}");
            let refresh_token = text(&all, "refresh_token");
            assert_eq!(server.introspect(refresh_token).await["authorization_details"], both());
            let again = server.public(flow.refresh_with(refresh_token, &[("authorization_details", &part)])).await;
            assert_eq!(everywhere(server, &again.expect(200).json()).await, json!([payment("7")]), "{form}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_not_granted_is_given_and_nothing_is_used_up() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, &both()).consent("grant_authorization_details", json!([payment("7")]));
    let code = flow.code().await;
    let wrong = [
        json!([payment("45")]),
        json!([payment("7"), payment("45")]),
        json!([changed(payment("7"), &json!({ "to": "Eve" }))]),
        json!([{ "type": "payment" }]),
        json!([accounts()]),
        json!([]),
        json!(""),
    ];
    let texts: Vec<String> =
        wrong.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    for details in &texts {
        let refused = server.public(flow.redemption_with(&code, &[("authorization_details", details)])).await;
        assert_eq!(refused.expect(400).member("error"), "invalid_authorization_details", "{details}");
    }
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    assert_eq!(everywhere(&server, &tokens).await, json!([payment("7")]));
    for details in &texts {
        let call = flow.refresh_with(text(&tokens, "refresh_token"), &[("authorization_details", details)]);
        assert_eq!(server.public(call).await.expect(400).member("error"), "invalid_authorization_details", "{details}");
    }
    server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

/// A type that belongs to a resource stays out of tokens for another one.
#[tokio::test]
async fn they_go_with_their_resource() {
    let server = server().await;
    let client = client(&server).await;
    let all = json!([payment("45"), accounts()]);
    let mut flow = flow(&server, &client, &all).another("resource", BANK).another("resource", "https://shop.example");
    let tokens = flow.tokens().await;
    assert_eq!(everywhere(&server, &tokens).await, all);
    let mut refresh_token = text(&tokens, "refresh_token").to_owned();
    for (resource, expected) in [("https://shop.example", json!([payment("45")])), (BANK, all.clone())] {
        let next = server.public(flow.refresh_with(&refresh_token, &[("resource", resource)])).await.expect(200).json();
        assert_eq!(everywhere(&server, &next).await, expected, "{resource}");
        text(&next, "refresh_token").clone_into(&mut refresh_token);
    }
    let both = [("resource", "https://shop.example"), ("authorization_details", &json!([accounts()]).to_string())];
    let refused = server.public(flow.refresh_with(&refresh_token, &both)).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_authorization_details");
}

#[tokio::test]
async fn a_device_gets_them() {
    let server = server().await;
    let types = json!([DEVICE_CODE, "refresh_token"]);
    let client = register(&server, "device", &with(changes(), &json!({ "grant_types": types }))).await;
    let mut flow = DeviceFlow::new(&server, &client);
    flow.application.consent = json!({ "grant_authorization_details": both() });
    let codes = flow.ask_with(&[("scope", "openid offline"), ("authorization_details", &both().to_string())]).await;
    let codes = codes.expect(200).json();
    flow.connect(&codes).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    assert_eq!(everywhere(&server, &tokens).await, both());
}

/// Small ones travel in the token, and large ones are kept beside it.
#[tokio::test]
async fn a_client_gets_its_own() {
    TestServer::each_database_with(configure, async |server| {
        for form in ["opaque", "jwt", "rfc9068"] {
            let client = register(server, form, &with(changes(), &json!({ "access_token_strategy": form }))).await;
            for details in [json!([payment("45")]), json!(vec![payment("45"); 16])] {
                let text = details.to_string();
                let call =
                    client.token_request(&[("grant_type", "client_credentials"), ("authorization_details", &text)]);
                let answer = server.public(call).await.expect(200).json();
                assert_eq!(everywhere(server, &answer).await, details, "{form}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_assertion_brings_none() {
    let server = server().await;
    let jwt_bearer = crate::rfc7523::grants::GRANT_TYPE;
    let (key, jwk) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "issuer-key");
    let client = register(&server, "bearer", &with(changes(), &json!({ "grant_types": [jwt_bearer] }))).await;
    crate::rfc7523::grants::trust(&server, &crate::rfc7523::grants::trusted(&jwk, &json!({ "subject": "alice" })))
        .await;
    let signer = crate::rfc7523::Signer::new(&server, key);
    let assertion = signer.sign(&with(signer.claims("alice"), &json!({ "iss": crate::rfc7523::grants::ISSUER })));
    let form = [
        ("grant_type", jwt_bearer),
        ("assertion", &assertion),
        ("authorization_details", &json!([payment("1")]).to_string()),
    ];
    let refused = server.public(client.token_request(&form)).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_authorization_details");
}

#[tokio::test]
async fn a_type_that_is_taken_from_the_client_ends_its_refresh() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, &both());
    let tokens = flow.tokens().await;
    let patch = |types: Value| json!([{ "op": "replace", "path": "/authorization_details_types", "value": types }]);
    server.admin(Call::patch("/admin/clients/detailed").json(&patch(json!(["accounts"])))).await.expect(200);
    let refused = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    assert_eq!(refused.member("error"), "invalid_authorization_details");
}
