//! The examples that a person uses with a browser, on a telephone and on a wide screen.

use super::instructions::Setting;
use crate::appearance::look;
use crate::browser::Browser;
use crate::chromium::{Scripts, in_browser};

/// What the quickstart calls its user.
const NAME: &str = "Demo User";
const PHONE: u32 = 390;

impl Setting {
    /// Through the provider's pages, from the login page on.
    async fn log_in(&self, browser: &Browser) {
        browser.see("login-form").await;
        self.quickstart.log_in(browser).await;
        browser.follow("allow").await;
    }

    /// Says yes to the provider's question whether to sign out.
    async fn log_out(browser: &Browser) {
        browser.see("logout-form").await;
        browser.follow("logout").await;
    }
}

/// The cookie of the session, with its name.
async fn session_cookie(browser: &Browser) -> String {
    let cookies = browser.client.get_all_cookies().await.unwrap();
    let session: Vec<_> = cookies.iter().filter(|cookie| cookie.name().starts_with("session")).collect();
    assert!(session.iter().all(|cookie| cookie.http_only() == Some(true)), "{session:?}");
    session.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect::<Vec<_>>().join("; ")
}

/// What a request with this cookie is answered.
async fn status(url: &str, cookie: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    http.get(url).header("cookie", cookie).send().await.unwrap().status().as_u16()
}

#[test]
fn web_shows_who_is_logged_in_until_the_logout() {
    in_browser(Scripts::Run, async |browser| {
        let mut setting = Setting::start();
        let _web = setting.follow("web");
        browser.set_screen(PHONE, "light").await;
        browser.open(&setting.url()).await;
        browser.expect_text("account", "Log in").await;
        look(browser, "example-web-home").await;
        browser.set_screen(PHONE, "light").await;
        browser.follow("account").await;
        setting.log_in(browser).await;
        assert_eq!(browser.text_of("name").await, NAME);
        let account = format!("{}/account", setting.url());
        assert_eq!(browser.url().await.as_str(), account, "where the person wanted to go");
        let cookie = session_cookie(browser).await;
        assert_eq!(status(&account, &cookie).await, 200);
        look(browser, "example-web-account").await;
        browser.open(&setting.url()).await;
        browser.expect_text("account", "Your account").await;
        browser.follow("account").await;

        browser.set_screen(PHONE, "light").await;
        browser.follow("logout").await;
        Setting::log_out(browser).await;
        browser.expect_text("account", "Log in").await;
        assert_eq!(browser.url().await.as_str(), format!("{}/", setting.url()));
        assert_eq!(session_cookie(browser).await, "");
        assert_ne!(status(&account, &cookie).await, 200, "a copy of the cookie is worth nothing any more");
        browser.follow("account").await;
        browser.see("login-form").await;
    });
}

#[test]
fn spa_backend_keeps_tokens_from_the_page_and_asks_the_api_with_them() {
    in_browser(Scripts::Run, async |browser| {
        let mut setting = Setting::start();
        let _backend = setting.follow("spa_backend");
        browser.set_screen(PHONE, "light").await;
        browser.open(&setting.url()).await;
        browser.expect_text("login", "Log in").await;
        look(browser, "example-spa-visitor").await;
        browser.set_screen(PHONE, "light").await;
        browser.follow("login").await;
        setting.log_in(browser).await;
        browser.expect_text("name", NAME).await;
        browser.click("load").await;
        browser.expect_text("notes", "the notes of ").await;
        look(browser, "example-spa-user").await;
        let kept = "document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)";
        assert_eq!(browser.evaluate(kept).await, "{}{}", "scripts find nothing");
        let cookie = session_cookie(browser).await;
        let me = format!("{}/api/me", setting.url());
        assert_eq!(status(&me, &cookie).await, 200);

        browser.set_screen(PHONE, "light").await;
        browser.follow("logout").await;
        Setting::log_out(browser).await;
        browser.expect_text("login", "Log in").await;
        assert_eq!(session_cookie(browser).await, "");
        assert_eq!(status(&me, &cookie).await, 401, "a copy of the cookie is worth nothing any more");
        browser.follow("login").await;
        browser.see("login-form").await;
    });
}

#[test]
fn login_waits_for_the_browser_to_come_back() {
    in_browser(Scripts::Run, async |browser| {
        let mut setting = Setting::start();
        let mut login = setting.follow("login");
        let url = login.wait_for("Open ");
        browser.open(url.trim_start_matches("Open ")).await;
        setting.log_in(browser).await;
        assert_eq!(browser.text().await, "Back to the terminal.");
        login.wait_for(" is logged in, with the address demo@example.com");
        let logout = login.wait_for("To log out, open ");
        assert_eq!(login.finish().0, Some(0));
        browser.open(logout.trim_start_matches("To log out, open ")).await;
        Setting::log_out(browser).await;
        browser.see("notice").await;
        browser.open(url.trim_start_matches("Open ")).await;
        browser.see("login-form").await;
    });
}

#[test]
fn device_waits_until_its_code_was_entered() {
    in_browser(Scripts::Run, async |browser| {
        let mut setting = Setting::start();
        let mut device = setting.follow("device");
        let instruction = device.wait_for("Open ");
        let (page, code) = instruction.trim_start_matches("Open ").split_once(" and enter ").unwrap();
        browser.set_screen(PHONE, "light").await;
        browser.open(page).await;
        browser.fill_in("user-code", code).await;
        browser.follow("submit").await;
        browser.follow("connect").await;
        setting.log_in(browser).await;
        device.wait_for(" is logged in");
        device.wait_for("the access token has ");
        assert_eq!(device.finish().0, Some(0));
    });
}
