//! The language of the pages (OpenID Connect Core §3.1.2.1, RFC 9110 §12.5.4): what the client asks for, then the browser.

use http::header::ACCEPT_LANGUAGE;

use super::{PASSWORD, built_in, log_in, server, visit};
use crate::fixtures::confidential;
use crate::oidc_discovery::{document, list};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn ui_locales_choose_the_language_of_both_pages() {
    let (server, client) = server().await;
    for (locales, language) in [("de-AT fr", "de"), ("fr de", "de"), ("en de", "en"), ("xx", "en"), ("../../etc", "en")]
    {
        let mut flow = client.flow(&server).parameter("ui_locales", locales);
        let page = visit(&mut flow).await.expect(200);
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{locales}");
        let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{locales}");
    }
}

#[tokio::test]
async fn every_language_that_is_advertised_is_spoken() {
    let server = TestServer::with(|config| {
        built_in(config);
        for key in ["sr-Latn.login_heading", "fr.login_heading", "de.scope.photos.title", "scope.photos.title"] {
            config.symbolon.ui.texts.insert(key.to_owned(), format!("Text of {key}"));
        }
    })
    .await;
    let client = confidential(&server).await;
    let advertised = list(&document(&server).await, "ui_locales_supported");
    assert_eq!(advertised, ["en", "de", "fr", "sr-latn"]);
    for language in advertised {
        let page = visit(&mut client.flow(&server).parameter("ui_locales", &language)).await.expect(200);
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{language}");
    }
}

#[tokio::test]
async fn the_browsers_languages_count_where_the_client_says_nothing() {
    let (server, _) = server().await;
    for (accepted, language) in
        [("de", "de"), ("fr, de;q=0.5, en;q=0.1", "de"), ("en, de", "en"), ("*", "en"), ("\u{e9}", "en")]
    {
        let call = Call::get("/").navigating();
        let call = if accepted.is_ascii() { call.header(ACCEPT_LANGUAGE, accepted) } else { call };
        let page = server.public(call).await.expect(200);
        assert!(page.text().contains(&format!("<html lang=\"{language}\"")), "{accepted}");
    }
}
