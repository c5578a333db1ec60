//! From the button to the ID token, and the ways in which a person says no.

use serde_json::json;

use crate::chromium::{Scripts, in_browser};
use crate::quickstart::{Quickstart, public_client};
use crate::receiver::Receiver;

#[test]
fn a_person_reaches_an_id_token_and_every_button_works() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.sign_in(browser).await;
        assert_eq!(browser.url().await.as_str(), quickstart.application, "the code is gone from the address");
        let claims = browser.table("claims").await;
        assert_eq!(claims["iss"], quickstart.issuer);
        assert!(claims["aud"].contains("demo") && claims.contains_key("nonce"), "{claims:?}");
        let profile = browser.table("userinfo").await;
        assert_eq!((&profile["sub"], profile["email"].as_str()), (&claims["sub"], "demo@example.com"));
        assert_eq!(browser.text_of("scope").await, "openid offline_access profile email");

        browser.follow("refresh").await;
        browser.expect_text("refreshes", "1").await;
        browser.follow("introspect").await;
        assert_eq!(browser.table("introspection").await["active"], "true");
        browser.follow("revoke").await;
        browser.expect_text("news", "Revoked").await;
        browser.follow("introspect").await;
        browser.expect_text("news", "Introspection").await;
        assert_eq!(browser.table("introspection").await["active"], "false");
        browser.follow("refresh").await;
        browser.expect_text("news", "invalid_grant").await;

        browser.follow("start-over").await;
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.expect_text("refreshes", "0").await;
        assert_eq!(browser.table("claims").await["sub"], claims["sub"]);
    });
}

#[test]
fn everything_works_without_javascript() {
    in_browser(Scripts::Blocked, async |browser| {
        let quickstart = Quickstart::start();
        browser.open("data:text/html,<p id=off>off<script>document.getElementById('off').id='on'</script>").await;
        browser.see("off").await;
        quickstart.sign_in(browser).await;
        browser.follow("refresh").await;
        browser.expect_text("refreshes", "1").await;
    });
}

#[test]
fn a_wrong_password_is_told_on_the_same_page_and_nothing_leaks() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        let mut answers = Vec::new();
        for username in ["demo", "nobody"] {
            browser.fill_in("username", username).await;
            browser.fill_in("password", "a wrong one, surely").await;
            browser.follow("submit").await;
            answers.push(browser.text_of("error").await);
            browser.see("login-form").await;
            assert_eq!(browser.see("username").await.prop("value").await.unwrap().as_deref(), Some(username));
            assert_eq!(browser.see("password").await.prop("value").await.unwrap().as_deref(), Some(""));
            let page = browser.client.source().await.unwrap();
            assert!(!page.contains("surely") && !browser.url().await.as_str().contains("surely"));
        }
        assert_eq!(answers[0], answers[1], "whether the account exists is not told");
        quickstart.log_in(browser).await;
        browser.follow("allow").await;
        browser.see("claims").await;
    });
}

#[test]
fn what_is_unticked_is_not_granted() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        let locator = fantoccini::Locator::Css("input[name='grant_scope'][value='email']");
        browser.client.find(locator).await.unwrap().click().await.unwrap();
        browser.follow("allow").await;
        assert_eq!(browser.text_of("scope").await, "openid offline_access profile");
        let profile = browser.table("userinfo").await;
        assert!(!profile.contains_key("email") && profile.contains_key("name"), "{profile:?}");
    });
}

#[test]
fn a_refusal_reaches_the_application() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.follow("cancel").await;
        browser.expect_text("problem", "access_denied").await;
        browser.follow("start-over").await;
        quickstart.log_in(browser).await;
        browser.follow("deny").await;
        browser.expect_text("problem", "access_denied").await;
        assert!(browser.url().await.as_str().starts_with(&quickstart.application));
    });
}

#[test]
fn a_double_click_on_allow_arrives_like_a_single_one() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        quickstart.log_in(browser).await;
        // Both clicks before the browser has gone on: it sends the form twice, and drops the answer to the first one.
        let twice = "['click', 'click'].forEach(name => document.getElementById('allow')[name]())";
        browser.see("allow").await;
        browser.evaluate(twice).await;
        let claims = browser.table("claims").await;
        assert_eq!(claims["iss"], quickstart.issuer);
        assert_eq!(browser.url().await.as_str(), quickstart.application);
        // The tokens that came of it live.
        browser.follow("refresh").await;
        browser.expect_text("refreshes", "1").await;
    });
}

#[test]
fn what_is_remembered_is_not_asked_again() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        browser.click("remember").await;
        quickstart.log_in(browser).await;
        browser.see("consent-form").await;
        browser.click("remember").await;
        browser.follow("allow").await;
        let first = browser.table("claims").await;
        browser.open(&format!("{}sign-in", quickstart.application)).await;
        let second = browser.table("claims").await;
        assert_ne!(first["nonce"], second["nonce"], "this is another sign-in");
        assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));

        // Another application asks for its own consent, but not for the password.
        let receiver = Receiver::start();
        quickstart.register(public_client("shop", &receiver.url)).await;
        browser.open(&quickstart.authorization_url("shop", &receiver.url, &[("scope", "openid")])).await;
        browser.follow("allow").await;
        browser.see("received").await;
    });
}

#[test]
fn the_keyboard_is_enough() {
    in_browser(Scripts::Run, async |browser| {
        use fantoccini::key::Key;
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        // The first field has the focus, and Enter sends the form with its first button.
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys("demo").await.unwrap();
        focused.send_keys(&char::from(Key::Tab).to_string()).await.unwrap();
        let focused = browser.client.active_element().await.unwrap();
        focused.send_keys(&quickstart.password).await.unwrap();
        focused.send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
        let allow = browser.see("allow").await;
        allow.send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
        browser.see("claims").await;
    });
}

#[test]
fn an_expired_or_foreign_page_is_explained() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        quickstart.begin(browser).await;
        // Without its cookies this is another browser, which must not log in here.
        browser.client.delete_all_cookies().await.unwrap();
        quickstart.log_in(browser).await;
        browser.see("error-description").await;
        browser.open(&format!("{}/oauth2/auth?client_id=unknown", quickstart.issuer)).await;
        assert_eq!(browser.text_of("error-code").await, "invalid_client");
        let request = json!({ "id": browser.text_of("request-id").await });
        assert!(request["id"].as_str().is_some_and(|id| !id.is_empty()));
    });
}
