//! The built-in error page answers with the status of the error that it shows.

use super::{built_in, server};
use crate::fixtures::{borrowed, request, set};
use crate::support::{Browser, Call, TestServer};

const ERROR: &str = "/oauth2/fallbacks/error";

async fn status(server: &TestServer, parameters: &[(&str, &str)]) -> u16 {
    server.public(Call::get(ERROR).query(parameters).navigating()).await.status
}

#[tokio::test]
async fn the_status_is_that_of_the_code() {
    let (server, _) = server().await;
    for (code, expected) in [
        ("invalid_request", 400),
        ("invalid_client", 400),
        ("request_unauthorized", 400),
        ("invalid_token", 400),
        ("unsupported_response_type", 400),
        ("login_required", 400),
        ("access_denied", 403),
        ("request_forbidden", 403),
        ("not_found", 404),
        ("server_error", 500),
        ("misconfiguration", 500),
        ("temporarily_unavailable", 503),
    ] {
        assert_eq!(status(&server, &[("error", code)]).await, expected, "{code}");
    }
}

#[tokio::test]
async fn a_code_that_nobody_knows_is_no_fault_of_the_server() {
    let (server, _) = server().await;
    let huge = "e".repeat(4000);
    for code in ["", "x", "500", "SERVER_ERROR", "server_error ", &huge] {
        assert_eq!(status(&server, &[("error", code)]).await, 400, "{code:?}");
    }
    assert_eq!(status(&server, &[]).await, 400);
    // The first one is shown, and the first one counts.
    assert_eq!(status(&server, &[("error", "invalid_request"), ("error", "server_error")]).await, 400);
    for (name, value) in [("status", "500"), ("status_code", "302"), ("error_description", "server_error")] {
        assert_eq!(status(&server, &[("error", "invalid_request"), (name, value)]).await, 400, "{name}");
    }
}

#[tokio::test]
async fn who_comes_from_the_authorization_endpoint_sees_it_too() {
    let (server, client) = server().await;
    for (name, value) in [("client_id", "nobody"), ("redirect_uri", "https://evil.example/"), ("client_id", "")] {
        let pairs = set(&request(&client.id), name, value);
        let target = Call::get("/oauth2/auth").query(&borrowed(&pairs)).target;
        let page = Browser::new(&server).follow(&target).await.expect(400);
        assert!(page.content_type().unwrap().starts_with("text/html"), "{name}={value}");
    }
}

#[tokio::test]
async fn an_operator_can_have_500_for_everything() {
    let server = TestServer::with(|config| {
        built_in(config);
        config.symbolon.compatibility.error_page_status = true;
    })
    .await;
    for code in ["invalid_request", "access_denied", "temporarily_unavailable", "x"] {
        assert_eq!(status(&server, &[("error", code)]).await, 500, "{code}");
    }
    assert_eq!(status(&server, &[]).await, 500);
}
