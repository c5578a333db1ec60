//! What broke elsewhere, each by its name.

use serde_json::json;
use symbolon_jose::Algorithm;

use super::{ACCESS_TOKEN, ID_TOKEN, JWT, ORDERS, World, delegation, gateway, impersonation, is_refused, policies};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{parameter, register, signing_key, text, with};
use crate::rfc7523::Signer;
use crate::rfc7523::grants::{ISSUER, trust, trusted};
use crate::support::{Call, TestServer};

/// Keycloak: a client got tokens for any other client by naming it.
#[tokio::test]
async fn cve_2022_1245_a_client_names_no_target_that_no_row_gives_it() {
    let world = World::new(&json!([impersonation()])).await;
    let other = register(&world.server, "admin-console", &json!({})).await;
    let alice = world.alice().await;
    for target in [other.id.as_str(), "shop", "gateway", "https://other.example", world.server.public_url()] {
        is_refused(&world.exchange(&alice, &[("audience", target)]).await, "invalid_target");
        is_refused(&world.exchange(&alice, &[("audience", ORDERS), ("audience", target)]).await, "invalid_target");
    }
}

/// Zitadel: neither whose token it was nor its scope was looked at.
#[tokio::test]
async fn cve_2026_56668_neither_another_clients_token_nor_a_wider_scope() {
    let world = World::new(&json!([impersonation()])).await;
    let settings = json!({ "scope": super::SCOPE, "audience": [super::GATEWAY] });
    let stranger = register(&world.server, "stranger", &settings).await;
    let foreign = stranger.flow(&world.server).scope(super::SCOPE).parameter("audience", super::GATEWAY).tokens().await;
    is_refused(&world.exchange(text(&foreign, "access_token"), &[]).await, "invalid_request");
    let narrow = world.login("alice").parameter("scope", "openid orders.read").tokens().await;
    let answer = world.exchange(text(&narrow, "access_token"), &[("scope", "orders.read orders.write")]).await;
    is_refused(&answer, "invalid_scope");
    let without = world.exchange(text(&narrow, "access_token"), &[]).await.expect(200).json();
    assert_eq!(without["scope"], "orders.read");
}

/// Keycloak: an over-long subject token was dropped, and the client got a token of its own.
#[tokio::test]
async fn cve_2026_9704_an_over_long_subject_token_is_refused() {
    let world = World::new(&json!([impersonation()])).await;
    for length in [4_001, 32_768, 32_769, 200_000] {
        let answer = world.exchange(&"a".repeat(length), &[]).await;
        assert!((400..500).contains(&answer.status), "{length}: {}", answer.status);
        assert!(!answer.text().contains("access_token\""), "{length}");
    }
}

/// Keycloak: an issuer that was switched off went on to be believed.
#[tokio::test]
async fn cve_2026_1486_an_issuer_that_is_trusted_no_more_is_not_believed() {
    let row = json!({
        "client": "gateway", "subject_token_types": ["jwt"], "subject_issuers": [ISSUER], "audience": [ORDERS],
        "scopes": ["photos.read"], "impersonation": true,
    });
    TestServer::each_database_with(policies(&json!([row])), async |server| {
        let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
        let until = json!({ "expires_at": "2027-01-15T09:00:00Z" });
        let id = trust(server, &trusted(&jwk, &until)).await;
        let world = World::on(server).await;
        let signer = Signer::new(server, key);
        let show = async || {
            let token = signer.sign(&with(signer.claims("bob"), &json!({ "iss": ISSUER })));
            world.exchange(&token, &[("subject_token_type", JWT)]).await
        };
        show().await.expect(200);
        server.clock.advance(3600);
        is_refused(&show().await, "invalid_request");
        server.admin(Call::delete(format!("/admin/trust/grants/jwt-bearer/issuers/{id}"))).await.expect(204);
        is_refused(&show().await, "invalid_request");
    })
    .await;
}

/// Keycloak: a logout token was taken as a subject token.
#[tokio::test]
async fn ghsa_7fpj_9hr8_28vh_a_logout_token_is_no_subject_token() {
    let row = json!({
        "client": "told", "subject_token_types": ["access_token", "id_token"], "subject_clients": ["told"],
        "audience": [ORDERS], "scopes": ["openid"], "impersonation": true,
    });
    let server = TestServer::with(policies(&json!([row]))).await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let settings = json!({
        "backchannel_logout_uri": format!("{}/told", receiver.url),
        "grant_types": ["authorization_code", super::GRANT_TYPE],
    });
    let client = register(&server, "told", &settings).await;
    let mut flow = client.flow(&server).login("remember", json!(true));
    flow.tokens().await;
    let asked = flow.browser.get("/oauth2/sessions/logout").await.expect(302).location().to_owned();
    let challenge = parameter(&asked, "logout_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/logout/accept").query(&[("logout_challenge", &challenge)]);
    let next = server.admin(accept).await.expect(200).member("redirect_to");
    flow.browser.get(&next).await.expect(302);
    server.server.deliver_logout_tokens().await;
    let token = receiver.take()[0].form("logout_token").unwrap();
    for kind in [ACCESS_TOKEN, ID_TOKEN, JWT] {
        let call = super::exchange(&client, &token, &[("subject_token_type", kind)]);
        is_refused(&server.public(call).await, "invalid_request");
    }
}

/// Keycloak #52691: leaving the actor out washed the chain of actors off.
#[tokio::test]
async fn keycloak_52691_no_exchange_washes_the_actors_off() {
    let rows = json!([
        delegation(),
        with(
            impersonation(),
            &json!({ "client": "next", "subject_clients": ["gateway"], "delegation": true, "depth": 2 })
        ),
    ]);
    let world = World::new(&rows).await;
    let next = gateway(&world.server, "next", &json!({})).await;
    let first = world.delegated(&world.alice().await, &[]).await.expect(200).member("access_token");
    is_refused(&world.server.public(super::exchange(&next, &first, &[])).await, "invalid_request");
    let own = super::own_token(&world.server, &next).await;
    let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    let second = world.server.public(super::exchange(&next, &first, &actor)).await.expect(200).member("access_token");
    let act = world.server.introspect(&second).await["act"].clone();
    assert_eq!(act["act"], json!({ "sub": "gateway", "client_id": "gateway" }));
}

/// toolhive #5882: scopes were bounded, and the audience was forgotten.
#[tokio::test]
async fn toolhive_5882_the_audience_of_the_subject_token_is_not_carried_along() {
    let world = World::new(&json!([impersonation()])).await;
    let alice = world.alice().await;
    assert_eq!(world.server.introspect(&alice).await["aud"], json!([super::GATEWAY]));
    let token = world.exchange(&alice, &[]).await.expect(200).member("access_token");
    assert_eq!(world.server.introspect(&token).await["aud"], json!([ORDERS]));
}
