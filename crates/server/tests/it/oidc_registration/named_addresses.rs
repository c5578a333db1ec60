//! Who named an address decides whether it may lead inside: nobody who registered themselves, unless configuration opens
//! a network, and an administrator as long as `clients.http.disallow_private_ip_ranges` is off.

use std::path::Path;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_server::config::{Config, Network};

use super::address_guard::{INSIDE, METADATA};
use super::client_keys::{assert_with, with_keys_at};
use super::{Managed, assert_error, minimal, post, register, replace};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{signing_key, with};
use crate::support::{Call, Profile, TestServer};

/// The base profile on a database in this folder, in development mode, where everything may be called.
fn open(folder: &Path) -> Config {
    let mut config = Profile::Base.config();
    config.dsn = format!("sqlite://{}/named.db", folder.display());
    config
}

/// The same as it is in production.
fn strict(folder: &Path) -> Config {
    Config { dev: false, ..open(folder) }
}

fn loopback() -> Vec<Network> {
    ["127.0.0.0/8", "::1"].map(|network| Network::parse(network).unwrap()).to_vec()
}

#[tokio::test]
async fn nobody_who_registers_themselves_names_an_address_inside() {
    let server = TestServer::with(|config| config.dev = false).await;
    let client = register(&server, &minimal()).await;
    for member in ["jwks_uri", "backchannel_logout_uri", "sector_identifier_uri", "request_uris"] {
        let named = |address: &str| {
            let value = if member == "request_uris" { json!([address]) } else { json!(address) };
            with(minimal(), &json!({ member: value }))
        };
        let mut texts = Vec::new();
        for inside in INSIDE {
            for call in [Call::post("/oauth2/register").json(&named(inside)), client.replace(&named(inside))] {
                let answer = server.public(call).await;
                assert_error(&answer, 400, METADATA);
                assert!(answer.member("error_description").contains(member), "{inside}: {}", answer.text());
                texts.push(answer.text());
            }
            let made = server.admin(Call::post("/admin/clients").json(&named(inside))).await;
            // A sector document is fetched at once, and there is none.
            assert_eq!(made.status, if member == "sector_identifier_uri" { 400 } else { 201 }, "{}", made.text());
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "{texts:?}");
        if member == "sector_identifier_uri" {
            assert_eq!(post(&server, &named("https://nowhere.invalid/x")).await.text(), texts[0]);
        } else {
            // Whether there is such a name inside is nothing that a registration tells.
            register(&server, &named("https://nowhere.invalid/x")).await;
            register(&server, &named("https://1.1.1.1/x")).await;
        }
    }
}

#[tokio::test]
async fn an_address_inside_is_called_for_an_administrators_client_and_for_no_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let by_name = keys.url.replace("127.0.0.1", "localhost");
    let server = TestServer::start(open(folder.path())).await;
    let clock = server.clock.clone();
    let strangers =
        [register(&server, &with_keys_at(&keys.url)).await, register(&server, &with_keys_at(&by_name)).await];
    for client in &strangers {
        assert_with(&server, client, &key).await.expect(200);
    }
    let admins = [made(&server, "a", &keys.url).await, made(&server, "b", &by_name).await];
    server.server.store().close().await;
    keys.take();
    // An exception is the administrator's word for the administrator's clients.
    let mut excepting = strict(folder.path());
    excepting.clients.http.private_ip_exception_urls = vec![keys.url.clone(), by_name.clone()];
    for (seed, config) in [(2, strict(folder.path())), (3, excepting)] {
        let server = TestServer::start_at(config, clock.clone(), seed).await;
        for client in &strangers {
            assert_with(&server, client, &key).await.expect(401);
        }
        assert_eq!(keys.count(), 0, "no connection was made");
        for client in &admins {
            assert_with(&server, client, &key).await.expect(200);
        }
        assert_eq!(keys.take().len(), 2, "what a stranger tried before is nothing to the administrator's client");
        for client in &strangers {
            assert_with(&server, client, &key).await.expect(401);
        }
        server.server.store().close().await;
    }
    let mut opened = strict(folder.path());
    opened.symbolon.outbound.allowed_networks = loopback();
    let server = TestServer::start_at(opened.clone(), clock.clone(), 4).await;
    let another = register(&server, &with_keys_at(&format!("{}/another", keys.url))).await;
    for client in strangers.iter().chain([&another]) {
        assert_with(&server, client, &key).await.expect(200);
    }
    assert_error(&post(&server, &with_keys_at("https://10.0.0.1/jwks")).await, 400, METADATA);
    server.server.store().close().await;
    // The networks are open also where all others inside are closed to everybody.
    opened.clients.http.disallow_private_ip_ranges = true;
    let server = TestServer::start_at(opened, clock, 5).await;
    for client in strangers.iter().chain(&admins) {
        assert_with(&server, client, &key).await.expect(200);
    }
}

/// A client that an administrator made, with keys at an address.
async fn made(server: &TestServer, id: &str, keys: &str) -> Managed {
    Managed::new(server.create_client(&body(id, keys)).await)
}

fn body(id: &str, keys: &str) -> Value {
    with(with_keys_at(keys), &json!({ "client_id": id }))
}

#[tokio::test]
async fn an_administrator_vouches_for_no_address_that_a_client_put_in_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let server = TestServer::start(open(folder.path())).await;
    let clock = server.clock.clone();
    let client = made(&server, "a", "https://1.1.1.1/jwks").await;
    replace(&server, &client, &with_keys_at(&keys.url)).await;
    server.server.store().close().await;
    let server = TestServer::start_at(strict(folder.path()), clock, 2).await;
    assert_with(&server, &client, &key).await.expect(401);
    // The administrator who sends back what stands there is told of it, and does not vouch for it by that.
    let put = async |keys: &str| server.admin(Call::put("/admin/clients/a").json(&body("a", keys))).await;
    assert!(put(&keys.url).await.expect(400).text().contains("jwks_uri"));
    assert_with(&server, &client, &key).await.expect(401);
    assert_eq!(keys.count(), 0);
    assert!(
        !server.admin(Call::get("/admin/clients/a")).await.text().contains("named"),
        "it is nothing of the metadata"
    );
    put("https://1.1.1.1/jwks").await.expect(200);
    put(&keys.url).await.expect(200);
    assert_with(&server, &client, &key).await.expect(200);
    // What the administrator named may be sent back by the client; another address inside may not.
    let client = made(&server, "b", &keys.url).await;
    let client = replace(&server, &client, &with_keys_at(&keys.url)).await;
    assert_with(&server, &client, &key).await.expect(200);
    let inside = with_keys_at(&format!("{}/other", keys.url));
    assert_error(&server.public(client.replace(&inside)).await, 400, METADATA);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_look_the_same_whatever_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (key, _) = signing_key(Algorithm::ES256, "k");
    let keys = ClientServer::listen(Reply::HangUp).await;
    let server = TestServer::start(open(folder.path())).await;
    let clock = server.clock.clone();
    let client = register(&server, &with_keys_at(&keys.url)).await;
    let mut texts = Vec::new();
    for reply in [
        Reply::HangUp,
        Reply::Status(404),
        Reply::Status(503),
        Reply::Redirect("https://1.1.1.1/".to_owned()),
        Reply::Endless,
        Reply::Text("<html>".to_owned()),
    ] {
        keys.set(reply);
        server.clock.advance(301);
        texts.push(assert_with(&server, &client, &key).await.expect(401).text());
    }
    assert_eq!(keys.take().len(), 6);
    for nowhere in ["http://127.0.0.1:1/jwks", "https://nowhere.invalid/jwks"] {
        let client = register(&server, &with_keys_at(nowhere)).await;
        texts.push(assert_with(&server, &client, &key).await.expect(401).text());
    }
    server.server.store().close().await;
    let server = TestServer::start_at(strict(folder.path()), clock, 2).await;
    texts.push(assert_with(&server, &client, &key).await.expect(401).text());
    assert_eq!(keys.count(), 0);
    assert_eq!(texts.len(), 9);
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
}
