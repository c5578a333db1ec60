//! Several logins in one browser at the same time.

use std::collections::BTreeSet;

use fantoccini::wd::WindowHandle;

use crate::browser::Browser;
use crate::chromium::{Scripts, in_browser};
use crate::quickstart::Quickstart;

async fn tab(browser: &Browser, tabs: &[WindowHandle], number: usize) {
    browser.client.switch_to_window(tabs[number].clone()).await.unwrap();
}

#[test]
fn five_tabs_finish_in_any_order() {
    in_browser(Scripts::Run, async |browser| {
        let quickstart = Quickstart::start();
        let mut tabs = Vec::new();
        for number in 0..5 {
            if number > 0 {
                let opened = browser.client.new_window(true).await.unwrap();
                browser.client.switch_to_window(opened.handle).await.unwrap();
            }
            tabs.push(browser.client.window().await.unwrap());
            quickstart.begin(browser).await;
        }
        for number in [3, 0, 4, 2, 1] {
            tab(browser, &tabs, number).await;
            quickstart.log_in(browser).await;
            browser.see("consent-form").await;
        }
        let mut nonces = BTreeSet::new();
        let mut subjects = BTreeSet::new();
        for number in [1, 4, 0, 2, 3] {
            tab(browser, &tabs, number).await;
            browser.follow("allow").await;
            let mut claims = browser.table("claims").await;
            nonces.insert(claims.remove("nonce").unwrap());
            subjects.insert(claims.remove("sub").unwrap());
        }
        assert_eq!((nonces.len(), subjects.len()), (5, 1), "{nonces:?} {subjects:?}");
    });
}
