//! JWTs of other issuers as subject tokens: of an issuer that an administrator trusts and that a row names besides.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{ACCESS_TOKEN, ID_TOKEN, JWT, ORDERS, World, is_refused, policies};
use crate::fixtures::{signing_key, text, with};
use crate::rfc7523::Signer;
use crate::rfc7523::grants::{ISSUER, trust, trusted};
use crate::support::{Answer, Call, TestServer};

fn row() -> Value {
    json!({
        "client": "gateway", "subject_token_types": ["jwt"], "subject_issuers": [ISSUER], "audience": [ORDERS],
        "scopes": ["photos.read", "openid", "orders.read"], "delegation": true, "impersonation": true, "depth": 4,
    })
}

/// An issuer that is trusted for bob, `openid offline photos.read beyond.the.client`.
struct Federated {
    world: World,
    signer: Signer,
    id: String,
}

impl Federated {
    async fn on(server: &TestServer) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
        let id = trust(server, &trusted(&jwk, &json!({}))).await;
        Self { world: World::on(server).await, signer: Signer::new(server, key), id }
    }

    async fn new() -> Self {
        Self::on(&TestServer::with(policies(&json!([row()]))).await).await
    }

    fn claims(&self, changes: &Value) -> Value {
        with(with(self.signer.claims("bob"), &json!({ "iss": ISSUER })), changes)
    }

    async fn show(&self, changes: &Value, more: &[(&str, &str)]) -> Answer {
        self.show_text(&self.signer.sign(&self.claims(changes)), more).await
    }

    async fn show_text(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        self.world.exchange(token, &[&[("subject_token_type", JWT)], more].concat()).await
    }

    /// The same with the gateway as actor.
    async fn show_acting(&self, changes: &Value) -> Answer {
        let own = self.world.own().await;
        self.show(changes, &[("actor_token", &own), ("actor_token_type", ACCESS_TOKEN)]).await
    }
}

#[tokio::test]
async fn what_a_trusted_issuer_says_becomes_a_token_that_can_be_ended() {
    TestServer::each_database_with(policies(&json!([row()])), async |server| {
        let federated = Federated::on(server).await;
        let answer = federated.show(&json!({}), &[]).await.expect(200).json();
        assert_eq!(super::scope_of(&answer), ["openid", "photos.read"], "the trust's and the row's");
        assert_eq!(answer["expires_in"], 60, "as long as the JWT");
        let token = text(&answer, "access_token").to_owned();
        let described = server.introspect(&token).await;
        assert_eq!((&described["sub"], &described["client_id"]), (&json!("bob"), &json!("gateway")));
        assert_eq!((described.get("auth_time"), &described["aud"]), (None, &json!([ORDERS])), "nobody logged in here");
        // It may be shown again: RFC 8693 does not use tokens up.
        let again = federated.show(&json!({}), &[]).await.expect(200).member("access_token");
        server.admin(Call::post("/admin/subjects/bob/sign-out")).await.expect(204);
        for token in [&token, &again] {
            assert!(!federated.world.is_active(token).await);
        }
    })
    .await;
}

#[tokio::test]
async fn the_scope_of_the_jwt_bounds_the_token() {
    let federated = Federated::new().await;
    let answer = federated.show(&json!({ "scope": "photos.read orders.read" }), &[]).await.expect(200).json();
    assert_eq!(super::scope_of(&answer), ["photos.read"], "the issuer is not trusted for the other");
    for (claims, asked) in [
        (json!({ "scope": "photos.read" }), "openid"),
        (json!({}), "orders.read"),
        (json!({}), "beyond.the.client"),
        (json!({ "scope": "" }), "photos.read"),
    ] {
        is_refused(&federated.show(&claims, &[("scope", asked)]).await, "invalid_scope");
    }
    is_refused(&federated.show(&json!({ "scope": ["photos.read"] }), &[]).await, "invalid_request");
}

#[tokio::test]
async fn what_is_wrong_with_the_jwt_is_a_fault_of_the_request() {
    let federated = Federated::new().await;
    let now = federated.world.server.clock.now();
    for changes in [
        json!({ "iss": null }),
        json!({ "iss": "https://other.example" }),
        json!({ "iss": 1 }),
        json!({ "sub": null }),
        json!({ "sub": "alice" }),
        json!({ "sub": "" }),
        json!({ "sub": "b".repeat(300) }),
        json!({ "aud": null }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": ["https://other.example", federated.world.server.public_url()] }),
        json!({ "aud": [] }),
        json!({ "exp": null }),
        json!({ "exp": now }),
        json!({ "exp": "soon" }),
        json!({ "exp": now + 400 * 86_400 }),
        json!({ "nbf": now + 60 }),
        json!({ "iat": now + 60 }),
        json!({ "iat": "now" }),
        json!({ "cnf": { "jkt": "x" } }),
        json!({ "events": {} }),
        json!({ "vc": {} }),
    ] {
        let answer = federated.show(&changes, &[]).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{changes}");
    }
    let good = federated.signer.sign(&federated.claims(&json!({})));
    let other = federated.signer.sign(&federated.claims(&json!({})));
    let parts =
        |token: &str| token.rsplit_once('.').map(|(said, signature)| (said.to_owned(), signature.to_owned())).unwrap();
    for (what, token) in [
        ("unsigned", format!("{}.", parts(&good).0)),
        ("with another signature", format!("{}.{}", parts(&good).0, parts(&other).1)),
        ("no JWT", "a.b.c".to_owned()),
    ] {
        assert_eq!(federated.show_text(&token, &[]).await.error().as_deref(), Some("invalid_request"), "{what}");
    }
    for kind in [ACCESS_TOKEN, ID_TOKEN, super::REFRESH_TOKEN] {
        is_refused(&federated.world.exchange(&good, &[("subject_token_type", kind)]).await, "invalid_request");
    }
    federated.show_text(&good, &[]).await.expect(200);
}

#[tokio::test]
async fn a_jwt_of_another_kind_is_no_subject_token() {
    let server = TestServer::with(policies(&json!([row()]))).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
    trust(&server, &trusted(&jwk, &json!({}))).await;
    let world = World::on(&server).await;
    let claims =
        with(Signer::new(&server, signing_key(Algorithm::ES256, "x").0).claims("bob"), &json!({ "iss": ISSUER }));
    for (typ, counts) in [
        (None, true),
        (Some("JWT"), true),
        (Some("at+jwt"), true),
        (Some("application/at+jwt"), true),
        (Some("logout+jwt"), false),
        (Some("oauth-id-jag+jwt"), false),
        (Some("dpop+jwt"), false),
        (Some("oauth-authz-req+jwt"), false),
        (Some("client-authentication+jwt"), false),
        (Some("token-introspection+jwt"), false),
        (Some("secevent+jwt"), false),
        (Some(""), false),
    ] {
        let token = key.sign(typ, &claims).unwrap();
        let answer = world.exchange(&token, &[("subject_token_type", JWT)]).await;
        assert_eq!(answer.status, if counts { 200 } else { 400 }, "{typ:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_issuer_counts_only_while_it_is_trusted_and_where_a_row_names_it() {
    let federated = Federated::new().await;
    let token = federated.signer.sign(&federated.claims(&json!({})));
    federated.show_text(&token, &[]).await.expect(200);
    let other = json!([with(row(), &json!({ "subject_issuers": ["https://other.example"] }))]);
    let node = federated.world.server.beside(5, policies(&other)).await;
    let call = federated.world.call(&token, &[("subject_token_type", JWT)]);
    is_refused(&node.public(call).await, "invalid_request");
    let issuers = format!("/admin/trust/grants/jwt-bearer/issuers/{}", federated.id);
    federated.world.server.admin(Call::delete(issuers)).await.expect(204);
    is_refused(&federated.show_text(&token, &[]).await, "invalid_request");
}

#[tokio::test]
async fn the_actors_that_the_issuer_names_stay_and_another_is_added() {
    let federated = Federated::new().await;
    let act = json!({ "sub": "portal", "act": { "sub": "kiosk", "iss": "https://kiosk.example" } });
    // keycloak#52691.
    is_refused(&federated.show(&json!({ "act": act }), &[]).await, "invalid_request");
    let token = federated.show_acting(&json!({ "act": act })).await.expect(200).member("access_token");
    assert_eq!(
        federated.world.server.introspect(&token).await["act"],
        json!({
            "sub": "gateway", "client_id": "gateway",
            "act": { "iss": ISSUER, "sub": "portal", "act": { "iss": "https://kiosk.example", "sub": "kiosk" } },
        })
    );
    let deep = (0..3).fold(json!({ "sub": "a" }), |inner, _| json!({ "sub": "a", "act": inner }));
    for act in [deep, json!({}), json!("portal"), json!(null), json!({ "sub": 1 }), json!({ "sub": "a", "act": [] })] {
        let answer = federated.show_acting(&json!({ "act": act })).await;
        let null = act.is_null();
        // `with` takes a member out that is null.
        assert_eq!(answer.status, if null { 200 } else { 400 }, "{act}");
    }
}

#[tokio::test]
async fn the_issuer_says_who_may_act() {
    let federated = Federated::new().await;
    for (may_act, acting) in [
        (json!({ "sub": "gateway" }), 200),
        (json!({ "sub": "portal" }), 400),
        (json!({ "sub": "gateway", "iss": ISSUER }), 400),
        (json!("gateway"), 400),
    ] {
        let claims = json!({ "may_act": may_act });
        is_refused(&federated.show(&claims, &[]).await, "invalid_request");
        assert_eq!(federated.show_acting(&claims).await.status, acting, "{may_act}");
    }
}

#[tokio::test]
async fn nobody_gets_a_token_about_somebody_who_is_locked_out() {
    let server = TestServer::with(policies(&json!([row()]))).await;
    let account = json!({ "username": "carol", "password": "correct horse battery" });
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
    trust(&server, &trusted(&jwk, &json!({ "subject": subject }))).await;
    let federated = Federated { world: World::on(&server).await, signer: Signer::new(&server, key), id: String::new() };
    let token = federated.show(&json!({ "sub": subject }), &[]).await.expect(200).member("access_token");
    let disable = Call::patch(format!("/admin/accounts/{subject}")).json(&json!({ "disabled": true }));
    server.admin(disable).await.expect(200);
    assert!(!federated.world.is_active(&token).await);
    is_refused(&federated.show(&json!({ "sub": subject }), &[]).await, "invalid_request");
}
