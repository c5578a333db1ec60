//! How pages look, as far as a machine can tell: nothing is wider than a small telephone, the dark scheme is dark, and
//! the policy of the pages is kept.

use serde_json::json;

use crate::browser::Browser;
use crate::chromium::{Scripts, in_browser};
use crate::devtools;
use crate::quickstart::{Quickstart, public_client};
use crate::receiver::Receiver;

/// Looks at a page on a small and on a large screen, light and dark.
pub(crate) async fn look(browser: &Browser, name: &str) {
    for (width, scheme) in [(320, "light"), (320, "dark"), (1000, "light"), (1000, "dark")] {
        browser.set_screen(width, scheme).await;
        let wide = browser.evaluate("document.scrollingElement.scrollWidth").await;
        assert!(wide.as_u64().unwrap() <= u64::from(width), "{name} is {wide} wide on a screen of {width}");
        let background = browser.evaluate(BACKGROUND).await;
        let brightness = background.as_f64().unwrap();
        assert_eq!(brightness < 128.0, scheme == "dark", "{name} in {scheme} has a background of {brightness}");
        browser.picture(&format!("{name}-{width}-{scheme}")).await;
    }
}

/// The mean of red, green and blue of what is behind everything.
const BACKGROUND: &str = "(() => {
    const colour = (element) => getComputedStyle(element).backgroundColor;
    const canvas = (text) => text === 'rgba(0, 0, 0, 0)' ? null : text;
    const text = canvas(colour(document.body)) ?? canvas(colour(document.documentElement)) ?? 'rgb(255, 255, 255)';
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return scale * (parts[0] + parts[1] + parts[2]) / 3;
})()";

#[test]
fn every_page_fits_a_small_screen_and_both_schemes() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        browser.open(&quickstart.application).await;
        look(browser, "start").await;
        browser.follow("sign-in").await;
        look(browser, "login").await;
        browser.fill_in("username", "demo").await;
        browser.fill_in("password", "wrong").await;
        browser.follow("submit").await;
        browser.see("error").await;
        look(browser, "login-wrong-password").await;
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        look(browser, "consent").await;
        browser.follow("allow").await;
        browser.see("claims").await;
        look(browser, "signed-in").await;
        browser.follow("introspect").await;
        browser.see("introspection").await;
        look(browser, "introspected").await;
        browser.client.back().await.unwrap();
        browser.open(&quickstart.issuer).await;
        look(browser, "home").await;
        browser.open(&format!("{}/oauth2/auth?client_id=unknown", quickstart.issuer)).await;
        look(browser, "error").await;
    });
}

#[test]
fn a_small_window_gets_a_narrow_page_and_fingers_get_large_targets() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, receiver) = (Quickstart::start(), Receiver::start());
        quickstart.register(public_client("windows", &receiver.url)).await;
        for display in ["page", "popup", "touch", "wap"] {
            let more = [("scope", "openid profile"), ("display", display), ("prompt", "login")];
            browser.open(&quickstart.authorization_url("windows", &receiver.url, &more)).await;
            browser.see("login-form").await;
            look(browser, &format!("login-{display}")).await;
            expect_window(browser, display, "submit").await;
            quickstart.log_in(browser).await;
            browser.see("consent-form").await;
            look(browser, &format!("consent-{display}")).await;
            expect_window(browser, display, "allow").await;
        }
    });
}

/// What the display changes on a wide screen: the width of the page, and the height of its targets.
async fn expect_window(browser: &Browser, display: &str, button: &str) {
    browser.set_screen(1000, "light").await;
    let number = async |script: &str| browser.evaluate(script).await.as_f64().unwrap();
    let width = number("document.querySelector('.stage').getBoundingClientRect().width").await;
    let expected = if matches!(display, "popup" | "wap") { 384.0 } else { 480.0 };
    assert!((width - expected).abs() < 1.0, "{display} is {width} wide");
    let height = number(&format!("document.getElementById('{button}').getBoundingClientRect().height")).await;
    let expected = if display == "touch" { 60.0 } else { 48.0 };
    assert!((height - expected).abs() < 1.0, "{button} is {height} high in {display}");
    let smallest = "Math.min(...[...document.querySelectorAll('input:not([type=hidden]), button')]
        .map(target => (target.closest('label') ?? target).getBoundingClientRect().height))";
    assert!(display != "touch" || number(smallest).await >= 48.0, "a target is too small for a finger");
}

#[test]
fn long_words_of_other_people_do_not_burst_the_page() {
    in_browser(Scripts::Run, async |browser| {
        let (quickstart, receiver) = (Quickstart::start(), Receiver::start());
        let scope = "https://api.example.com/authorizations/of/documents.read-and-write-and-everything-else";
        let mut client = public_client("long", &receiver.url);
        client["client_name"] =
            json!("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft");
        client["scope"] = json!(format!("openid offline_access {scope}"));
        client["audience"] =
            json!(["https://api.example.com/with/a/rather/long/path/that-does-not-end-so-soon/really"]);
        client["policy_uri"] = json!("https://shop.example.com/policy");
        client["tos_uri"] = json!("https://shop.example.com/terms");
        let audience = client["audience"][0].as_str().unwrap().to_owned();
        quickstart.register(client).await;
        let scopes = format!("openid offline_access {scope}");
        let more = [("scope", scopes.as_str()), ("audience", &audience)];
        browser.open(&quickstart.authorization_url("long", &receiver.url, &more)).await;
        look(browser, "login-long").await;
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        look(browser, "consent-long").await;
    });
}

#[test]
fn the_policy_stops_a_foreign_script_and_the_console_tells() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.expect_quiet_console().await;
        let inject = "(() => {
            const script = document.createElement('script');
            script.textContent = 'document.title = \"taken over\"';
            document.body.append(script);
            return document.title;
        })()";
        let title = browser.evaluate(inject).await;
        assert_ne!(title, "taken over");
        // This also shows that the other tests would see a violation.
        let lines = devtools::console(&browser.client).await;
        assert!(lines.iter().any(|line| line.message.contains("Content Security Policy")), "{lines:#?}");
    });
}
