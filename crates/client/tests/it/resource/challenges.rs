//! What a request is told that is not let in, to the letter (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1).

use serde_json::json;
use symbolon_client::ResourceServer;

use super::api::Api;
use super::stub::{Issuer, RESOURCE, START, key, thumbprint};

const METADATA: &str = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes""#;
const ALGORITHMS: &str = r#"algs="ES256 EdDSA Ed25519 PS256 RS256""#;

/// The lines of the answer.
async fn refused(api: &Api, path: &str, headers: &[(&str, &str)]) -> (u16, Vec<String>) {
    let method = if path == "/write" { "POST" } else { "GET" };
    let answer = api.send(method, path, headers).await;
    assert_eq!(answer.body, "", "{path}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    (answer.status, answer.challenges().into_iter().map(str::to_owned).collect())
}

#[tokio::test]
async fn who_has_no_token_is_told_the_ways_and_no_error() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let both = |scope: &str| vec![format!("Bearer {scope}{METADATA}"), format!("DPoP {scope}{METADATA}, {ALGORITHMS}")];
    assert_eq!(refused(&api, "/any", &[]).await, (401, both("")));
    assert_eq!(refused(&api, "/notes", &[]).await, (401, both(r#"scope="notes.read", "#)));
    assert_eq!(refused(&api, "/write", &[]).await, (401, both(r#"scope="notes.read notes.write", "#)));
    assert_eq!(refused(&api, "/either", &[]).await, (401, both(r#"scope="notes.own", "#)));
    assert_eq!(refused(&api, "/any", &[("authorization", "Basic YTpi")]).await, (401, both("")));
    // Tokens are looked for in the header alone.
    let token = issuer.token(&json!({}));
    assert_eq!(refused(&api, &format!("/any?access_token={token}"), &[]).await, (401, both("")));
    assert_eq!(issuer.server.received().len(), 0, "nothing was asked for");
}

#[tokio::test]
async fn what_is_no_single_token_is_a_bad_request() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let token = format!("Bearer {}", issuer.token(&json!({})));
    let single = "the Authorization header has no single token";
    for (headers, reason) in [
        (
            vec![("authorization", token.as_str()), ("authorization", token.as_str())],
            "there is more than one Authorization header",
        ),
        (
            vec![("authorization", token.as_str()), ("authorization", "Basic YTpi")],
            "there is more than one Authorization header",
        ),
        (vec![("authorization", "Bearer")], single),
        (vec![("authorization", "Bearer a b")], single),
        (vec![("authorization", "Bearer a,b")], single),
    ] {
        let (status, challenges) = refused(&api, "/any", &headers).await;
        let expected = format!(r#"Bearer error="invalid_request", error_description="{reason}", {METADATA}"#);
        assert_eq!((status, &challenges[0]), (400, &expected), "{headers:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_is_told_why() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    for (changes, reason) in [
        (json!({ "exp": START - 60 }), "'exp' has passed"),
        (json!({ "aud": "https://other.example" }), "'aud' does not name this API"),
        (json!({ "iss": "https://evil.example" }), "'iss' is another authorization server"),
        (json!({ "sub": null }), "the claim 'sub' is missing or has the wrong type"),
    ] {
        let authorization = format!("Bearer {}", issuer.token(&changes));
        let description = format!("the access token is not valid: {reason}");
        let expected = format!(
            r#"Bearer error="invalid_token", error_description="{description}", scope="notes.read", {METADATA}"#
        );
        assert_eq!(refused(&api, "/notes", &[("authorization", &authorization)]).await, (401, vec![expected]));
    }
}

#[tokio::test]
async fn a_token_that_allows_less_is_told_what_is_needed() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).audience("https://partner.example");
    let api = Api::start(&server.build().unwrap()).await;
    let reads = format!("Bearer {}", issuer.token(&json!({})));
    let description = r#"error="insufficient_scope", error_description="the access token does not allow this""#;
    for (path, scope) in
        [("/write", r#"scope="notes.read notes.write", "#), ("/either", r#"scope="notes.own", "#), ("/impossible", "")]
    {
        let expected = format!("Bearer {description}, {scope}{METADATA}");
        assert_eq!(refused(&api, path, &[("authorization", &reads)]).await, (403, vec![expected]), "{path}");
    }
    let reason = "the access token is not valid: 'aud' does not name this API";
    let expected = format!(r#"Bearer error="invalid_token", error_description="{reason}", {METADATA}"#);
    assert_eq!(refused(&api, "/partner", &[("authorization", &reads)]).await, (401, vec![expected]));

    let partner = issuer.token(&json!({ "aud": ["https://partner.example"], "scope": "notes.all" }));
    assert_eq!(api.get("/partner", &partner).await.status, 200);
    assert_eq!(api.get("/either", &partner).await.status, 200);
    let both = issuer.token(&json!({ "scope": "notes.write notes.read" }));
    assert_eq!(api.send("POST", "/write", &[("authorization", &format!("Bearer {both}"))]).await.status, 200);
}

#[tokio::test]
async fn a_user_who_has_to_authenticate_again_is_told_how() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let reason = "the user has to authenticate again, or in another way";
    let expected = format!(
        "Bearer error=\"insufficient_user_authentication\", error_description=\"{reason}\", \
         acr_values=\"gold silver\", max_age=\"300\", {METADATA}"
    );
    for (claims, lets_in) in [
        (json!({ "acr": "gold", "auth_time": START - 300 }), true),
        (json!({ "acr": "silver", "auth_time": START }), true),
        (json!({ "acr": "gold", "auth_time": START - 360 }), true),
        (json!({ "acr": "gold", "auth_time": START - 361 }), false),
        (json!({ "acr": "gold" }), false),
        (json!({ "auth_time": START }), false),
        (json!({ "acr": "bronze", "auth_time": START }), false),
        (json!({ "acr": "gold silver", "auth_time": START }), false),
        (json!({ "acr": 7, "auth_time": START }), false),
        (json!({ "acr": "gold", "auth_time": "now" }), false),
    ] {
        let authorization = format!("Bearer {}", issuer.token(&claims));
        if lets_in {
            let answer = api.send("GET", "/money", &[("authorization", &authorization)]).await;
            assert_eq!(answer.status, 200, "{claims}");
        } else {
            let found = refused(&api, "/money", &[("authorization", &authorization)]).await;
            assert_eq!(found, (401, vec![expected.clone()]), "{claims}");
        }
    }
}

#[tokio::test]
async fn a_bound_token_without_proof_learns_of_the_other_way() {
    let issuer = Issuer::start();
    let api = Api::start(&ResourceServer::builder(issuer.unregistered(), RESOURCE).build().unwrap()).await;
    let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }));
    let reason = "the access token is not valid: it is bound to a key, and came without a proof";
    let expected = vec![
        format!(r#"Bearer error="invalid_token", error_description="{reason}", {METADATA}"#),
        format!("DPoP {METADATA}, {ALGORITHMS}"),
    ];
    assert_eq!(refused(&api, "/any", &[("authorization", &format!("Bearer {token}"))]).await, (401, expected));
    let reason = "the DPoP proof is not valid: there is no 'DPoP' header";
    let expected =
        format!(r#"DPoP error="invalid_dpop_proof", error_description="{reason}", {METADATA}, {ALGORITHMS}"#);
    assert_eq!(refused(&api, "/any", &[("authorization", &format!("DPoP {token}"))]).await, (401, vec![expected]));
}

#[tokio::test]
async fn an_api_without_an_address_has_a_realm() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), "urn:example:\"notes\"").build().unwrap();
    let api = Api::start(&server).await;
    assert_eq!(refused(&api, "/any", &[]).await, (401, vec![r#"Bearer realm="urn:example:'notes'""#.to_owned()]));
    let named = ResourceServer::builder(issuer.unregistered(), RESOURCE).realm("notes").build().unwrap();
    let (_, challenges) = refused(&Api::start(&named).await, "/any", &[]).await;
    assert_eq!(challenges[0], format!(r#"Bearer realm="notes", {METADATA}"#));
}
