//! Where the claims of a hook appear, and what they cannot touch.

use serde_json::{Value, json};

use super::{at, both_hooks, hooked, session, token_hook};
use crate::client_side::{ClientServer, Reply};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{claims, confidential, text, verified_claims};
use crate::support::{Call, TestServer};

/// Ways to the token endpoint.
const ASKED: [Way; 5] = [Way::Code, Way::Refresh, Way::Device, Way::JwtBearer, Way::ClientCredentials];

#[tokio::test]
async fn access_tokens_of_every_grant_carry_them() {
    for way in ASKED {
        for form in ["opaque", "jwt", "rfc9068"] {
            let hook = ClientServer::listen(session(&json!({ "tier": "gold", "level": 3 }), &json!({}))).await;
            let server = TestServer::with(|config| {
                token_hook(&hook)(config);
                config.oauth2.allowed_top_level_claims = vec!["tier".to_owned()];
            })
            .await;
            let asked = Asked { client: json!({ "access_token_strategy": form }), ..Asked::default() };
            let (_, token) = access_token(&server, way, &asked).await;
            let shown = server.introspect(&token).await;
            assert_eq!(shown["ext"], json!({ "tier": "gold", "level": 3 }), "{way:?} {form}");
            if form != "opaque" {
                let said = verified_claims(&server, &token).await;
                assert_eq!(said["tier"], "gold", "{way:?} {form}");
                assert_eq!(said["ext"]["level"], 3, "{way:?} {form}");
            }
        }
    }
}

#[tokio::test]
async fn tokens_of_the_authorization_endpoint_are_not_asked_about() {
    let hook = ClientServer::listen(Reply::Status(403)).await;
    let server = TestServer::with(token_hook(&hook)).await;
    for way in [Way::Implicit, Way::Hybrid] {
        let (_, token) = access_token(&server, way, &Asked::default()).await;
        assert_eq!(server.introspect(&token).await["active"], true, "{way:?}");
    }
    assert_eq!(hook.count(), 0);
}

/// The first tokens have what the consent page chose as well; from the first refresh on a hook replaces all of it.
#[tokio::test]
async fn they_join_those_of_the_consent_page_and_then_replace_them() {
    let (hook, server, client) = hooked().await;
    let chosen = json!({
        "access_token": { "tier": "gold", "from": "page" },
        "id_token": { "department": "toys", "from": "page" },
    });
    hook.set(session(&json!({ "hooked": 1, "from": "hook" }), &json!({ "desk": 5, "from": "hook" })));
    let mut flow = client.flow(&server).consent("session", chosen);
    let first = flow.tokens().await;
    let ext = server.introspect(text(&first, "access_token")).await["ext"].clone();
    assert_eq!(ext, json!({ "tier": "gold", "from": "hook", "hooked": 1 }));
    let id_token = verified_claims(&server, text(&first, "id_token")).await;
    assert_eq!(
        (&id_token["department"], &id_token["desk"], &id_token["from"]),
        (&json!("toys"), &json!(5), &json!("hook"))
    );
    let userinfo = server.public(Call::get("/userinfo").bearer(text(&first, "access_token"))).await.expect(200).json();
    assert_eq!((&userinfo["department"], &userinfo["desk"]), (&json!("toys"), &json!(5)));

    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    let ext = server.introspect(text(&second, "access_token")).await["ext"].clone();
    assert_eq!(ext, json!({ "from": "hook", "hooked": 1 }));
    let refreshed = verified_claims(&server, text(&second, "id_token")).await;
    assert_eq!((refreshed.get("department"), &refreshed["desk"]), (None, &json!(5)));
    assert_eq!(refreshed["sid"], id_token["sid"], "the client must know its session");

    // What a hook replaced stays replaced when it has nothing to say.
    hook.set(Reply::Status(204));
    let third = server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200).json();
    let ext = server.introspect(text(&third, "access_token")).await["ext"].clone();
    assert_eq!(ext, json!({ "from": "hook", "hooked": 1 }));
}

/// What somebody agreed to is not what a hook said later.
#[tokio::test]
async fn the_consent_is_shown_as_it_was_given() {
    let (hook, server, client) = hooked().await;
    hook.set(session(&json!({ "hooked": 1 }), &json!({ "desk": 5 })));
    let chosen = json!({ "access_token": { "tier": "gold" }, "id_token": { "department": "toys" } });
    let mut flow = client.flow(&server).consent("session", chosen.clone()).consent("remember", json!(true));
    let first = flow.tokens().await;
    server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200);
    let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
    let list = server.admin(list).await.expect(200).json();
    assert_eq!(list[0]["session"]["access_token"], chosen["access_token"]);
    assert_eq!(list[0]["session"]["id_token"], chosen["id_token"]);
}

#[tokio::test]
async fn they_replace_nothing_that_the_server_says() {
    let taken = json!({
        "iss": "https://evil.example", "sub": "root", "aud": ["https://admin.example"], "exp": 1, "nbf": 1, "iat": 1,
        "jti": "x", "client_id": "other", "scp": ["admin"], "scope": "admin", "sid": "x", "nonce": "x", "azp": "x",
        "auth_time": 1, "acr": "x", "amr": ["x"], "at_hash": "x", "c_hash": "x", "active": false, "token_use": "x",
        "token_type": "x", "ext": { "sub": "root" }, "cnf": { "jkt": "x" }, "act": { "sub": "root" },
    });
    for strategy in ["opaque", "jwt", "rfc9068"] {
        // What the same requests give when nothing is said.
        let mut seen: Vec<[Value; 4]> = Vec::new();
        for reply in [Reply::Status(204), session(&taken, &taken)] {
            let hook = ClientServer::listen(reply).await;
            let server = TestServer::with(|config| {
                token_hook(&hook)(config);
                config.oauth2.allowed_top_level_claims =
                    taken.as_object().unwrap().keys().filter(|name| *name != "ext").cloned().collect();
            })
            .await;
            let client = confidential(&server).await;
            let change = Call::patch("/admin/clients/confidential").json(&json!([
                { "op": "add", "path": "/access_token_strategy", "value": strategy }
            ]));
            server.admin(change).await.expect(200);
            let tokens = client.flow(&server).login("acr", json!("1")).tokens().await;
            let access_token = text(&tokens, "access_token");
            let mut introspection = server.introspect(access_token).await;
            introspection.as_object_mut().unwrap().remove("ext");
            let mut said = if strategy == "opaque" { json!({}) } else { json!(claims(access_token)) };
            said.as_object_mut().unwrap().retain(|name, _| name != "ext");
            let userinfo = server.public(Call::get("/userinfo").bearer(access_token)).await.expect(200).json();
            seen.push([introspection, said, json!(claims(text(&tokens, "id_token"))), userinfo]);
        }
        let [plain, with_claims] = <[_; 2]>::try_from(seen).unwrap();
        for (plain, with_claims) in plain.iter().zip(&with_claims) {
            for (name, value) in plain.as_object().unwrap() {
                // Made anew for each token.
                if !["jti", "at_hash", "sid", "iat", "rat"].contains(&name.as_str()) {
                    assert_eq!(with_claims[name], *value, "{strategy} {name}");
                }
            }
        }
        // Not even where the server says nothing itself.
        let [_, said, id_token, _] = &with_claims;
        for name in ["scope", "cnf", "act", "auth_time", "iss", "client_id"] {
            assert_ne!(said[name], taken[name], "{strategy} {name}: {said}");
        }
        for name in ["azp", "amr", "c_hash", "nbf", "sid", "sub", "cnf", "act"] {
            assert_ne!(id_token[name], taken[name], "{strategy} {name}: {id_token}");
        }
    }
}

/// The refresh token hook is asked first, and the token hook is told what came of it.
#[tokio::test]
async fn the_hooks_are_asked_in_their_order() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(both_hooks(&hook)).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).consent("session", json!({ "access_token": { "tier": "gold" } }));
    let first = flow.tokens().await;
    let targets = |calls: &[crate::client_side::Received]| -> Vec<String> {
        calls.iter().map(|call| call.target.clone()).collect()
    };
    assert_eq!(targets(&hook.take()), ["/token"]);

    hook.set_next([session(&json!({ "by": "refresh" }), &json!({})), session(&json!({ "by": "token" }), &json!({}))]);
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    let calls = hook.take();
    assert_eq!(targets(&calls), ["/refresh", "/token"]);
    let told: Vec<Value> = calls.iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(told[0]["session"]["extra"], json!({ "tier": "gold" }));
    assert_eq!(told[1]["session"]["extra"], json!({ "by": "refresh" }));
    assert_eq!(server.introspect(text(&second, "access_token")).await["ext"], json!({ "by": "token" }));

    hook.set_next([Reply::Status(403)]);
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(403);
    assert_eq!(targets(&hook.take()), ["/refresh"], "what one refused is not asked again");
}

/// A client's own token carries the claims itself while they are small; larger ones are kept for it.
#[tokio::test]
async fn large_claims_are_kept_and_a_stranger_gets_no_row_for_them() {
    let large = json!({ "roles": (0..400).map(|number| format!("role-{number}")).collect::<Vec<_>>() });
    let (hook, server, client) = hooked().await;
    hook.set(session(&large, &json!({})));
    let token = server.public(super::client_credentials(&client)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["ext"], large);
    assert!(token.len() < 200, "{}", token.len());

    let own = TestServer::with(|config| {
        config.oauth2.token_hook = Some(at(&hook, "/token"));
        config.symbolon.registration.policy = symbolon_server::config::RegistrationRights::Open;
    })
    .await;
    let body = json!({ "grant_types": ["client_credentials"], "scope": "photos.read" });
    let stranger = crate::oidc_registration::register(&own, &body).await;
    let request = || {
        let form = [("grant_type", "client_credentials"), ("scope", "photos.read")];
        Call::post("/oauth2/token").form(&form).basic(&stranger.id, &stranger.secret)
    };
    assert_eq!(own.public(request()).await.expect(500).error().as_deref(), Some("server_error"));
    hook.set(session(&json!({ "roles": ["one"] }), &json!({})));
    let token = own.public(request()).await.expect(200).member("access_token");
    assert_eq!(own.introspect(&token).await["ext"], json!({ "roles": ["one"] }));
}
