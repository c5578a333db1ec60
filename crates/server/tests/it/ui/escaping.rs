//! What strangers, clients and users write is text on every page, never markup.

use serde_json::json;

use super::{Form, PASSWORD, account, built_in, log_in, server, submit, visit};
use crate::fixtures::register;
use crate::support::{Answer, Call, TestServer};

const MARKER: &str = "\"><script>alert('x')</script><img src=x onerror=alert(1)>";

/// No part of the marker became markup; it is there as text where `shown` says so.
#[track_caller]
fn assert_harmless(page: &Answer, shown: bool, what: &str) {
    let html = page.text();
    assert!(page.content_type().unwrap().starts_with("text/html"), "{what}");
    assert!(!html.contains("<script") && !html.contains("<img src=x"), "{what}: {html}");
    assert!(!html.contains(MARKER), "{what}");
    assert!(!shown || super::form::unescaped(&html).contains("alert('x')"), "{what} is not shown: {html}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(!policy.contains("alert") && !policy.contains("script-src"), "{policy}");
}

#[tokio::test]
async fn parameters_of_the_request_are_text() {
    let (server, client) = server().await;
    for (name, shown) in [
        ("login_hint", true),
        ("state", false),
        ("nonce", false),
        ("ui_locales", false),
        ("acr_values", false),
        ("display", false),
        ("purpose", false),
        ("unknown", false),
    ] {
        let mut flow = client.flow(&server).parameter(name, MARKER);
        let page = visit(&mut flow).await.expect(200);
        assert_harmless(&page, shown, name);
        let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
        assert_harmless(&page, false, name);
    }
}

#[tokio::test]
async fn what_was_typed_is_text() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let again = log_in(&mut flow, &page, MARKER, MARKER).await.expect(400);
    assert_harmless(&again, true, "username");
    assert_eq!(Form::of(&again, "login-form").value("username"), Some(MARKER));
}

#[tokio::test]
async fn names_links_and_scopes_of_a_client_are_text() {
    let (server, _) = server().await;
    let scope = "<script>alert('x')</script> <b>";
    let metadata = json!({
        "client_name": MARKER, "scope": format!("openid {scope}"), "audience": ["<script>alert('x')</script>"],
        "logo_uri": "https://app.example/\"><script>alert(1)</script>", "policy_uri": "https://app.example/'onclick='x",
        "tos_uri": "https://app.example/<script>",
    });
    let client = register(&server, "app", &metadata).await;
    let mut flow =
        client.flow(&server).scope(&format!("openid {scope}")).parameter("audience", "<script>alert('x')</script>");
    let page = visit(&mut flow).await.expect(200);
    assert_harmless(&page, true, "login page");
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    assert_harmless(&page, true, "consent page");
    let form = Form::of(&page, "consent-form");
    assert_eq!(form.values("grant_scope"), ["openid", "<script>alert('x')</script>", "<b>"]);
    submit(&mut flow, &form.press("accept")).await.expect(303);
    // A client without a name is shown by its id.
    register(&server, MARKER, &json!({ "client_name": "" })).await;
    let mut flow = crate::support::CodeFlow::new(&server, MARKER);
    assert_harmless(&visit(&mut flow).await.expect(200), true, "client id");
}

#[tokio::test]
async fn names_of_accounts_are_text() {
    let server = TestServer::with(built_in).await;
    let client = crate::fixtures::confidential(&server).await;
    account(&server, MARKER).await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let page = log_in(&mut flow, &page, MARKER, PASSWORD).await.expect(200);
    assert_harmless(&page, true, "account");
}

#[tokio::test]
async fn the_error_page_shows_text_and_nothing_else() {
    let (server, _) = server().await;
    for name in ["error", "error_description", "error_hint", "request_id", "error_debug", "client_id"] {
        let call = Call::get("/oauth2/fallbacks/error").query(&[("error", "invalid_request"), (name, MARKER)]);
        let page = server.public(call.navigating()).await;
        assert_harmless(&page, false, name);
    }
    let link = "https://evil.example/phishing";
    let call = Call::get("/oauth2/fallbacks/error").query(&[("error", "x"), ("error_description", link)]);
    let page = server.public(call.navigating()).await.text();
    assert!(!page.contains(link), "an address in a description is not shown");
    let spoof = "Call 555-0100 to unlock your account";
    for name in ["error", "error_description", "error_hint", "request_id", "state"] {
        for code in ["access_denied", "account_locked", ""] {
            let query = [(name, spoof), ("error", code)];
            let page = server.public(Call::get("/oauth2/fallbacks/error").query(&query).navigating()).await.text();
            assert!(!page.contains("555-0100"), "{name} {code}");
        }
    }
    let query = [("error", "invalid_request"), ("request_id", "node1-2f")];
    let page = server.public(Call::get("/oauth2/fallbacks/error").query(&query).navigating()).await.text();
    assert!(page.contains("node1-2f") && page.contains("error-description"), "{page}");
}

#[tokio::test]
async fn errors_of_the_authorization_endpoint_reach_the_page_as_text() {
    let (server, _) = server().await;
    for (name, value) in [("client_id", MARKER), ("redirect_uri", MARKER), (MARKER, "x")] {
        let mut pairs = crate::fixtures::set(&crate::fixtures::request("confidential"), name, value);
        if name == MARKER {
            pairs.push((MARKER.to_owned(), "y".to_owned()));
        }
        let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).target;
        let page = crate::support::Browser::new(&server).follow(&target).await;
        assert_harmless(&page, false, name);
    }
}

#[tokio::test]
async fn challenges_and_paths_in_addresses_are_text() {
    let (server, _) = server().await;
    for call in [
        Call::get(super::LOGIN).query(&[("login_challenge", MARKER)]),
        Call::get(super::CONSENT).query(&[("consent_challenge", MARKER)]),
        Call::post(super::LOGIN).form(&[("login_challenge", MARKER)]),
        Call::post(super::CONSENT).form(&[("consent_challenge", MARKER), ("action", "accept")]),
        Call::get("/").query(&[("x", MARKER)]),
        Call::get("/oauth2/fallbacks/logout").query(&[("logout_challenge", MARKER)]),
        Call::get("/oauth2/fallbacks/logout/callback").query(&[("state", MARKER)]),
        Call::get("/oauth2/fallbacks/device").query(&[("device_challenge", MARKER), ("user_code", MARKER)]),
        Call::post("/oauth2/fallbacks/device").form(&[("device_challenge", MARKER), ("user_code", MARKER)]),
        Call::get("/oauth2/fallbacks/device/done").query(&[("x", MARKER)]),
    ] {
        assert_harmless(&server.public(call.clone().navigating()).await, false, &format!("{call:?}"));
    }
    let missing = server.public(Call::get("/%3Cscript%3Ealert(1)%3C/script%3E").navigating()).await.expect(404);
    assert!(!missing.text().contains("<script"));
}

#[tokio::test]
async fn a_user_code_in_the_address_is_text() {
    let server = TestServer::with(|config| {
        built_in(config);
        config.urls.device_verification = None;
    })
    .await;
    let target = Call::get("/oauth2/device/verify").query(&[("user_code", MARKER)]).target;
    let page = crate::support::Browser::new(&server).follow(&target).await;
    assert_harmless(&page, false, "user_code");
    assert!(page.text().contains("device_challenge"), "{}", page.text());
}
