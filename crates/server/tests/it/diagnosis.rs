//! What `symbolon doctor` asks a running server: what arrived of a request. Whoever does not have the system secrets finds
//! nothing there.

use http::header::{COOKIE, HeaderName};
use serde_json::Value;
use symbolon_jose::Secret;
use symbolon_server::config::{Config, Network};
use symbolon_server::diagnosis;

use crate::support::{Answer, Call, TestServer};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

fn question(config: &Config, now: i64) -> Call {
    Call::get(diagnosis::PATH).query(&[("question", &diagnosis::question(config, now).unwrap())])
}

fn localhost() -> Network {
    Network::parse("127.0.0.1/32").unwrap()
}

/// A server, and the configuration that it runs with.
async fn start(change: impl FnOnce(&mut Config)) -> (TestServer, Config) {
    let mut kept = None;
    let server = TestServer::with(|config| {
        change(config);
        kept = Some(config.clone());
    });
    (server.await, kept.unwrap())
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn operators_learn_what_arrives() {
    let (server, config) = start(|config| config.symbolon.trusted_proxies = vec![localhost()]).await;
    let ask = || question(&config, server.clock.now());
    let plain = server.public(ask()).await.expect(200);
    assert_eq!((&plain.json()["forwarded_for"], &plain.json()["address"]), (&Value::Null, &"127.0.0.1".into()));
    assert_eq!(plain.json()["set_cookie"], plain.header("set-cookie").unwrap());
    assert_eq!(plain.json()["cookie_came_back"], false);

    let forwarded = ask().header(FORWARDED_FOR, "198.51.100.7").header(COOKIE, &cookie(&plain));
    let told = server.public(forwarded).await.expect(200).json();
    assert_eq!((&told["address"], &told["forwarded_for"]), (&"198.51.100.7".into(), &"198.51.100.7".into()));
    assert_eq!(told["cookie_came_back"], true);
    let made_up = ask().header(COOKIE, &format!("{}x", cookie(&plain)));
    assert_eq!(server.public(made_up).await.expect(200).json()["cookie_came_back"], false);
}

#[tokio::test]
async fn strangers_find_nothing() {
    let (server, config) = start(|_| ()).await;
    let now = server.clock.now();
    let nothing = server.public(Call::get("/health/nothing")).await.expect(404);
    let own = diagnosis::question(&config, now).unwrap();
    let mut other = config.clone();
    other.secrets.system = vec![Secret::new("a-secret-of-somebody-else-1234".to_owned())];
    let foreign = diagnosis::question(&other, now).unwrap();
    let old = diagnosis::question(&config, now - 3601).unwrap();
    let cookie = cookie(&server.public(question(&config, now)).await.expect(200));
    let (_, of_cookie) = cookie.split_once('=').unwrap();
    assert!(
        server.public(Call::get(diagnosis::PATH).query(&[("question", of_cookie)])).await.status == 200,
        "one kind"
    );
    let refused: [&[(&str, &str)]; 7] = [
        &[],
        &[("question", "")],
        &[("question", &foreign)],
        &[("question", &old)],
        &[("question", &own), ("question", &own)],
        &[("question", &own), ("more", "x")],
        &[("question", &"x".repeat(5000))],
    ];
    for pairs in refused {
        let answer = server.public(Call::get(diagnosis::PATH).query(pairs)).await.expect(404);
        assert_eq!((answer.text(), answer.header("set-cookie")), (nothing.text(), None), "{pairs:?}");
    }
    server.admin(Call::get(diagnosis::PATH).query(&[("question", &own)])).await.expect(404);
}
