//! The eight operations in the form of the generated crate, against hostile answers.

use std::io::Write as _;

use serde_json::json;
use symbolon_client::apis::configuration::Configuration;
use symbolon_client::apis::{Error, oidc_api};

use crate::discovery::{google, keycloak};
use crate::server::{Server, answer, json};
use crate::user_info::signing;

fn configuration(base_path: &str) -> Configuration {
    let client = symbolon_client::reqwest::Client::builder()
        .redirect(symbolon_client::reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Configuration { base_path: base_path.to_owned(), client, ..Configuration::new() }
}

#[tokio::test]
async fn redirect_to_an_error_page_is_a_refused_logout() {
    let to_an_error_page = Server::start(|_, _| answer(302, "location: /error?error=invalid_request\r\n", ""));
    let refused = oidc_api::revoke_oidc_session(&configuration(&to_an_error_page.url)).await.unwrap_err();
    assert_eq!(refused.oauth_code(), Some("invalid_request"));
}

#[tokio::test]
async fn hostile_answers_are_errors() {
    for (headers, body) in [
        ("content-type: text/html\r\n", "{}"),
        ("content-type: text/json\r\n", "{}"),
        ("", "{}"),
        ("content-type: application/json\r\n", "{\"issuer\":"),
        ("content-type: application/json\r\n", ""),
        ("content-type: application/json\r\n", "[]"),
    ] {
        let server = Server::start(move |_, _| answer(200, headers, body));
        let refused = oidc_api::discover_oidc_configuration(&configuration(&server.url)).await.unwrap_err();
        assert!(matches!(refused, Error::Serde(_)), "{headers}{body}: {refused}");
    }
    let endless = Server::start_raw(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let refused = oidc_api::discover_oidc_configuration(&configuration(&endless.url)).await.unwrap_err();
    assert!(matches!(&refused, Error::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge), "{refused}");
    let garbage = Server::start_raw(|_, _, stream| drop(stream.write_all(b"\x00\xff garbage\r\n\r\n")));
    let refused = oidc_api::discover_oidc_configuration(&configuration(&garbage.url)).await.unwrap_err();
    assert!(matches!(refused, Error::Reqwest(_)), "{refused}");
    let elsewhere = Server::start(|_, url| answer(302, &format!("location: {url}/elsewhere\r\n"), ""));
    let secret = Some("hush".to_owned());
    let configuration =
        Configuration { oauth_access_token: secret, base_path: elsewhere.url.clone(), ..Configuration::new() };
    let refused = oidc_api::get_oidc_user_info(&configuration).await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(302));
    assert_eq!(elsewhere.received().len(), 1, "not followed");
}

#[tokio::test]
async fn paths_and_credentials_are_escaped() {
    let server = Server::start(|_, _| json(200, &json!({})));
    let mut configuration = configuration(&server.url);
    oidc_api::get_oidc_dynamic_client(&configuration, "a b/c+d").await.unwrap();
    configuration.basic_auth = Some(("a:b".into(), Some("c+d e".into())));
    oidc_api::get_oidc_dynamic_client(&configuration, "x").await.unwrap();
    let received = server.received();
    assert_eq!(received[0].line, "GET /oauth2/register/a%20b%2Fc+d");
    assert_eq!(received[1].authorization, "Basic YSUzQWI6YyUyQmQrZQ==");
}

#[tokio::test]
async fn documents_of_other_providers_are_read() {
    for document in [google, keycloak] {
        let server = Server::start(move |_, url| json(200, &document(url)));
        let read = oidc_api::discover_oidc_configuration(&configuration(&server.url)).await.unwrap();
        assert!(read.id_token_signed_response_alg.is_empty(), "only Ory has it");
        let written = serde_json::to_value(&read).unwrap();
        for (name, value) in document(&server.url).as_object().unwrap() {
            assert_eq!(written.get(name), Some(value), "{name}");
        }
    }
}

#[tokio::test]
async fn signed_userinfo_is_believed_for_its_signature() {
    let good = signing(json!({ "department": "sales" }), "JWT", "application/jwt");
    let user = oidc_api::get_oidc_user_info(&configuration(&good.url)).await.unwrap();
    assert_eq!((user.sub.as_deref(), &user.extra["department"]), (Some("alice"), &json!("sales")));
    for (claims, typ) in [(json!({ "iss": "https://evil.example" }), "JWT"), (json!({}), "logout+jwt")] {
        let server = signing(claims, typ, "application/jwt");
        let refused = oidc_api::get_oidc_user_info(&configuration(&server.url)).await.unwrap_err();
        assert!(matches!(&refused, Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData), "{refused}");
    }
}
