//! FAPI 2.0 Security Profile: pushed requests, keys instead of secrets, tokens for the holder of a key, short codes, no
//! rotation, strong algorithms.

use serde_json::{Value, json};
use symbolon_server::security_profile::SecurityProfile;

use super::Fapi;
use crate::fixtures::{authorize, outcome, part, request, text, unset};
use crate::rfc7523::Signer;
use crate::rfc9449::Prover;
use crate::security_profile::server_of;
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_flow_as_the_profile_wants_it_works() {
    for server in [server_of(SecurityProfile::Fapi2).await, TestServer::new().await] {
        let mut fapi = Fapi::on(server).await;
        let code = fapi.code().await;
        let call = fapi.redeem(&code);
        let tokens: Value = fapi.server.public(fapi.prover.prove(call)).await.expect(200).json();
        assert_eq!(tokens["token_type"], "DPoP");
        // The server's own algorithm here is RS256.
        assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], "ES256");
    }
}

#[tokio::test]
async fn requests_are_pushed_and_have_a_redirect_uri() {
    let mut fapi = Fapi::new().await;
    assert_eq!(authorize(&fapi.server, &request("app")).await.error().as_deref(), Some("invalid_request"));
    for name in ["redirect_uri", "code_challenge"] {
        let without =
            unset(&unset(&request("app"), name), if name == "code_challenge" { "code_challenge_method" } else { name });
        let without = crate::fixtures::set(&without, "scope", "offline");
        let answer = fapi.push(&without).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{name}");
    }
    let pushed: Value = fapi.push(&request("app")).await.expect(201).json();
    let brought = vec![
        ("client_id".to_owned(), "app".to_owned()),
        ("request_uri".to_owned(), text(&pushed, "request_uri").to_owned()),
    ];
    assert_eq!(outcome(&authorize(&fapi.server, &brought).await), "login");
}

/// A client that registered a secret before the profile came does not get in with it.
#[tokio::test]
async fn secrets_authenticate_nobody() {
    let server = TestServer::new().await;
    let form = [("grant_type", "client_credentials")];
    let basic = crate::fixtures::confidential(&server).await;
    let public = crate::fixtures::public(&server).await;
    server.public(basic.token_request(&form)).await.expect(200);
    let strict = server.beside(7, |config| config.symbolon.security_profile = SecurityProfile::Fapi2).await;
    for client in [basic, public] {
        let prover = Prover::new(&strict);
        for path in ["/oauth2/token", "/oauth2/par", "/oauth2/revoke", "/oauth2/device/auth"] {
            let call =
                prover.prove_at(path, client.form(path, &[("grant_type", "client_credentials"), ("token", "x")]));
            let answer = strict.public(call).await;
            assert_eq!(
                (answer.status, answer.error().as_deref()),
                (401, Some("invalid_client")),
                "{} {path}",
                client.id
            );
        }
    }
}

#[tokio::test]
async fn tokens_are_for_the_holder_of_a_key() {
    let mut fapi = Fapi::new().await;
    let code = fapi.code().await;
    let bare = fapi.redeem(&code);
    let answer = fapi.server.public(bare).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_dpop_proof")));
    // The code is not burnt by that.
    let call = fapi.redeem(&code);
    fapi.server.public(fapi.prover.prove(call)).await.expect(200);
    let machine = fapi.signer.call("/oauth2/token", "app", &[("grant_type", "client_credentials")]);
    assert_eq!(fapi.server.public(machine).await.error().as_deref(), Some("invalid_dpop_proof"));
}

#[tokio::test]
async fn a_code_lives_a_minute() {
    for (seconds, status) in [(59, 200), (60, 400)] {
        // By the client's own profile, on a server where codes live longer.
        let mut fapi = Fapi::on(TestServer::new().await).await;
        let code = fapi.code().await;
        fapi.server.clock.advance(seconds);
        let call = fapi.redeem(&code);
        fapi.server.public(fapi.prover.prove(call)).await.expect(status);
    }
}

/// FAPI 2.0 §5.3.2.1-9: a lost answer costs nothing.
#[tokio::test]
async fn refresh_tokens_are_not_rotated() {
    let mut fapi = Fapi::new().await;
    let code = fapi.code().await;
    let call = fapi.redeem(&code);
    let tokens: Value = fapi.server.public(fapi.prover.prove(call)).await.expect(200).json();
    let token = text(&tokens, "refresh_token").to_owned();
    for _ in 0..3 {
        fapi.server.clock.advance(100);
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        let call = fapi.signer.call("/oauth2/token", "app", &form);
        // The key of a confidential client may change.
        let other = Prover::new(&fapi.server);
        let again: Value = fapi.server.public(other.prove(call)).await.expect(200).json();
        assert_eq!(again["token_type"], "DPoP");
    }
}

/// FAPI 2.0 §5.3.2.1-8, §5.4: made for the issuer and nobody else, with a strong algorithm, and not for long.
#[tokio::test]
async fn assertions_are_for_the_issuer_alone_and_short() {
    let fapi = Fapi::new().await;
    let issuer = fapi.server.public_url().to_owned();
    let now = fapi.server.clock.now();
    let endpoint = format!("{issuer}/oauth2/token");
    for (name, changes, status) in [
        ("as it is", json!({}), 200),
        ("list", json!({ "aud": [issuer] }), 401),
        ("token endpoint", json!({ "aud": endpoint }), 401),
        ("pushed", json!({ "aud": format!("{issuer}/oauth2/par") }), 401),
        ("both", json!({ "aud": [issuer, endpoint] }), 401),
        ("five minutes", json!({ "exp": now + 300 }), 200),
        ("longer", json!({ "exp": now + 301 }), 401),
        ("a clock that is ahead", json!({ "nbf": now + 10, "iat": now + 10 }), 200),
        ("far ahead", json!({ "nbf": now + 60 }), 401),
    ] {
        let assertion = fapi.signer.sign(&crate::fixtures::with(fapi.signer.claims("app"), &changes));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", crate::rfc7523::JWT_BEARER),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = fapi.server.public(fapi.prover.prove(Call::post("/oauth2/token").form(&form))).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}

/// A client that registered RS256, or nothing, before it was held to the profile.
#[tokio::test]
async fn weak_signatures_authenticate_nobody() {
    let server = TestServer::new().await;
    for (id, algorithm, registered, status) in [
        ("weak", symbolon_jose::Algorithm::RS256, json!("RS256"), 401),
        ("unsaid", symbolon_jose::Algorithm::RS256, Value::Null, 401),
        ("strong", symbolon_jose::Algorithm::ES256, Value::Null, 200),
    ] {
        let (key, jwk) = crate::fixtures::signing_key(algorithm, "k1");
        let changes = json!({ "token_endpoint_auth_signing_alg": registered });
        crate::rfc7523::signing_client(&server, id, &jwk, changes).await;
        let strict = server.beside(7, |config| config.symbolon.security_profile = SecurityProfile::Fapi2).await;
        let mut signer = Signer::new(&strict, key);
        let call = signer.call("/oauth2/token", id, &[("grant_type", "client_credentials")]);
        let answer = strict.public(Prover::new(&strict).prove(call)).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.text());
    }
}

/// A token that was issued before the client was held to the profile opens nothing that the profile protects.
#[tokio::test]
async fn a_token_for_everybody_opens_nothing() {
    let server = TestServer::new().await;
    let client = crate::fixtures::confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let userinfo = || Call::get("/userinfo").bearer(text(&tokens, "access_token"));
    server.public(userinfo()).await.expect(200);
    let strict = server.beside(7, |config| config.symbolon.security_profile = SecurityProfile::Fapi2).await;
    let answer = strict.public(userinfo()).await;
    assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_token")), "{}", answer.text());
}

/// OpenID Connect Core §5.3.2: who reads the answer asked for claims about a person.
#[tokio::test]
async fn answers_have_no_claims_that_nobody_asked_for() {
    let mut fapi = Fapi::new().await;
    let code = fapi.code().await;
    let call = fapi.redeem(&code);
    let tokens: Value = fapi.server.public(fapi.prover.prove(call)).await.expect(200).json();
    let userinfo = fapi.server.public(fapi.prover.userinfo(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!(userinfo, json!({ "sub": "alice" }));
    assert_eq!(crate::fixtures::claims(text(&tokens, "id_token")).get("sid"), None);

    // A client that logs users out needs the name of the session.
    let change = json!([{ "op": "add", "path": "/backchannel_logout_uri", "value": "https://app.example/out" }]);
    fapi.server.admin(Call::patch("/admin/clients/app").json(&change)).await.expect(200);
    let code = fapi.code().await;
    let call = fapi.redeem(&code);
    let tokens: Value = fapi.server.public(fapi.prover.prove(call)).await.expect(200).json();
    assert!(crate::fixtures::claims(text(&tokens, "id_token")).contains_key("sid"));
}
