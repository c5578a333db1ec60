//! A stranger writes nothing, challenges stay short, and a request too large to travel in a challenge works all the same.

use http::header::HeaderName;
use symbolon_server::config::Network;

use crate::fixtures::{authorize, confidential, outcome, parameter, request, set};
use crate::support::{Browser, Call, TestServer};

#[tokio::test]
async fn a_stranger_who_starts_logins_writes_nothing() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let store = server.server.store();
        let before = store.statistics();
        let mut pages = Vec::new();
        for number in 0..50 {
            let pairs = set(&request(&client.id), "state", &format!("state-number-{number}"));
            pages.push(authorize(server, &pairs).await.expect(302).location().to_owned());
            authorize(server, &set(&pairs, "scope", "unknown")).await;
            authorize(server, &set(&pairs, "client_id", "nobody")).await;
            authorize(server, &set(&pairs, "login_verifier", "nonsense")).await;
        }
        for page in &pages {
            let query = [("login_challenge", parameter(page, "login_challenge"))];
            let call = Call::get("/admin/oauth2/auth/requests/login").query(&[(query[0].0, &query[0].1)]);
            server.admin(call).await.expect(200);
        }
        for target in
            ["/", "/.well-known/openid-configuration", "/userinfo", "/oauth2/fallbacks/login", "/health/ready"]
        {
            server.public(Call::get(target)).await;
        }
        server
            .public(Call::post("/oauth2/token").form(&[("grant_type", "authorization_code"), ("client_id", "x")]))
            .await;
        assert_eq!(store.statistics(), before);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_of_an_ordinary_request_has_at_most_512_characters() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let plain = request(&client.id);
    let uuid = "9b2f0d0e-5a63-4e0c-8f57-0d6f6c1b7a11";
    let rich = [
        ("state", "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZg"),
        ("nonce", uuid),
        ("scope", "openid profile email offline_access"),
        ("prompt", "select_account"),
        ("max_age", "3600"),
        ("ui_locales", "de-AT de en"),
        ("login_hint", "alice@example.org"),
        ("audience", "https://api.example"),
    ];
    let rich = rich.iter().fold(plain.clone(), |pairs, (name, value)| set(&pairs, name, value));
    for pairs in [plain, rich] {
        let answer = authorize(&server, &pairs).await.expect(302);
        let challenge = parameter(answer.location(), "login_challenge");
        eprintln!("the challenge of an ordinary request has {} characters", challenge.len());
        assert!(challenge.len() <= 512, "{} characters", challenge.len());
        assert!(answer.location().len() <= 600);
    }
}

#[tokio::test]
async fn handles_to_a_flow_are_short() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let after_login = flow.application.accept_login(&login_page).await;
    let consent_page = flow.browser.get(&after_login).await.expect(302).location().to_owned();
    let after_consent = flow.application.accept_consent(&consent_page).await;
    for (url, name) in
        [(&after_login, "login_verifier"), (&consent_page, "consent_challenge"), (&after_consent, "consent_verifier")]
    {
        assert!(parameter(url, name).len() < 100, "{name}");
    }
}

#[tokio::test]
async fn a_request_too_large_for_a_challenge_is_kept_and_the_challenge_stays_short() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let large: String = (0..150).map(|number| format!("value%{number}+/ ")).collect();
        let mut flow = client.flow(server).parameter("purpose", &large).parameter("login_hint", "alice");
        let before = server.server.store().statistics().batches;
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        assert_eq!(server.server.store().statistics().batches, before + 1);
        assert!(parameter(&login_page, "login_challenge").len() <= 512);
        let query = [("login_challenge", parameter(&login_page, "login_challenge"))];
        let call = Call::get("/admin/oauth2/auth/requests/login").query(&[(query[0].0, &query[0].1)]);
        let described = server.admin(call).await.expect(200).json();
        assert_eq!(parameter(described["request_url"].as_str().unwrap(), "purpose"), large);
        let tokens = flow.tokens().await;
        assert_eq!(server.introspect(tokens["access_token"].as_str().unwrap()).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn what_a_stranger_can_make_the_server_keep_is_bounded() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let store = server.server.store();
    let large = "x y%".repeat(700);
    let mut kept = 0;
    for number in 0..300 {
        let pairs = set(&set(&request(&client.id), "purpose", &large), "state", &format!("state-number-{number}"));
        let before = store.statistics().batches;
        let answer = authorize(&server, &pairs).await;
        assert!(answer.status < 500 || outcome(&answer).ends_with("temporarily_unavailable"), "{}", answer.text());
        kept += store.statistics().batches - before;
    }
    assert_eq!(kept, 30, "so many large requests of one stranger are kept in a minute");
    // Others are served meanwhile.
    let mut browser = Browser::new(&server);
    let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&request(&client.id))).target;
    assert_eq!(outcome(&browser.get(&target).await), "login");
}

#[tokio::test]
async fn large_requests_are_counted_by_sender_whatever_address_of_its_network_it_uses() {
    let network = Network::parse("127.0.0.0/8").unwrap();
    let server = TestServer::with(|config| config.symbolon.trusted_proxies = vec![network]).await;
    let client = confidential(&server).await;
    let pairs = set(&request(&client.id), "purpose", &"x y%".repeat(700));
    let ask = async |address: &str| {
        let call = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).navigating();
        let answer = server.public(call.header(HeaderName::from_static("x-forwarded-for"), address)).await;
        outcome(&answer)
    };
    for number in 0..30 {
        assert_eq!(ask(&format!("2001:db8:1:2::{number:x}")).await, "login");
    }
    assert_eq!(ask("2001:db8:1:2:ffff::1").await, "client temporarily_unavailable");
    assert_eq!(ask("2001:db8:1:3::1").await, "login");
    server.clock.advance(2);
    assert_eq!(ask("2001:db8:1:2::1").await, "login");
}
