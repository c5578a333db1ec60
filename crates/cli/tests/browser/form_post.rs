//! `response_mode=form_post` (OAuth 2.0 Form Post Response Mode) in a browser: one script is allowed, and without it
//! there is a button.

use crate::chromium::{Scripts, in_browser};
use crate::quickstart::{Quickstart, public_client};
use crate::receiver::{Received, Receiver};

async fn expect_code(quickstart: &Quickstart, receiver: &Receiver, received: &Received) {
    assert_eq!(received.line, "POST /callback");
    assert_eq!(received.field("state"), Some("state-0123456789"));
    let code = received.field("code").unwrap();
    let (status, tokens) = quickstart.redeem("shop", &receiver.url, code).await;
    assert_eq!(status, 200, "{tokens}");
    assert!(tokens["id_token"].is_string());
}

#[test]
fn the_answer_is_posted_by_itself() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, receiver) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &receiver.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &receiver.url, &more)).await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("received").await;
        expect_code(&quickstart, &receiver, &receiver.next()).await;
        assert!(receiver.is_idle(), "the form is sent once");
    });
}

#[test]
fn without_javascript_a_button_posts_the_answer() {
    in_browser(Scripts::Blocked, async |browser| {
        let (quickstart, receiver) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &receiver.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &receiver.url, &more)).await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("form-post").await;
        assert!(receiver.is_idle());
        browser.follow("continue").await;
        browser.see("received").await;
        expect_code(&quickstart, &receiver, &receiver.next()).await;
    });
}

#[test]
fn a_refusal_is_posted_as_well() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, receiver) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("shop", &receiver.url)).await;
        let more = [("scope", "openid"), ("response_mode", "form_post")];
        browser.open(&quickstart.authorization_url("shop", &receiver.url, &more)).await;
        browser.follow("cancel").await;
        let received = receiver.next();
        assert_eq!((received.line.as_str(), received.field("error")), ("POST /callback", Some("access_denied")));
        assert_eq!(received.field("code"), None);
        browser.see("received").await;
    });
}
