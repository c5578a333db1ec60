//! The cookies: their flags, who reads them, and what a changed one is worth.

use serde_json::json;
use symbolon_client::LoginLayerBuilder;

use super::{App, SECRET};

#[tokio::test]
async fn on_https_every_cookie_is_of_this_host_alone() {
    let app = App::setup().origin("https://app.example").start(|login| login).await;
    let mut visitor = app.visitor();
    let reply = visitor.get("/auth/login?return_to=/account").await;
    let landing = visitor.provider.log_in(&reply.location, "alice").await;
    let back = visitor.come_back(&landing).await;
    let set: Vec<&str> = reply.set_cookies().into_iter().chain(back.set_cookies()).collect();
    assert_eq!(set.len(), 4, "the login's, the session's, the counter's, and the end of the first: {set:?}");
    for cookie in set {
        assert!(cookie.starts_with("__Host-session"), "{cookie}");
        for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert_eq!(visitor.get("/account").await.text, "alice - ");
    assert_eq!(visitor.names(), ["__Host-session"]);
    // A name without the prefix is one that a sibling host can set.
    let value = visitor.jar.remove("__Host-session").unwrap();
    visitor.jar.insert("session".to_owned(), value);
    assert_eq!(visitor.get("/account").await.status, 303);
}

#[tokio::test]
async fn on_http_cookies_have_no_prefix_and_the_other_flags() {
    let app = App::with(|login| login.cookie_name("notes")).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    for cookie in reply.set_cookies() {
        assert!(cookie.starts_with("notes") && !cookie.contains("Secure"), "{cookie}");
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
    }
    let session = reply.set_cookies().into_iter().find(|cookie| cookie.starts_with("notes=")).unwrap();
    assert!(!session.contains("Max-Age"), "it ends with the browser: {session}");
}

#[tokio::test]
async fn a_persistent_cookie_lasts_as_long_as_its_session() {
    let app = App::with(LoginLayerBuilder::persistent_cookie).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    assert!(
        reply.set_cookies().iter().any(|cookie| cookie.starts_with("session=") && cookie.ends_with("Max-Age=3600"))
    );
    app.advance(600);
    let reply = visitor.get("/account").await;
    assert!(reply.set_cookies()[0].ends_with("Max-Age=3600"), "{:?}", reply.set_cookies());
}

#[tokio::test]
async fn a_changed_cookie_is_no_session() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let value = visitor.jar["session"].clone();
    for at in [2, 3, value.len() / 2, value.len() - 1] {
        let mut bytes = value.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let mut thief = app.visitor();
        thief.jar.insert("session".to_owned(), String::from_utf8(bytes).unwrap());
        let reply = thief.get("/account").await;
        assert_eq!(reply.status, 303, "{at}");
        assert!(thief.names().is_empty(), "it is taken away: {at}");
    }
    for odd in ["", "1.", "1.x", "2.x", "x", &value[2..], &value[..value.len() - 4], &"1.A".repeat(2000)] {
        let mut thief = app.visitor();
        thief.jar.insert("session".to_owned(), odd.to_owned());
        assert_eq!(thief.get("/account").await.status, 303, "{odd}");
    }
    assert_eq!(visitor.get("/account").await.status, 200);
}

#[tokio::test]
async fn the_cookie_tells_nothing() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let token = visitor.get("/token").await.text;
    let sealed = visitor.jar["session"].split_once('.').unwrap().1.to_owned();
    let bytes = symbolon_jose::digest::base64url_decode(&sealed).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("alice") && !text.contains(&token));
}

#[tokio::test]
async fn another_secret_opens_nothing_and_a_former_one_does() {
    const NEW: &str = "the-secret-that-follows-the-other-one";
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let old = visitor.jar.clone();

    visitor.base = app.process(app.layer(NEW)).await;
    assert_eq!(visitor.get("/account").await.status, 303);

    visitor.jar = old;
    visitor.base = app.process(app.layer(NEW).former_secret(SECRET)).await;
    let url = visitor.begin("/auth/login").await;
    assert_eq!(visitor.get("/account").await.status, 200);
    app.advance(600);
    assert_eq!(visitor.get("/account").await.set_cookies().len(), 1, "written anew");

    // Now the former secret can go.
    visitor.base = app.process(app.layer(NEW)).await;
    assert_eq!(visitor.get("/account").await.text, "alice - ");
    // A login that began under the new one ends under it.
    let landing = visitor.provider.log_in(&url, "alice").await;
    assert_eq!(visitor.come_back(&landing).await.status, 303);
}

#[tokio::test]
async fn another_client_with_the_same_secret_does_not_take_the_session() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.log_in("/account", "alice").await;
    let other = app.provider.client(&format!("{}/auth/callback", app.base)).await;
    let client = symbolon_client::Client::builder(app.provider.issuer(), &other.id)
        .client_secret(other.secret)
        .redirect_uri(format!("{}/auth/callback", app.base))
        .clock(symbolon_client::Clock::custom(app.provider.clock()))
        .build()
        .unwrap();
    visitor.base = app.process(symbolon_client::LoginLayer::builder(client, SECRET)).await;
    assert_eq!(visitor.get("/account").await.status, 303);
}

#[tokio::test]
async fn a_long_session_is_split_and_a_short_one_after_it_is_whole() {
    let app = App::with(LoginLayerBuilder::with_user_info).await;
    app.provider.add_user("long", json!({ "email": "long@example.com", "groups": "g".repeat(3000) }));
    let mut visitor = app.visitor();
    assert_eq!(visitor.log_in("/account", "long").await.text, "long long@example.com ");
    let names: Vec<_> = visitor.names().into_iter().map(str::to_owned).collect();
    assert!(names.len() >= 3 && names.iter().all(|name| name.starts_with("session")), "{names:?}");
    // A part that is missing, or in another's place.
    let whole = visitor.jar.clone();
    visitor.jar.remove("session.1");
    assert_eq!(visitor.get("/account").await.status, 303);
    visitor.jar = whole.clone();
    let (one, two) = (whole["session.1"].clone(), whole["session.2"].clone());
    visitor.jar.extend([("session.1".to_owned(), two), ("session.2".to_owned(), one)]);
    assert_eq!(visitor.get("/account").await.status, 303);
    assert!(visitor.names().is_empty(), "all parts are taken away: {:?}", visitor.names());

    visitor.jar = whole;
    visitor.provider = app.provider.browser();
    visitor.log_in("/auth/login", "alice").await;
    assert_eq!(visitor.get("/").await.text, "alice");
    assert_eq!(visitor.names(), ["session"], "nothing is left of the long one");
}

#[tokio::test]
async fn what_fits_no_cookie_is_told_and_fits_a_store() {
    let groups = json!({ "groups": "g".repeat(12_000) });
    let app = App::with(LoginLayerBuilder::with_user_info).await;
    app.provider.add_user("huge", groups.clone());
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "huge").await;
    let reply = visitor.come_back(&landing).await;
    assert_eq!((reply.status, &*reply.location), (500, ""));
    assert!(visitor.names().is_empty());

    let app = App::with(|login| login.with_user_info().store(symbolon_client::MemorySessions::new())).await;
    app.provider.add_user("huge", groups);
    let mut visitor = app.visitor();
    assert_eq!(visitor.log_in("/account", "huge").await.status, 200);
    assert!(visitor.jar["session"].len() < 200, "{}", visitor.jar["session"].len());
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_worth_nothing_after_the_login() {
    // Session fixation: the victim's browser has the attacker's session, and then the victim logs in.
    for mode in ["query", "form_post"] {
        let request = symbolon_client::AuthorizationRequest::new("openid").parameter("response_mode", mode);
        let app = App::with(|login| login.request(request)).await;
        let mut attacker = app.visitor();
        attacker.log_in("/account", "mallory").await;
        let mut victim = app.visitor();
        victim.jar.clone_from(&attacker.jar);
        victim.log_in("/auth/login", "alice").await;
        assert_eq!(victim.get("/").await.text, "alice", "{mode}");
        assert_ne!(victim.jar["session"], attacker.jar["session"]);
        assert_eq!(attacker.get("/account").await.status, 303, "the session before has ended: {mode}");
        assert_eq!(victim.get("/account").await.status, 200, "{mode}");
    }
}
