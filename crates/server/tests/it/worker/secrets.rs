//! Changing `secrets.system`: the first secret seals, all of them open. What was issued under an old one counts as long as
//! that is listed, and not a moment longer.

use serde_json::json;
use symbolon_jose::Secret;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;

use super::restart::{Before, on_file};
use crate::fixtures::{confidential, register, text};
use crate::support::{Call, START, TestServer};

const NEW: &str = "another-system-secret-0123456789";

fn rotate(config: &mut Config) {
    config.secrets.system.insert(0, Secret::new(NEW.to_owned()));
    config.secrets.cookie.insert(0, Secret::new("another-cookie-secret-0123456789".to_owned()));
}

#[tokio::test]
async fn a_new_first_secret_keeps_everything_valid() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let first = TestServer::start_at(on_file(folder.path()), clock.clone(), 1).await;
    let before = Before::collect(&first).await;
    first.server.store().close().await;
    drop(first);
    let mut config = on_file(folder.path());
    rotate(&mut config);
    let second = TestServer::start_at(config, clock, 2).await;
    before.assert_valid(&second).await;
    before.finish(&second).await;
}

#[tokio::test]
async fn what_is_sealed_after_the_change_does_not_need_the_old_secret() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let first = TestServer::start_at(on_file(folder.path()), clock.clone(), 1).await;
    let client = confidential(&first).await;
    let old = client.flow(&first).tokens().await;
    first.server.store().close().await;
    drop(first);
    let mut config = on_file(folder.path());
    rotate(&mut config);
    let second = TestServer::start_at(config.clone(), clock.clone(), 2).await;
    // Using its secret once brings a client's hash up to date; keys are sealed anew at the start.
    let new = client.flow(&second).tokens().await;
    let late = register(&second, "late", &json!({})).await;
    second.server.store().close().await;
    drop(second);
    config.secrets.system.truncate(1);
    config.secrets.cookie.truncate(1);
    let third = TestServer::start_at(config, clock, 3).await;
    for name in ["access_token", "refresh_token"] {
        assert_eq!(third.introspect(text(&new, name)).await["active"], true, "{name}");
        assert_eq!(third.introspect(text(&old, name)).await, json!({ "active": false }), "an old {name}");
    }
    third.public(Call::get("/userinfo").bearer(text(&new, "access_token"))).await.expect(200);
    for client in [&client, &late] {
        third.public(client.form("/oauth2/revoke", &[("token", "x")])).await.expect(200);
        client.flow(&third).tokens().await;
    }
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&new, "refresh_token"))];
    third.public(client.token_request(&refresh)).await.expect(200);
}

#[tokio::test]
async fn a_sealed_client_secret_is_sealed_again_when_it_is_used() {
    use crate::rfc7523::shared_secret::{changes, show};
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let first = TestServer::start_at(on_file(folder.path()), clock.clone(), 1).await;
    let secret = register(&first, "app", &changes("HS256")).await.secret;
    first.server.store().close().await;
    drop(first);
    let mut config = on_file(folder.path());
    rotate(&mut config);
    let second = TestServer::start_at(config.clone(), clock.clone(), 2).await;
    show(&second, "HS256", &secret, &json!({ "jti": "second" })).await.expect(200);
    second.server.store().close().await;
    drop(second);
    config.secrets.system.truncate(1);
    let third = TestServer::start_at(config, clock, 3).await;
    show(&third, "HS256", &secret, &json!({ "jti": "third" })).await.expect(200);
}
