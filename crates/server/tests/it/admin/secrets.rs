//! What is secret is written and never read again, by nobody and through no operation.

use serde_json::json;

use crate::fixtures::{metadata, text, with};
use crate::support::{Answer, Call, CodeFlow, TestServer};

const CHOSEN: &str = "a-secret-that-somebody-chose";
const PASSWORD: &str = "correct horse battery";

#[track_caller]
fn assert_tells_nothing(answer: &Answer, secrets: &[&str]) {
    let whole = format!("{:?} {}", answer.headers, answer.text());
    for secret in secrets {
        assert!(!whole.contains(secret), "{secret} in {whole}");
    }
    for trace in ["$argon2", "$symbolon-hmac$", "$pbkdf2", "$2b$", "golden-recording-system-secret"] {
        assert!(!whole.contains(trace), "{trace} in {whole}");
    }
}

#[tokio::test]
async fn stored_secrets_are_never_readable() {
    TestServer::each_database(async |server| {
        let generated = server.create_client(&metadata("generated")).await;
        let chosen = with(metadata("chosen"), &json!({ "client_secret": CHOSEN }));
        let chosen = server.create_client(&chosen).await;
        let own = server.public(Call::post("/oauth2/register").json(&json!({}))).await.expect(201).json();
        let account = json!({ "username": "alice", "password": PASSWORD });
        assert_tells_nothing(
            &server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201),
            &[PASSWORD],
        );
        let mut secrets = vec![CHOSEN, PASSWORD];
        for client in [&generated, &chosen, &own] {
            secrets.extend([text(client, "client_secret"), text(client, "registration_access_token")]);
        }
        let mut flow =
            CodeFlow::new(server, "generated").secret(text(&generated, "client_secret")).login("remember", json!(true));
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let login = [("login_challenge", crate::fixtures::parameter(&login_page, "login_challenge"))];
        let tokens = flow.tokens().await;
        let registration = format!("/oauth2/register/{}", text(&own, "client_id"));
        let public = [
            Call::get(&registration).bearer(text(&own, "registration_access_token")),
            Call::get("/userinfo").bearer(text(&tokens, "access_token")),
            Call::get("/.well-known/jwks.json"),
            Call::get("/.well-known/openid-configuration"),
        ];
        for call in public {
            assert_tells_nothing(&server.public(call).await.expect(200), &secrets);
        }
        let replaced = with(metadata("generated"), &json!({ "client_name": "New" }));
        let admin = [
            Call::get("/admin/clients"),
            Call::get("/admin/clients/generated"),
            Call::get("/admin/clients/chosen"),
            Call::put("/admin/clients/generated").json(&replaced),
            Call::get("/admin/accounts"),
            Call::get("/admin/oauth2/auth/requests/login").query(&[(login[0].0, &login[0].1)]),
            Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]),
            Call::post("/admin/oauth2/introspect").form(&[("token", text(&tokens, "access_token"))]),
        ];
        for call in admin {
            assert_tells_nothing(&server.admin(call).await.expect(200), &secrets);
        }
        let keys = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
        for key in keys["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_secrets_are_not_repeated_in_errors() {
    let server = TestServer::new().await;
    server.create_client(&metadata("app")).await;
    for call in [
        Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]).basic("app", "guess-0123456789"),
        Call::post("/oauth2/token").form(&[
            ("grant_type", "client_credentials"),
            ("client_id", "app"),
            ("client_secret", "guess-0123456789"),
        ]),
        Call::post("/oauth2/token")
            .form(&[("grant_type", "guess-0123456789x"), ("client_id", "app")])
            .basic("app", "guess-0123456789"),
        Call::get("/userinfo").bearer("guess-0123456789"),
        Call::get("/oauth2/register/app").bearer("guess-0123456789"),
    ] {
        let answer = server.public(call.clone()).await;
        let told = answer.text().replace("guess-0123456789x", "");
        assert!(answer.status >= 400 && !told.contains("guess-0123456789"), "{call:?}: {told}");
    }
}

#[tokio::test]
async fn json_nested_without_end_is_refused_and_harms_nobody() {
    let server = TestServer::new().await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for member in ["metadata", "jwks", "client_name", "unknown"] {
            let nested = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
            let body = format!("{{\"{member}\":{nested}}}");
            let answer = server.admin(Call::post("/admin/clients").raw(body.clone())).await;
            assert_eq!(answer.status, 400, "{member}");
            server.public(Call::post("/oauth2/register").raw(body)).await.expect(400);
        }
    }
    server.public(Call::get("/health/ready")).await.expect(200);
}
