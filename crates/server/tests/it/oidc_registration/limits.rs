//! What keeps open registration bounded: initial access tokens, a limit for each address, and the end of clients that
//! nobody uses.

use http::header::HeaderName;
use serde_json::json;
use symbolon_jose::Secret;
use symbolon_server::config::{Config, Network};

use super::{assert_error, minimal, register};
use crate::fixtures::with;
use crate::support::{Answer, Call, CodeFlow, TestServer};

const INITIAL: &str = "an-initial-access-token-of-ours";
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[tokio::test]
async fn with_initial_access_tokens_a_registration_needs_one() {
    let server = TestServer::with(|config| {
        let tokens = [INITIAL, "another-initial-access-token"];
        config.symbolon.registration.initial_access_tokens = tokens.map(|token| Secret::new(token.to_owned())).to_vec();
    })
    .await;
    let call = || Call::post("/oauth2/register").json(&minimal());
    for token in [INITIAL, "another-initial-access-token"] {
        server.public(call().bearer(token)).await.expect(201);
    }
    let wrong = ["", "wrong", &INITIAL[1..], &format!("{INITIAL}x"), &INITIAL.to_uppercase()];
    let mut refused = vec![call(), call().basic("a", INITIAL), call().query(&[("initial_access_token", INITIAL)])];
    refused.extend(wrong.iter().map(|token| call().bearer(token)));
    refused.push(Call::post("/oauth2/register").raw("no JSON"));
    for call in refused {
        let answer = server.public(call).await;
        assert_error(&answer, 401, "invalid_token");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
    // Management needs the client's own proof, and an initial access token is none.
    let created = server.public(call().bearer(INITIAL)).await.expect(201);
    let path = server.public_target(&created.member("registration_client_uri")).unwrap();
    server.public(Call::get(&path).bearer(&created.member("registration_access_token"))).await.expect(200);
    server.public(Call::get(&path).bearer(INITIAL)).await.expect(401);
    // The administrator needs none.
    server.create_client(&minimal()).await;
}

fn behind_a_proxy(config: &mut Config) {
    config.symbolon.registration.limit_per_minute = 3;
    config.symbolon.trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8"].map(|text| Network::parse(text).unwrap()).to_vec();
}

async fn from(server: &TestServer, forwarded_for: &str) -> Answer {
    server.public(Call::post("/oauth2/register").json(&minimal()).header(FORWARDED_FOR, forwarded_for)).await
}

#[tokio::test]
async fn an_address_registers_only_so_many_clients_a_minute() {
    let server = TestServer::with(behind_a_proxy).await;
    for _ in 0..3 {
        from(&server, "192.0.2.1").await.expect(201);
    }
    let answer = from(&server, "192.0.2.1").await;
    assert_error(&answer, 429, "slow_down");
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Others are not held up, and management is not counted.
    let created = from(&server, "192.0.2.2").await.expect(201);
    let token = created.member("registration_access_token");
    let path = server.public_target(&created.member("registration_client_uri")).unwrap();
    for _ in 0..5 {
        server.public(Call::get(&path).bearer(&token).header(FORWARDED_FOR, "192.0.2.1")).await.expect(200);
    }
    server.clock.advance(wait);
    from(&server, "192.0.2.1").await.expect(201);
}

#[tokio::test]
async fn who_has_a_network_of_addresses_counts_as_one() {
    let server = TestServer::with(behind_a_proxy).await;
    for number in 0..3 {
        from(&server, &format!("2001:db8:1:2::{number:x}")).await.expect(201);
    }
    from(&server, "2001:db8:1:2:ffff::9").await.expect(429);
    from(&server, "2001:db8:1:3::1").await.expect(201);
}

#[tokio::test]
async fn waiting_is_as_long_as_the_share_of_one_and_no_longer() {
    let server = TestServer::with(behind_a_proxy).await;
    for _ in 0..3 {
        from(&server, "192.0.2.1").await.expect(201);
    }
    for _ in 0..5 {
        // A refused attempt does not count, however often it is made.
        assert_eq!(from(&server, "192.0.2.1").await.expect(429).header("retry-after"), Some("20"));
    }
    server.clock.advance(19);
    assert_eq!(from(&server, "192.0.2.1").await.expect(429).header("retry-after"), Some("1"));
    server.clock.advance(1);
    from(&server, "192.0.2.1").await.expect(201);
    from(&server, "192.0.2.1").await.expect(429);
    server.clock.advance(60);
    for _ in 0..3 {
        from(&server, "192.0.2.1").await.expect(201);
    }
    from(&server, "192.0.2.1").await.expect(429);
}

#[tokio::test]
async fn the_address_is_the_last_one_that_no_trusted_proxy_owns() {
    let server = TestServer::with(behind_a_proxy).await;
    // What the client wrote into the header itself, to the left, does not count.
    for number in 0..3 {
        from(&server, &format!("203.0.113.{number}, 192.0.2.7")).await.expect(201);
    }
    from(&server, "203.0.113.99, 192.0.2.7").await.expect(429);
    from(&server, "192.0.2.7, 10.1.2.3").await.expect(429);
    from(&server, "::ffff:192.0.2.7").await.expect(429);
    from(&server, "2001:db8::7").await.expect(201);
    // Some proxies append a line of their own instead of an element: the last line is theirs.
    let mut call = Call::post("/oauth2/register").json(&minimal()).header(FORWARDED_FOR, "203.0.113.50");
    call.headers.append(FORWARDED_FOR, "192.0.2.7".parse().unwrap());
    server.public(call).await.expect(429);
    // What is no address ends the chain at the proxy, which is this machine.
    from(&server, "unknown, 127.0.0.1").await.expect(201);
    let untrusted = TestServer::with(|config| {
        behind_a_proxy(config);
        config.symbolon.trusted_proxies.clear();
        config.symbolon.registration.limit_per_minute = 1;
    })
    .await;
    // Without a trusted proxy the header is nobody's word: all count as the one who sends, this machine as any other.
    from(&untrusted, "192.0.2.7").await.expect(201);
    from(&untrusted, "192.0.2.8").await.expect(429);
}

#[tokio::test]
async fn unused_clients_that_registered_themselves_expire_and_used_ones_do_not() {
    TestServer::each_database_with(
        |config| config.symbolon.registration.unused_expire_after_seconds = 30 * 24 * 3600,
        async |server| {
            const DAY: i64 = 24 * 3600;
            let grants = json!({ "grant_types": ["authorization_code", "client_credentials"], "scope": "openid a" });
            let unused = register(server, &minimal()).await;
            let machine = register(server, &with(minimal(), &grants)).await;
            let person = register(server, &minimal()).await;
            let kept = server.create_client(&minimal()).await;
            let form = [("grant_type", "client_credentials"), ("scope", "a")];
            for _ in 0..8 {
                server.clock.advance(5 * DAY);
                server
                    .public(Call::post("/oauth2/token").form(&form).basic(&machine.id, &machine.secret))
                    .await
                    .expect(200);
                CodeFlow::new(server, &person.id).secret(&person.secret).scope("openid").tokens().await;
                server.server.purge().await.unwrap();
                let alive = server.public(unused.read()).await.status;
                assert_eq!(alive, if server.clock.now() <= crate::support::START + 30 * DAY { 200 } else { 401 });
            }
            server.public(machine.read()).await.expect(200);
            server.public(person.read()).await.expect(200);
            let path = format!("/admin/clients/{}", kept["client_id"].as_str().unwrap());
            server.admin(Call::get(path)).await.expect(200);
            server.clock.advance(31 * DAY);
            server.server.purge().await.unwrap();
            server.public(machine.read()).await.expect(401);
            server.public(person.read()).await.expect(401);
        },
    )
    .await;
}

#[tokio::test]
async fn by_default_a_client_that_nobody_uses_lives_a_year() {
    const DAY: i64 = 24 * 3600;
    for (setting, days, status) in [(None, 365, 200), (None, 366, 401), (Some(0), 3650, 200)] {
        let server = TestServer::with(|config| {
            let registration = &mut config.symbolon.registration;
            registration.unused_expire_after_seconds = setting.unwrap_or(registration.unused_expire_after_seconds);
        })
        .await;
        let client = register(&server, &minimal()).await;
        server.clock.advance(days * DAY);
        server.server.purge().await.unwrap();
        server.public(client.read()).await.expect(status);
    }
}

#[tokio::test]
async fn a_body_has_a_size_and_a_depth() {
    const LIMIT: usize = 64 * 1024;
    let server = TestServer::new().await;
    let mut client = register(&server, &minimal()).await;
    // A member that nobody knows is passed over, so that only the size of the body counts.
    let of_size = |bytes: usize| {
        let rest = json!({ "unknown": "" }).to_string().len();
        json!({ "unknown": "x".repeat(bytes - rest) })
    };
    client = super::replace(&server, &client, &of_size(LIMIT)).await;
    register(&server, &of_size(LIMIT)).await;
    for bytes in [LIMIT + 1, 500_000, 2 * 1024 * 1024] {
        for call in [Call::post("/oauth2/register").json(&of_size(bytes)), client.replace(&of_size(bytes))] {
            assert_error(&server.public(call).await, 413, "invalid_request");
        }
    }
    let deep = format!("{{\"unknown\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for call in [Call::post("/oauth2/register"), Call::put(client.path()).bearer(&client.token)] {
        assert_error(&server.public(call.raw(deep.clone())).await, 400, "invalid_client_metadata");
    }
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn a_line_of_addresses_that_cannot_be_read_makes_no_other_line_count() {
    let server = TestServer::with(|config| {
        behind_a_proxy(config);
        config.symbolon.registration.limit_per_minute = 1;
    })
    .await;
    for (number, status) in [(1, 201), (2, 429), (3, 429)] {
        let mut call = Call::post("/oauth2/register").json(&minimal());
        let name = http::HeaderName::from_static("x-forwarded-for");
        call.headers.append(name.clone(), format!("192.0.2.{number}").parse().unwrap());
        call.headers.append(name, http::HeaderValue::from_bytes(b"\xff, 198.51.100.9").unwrap());
        server.public(call).await.expect(status);
    }
}
