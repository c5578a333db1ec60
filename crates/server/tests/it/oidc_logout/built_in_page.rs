//! The built-in logout page: it asks, and only in the browser of the session that it ends.

use http::header::HeaderName;
use serde_json::json;

use super::{BYE, SignedIn, accept, ask, client, sign_in};
use crate::fixtures::Registered;
use crate::support::{Answer, Browser, Call, Pairs, TestServer, pair};

const PAGE: &str = "/oauth2/fallbacks/logout";

/// A server whose logout page is the built-in one; login and consent stay with the test's application.
async fn server() -> TestServer {
    TestServer::with(|config| {
        config.symbolon.ui.enabled = true;
        config.urls.logout = None;
        config.urls.post_logout_redirect = None;
    })
    .await
}

async fn sign_in_as(server: &TestServer, client: &Registered, subject: &str) -> SignedIn {
    let mut flow = client.flow(server).login("remember", json!(true)).subject(subject);
    let tokens = flow.tokens().await;
    SignedIn { browser: flow.browser, tokens }
}

#[track_caller]
fn challenge(answer: &Answer) -> String {
    assert!(answer.location().starts_with("http://127.0.0.1:4444/oauth2/fallbacks/logout?"), "{}", answer.location());
    pair(&answer.location_query(), "logout_challenge").unwrap().to_owned()
}

fn form(challenge: &str, action: &str) -> Pairs {
    [("logout_challenge", challenge), ("action", action)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

#[tokio::test]
async fn the_page_asks_and_ends_the_session() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let asked = ask(&mut person.browser, &[]).await;
    let sealed = challenge(&asked);
    let page = person.browser.get(asked.location()).await.expect(200);
    let text = page.text();
    assert!(page.content_type().unwrap().starts_with("text/html"));
    for id in ["id=\"logout-form\"", "id=\"logout\"", "id=\"stay\""] {
        assert!(text.contains(id), "{id}");
    }
    assert!(text.contains("alice") && text.contains(&sealed));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    let agreed = person.browser.post(PAGE, &form(&sealed, "accept")).await.expect(303);
    let ended = person.browser.follow(agreed.location()).await;
    assert_eq!(ended.status, 200, "the built-in page says that it is done: {}", ended.text());
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn staying_changes_nothing() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let sealed = challenge(&ask(&mut person.browser, &[]).await);
    person.browser.post(PAGE, &form(&sealed, "reject")).await.expect(200);
    assert!(person.stands(&server, &client).await);
    for action in ["", "other"] {
        let answer = person.browser.post(PAGE, &form(&sealed, action)).await;
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn the_form_of_another_browser_ends_nothing() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let (mut person, mut other) = (sign_in(&server, &client).await, sign_in(&server, &client).await);
    let sealed = challenge(&ask(&mut person.browser, &[]).await);
    for browser in [&mut Browser::new(&server), &mut other.browser] {
        browser.post(PAGE, &form(&sealed, "accept")).await.expect(403);
    }
    assert!(person.stands(&server, &client).await && other.stands(&server, &client).await);
    for wrong in ["", "x"] {
        let answer = person.browser.post(PAGE, &form(wrong, "accept")).await;
        assert!((400..500).contains(&answer.status), "{wrong}: {}", answer.status);
    }
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn an_id_token_shows_no_name_and_ends_nothing_in_another_browser() {
    let server = server().await;
    for settings in [json!({}), json!({ "skip_logout_consent": true })] {
        let client = client(&server, "rp", &settings).await;
        let (mut person, mut other) = (sign_in(&server, &client).await, sign_in_as(&server, &client, "bob").await);
        let hint = person.id_token().to_owned();
        for browser in [&mut Browser::new(&server), &mut other.browser] {
            let asked = ask(browser, &[("id_token_hint", &hint)]).await;
            let sealed = challenge(&asked);
            let page = browser.get(asked.location()).await.expect(200);
            // Random characters of the challenge may spell a name.
            let shown = page.text().replace(&sealed, "");
            assert!(!shown.contains("alice") && !shown.contains("bob"), "{shown}");
            assert!(page.text().contains("id=\"logout-form\""));
            browser.post(PAGE, &form(&sealed, "accept")).await.expect(403);
            // The page in the person's own browser, wherever the request began, names them and works.
            let page = person.browser.get(asked.location()).await;
            assert!(page.status == 302 || page.text().contains("alice"), "{}", page.text());
        }
        assert!(person.stands(&server, &client).await && other.stands(&server, &client).await);
        server.admin(Call::delete("/admin/clients/rp")).await.expect(204);
    }
}

#[tokio::test]
async fn what_has_ended_is_not_asked_for_again() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let (mut person, other) = (sign_in(&server, &client).await, sign_in_as(&server, &client, "bob").await);
    let hint = person.id_token().to_owned();
    let asked = ask(&mut person.browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).await;
    let sealed = challenge(&asked);
    let agreed = person.browser.post(PAGE, &form(&sealed, "accept")).await.expect(303);
    assert_eq!(person.browser.get(agreed.location()).await.expect(302).location(), BYE);
    for mut browser in [person.browser.clone(), Browser::new(&server), other.browser.clone()] {
        assert_eq!(browser.get(asked.location()).await.expect(302).location(), BYE, "going back, or reloading");
        for action in ["accept", "reject"] {
            let answer = browser.post(PAGE, &form(&sealed, action)).await.expect(303);
            assert_eq!(answer.location(), BYE, "a form from the browser's memory: {action}");
            assert!(answer.cookies().is_empty());
        }
        let call = Call::post(PAGE).form_of(&form(&sealed, "accept"));
        let foreign = server.public(call.header(HeaderName::from_static("sec-fetch-site"), "cross-site")).await;
        foreign.expect(403);
    }
    let mut other = other;
    assert!(other.stands(&server, &client).await, "nobody else is signed out");
}

#[tokio::test]
async fn the_form_counts_from_our_page_only() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let sealed = challenge(&ask(&mut Browser::new(&server), &[("id_token_hint", &hint)]).await);
    let own = server.public_url().to_owned();
    let cases = [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "none", 403),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 303),
        ("sec-fetch-site", "same-origin", 303),
    ];
    for (name, value, status) in cases {
        let cookies = person.browser.jar().sent(PAGE, server.clock.now());
        let call = Call::post(PAGE).form_of(&form(&sealed, "accept")).cookies(&cookies).navigating();
        let answer = server.public(call.header(HeaderName::from_static(name), value)).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        assert!(person.stands(&server, &client).await);
        if status == 303 {
            // Whoever agreed on our page is not asked a second time.
            assert!(answer.location().contains("logout_verifier="), "{}", answer.location());
        }
    }
    let next = person.browser.post(PAGE, &form(&sealed, "accept")).await.expect(303).location().to_owned();
    person.browser.follow(&next).await.expect(200);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_trusted_client_that_proves_itself_needs_no_question() {
    let server = server().await;
    let trusted = client(&server, "trusted", &json!({ "skip_logout_consent": true })).await;
    let other = client(&server, "other", &json!({})).await;
    for (client, asks) in [(&trusted, false), (&other, true)] {
        let mut person = sign_in(&server, client).await;
        let hint = person.id_token().to_owned();
        let asked = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
        let page = person.browser.get(asked.location()).await;
        assert_eq!(page.status, if asks { 200 } else { 302 }, "{}", client.id);
        if !asks {
            person.browser.follow(page.location()).await;
            assert!(!person.stands(&server, client).await);
        }
    }
    // Its name alone proves nothing: the page asks.
    let mut person = sign_in(&server, &trusted).await;
    let asked = ask(&mut person.browser, &[("client_id", "trusted")]).await;
    person.browser.get(asked.location()).await.expect(200);
    assert!(person.stands(&server, &trusted).await);
}

#[tokio::test]
async fn the_page_speaks_the_language_that_was_asked_for() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let asked = ask(&mut person.browser, &[("ui_locales", "de-CH fr")]).await;
    let page = person.browser.get(asked.location()).await.expect(200);
    assert!(page.text().contains("<html lang=\"de"), "{}", page.text());
    let asked = ask(&mut person.browser, &[("ui_locales", "tlh")]).await;
    let page = person.browser.get(asked.location()).await.expect(200);
    assert!(page.text().contains("<html lang=\"en"));
}

#[tokio::test]
async fn an_expired_or_unknown_challenge_is_a_page_of_its_own() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let asked = ask(&mut person.browser, &[]).await;
    server.clock.advance(1801);
    let late = person.browser.get(asked.location()).await;
    assert!(
        (400..500).contains(&late.status) && late.content_type().unwrap().starts_with("text/html"),
        "{}",
        late.status
    );
    let unknown = person.browser.get(&Call::get(PAGE).query(&[("logout_challenge", "\"><script>")]).target).await;
    assert!((400..500).contains(&unknown.status) && !unknown.text().contains("\"><script>"), "{}", unknown.status);
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn switched_off_the_page_is_not_there() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let sealed = super::challenge(&ask(&mut person.browser, &[]).await);
    person.browser.post(PAGE, &form(&sealed, "accept")).await;
    assert!(person.stands(&server, &client).await, "an operator's own page has the only word");
    let next = accept(&server, &sealed).await;
    person.browser.get(&next).await.expect(302);
    assert!(!person.stands(&server, &client).await);
}
