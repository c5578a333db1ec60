//! Access tokens of a request with a proof (RFC 9449 §5, §6).

use serde_json::{Value, json};

use super::Prover;
use crate::fixtures::{confidential, register, text, verified_claims};
use crate::support::{Call, TestServer};

/// The answer to a call with a proof; its access token is bound to the key, whoever asks.
async fn bound(server: &TestServer, prover: &Prover, call: Call) -> Value {
    let answer = server.public(prover.prove(call)).await.expect(200).json();
    assert_eq!(answer["token_type"], "DPoP");
    let token = text(&answer, "access_token");
    let expected = json!({ "jkt": prover.thumbprint() });
    let shown = server.introspect(token).await;
    assert_eq!((&shown["cnf"], &shown["token_type"]), (&expected, &json!("DPoP")));
    if token.starts_with("ey") {
        assert_eq!(verified_claims(server, token).await["cnf"], expected);
    }
    answer
}

#[tokio::test]
async fn they_are_bound_to_the_key_in_every_form() {
    TestServer::each_database(async |server| {
        for strategy in ["opaque", "jwt", "rfc9068"] {
            let client = register(server, strategy, &json!({ "access_token_strategy": strategy })).await;
            let prover = Prover::new(server);
            let mut flow = client.flow(server);
            let code = flow.code().await;
            let first = bound(server, &prover, flow.redemption(&code)).await;
            assert_eq!(text(&first, "access_token").starts_with("ey"), strategy != "opaque");
            bound(server, &prover, flow.refresh(text(&first, "refresh_token"))).await;
            let own = [("grant_type", "client_credentials"), ("scope", "photos.read")];
            bound(server, &prover, client.token_request(&own)).await;
        }
    })
    .await;
}

/// Large ones are kept in the database, and are bound all the same.
#[tokio::test]
async fn one_that_is_too_large_to_carry_its_content_is_bound_too() {
    let server = TestServer::new().await;
    let audience: Vec<String> = (0..40).map(|number| format!("https://api-{number}.example")).collect();
    let client = register(&server, "many", &json!({ "audience": audience })).await;
    let prover = Prover::new(&server);
    let joined = audience.join(" ");
    let call = client.token_request(&[("grant_type", "client_credentials"), ("audience", &joined)]);
    let token = server.public(prover.prove(call)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["cnf"], json!({ "jkt": prover.thumbprint() }));
}

/// Never `DPoP` to who did not ask: many clients take only `bearer`.
#[tokio::test]
async fn without_a_proof_nothing_is_bound() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    assert_eq!(tokens["token_type"], "bearer");
    let shown = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!((shown.get("cnf"), &shown["token_type"]), (None, &json!("Bearer")));
    // One refresh with a proof, one without: each token is what was asked for.
    let prover = Prover::new(&server);
    let bound = server.public(prover.prove(flow.refresh(text(&tokens, "refresh_token")))).await.expect(200).json();
    assert_eq!(bound["token_type"], "DPoP");
    let bare = server.public(flow.refresh(text(&bound, "refresh_token"))).await.expect(200).json();
    assert_eq!(bare["token_type"], "bearer");
}

/// RFC 9449 §5.2.
#[tokio::test]
async fn a_client_that_registered_so_gets_no_others() {
    let server = TestServer::new().await;
    let bound = json!({
        "dpop_bound_access_tokens": true,
        "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
        "response_types": ["code", "token", "code token"],
    });
    let client = register(&server, "bound", &bound).await;
    let shown = server.admin(Call::get("/admin/clients/bound")).await.expect(200).json();
    assert_eq!(shown["dpop_bound_access_tokens"], true);
    let prover = Prover::new(&server);
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    for call in [client.token_request(&[("grant_type", "client_credentials")]), flow.redemption(&code)] {
        let answer = server.public(call.clone()).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"));
        // And the code is not used up by that.
        server.public(prover.prove(call)).await.expect(200);
    }
    for response_type in ["token", "code token"] {
        let answer = client.flow(&server).parameter("response_type", response_type).authorize().await.expect(303);
        assert_eq!(answer.error().as_deref(), Some("unauthorized_client"), "{response_type}");
    }
    let registered = Call::post("/oauth2/register").json(&json!({ "dpop_bound_access_tokens": true }));
    assert_eq!(server.public(registered).await.expect(201).json()["dpop_bound_access_tokens"], true);
}

/// What a session says never stands in for a proof.
#[tokio::test]
async fn a_consent_page_confirms_no_key() {
    let server = TestServer::with(|config| config.oauth2.allowed_top_level_claims = vec!["cnf".to_owned()]).await;
    let client = register(&server, "jwt", &json!({ "access_token_strategy": "jwt" })).await;
    let session = json!({ "access_token": { "cnf": { "jkt": "x" } } });
    let tokens = client.flow(&server).consent("session", session).tokens().await;
    let token = text(&tokens, "access_token");
    assert_eq!(verified_claims(&server, token).await.get("cnf"), None);
    assert_eq!(server.introspect(token).await.get("cnf"), None);
}
