//! Addresses that clients name and this server calls: sector identifier documents (OpenID Connect Core §8.1) and key
//! sets (RFC 7591 §2), friendly and hostile, and the guard of private addresses.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};
use symbolon_server::config::Config;
use symbolon_types::SubjectType;

use super::{Managed, assert_error, minimal, post, register};
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{signing_key, text, with};
use crate::support::{Answer, Call, CodeFlow, REDIRECT_URI, TestServer};

const METADATA: &str = "invalid_client_metadata";
const OTHER_URI: &str = "https://b.example/cb";

fn with_pairwise(config: &mut Config, authority: &Authority) {
    config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
    config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    config.symbolon.outbound.ca_file = Some(authority.file());
}

fn pairwise(sector: &str) -> Value {
    json!({ "redirect_uris": [REDIRECT_URI, OTHER_URI], "subject_type": "pairwise", "sector_identifier_uri": sector })
}

#[tokio::test]
async fn clients_of_one_sector_get_one_subject() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Json(json!([OTHER_URI, REDIRECT_URI])), &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let uri = format!("{}/sector.json", sector.url);
    let mut subjects = Vec::new();
    for _ in 0..2 {
        let client = register(&server, &pairwise(&uri)).await;
        let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
        let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
        assert_ne!(info.member("sub"), "alice");
        subjects.push(info.member("sub"));
    }
    assert_eq!(subjects[0], subjects[1]);
    let called = sector.take();
    assert!(called.iter().all(|call| (call.method.as_str(), call.target.as_str()) == ("GET", "/sector.json")));
    let host = called[0].header("host").unwrap().to_owned();
    assert!(uri.contains(&host), "{host}");
    assert!(called.iter().all(|call| call.header("authorization").is_none() && call.header("cookie").is_none()));
}

#[tokio::test]
async fn a_sector_document_that_is_not_what_it_must_be_is_refused() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Status(200), &authority).await;
    let good = ClientServer::listen_tls(Reply::Json(json!([REDIRECT_URI, OTHER_URI])), &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let client = register(&server, &minimal()).await;
    let replies = [
        Reply::Status(200),
        Reply::Status(204),
        Reply::Status(404),
        Reply::Status(500),
        Reply::HangUp,
        Reply::Json(json!([])),
        Reply::Json(json!([REDIRECT_URI])),
        Reply::Json(json!([REDIRECT_URI, format!("{OTHER_URI}/")])),
        Reply::Json(json!({ "redirect_uris": [REDIRECT_URI, OTHER_URI] })),
        Reply::Json(json!([REDIRECT_URI, OTHER_URI, 5])),
        Reply::Json(json!(REDIRECT_URI)),
        Reply::Text("[\"http".to_owned()),
        Reply::Redirect(format!("{}/", good.url)),
        Reply::Endless,
    ];
    for reply in replies {
        sector.set(reply.clone());
        let body = pairwise(&sector.url);
        for call in [Call::post("/oauth2/register").json(&body), client.replace(&body)] {
            let answer = server.public(call).await;
            assert_error(&answer, 400, METADATA);
            let description = answer.member("error_description");
            assert!(description.contains("sector_identifier_uri"), "{reply:?}: {description}");
            // What stands at the address is nobody's business but its owner's.
            assert!(
                !description.contains("404") && !description.contains("500") && !description.contains("refused"),
                "{description}"
            );
        }
    }
    assert_eq!(good.count(), 0, "redirects are not followed");
    for nowhere in ["https://localhost:1/", "https://nowhere.invalid/sector"] {
        assert_error(&post(&server, &pairwise(nowhere)).await, 400, METADATA);
    }
    let stranger = ClientServer::listen_tls(Reply::Json(json!([REDIRECT_URI, OTHER_URI])), &Authority::new()).await;
    assert_error(&post(&server, &pairwise(&stranger.url)).await, 400, METADATA);
    assert_eq!(stranger.count(), 0, "a certificate of nobody that we know");
    register(&server, &pairwise(&good.url)).await;
}

#[tokio::test]
async fn a_slow_sector_document_does_not_hold_a_request_for_long() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Slow(Duration::from_secs(60)), &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let begin = Instant::now();
    assert_error(&post(&server, &pairwise(&sector.url)).await, 400, METADATA);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn several_hosts_without_a_sector_document_cannot_be_pairwise() {
    let authority = Authority::new();
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let body = with(pairwise(""), &json!({ "sector_identifier_uri": null }));
    assert_error(&post(&server, &body).await, 400, METADATA);
    let one_host = json!({ "redirect_uris": [REDIRECT_URI], "subject_type": "pairwise" });
    let client = register(&server, &one_host).await;
    let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
    assert_ne!(crate::fixtures::claims(text(&tokens, "id_token"))["sub"], "alice");
}

/// A client that authenticates with keys at an address.
fn with_keys_at(uri: &str) -> Value {
    let own = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri, "grant_types": ["client_credentials"], "scope": "a" });
    with(with(minimal(), &own), &json!({ "token_endpoint_auth_signing_alg": "ES256" }))
}

async fn assert_with(server: &TestServer, client: &Managed, key: &SigningKey) -> Answer {
    let now = server.clock.now();
    let id: u64 = rand_id();
    let claims = json!({
        "iss": client.id, "sub": client.id, "aud": server.public_url(), "jti": format!("jti-{id}"), "iat": now, "exp": now + 60,
    });
    let assertion = key.sign(Some("JWT"), &claims).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "a"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    server.public(Call::post("/oauth2/token").form(&form)).await
}

/// Another number each time.
fn rand_id() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn keys_at_an_address_may_be_rotated_at_any_time() {
    let (old, old_jwk) = signing_key(Algorithm::ES256, "old");
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [old_jwk] }))).await;
    let server = TestServer::new().await;
    let client = register(&server, &with_keys_at(&format!("{}/jwks", keys.url))).await;
    for _ in 0..3 {
        assert_with(&server, &client, &old).await.expect(200);
    }
    assert_eq!(keys.count(), 1, "known keys are kept");
    assert_with(&server, &client, &new).await.expect(401);
    assert_eq!(keys.count(), 1, "the same document is not fetched twice in a moment");
    keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    server.clock.advance(11);
    assert_with(&server, &client, &new).await.expect(200);
    assert_eq!(keys.count(), 2, "an unknown key is a reason to look again at once");
    assert_with(&server, &client, &old).await.expect(401);
    // While the client's server is down, the known keys do.
    keys.set(Reply::Status(503));
    server.clock.advance(301);
    assert_with(&server, &client, &new).await.expect(200);
}

#[tokio::test]
async fn hostile_key_addresses_fail_the_client_and_nobody_else() {
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let good = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let keys = ClientServer::listen(Reply::Endless).await;
    let server = TestServer::new().await;
    let client = register(&server, &with_keys_at(&keys.url)).await;
    let replies = [
        Reply::Endless,
        Reply::Redirect(format!("{}/jwks", good.url)),
        Reply::HangUp,
        Reply::Status(404),
        Reply::Json(json!([])),
        Reply::Json(json!({ "keys": "x" })),
        Reply::Json(json!({ "keys": [{ "kty": "oct", "k": "AA" }] })),
        Reply::Text("{".repeat(100_000)),
    ];
    for reply in replies {
        keys.set(reply);
        server.clock.advance(301);
        keys.take();
        for _ in 0..5 {
            let answer = assert_with(&server, &client, &key).await.expect(401);
            assert_eq!(answer.error().as_deref(), Some("invalid_client"));
        }
        assert!(keys.count() <= 2, "nobody can make us call in a loop: {}", keys.count());
    }
    assert_eq!(good.count(), 0);
    keys.set(Reply::Slow(Duration::from_secs(60)));
    server.clock.advance(301);
    let honest = register(&server, &with_keys_at(&good.url)).await;
    let begin = Instant::now();
    let hanging = tokio::time::timeout(Duration::from_millis(500), assert_with(&server, &client, &key));
    let (_, answer) = tokio::join!(hanging, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_with(&server, &honest, &key).await
    });
    answer.expect(200);
    assert!(begin.elapsed() < Duration::from_secs(5), "one client's server that hangs holds up no other");
}

/// Addresses inside, in every disguise.
const INSIDE: [&str; 14] = [
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[64:ff9b::a00:1]/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://192.168.1.1/x",
    "https://0.0.0.0/x",
    "https://localhost/x",
    "https://localhost./x",
];

#[tokio::test]
async fn immunity_24_addresses_inside_are_not_registered() {
    let server = TestServer::with(|config| config.clients.http.disallow_private_ip_ranges = true).await;
    let client = register(&server, &minimal()).await;
    for inside in INSIDE {
        for member in ["jwks_uri", "backchannel_logout_uri", "sector_identifier_uri"] {
            let body = with(minimal(), &json!({ member: inside }));
            for call in [
                Call::post("/oauth2/register").json(&body),
                client.replace(&body),
                Call::post("/admin/clients").json(&body),
            ] {
                let answer = if call.target.starts_with("/admin") {
                    server.admin(call).await
                } else {
                    server.public(call).await
                };
                assert_error(&answer, 400, METADATA);
                assert!(answer.member("error_description").contains(member), "{inside}: {}", answer.text());
            }
        }
        let body = with(minimal(), &json!({ "request_uris": ["https://1.1.1.1/x", inside] }));
        assert_error(&post(&server, &body).await, 400, METADATA);
    }
    let nowhere = with(minimal(), &json!({ "jwks_uri": "https://nowhere.invalid/jwks" }));
    assert_error(&post(&server, &nowhere).await, 400, METADATA);
    for scheme in ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://1.1.1.1/"] {
        assert_error(&post(&server, &with(minimal(), &json!({ "jwks_uri": scheme }))).await, 400, METADATA);
    }
    register(&server, &with(minimal(), &json!({ "jwks_uri": "https://1.1.1.1/jwks" }))).await;
}

#[tokio::test]
async fn immunity_24_a_name_is_judged_again_when_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let dsn = format!("sqlite://{}/guard.db", folder.path().display());
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let by_name = keys.url.replace("127.0.0.1", "localhost");
    let open = TestServer::with(|config| config.dsn.clone_from(&dsn)).await;
    let clients = [register(&open, &with_keys_at(&keys.url)).await, register(&open, &with_keys_at(&by_name)).await];
    for client in &clients {
        assert_with(&open, client, &key).await.expect(200);
    }
    open.server.store().close().await;
    keys.take();
    // What was stored while everything was allowed, as a name that changed its meaning would be, is refused at the call.
    let mut config = crate::support::Profile::Base.config();
    config.dsn.clone_from(&dsn);
    config.clients.http.disallow_private_ip_ranges = true;
    let guarded = TestServer::start_at(config.clone(), open.clock.clone(), 2).await;
    for client in &clients {
        assert_with(&guarded, client, &key).await.expect(401);
    }
    assert_eq!(keys.count(), 0, "no connection was made");
    guarded.server.store().close().await;
    // An operator may name exceptions, exactly.
    config.clients.http.private_ip_exception_urls = vec![keys.url.clone()];
    let excepted = TestServer::start_at(config, open.clock.clone(), 3).await;
    assert_with(&excepted, &clients[0], &key).await.expect(200);
    assert_with(&excepted, &clients[1], &key).await.expect(401);
    assert_eq!(keys.count(), 1);
}
