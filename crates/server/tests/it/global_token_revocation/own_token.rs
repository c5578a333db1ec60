//! A person's own access token, with the scope for it: everything of that person and of nobody else.

use serde_json::{Value, json};
use symbolon_jose::Secret;
use symbolon_jose::digest::{base64url, sha256};
use symbolon_server::config::{Config, RegistrationRights};
use symbolon_types::SubjectType;

use super::{PATH, SCOPE, assert_refused, call, email, for_people, opaque};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{Registered, claims, register, text};
use crate::rfc9449::Prover;
use crate::support::{Call, TestServer};

const ASKED: &str = "openid offline sign.out.everywhere";

async fn client(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let scope = json!({ "scope": format!("openid offline photos.read {SCOPE}") });
    register(server, id, &crate::fixtures::with(scope, changes)).await
}

async fn token_of(server: &TestServer, client: &Registered, subject: &str) -> String {
    let tokens = client.flow(server).scope(ASKED).subject(subject).tokens().await;
    text(&tokens, "access_token").to_owned()
}

#[tokio::test]
async fn it_ends_everything_of_its_person_with_itself() {
    TestServer::each_database_with(for_people, async |server| {
        let (client, other) = (client(server, "app", &json!({})).await, client(server, "other", &json!({})).await);
        let elsewhere = token_of(server, &other, "alice").await;
        let of_bob = token_of(server, &client, "bob").await;
        for identifier in [opaque("alice"), json!({ "format": "iss_sub", "iss": server.public_url(), "sub": "alice" })]
        {
            let token = token_of(server, &client, "alice").await;
            server.public(call(&token, &identifier)).await.expect(204);
            assert_refused(&server.public(call(&token, &identifier)).await, 401, "request_unauthorized");
        }
        assert_eq!(server.introspect(&elsewhere).await["active"], false);
        assert_eq!(server.introspect(&of_bob).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn it_ends_nothing_of_anybody_else() {
    let server = TestServer::with(for_people).await;
    let client = client(&server, "app", &json!({})).await;
    let token = token_of(&server, &client, "alice").await;
    let of_bob = token_of(&server, &client, "bob").await;
    let url = server.public_url();
    let foreign = [
        opaque("bob"),
        opaque("nobody"),
        json!({ "format": "iss_sub", "iss": url, "sub": "bob" }),
        json!({ "format": "iss_sub", "iss": "https://other.example", "sub": "alice" }),
        email("alice@id.example"),
    ];
    for identifier in foreign {
        assert_refused(&server.public(call(&token, &identifier)).await, 403, "request_forbidden");
    }
    assert_eq!(server.introspect(&of_bob).await["active"], true);
    assert_eq!(server.introspect(&token).await["active"], true);
}

#[tokio::test]
async fn only_a_token_with_the_scope_of_a_person_who_logged_in_counts() {
    let server = TestServer::with(for_people).await;
    for way in Way::ALL {
        let asked = Asked {
            client: json!({ "scope": format!("openid offline photos.read {SCOPE}") }),
            scope: if way == Way::ClientCredentials { SCOPE } else { ASKED },
            ..Asked::default()
        };
        // The issuer of the assertion may not give the scope; see below for one that may.
        if way == Way::JwtBearer {
            continue;
        }
        let (_, token) = access_token(&server, way, &asked).await;
        let answer = server.public(call(&token, &opaque("alice"))).await;
        if way == Way::ClientCredentials {
            assert_refused(&answer, 403, "request_forbidden");
        } else {
            assert_eq!(answer.status, 204, "{way:?} {}", answer.text());
        }
    }
    let narrow = client(&server, "narrow", &json!({})).await;
    let tokens = narrow.flow(&server).scope("openid offline").tokens().await;
    let answer = server.public(call(text(&tokens, "access_token"), &opaque("alice"))).await;
    assert_refused(&answer, 403, "insufficient_scope");
    for name in ["refresh_token", "id_token"] {
        let answer = server.public(call(text(&tokens, name), &opaque("alice"))).await.expect(401);
        assert!(["invalid_token", "request_unauthorized"].contains(&answer.error().unwrap().as_str()), "{name}");
    }
}

/// Who vouches for somebody with an assertion is not that somebody, whatever scope the operator lets them give.
#[tokio::test]
async fn an_assertion_about_somebody_signs_nobody_out() {
    use crate::rfc7523::Signer;
    use crate::rfc7523::grants::{GRANT_TYPE, ISSUER, trust, trusted};
    let server = TestServer::with(for_people).await;
    let client = client(&server, "app", &json!({ "grant_types": [GRANT_TYPE] })).await;
    let (key, jwk) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "k");
    trust(&server, &trusted(&jwk, &json!({ "subject": "alice", "scope": [SCOPE] }))).await;
    let signer = Signer::new(&server, key);
    let assertion = signer.sign(&crate::fixtures::with(signer.claims("alice"), &json!({ "iss": ISSUER })));
    let form = [("grant_type", GRANT_TYPE), ("assertion", assertion.as_str()), ("scope", SCOPE)];
    let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    assert_refused(&server.public(call(&token, &opaque("alice"))).await, 403, "request_forbidden");
}

#[tokio::test]
async fn a_token_for_the_holder_of_a_key_needs_the_proof() {
    let server = TestServer::with(for_people).await;
    let client = client(&server, "app", &json!({})).await;
    let prover = Prover::new(&server);
    let mut flow = client.flow(&server).scope(ASKED);
    let code = flow.code().await;
    let token = server.public(prover.prove(flow.redemption(&code))).await.expect(200).member("access_token");
    assert_refused(&server.public(call(&token, &opaque("alice"))).await, 401, "invalid_token");
    let by_dpop = |call: Call| call.header(http::header::AUTHORIZATION, &format!("DPoP {token}"));
    let unproved = by_dpop(Call::post(PATH).json(&json!({ "sub_id": opaque("alice") })));
    assert_refused(&server.public(unproved.clone()).await, 401, "invalid_dpop_proof");
    let foreign = Prover::new(&server);
    let ath = json!({ "ath": base64url(&sha256(token.as_bytes())) });
    let stolen = foreign.prove_with(PATH, unproved.clone(), &ath);
    assert_refused(&server.public(stolen).await, 401, "invalid_token");
    let elsewhere = prover.prove_with("/userinfo", unproved.clone(), &ath);
    assert_refused(&server.public(elsewhere).await, 401, "invalid_dpop_proof");
    server.public(prover.prove_with(PATH, unproved, &ath)).await.expect(204);
}

#[tokio::test]
async fn a_person_is_named_as_the_tokens_client_knows_them() {
    let server = TestServer::with(|config: &mut Config| {
        for_people(config);
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let client = client(&server, "app", &json!({ "subject_type": "pairwise" })).await;
    let tokens = client.flow(&server).scope(ASKED).tokens().await;
    let token = text(&tokens, "access_token");
    let seen = claims(text(&tokens, "id_token"))["sub"].as_str().unwrap().to_owned();
    // Whether the client guessed the public subject is nothing that it learns.
    for guess in ["alice", "bob"] {
        assert_refused(&server.public(call(token, &opaque(guess))).await, 403, "request_forbidden");
    }
    server.public(call(token, &opaque(&seen))).await.expect(204);
    assert_eq!(server.introspect(token).await["active"], false);
}

#[tokio::test]
async fn a_token_counts_in_the_header_alone() {
    let server = TestServer::with(|config| {
        for_people(config);
        config.symbolon.compatibility.access_token_in_query = true;
    })
    .await;
    let client = client(&server, "app", &json!({})).await;
    let token = token_of(&server, &client, "alice").await;
    let body = json!({ "sub_id": opaque("alice") });
    let in_query = Call::post(PATH).query(&[("access_token", &token)]).json(&body);
    assert_refused(&server.public(in_query).await, 400, "invalid_request");
    server.public(call(&token, &opaque("alice"))).await.expect(204);
}

/// A client that registered itself may have the scope only where the operator lets strangers have it.
#[tokio::test]
async fn strangers_cannot_register_the_scope() {
    let server = TestServer::with(|config| {
        for_people(config);
        config.symbolon.registration.policy = RegistrationRights::Restricted;
    })
    .await;
    let body = json!({ "redirect_uris": ["https://app.example/cb"], "scope": format!("openid {SCOPE}") });
    let registered = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
    assert_eq!(registered["scope"], "openid");
}

/// Who exchanged a person's token (RFC 8693) acts for the person, with whatever scope, and is not the person.
#[tokio::test]
async fn an_exchanged_token_signs_nobody_out() {
    use symbolon_server::config::ExchangePolicies;

    use crate::rfc8693::GRANT_TYPE;
    let row = json!({
        "client": "gateway", "subject_token_types": ["access_token"], "subject_clients": ["app"],
        "audience": ["https://orders.example"], "scopes": ["openid", SCOPE], "impersonation": true,
    });
    let server = TestServer::with(|config| {
        for_people(config);
        config.symbolon.token_exchange.policies = ExchangePolicies::read(&json!([row])).unwrap();
    })
    .await;
    let app = client(&server, "app", &json!({})).await;
    let gateway = register(&server, "gateway", &json!({ "grant_types": [GRANT_TYPE], "redirect_uris": [] })).await;
    let token = token_of(&server, &app, "alice").await;
    let form = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", token.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("audience", "https://orders.example"),
    ];
    let exchanged = server.public(gateway.token_request(&form)).await.expect(200).json();
    assert!(text(&exchanged, "scope").contains(SCOPE), "{exchanged}");
    let answer = server.public(call(text(&exchanged, "access_token"), &opaque("alice"))).await;
    assert_refused(&answer, 403, "request_forbidden");
    server.public(call(&token, &opaque("alice"))).await.expect(204);
}
