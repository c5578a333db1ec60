//! The tools themselves: one walk that uses each of them.

use serde_json::json;
use symbolon_jose::Jws;
use symbolon_jose::digest::{base64url, sha256};

use super::{Browser, Call, CodeFlow, LoginApplication, TestServer};

const CLIENT: &str = "walker";
const SECRET: &str = "a-secret-of-the-walker";

async fn register(server: &TestServer) {
    let created = server
        .create_client(&json!({
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [super::REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid offline profile",
        }))
        .await;
    assert_eq!(created["client_id"], CLIENT);
}

#[tokio::test]
async fn a_whole_flow_runs_on_each_database() {
    TestServer::each_database(async |server| {
        register(server).await;
        let mut flow = CodeFlow::new(server, CLIENT).secret(SECRET).login("remember", json!(true));
        let tokens = flow.tokens().await;
        let access_token = tokens["access_token"].as_str().unwrap();
        assert_eq!(server.introspect(access_token).await["sub"], "alice");
        let info = server.public(Call::get("/userinfo").bearer(access_token)).await.expect(200);
        assert_eq!(info.member("sub"), "alice");
        assert!(info.content_type().unwrap().starts_with("application/json"));
        let refreshed = server.public(flow.refresh(tokens["refresh_token"].as_str().unwrap())).await.expect(200);
        assert_ne!(refreshed.member("access_token"), access_token);
        assert!(!flow.browser.cookie_names("/").is_empty(), "the session is remembered");
    })
    .await;
}

#[tokio::test]
async fn a_flow_can_be_walked_step_by_step_with_the_clock_moved() {
    let server = TestServer::with(|config| config.ttl.login_consent_request = 60).await;
    register(&server).await;
    let mut flow = CodeFlow::new(&server, CLIENT).posted_secret(SECRET).without_pkce().scope("openid").subject("bob");
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let application = LoginApplication::new(&server, "carol");
    let next = application.accept_login(&login_page).await;
    assert!(next.starts_with(server.public_url()));
    server.clock.advance(61);
    let late = flow.browser.follow(&next).await;
    assert!(late.location().starts_with(super::REDIRECT_URI));
    assert!(late.error().is_some());
    assert!(late.location_fragment().is_empty());
}

#[tokio::test]
async fn the_constants_fit_together() {
    assert_eq!(base64url(&sha256(super::CODE_VERIFIER.as_bytes())), super::CODE_CHALLENGE);
    let server = TestServer::new().await;
    assert_eq!(server.clock.now(), super::START);
    register(&server).await;
    let mut flow = CodeFlow::new(&server, CLIENT).secret(SECRET);
    let answer = flow.answer().await.expect(303);
    assert_eq!(answer.location_parameter("state").as_deref(), Some(super::STATE));
    let tokens = server.public(flow.redemption(&answer.location_parameter("code").unwrap())).await.expect(200);
    let claims = Jws::parse(&tokens.member("id_token")).unwrap().unverified_claims().unwrap();
    assert_eq!(claims["nonce"], super::NONCE);
}

#[tokio::test]
async fn a_browser_posts_a_form() {
    let server = TestServer::new().await;
    register(&server).await;
    let form = super::pairs_of(&format!("client_id={CLIENT}&response_type=code&scope=profile&state={}", super::STATE));
    let answer = Browser::new(&server).post("/oauth2/auth", &form).await.expect(302);
    assert!(answer.location_parameter("login_challenge").is_some());
}

#[tokio::test]
async fn a_client_can_be_deleted() {
    let server = TestServer::new().await;
    register(&server).await;
    server.admin(Call::delete(format!("/admin/clients/{CLIENT}"))).await.expect(204);
    let answer = server.public(Call::get("/oauth2/auth").query(&[("client_id", CLIENT)]).navigating()).await;
    assert_eq!(answer.error().as_deref(), Some("invalid_client"));
}
