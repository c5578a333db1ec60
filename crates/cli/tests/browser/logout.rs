//! Logout as a person at a browser sees it, with several applications that are told by frame, by token, or both
//! (`OpenID` Connect RP-Initiated, Front-Channel and Back-Channel Logout). Half of the applications are another site to
//! the browser than the server is.

mod demonstration;
mod logout_token;
mod relying_party;

use std::time::{Duration, Instant};

use crate::appearance::look;
use crate::browser::Browser;
use crate::chromium::{Scripts, in_browser};
use crate::quickstart::Quickstart;
use relying_party::{Channel, RelyingParty};

/// What comes back with the browser from [`RelyingParty`]'s sign-out.
const FAREWELL: &str = "shop=1&state=state+%26+more";

/// Signs in at all applications: at the first with password and consent, both remembered; the others ask nothing.
async fn sign_in(browser: &Browser, quickstart: &Quickstart, applications: &[&RelyingParty]) {
    for (number, application) in applications.iter().enumerate() {
        browser.open(&application.url("/sign-in")).await;
        if number == 0 {
            browser.click("remember").await;
            quickstart.log_in(browser).await;
            browser.see("consent-form").await;
            browser.click("remember").await;
            browser.follow("allow").await;
        }
        assert_eq!(browser.text_of("state").await, "signed in");
    }
}

/// Follows "sign out" of an application to the confirmation page.
async fn ask(browser: &Browser, application: &RelyingParty) {
    browser.open(&application.url("/")).await;
    browser.follow("sign-out").await;
    browser.see("logout-form").await;
}

/// The application was told as often as this, was visited once after logout or not at all, and had nothing to refuse.
fn expect_told(application: &RelyingParty, front: usize, back: usize, farewells: &[&str]) {
    let told = application.book(|book| (book.front, book.back, book.farewells.clone(), book.refused.clone()));
    let farewells = farewells.iter().map(ToString::to_string).collect();
    assert_eq!(told, (front, back, farewells, Vec::new()));
}

#[test]
fn signing_out_at_one_application_signs_out_at_all() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::Front]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::Back]).await;
        let third = RelyingParty::start(&quickstart, "third", "localhost", &[Channel::Front, Channel::Back]).await;
        let untouched = RelyingParty::start(&quickstart, "fourth", "127.0.0.1", &[Channel::Front, Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first, &second, &third]).await;

        ask(browser, &first).await;
        look(browser, "logout").await;
        browser.follow("logout").await;
        browser.see("bye").await;
        let arrived = browser.url().await;
        assert_eq!(arrived.as_str(), format!("{}?{FAREWELL}", first.url("/bye")));
        second.wait_for_tokens(1).await;
        third.wait_for_tokens(1).await;
        for application in [&first, &second, &third] {
            assert!(!application.knows(browser).await);
        }
        expect_told(&first, 1, 0, &[FAREWELL]);
        expect_told(&second, 0, 1, &[]);
        expect_told(&third, 1, 1, &[]);
        expect_told(&untouched, 0, 0, &[]);

        // Nobody is remembered any more, and a new session can be ended like the one before.
        browser.open(&second.url("/sign-in")).await;
        browser.click("remember").await;
        quickstart.log_in(browser).await;
        assert_eq!(browser.text_of("state").await, "signed in");
        ask(browser, &second).await;
        browser.follow("logout").await;
        browser.see("bye").await;
        second.wait_for_tokens(2).await;
        expect_told(&second, 0, 2, &[FAREWELL]);
        expect_told(&first, 1, 0, &[FAREWELL]);
    });
}

#[test]
fn going_back_after_the_logout_tells_nobody_twice() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "localhost", &[Channel::Front, Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first]).await;
        ask(browser, &first).await;
        browser.follow("logout").await;
        browser.see("bye").await;
        first.wait_for_tokens(1).await;
        browser.client.back().await.unwrap();
        // The page of frames has left no trace, and there is nothing left to ask: the browser goes on as before.
        browser.see("bye").await;
        assert_eq!(browser.url().await.as_str(), format!("{}?{FAREWELL}", first.url("/bye")));
        expect_told(&first, 1, 1, &[FAREWELL, FAREWELL]);
    });
}

#[test]
fn the_question_of_another_tab_goes_on_when_the_session_has_ended() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "localhost", &[Channel::Front, Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first]).await;
        ask(browser, &first).await;
        let waiting = browser.client.window().await.unwrap();
        let other = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(other.handle).await.unwrap();
        ask(browser, &first).await;
        browser.follow("logout").await;
        browser.see("bye").await;
        first.wait_for_tokens(1).await;
        browser.client.switch_to_window(waiting).await.unwrap();
        browser.follow("logout").await;
        browser.see("bye").await;
        expect_told(&first, 1, 1, &[FAREWELL, FAREWELL]);
    });
}

#[test]
fn without_the_cookie_of_the_session_the_page_names_nobody_and_ends_nothing() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "localhost", &[Channel::Front, Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first]).await;
        ask(browser, &first).await;
        assert!(browser.text().await.contains("Demo User"));
        let question = browser.url().await;
        // The same address, as somebody else sees it.
        let cookies = browser.client.get_all_cookies().await.unwrap();
        browser.client.delete_all_cookies().await.unwrap();
        browser.open(question.as_str()).await;
        browser.see("logout-form").await;
        assert!(!browser.text().await.contains("Demo User"), "{}", browser.text().await);
        look(browser, "logout-of-somebody-else").await;
        browser.follow("logout").await;
        browser.expect_text("error-code", "request_forbidden").await;
        browser.picture("logout-of-somebody-else-refused").await;
        for cookie in cookies {
            browser.client.add_cookie(cookie).await.unwrap();
        }
        browser.open(&first.url("/")).await;
        assert!(first.knows(browser).await);
        browser.follow("sign-in").await;
        assert_eq!(browser.text_of("state").await, "signed in", "nothing has ended, so nothing is asked");
        expect_told(&first, 0, 0, &[]);
    });
}

#[test]
fn the_address_of_the_endpoint_alone_asks_and_ends_the_session() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::Front]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first, &second]).await;
        let endpoint = format!("{}/oauth2/sessions/logout", quickstart.issuer);
        browser.open(&endpoint).await;
        browser.follow("logout").await;
        browser.expect_text("notice-title", "You are signed out").await;
        look(browser, "signed-out").await;
        second.wait_for_tokens(1).await;
        assert!(!first.knows(browser).await && !second.knows(browser).await);
        expect_told(&first, 1, 0, &[]);
        expect_told(&second, 0, 1, &[]);
        // With nobody left to sign out there is no question.
        browser.open(&endpoint).await;
        browser.expect_text("notice-title", "You are signed out").await;
        browser.open(&first.url("/sign-in")).await;
        browser.see("login-form").await;
    });
}

#[test]
fn whoever_stays_is_still_signed_in_everywhere() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::Front]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first, &second]).await;
        ask(browser, &first).await;
        browser.follow("stay").await;
        browser.expect_text("notice-title", "You are still signed in").await;
        look(browser, "still-signed-in").await;
        assert!(first.knows(browser).await && second.knows(browser).await);
        browser.follow("sign-in").await;
        assert_eq!(browser.text_of("state").await, "signed in");
        expect_told(&first, 0, 0, &[]);
        expect_told(&second, 0, 0, &[]);
    });
}

#[test]
fn an_application_that_hangs_holds_the_browser_up_for_five_seconds() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::Front]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::FrontThatHangs]).await;
        sign_in(browser, &quickstart, &[&first, &second]).await;
        ask(browser, &first).await;
        let start = Instant::now();
        browser.follow("logout").await;
        browser.see("bye").await;
        let elapsed = start.elapsed();
        assert!((Duration::from_secs(4)..Duration::from_secs(15)).contains(&elapsed), "{elapsed:?}");
        expect_told(&first, 1, 0, &[FAREWELL]);
        assert!(!first.knows(browser).await);
    });
}

#[test]
fn without_javascript_the_browser_goes_on_by_itself_or_by_the_link() {
    in_browser(Scripts::Blocked, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::Front]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::Front, Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first, &second]).await;
        ask(browser, &first).await;
        browser.follow("logout").await;
        browser.see("continue").await;
        browser.see("bye").await;
        expect_told(&first, 1, 0, &[FAREWELL]);
        second.wait_for_tokens(1).await;
        expect_told(&second, 1, 1, &[]);

        browser.open(&first.url("/sign-in")).await;
        browser.click("remember").await;
        quickstart.log_in(browser).await;
        assert_eq!(browser.text_of("state").await, "signed in");
        ask(browser, &first).await;
        browser.follow("logout").await;
        let overflows = "document.scrollingElement.scrollHeight > innerHeight";
        assert_eq!(browser.evaluate(overflows).await, false, "the frames take no room");
        browser.picture("front-channel").await;
        browser.follow("continue").await;
        browser.see("bye").await;
        expect_told(&first, 2, 0, &[FAREWELL, FAREWELL]);
    });
}

#[test]
fn an_application_that_is_down_holds_nobody_up_and_is_told_later() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let first = RelyingParty::start(&quickstart, "first", "127.0.0.1", &[Channel::BackThatIsDown]).await;
        let second = RelyingParty::start(&quickstart, "second", "localhost", &[Channel::Back]).await;
        sign_in(browser, &quickstart, &[&first, &second]).await;
        ask(browser, &second).await;
        let start = Instant::now();
        browser.follow("logout").await;
        browser.see("bye").await;
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        second.wait_for_tokens(1).await;
        // The first attempt finds nobody, for certain.
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(first.knows(browser).await);
        first.open_back_channel().await;
        let waited = first.wait_for_tokens(1).await;
        assert!(waited > Duration::from_secs(5), "the next attempt comes after ten seconds, not {waited:?}");
        assert!(!first.knows(browser).await);
        expect_told(&first, 0, 1, &[]);
    });
}
