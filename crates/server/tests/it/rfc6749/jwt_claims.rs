//! What configuration says about the claims of JWT access tokens, in Hydra's form, by whichever way they were issued.

use serde_json::{Value, json};
use symbolon_server::config::{Config, ScopeClaim};
use symbolon_types::AccessTokenStrategy;

use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{part, verified_claims};
use crate::support::TestServer;

/// A configuration, and the claims that follow from it: with a session, and without one.
struct Case {
    configure: fn(&mut Config),
    with_session: Value,
    without_session: Value,
}

const SCOPE: &str = "openid offline photos.read";

fn allow(config: &mut Config) {
    config.oauth2.allowed_top_level_claims = ["tier", "sub", "ext", "scope", "scp"].map(str::to_owned).to_vec();
}

fn cases() -> Vec<Case> {
    let list = json!(["openid", "offline", "photos.read"]);
    let session = session();
    let ours_without_tier = json!({ "rest": 1, "sub": "mallory", "scope": "all", "ext": 5 });
    vec![
        Case {
            configure: |_| {},
            with_session: json!({ "scp": list, "nbf": true, "ext": session }),
            without_session: json!({ "scp": list, "nbf": true, "ext": {} }),
        },
        Case {
            configure: |config| config.strategies.scope_claim = ScopeClaim::String,
            with_session: json!({ "scope": SCOPE, "nbf": true, "ext": session }),
            without_session: json!({ "scope": SCOPE, "nbf": true, "ext": {} }),
        },
        Case {
            configure: |config| {
                config.strategies.scope_claim = ScopeClaim::Both;
                config.oauth2.exclude_not_before_claim = true;
            },
            with_session: json!({ "scope": SCOPE, "scp": list, "ext": session }),
            without_session: json!({ "scope": SCOPE, "scp": list, "ext": {} }),
        },
        Case {
            configure: allow,
            with_session: json!({ "scp": list, "nbf": true, "tier": "gold", "ext": session }),
            without_session: json!({ "scp": list, "nbf": true, "ext": {} }),
        },
        Case {
            configure: |config| {
                allow(config);
                config.oauth2.mirror_top_level_claims = false;
            },
            with_session: json!({ "scp": list, "nbf": true, "tier": "gold" }),
            without_session: json!({ "scp": list, "nbf": true }),
        },
        Case {
            configure: |config| {
                allow(config);
                config.oauth2.mirror_top_level_claims = false;
                config.oauth2.preserve_ext_claims = true;
            },
            with_session: json!({ "scp": list, "nbf": true, "tier": "gold", "ext": ours_without_tier }),
            without_session: json!({ "scp": list, "nbf": true, "ext": {} }),
        },
    ]
}

fn session() -> Value {
    json!({ "tier": "gold", "rest": 1, "sub": "mallory", "scope": "all", "ext": 5 })
}

#[tokio::test]
async fn every_grant_follows_the_configuration() {
    for (number, case) in cases().into_iter().enumerate() {
        let server = TestServer::with(|config| {
            config.strategies.access_token = AccessTokenStrategy::Jwt;
            (case.configure)(config);
        })
        .await;
        for way in Way::ALL {
            let asked = Asked { session: session(), ..Asked::default() };
            let (client, token) = access_token(&server, way, &asked).await;
            assert_eq!(part(&token, 0)["typ"], "JWT");
            let mut claims = Value::Object(verified_claims(&server, &token).await);
            let now = server.clock.now();
            let subject = if way == Way::ClientCredentials { client.id.as_str() } else { "alice" };
            let mut expected = if way.has_login() { case.with_session.clone() } else { case.without_session.clone() };
            if expected.get("nbf").is_some() {
                expected["nbf"] = json!(now);
            }
            let always = json!({
                "iss": "http://127.0.0.1:4444", "sub": subject, "aud": ["https://api.example"],
                "client_id": client.id, "exp": now + 3600, "iat": now,
            });
            expected.as_object_mut().unwrap().extend(always.as_object().unwrap().clone());
            claims.as_object_mut().unwrap().remove("jti").unwrap();
            assert_eq!(claims, expected, "case {number}, {way:?}");
        }
    }
}

#[tokio::test]
async fn every_grant_follows_the_choice_of_the_client() {
    for (server_wide, own) in
        [(AccessTokenStrategy::Opaque, "jwt"), (AccessTokenStrategy::Jwt, "opaque"), (AccessTokenStrategy::Jwt, "jwt")]
    {
        let server = TestServer::with(|config| config.strategies.access_token = server_wide).await;
        for way in Way::ALL {
            let asked = Asked { client: json!({ "access_token_strategy": own }), ..Asked::default() };
            let (_, token) = access_token(&server, way, &asked).await;
            assert_eq!(token.starts_with("ory_at_"), own == "opaque", "{way:?} {server_wide:?}");
            assert_eq!(server.introspect(&token).await["active"], true, "{way:?} {server_wide:?}");
        }
    }
}
