//! What operators may set for clients that nobody vouches for: limits of a day and of shared networks, how long all
//! refreshing goes on, and that a client whose person still uses it is not deleted.

use http::header::HeaderName;
use serde_json::{Value, json};
use symbolon_server::config::{Config, Network};

use super::{minimal, register};
use crate::fixtures::{text, with};
use crate::support::{Answer, Call, CodeFlow, START, TestServer};

const DAY: i64 = 24 * 3600;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

fn behind_a_proxy(config: &mut Config) {
    let networks = |texts: &[&str]| texts.iter().map(|text| Network::parse(text).unwrap()).collect();
    config.symbolon.trusted_proxies = networks(&["127.0.0.0/8"]);
    config.symbolon.registration.shared_networks = networks(&["198.51.100.0/24"]);
    config.symbolon.registration.shared_limit_per_minute = 5;
    config.symbolon.registration.limit_per_minute = 2;
    config.symbolon.registration.limit_per_day = 4;
}

async fn from(server: &TestServer, address: &str) -> Answer {
    server.public(Call::post("/oauth2/register").json(&minimal()).header(FORWARDED_FOR, address)).await
}

#[tokio::test]
async fn a_network_has_a_limit_for_the_day_besides_that_for_the_minute() {
    let server = TestServer::with(behind_a_proxy).await;
    for _ in 0..2 {
        from(&server, "192.0.2.1").await.expect(201);
        from(&server, "192.0.2.1").await.expect(201);
        from(&server, "192.0.2.1").await.expect(429);
        server.clock.advance(120);
    }
    let refused = from(&server, "192.0.2.1").await.expect(429);
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!(wait > 3600 && wait <= DAY / 4, "{wait}");
    from(&server, "192.0.2.2").await.expect(201);
    server.clock.advance(wait);
    from(&server, "192.0.2.1").await.expect(201);
    from(&server, "192.0.2.1").await.expect(429);
}

#[tokio::test]
async fn an_address_that_many_people_share_has_its_own_limit() {
    let server = TestServer::with(behind_a_proxy).await;
    for _ in 0..3 {
        for _ in 0..5 {
            from(&server, "198.51.100.7").await.expect(201);
        }
        from(&server, "198.51.100.7").await.expect(429);
        server.clock.advance(60);
    }
}

/// A client that registers itself, and the tokens of a person who used it once.
async fn used_once(server: &TestServer) -> (super::Managed, Value) {
    let metadata = with(minimal(), &json!({ "grant_types": ["authorization_code", "refresh_token"] }));
    let client = register(server, &metadata).await;
    let tokens = CodeFlow::new(server, &client.id).secret(&client.secret).scope("openid offline_access").tokens().await;
    (client, tokens)
}

fn refresh(client: &super::Managed, tokens: &Value) -> Call {
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(tokens, "refresh_token"))];
    Call::post("/oauth2/token").form(&form).basic(&client.id, &client.secret)
}

#[tokio::test]
async fn a_client_with_a_grant_that_is_alive_is_not_deleted_as_unused() {
    let change = |config: &mut Config| {
        config.symbolon.registration.unused_expire_after_seconds = 10 * DAY;
        config.ttl.refresh_token = Some(30 * DAY);
    };
    TestServer::each_database_with(change, async |server| {
        let unused = register(server, &minimal()).await;
        let (client, tokens) = used_once(server).await;
        server.clock.advance(25 * DAY);
        server.server.purge().await.unwrap();
        server.public(unused.read()).await.expect(401);
        let tokens = server.public(refresh(&client, &tokens)).await.expect(200).json();
        // What was revoked keeps nobody.
        let revoke = [("token", text(&tokens, "refresh_token"))];
        server.public(Call::post("/oauth2/revoke").form(&revoke).basic(&client.id, &client.secret)).await.expect(200);
        server.clock.advance(12 * DAY);
        server.server.purge().await.unwrap();
        server.public(client.read()).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn what_a_person_allowed_a_stranger_ends_however_often_it_is_refreshed() {
    let server = TestServer::with(|config| config.symbolon.registration.grant_lifespan_seconds = 50 * DAY).await;
    let (client, mut tokens) = used_once(&server).await;
    while server.clock.now() < START + 40 * DAY {
        server.clock.advance(20 * DAY);
        tokens = server.public(refresh(&client, &tokens)).await.expect(200).json();
    }
    server.clock.advance(10 * DAY);
    let ended = server.public(refresh(&client, &tokens)).await.expect(400);
    assert_eq!(ended.member("error"), "invalid_grant");
}

#[tokio::test]
async fn answers_have_the_shape_of_hydra_where_that_is_asked_for() {
    let asked = |config: &mut Config| config.symbolon.compatibility.empty_registration_members = true;
    let server = TestServer::with(asked).await;
    let hydra = server.public(Call::post("/oauth2/register").json(&minimal())).await.expect(201).json();
    assert_eq!((&hydra["client_uri"], &hydra["jwks"], &hydra["contacts"]), (&json!(""), &json!({}), &json!([])));
    let strict =
        TestServer::new().await.public(Call::post("/oauth2/register").json(&minimal())).await.expect(201).json();
    assert!(strict.get("client_uri").is_none() && strict.get("jwks").is_none() && strict.get("contacts").is_none());
}
