//! RFC 9068 §2: the header and the claims, by whichever way the token was issued.

use serde_json::{Value, json};
use symbolon_server::config::{Config, ScopeClaim};

use super::{asked_with, everywhere};
use crate::every_grant::{Asked, BEFORE_REFRESH, Way, access_token};
use crate::fixtures::{part, text, verified_claims};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn every_grant_gives_a_token_in_this_form() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let began = server.clock.now();
        let asked = asked_with(json!({ "tier": "gold", "sub": "mallory" }));
        let (client, token) = access_token(&server, way, &asked).await;
        let header = part(&token, 0);
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("RS256")), "{way:?}");
        let mut claims = verified_claims(&server, &token).await;
        let id = claims.remove("jti").unwrap();
        assert!(!id.as_str().unwrap().is_empty(), "{way:?}");
        let now = server.clock.now();
        assert_eq!(now - began, if way == Way::Refresh { BEFORE_REFRESH } else { 0 });
        let mut expected = json!({
            "iss": "http://127.0.0.1:4444",
            "sub": if way == Way::ClientCredentials { client.id.as_str() } else { "alice" },
            "aud": ["https://api.example"],
            "client_id": client.id,
            "exp": now + 3600,
            "iat": now,
            "nbf": now,
            "scope": "openid offline photos.read",
        });
        if way.has_login() {
            // §2.2.1: those of the login, also after a refresh.
            expected["auth_time"] = json!(began);
            expected["acr"] = json!("urn:level:2");
            expected["amr"] = json!(["pwd", "otp"]);
            expected["ext"] = json!({ "tier": "gold", "sub": "mallory" });
        }
        assert_eq!(Value::Object(claims), expected, "{way:?}");
    }
}

#[tokio::test]
async fn one_client_can_have_it_alone() {
    let server = TestServer::new().await;
    for way in Way::ALL {
        let asked = Asked { client: json!({ "access_token_strategy": "RFC9068" }), ..Asked::default() };
        let (client, token) = access_token(&server, way, &asked).await;
        assert_eq!(part(&token, 0)["typ"], "at+jwt", "{way:?}");
        let registered = server.admin(Call::get(format!("/admin/clients/{}", client.id))).await.expect(200).json();
        assert_eq!(registered["access_token_strategy"], "rfc9068");
    }
}

#[tokio::test]
async fn one_client_can_have_another_form() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let asked = Asked { client: json!({ "access_token_strategy": "jwt" }), ..Asked::default() };
        assert_eq!(part(&access_token(&server, way, &asked).await.1, 0)["typ"], "JWT", "{way:?}");
    }
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let asked = Asked { client: json!({ "access_token_strategy": "opaque" }), ..Asked::default() };
        assert!(access_token(&server, way, &asked).await.1.starts_with("ory_at_"), "{way:?}");
    }
}

#[tokio::test]
async fn scope_is_a_text_and_the_list_may_stand_beside_it() {
    for (configured, list) in [(ScopeClaim::List, false), (ScopeClaim::String, false), (ScopeClaim::Both, true)] {
        let server = TestServer::with(|config| {
            everywhere(config);
            config.strategies.scope_claim = configured;
        })
        .await;
        for way in Way::ALL {
            let claims = verified_claims(&server, &access_token(&server, way, &Asked::default()).await.1).await;
            assert_eq!(claims["scope"], "openid offline photos.read", "{way:?}");
            let expected = json!(["openid", "offline", "photos.read"]);
            assert_eq!(claims.get("scp"), list.then_some(&expected), "{way:?}");
        }
    }
}

#[tokio::test]
async fn no_scope_is_no_claim() {
    let server = TestServer::with(everywhere).await;
    for way in [Way::ClientCredentials, Way::JwtBearer] {
        let asked = Asked { scope: "", ..Asked::default() };
        let claims = verified_claims(&server, &access_token(&server, way, &asked).await.1).await;
        assert!(!claims.contains_key("scope") && !claims.contains_key("scp"), "{way:?}: {claims:?}");
    }
}

#[tokio::test]
async fn a_narrower_refresh_says_the_narrower_scope() {
    let server = TestServer::with(everywhere).await;
    let client = crate::fixtures::confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid offline photos.read");
    let first = flow.tokens().await;
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token")), ("scope", "photos.read")];
    let second = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    assert_eq!(verified_claims(&server, &second).await["scope"], "photos.read");
}

#[tokio::test]
async fn not_before_is_left_out_where_configuration_says_so() {
    let server = TestServer::with(|config| {
        everywhere(config);
        config.oauth2.exclude_not_before_claim = true;
    })
    .await;
    for way in Way::ALL {
        let claims = verified_claims(&server, &access_token(&server, way, &Asked::default()).await.1).await;
        assert!(!claims.contains_key("nbf"), "{way:?}");
    }
}

#[tokio::test]
async fn a_pairwise_client_keeps_its_tokens_opaque() {
    use symbolon_types::SubjectType;
    let pairwise = |config: &mut Config| {
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-for-tests".to_owned()));
    };
    let server = TestServer::with(pairwise).await;
    let both = json!({ "subject_type": "pairwise", "access_token_strategy": "rfc9068" });
    let metadata = crate::fixtures::with(crate::fixtures::metadata("both"), &both);
    let refused = server.admin(Call::post("/admin/clients").json(&metadata)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_client_metadata"));
    // A client of the time before the whole server was switched.
    let client = crate::fixtures::register(&server, "before", &json!({ "subject_type": "pairwise" })).await;
    let switched = |config: &mut Config| {
        pairwise(config);
        everywhere(config);
    };
    let after = server.beside(7, switched).await;
    let tokens = client.flow(&after).tokens().await;
    assert!(text(&tokens, "access_token").starts_with("ory_at_"));
}
