//! Purging: under constant load the database stays constant after the first period, whatever kind of row the load makes.

use std::collections::BTreeMap;

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_server::config::Config;
use symbolon_store::{EXPIRING_TABLES, raw};

use crate::ciba;
use crate::fixtures::{Registered, claims, confidential, register, signing_key, text};
use crate::rfc7523::Signer;
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Call, TestServer};

fn short_lived(config: &mut Config) {
    config.ttl.access_token = 900;
    config.ttl.refresh_token = Some(1800);
    config.ttl.auth_code = 600;
    config.ttl.login_consent_request = 900;
    config.ttl.authentication_session = 1500;
    config.ttl.device_user_code = 900;
    config.symbolon.sessions.unremembered_lifespan_seconds = 1500;
    ciba::on(config);
}

async fn rows(server: &TestServer) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    for table in EXPIRING_TABLES.iter().chain(&["clients", "accounts", "subjects", "signing_keys", "leases"]) {
        let sql: &'static str = Box::leak(format!("SELECT COUNT(*) FROM {table}").into_boxed_str());
        let found = raw::read(server.server.store(), sql, Vec::new()).await.unwrap();
        counts.insert(*table, found[0].int(0).unwrap());
    }
    counts
}

/// Clients whose requests leave rows of different kinds.
struct Clients {
    ordinary: Registered,
    /// Its own tokens are too large to carry themselves.
    large: Registered,
    device: Registered,
    /// Is told of logouts, and never answers.
    deaf: Registered,
    signer: Signer,
    /// Asks over the back channel.
    asking: Registered,
}

impl Clients {
    async fn register(server: &TestServer) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let signing = json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [jwk] },
            "token_endpoint_auth_signing_alg": "ES256",
        });
        register(server, "signing", &signing).await;
        Self {
            ordinary: confidential(server).await,
            large: register(server, "large", &json!({ "scope": SCOPES })).await,
            device: device_client(server).await,
            deaf: register(server, "deaf", &json!({ "backchannel_logout_uri": "http://127.0.0.1:9/" })).await,
            signer: Signer::new(server, key),
            asking: ciba::asking_client(server, "asking", &json!({})).await,
        }
    }
}

/// One of everything that leaves a row.
async fn load(server: &TestServer, clients: &mut Clients) {
    let Clients { ordinary: client, large, device, deaf, signer, asking } = clients;
    let mut done = client
        .flow(server)
        .login("remember", json!(true))
        .consent("remember", json!(true))
        .consent("remember_for", json!(1200));
    let tokens = done.tokens().await;
    server.public(done.refresh(text(&tokens, "refresh_token"))).await.expect(200);
    server.public(done.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    client.flow(server).code().await;
    let mut failed = client.flow(server);
    let code = failed.code().await;
    let wrong = [("grant_type", "authorization_code"), ("code", code.as_str())];
    server.public(client.token_request(&wrong)).await.expect(400);
    let mut at_consent = client.flow(server);
    at_consent.log_in().await.expect(302);
    let mut at_login = client.flow(server);
    let page = at_login.authorize().await.expect(302).location().to_owned();
    at_login.application.accept_login(&page).await;
    client.flow(server).parameter("purpose", &"x y%".repeat(600)).authorize().await.expect(302);
    let revoked = client.flow(server).tokens().await;
    server.public(client.form("/oauth2/revoke", &[("token", text(&revoked, "access_token"))])).await.expect(200);
    let small = server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    server.public(client.form("/oauth2/revoke", &[("token", &small.member("access_token"))])).await.expect(200);
    let scope = [("grant_type", "client_credentials"), ("scope", SCOPES)];
    server.public(large.token_request(&scope)).await.expect(200);
    server.public(signer.call("/oauth2/token", "signing", &[("grant_type", "client_credentials")])).await.expect(200);
    ciba::ask(server, asking).await;
    let asked = ciba::ask(server, asking).await;
    ciba::accept(server, &asked).await;
    ciba::poll(server, asking, &asked).await.expect(200);
    DeviceFlow::new(server, device).ask().await;
    let mut connected = DeviceFlow::new(server, device);
    let codes = connected.ask().await;
    connected.connect(&codes).await;
    connected.poll(&codes).await.expect(200);
    let mut leaving = deaf.flow(server).login("remember", json!(true));
    let tokens = leaving.tokens().await;
    let sid = claims(text(&tokens, "id_token"))["sid"].as_str().unwrap().to_owned();
    server.admin(Call::delete("/admin/oauth2/auth/sessions/login").query(&[("sid", &sid)])).await.expect(204);
}

const SCOPES: &str = "read.everything.of.the.first.kind read.everything.of.the.second.kind read.everything.of.the.third.kind \
    write.everything.of.the.first.kind write.everything.of.the.second.kind write.everything.of.the.third.kind \
    delete.everything.of.the.first.kind delete.everything.of.the.second.kind delete.everything.of.the.third.kind \
    share.everything.of.the.first.kind share.everything.of.the.second.kind share.everything.of.the.third.kind";

#[tokio::test]
async fn under_constant_load_every_table_stays_constant_after_the_first_period() {
    TestServer::each_database_with(short_lived, async |server| {
        let mut clients = Clients::register(server).await;
        let mut history = Vec::new();
        // The longest-lived row is a logout token that nobody takes: two hours, or 24 turns.
        for _ in 0..90 {
            load(server, &mut clients).await;
            server.server.purge().await.unwrap();
            history.push(rows(server).await);
            server.clock.advance(300);
        }
        let highest =
            |range: std::ops::Range<usize>, table: &str| history[range].iter().map(|counts| counts[table]).max();
        for table in history[0].keys() {
            assert_eq!(
                highest(30..60, table),
                highest(60..90, table),
                "{table} grows: {:?}",
                history.iter().map(|counts| counts[table]).collect::<Vec<_>>()
            );
        }
        // Those that only an import fills are purged like all others: the store's tests show that.
        for table in EXPIRING_TABLES.iter().filter(|table| !table.starts_with("hydra_")) {
            assert!(highest(0..90, table) > Some(0), "the load makes no row in {table}");
        }
        // When the load ends, all of it goes.
        server.clock.advance(200_000);
        server.server.purge().await.unwrap();
        let left = rows(server).await;
        for table in EXPIRING_TABLES {
            assert_eq!(left[table], 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn purging_takes_nothing_that_still_counts() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).login("remember", json!(true)).consent("remember", json!(true));
        let tokens = flow.tokens().await;
        let pending = client.flow(server).code().await;
        let mut waiting = client.flow(server);
        let page = waiting.authorize().await.expect(302).location().to_owned();
        let next = waiting.application.accept_login(&page).await;
        server.clock.advance(500);
        assert_eq!(server.server.purge().await.unwrap(), 0);
        server.public(flow.redemption(&pending)).await.expect(200);
        waiting.browser.get(&next).await.expect(302);
        server.clock.advance(3000);
        server.server.purge().await.unwrap();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        server.clock.advance(20 * 24 * 3600);
        server.server.purge().await.unwrap();
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
        assert_eq!(flow.parameter("prompt", "none").authorize().await.expect(302).error(), None);
    })
    .await;
}

#[tokio::test]
async fn a_used_code_that_has_expired_and_was_purged_past_is_refused() {
    let server = TestServer::with(short_lived).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    server.clock.advance(700);
    server.server.purge().await.unwrap();
    let late = server.public(flow.redemption(&code)).await.expect(400);
    assert_eq!(late.error().as_deref(), Some("invalid_grant"));
    // Within its time the second use of a code ends the grant; an old one from a log or a history does not.
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
}
