//! RFC 9068 §2.2, §3: `aud` is never empty; where nobody asked for an audience it is the default resource.

use serde_json::{Value, json};

use super::everywhere;
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::verified_claims;
use crate::support::TestServer;

const ISSUER: &str = "http://127.0.0.1:4444";

fn without_audience() -> Asked {
    Asked { audience: None, ..Asked::default() }
}

#[tokio::test]
async fn without_an_audience_it_is_the_default_resource() {
    for (configured, expected) in [(None, ISSUER), (Some("https://api.example/v2"), "https://api.example/v2")] {
        let server = TestServer::with(|config| {
            everywhere(config);
            config.symbolon.access_tokens.default_audience = configured.map(str::to_owned);
        })
        .await;
        for way in Way::ALL {
            let (_, token) = access_token(&server, way, &without_audience()).await;
            assert_eq!(verified_claims(&server, &token).await["aud"], json!([expected]), "{way:?}");
            assert_eq!(server.introspect(&token).await["aud"], json!([expected]), "{way:?}");
        }
    }
}

#[tokio::test]
async fn what_was_granted_stands_alone() {
    let server = TestServer::with(|config| {
        everywhere(config);
        config.symbolon.access_tokens.default_audience = Some("https://default.example".to_owned());
    })
    .await;
    for way in Way::ALL {
        let (_, token) = access_token(&server, way, &Asked::default()).await;
        assert_eq!(verified_claims(&server, &token).await["aud"], json!(["https://api.example"]), "{way:?}");
        assert_eq!(server.introspect(&token).await["aud"], json!(["https://api.example"]), "{way:?}");
    }
}

#[tokio::test]
async fn other_forms_have_no_default() {
    for strategy in ["opaque", "jwt"] {
        let server = TestServer::with(|config| {
            everywhere(config);
            config.symbolon.access_tokens.default_audience = Some("https://default.example".to_owned());
        })
        .await;
        for way in Way::ALL {
            let asked = Asked { client: json!({ "access_token_strategy": strategy }), ..without_audience() };
            let (_, token) = access_token(&server, way, &asked).await;
            assert_eq!(server.introspect(&token).await["aud"], json!([]), "{way:?} {strategy}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_too_large_to_carry_itself_has_it_too() {
    let server = TestServer::with(everywhere).await;
    let long: Vec<String> = (0..60).map(|number| format!("documents:{number}")).collect();
    let client = crate::fixtures::register(&server, "large", &json!({ "scope": long.join(" ") })).await;
    let form = [("grant_type", "client_credentials"), ("scope", &long.join(" "))];
    let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    let claims = verified_claims(&server, &token).await;
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!([ISSUER]), &json!("large")));
    let described = server.introspect(&token).await;
    assert_eq!((&described["aud"], &described["active"]), (&json!([ISSUER]), &Value::Bool(true)));
}
