//! `response_mode=form_post` (OAuth 2.0 Form Post Response Mode) in a browser: one script is allowed, and without it
//! there is a button.

use serde_json::json;

use crate::chromium::{Scripts, in_browser};
use crate::quickstart::{Quickstart, public_client};
use crate::receiver::{Received, Receiver};

async fn expect_code(quickstart: &Quickstart, shop: &Receiver, answer: &Received) {
    assert_eq!(answer.line, "POST /callback");
    assert_eq!(answer.field("state"), Some("state-0123456789"));
    let code = answer.field("code").unwrap();
    let (status, tokens) = quickstart.redeem("shop", &shop.url, code).await;
    assert_eq!(status, 200, "{tokens}");
    assert!(tokens["id_token"].is_string());
}

#[test]
fn the_answer_is_posted_by_itself() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, shop) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &shop.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &shop.url, &more)).await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("received").await;
        expect_code(&quickstart, &shop, &shop.next()).await;
        assert!(shop.is_idle(), "the form is sent once");
    });
}

#[test]
fn without_javascript_a_button_posts_the_answer() {
    in_browser(Scripts::Blocked, async |browser| {
        let (quickstart, shop) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &shop.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &shop.url, &more)).await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("form-post").await;
        assert!(shop.is_idle());
        browser.follow("continue").await;
        browser.see("received").await;
        expect_code(&quickstart, &shop, &shop.next()).await;
    });
}

#[test]
fn tokens_are_posted_as_a_code_is() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, shop) = (Quickstart::without_profile(), Receiver::start());
        let mut client = public_client("shop", &shop.url);
        client["grant_types"] = json!(["authorization_code", "implicit"]);
        client["response_types"] = json!(["code id_token token"]);
        quickstart.register(client).await;
        let more = [("scope", "openid"), ("response_mode", "form_post"), ("response_type", "code id_token token")];
        browser.open(&quickstart.authorization_url("shop", &shop.url, &more)).await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("received").await;
        let answer = shop.next();
        assert_eq!((answer.line.as_str(), answer.field("token_type")), ("POST /callback", Some("bearer")));
        assert!(answer.field("access_token").is_some() && answer.field("id_token").is_some());
        expect_code(&quickstart, &shop, &answer).await;
    });
}

#[test]
fn a_refusal_is_posted_as_well() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, shop) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &shop.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &shop.url, &more)).await;
        browser.follow("cancel").await;
        let answer = shop.next();
        assert_eq!((answer.line.as_str(), answer.field("error")), ("POST /callback", Some("access_denied")));
        assert_eq!(answer.field("code"), None);
        browser.see("received").await;
    });
}
