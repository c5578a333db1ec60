//! The JWT bearer grant (RFC 7523 §2.1): assertions of an issuer that the operator trusts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use symbolon_client::{Algorithm, Client, DpopKey, JwtAssertion, JwtBearerRequest, SigningKey};

use super::authentication::ways;
use super::{ORDERS, Setting};

const ISSUER: &str = "https://factory.example";

/// The issuer's key, once the operator trusts it for the subject `robot`.
async fn trusted(setting: &Setting) -> Arc<SigningKey> {
    let key = SigningKey::generate(Algorithm::ES256, "factory".into()).unwrap();
    let trust = json!({
        "issuer": ISSUER, "subject": "robot", "scope": ["jobs", "orders.read"], "jwk": key.public_jwk(),
        "expires_at": "2030-01-01T00:00:00Z",
    });
    let path = "/admin/trust/grants/jwt-bearer/issuers";
    let (status, said) = setting.admin(reqwest::Method::POST, path, &trust).await;
    assert_eq!(status, 201, "{said}");
    Arc::new(key)
}

fn robot() -> JwtAssertion {
    JwtAssertion::new(ISSUER, "robot")
}

fn signed(key: &Arc<SigningKey>) -> JwtBearerRequest {
    JwtBearerRequest::signed(robot(), Arc::clone(key)).scope("jobs")
}

async fn refusal(client: &Client, request: JwtBearerRequest) -> String {
    client.jwt_bearer(&request).await.unwrap_err().code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_assertion_is_signed_anew_for_each_request_however_the_client_proves_itself() {
    let setting = Setting::start().await;
    let key = trusted(&setting).await;
    for way in ways(&setting) {
        let client = way.client(&setting, &setting.register(&way.members).await);
        for _ in 0..2 {
            let tokens = client.jwt_bearer(&signed(&key).scope("orders.read").resource(ORDERS)).await;
            let tokens = tokens.unwrap_or_else(|error| panic!("{}: {error}", way.name));
            let claims = client.verify_access_token(&tokens.access_token, ORDERS).await.unwrap();
            assert_eq!((claims.subject.as_deref(), tokens.scope.to_string()), (Some("robot"), "orders.read".into()));
        }
    }
}

#[tokio::test]
async fn a_given_assertion_counts_once() {
    let setting = Setting::start().await;
    let key = trusted(&setting).await;
    let client = setting.client(&json!({})).await;
    let now = setting.provider.now();
    let claims = json!({
        "iss": ISSUER, "sub": "robot", "aud": setting.provider.issuer(), "iat": now, "exp": now + 300, "jti": "one",
    });
    let request = JwtBearerRequest::new(key.sign(Some("JWT"), &claims).unwrap()).scope("jobs");
    let tokens = client.jwt_bearer(&request).await.unwrap();
    assert_eq!(setting.told(&tokens).await["sub"], "robot");
    assert_eq!(refusal(&client, request).await, "jti_known", "as Ory Hydra calls it");
}

#[tokio::test]
async fn what_the_issuer_may_not_say_is_refused() {
    let setting = Setting::start().await;
    let key = trusted(&setting).await;
    let client = setting.client(&json!({})).await;
    let stranger = Arc::new(SigningKey::generate(Algorithm::ES256, "factory".into()).unwrap());
    let with = |assertion| JwtBearerRequest::signed(assertion, Arc::clone(&key)).scope("jobs");
    for (case, request, code) in [
        ("a stranger's key", signed(&stranger), "invalid_grant"),
        ("somebody else", with(JwtAssertion::new(ISSUER, "alice")), "invalid_grant"),
        ("another issuer", with(JwtAssertion::new("https://other.example", "robot")), "invalid_grant"),
        ("another server", with(robot().audience("https://other.example")), "invalid_grant"),
        ("ended", with(robot().lifetime(Duration::ZERO)), "invalid_grant"),
        ("for years", with(robot().lifetime(Duration::from_secs(1 << 32))), "invalid_grant"),
        ("without a name", with(robot().without_id()), "invalid_grant"),
        ("more than trusted", signed(&key).scope("openid"), "invalid_scope"),
        ("no token", JwtBearerRequest::new("x"), "invalid_grant"),
    ] {
        assert_eq!(refusal(&client, request).await, code, "{case}");
    }
}

/// RFC 7523 §3.1 leaves it to the server whether a client must prove itself; this one wants it.
#[tokio::test]
async fn an_assertion_alone_is_not_enough_here() {
    let setting = Setting::start().await;
    let key = trusted(&setting).await;
    let nobody = setting.prepared(Client::unregistered(setting.provider.issuer())).build().unwrap();
    assert_eq!(refusal(&nobody, signed(&key)).await, "invalid_request");
}

#[tokio::test]
async fn a_source_signs_again_when_the_token_ends_and_binds_each_to_the_key() {
    let setting = Setting::start().await;
    let key = trusted(&setting).await;
    let app = setting.register(&json!({})).await;
    let dpop = DpopKey::generate().unwrap();
    let client = setting.builder(&app.id).client_secret(app.secret).dpop(dpop.clone()).build().unwrap();
    let source = client.jwt_bearer_source(signed(&key));
    for _ in 0..3 {
        let tokens = source.tokens().await.unwrap();
        let told = setting.told(&tokens).await;
        assert_eq!((&told["active"], &told["cnf"]["jkt"]), (&json!(true), &json!(dpop.thumbprint())));
        setting.advance(100_000);
    }
}
