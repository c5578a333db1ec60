//! OpenID Connect Core §3.1.2.1: an authorization request may come as a POST, and keeps its parameters through the whole flow
//! all the same.

use crate::fixtures::{claims, confidential, outcome, request, set, text};
use crate::support::{CODE_VERIFIER, Call, REDIRECT_URI, STATE, TestServer};

#[tokio::test]
async fn a_posted_request_keeps_its_parameters_through_the_whole_flow() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let login_page =
            flow.browser.post("/oauth2/auth", &request(&client.id)).await.expect(302).location().to_owned();
        let next = flow.application.accept_login(&login_page).await;
        let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = flow.application.accept_consent(&consent_page).await;
        let answer = flow.browser.get(&next).await.expect(303);
        assert!(answer.location().starts_with(REDIRECT_URI));
        assert_eq!(answer.location_parameter("state").as_deref(), Some(STATE));
        let code = answer.location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(claims(text(&tokens, "id_token"))["nonce"], crate::support::NONCE);
    })
    .await;
}

#[tokio::test]
async fn body_and_query_are_one_request_and_the_body_goes_first() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let body = set(&request(&client.id), "scope", "openid");
    let answer = flow.browser.post("/oauth2/auth?scope=email&login_hint=alice", &body).await.expect(302);
    let described = super::login_request(&server, answer.location()).await;
    assert_eq!(described["requested_scope"], serde_json::json!(["openid"]));
    assert_eq!(described["oidc_context"]["login_hint"], "alice");
    let mut form =
        vec![("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code_verifier", CODE_VERIFIER)];
    let next = flow.application.accept_login(answer.location()).await;
    let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&consent_page).await;
    let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
    form.push(("code", &code));
    assert_eq!(server.public(client.token_request(&form)).await.expect(200).member("scope"), "openid");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_never_taken_for_none() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let query = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&request(&client.id))).target;
    let form = http::header::CONTENT_TYPE;
    for (kind, body) in [
        ("application/json", b"{\"prompt\":\"none\"}".to_vec()),
        ("text/plain", b"prompt=none".to_vec()),
        ("multipart/form-data; boundary=x", b"--x--".to_vec()),
        ("application/x-www-form-urlencoded", b"prompt=none&x=\xff".to_vec()),
    ] {
        let call = Call::post(&query).raw(body).header(form.clone(), kind).navigating();
        assert_eq!(outcome(&server.public(call).await), "page invalid_request", "{kind}");
    }
    let untyped = Call::post(&query).raw("prompt=none").navigating();
    assert_eq!(outcome(&server.public(untyped).await), "page invalid_request");
    let empty = Call::post(&query).navigating();
    assert_eq!(outcome(&server.public(empty).await), "login");
}

#[tokio::test]
async fn head_uses_nothing_up() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let consent_page = flow.log_in().await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&consent_page).await;
    let cookies = flow.browser.jar().sent("/", server.clock.now());
    let target = server.public_target(&next).unwrap();
    let head = Call::new(http::Method::HEAD, target).navigating().cookies(&cookies);
    assert_eq!(server.public(head).await.status, 200);
    assert_eq!(outcome(&flow.browser.get(&next).await), "code");
}
