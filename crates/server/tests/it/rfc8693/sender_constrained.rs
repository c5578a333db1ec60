//! Tokens that are for one holder (RFC 9449, RFC 8705): only the holder exchanges them, and what it gets is for the same one.

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_server::config::{Config, Resources};

use super::{
    ACCESS_TOKEN, GATEWAY, ORDERS, SCOPE, World, delegation, exchange, gateway, impersonation, is_refused, policies,
};
use crate::fixtures::{part, register, signing_key, text, with};
use crate::rfc7523::{Signer, signing_client};
use crate::rfc8705::{Certificate, behind_proxy, params};
use crate::rfc9449::Prover;
use crate::support::{CODE_VERIFIER, Call, REDIRECT_URI, TestServer};

/// A token of alice that is for the holder of this key.
async fn bound(world: &World, prover: &Prover) -> String {
    let mut flow = world.login("alice");
    let code = flow.code().await;
    world.server.public(prover.prove(flow.redemption(&code))).await.expect(200).member("access_token")
}

#[tokio::test]
async fn a_proof_binds_the_new_token() {
    let world = World::new(&json!([impersonation()])).await;
    let prover = Prover::new(&world.server);
    let alice = world.alice().await;
    let answer = world.server.public(prover.prove(world.call(&alice, &[]))).await.expect(200).json();
    assert_eq!(answer["token_type"], "DPoP");
    let described = world.server.introspect(text(&answer, "access_token")).await;
    assert_eq!(described["cnf"], json!({ "jkt": prover.thumbprint() }));
}

#[tokio::test]
async fn a_bound_token_is_exchanged_by_its_holder_for_one_of_the_same_holder() {
    let world =
        World::new(&json!([with(impersonation(), &json!({ "subject_clients": ["shop", "gateway"], "depth": 2 }))]))
            .await;
    let (prover, other) = (Prover::new(&world.server), Prover::new(&world.server));
    let alice = bound(&world, &prover).await;
    is_refused(&world.exchange(&alice, &[]).await, "invalid_dpop_proof");
    is_refused(&world.server.public(other.prove(world.call(&alice, &[]))).await, "invalid_request");
    let answer = world.server.public(prover.prove(world.call(&alice, &[]))).await.expect(200).json();
    let first = text(&answer, "access_token");
    assert_eq!(world.server.introspect(first).await["cnf"], json!({ "jkt": prover.thumbprint() }));
    // And so on.
    is_refused(&world.exchange(first, &[]).await, "invalid_dpop_proof");
    is_refused(&world.server.public(other.prove(world.call(first, &[]))).await, "invalid_request");
    let second = world.server.public(prover.prove(world.call(first, &[]))).await.expect(200).member("access_token");
    assert_eq!(world.server.introspect(&second).await["cnf"], json!({ "jkt": prover.thumbprint() }));
}

#[tokio::test]
async fn a_proof_counts_once() {
    TestServer::each_database_with(policies(&json!([impersonation()])), async |server| {
        let world = World::on(server).await;
        let prover = Prover::new(server);
        let alice = world.alice().await;
        let call = prover.prove(world.call(&alice, &[]));
        let answers =
            crate::fixtures::race(server, crate::support::Listener::Public, vec![call; crate::fixtures::RACERS]).await;
        assert_eq!(crate::fixtures::count(&answers, 200), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            is_refused(answer, "invalid_dpop_proof");
        }
    })
    .await;
}

#[tokio::test]
async fn an_actor_token_that_is_bound_needs_its_proof() {
    let world = World::new(&json!([delegation()])).await;
    let (prover, other) = (Prover::new(&world.server), Prover::new(&world.server));
    let alice = world.alice().await;
    let call = prover.prove(world.gateway.token_request(&[("grant_type", "client_credentials")]));
    let own = world.server.public(call).await.expect(200).member("access_token");
    let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    is_refused(&world.exchange(&alice, &actor).await, "invalid_dpop_proof");
    is_refused(&world.server.public(other.prove(world.call(&alice, &actor))).await, "invalid_request");
    let token = world.server.public(prover.prove(world.call(&alice, &actor))).await.expect(200).member("access_token");
    assert_eq!(world.server.introspect(&token).await["cnf"], json!({ "jkt": prover.thumbprint() }));
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_certificate_stays_so() {
    let rows = json!([impersonation()]);
    let server = TestServer::with(|config| {
        policies(&rows)(config);
        behind_proxy(config);
    })
    .await;
    let bound = json!({ "scope": SCOPE, "tls_client_certificate_bound_access_tokens": true });
    let shop = register(&server, "shop", &bound).await;
    let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
    let mut flow = shop.flow(&server).scope(SCOPE);
    let code = flow.code().await;
    let alice = server.public(own.shown_with(flow.redemption(&code))).await.expect(200).member("access_token");
    let gateway = gateway(&server, "gateway", &json!({})).await;
    let call = || exchange(&gateway, &alice, &[]);
    is_refused(&server.public(call()).await, "invalid_request");
    is_refused(&server.public(other.shown_with(call())).await, "invalid_request");
    let prover = Prover::new(&server);
    is_refused(&server.public(own.shown_with(prover.prove(call()))).await, "invalid_request");
    // The gateway has not registered that its tokens are bound: this one is all the same.
    let token = server.public(own.shown_with(call())).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["cnf"], json!({ "x5t#S256": own.thumbprint() }));
}

#[tokio::test]
async fn a_resource_that_takes_bound_tokens_gets_no_others() {
    let configure = |config: &mut Config| {
        policies(&json!([impersonation()]))(config);
        let records = json!([{ "identifier": ORDERS, "sender_constrained": true }]);
        config.symbolon.resources = Resources::read(&records).unwrap();
    };
    let world = World::on(&TestServer::with(configure).await).await;
    let prover = Prover::new(&world.server);
    let alice = world.alice().await;
    is_refused(&world.exchange(&alice, &[]).await, "invalid_dpop_proof");
    let token = world.server.public(prover.prove(world.call(&alice, &[]))).await.expect(200).member("access_token");
    assert_eq!(part(&token, 1)["cnf"], json!({ "jkt": prover.thumbprint() }));
}

/// A token that was issued before its client was held to a profile is for nobody in particular (FAPI 2.0 §5.3.4).
#[tokio::test]
async fn an_unbound_token_of_a_client_of_fapi_is_exchanged_no_more() {
    let server = TestServer::with(policies(&json!([impersonation()]))).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "shop-key");
    let settings = json!({ "scope": SCOPE, "audience": [GATEWAY], "token_endpoint_auth_signing_alg": "ES256" });
    let shop = signing_client(&server, "shop", &jwk, settings).await;
    let mut signer = Signer::new(&server, key);
    let mut flow = shop.flow(&server).scope(SCOPE).parameter("audience", GATEWAY);
    let code = flow.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
    ];
    let redeem = signer.call("/oauth2/token", "shop", &form);
    let alice = server.public(redeem).await.expect(200).member("access_token");
    let gateway = gateway(&server, "gateway", &json!({})).await;
    server.public(exchange(&gateway, &alice, &[])).await.expect(200);
    let target = "/admin/clients/shop";
    let current = server.admin(Call::get(target)).await.expect(200).json();
    let strict = with(current, &json!({ "security_profile": "fapi2" }));
    server.admin(Call::put(target).json(&strict)).await.expect(200);
    assert_eq!(server.introspect(&alice).await["active"], true);
    is_refused(&server.public(exchange(&gateway, &alice, &[])).await, "invalid_request");
}

/// A client that gets only bound tokens gets no others in exchange.
#[tokio::test]
async fn a_client_of_bound_tokens_needs_a_proof() {
    let server = TestServer::with(policies(&json!([impersonation()]))).await;
    let shop = json!({ "scope": SCOPE, "audience": [GATEWAY] });
    let shop = register(&server, "shop", &shop).await;
    let tokens = shop.flow(&server).scope(SCOPE).parameter("audience", GATEWAY).tokens().await;
    let gateway = gateway(&server, "gateway", &json!({ "dpop_bound_access_tokens": true })).await;
    let call = || exchange(&gateway, text(&tokens, "access_token"), &[]);
    is_refused(&server.public(call()).await, "invalid_dpop_proof");
    let prover = Prover::new(&server);
    let answer = server.public(prover.prove(call())).await.expect(200).json();
    assert_eq!(answer["token_type"], "DPoP");
}
