//! Exchanged tokens at their audience: as JWTs for registered resources (RFC 8707, RFC 9068), at introspection and at our own
//! resources.

use serde_json::{Value, json};
use symbolon_server::config::{Config, Resources};

use super::{BILLING, GATEWAY, ORDERS, SCOPE, World, delegation, exchange, impersonation, is_refused, policies};
use crate::fixtures::{part, register, text, verified_claims, with};
use crate::support::{Call, TestServer};

/// The orders take JWTs, the billing opaque tokens.
fn configure(rows: &Value) -> impl Fn(&mut Config) + use<> {
    let rows = policies(rows);
    move |config| {
        rows(config);
        config.symbolon.resources = Resources::read(&json!([
            { "identifier": ORDERS, "aliases": ["https://o.example"], "scopes": ["stock.read"], "access_token_lifespan": "2m" },
            { "identifier": BILLING, "access_token_format": "opaque" },
        ]))
        .unwrap();
    }
}

fn both(row: Value) -> Value {
    with(row, &json!({ "audience": [ORDERS, BILLING], "scopes": ["orders.read", "stock.read", "openid"] }))
}

#[tokio::test]
async fn a_resource_reads_who_acts_for_whom() {
    let world = World::on(&TestServer::with(configure(&json!([both(delegation())]))).await).await;
    let session = json!({ "access_token": { "tier": "gold" } });
    let tokens = world.login("alice").login("acr", json!("urn:strong")).consent("session", session).tokens().await;
    let alice = text(&tokens, "access_token");
    // By any of its names, with either parameter.
    for target in [("resource", ORDERS), ("resource", "https://O.example/"), ("audience", "https://o.example")] {
        let answer = world.delegated(alice, &[target, ("scope", "orders.read")]).await.expect(200).json();
        let token = text(&answer, "access_token");
        assert_eq!(part(token, 0)["typ"], "at+jwt");
        let said = verified_claims(&world.server, token).await;
        assert_eq!(answer["expires_in"], 120, "what the resource allows");
        for (name, expected) in [
            ("iss", json!(world.server.public_url())),
            ("sub", json!("alice")),
            ("aud", json!([ORDERS])),
            ("client_id", json!("gateway")),
            ("scope", json!("orders.read")),
            ("act", json!({ "sub": "gateway", "client_id": "gateway" })),
            ("acr", json!("urn:strong")),
            ("ext", json!({ "tier": "gold" })),
            ("exp", json!(crate::support::START + 120)),
        ] {
            assert_eq!(said[name], expected, "{name} for {target:?}");
        }
        let described = world.server.introspect(token).await;
        assert_eq!((&described["act"], &described["aud"]), (&said["act"], &json!([ORDERS])));
    }
    let answer = world.delegated(alice, &[("resource", BILLING)]).await.expect(200).json();
    assert!(text(&answer, "access_token").starts_with("ory_at_"));
    let forms = [("resource", ORDERS), ("resource", BILLING)];
    is_refused(&world.delegated(alice, &forms).await, "invalid_target");
}

#[tokio::test]
async fn a_scope_of_a_resource_stays_there() {
    let rows = json!([both(impersonation())]);
    let server = TestServer::with(configure(&rows)).await;
    let world = World::on(&server).await;
    let scope = format!("{SCOPE} stock.read");
    let changes = json!({ "scope": scope, "audience": [GATEWAY], "allowed_resources": [ORDERS, BILLING] });
    server.admin(Call::delete("/admin/clients/shop")).await.expect(204);
    let shop = register(&server, "shop", &changes).await;
    let tokens = shop.flow(&server).scope(&scope).parameter("resource", ORDERS).tokens().await;
    let alice = text(&tokens, "access_token");
    let at_orders = world.exchange(alice, &[("audience", ORDERS)]).await.expect(200).json();
    assert_eq!(super::scope_of(&at_orders), ["openid", "orders.read", "stock.read"]);
    let at_billing = world.exchange(alice, &[("audience", BILLING)]).await.expect(200).json();
    assert_eq!(super::scope_of(&at_billing), ["openid", "orders.read"]);
    is_refused(&world.exchange(alice, &[("audience", BILLING), ("scope", "stock.read")]).await, "invalid_scope");
}

#[tokio::test]
async fn userinfo_tells_of_a_person_only_where_that_was_left_in() {
    let world = World::on(&TestServer::with(configure(&json!([both(impersonation())]))).await).await;
    let alice = world.alice().await;
    for (scope, status) in [("openid orders.read", 200), ("orders.read", 403)] {
        let call = [("audience", BILLING), ("scope", scope)];
        let token = world.exchange(&alice, &call).await.expect(200).member("access_token");
        let answer = world.server.public(Call::get("/userinfo").bearer(&token)).await.expect(status);
        if status == 200 {
            let said = answer.json();
            assert_eq!((&said["sub"], &said["aud"]), (&json!("alice"), &json!(["gateway"])));
        } else {
            assert!(answer.header("www-authenticate").unwrap().contains("insufficient_scope"));
        }
        // A credential is for the person's own wallet.
        let credential = Call::post("/credentials").bearer(&token).json(&json!({ "format": "jwt_vc_json" }));
        world.server.public(credential).await.expect(403);
    }
}

#[tokio::test]
async fn a_resource_server_is_told_who_acts() {
    let rows = json!([delegation()]);
    let server = TestServer::with(|config| {
        policies(&rows)(config);
        config.symbolon.introspection.public = true;
    })
    .await;
    let world = World::on(&server).await;
    let settings = json!({ "resource_server": true, "audience": [ORDERS], "grant_types": ["client_credentials"] });
    let orders = register(&server, "orders", &settings).await;
    let token = world.delegated(&world.alice().await, &[]).await.expect(200).member("access_token");
    let told = server.public(orders.form("/oauth2/introspect", &[("token", &token)])).await.expect(200).json();
    assert_eq!(
        (&told["sub"], &told["client_id"], &told["act"]["sub"]),
        (&json!("alice"), &json!("gateway"), &json!("gateway"))
    );
    // The subject's token was for the gateway.
    let own =
        server.public(orders.form("/oauth2/introspect", &[("token", &world.alice().await)])).await.expect(200).json();
    assert_eq!(own, json!({ "active": false }));
}

#[tokio::test]
async fn a_client_that_knows_people_by_pairwise_names_learns_no_others() {
    let rows = json!([with(impersonation(), &json!({ "client": "pair", "scopes": ["openid", "orders.read"] }))]);
    let server = TestServer::with(|config| {
        policies(&rows)(config);
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let world = World::on(&server).await;
    let pairwise = json!({ "subject_type": "pairwise", "redirect_uris": ["https://pair.example/cb"] });
    let pair = super::gateway(&server, "pair", &pairwise).await;
    let token = server.public(exchange(&pair, &world.alice().await, &[])).await.expect(200).member("access_token");
    assert!(token.starts_with("ory_at_"));
    let described = server.introspect(&token).await;
    let seen = described["obfuscated_subject"].as_str().unwrap();
    let userinfo = server.public(Call::get("/userinfo").bearer(&token)).await.expect(200).json();
    assert_eq!(userinfo["sub"], seen);
    assert_ne!(seen, "alice");
}
