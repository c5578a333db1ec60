//! What the built-in pages say of a client (draft 02 §8.5): by whom it is vouched for, where the answer goes, what it reaches,
//! and for how long.

use serde_json::{Value, json};
use symbolon_server::config::{Config, Resources};

use super::{Described, LOOPBACK, asks};
use crate::fixtures::{confidential, text};
use crate::support::{Call, CodeFlow, TestServer};
use crate::ui::{Form, PASSWORD, account, built_in, log_in, submit, unescaped, visit};

const NOTES: &str = "https://notes.example/mcp";

fn with_pages(config: &mut Config) {
    built_in(config);
    config.symbolon.resources = Resources::read(&json!([{
        "identifier": NOTES, "scopes": ["notes.read", "notes.write"], "self_service": true, "title": "Team <Notes>",
        "scope_titles": { "notes.read": "Read your notes" },
    }]))
    .unwrap();
}

/// The consent page of a flow, as text.
async fn consent_page(flow: &mut CodeFlow) -> (Form, String) {
    let page = visit(flow).await.expect(200);
    let page = log_in(flow, &page, "alice", PASSWORD).await.expect(200);
    (Form::of(&page, "consent-form"), unescaped(&page.text()))
}

async fn described(changes: &Value) -> Described {
    let described = Described::with(changes, with_pages).await;
    account(&described.server, "alice").await;
    described
}

#[tokio::test]
async fn the_host_of_the_document_is_the_clients_name_and_what_it_calls_itself_stands_below() {
    let described = described(&json!({ "client_name": "Your Bank" })).await;
    let host = described.host.url.strip_prefix("https://").unwrap().to_owned();
    let mut flow = described.flow().scope("openid offline_access notes.read notes.write").parameter("resource", NOTES);
    let (form, html) = consent_page(&mut flow).await;
    for words in [
        format!("<bdi>{host}</bdi> asks for access to your account"),
        format!("Verified: whoever owns <bdi>{host}</bdi> vouches for this application."),
        "It calls itself <bdi>Your Bank</bdi>.".to_owned(),
        "The answer goes to a program on this computer (<bdi>127.0.0.1:49152</bdi>).".to_owned(),
        format!("<strong><bdi>Team <Notes></bdi></strong> <code>{NOTES}</code>"),
        "Read your notes".to_owned(),
        "<code>notes.write</code>".to_owned(),
        "It stays connected until <bdi>2027-02-14</bdi>".to_owned(),
    ] {
        assert!(html.contains(&words), "{words}: {html}");
    }
    assert!(!html.contains("<bdi>Your Bank</bdi> asks"), "{html}");
    assert!(!html.contains("registered itself"), "{html}");
    let answer = submit(&mut flow, &form.press("accept")).await.expect(303);
    assert!(answer.location().starts_with(LOOPBACK));
}

#[tokio::test]
async fn the_login_page_names_the_host() {
    let described = described(&json!({ "client_name": "Your Bank" })).await;
    let host = described.host.url.strip_prefix("https://").unwrap().to_owned();
    let page = visit(&mut described.flow()).await.expect(200).text();
    assert!(page.contains(&host) && !page.contains("Your Bank"), "{page}");
}

#[tokio::test]
async fn an_answer_that_goes_to_another_host_is_warned_of() {
    let elsewhere = "https://elsewhere.example/callback";
    let described =
        described(&json!({ "redirect_uris": [elsewhere, "https://localhost:7/own", "com.example.agent:/cb"] })).await;
    for (redirect_uri, words) in [
        (elsewhere, Some("Careful: the answer goes to <bdi>elsewhere.example</bdi>")),
        ("https://localhost:7/own", None),
        ("com.example.agent:/cb", None),
    ] {
        let mut flow = described.flow().parameter("redirect_uri", redirect_uri);
        let (_, html) = consent_page(&mut flow).await;
        assert_eq!(html.contains("Careful:"), words.is_some(), "{html}");
        assert!(html.contains(words.unwrap_or("You will be sent to")), "{html}");
    }
}

#[tokio::test]
async fn a_client_that_registered_itself_is_vouched_for_by_nobody() {
    let described = described(&json!({})).await;
    let registration = Call::post("/oauth2/register").json(&json!({
        "client_name": "Your Bank", "redirect_uris": ["https://app.example/callback"],
        "token_endpoint_auth_method": "none",
    }));
    let registered = described.server.public(registration).await.expect(201).json();
    described.server.clock.advance(86_400);
    let mut flow = CodeFlow::new(&described.server, text(&registered, "client_id"))
        .parameter("redirect_uri", "https://app.example/callback")
        .scope("openid");
    let (_, html) = consent_page(&mut flow).await;
    let words = "This application registered itself on <bdi>2027-01-15</bdi>. Nobody vouches for it";
    assert!(html.contains(words) && html.contains("<bdi>Your Bank</bdi> asks"), "{html}");
    assert!(html.contains("You will be sent to <bdi>app.example</bdi>"), "{html}");
    assert!(!html.contains("stays connected"), "without a refresh token it does not: {html}");
}

#[tokio::test]
async fn the_operator_vouches_for_what_an_administrator_registered() {
    let described = described(&json!({})).await;
    let client = confidential(&described.server).await;
    let (_, html) = consent_page(&mut client.flow(&described.server)).await;
    assert!(!html.contains("vouches") && !html.contains("registered itself"), "{html}");
    assert!(html.contains("It stays connected until"), "{html}");
}

#[tokio::test]
async fn an_access_without_end_is_called_one() {
    let server = TestServer::with(|config| {
        with_pages(config);
        config.ttl.refresh_token = None;
    })
    .await;
    account(&server, "alice").await;
    let client = confidential(&server).await;
    let (_, html) = consent_page(&mut client.flow(&server)).await;
    assert!(html.contains("It stays connected until you take the access away."), "{html}");
}

#[tokio::test]
async fn the_home_page_lists_the_connection_and_takes_it_away() {
    let described = described(&json!({ "client_name": "Example Agent" })).await;
    let host = described.host.url.strip_prefix("https://").unwrap().to_owned();
    let mut flow = described.flow().scope("openid offline_access notes.read").parameter("resource", NOTES);
    let (form, _) = consent_page(&mut flow).await;
    let answer = submit(&mut flow, &form.press("accept")).await.expect(303);
    let code = answer.location_parameter("code").unwrap();
    let tokens = described.server.public(flow.redemption(&code)).await.expect(200).json();
    let home = flow.browser.get("/").await.expect(200);
    let html = unescaped(&home.text());
    for words in [
        format!("<bdi>{host}</bdi>"),
        "It calls itself <bdi>Example Agent</bdi>.".to_owned(),
        "Access since <bdi>2027-01-15</bdi>".to_owned(),
        format!("<strong><bdi>Team <Notes></bdi></strong> <code>{NOTES}</code>"),
        "Read your notes".to_owned(),
    ] {
        assert!(html.contains(&words), "{words}: {html}");
    }
    submit(&mut flow, &Form::of(&home, "application-form-0").press("revoke")).await.expect(303);
    let refused = described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("invalid_grant"));
    let home = flow.browser.get("/").await.expect(200).text();
    assert!(!home.contains("Example Agent"), "{home}");
}

#[tokio::test]
async fn who_is_refused_sees_one_page_and_no_reason() {
    let described = Described::with(&json!({ "redirect_uris": [] }), with_pages).await;
    let answer = asks(&described.server, &described.id).await.expect(302);
    let page = described.server.public(Call::get(described.server.public_target(answer.location()).unwrap())).await;
    assert_eq!(page.status, 400, "{}", page.text());
    assert!(!page.text().contains("redirect_uris"), "{}", page.text());
}
