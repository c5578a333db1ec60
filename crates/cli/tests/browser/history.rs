//! The back button, reloading, and pages that were answered before.

use crate::chromium::{Scripts, in_browser};
use crate::quickstart::Quickstart;

#[test]
fn going_back_after_the_login_ends_at_a_page_that_explains() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.sign_in(browser).await;
        for page in ["consent", "login"] {
            browser.client.back().await.unwrap();
            let url = browser.url().await;
            assert!(url.path().ends_with(page), "{url}");
            browser.see("notice").await;
            assert!(!browser.has("password").await && !browser.has("allow").await);
        }
        browser.client.back().await.unwrap();
        assert_eq!(browser.url().await.as_str(), quickstart.application);
        browser.client.refresh().await.unwrap();
        browser.see("claims").await;
    });
}

#[test]
fn reloading_changes_nothing() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.client.refresh().await.unwrap();
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        browser.client.refresh().await.unwrap();
        browser.client.refresh().await.unwrap();
        browser.follow("allow").await;
        browser.see("claims").await;
        browser.client.refresh().await.unwrap();
        browser.see("claims").await;
    });
}

#[test]
fn going_back_from_the_consent_page_and_logging_in_again_goes_on() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        browser.follow("switch-account").await;
        browser.see("login-form").await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("claims").await;
    });
}
