//! The state of a browser (§4.2): the cookie that the page's script reads.

use serde_json::json;
use symbolon_jose::Secret;
use symbolon_server::config::SameSite;

use super::{ORIGIN, STATE_COOKIE, ask_quietly, cookie, frame, is_made_of, server, session_state, state_of, switch_on};
use crate::fixtures::{borrowed, confidential, public, request, set};
use crate::oidc_logout::{SignedIn, client, log_out, sign_in};
use crate::support::{Answer, Browser, Call, CodeFlow, Cookie, TestServer};

#[track_caller]
fn set_by(answer: &Answer, name: &str) -> Option<Cookie> {
    let mut found = answer.cookies().into_iter().filter(|cookie| cookie.name == name);
    let first = found.next();
    assert_eq!(found.count(), 0, "set twice");
    first
}

/// Each part of a cookie but its value.
fn attributes(cookie: &Cookie) -> Vec<String> {
    cookie.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[tokio::test]
async fn scripts_read_it_in_every_frame_and_it_lasts_as_long_as_the_session() {
    let server = TestServer::with(|config| {
        switch_on(config);
        config.urls.issuer = "https://op.example".to_owned();
        config.urls.public = None;
        config.dev = false;
        config.serve.cookies.secure = true;
        config.serve.cookies.same_site = SameSite::Strict;
    })
    .await;
    let client = confidential(&server).await;
    let lasting = ["Max-Age=600".to_owned(), "Expires=Fri, 15 Jan 2027 08:10:00 GMT".to_owned()];
    for (remember, lifetime) in [(false, &lasting[..0]), (true, &lasting)] {
        let mut flow = client.flow(&server).login("remember", json!(remember)).login("remember_for", json!(600));
        let answer = flow.log_in().await;
        let state = set_by(&answer, "__Host-symbolon_browser_state").unwrap();
        let everywhere = ["SameSite=None", "Secure=", "Path=/"].map(str::to_owned);
        assert_eq!(attributes(&state), [&everywhere[..], lifetime].concat());
        assert_eq!((state.value.len(), state.value.contains([' ', '.', '='])), (43, false));
        // The login itself is not seen by any script, and not where the operator does not wish it.
        let session = set_by(&answer, "__Host-ory_hydra_session").unwrap();
        let guarded = ["HttpOnly=", "SameSite=Strict", "Secure=", "Path=/"].map(str::to_owned);
        assert_eq!(attributes(&session), [&guarded[..], lifetime].concat());
    }
}

#[tokio::test]
async fn without_a_secure_connection_frames_of_the_same_site_alone_see_it() {
    let server = server().await;
    let client = confidential(&server).await;
    let state = set_by(&client.flow(&server).log_in().await, STATE_COOKIE).unwrap();
    assert_eq!(attributes(&state), ["SameSite=Lax", "Path=/"]);
    let page = server.public(Call::get(super::CHECK)).await.expect(200).text();
    assert!(page.contains(&format!("data-cookie=\"{STATE_COOKIE}\" data-everywhere=\"no\"")), "{page}");
}

#[tokio::test]
async fn the_same_person_keeps_it_and_another_person_does_not() {
    let server = server().await;
    let client = confidential(&server).await;
    let mut person = sign_in(&server, &client).await;
    let first = state_of(&server, &person.browser).unwrap();
    for (subject, is_kept) in [("alice", true), ("bob", false)] {
        server.clock.advance(1);
        let mut flow = client.flow(&server).parameter("prompt", "login").subject(subject);
        flow.browser = person.browser.clone();
        let value = session_state(&flow.answer().await);
        let state = state_of(&server, &flow.browser).unwrap();
        assert_eq!(state == first, is_kept, "{subject}");
        assert!(is_made_of(&value, &client.id, ORIGIN, &state));
        person.browser = flow.browser;
    }
}

#[tokio::test]
async fn it_is_neither_the_session_nor_made_of_what_clients_know() {
    let server = server().await;
    let client = confidential(&server).await;
    let person = sign_in(&server, &client).await;
    let state = state_of(&server, &person.browser).unwrap();
    let session = cookie(person.browser.jar(), "ory_hydra_session_dev", server.clock.now()).unwrap();
    assert!(!session.contains(&state) && !state.contains(&session));
    // Clients know the id of the session; without the server's key they do not know the state.
    let plain = crate::fixtures::claims(person.id_token())["sid"].as_str().unwrap().to_owned();
    let digest = symbolon_jose::digest::sha256(plain.as_bytes());
    assert_ne!(state, symbolon_jose::digest::base64url(&digest));
    // And what it opens: nothing.
    let mut thief = CodeFlow::new(&server, &client.id).secret(&client.secret).parameter("prompt", "none");
    thief.browser = Browser::with_cookie(&server, STATE_COOKIE, &state);
    assert_eq!(thief.authorize().await.error().as_deref(), Some("login_required"));
    let mut thief = Browser::with_cookie(&server, "ory_hydra_session_dev", &state);
    let quiet = set(&request(&client.id), "prompt", "none");
    let answer = thief.get(&Call::get("/oauth2/auth").query(&borrowed(&quiet)).target).await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
}

#[tokio::test]
async fn of_nobody_each_browser_has_another() {
    let server = server().await;
    let client = confidential(&server).await;
    let mut states = Vec::new();
    for _ in 0..3 {
        let mut flow = client.flow(&server).parameter("prompt", "none");
        let set = set_by(&flow.authorize().await, STATE_COOKIE).unwrap();
        assert_eq!(attributes(&set), ["SameSite=Lax", "Path=/"]);
        states.push(set.value);
    }
    states.sort_unstable();
    states.dedup();
    assert_eq!(states.len(), 3, "who knows one could ask anybody's browser whether somebody is logged in");
}

#[tokio::test]
async fn what_is_no_state_is_replaced_and_the_first_that_is_one_counts() {
    let server = server().await;
    let client = confidential(&server).await;
    let quiet = set(&request(&client.id), "prompt", "none");
    let call = || Call::get("/oauth2/auth").query(&borrowed(&quiet));
    let good = "A".repeat(43);
    let (short, long, odd) = ("A".repeat(42), "A".repeat(44), format!("{}.", "A".repeat(42)));
    for bad in ["", &short, &long, &odd, "deleted"] {
        let answer = server.public(call().cookies(&[(STATE_COOKIE.to_owned(), bad.to_owned())])).await;
        let state = set_by(&answer, STATE_COOKIE).unwrap().value;
        assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &state), "{bad}");
    }
    let planted = [&short, &good, &"B".repeat(43)].map(|value| (STATE_COOKIE.to_owned(), value.clone()));
    let answer = server.public(call().cookies(&planted)).await;
    assert!(answer.cookies().is_empty());
    assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &good));
}

#[tokio::test]
async fn a_browser_that_lost_it_is_given_it_with_the_time_that_is_left() {
    let server = server().await;
    let client = confidential(&server).await;
    for (remember, max_age) in [(false, None), (true, Some(500))] {
        let mut flow = client.flow(&server).login("remember", json!(remember)).login("remember_for", json!(600));
        let page = flow.log_in().await.expect(302).location().to_owned();
        let state = state_of(&server, &flow.browser).unwrap();
        server.clock.advance(100);
        let next = flow.application.accept_consent(&page).await;
        let sent = flow.browser.jar().sent("/oauth2/auth", server.clock.now());
        let others: Vec<_> = sent.into_iter().filter(|(name, _)| name != STATE_COOKIE).collect();
        let answer = server.public(Call::get(server.public_target(&next).unwrap()).cookies(&others)).await;
        let again = set_by(&answer, STATE_COOKIE).unwrap();
        assert_eq!((&again.value, again.max_age()), (&state, max_age));
        assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &state));
    }
}

#[tokio::test]
async fn a_visit_without_the_cookie_of_the_session_changes_nothing() {
    let server = server().await;
    let client = confidential(&server).await;
    let person = sign_in(&server, &client).await;
    let state = state_of(&server, &person.browser).unwrap();
    // What a page of somebody else's embeds goes without cookies that are `Lax`, and with this one.
    let cookies = [(STATE_COOKIE.to_owned(), state.clone())];
    let quiet = set(&request(&client.id), "prompt", "none");
    let answer = server.public(Call::get("/oauth2/auth").query(&borrowed(&quiet)).cookies(&cookies)).await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
    assert!(answer.cookies().is_empty());
    let logout = server.public(Call::get("/oauth2/sessions/logout").cookies(&cookies)).await.expect(302);
    assert!(logout.cookies().is_empty());
}

#[tokio::test]
async fn an_older_secret_still_recognises_it() {
    let secrets = |names: &[&str]| names.iter().map(|name| Secret::new((*name).repeat(16))).collect::<Vec<_>>();
    let server = TestServer::with(|config| {
        switch_on(config);
        config.secrets.cookie = secrets(&["a"]);
    })
    .await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true));
    flow.answer().await.expect(303);
    let state = state_of(&server, &flow.browser).unwrap();
    server.clock.advance(1);
    let cookies = flow.browser.jar().sent("/oauth2/auth", server.clock.now());
    let quiet = set(&set(&request(&client.id), "prompt", "none"), "max_age", "0");
    for (names, is_kept) in [(&["b", "a"][..], true), (&["a", "b"], true), (&["b"], false)] {
        let other = server
            .beside(2, |config| {
                switch_on(config);
                config.secrets.cookie = secrets(names);
            })
            .await;
        let answer = other.public(Call::get("/oauth2/auth").query(&borrowed(&quiet)).cookies(&cookies)).await;
        assert_eq!(answer.error().as_deref(), Some("login_required"));
        // With none of the former secrets the session is gone as well, and its state tells nobody from a browser of nobody.
        assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &state), "{names:?} {is_kept}");
        assert!(answer.cookies().is_empty(), "{names:?}");
    }
}

#[tokio::test]
async fn an_application_sees_that_somebody_logs_in() {
    let server = server().await;
    let (one, other) = (confidential(&server).await, public(&server).await);
    let mut quiet = one.flow(&server).parameter("prompt", "none");
    let before = session_state(&quiet.authorize().await);
    assert_eq!(frame(&server, &quiet.browser, &one.id, &before), "unchanged");
    let mut flow = other.flow(&server);
    flow.browser = quiet.browser.clone();
    flow.answer().await.expect(303);
    assert_eq!(frame(&server, &flow.browser, &one.id, &before), "changed");
}

#[tokio::test]
async fn a_logout_shows_and_the_next_login_is_another_state() {
    let server = server().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let before = state_of(&server, &person.browser).unwrap();
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    let after = state_of(&server, &person.browser).unwrap();
    assert_ne!(before, after);
    let answer = ask_quietly(&server, &mut person, &client).await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
    assert!(is_made_of(&session_state(&answer), &client.id, ORIGIN, &after));
    let again = crate::oidc_logout::sign_in_with(&server, &client, person.browser).await;
    let SignedIn { browser, .. } = again;
    let state = state_of(&server, &browser).unwrap();
    assert!(state != before && state != after);
}
