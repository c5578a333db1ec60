//! What is refused at registration and at replacement, with status and `error`; the description names the member.

use serde_json::{Value, json};

use super::{assert_error, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Call, TestServer};

const METADATA: &str = "invalid_client_metadata";
const REDIRECT: &str = "invalid_redirect_uri";
const REQUEST: &str = "invalid_request";

/// Changes to the minimal body, `error`, and what the description names. Each is a fault for both operations.
fn faults() -> Vec<(Value, &'static str, &'static str)> {
    let private = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" });
    let mut all = vec![
        (json!({ "metadata": { "a": 1 } }), METADATA, "metadata"),
        (json!({ "metadata": [] }), METADATA, "metadata"),
        (json!({ "access_token_strategy": "jwt" }), METADATA, "access_token_strategy"),
        (json!({ "skip_consent": true }), REQUEST, "skip_consent"),
        (json!({ "skip_logout_consent": true }), REQUEST, "skip_logout_consent"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), METADATA, "jwks"),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [] }, "token_endpoint_auth_signing_alg": "HS256" }),
            METADATA,
            "token_endpoint_auth_signing_alg",
        ),
        (json!({ "token_endpoint_auth_method": "tls_client_auth" }), METADATA, "token_endpoint_auth_method"),
        (
            json!({ "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AA" }] }, "jwks_uri": "https://a.example/j" }),
            METADATA,
            "jwks_uri",
        ),
        (json!({ "jwks": { "keys": [private] } }), METADATA, "jwks"),
        (json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AA" }] } }), METADATA, "jwks"),
        (json!({ "jwks": { "keys": [{ "kty": "RSA" }] } }), METADATA, "jwks"),
        (json!({ "jwks": { "keys": {} } }), METADATA, "jwks"),
        (json!({ "jwks_uri": "not a uri" }), METADATA, "jwks_uri"),
        (json!({ "jwks_uri": "file:///etc/keys.json" }), METADATA, "jwks_uri"),
        (json!({ "jwks_uri": "https://a.example/j#x" }), METADATA, "jwks_uri"),
        (json!({ "sector_identifier_uri": "http://a.example/s" }), METADATA, "sector_identifier_uri"),
        (json!({ "sector_identifier_uri": "not a uri" }), METADATA, "sector_identifier_uri"),
        (json!({ "userinfo_signed_response_alg": "HS256" }), METADATA, "userinfo_signed_response_alg"),
        (json!({ "id_token_signed_response_alg": "none" }), METADATA, "id_token_signed_response_alg"),
        (json!({ "subject_type": "pairwise" }), METADATA, "subject_type"),
        (json!({ "subject_type": "secret" }), METADATA, "subject_type"),
        (
            json!({ "post_logout_redirect_uris": ["https://elsewhere.example/bye"] }),
            METADATA,
            "post_logout_redirect_uri",
        ),
        (json!({ "post_logout_redirect_uris": ["http://127.0.0.1:5556/bye"] }), METADATA, "post_logout_redirect_uri"),
        (json!({ "post_logout_redirect_uris": ["https://127.0.0.1:5555/bye"] }), METADATA, "post_logout_redirect_uri"),
        (json!({ "post_logout_redirect_uris": ["nowhere"] }), METADATA, "post_logout_redirect_uri"),
        (json!({ "application_type": "desktop" }), METADATA, "application_type"),
        (json!({ "default_max_age": -1 }), METADATA, "default_max_age"),
        (json!({ "initiate_login_uri": "http://a.example/start" }), METADATA, "initiate_login_uri"),
        (json!({ "grant_types": ["password"] }), METADATA, "grant_types"),
        (json!({ "response_types": ["magic"] }), METADATA, "response_types"),
        (json!({ "backchannel_logout_uri": "javascript:alert(1)" }), METADATA, "backchannel_logout_uri"),
        (json!({ "frontchannel_logout_uri": "javascript:alert(1)" }), METADATA, "frontchannel_logout_uri"),
    ];
    all.extend(faults_of_addresses());
    all
}

/// Likewise, for origins, links and redirect URIs.
fn faults_of_addresses() -> Vec<(Value, &'static str, &'static str)> {
    let mut all = Vec::new();
    for origin in [
        "ftp://a.example",
        "https://user:pw@a.example",
        "https://a.example/path",
        "https://a.example?x",
        "https://a.example#x",
        "*",
    ] {
        all.push((json!({ "allowed_cors_origins": [origin] }), METADATA, "allowed_cors_origins"));
    }
    for member in ["policy_uri", "tos_uri", "client_uri", "logo_uri"] {
        all.push((json!({ member: "not a uri" }), METADATA, member));
        all.push((json!({ member: "javascript:alert(1)" }), METADATA, member));
    }
    for uri in [
        "https://a.example/cb#x",
        "nowhere",
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "JavaScript:alert(1)",
        "blob:https://a.example/x",
    ] {
        all.push((json!({ "redirect_uris": [uri] }), REDIRECT, ""));
    }
    all
}

#[tokio::test]
async fn bad_metadata_is_refused_at_registration_and_at_replacement() {
    let server = TestServer::new().await;
    let mut client = register(&server, &minimal()).await;
    for (change, error, named) in faults() {
        let body = with(minimal(), &change);
        for call in [Call::post("/oauth2/register").json(&body), client.replace(&body)] {
            let answer = server.public(call).await;
            assert_eq!(answer.status, 400, "{change}: {}", answer.text());
            assert_error(&answer, 400, error);
            assert!(answer.member("error_description").contains(named), "{change}: {}", answer.text());
        }
    }
    // A refused replacement changes nothing, and costs no token.
    let read = server.public(client.read()).await.expect(200).json();
    assert_eq!(read["redirect_uris"], client.shown["redirect_uris"]);
    assert_eq!(read["updated_at"], client.shown["updated_at"]);
    client = super::replace(&server, &client, &minimal()).await;
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn a_body_of_another_form_is_refused() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let bodies = [
        "",
        "{",
        "[]",
        "\"text\"",
        "5",
        "{\"redirect_uris\":\"https://a.example/cb\"}",
        "{\"client_name\":1}",
        "{\"scope\":[\"a\"]}",
        "{\"skip_consent\":\"true\"}",
        "{\"jwks\":[]}",
        "{\"created_at\":\"soon\"}",
        "{\"client_credentials_grant_access_token_lifespan\":\"soon\"}",
        "{\"default_max_age\":\"60\"}",
        "{\"client_name\":\"\u{fffd}",
        "{\"client_name\":\"\\ud800\"}",
        "{\"client_name\":\"a\"} {}",
        "{\"client_name\":\"a\"} trailing",
        "client_name=a&redirect_uris=https%3A%2F%2Fa.example%2Fcb",
        "\u{feff}{}",
    ];
    for body in bodies {
        for call in [Call::post("/oauth2/register"), Call::put(client.path()).bearer(&client.token)] {
            let answer = server.public(call.raw(body)).await;
            assert_error(&answer, 400, METADATA);
            assert!(answer.member("error_description").contains("request body"), "{}", answer.text());
        }
    }
    let not_text = [b'{', b'"', 0xff, b'"', b':', b'1', b'}'];
    assert_error(&server.public(Call::post("/oauth2/register").raw(not_text)).await, 400, METADATA);
    assert_error(&server.public(Call::put(client.path()).bearer(&client.token).raw("null")).await, 400, METADATA);
    server.public(client.read()).await.expect(200);
}

/// The lifetimes that a client may choose.
const LIFESPANS: &[&str] = &[
    "authorization_code_grant_access_token_lifespan",
    "authorization_code_grant_id_token_lifespan",
    "authorization_code_grant_refresh_token_lifespan",
    "client_credentials_grant_access_token_lifespan",
    "implicit_grant_access_token_lifespan",
    "implicit_grant_id_token_lifespan",
    "jwt_bearer_grant_access_token_lifespan",
    "refresh_token_grant_id_token_lifespan",
    "refresh_token_grant_access_token_lifespan",
    "refresh_token_grant_refresh_token_lifespan",
    "device_authorization_grant_id_token_lifespan",
    "device_authorization_grant_access_token_lifespan",
    "device_authorization_grant_refresh_token_lifespan",
];

/// Members by what they hold, and values that are something else.
fn kinds() -> [(&'static [&'static str], Value); 7] {
    let texts: &[&str] = &[
        "client_id",
        "client_name",
        "client_secret",
        "scope",
        "owner",
        "policy_uri",
        "tos_uri",
        "client_uri",
        "logo_uri",
        "subject_type",
        "sector_identifier_uri",
        "jwks_uri",
        "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg",
        "request_object_signing_alg",
        "userinfo_signed_response_alg",
        "frontchannel_logout_uri",
        "backchannel_logout_uri",
        "registration_access_token",
        "registration_client_uri",
        "access_token_strategy",
        "application_type",
        "id_token_signed_response_alg",
        "initiate_login_uri",
        "software_id",
        "software_version",
        "client_name#de",
        "logo_uri#fr-CH",
    ];
    let lists: &[&str] = &[
        "redirect_uris",
        "grant_types",
        "response_types",
        "audience",
        "allowed_cors_origins",
        "contacts",
        "request_uris",
        "post_logout_redirect_uris",
        "default_acr_values",
    ];
    let flags: &[&str] = &[
        "skip_consent",
        "skip_logout_consent",
        "require_auth_time",
        "frontchannel_logout_session_required",
        "backchannel_logout_session_required",
    ];
    [
        (LIFESPANS, json!([5, 1.5, true, "soon", "", "5", "-", [], {}, ["5m"]])),
        (texts, json!([1, 0, true, false, [], ["a"], {}, { "a": "b" }])),
        (lists, json!([1, true, "a", "", {}, { "a": 1 }, [1], [null], [["a"]], [{}]])),
        (flags, json!([1, 0, "true", "", [], {}])),
        (&["jwks"], json!([1, true, "x", "", [], [{}], { "keys": {} }, { "keys": [1] }, { "keys": [{}] }])),
        (&["default_max_age"], json!([1.5, "60", true, [], {}, -1, 1e300])),
        (&["created_at", "updated_at"], json!([1, "soon", "", true, [], {}])),
    ]
}

#[tokio::test]
async fn a_member_of_another_kind_is_refused_whichever_it_is() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    for (members, values) in kinds() {
        for member in members {
            for value in values.as_array().unwrap() {
                let body = with(minimal(), &json!({ *member: value }));
                for call in [Call::post("/oauth2/register").json(&body), client.replace(&body)] {
                    assert_error(&server.public(call).await, 400, METADATA);
                }
            }
        }
    }
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_refused_whichever_it_is() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    for member in kinds().into_iter().flat_map(|(members, _)| members).chain(&["metadata"]) {
        let body = format!(r#"{{"{member}":null,"{member}":null}}"#);
        for call in [Call::post("/oauth2/register"), Call::put(client.path()).bearer(&client.token)] {
            assert_error(&server.public(call.raw(body.clone())).await, 400, METADATA);
        }
    }
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn a_description_is_ascii_whatever_was_sent() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let bad = "https://a.example/\u{fc}\"\\\u{2028}<b>";
    let bodies = [
        json!({ "redirect_uris": [bad] }),
        json!({ "allowed_cors_origins": [bad] }),
        json!({ "application_type": bad }),
        json!({ "token_endpoint_auth_method": bad }),
        json!({ "grant_types": [bad] }),
        json!({ "redirect_uris": [format!("{bad}{}", "x".repeat(10_000))] }),
    ];
    for body in bodies {
        for call in [Call::post("/oauth2/register").json(&body), client.replace(&body)] {
            let answer = server.public(call).await.expect(400);
            let description = answer.member("error_description");
            let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
            assert!(description.chars().all(plain) && description.len() <= 400, "{description}");
        }
    }
}

#[tokio::test]
async fn a_new_client_chooses_no_secret_and_no_metadata_not_even_empty() {
    let server = TestServer::new().await;
    let chosen = with(minimal(), &json!({ "client_secret": "a-secret-of-my-own-choice" }));
    assert_error(&post(&server, &chosen).await, 400, METADATA);
    for text in ["null", "{}", "\"x\""] {
        let body = format!("{{\"metadata\":{text}}}");
        assert_error(&server.public(Call::post("/oauth2/register").raw(body)).await, 400, METADATA);
    }
    let harmless = json!({ "client_secret": "", "skip_consent": false, "skip_logout_consent": false, "access_token_strategy": "" });
    post(&server, &with(minimal(), &harmless)).await.expect(201);
}

#[tokio::test]
async fn the_first_fault_in_the_order_of_hydra_is_answered() {
    let server = TestServer::new().await;
    let mut body = json!({
        "metadata": { "a": 1 }, "access_token_strategy": "jwt", "skip_consent": true, "skip_logout_consent": true,
        "token_endpoint_auth_method": "private_key_jwt", "tos_uri": "x", "redirect_uris": ["x#y"],
    });
    let steps = [
        ("metadata", METADATA),
        ("access_token_strategy", METADATA),
        ("skip_consent", REQUEST),
        ("skip_logout_consent", REQUEST),
        ("token_endpoint_auth_method", METADATA),
        ("tos_uri", METADATA),
        ("redirect_uris", REDIRECT),
    ];
    for (member, error) in steps {
        assert_error(&post(&server, &body).await, 400, error);
        body.as_object_mut().unwrap().remove(member);
    }
    post(&server, &body).await.expect(201);
}

#[tokio::test]
async fn dangerous_schemes_are_never_registered() {
    let server = TestServer::new().await;
    for uri in [
        "javascript:alert(1)//",
        "JAVASCRIPT:alert(1)",
        "data:text/html;base64,AA",
        "vbscript:msgbox",
        "file:///x",
        " javascript:x",
        "java%0ascript:x",
    ] {
        assert_error(&post(&server, &json!({ "redirect_uris": [uri] })).await, 400, REDIRECT);
        let created = server.admin(Call::post("/admin/clients").json(&json!({ "redirect_uris": [uri] }))).await;
        assert_error(&created, 400, REDIRECT);
        let body = with(minimal(), &json!({ "post_logout_redirect_uris": [uri] }));
        assert_error(&post(&server, &body).await, 400, METADATA);
    }
}
