//! Signing out of the demonstration application.

use crate::appearance::look;
use crate::chromium::{Scripts, in_browser};
use crate::quickstart::Quickstart;

#[test]
fn the_button_signs_out_here_and_at_the_server() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.click("remember").await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("claims").await;
        browser.follow("sign-out").await;
        browser.follow("logout").await;
        browser.expect_text("signed-out", "You are signed out").await;
        assert_eq!(browser.url().await.as_str(), format!("{}signed-out", quickstart.application));
        look(browser, "demonstration-signed-out").await;
        browser.open(&quickstart.application).await;
        assert!(!browser.has("claims").await && !browser.has("signed-out").await);
        browser.follow("sign-in").await;
        browser.see("login-form").await;
    });
}

#[test]
fn a_login_that_was_not_remembered_ends_in_the_same_way() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.sign_in(browser).await;
        browser.follow("sign-out").await;
        browser.follow("logout").await;
        browser.expect_text("signed-out", "You are signed out").await;
        quickstart.sign_in(browser).await;
        // Whoever is signed in is not told otherwise.
        browser.open(&format!("{}signed-out", quickstart.application)).await;
        browser.see("claims").await;
    });
}

#[test]
fn the_button_works_without_javascript_and_whoever_stays_signs_in_without_a_password() {
    in_browser(Scripts::Blocked, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.click("remember").await;
        quickstart.log_in(browser).await;
        browser.click("remember").await;
        browser.follow("allow").await;
        browser.see("claims").await;
        browser.follow("sign-out").await;
        browser.follow("stay").await;
        browser.see("notice").await;
        browser.open(&quickstart.application).await;
        browser.follow("sign-in").await;
        browser.see("claims").await;
        browser.follow("sign-out").await;
        browser.follow("logout").await;
        browser.see("signed-out").await;
    });
}

#[test]
fn a_client_of_an_older_start_can_sign_out_too() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let mut client = quickstart.admin().get_client("demo").await.unwrap();
        client.post_logout_redirect_uris.clear();
        quickstart.admin().replace_client("demo", &client).await.unwrap();
        let quickstart = quickstart.restart();
        quickstart.sign_in(browser).await;
        browser.follow("sign-out").await;
        browser.follow("logout").await;
        browser.see("signed-out").await;
    });
}
