//! `application_type` and the redirect URIs that go with it (OpenID Connect Dynamic Client Registration §2).

use serde_json::{Value, json};

use super::{assert_error, post, register, replace};
use crate::fixtures::with;
use crate::support::{Call, TestServer};

const HTTPS: &str = "https://a.example/cb";
const HTTP: &str = "http://a.example/cb";
const LOCALHOST: &str = "http://localhost:3000/cb";
const LOOPBACK: &str = "http://127.0.0.1/cb";
const HTTPS_LOCALHOST: &str = "https://localhost/cb";
const PRIVATE: &str = "com.example.app:/cb";
const ALL: [&str; 6] = [HTTPS, HTTP, LOCALHOST, LOOPBACK, HTTPS_LOCALHOST, PRIVATE];

/// A type and grant types, and the redirect URIs that it may have.
fn rules() -> Vec<(Value, Vec<&'static str>)> {
    vec![
        (json!({}), ALL.to_vec()),
        (json!({ "grant_types": ["implicit"] }), ALL.to_vec()),
        (json!({ "application_type": "" }), ALL.to_vec()),
        (json!({ "application_type": null, "grant_types": ["implicit"] }), ALL.to_vec()),
        (json!({ "application_type": "web" }), ALL.to_vec()),
        (json!({ "application_type": "web", "grant_types": ["authorization_code", "refresh_token"] }), ALL.to_vec()),
        (json!({ "application_type": "web", "grant_types": ["authorization_code", "implicit"] }), vec![HTTPS]),
        (json!({ "application_type": "web", "response_types": ["code id_token"] }), vec![HTTPS]),
        // https as well: the platform hands such an address to the application (RFC 8252 §7.2).
        (json!({ "application_type": "native" }), vec![HTTPS, LOCALHOST, LOOPBACK, PRIVATE]),
        (
            json!({ "application_type": "native", "grant_types": ["implicit"] }),
            vec![HTTPS, LOCALHOST, LOOPBACK, PRIVATE],
        ),
    ]
}

#[tokio::test]
async fn a_client_that_names_its_type_keeps_the_rule_of_the_type() {
    let server = TestServer::new().await;
    let client = register(&server, &json!({})).await;
    for (body, allowed) in rules() {
        for uri in ALL {
            let body = with(json!({ "redirect_uris": [HTTPS, uri] }), &body);
            let own = post(&server, &body).await;
            let by_admin = server.admin(Call::post("/admin/clients").json(&body)).await;
            if allowed.contains(&uri) {
                own.expect(201);
                by_admin.expect(201);
                continue;
            }
            for answer in [own, by_admin, server.public(client.replace(&body)).await] {
                assert_error(&answer, 400, "invalid_redirect_uri");
                assert!(answer.member("error_description").contains(uri), "{}", answer.text());
            }
        }
    }
}

#[tokio::test]
async fn what_the_server_presumes_may_be_sent_back() {
    let server = TestServer::new().await;
    for uris in [vec![HTTPS], vec![HTTP], vec![LOCALHOST], vec![HTTPS_LOCALHOST], vec![PRIVATE], ALL.to_vec(), vec![]] {
        for grant_types in [json!(null), json!(["implicit"]), json!(["authorization_code", "implicit"])] {
            let client = register(&server, &json!({ "redirect_uris": uris, "grant_types": grant_types })).await;
            let read = server.public(client.read()).await.expect(200).json();
            let again = replace(&server, &client, &read).await;
            assert_eq!(again.shown["application_type"], client.shown["application_type"]);
        }
    }
}

#[tokio::test]
async fn a_type_that_does_not_exist_is_refused() {
    let server = TestServer::new().await;
    for name in ["desktop", "Web", "NATIVE", " web", "web native"] {
        let body = json!({ "redirect_uris": [HTTPS], "application_type": name });
        assert_error(&post(&server, &body).await, 400, "invalid_client_metadata");
    }
}
