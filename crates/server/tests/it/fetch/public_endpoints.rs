//! Endpoints for every application in a browser: `symbolon.cors.public_endpoints`.

use http::header::ORIGIN;
use serde_json::json;

use super::{Seen, asked, listing, preflight, seen};
use crate::fixtures::{confidential, public, register};
use crate::support::{Call, TestServer};

const APP: &str = "https://app.example";

#[tokio::test]
async fn discovery_and_keys_answer_every_origin_without_cookies() {
    let server = TestServer::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/.well-known/jwks.json/",
    ] {
        for origin in [APP, "null"] {
            let answer = server.public(Call::get(path).header(ORIGIN, origin)).await.expect(200);
            assert_eq!((seen(&answer, origin), answer.header("vary")), (Seen::Anybody, Some("Origin")), "{path}");
            let question = preflight(path, origin, "GET", "mcp-protocol-version");
            assert_eq!(seen(&server.public(question).await.expect(200), origin), Seen::Anybody, "{path}");
        }
    }
}

#[tokio::test]
async fn an_application_without_a_secret_logs_in_from_any_origin() {
    let server = TestServer::new().await;
    let client = public(&server).await;
    for path in ["/oauth2/token", "/oauth2/revoke", "/userinfo", "/credentials"] {
        assert_eq!(asked(&server, path, APP).await, Seen::Anybody, "{path}");
    }
    let mut flow = client.flow(&server).scope("openid");
    let code = flow.code().await;
    let answer = server.public(flow.redemption(&code).header(ORIGIN, APP)).await.expect(200);
    assert_eq!(seen(&answer, APP), Seen::Anybody);
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("WWW-Authenticate, Location, Retry-After, X-Request-Id")
    );
    let token = answer.member("access_token");
    let answer = server.public(Call::get("/userinfo").bearer(&token).header(ORIGIN, APP)).await.expect(200);
    assert_eq!(seen(&answer, APP), Seen::Anybody);
    let revocation = client.form("/oauth2/revoke", &[("token", &token)]).header(ORIGIN, APP);
    assert_eq!(seen(&server.public(revocation).await.expect(200), APP), Seen::Anybody);
    let answer = server.public(Call::get("/userinfo").bearer(&token).header(ORIGIN, APP)).await.expect(401);
    assert_eq!(seen(&answer, APP), Seen::Anybody, "an application reads why its token is refused");
    let again = server.public(flow.redemption(&code).header(ORIGIN, APP)).await.expect(400);
    assert_eq!(seen(&again, APP), Seen::Anybody, "and why its code is");
}

#[tokio::test]
async fn a_client_with_a_secret_is_no_application_in_a_browser() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid");
    let code = flow.code().await;
    let answer = server.public(flow.redemption(&code).header(ORIGIN, APP)).await.expect(200);
    assert_eq!((seen(&answer, APP), answer.header("vary")), (Seen::Nothing, Some("Origin")));
    let token = answer.member("access_token");
    for call in [Call::get("/userinfo"), Call::post("/credentials").json(&json!({ "format": "jwt_vc_json" }))] {
        let answer = server.public(call.bearer(&token).header(ORIGIN, APP)).await;
        assert_eq!(seen(&answer, APP), Seen::Nothing, "{}", answer.status);
    }
}

#[tokio::test]
async fn a_refusal_shows_nobody_which_clients_there_are() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let form = [("grant_type", "client_credentials")];
    for id in [client.id.as_str(), "no-such-client"] {
        for path in ["/oauth2/token", "/oauth2/revoke"] {
            let basic = Call::post(path).form(&form).basic(id, "wrong").header(ORIGIN, APP);
            let posted =
                Call::post(path).form(&[form[0], ("client_id", id), ("client_secret", "wrong")]).header(ORIGIN, APP);
            let bare = Call::post(path).form(&[form[0], ("client_id", id)]).header(ORIGIN, APP);
            for call in [basic, posted, bare] {
                let answer = server.public(call).await.expect(401);
                assert_eq!(seen(&answer, APP), Seen::Anybody, "{path} {id}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_names_two_clients_names_none() {
    let server = TestServer::new().await;
    let (open, closed) = (public(&server).await, confidential(&server).await);
    let two = Call::post("/oauth2/token").form(&[("client_id", &open.id), ("grant_type", "client_credentials")]);
    let two = two.basic(&closed.id, &closed.secret).header(ORIGIN, APP);
    assert_eq!(seen(&server.public(two).await.expect(400), APP), Seen::Nothing);
    let twice = Call::post("/oauth2/token").form(&[("client_id", &open.id), ("client_id", &closed.id)]);
    assert_eq!(seen(&server.public(twice.header(ORIGIN, APP)).await.expect(400), APP), Seen::Nothing);
    let assertion = Call::post("/oauth2/token").form(&[("client_assertion", "a.b.c"), ("grant_type", "x")]);
    assert_eq!(seen(&server.public(assertion.header(ORIGIN, APP)).await, APP), Seen::Nothing);
    let nobody = Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]).header(ORIGIN, APP);
    assert_eq!(seen(&server.public(nobody).await.expect(400), APP), Seen::Anybody);
}

#[tokio::test]
async fn a_public_client_that_lists_origins_is_theirs_alone() {
    let server = TestServer::new().await;
    let changes = json!({ "token_endpoint_auth_method": "none", "allowed_cors_origins": [APP] });
    let client = register(&server, "listing", &changes).await;
    for (origin, expected) in [(APP, Seen::Origin), ("https://evil.example", Seen::Nothing)] {
        let call = client.token_request(&[("grant_type", "authorization_code"), ("code", "x")]).header(ORIGIN, origin);
        assert_eq!(seen(&server.public(call).await.expect(400), origin), expected, "{origin}");
    }
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let server = TestServer::with(|config| config.symbolon.cors.public_endpoints = false).await;
    let client = public(&server).await;
    for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/oauth2/token", "/userinfo"] {
        assert_eq!(asked(&server, path, APP).await, Seen::Nothing, "{path}");
        let answer = server.public(Call::get(path).header(ORIGIN, APP)).await;
        assert_eq!((seen(&answer, APP), answer.header("vary")), (Seen::Nothing, None), "{path}");
    }
    let listing = listing(&[]).await;
    let call = client.token_request(&[("grant_type", "authorization_code"), ("code", "x")]).header(ORIGIN, APP);
    assert_eq!(seen(&listing.public(call).await, APP), Seen::Nothing);
}

#[tokio::test]
async fn questions_about_what_no_endpoint_reads_get_nothing() {
    let server = TestServer::new().await;
    for (method, headers) in [("PATCH", ""), ("TRACE", ""), ("POST", "x-forwarded-for"), ("POST", "cookie")] {
        let answer = server.public(preflight("/oauth2/token", APP, method, headers)).await.expect(200);
        assert_eq!(seen(&answer, APP), Seen::Nothing, "{method} {headers}");
    }
}
