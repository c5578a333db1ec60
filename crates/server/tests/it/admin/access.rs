//! Who may call the admin listener: whoever reaches it, or whoever has the token; never a web page.

use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use serde_json::json;
use symbolon_jose::Secret;

use crate::support::{Call, TestServer};

const TOKEN: &str = "the-operators-token-0123456789";

fn calls() -> Vec<Call> {
    vec![
        Call::get("/admin/clients"),
        Call::get("/clients"),
        Call::get("/admin/clients/nobody"),
        Call::post("/admin/clients").json(&json!({ "client_id": "intruder" })),
        Call::put("/admin/clients/x").json(&json!({})),
        Call::delete("/admin/clients/x"),
        Call::get("/admin/accounts"),
        Call::post("/admin/accounts").json(&json!({ "username": "intruder", "password": "correct horse" })),
        Call::get("/admin/signing-keys"),
        Call::post("/admin/signing-keys/rotate").json(&json!({})),
        Call::post("/admin/config/reload"),
        Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", "x")]),
        Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", "x")]).json(&json!({})),
        Call::put("/admin/oauth2/auth/requests/consent/reject").query(&[("consent_challenge", "x")]).json(&json!({})),
        Call::post("/admin/oauth2/introspect").form(&[("token", "x")]),
        Call::get("/admin/oauth2/auth/sessions/login"),
        Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]),
        Call::delete("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice"), ("all", "true")]),
    ]
}

#[tokio::test]
async fn with_a_token_every_operation_demands_it() {
    let server = TestServer::with(|config| config.symbolon.admin.token = Some(Secret::new(TOKEN.to_owned()))).await;
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some(format!("Bearer {}", &TOKEN[1..])),
        Some(format!("Bearer {TOKEN}x")),
        Some(format!("Bearer {}", TOKEN.to_uppercase())),
        Some(format!("Basic {TOKEN}")),
        Some(TOKEN.to_owned()),
    ];
    for call in calls() {
        for header in &wrong {
            let call = match header {
                Some(header) => call.clone().header(AUTHORIZATION, header),
                None => call.clone(),
            };
            let answer = server.admin(call.clone()).await;
            assert_eq!(answer.status, 401, "{call:?}");
            assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
            assert!(!answer.text().contains(TOKEN));
        }
    }
    for call in calls() {
        for scheme in ["Bearer", "bearer"] {
            let answer = server.admin(call.clone().header(AUTHORIZATION, &format!("{scheme} {TOKEN}"))).await;
            assert_ne!(answer.status, 401, "{call:?}");
        }
    }
}

#[tokio::test]
async fn health_and_version_stay_open_to_probes() {
    let server = TestServer::with(|config| config.symbolon.admin.token = Some(Secret::new(TOKEN.to_owned()))).await;
    for target in ["/health/alive", "/health/ready", "/admin/health/alive", "/admin/health/ready", "/version"] {
        server.admin(Call::get(target)).await.expect(200);
    }
    let version = server.admin(Call::get("/version")).await.expect(200).member("version");
    assert!(version.starts_with('v'), "{version}");
}

#[tokio::test]
async fn without_a_token_a_web_page_is_refused() {
    let server = TestServer::new().await;
    let site = HeaderName::from_static("sec-fetch-site");
    for call in calls() {
        for (name, value) in [
            (ORIGIN, "https://evil.example"),
            (ORIGIN, "null"),
            (site.clone(), "cross-site"),
            (site.clone(), "same-site"),
        ] {
            server.admin(call.clone().header(name, value)).await.expect(403);
        }
        // A name that was made to point here (DNS rebinding).
        for host in ["evil.example", "evil.example:4445", "127.0.0.1.evil.example", "localhost.evil.example"] {
            server.admin(call.clone().header(HOST, host)).await.expect(403);
        }
        for host in ["127.0.0.1:4445", "localhost:4445", "[::1]:4445"] {
            assert_ne!(server.admin(call.clone().header(HOST, host)).await.status, 403, "{host}");
        }
    }
    server.admin(Call::get("/admin/clients/intruder")).await.expect(200);
}
