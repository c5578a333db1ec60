//! Each way to an access token gives one for the resource that was asked for (RFC 8707 §2.1, §2.2), in the form that the
//! resource can read.

use serde_json::json;

use super::{CALENDAR, CONTACTS, NOTES, changes, configure};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{part, verified_claims};
use crate::support::TestServer;

fn asked(scope: &'static str, resource: &'static str) -> Asked {
    Asked { client: changes(), scope, audience: None, resource: Some(resource), ..Asked::default() }
}

#[tokio::test]
async fn a_resource_gets_a_jwt_that_names_it_as_it_is_configured() {
    // What is asked for is compared as RFC 3986 §6.2 says, and by aliases.
    for spelling in [CALENDAR, "HTTPS://Cal.Example:443/v1", "https://calendar.example/"] {
        let server = TestServer::with(configure).await;
        for way in Way::ALL {
            let scope = if way == Way::JwtBearer { "" } else { "offline events.read" };
            let (client, token) = access_token(&server, way, &asked(scope, spelling)).await;
            assert_eq!(part(&token, 0)["typ"], "at+jwt", "{way:?}");
            let claims = verified_claims(&server, &token).await;
            assert_eq!(claims["aud"], json!([CALENDAR]), "{way:?} {spelling}");
            assert_eq!(claims["client_id"], client.id, "{way:?}");
            let shown = server.introspect(&token).await;
            assert_eq!((&shown["active"], &shown["aud"]), (&json!(true), &json!([CALENDAR])), "{way:?}");
            // The resource's own lifetime, which is shorter than the server's.
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300, "{way:?}");
        }
    }
}

#[tokio::test]
async fn a_resource_that_asks_gets_opaque_ones_whatever_the_client_has() {
    let server = TestServer::with(|config| {
        configure(config);
        config.strategies.access_token = symbolon_types::AccessTokenStrategy::Jwt;
    })
    .await;
    for way in Way::ALL {
        let scope = if way == Way::JwtBearer { "" } else { "offline notes.read" };
        let (_, token) = access_token(&server, way, &asked(scope, NOTES)).await;
        assert!(token.starts_with("ory_at_") || !token.contains('.'), "{way:?}: {token}");
        assert_eq!(server.introspect(&token).await["aud"], json!([NOTES]), "{way:?}");
    }
}

#[tokio::test]
async fn a_pairwise_clients_tokens_stay_opaque() {
    let server = TestServer::with(|config| {
        configure(config);
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-for-tests".to_owned()));
    })
    .await;
    let client = crate::fixtures::with(changes(), &json!({ "subject_type": "pairwise" }));
    let asked = Asked { client, ..asked("offline people.read", CONTACTS) };
    let (_, token) = access_token(&server, Way::Code, &asked).await;
    assert!(!token.starts_with("ey"), "{token}");
    assert_eq!(server.introspect(&token).await["aud"], json!([CONTACTS]));
}
