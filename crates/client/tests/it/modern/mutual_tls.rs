//! Endpoints for clients with a certificate (RFC 8705 §5).

use serde_json::{Value, json};
use symbolon_client::{Authentication, AuthorizationRequest, Client, Error, TokenSet, reqwest};

use super::{builder, provider, redeem, tokens};
use crate::server::{Server, answer, json};

fn start(aliases: &Value) -> Server {
    let members = json!({ "mtls_endpoint_aliases": aliases });
    provider(members, |request, _| match request.line.as_str() {
        "POST /mtls/token" | "POST /token" => tokens("Bearer"),
        "GET /mtls/userinfo" | "GET /userinfo" => json(200, &json!({ "sub": "alice" })),
        "POST /mtls/par" | "POST /par" => json(201, &json!({ "request_uri": "urn:x", "expires_in": 60 })),
        _ => answer(200, "", ""),
    })
}

fn aliases() -> Value {
    json!({
        "token_endpoint": "{url}/mtls/token", "userinfo_endpoint": "{url}/mtls/userinfo",
        "pushed_authorization_request_endpoint": "{url}/mtls/par", "unknown_endpoint": 7,
    })
}

fn with_certificate(server: &Server) -> Client {
    // The certificate is the business of this HTTP client; over plain http none is shown.
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    builder(server).authentication(Authentication::Certificate).http_client(http).build().unwrap()
}

#[tokio::test]
async fn a_client_with_a_certificate_uses_the_endpoints_for_it() {
    let server = start(&aliases());
    let client = with_certificate(&server);
    let set = redeem(&client, &AuthorizationRequest::new("orders")).await.unwrap();
    client.user_info(&set).await.unwrap();
    client.revoke("rt-1").await.unwrap();
    let lines: Vec<_> = server.received().into_iter().map(|request| request.line).skip(1).collect();
    assert_eq!(lines, ["POST /mtls/token", "GET /mtls/userinfo", "POST /revoke"], "revocation has no alias");
    let request = &server.received()[1];
    assert_eq!(request.parameter("client_id").unwrap(), "app");
    assert_eq!((request.header("authorization"), request.parameter("client_assertion")), (None, None));
}

#[tokio::test]
async fn pushed_requests_go_there_too_and_browsers_do_not() {
    let server = start(&aliases());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = builder(&server).http_client(http).mutual_tls_endpoints().push_authorization_requests();
    let (url, _) = client.build().unwrap().authorization_url(&AuthorizationRequest::default()).await.unwrap();
    assert!(url.as_str().starts_with(&format!("{}/auth?", server.url)), "{url}");
    assert_eq!((server.count("POST /mtls/par"), server.count("POST /par")), (1, 0));
}

#[tokio::test]
async fn without_a_certificate_the_usual_endpoints_are_used() {
    let server = start(&aliases());
    let client = builder(&server).build().unwrap();
    let set = redeem(&client, &AuthorizationRequest::new("orders")).await.unwrap();
    client.user_info(&set).await.unwrap();
    assert_eq!((server.count("POST /token"), server.count("GET /userinfo"), server.count("POST /mtls")), (1, 1, 0));
}

#[tokio::test]
async fn aliases_that_are_none_are_refused_and_nothing_is_sent() {
    for odd in [
        json!("https://as.example"),
        json!([]),
        json!({ "token_endpoint": 7, "userinfo_endpoint": null }),
        json!({ "token_endpoint": "", "userinfo_endpoint": "" }),
        json!({ "token_endpoint": "ftp://as.example/t", "userinfo_endpoint": "/userinfo" }),
    ] {
        let server = start(&odd);
        let client = with_certificate(&server);
        let error = redeem(&client, &AuthorizationRequest::new("orders")).await.unwrap_err();
        assert!(
            matches!(error, Error::UnexpectedAnswer(_)) && error.to_string().contains("mtls_endpoint_aliases"),
            "{odd}"
        );
        let error = client.user_info(&TokenSet::new("at")).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{odd}");
        assert_eq!((server.count("POST"), server.count("GET /userinfo")), (0, 0), "{odd}");
    }
}
