//! Nonces: given by the priming answer and by the token endpoint, bound to one access token, and ended by time.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Holder, SCOPE, assert_refused, client, post, primed, tokens, with_proof};
use crate::fixtures::{altered, text};
use crate::support::{Call, TestServer};

const INVALID: &str = "invalid_request";

#[tokio::test]
async fn a_request_without_a_proof_is_answered_with_a_nonce() {
    let server = TestServer::with(|config| config.ttl.vc_nonce = 1234).await;
    let tokens = tokens(&server, &client(&server).await).await;
    for body in [json!({ "format": "jwt_vc_json" }), json!({ "format": "jwt_vc_json", "types": ["X"], "proof": null })]
    {
        let answer = post(&server, text(&tokens, "access_token"), &body).await.expect(400);
        assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        let mut names: Vec<&String> = body.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["c_nonce", "c_nonce_expires_in", "error", "error_description", "format"]);
        assert_eq!((&body["format"], &body["error"]), (&json!("jwt_vc"), &json!("missing_proof")));
        assert_eq!(body["c_nonce_expires_in"], 1234);
    }
}

#[tokio::test]
async fn the_token_endpoint_gives_a_nonce_only_with_both_scopes() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (scope, gives) in [
        ("openid", false),
        (SCOPE, false),
        ("offline profile", false),
        (&format!("openid {SCOPE}") as &str, true),
        (&format!("{SCOPE} email openid"), true),
    ] {
        let response = client.flow(&server).scope(scope).tokens().await;
        assert_eq!(response.get("c_nonce_draft_00").is_some_and(Value::is_string), gives, "{scope}");
        assert_eq!(response.get("c_nonce_expires_in_draft_00"), gives.then_some(&json!(3600)), "{scope}");
    }
    // What is granted counts, not what was asked for.
    let mut partial = client.flow(&server).scope(&format!("openid {SCOPE}")).consent("grant_scope", json!(["openid"]));
    assert_eq!(partial.tokens().await.get("c_nonce_draft_00"), None);
}

#[tokio::test]
async fn the_nonce_of_the_token_endpoint_works_and_a_refresh_gives_a_new_one() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let mut flow = client.flow(&server).scope(&format!("openid offline {SCOPE}"));
    let first = flow.tokens().await;
    let holder = Holder::new(Algorithm::ES256);
    let proof = with_proof(&holder.prove(text(&first, "c_nonce_draft_00")));
    post(&server, text(&first, "access_token"), &proof).await.expect(200);
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    assert_ne!(first["c_nonce_draft_00"], second["c_nonce_draft_00"]);
    // The old proof does not fit the new access token; the new nonce does.
    assert_refused(&post(&server, text(&second, "access_token"), &proof).await, 400, INVALID, "nonce");
    let proof = with_proof(&holder.prove(text(&second, "c_nonce_draft_00")));
    post(&server, text(&second, "access_token"), &proof).await.expect(200);
}

#[tokio::test]
async fn a_nonce_belongs_to_one_access_token() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let (mine, theirs) = (tokens(&server, &client).await, tokens(&server, &client).await);
    let (mine, theirs) = (text(&mine, "access_token"), text(&theirs, "access_token"));
    let holder = Holder::new(Algorithm::ES256);
    let proof = with_proof(&holder.prove(&primed(&server, theirs).await));
    assert_refused(&post(&server, mine, &proof).await, 400, INVALID, "nonce");
    post(&server, theirs, &proof).await.expect(200);
    // The same token without its prefix is the same token.
    let bare = theirs.trim_start_matches("ory_at_");
    let nonce = primed(&server, bare).await;
    let answer = post(&server, bare, &with_proof(&holder.prove(&nonce))).await;
    answer.expect(200);
}

#[tokio::test]
async fn a_nonce_ends() {
    let server = TestServer::with(|config| config.ttl.vc_nonce = 60).await;
    let client = client(&server).await;
    let tokens = tokens(&server, &client).await;
    let access_token = text(&tokens, "access_token");
    let holder = Holder::new(Algorithm::ES256);
    let proof = with_proof(&holder.prove(&primed(&server, access_token).await));
    server.clock.advance(59);
    post(&server, access_token, &proof).await.expect(200);
    server.clock.advance(1);
    assert_refused(&post(&server, access_token, &proof).await, 400, INVALID, "expired");
    let fresh = with_proof(&holder.prove(&primed(&server, access_token).await));
    post(&server, access_token, &fresh).await.expect(200);
}

#[tokio::test]
async fn an_altered_nonce_is_none() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    let access_token = text(&tokens, "access_token");
    let holder = Holder::new(Algorithm::ES256);
    let nonce = primed(&server, access_token).await;
    for (how, changed) in altered(&nonce) {
        let answer = post(&server, access_token, &with_proof(&holder.prove(&changed))).await;
        assert_eq!(answer.status, 400, "{how}");
        assert_refused(&answer, 400, INVALID, "nonce");
    }
}

#[tokio::test]
async fn no_other_sealed_text_is_a_nonce_and_a_nonce_is_nothing_else() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let mut flow = client.flow(&server).scope(&format!("openid offline {SCOPE}"));
    let tokens = flow.tokens().await;
    let access_token = text(&tokens, "access_token");
    let holder = Holder::new(Algorithm::ES256);
    let code = flow.code().await;
    for other in [access_token, text(&tokens, "refresh_token"), &code, ""] {
        for other in [other, other.get(7..).unwrap_or_default()] {
            let answer = post(&server, access_token, &with_proof(&holder.prove(other))).await;
            assert_refused(&answer, 400, INVALID, "nonce");
        }
    }
    let nonce = primed(&server, access_token).await;
    for token in [nonce.clone(), format!("ory_at_{nonce}"), format!("ory_rt_{nonce}")] {
        assert_eq!(server.introspect(&token).await, json!({ "active": false }));
        server.public(Call::get("/userinfo").bearer(&token)).await.expect(401);
    }
}
