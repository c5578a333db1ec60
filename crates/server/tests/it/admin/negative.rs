//! Metadata that cannot be stored, and bodies that cannot be read.

use serde_json::{Value, json};

use crate::fixtures::{confidential, metadata, with};
use crate::support::{Call, TestServer};

const MALFORMED: &str = "The request was malformed or contained invalid parameters";

#[tokio::test]
async fn bodies_that_cannot_be_read_are_malformed() {
    let server = TestServer::new().await;
    confidential(&server).await;
    for body in [
        "",
        "[]",
        "[\"app\"]",
        "\"x\"",
        "7",
        "{",
        "not json",
        "{\"client_id\":7}",
        "{\"redirect_uris\":\"https://a.example/\"}",
        "{\"redirect_uris\":[7]}",
        "{\"scope\":[\"a\"]}",
        "{\"scope\":\"a\\\"b\"}",
        "{\"jwks\":[]}",
        "{\"skip_consent\":\"yes\"}",
        "{\"default_max_age\":\"1h\"}",
        "{\"refresh_token_grant_access_token_lifespan\":\"soon\"}",
        "{\"refresh_token_grant_access_token_lifespan\":3600}",
        "{\"client_id\":\"a\",\"client_id\":\"b\"}",
    ] {
        for call in [Call::post("/admin/clients"), Call::put("/admin/clients/confidential")] {
            let answer = server.admin(call.raw(body)).await;
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some(MALFORMED)), "{body}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn bad_metadata_is_refused_by_name() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB" });
    let table: &[(Value, &str, &str)] = &[
        (json!({ "redirect_uris": ["not-absolute"] }), "invalid_redirect_uri", "redirect"),
        (
            json!({ "token_endpoint_auth_method": "client_secret_jot" }),
            "invalid_client_metadata",
            "token_endpoint_auth_method",
        ),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "invalid_client_metadata", "jwks"),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example/", "token_endpoint_auth_signing_alg": "HS256" }),
            "invalid_client_metadata",
            "token_endpoint_auth_signing_alg",
        ),
        (json!({ "jwks": { "keys": [] }, "jwks_uri": "https://a.example/" }), "invalid_client_metadata", "jwks"),
        (json!({ "jwks": { "keys": [key] } }), "invalid_client_metadata", "private"),
        (json!({ "client_secret": "short" }), "invalid_client_metadata", "client_secret"),
        (json!({ "logo_uri": "javascript:alert(1)" }), "invalid_client_metadata", "logo_uri"),
        (json!({ "policy_uri": "/relative" }), "invalid_client_metadata", "policy_uri"),
        (
            json!({ "allowed_cors_origins": ["https://a.example/path"] }),
            "invalid_client_metadata",
            "allowed_cors_origins",
        ),
        (json!({ "sector_identifier_uri": "http://a.example/" }), "invalid_client_metadata", "sector_identifier_uri"),
        (json!({ "userinfo_signed_response_alg": "HS256" }), "invalid_client_metadata", "userinfo_signed_response_alg"),
        (json!({ "subject_type": "pairwise" }), "invalid_client_metadata", "subject_type"),
        (
            json!({ "post_logout_redirect_uris": ["https://elsewhere.example/"] }),
            "invalid_client_metadata",
            "post_logout",
        ),
        (json!({ "access_token_strategy": "paper" }), "invalid_client_metadata", "access_token_strategy"),
        (json!({ "application_type": "cli" }), "invalid_client_metadata", "application_type"),
        (json!({ "default_max_age": -1 }), "invalid_client_metadata", "default_max_age"),
        (json!({ "initiate_login_uri": "http://a.example/" }), "invalid_client_metadata", "initiate_login_uri"),
    ];
    for (changes, error, named) in table {
        for (call, id) in
            [(Call::post("/admin/clients"), "bad"), (Call::put("/admin/clients/confidential"), "confidential")]
        {
            let answer = server.admin(call.json(&with(metadata(id), changes))).await;
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some(*error)), "{changes}: {}", answer.text());
            assert!(answer.member("error_description").contains(named), "{changes}: {}", answer.text());
        }
    }
    server.admin(Call::get("/admin/clients/bad")).await.expect(404);
}

#[tokio::test]
async fn control_characters_are_refused_and_all_other_text_is_kept() {
    TestServer::each_database(async |server| {
        for name in ["client_id", "client_name", "owner"] {
            for bad in ["a\0b", "a\nb", "a\u{1b}[31m", "a\u{7f}"] {
                let answer = server.admin(Call::post("/admin/clients").json(&json!({ name: bad }))).await.expect(400);
                assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{name}: {}", answer.text());
            }
        }
        let odd = "\u{1f9d1} zo\u{eb} 'O' \"x\" <b> \u{200f} \\ %00";
        let body = json!({ "client_id": "odd", "client_name": odd, "owner": odd, "metadata": { "n": "a\nb\t" } });
        server.create_client(&body).await;
        let read = server.admin(Call::get("/admin/clients/odd")).await.expect(200).json();
        assert_eq!((&read["client_name"], &read["owner"]), (&json!(odd), &json!(odd)));
        assert_eq!(read["metadata"]["n"], "a\nb\t");
    })
    .await;
}

#[tokio::test]
async fn unknown_paths_are_not_found_in_the_callers_form() {
    let server = TestServer::new().await;
    for (method, target) in [
        ("PATCH", "/admin/nothing"),
        ("DELETE", "/admin"),
        ("GET", "/admin/nothing"),
        ("PUT", "/admin/oauth2/introspect/more"),
    ] {
        let answer = server.admin(Call::new(method.parse().unwrap(), target)).await.expect(404);
        assert_eq!(answer.json()["error"]["code"], 404, "{method} {target}");
    }
    let page = server.admin(Call::get("/admin/nothing").navigating()).await.expect(404);
    assert!(page.content_type().unwrap().starts_with("text/html"));
    for target in ["/admin/clients", "/clients", "/admin/oauth2/introspect", "/admin/accounts", "/version"] {
        server.public(Call::get(target)).await.expect(404);
    }
}

#[tokio::test]
async fn too_large_a_body_is_refused() {
    let server = TestServer::new().await;
    let body = format!("{{\"client_name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    server.admin(Call::post("/admin/clients").raw(body)).await.expect(413);
}
