//! `oauth21`: codes with PKCE and nothing else, by the server's setting or the client's own.

use serde_json::{Value, json};
use symbolon_server::security_profile::SecurityProfile;

use super::server_of;
use crate::fixtures::{authorize, outcome, parameter, register, request, set, unset};
use crate::support::{Call, TestServer};

/// The rule holds by the server's profile, and by the client's on a server without one.
async fn both_ways() -> [(TestServer, Value); 2] {
    [
        (server_of(SecurityProfile::Oauth21).await, json!({})),
        (TestServer::new().await, json!({ "security_profile": "oauth21" })),
    ]
}

#[tokio::test]
async fn a_code_needs_pkce() {
    for (server, changes) in both_ways().await {
        let client = register(&server, "app", &changes).await;
        let good = request(&client.id);
        assert_eq!(outcome(&authorize(&server, &good).await), "login");
        for (name, pairs) in [
            ("no challenge", unset(&unset(&good, "code_challenge"), "code_challenge_method")),
            ("no method", unset(&good, "code_challenge_method")),
            ("plain", set(&good, "code_challenge_method", "plain")),
        ] {
            assert_eq!(authorize(&server, &pairs).await.error().as_deref(), Some("invalid_request"), "{name}");
        }
    }
    let free = TestServer::new().await;
    let client = register(&free, "app", &json!({})).await;
    let bare = unset(&unset(&request(&client.id), "code_challenge"), "code_challenge_method");
    assert_eq!(outcome(&authorize(&free, &bare).await), "login", "without a profile nothing changes");
}

#[tokio::test]
async fn the_only_response_type_is_code() {
    let server = TestServer::new().await;
    let metadata = json!({
        "response_types": ["code", "id_token", "code id_token", "token"],
        "grant_types": ["authorization_code", "implicit"],
    });
    register(&server, "app", &metadata).await;
    let good = request("app");
    // What was registered before the profile came does not count.
    let strict = server.beside(7, |config| config.symbolon.security_profile = SecurityProfile::Oauth21).await;
    for kind in ["id_token", "code id_token", "token", "none"] {
        let pairs = set(&good, "response_type", kind);
        assert_eq!(authorize(&strict, &pairs).await.error().as_deref(), Some("unsupported_response_type"), "{kind}");
    }
    assert_eq!(outcome(&authorize(&strict, &good).await), "login");
    assert_eq!(outcome(&authorize(&server, &set(&good, "response_type", "code id_token")).await), "login");
}

/// The code is bound by its challenge, so `state` is the client's own affair.
#[tokio::test]
async fn state_may_be_left_out_or_short() {
    for (server, changes) in both_ways().await {
        let client = register(&server, "app", &changes).await;
        let good = request(&client.id);
        for pairs in [unset(&good, "state"), set(&good, "state", "x")] {
            assert_eq!(outcome(&authorize(&server, &pairs).await), "login");
        }
        let flow = client.flow(&server).parameter("state", "");
        let mut flow = flow;
        let location = flow.answer().await.location().to_owned();
        assert!(location.contains("code=") && !location.contains("state="), "{location}");
    }
    let server = TestServer::new().await;
    let client = register(&server, "app", &json!({})).await;
    let bare = unset(&request(&client.id), "state");
    assert_eq!(authorize(&server, &bare).await.error().as_deref(), Some("invalid_state"));
}

#[tokio::test]
async fn redirect_uri_need_not_be_repeated_but_must_be_the_same() {
    for (server, changes) in both_ways().await {
        let client = register(&server, "app", &changes).await;
        for (redirect_uri, status) in
            [(None, 200), (Some("http://127.0.0.1:5555/callback"), 200), (Some("http://127.0.0.1:5555/other"), 400)]
        {
            let code = client.flow(&server).code().await;
            let verifier = crate::support::CODE_VERIFIER;
            let mut form = vec![("grant_type", "authorization_code"), ("code", &code), ("code_verifier", verifier)];
            form.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
            server.public(client.token_request(&form)).await.expect(status);
        }
    }
    let server = TestServer::new().await;
    let client = register(&server, "app", &json!({})).await;
    let code = client.flow(&server).code().await;
    let verifier = crate::support::CODE_VERIFIER;
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", verifier)];
    let answer = server.public(client.token_request(&form)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
}

/// A client that is held to a profile between the visits does not finish what it could not begin.
#[tokio::test]
async fn a_profile_counts_for_flows_that_have_begun() {
    let server = TestServer::new().await;
    let client = register(&server, "app", &json!({})).await;
    let mut flow = client.flow(&server).without_pkce();
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let change = json!([{ "op": "add", "path": "/security_profile", "value": "oauth21" }]);
    server.admin(Call::patch("/admin/clients/app").json(&change)).await.expect(200);
    let challenge = parameter(&login_page, "login_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
    let answer = server.admin(accept.json(&json!({ "subject": "alice" }))).await;
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{}", answer.text());
}

#[tokio::test]
async fn without_a_profile_state_may_be_left_out_beside_a_challenge_where_that_is_configured() {
    for (optional, expected) in [(false, "client invalid_state"), (true, "login")] {
        let server = TestServer::with(|config| config.symbolon.oauth2.state_optional_with_pkce = optional).await;
        let client = register(&server, "app", &json!({})).await;
        let stateless = unset(&request(&client.id), "state");
        assert_eq!(outcome(&authorize(&server, &stateless).await), expected);
        let unprotected = unset(&unset(&stateless, "code_challenge"), "code_challenge_method");
        assert_eq!(outcome(&authorize(&server, &unprotected).await), "client invalid_state");
    }
}
