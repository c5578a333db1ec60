//! The consent page: the person decides scope by scope, and nothing that was not asked for can be granted.

use serde_json::json;

use super::{Form, PASSWORD, account, built_in, log_in, server, submit, visit};
use crate::fixtures::{confidential, parameter, register, text};
use crate::support::{Answer, CodeFlow, REDIRECT_URI, TestServer};

async fn consent_page(flow: &mut CodeFlow) -> Answer {
    let page = visit(flow).await.expect(200);
    log_in(flow, &page, "alice", PASSWORD).await.expect(200)
}

#[tokio::test]
async fn a_scope_that_is_unticked_is_not_granted() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        account(server, "alice").await;
        let mut flow = client.flow(server).scope("openid offline email photos.read");
        let page = consent_page(&mut flow).await;
        let form = Form::of(&page, "consent-form");
        assert_eq!(form.values("grant_scope"), ["openid", "offline", "email", "photos.read"]);
        let form = form.untick("grant_scope", "email").untick("grant_scope", "offline");
        let answer = submit(&mut flow, &form.press("accept")).await.expect(303);
        assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid photos.read"));
        let code = answer.location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(tokens["scope"], "openid photos.read");
        assert!(tokens.get("refresh_token").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_forged_form_grants_nothing_that_was_not_asked_for() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server).scope("openid email").parameter("audience", "https://api.example");
    let page = consent_page(&mut flow).await;
    let mut form = Form::of(&page, "consent-form");
    for scope in ["offline", "profile", "*", "openid offline", "admin"] {
        form.fields.push(("grant_scope".to_owned(), scope.to_owned()));
    }
    form.fields.push(("grant_access_token_audience".to_owned(), "https://elsewhere.example".to_owned()));
    let answer = submit(&mut flow, &form.press("accept")).await.expect(303);
    assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid email"));
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let described = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!(described["aud"], json!(["https://api.example"]));
}

#[tokio::test]
async fn denying_tells_the_client_and_grants_nothing() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    let answer = submit(&mut flow, &Form::of(&page, "consent-form").press("reject")).await.expect(303);
    assert!(answer.location().starts_with(REDIRECT_URI));
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
    assert!(answer.location_parameter("code").is_none());
}

#[tokio::test]
async fn a_form_without_a_button_decides_nothing() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    for action in ["", "maybe", "Accept"] {
        let answer = submit(&mut flow, &Form::of(&page, "consent-form").press(action)).await;
        assert_eq!(answer.status, 400, "{action}");
    }
    submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
}

#[tokio::test]
async fn remembering_spares_the_question_and_not_remembering_does_not() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    submit(&mut flow, &Form::of(&page, "consent-form").press("accept")).await.expect(303);
    // Until the browser is closed its login spares the login page; the consent was not remembered.
    let page = visit(&mut flow).await.expect(200);
    submit(&mut flow, &Form::of(&page, "consent-form").set("remember", "1").press("accept")).await.expect(303);
    let answer = visit(&mut flow).await.expect(303);
    assert!(answer.location_parameter("code").is_some());
    let mut again = flow.parameter("prompt", "login");
    let page = visit(&mut again).await.expect(200);
    let answer = log_in(&mut again, &page, "alice", PASSWORD).await.expect(303);
    assert!(answer.location_parameter("code").is_some(), "the consent outlives the login");
    let mut more = again.parameter("prompt", "").scope("openid offline email");
    let page = visit(&mut more).await.expect(200);
    assert!(page.text().contains("consent-form"), "more than was remembered is asked for");
}

#[tokio::test]
async fn a_client_that_the_operator_trusts_asks_nobody() {
    let (server, _) = server().await;
    let trusted = register(&server, "trusted", &json!({ "skip_consent": true })).await;
    let mut flow = trusted.flow(&server);
    let page = visit(&mut flow).await.expect(200);
    let answer = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(303);
    assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid offline"));
}

#[tokio::test]
async fn the_page_names_client_destination_services_and_the_way_to_another_account() {
    let (server, _) = server().await;
    let uri = "https://app.example:8443/callback";
    let metadata = json!({
        "client_name": "Photo Printer", "redirect_uris": [uri], "logo_uri": "https://app.example/logo.png",
        "policy_uri": "https://app.example/privacy", "tos_uri": "https://app.example/terms",
    });
    let client = register(&server, "printer", &metadata).await;
    let mut flow = client
        .flow(&server)
        .parameter("redirect_uri", uri)
        .parameter("audience", "https://api.example")
        .parameter("prompt", "consent");
    let page = consent_page(&mut flow).await;
    let html = page.text();
    for piece in [
        "Photo Printer",
        "app.example:8443",
        "https://app.example/logo.png",
        "https://app.example/privacy",
        "https://app.example/terms",
        "https://api.example",
        "Name of alice",
    ] {
        assert!(html.contains(piece), "{piece}");
    }
    let switch = html.split("id=\"switch-account\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let switch = super::form::unescaped(switch);
    assert_eq!(parameter(&switch, "prompt"), "login");
    let page = flow.browser.follow(&switch).await.expect(200);
    assert!(page.text().contains("login-form"));
}

#[tokio::test]
async fn a_page_that_was_answered_says_so() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    let form = Form::of(&page, "consent-form").press("accept");
    let challenge = form.value("consent_challenge").unwrap().to_owned();
    submit(&mut flow, &form).await.expect(303);
    let target = format!("{}?consent_challenge={challenge}", super::CONSENT);
    let reload = flow.browser.get(&target).await.expect(410);
    assert!(reload.text().contains("This step is already done"), "{}", reload.text());
    submit(&mut flow, &form).await.expect(410);
}

#[tokio::test]
async fn a_second_click_on_allow_leads_where_the_first_one_led() {
    TestServer::each_database_with(built_in, async |server| {
        let client = confidential(server).await;
        account(server, "alice").await;
        for first_arrived in [false, true] {
            let mut flow = client.flow(server);
            let page = consent_page(&mut flow).await;
            let form = Form::of(&page, "consent-form").press("accept");
            let posted = flow.browser.post(&form.action, &form.fields).await.expect(303);
            if first_arrived {
                // The browser went on with the first verifier, and dropped the answer when it was clicked again.
                let answer = flow.browser.clone().get(posted.location()).await.expect(303);
                assert!(answer.location_parameter("code").is_some());
            }
            let answer = submit(&mut flow, &form).await.expect(303);
            assert!(answer.location().starts_with(REDIRECT_URI), "{}", answer.location());
            assert_eq!(answer.location_parameter("state").as_deref(), Some(crate::support::STATE));
            assert_eq!(answer.location_parameter("scope").as_deref(), Some("openid offline"));
            let code = answer.location_parameter("code").unwrap();
            let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
            assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
            flow.browser = crate::support::Browser::new(server);
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_click_after_the_code_was_redeemed_says_that_it_is_done() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    let form = Form::of(&page, "consent-form").press("accept");
    let mut clicked_again = flow.browser.clone();
    let code = submit(&mut flow, &form).await.expect(303).location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let answer = clicked_again.post(&form.action, &form.fields).await.expect(410);
    assert!(answer.text().contains("This step is already done"), "{}", answer.text());
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
}

#[tokio::test]
async fn a_no_after_a_yes_is_no_second_yes() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    let form = Form::of(&page, "consent-form");
    let mut clicked_again = flow.browser.clone();
    submit(&mut flow, &form.clone().press("accept")).await.expect(303);
    for action in ["reject", ""] {
        let answer = clicked_again.post(&form.action, &form.clone().press(action).fields).await;
        assert!(answer.header("location").is_none(), "{action}");
        assert_eq!(answer.status, if action == "reject" { 410 } else { 400 }, "{action}");
    }
}

#[tokio::test]
async fn the_last_button_counts_while_the_browser_has_not_gone_on() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = consent_page(&mut flow).await;
    let form = Form::of(&page, "consent-form");
    flow.browser.post(&form.action, &form.clone().press("accept").fields).await.expect(303);
    let answer = submit(&mut flow, &form.press("reject")).await.expect(303);
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
}
