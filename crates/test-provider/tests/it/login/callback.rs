//! What comes back from the provider, or from somebody who wants to be taken for it.

use symbolon_client::reqwest::Method;

use super::visitor::{FORM, PAGE, target};
use super::{App, SECRET};

/// A code and state as the provider would send them.
async fn answer_for(app: &App, user: &str) -> String {
    let mut attacker = app.visitor();
    let url = attacker.begin("/account").await;
    target(&attacker.provider.log_in(&url, user).await)
}

#[tokio::test]
async fn only_the_browser_that_began_a_login_can_end_it() {
    let app = App::start().await;
    // Login CSRF (RFC 6749 §10.12): the attacker's answer in the victim's browser, with and without a login of its own.
    let foreign = answer_for(&app, "mallory").await;
    let mut victim = app.visitor();
    for prepared in [false, true] {
        if prepared {
            victim.begin("/account").await;
        }
        let reply = victim.get(&foreign).await;
        assert_eq!((reply.status, &*reply.location), (400, ""));
        assert!(!victim.names().contains(&"session"));
    }
    assert_eq!(victim.get("/").await.text, "nobody");
}

#[tokio::test]
async fn somebody_elses_answer_does_not_change_who_is_logged_in() {
    let app = App::start().await;
    let foreign = answer_for(&app, "mallory").await;
    let mut victim = app.visitor();
    victim.log_in("/account", "alice").await;
    let reply = victim.get(&foreign).await;
    assert_eq!((reply.status, &*reply.location, reply.set_cookies().len()), (303, "/", 0));
    assert_eq!(victim.get("/").await.text, "alice");
}

#[tokio::test]
async fn an_answer_needs_its_state_once() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let (code, state) = (landing.code(), landing.parameter("state").unwrap());
    let iss = landing.parameter("iss").unwrap();
    let good = format!("code={code}&state={state}&iss={iss}");
    for query in [
        String::new(),
        format!("code={code}"),
        format!("code={code}&state="),
        format!("code={code}&state={state}x"),
        format!("code={code}&state={}", state.to_lowercase() + "A"),
        format!("code={code}&state={state}&state=x"),
        format!("code={code}&state={}", "s".repeat(20_000)),
        format!("response=x.y.z&{good}"),
        format!("response=x&{good}"),
    ] {
        let reply = visitor.get(&format!("/auth/callback?{query}")).await;
        assert_eq!((reply.status, &*reply.location), (400, ""), "{query}");
        assert!(!visitor.names().contains(&"session"), "{query}");
    }
    assert_eq!(app.token_requests(), 0);
    assert_eq!(visitor.get(&format!("/auth/callback?{good}")).await.location, "/account");
}

#[tokio::test]
async fn what_stands_there_twice_is_refused() {
    for twice in ["code", "state", "iss"] {
        let app = App::start().await;
        let mut visitor = app.visitor();
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        let again = landing.parameter(twice).unwrap();
        let reply = visitor.get(&format!("{}&{twice}={again}", target(&landing))).await;
        assert_eq!((reply.status, &*reply.location, app.token_requests()), (502, "", 0), "{twice}");
        assert!(visitor.names().is_empty(), "the login is over: {twice}");
    }
}

#[tokio::test]
async fn another_providers_answer_is_refused() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let (code, state) = (landing.code(), landing.parameter("state").unwrap());
    // RFC 9207 §2.4.
    let reply = visitor.get(&format!("/auth/callback?code={code}&state={state}&iss=https://evil.example")).await;
    assert_eq!((reply.status, app.token_requests()), (502, 0));
}

#[tokio::test]
async fn an_answer_counts_once() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let before = visitor.jar.clone();
    assert_eq!(visitor.come_back(&landing).await.location, "/account");
    // The page is loaded again: whoever is logged in goes on.
    let reply = visitor.come_back(&landing).await;
    assert_eq!((reply.status, &*reply.location, reply.set_cookies().len()), (303, "/", 0));
    // With the cookies of before, as somebody has them who copied all of them.
    let mut copy = app.visitor();
    copy.jar = before;
    let reply = copy.come_back(&landing).await;
    assert_eq!((reply.status, app.token_requests()), (400, 1), "the code was not sent again");
    assert!(!copy.names().contains(&"session"));
    assert_eq!(visitor.get("/token").await.status, 200, "nothing was taken back at the provider");
}

#[tokio::test]
async fn of_two_answers_at_once_one_counts() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let path = target(&visitor.provider.log_in(&url, "alice").await);
    let ask = || visitor.ask(Method::GET, &path, PAGE, None);
    let (first, second) = tokio::join!(ask(), ask());
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!((statuses, app.token_requests()), ([303, 400], 1));
}

#[tokio::test]
async fn a_login_is_over_after_a_quarter_of_an_hour() {
    let app = App::start().await;
    for (seconds, status) in [(899, 303), (900, 400)] {
        let mut visitor = app.visitor();
        let url = visitor.begin("/account").await;
        app.advance(seconds);
        let landing = visitor.provider.log_in(&url, "alice").await;
        // A browser that keeps cookies longer than it was told.
        assert_eq!(visitor.come_back(&landing).await.status, status, "{seconds}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_login_is_nothing_else() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.begin("/account").await;
    let (name, value) = visitor.jar.iter().map(|(name, value)| (name.clone(), value.clone())).next().unwrap();
    assert!(name.starts_with("session.login."));
    // Neither a session nor a login of another state.
    for (name, value) in [("session", format!("1.{value}")), ("session.login.AAAAAAAAAAAAAAAA", value.clone())] {
        let mut thief = app.visitor();
        thief.jar.insert(name.to_owned(), value);
        assert_eq!(thief.get("/account").await.status, 303);
        assert_eq!(thief.get("/auth/callback?code=c&state=x").await.status, 400);
    }
    // And a session is no login.
    visitor.log_in("/account", "alice").await;
    let session = visitor.jar["session"].split_once('.').unwrap().1.to_owned();
    let mut thief = app.visitor();
    thief.jar.insert(name, session);
    assert_eq!(thief.get("/auth/callback?code=c&state=x").await.status, 400);
}

#[tokio::test]
async fn a_login_that_began_elsewhere_under_another_secret_is_not_known() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    visitor.base = app.process(app.layer(&SECRET.replace("the", "any"))).await;
    let url = visitor.begin("/account").await;
    visitor.base.clone_from(&app.base);
    let landing = visitor.provider.log_in(&url, "alice").await;
    assert_eq!(visitor.come_back(&landing).await.status, 400);
}

#[tokio::test]
async fn codes_that_are_not_the_provider_s_lead_to_nothing() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    for (code, status) in [("forged", 502), ("", 502), (&*"c".repeat(10_000), 502)] {
        let url = visitor.begin("/account").await;
        let state = app_state(&url);
        let iss = app.provider.issuer();
        let reply = visitor.get(&format!("/auth/callback?code={code}&state={state}&iss={iss}")).await;
        assert_eq!((reply.status, &*reply.location), (status, ""));
        assert!(!visitor.names().contains(&"session"));
    }
    let url = visitor.begin("/account").await;
    let (state, iss) = (app_state(&url), app.provider.issuer());
    let reply = visitor.get(&format!("/auth/callback?state={state}&iss={iss}")).await;
    assert_eq!(reply.status, 502, "there is neither a code nor an error");
}

fn app_state(url: &str) -> String {
    url.split("&state=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn texts_of_an_error_are_shown_as_texts() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let (state, iss) = (app_state(&url), app.provider.issuer());
    let evil = "%3Cscript%3Ealert(1)%3C/script%3E";
    let path = format!("/auth/callback?error={evil}&error_description={evil}&state={state}&iss={iss}");
    let reply = visitor.get(&path).await;
    assert_eq!(reply.status, 403);
    assert!(!reply.text.contains("<script") && reply.text.contains("&lt;script&gt;"), "{}", reply.text);
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_form_is_one_of_the_right_kind_and_length() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let query = landing.parameters();
    let long = format!("{query}&x={}", "x".repeat(64 << 10));
    assert_eq!(visitor.ask(Method::POST, "/auth/callback", FORM, Some(&long)).await.status, 400);
    assert_eq!(visitor.ask(Method::POST, "/auth/callback", FORM, None).await.status, 400, "not even a media type");
    let reply = visitor.ask(Method::POST, &target(&landing), FORM, Some("")).await;
    assert_eq!(reply.status, 400, "of a form, the query does not count");
    assert_eq!(visitor.ask(Method::POST, "/auth/callback", FORM, Some(&query)).await.location, "/account");
}
