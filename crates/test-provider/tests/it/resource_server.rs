//! An API behind the bearer layer, with tokens of Symbolon: the example program of the client crate, and what it has no
//! settings for.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{BearerLayer, Client, Clock, ResourceServer, ResourceServerBuilder};
use symbolon_jose::{Algorithm, SigningKey, digest};
use symbolon_test_provider::{TestClient, TestProvider};

#[path = "../../../client/examples/api.rs"]
#[expect(dead_code, reason = "its main function is not called")]
mod example;

/// The example's API, and a client with tokens for it.
struct World {
    provider: TestProvider,
    app: TestClient,
    /// The address of the API, which is its identifier as well.
    resource: String,
}

impl World {
    async fn start(settings: impl FnOnce(ResourceServerBuilder) -> ResourceServerBuilder) -> Self {
        let provider = TestProvider::start().await;
        let client = Client::unregistered(provider.issuer()).without_proxy().clock(Clock::custom(provider.clock()));
        Self::with(provider, &client.build().unwrap(), settings).await
    }

    async fn with(
        provider: TestProvider,
        client: &Client,
        settings: impl FnOnce(ResourceServerBuilder) -> ResourceServerBuilder,
    ) -> Self {
        let app = provider.client("https://app.example/callback").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let resource = format!("http://{}/notes", listener.local_addr().unwrap());
        let api = settings(ResourceServer::builder(client.clone(), &resource)).build().unwrap();
        let router = example::router(&api);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { provider, app, resource }
    }

    fn token(&self, scope: &str) -> symbolon_test_provider::AccessToken<'_> {
        self.provider.access_token(&self.app.id, "alice", scope).audience(&self.resource).jwt()
    }

    /// Status, the first challenge, and the body.
    async fn send(&self, method: reqwest::Method, headers: &[(&str, &str)]) -> (u16, String, String) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http.request(method, &self.resource);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), challenge.unwrap_or_default(), answer.text().await.unwrap())
    }

    async fn get(&self, token: &str) -> (u16, String, String) {
        self.send(reqwest::Method::GET, &[("authorization", &format!("Bearer {token}"))]).await
    }

    async fn get_bound(&self, token: &str, proof: &str) -> u16 {
        let authorization = format!("DPoP {token}");
        self.send(reqwest::Method::GET, &[("authorization", &authorization), ("dpop", proof)]).await.0
    }

    fn metadata_url(&self) -> String {
        self.resource.replace("/notes", "/.well-known/oauth-protected-resource/notes")
    }

    /// A DPoP proof for reading.
    fn proof(&self, key: &SigningKey, token: &str, identifier: &str) -> String {
        let part = |value: &Value| digest::base64url(value.to_string().as_bytes());
        let header = json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.public_jwk() });
        let claims = json!({
            "htm": "GET", "htu": self.resource, "iat": self.provider.now(), "jti": identifier,
            "ath": digest::base64url(&digest::sha256(token.as_bytes())),
        });
        let message = format!("{}.{}", part(&header), part(&claims));
        format!("{message}.{}", digest::base64url(&key.sign_bytes(message.as_bytes()).unwrap()))
    }
}

#[tokio::test]
async fn the_example_lets_in_who_may_and_tells_the_others_why() {
    let world = World::start(|api| api).await;
    let end = format!("resource_metadata=\"{}\"", world.metadata_url());
    let (status, challenge, _) = world.send(reqwest::Method::GET, &[]).await;
    assert_eq!((status, challenge), (401, format!("Bearer scope=\"notes.read\", {end}")));

    let good = world.token("notes.read").await;
    let (status, _, body) = world.get(&good).await;
    assert_eq!((status, body.as_str()), (200, "the notes of alice\n"));
    let wrong = [
        ("expired", world.token("notes.read").expired().await),
        (
            "of another audience",
            world.token("notes.read").audience("https://other.example").claim("aud", "https://other.example").await,
        ),
        ("of another issuer", world.token("notes.read").issuer("https://evil.example").await),
        ("of a stranger", world.token("notes.read").signed_by_a_stranger().await),
        ("unsigned", world.token("notes.read").unsigned().await),
        ("an ID token", world.token("notes.read").typ("JWT").await),
        ("opaque", world.provider.access_token(&world.app.id, "alice", "notes.read").opaque().await),
        ("nonsense", "nonsense".to_owned()),
    ];
    for (what, token) in wrong {
        let (status, challenge, body) = world.get(&token).await;
        assert_eq!((status, body.as_str()), (401, ""), "{what}");
        assert!(challenge.starts_with("Bearer error=\"invalid_token\"") && challenge.ends_with(&end), "{challenge}");
    }

    let authorization = format!("Bearer {good}");
    let (status, challenge, _) = world.send(reqwest::Method::POST, &[("authorization", &authorization)]).await;
    assert_eq!(status, 403);
    assert!(challenge.contains("insufficient_scope") && challenge.contains("scope=\"notes.write\""), "{challenge}");
    let writing = format!("Bearer {}", world.token("notes.write").await);
    let (status, _, body) = world.send(reqwest::Method::POST, &[("authorization", &writing)]).await;
    assert_eq!((status, body.as_str()), (200, "alice may write\n"));

    world.provider.advance(Duration::from_secs(7200));
    assert_eq!(world.get(&good).await.0, 401, "it has ended");
}

#[tokio::test]
async fn bound_tokens_of_symbolon_need_their_proof() {
    let world = World::start(|api| api).await;
    let (key, other) = (
        SigningKey::generate(Algorithm::ES256, "k".into()).unwrap(),
        SigningKey::generate(Algorithm::ES256, "o".into()).unwrap(),
    );
    let token = world.token("notes.read").bound_to_key(&key.public_jwk().thumbprint()).await;
    let proof = world.proof(&key, &token, "a");
    assert_eq!(world.get_bound(&token, &proof).await, 200);
    assert_eq!(world.get_bound(&token, &proof).await, 401, "used before");
    assert_eq!(world.get_bound(&token, &world.proof(&other, &token, "b")).await, 401, "another key");
    assert_eq!(world.get(&token).await.0, 401, "without a proof");
    let unbound = world.token("notes.read").await;
    assert_eq!(world.get_bound(&unbound, &world.proof(&key, &unbound, "c")).await, 401, "bound to nothing");
}

#[tokio::test]
async fn keys_may_change_and_be_away_for_a_while() {
    let world = World::start(|api| api).await;
    world.provider.fail_next("/.well-known/jwks.json", 500);
    let token = world.token("notes.read").await;
    let (status, challenge, _) = world.get(&token).await;
    assert_eq!((status, challenge.as_str()), (503, ""));
    world.provider.advance(Duration::from_secs(30));
    assert_eq!(world.get(&token).await.0, 200);
    world.provider.rotate_keys().await;
    world.provider.advance(Duration::from_secs(5));
    let newer = world.token("notes.read").await;
    assert_eq!(world.get(&newer).await.0, 200, "a key that was made since");
}

#[tokio::test]
async fn opaque_tokens_of_symbolon_are_asked_about_and_end_with_their_grant() {
    let provider = TestProvider::builder().set("symbolon.introspection.public", "true").start().await;
    let api = provider.register(json!({
        "resource_server": true, "audience": ["https://api.example"], "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["client_credentials"],
    }));
    let api = api.await;
    let client = Client::builder(provider.issuer(), &api.id).client_secret(api.secret.clone()).without_proxy();
    let client = client.clock(Clock::custom(provider.clock())).build().unwrap();
    let world = World::with(provider, &client, |server| server.audience("https://api.example")).await;
    let order = || world.provider.access_token(&world.app.id, "alice", "notes.read").opaque();
    let token = order().audience("https://api.example").await;
    for _ in 0..3 {
        let (status, challenge, body) = world.get(&token).await;
        assert_eq!((status, body.as_str()), (200, "the notes of alice\n"), "{challenge}");
    }
    assert_eq!(world.provider.requests("/oauth2/introspect"), 1, "remembered");
    for stranger in [order().await, order().audience("https://other.example").await] {
        assert_eq!(world.get(&stranger).await.0, 401);
    }
    let key = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap();
    let bound = order().audience("https://api.example").bound_to_key(&key.public_jwk().thumbprint()).await;
    assert_eq!(world.get(&bound).await.0, 401);
    assert_eq!(world.get_bound(&bound, &world.proof(&key, &bound, "a")).await, 200);

    // The application gives its token back.
    let app = Client::builder(world.provider.issuer(), &world.app.id).client_secret(world.app.secret.clone());
    app.without_proxy().build().unwrap().revoke(&token).await.unwrap();
    assert_eq!(world.get(&token).await.0, 200, "not noticed yet");
    world.provider.advance(Duration::from_secs(30));
    assert_eq!(world.get(&token).await.0, 401);
}

#[tokio::test]
async fn a_route_sends_the_user_to_authenticate_again() {
    let provider = TestProvider::start().await;
    let app = provider.client("https://app.example/callback").await;
    let client = Client::unregistered(provider.issuer()).without_proxy().clock(Clock::custom(provider.clock()));
    let server = ResourceServer::builder(client.build().unwrap(), "https://api.example").build().unwrap();
    let layer =
        BearerLayer::new(server).require_authentication_context(["phr"]).require_max_age(Duration::from_secs(300));
    let router = axum::Router::new().route("/notes", axum::routing::get(|| async { "money" }).layer(layer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let resource = format!("http://{}/notes", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let world = World { provider, app, resource };
    let order = |age: i64, acr: &'static str| {
        let order = world.provider.access_token(&world.app.id, "alice", "pay").audience("https://api.example");
        order.jwt().logged_in(age, acr)
    };
    assert_eq!(world.get(&order(60, "phr").await).await.0, 200);
    for token in [order(60, "pwd").await, order(400, "phr").await] {
        let (status, challenge, _) = world.get(&token).await;
        assert_eq!(status, 401);
        let expected = "acr_values=\"phr\", max_age=\"300\"";
        assert!(challenge.contains("insufficient_user_authentication") && challenge.contains(expected), "{challenge}");
    }
}

/// What a person sees who tries the example by hand.
#[tokio::test(flavor = "multi_thread")]
async fn curl_is_answered_by_the_example() {
    let world = World::start(|api| api).await;
    let token = world.token("notes.read").await;
    let (resource, metadata) = (world.resource.clone(), world.metadata_url());
    let curl = |arguments: &[&str]| {
        let run = Command::new("curl").args(["--silent", "--noproxy", "*", "--include"]).args(arguments).output();
        run.ok().map(|output| String::from_utf8(output.stdout).unwrap().to_ascii_lowercase())
    };
    let Some(stranger) = curl(&[&resource]) else {
        #[expect(clippy::disallowed_methods, reason = "in CI nothing is left out silently")]
        let may_be_left_out = std::env::var_os("CI").is_none();
        assert!(may_be_left_out, "curl is missing");
        eprintln!("skipped: curl is missing");
        return;
    };
    assert!(stranger.starts_with("http/1.1 401") && stranger.contains("www-authenticate: bearer scope="), "{stranger}");
    let known = curl(&["--header", &format!("Authorization: Bearer {token}"), &resource]).unwrap();
    assert!(known.starts_with("http/1.1 200") && known.ends_with("the notes of alice\n"), "{known}");
    let head = curl(&["--head", &metadata]).unwrap();
    assert!(head.starts_with("http/1.1 200") && head.contains("access-control-allow-origin: *"), "{head}");
    let document = curl(&[&metadata]).unwrap();
    assert!(document.contains(&format!("\"resource\":\"{resource}\"")), "{document}");
}
