//! A database that does not answer: no endpoint pretends success, and those that need none go on.

use serde_json::json;

use super::artefacts::one_of_each;
use crate::fixtures::{CONFIDENTIAL, authorize, outcome, request};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn without_a_database_nothing_succeeds_that_needs_one() {
    let server = TestServer::new().await;
    let all = one_of_each(&server).await;
    let value = |kind: &str| all.iter().find(|(own, _)| *own == kind).unwrap().1.clone();
    let secret = value("client secret");
    server.server.store().close().await;
    let token = |form: &[(&str, &str)]| Call::post("/oauth2/token").form(form).basic(CONFIDENTIAL, &secret);
    let public = [
        token(&[("grant_type", "authorization_code"), ("code", &value("authorization code"))]),
        token(&[("grant_type", "refresh_token"), ("refresh_token", &value("refresh token"))]),
        token(&[("grant_type", "client_credentials")]),
        Call::post("/oauth2/revoke").form(&[("token", &value("access token"))]).basic(CONFIDENTIAL, &secret),
        Call::get("/userinfo").bearer(&value("access token")),
        Call::get("/userinfo").bearer(&value("JWT access token")),
        Call::post("/oauth2/register").json(&json!({})),
        Call::get(format!("/oauth2/register/{CONFIDENTIAL}")).bearer(&value("registration access token")),
        Call::delete(format!("/oauth2/register/{CONFIDENTIAL}")).bearer(&value("registration access token")),
        Call::post("/oauth2/device/auth").form(&[("client_id", "tv")]),
        Call::get("/health/ready"),
    ];
    for call in public {
        let answer = server.public(call.clone()).await;
        assert_eq!(answer.status, 503, "{} {}: {}", call.method, call.target, answer.text());
        assert!(!answer.text().contains("SQL") && !answer.text().contains("database is"), "{}", answer.text());
    }
    let admin = [
        Call::post("/admin/oauth2/introspect").form(&[("token", &value("access token"))]),
        Call::post("/admin/oauth2/introspect").form(&[("token", &value("access token of a client"))]),
        Call::get("/admin/clients"),
        Call::get(format!("/admin/clients/{CONFIDENTIAL}")),
        Call::post("/admin/clients").json(&json!({})),
        Call::delete(format!("/admin/clients/{CONFIDENTIAL}")),
        Call::get("/admin/accounts"),
        Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &value("login challenge"))]),
        Call::put("/admin/oauth2/auth/requests/login/accept")
            .query(&[("login_challenge", &value("login challenge"))])
            .json(&json!({ "subject": "alice" })),
        Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &value("consent challenge"))]),
        Call::put("/admin/oauth2/auth/requests/consent/reject")
            .query(&[("consent_challenge", &value("consent challenge"))])
            .json(&json!({})),
        Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]),
        Call::delete("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice"), ("all", "true")]),
        Call::get("/health/ready"),
    ];
    for call in admin {
        let answer = server.admin(call.clone()).await;
        assert_eq!(answer.status, 503, "{} {}: {}", call.method, call.target, answer.text());
    }
    assert_eq!(outcome(&authorize(&server, &request(CONFIDENTIAL)).await), "page temporarily_unavailable");
    for target in ["/", "/.well-known/openid-configuration", "/.well-known/jwks.json", "/health/alive"] {
        server.public(Call::get(target)).await.expect(200);
    }
}
