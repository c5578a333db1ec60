//! `OpenID` Connect Session Management as the page of an application sees it: it puts the server's page into a frame, and
//! asks it whether somebody is still signed in. The application is another site to the browser than the server is.

mod watcher;

use crate::browser::Browser;
use crate::chromium::{Scripts, in_browser};
use crate::quickstart::{Quickstart, public_client};
use watcher::Watcher;

/// Signs in at the application, whose page then has a `session_state`.
async fn sign_in(browser: &Browser, quickstart: &Quickstart, shop: &Watcher) -> String {
    let callback = shop.url("/callback");
    quickstart.register(public_client("shop", &callback)).await;
    browser.open(&quickstart.authorization_url("shop", &callback, &[("scope", "openid")])).await;
    quickstart.log_in(browser).await;
    browser.follow("allow").await;
    state(browser).await
}

/// The `session_state` with which the browser came to the application.
async fn state(browser: &Browser) -> String {
    browser.see("answer").await;
    let url = browser.url().await;
    let found = url.query_pairs().find(|(name, _)| name == "session_state");
    found.unwrap_or_else(|| panic!("{url}")).1.into_owned()
}

/// What the frame says to a message, an expression of JavaScript.
async fn ask(browser: &Browser, message: &str) -> String {
    browser.see("answer").await;
    browser.client.execute(&format!("ask({message})"), Vec::new()).await.unwrap();
    browser.expect_text("answer", "answered: ").await;
    browser.text_of("answer").await.trim_start_matches("answered: ").to_owned()
}

/// What the frame says about a `session_state`.
async fn check(browser: &Browser, client_id: &str, state: &str) -> String {
    ask(browser, &format!("\"{client_id} {state}\"")).await
}

#[test]
fn an_application_sees_the_logout_in_another_tab() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::with_session_management();
        let shop = Watcher::start("localhost", &quickstart.issuer);
        let signed_in = sign_in(browser, &quickstart, &shop).await;
        assert_eq!(check(browser, "shop", &signed_in).await, "unchanged");

        let watching = browser.client.window().await.unwrap();
        let other = browser.client.new_window(true).await.unwrap().handle;
        browser.client.switch_to_window(other.clone()).await.unwrap();
        browser.open(&format!("{}/oauth2/sessions/logout", quickstart.issuer)).await;
        browser.follow("logout").await;
        browser.expect_text("notice-title", "You are signed out").await;
        browser.client.switch_to_window(watching.clone()).await.unwrap();
        assert_eq!(check(browser, "shop", &signed_in).await, "changed");

        // It asks quietly, is told that nobody is there, and watches on.
        let quiet = [("scope", "openid"), ("prompt", "none")];
        browser.open(&quickstart.authorization_url("shop", &shop.url("/callback"), &quiet)).await;
        let signed_out = state(browser).await;
        assert!(browser.url().await.query().unwrap().contains("error=login_required"));
        assert_eq!(check(browser, "shop", &signed_out).await, "unchanged");
        assert_eq!(check(browser, "shop", &signed_in).await, "changed");

        // Until somebody is: who signs in elsewhere is seen as well.
        browser.client.switch_to_window(other).await.unwrap();
        browser.open(&quickstart.application).await;
        browser.follow("sign-in").await;
        quickstart.log_in(browser).await;
        browser.see("allow").await;
        browser.client.switch_to_window(watching).await.unwrap();
        assert_eq!(check(browser, "shop", &signed_out).await, "changed");
    });
}

#[test]
fn nobody_else_learns_anything_from_the_frame() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::with_session_management();
        let shop = Watcher::start("localhost", &quickstart.issuer);
        let signed_in = sign_in(browser, &quickstart, &shop).await;
        // The right page with the wrong client, another value, and what is none.
        assert_eq!(check(browser, "shop2", &signed_in).await, "changed");
        let (digest, salt) = signed_in.split_once('.').unwrap();
        let other = format!("{}.{salt}", digest.chars().rev().collect::<String>());
        assert_eq!(check(browser, "shop", &other).await, "changed");
        let long = format!("\"{} {signed_in}\"", "x".repeat(3000));
        let malformed = [
            "\"\"",
            "\"shop\"",
            "\"shop \"",
            "\"shop x.y\"",
            "null",
            "7",
            "{}",
            "[\"shop\"]",
            &long,
            &format!("\"shop {digest}\""),
            &format!("\"shop {signed_in} \""),
            &format!("\" {signed_in}\""),
            &format!("\"shop\\n{signed_in}\""),
        ];
        for message in malformed {
            assert_eq!(ask(browser, message).await, "error", "{message}");
        }
        // The value of the shop in a page of somebody else's, which asks for itself alone.
        let stranger = Watcher::start("localhost", &quickstart.issuer);
        browser.open(&stranger.url("/")).await;
        assert_eq!(check(browser, "shop", &signed_in).await, "changed");
        // And in one that knows nothing, signed in or not, it is the same.
        let guess = format!("{}.{}", "A".repeat(43), "A".repeat(22));
        assert_eq!(check(browser, "shop", &guess).await, "changed");
        browser.open(&format!("{}/", quickstart.issuer)).await;
        browser.client.delete_all_cookies().await.unwrap();
        browser.open(&stranger.url("/")).await;
        assert_eq!(check(browser, "shop", &guess).await, "changed");
        browser.open(&shop.url("/")).await;
        assert_eq!(check(browser, "shop", &signed_in).await, "changed", "the browser has forgotten the login");
    });
}

#[test]
fn where_frames_of_other_sites_have_no_cookies_nobody_is_told_that_something_changed() {
    in_browser(Scripts::RunWithoutForeignCookies, async |browser| {
        let quickstart = Quickstart::with_session_management();
        let shop = Watcher::start("localhost", &quickstart.issuer);
        let signed_in = sign_in(browser, &quickstart, &shop).await;
        assert_eq!(check(browser, "shop", &signed_in).await, "error");
        // An application of the same site has no such trouble.
        let near = Watcher::start("127.0.0.1", &quickstart.issuer);
        quickstart.register(public_client("near", &near.url("/callback"))).await;
        let request = [("scope", "openid")];
        browser.open(&quickstart.authorization_url("near", &near.url("/callback"), &request)).await;
        browser.follow("allow").await;
        let value = state(browser).await;
        assert_eq!(check(browser, "near", &value).await, "unchanged");
    });
}
