//! The login session of a browser (OpenID Connect Core §3.1.2.3): its cookie, its end, and whose it is.

use serde_json::json;

use super::remembered;
use crate::fixtures::{authorize, claims, confidential, outcome, parameter, register, text};
use crate::support::{Call, CodeFlow, Cookie, TestServer};

fn session_cookie(answer: &crate::support::Answer) -> Option<Cookie> {
    answer.cookies().into_iter().find(|cookie| cookie.name.contains("ory_hydra_session"))
}

#[tokio::test]
async fn its_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    for (dev, name) in [(true, "ory_hydra_session_dev"), (false, "__Host-ory_hydra_session")] {
        let server = TestServer::with(|config| {
            config.dev = dev;
            config.serve.cookies.secure = !dev;
            if !dev {
                config.urls.issuer = "https://login.example".to_owned();
            }
        })
        .await;
        let client = confidential(&server).await;
        let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(3600));
        let cookie = session_cookie(&flow.log_in().await).unwrap();
        assert_eq!(cookie.name, name);
        assert_eq!(cookie.attribute("HttpOnly"), Some(""));
        assert_eq!(cookie.attribute("Path"), Some("/"));
        assert_eq!(cookie.attribute("SameSite"), Some("Lax"));
        assert_eq!(cookie.attribute("Secure").is_some(), !dev);
        assert_eq!(cookie.attribute("Domain"), None);
        assert_eq!(cookie.max_age(), Some(3600));
        assert!(cookie.attribute("Expires").unwrap().ends_with(" GMT"));
    }
}

#[tokio::test]
async fn it_lives_as_long_as_the_login_page_says_and_never_beyond_the_limit() {
    let server = TestServer::with(|config| config.ttl.authentication_session = 500).await;
    let client = confidential(&server).await;
    for (remember_for, expected) in [(0, 500), (-5, 500), (60, 60), (10_000_000_000_i64, 180 * 24 * 3600)] {
        let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(remember_for));
        assert_eq!(session_cookie(&flow.log_in().await).unwrap().max_age(), Some(expected), "{remember_for}");
    }
}

#[tokio::test]
async fn it_ends_in_the_database_too_whatever_the_browser_keeps() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(60));
    flow.tokens().await;
    let stolen = flow.browser.jar().sent("/", server.clock.now());
    let silent = crate::fixtures::set(&crate::fixtures::request(&client.id), "prompt", "none");
    let visit = async || {
        let call = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&silent)).navigating().cookies(&stolen);
        outcome(&server.public(call).await)
    };
    server.clock.advance(59);
    assert_eq!(visit().await, "login");
    server.clock.advance(1);
    assert_eq!(visit().await, "client login_required");
}

#[tokio::test]
async fn extending_gives_it_a_new_lifetime_and_only_on_request() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("remember_for", json!(100));
    flow.tokens().await;
    server.clock.advance(60);
    assert_eq!(session_cookie(&flow.log_in().await), None, "a session that asks for nothing is left alone");
    let mut flow = flow.login("extend_session_lifespan", json!(true));
    assert_eq!(session_cookie(&flow.log_in().await).unwrap().max_age(), Some(100));
    server.clock.advance(60);
    let mut flow: CodeFlow = flow.parameter("prompt", "none");
    assert_eq!(outcome(&flow.authorize().await), "login");
}

/// OpenID Connect Core §2: `acr` and `amr` say how the user was authenticated, whichever application asks.
#[tokio::test]
async fn it_keeps_how_its_person_was_authenticated() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client
            .flow(server)
            .login("remember", json!(true))
            .login("acr", json!("urn:level:2"))
            .login("amr", json!(["pwd", "otp"]));
        flow.tokens().await;
        let told = async |flow: &mut CodeFlow| {
            let page = flow.log_in().await.expect(302).location().to_owned();
            let described = super::consent_request(server, &page).await;
            let next = flow.application.accept_consent(&page).await;
            let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
            let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
            let claims = claims(text(&tokens, "id_token"));
            assert_eq!((&claims["acr"], &claims["amr"]), (&described["acr"], &described["amr"]));
            let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
            let refreshed = crate::fixtures::claims(&refreshed.member("id_token"));
            assert_eq!((&refreshed["acr"], &refreshed["amr"]), (&claims["acr"], &claims["amr"]));
            (claims["acr"].clone(), claims["amr"].clone())
        };
        // Another application, whose login page has nothing to ask and says nothing.
        let other = register(server, "other", &json!({})).await;
        let mut second = other.flow(server);
        second.browser = flow.browser.clone();
        assert_eq!(told(&mut second).await, (json!("urn:level:2"), json!(["pwd", "otp"])));
        // What the page says counts for its flow, and does not change the session.
        let mut stepped = second.login("acr", json!("urn:level:3"));
        assert_eq!(told(&mut stepped).await, (json!("urn:level:3"), json!(["pwd", "otp"])));
        let mut plain = other.flow(server);
        plain.browser = stepped.browser;
        assert_eq!(told(&mut plain).await, (json!("urn:level:2"), json!(["pwd", "otp"])));
        // A new login is what its page says.
        let mut anew = plain.parameter("prompt", "login").login("remember", json!(true)).login("amr", json!(["hwk"]));
        anew.application.login["acr"] = json!("urn:level:1");
        assert_eq!(told(&mut anew).await, (json!("urn:level:1"), json!(["hwk"])));
        let mut after = other.flow(server);
        after.browser = anew.browser;
        assert_eq!(told(&mut after).await, (json!("urn:level:1"), json!(["hwk"])));
    })
    .await;
}

#[tokio::test]
async fn another_persons_login_ends_the_session_before() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for remember in [true, false] {
            let flow = remembered(server, &client).await;
            let before = flow.browser.jar().sent("/", server.clock.now());
            let mut alice = client.flow(server).parameter("prompt", "none");
            alice.browser = flow.browser.clone();
            let mut bob = flow.parameter("prompt", "login").subject("bob").login("remember", json!(remember));
            let cookie = session_cookie(&bob.log_in().await).unwrap();
            assert!(before.iter().all(|(_, value)| *value != cookie.value), "a session of its own");
            // The old cookie, kept by somebody, names nothing any more.
            assert_eq!(outcome(&alice.authorize().await), "client login_required", "remember: {remember}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_planted_session_is_never_taken_over() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let attacker = remembered(server, &client).await;
        let planted = attacker.browser.clone();
        // The victim's browser has the attacker's cookie when the victim logs in.
        let mut victim =
            client.flow(server).subject("victim").login("remember", json!(true)).parameter("prompt", "login");
        victim.browser = planted.clone();
        let value = |flow: &CodeFlow| {
            let mut cookies = flow.browser.jar().sent("/", server.clock.now()).into_iter();
            cookies.find(|(name, _)| name.contains("session")).unwrap().1
        };
        let before = value(&victim);
        let tokens = victim.tokens().await;
        assert_ne!(value(&victim), before);
        let sid = claims(text(&tokens, "id_token"))["sid"].clone();
        // What the attacker kept names nobody any more: their own session has ended with the victim's login.
        let mut again = client.flow(server);
        again.browser = planted;
        let answer = again.authorize().await;
        assert_eq!(outcome(&answer), "login");
        let described = super::login_request(server, answer.location()).await;
        assert_eq!((&described["skip"], &described["subject"]), (&json!(false), &json!("")));
        assert_ne!(described["session_id"], sid);
        let mut silent = again.parameter("prompt", "none");
        assert_eq!(outcome(&silent.authorize().await), "client login_required");
        // The victim is signed in.
        let mut own = victim.parameter("prompt", "none");
        assert_eq!(outcome(&own.authorize().await), "login");
    })
    .await;
}

#[tokio::test]
async fn a_verifier_counts_in_the_browser_where_the_flow_began_and_a_stranger_does_not_use_it_up() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let next = flow.application.accept_login(&login_page).await;
        let mut stranger = client.flow(server);
        stranger.authorize().await.expect(302);
        assert_eq!(outcome(&stranger.browser.get(&next).await), "client request_forbidden");
        let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = flow.application.accept_consent(&consent_page).await;
        assert_eq!(outcome(&stranger.browser.get(&next).await), "client request_forbidden");
        assert_eq!(outcome(&flow.browser.get(&next).await), "code");
        // Used up, for everybody.
        assert_eq!(outcome(&flow.browser.get(&next).await), "client access_denied");
    })
    .await;
}

#[tokio::test]
async fn the_address_bar_cannot_change_the_request_on_the_way() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    register(&server, "other", &json!({})).await;
    let mut flow = client.flow(&server).scope("openid");
    let consent_page = flow.log_in().await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&consent_page).await;
    let widened = next.replace("scope=openid", "scope=openid+offline+email").replace("state=", "state=x");
    let other = next.replace("client_id=confidential", "client_id=other");
    assert_eq!(outcome(&flow.browser.get(&other).await), "page invalid_client");
    let answer = flow.browser.get(&widened).await;
    assert_eq!(outcome(&answer), "code");
    assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid"));
    assert_eq!(answer.location_parameter("state").as_deref(), Some(crate::support::STATE));
}

#[tokio::test]
async fn a_request_without_a_session_sets_only_the_cookie_of_its_flow() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let answer = authorize(&server, &crate::fixtures::request("confidential")).await.expect(302);
    let cookies = answer.cookies();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].name.starts_with("ory_hydra_login_csrf_dev_"), "{}", cookies[0].name);
    assert_eq!(cookies[0].max_age(), Some(1800));
    assert_eq!(cookies[0].attribute("HttpOnly"), Some(""));
    assert!(!parameter(answer.location(), "login_challenge").contains(&cookies[0].value));
}
