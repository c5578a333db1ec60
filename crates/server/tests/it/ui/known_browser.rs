//! A browser in which an account signed in before has a cookie that says so. There the account's attempts count by
//! themselves, so that whoever guesses its password does not lock its owner out. The cookie is good for nothing else.

use serde_json::json;

use super::throttling::{attempt_from, behind_proxy};
use super::{LOGIN, PASSWORD, account, log_in, server, visit};
use crate::fixtures::{Registered, altered, confidential};
use crate::support::{Answer, Browser, Call, Cookie, TestServer};

const NAME: &str = "symbolon_known_browser_dev";
const YEAR: i64 = 365 * 24 * 3600;
const OWNER: &str = "192.0.2.1";

/// The cookie that an answer sets.
fn known(answer: &Answer) -> Option<Cookie> {
    answer.cookies().into_iter().find(|cookie| cookie.name == NAME)
}

/// A login page in a browser that brings this cookie, and an attempt there.
async fn attempt(server: &TestServer, client: &Registered, cookie: &str, who: (&str, &str, &str)) -> Answer {
    let mut flow = client.flow(server);
    flow.browser = Browser::with_cookie(server, NAME, cookie);
    let page = visit(&mut flow).await.expect(200);
    attempt_from(&flow, server, &page, who).await
}

/// Signs in, and gives the cookie that the browser has then.
async fn sign_in(server: &TestServer, client: &Registered, cookie: &str, username: &str) -> String {
    let answer = attempt(server, client, cookie, (OWNER, username, PASSWORD)).await.expect(303);
    known(&answer).unwrap_or_else(|| panic!("no cookie after a login")).value
}

/// Guesses from many networks until strangers have to wait.
async fn attack(server: &TestServer, client: &Registered, username: &str) {
    for number in 0..5 {
        let from = format!("198.51.100.{number}");
        attempt(server, client, "", (&from, username, "wrong-password")).await.expect(400);
    }
    attempt(server, client, "", (OWNER, username, PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn whoever_guesses_elsewhere_does_not_make_the_owner_wait() {
    let (server, client) = behind_proxy().await;
    let cookie = sign_in(&server, &client, "", "alice").await;
    attack(&server, &client, "alice").await;
    sign_in(&server, &client, &cookie, "alice").await;
    sign_in(&server, &client, &cookie, " ALICE ").await;
    // Strangers have to wait as before: the login of the owner forgave nothing of theirs.
    attempt(&server, &client, "", ("203.0.113.9", "alice", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn a_neighbour_who_guesses_does_not_make_the_owner_wait() {
    let (server, client) = behind_proxy().await;
    let cookie = sign_in(&server, &client, "", "alice").await;
    for number in 0..30 {
        attempt(&server, &client, "", (OWNER, &format!("user-{number}"), "wrong-password")).await.expect(400);
    }
    attempt(&server, &client, "", (OWNER, "alice", PASSWORD)).await.expect(429);
    sign_in(&server, &client, &cookie, "alice").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_strangers_does_not_keep_the_owner_out() {
    let (server, client) = behind_proxy().await;
    let cookie = sign_in(&server, &client, "", "alice").await;
    let crowd: Vec<_> = (0..100)
        .map(|number| {
            let (server, client) = (server.clone(), client.clone());
            tokio::spawn(async move {
                let (from, name) = (format!("198.51.100.{number}"), format!("user-{number}"));
                attempt(&server, &client, "", (&from, &name, "wrong-password")).await.status
            })
        })
        .collect();
    for _ in 0..5 {
        sign_in(&server, &client, &cookie, "alice").await;
    }
    for stranger in crowd {
        // Wrong, or turned away because all places of strangers were taken.
        let status = stranger.await.unwrap();
        assert!([400, 503].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn guessing_in_a_known_browser_is_slow_and_only_that_browser_waits() {
    let (server, client) = behind_proxy().await;
    let stolen = sign_in(&server, &client, "", "alice").await;
    let other = sign_in(&server, &client, "", "alice").await;
    for number in 0..5 {
        let from = format!("198.51.100.{number}");
        attempt(&server, &client, &stolen, (&from, "alice", "wrong-password")).await.expect(400);
    }
    attempt(&server, &client, &stolen, (OWNER, "alice", PASSWORD)).await.expect(429);
    sign_in(&server, &client, &other, "alice").await;
    sign_in(&server, &client, "", "alice").await;
    attempt(&server, &client, &stolen, (OWNER, "alice", PASSWORD)).await.expect(429);
    server.clock.advance(1);
    sign_in(&server, &client, &stolen, "alice").await;
}

#[tokio::test]
async fn only_an_unaltered_cookie_of_the_same_account_counts() {
    let (server, client) = behind_proxy().await;
    account(&server, "bob").await;
    let (alice, bob) = (sign_in(&server, &client, "", "alice").await, sign_in(&server, &client, "", "bob").await);
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let foreign = flow.browser.jar().sent("/", server.clock.now()).pop().unwrap().1;
    log_in(&mut flow, &page, "bob", PASSWORD).await.expect(200);
    let session = flow.browser.jar().sent("/", server.clock.now());
    let session = session.iter().find(|(name, _)| name.starts_with("ory_hydra_session")).unwrap().1.clone();
    attack(&server, &client, "alice").await;
    let mut bad = vec![
        ("empty".to_owned(), String::new()),
        ("of another account".to_owned(), bob),
        ("of a flow".to_owned(), foreign),
        ("of a session".to_owned(), session),
        ("huge".to_owned(), "A".repeat(4000)),
    ];
    bad.extend(altered(&alice).into_iter().filter(|(how, _)| how != "with a line break"));
    for (how, cookie) in bad {
        let answer = attempt(&server, &client, &cookie, (OWNER, "alice", PASSWORD)).await;
        assert_eq!(answer.status, 429, "{how}");
    }
    sign_in(&server, &client, &alice, "alice").await;
}

#[tokio::test]
async fn a_browser_is_known_to_the_last_five_accounts() {
    let (server, client) = behind_proxy().await;
    let names = ["alice", "b", "c", "d", "e", "f"];
    let mut cookie = String::new();
    for name in names {
        account_unless_alice(&server, name).await;
        cookie = sign_in(&server, &client, &cookie, name).await;
    }
    // The one that is used moves to the front and stays.
    cookie = sign_in(&server, &client, &cookie, "b").await;
    assert!(cookie.len() < 400, "{}", cookie.len());
    for name in names {
        attack(&server, &client, name).await;
        let answer = attempt(&server, &client, &cookie, (OWNER, name, PASSWORD)).await;
        assert_eq!(answer.status, if name == "alice" { 429 } else { 303 }, "{name}");
    }
}

async fn account_unless_alice(server: &TestServer, name: &str) {
    if name != "alice" {
        account(server, name).await;
    }
}

#[tokio::test]
async fn the_cookie_lasts_a_year_after_its_last_use() {
    let (server, client) = behind_proxy().await;
    let first = sign_in(&server, &client, "", "alice").await;
    server.clock.advance(YEAR - 3600);
    attack(&server, &client, "alice").await;
    let later = sign_in(&server, &client, &first, "alice").await;
    server.clock.advance(3600);
    attempt(&server, &client, "", (OWNER, "alice", PASSWORD)).await.expect(303);
    attack(&server, &client, "alice").await;
    attempt(&server, &client, &first, (OWNER, "alice", PASSWORD)).await.expect(429);
    sign_in(&server, &client, &later, "alice").await;
}

#[tokio::test]
async fn a_new_password_leaves_the_browser_known_and_a_new_account_of_the_name_does_not() {
    let (server, client) = behind_proxy().await;
    let bob = account(&server, "bob").await;
    let cookie = sign_in(&server, &client, "", "bob").await;
    let target = format!("/admin/accounts/{bob}");
    let change = json!({ "password": "another horse battery" });
    server.admin(Call::put(format!("{target}/password")).json(&change)).await.expect(204);
    attack(&server, &client, "bob").await;
    attempt(&server, &client, &cookie, (OWNER, "bob", "another horse battery")).await.expect(303);
    server.admin(Call::delete(&target)).await.expect(204);
    account(&server, "bob").await;
    attempt(&server, &client, &cookie, (OWNER, "bob", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone_and_signs_nobody_in() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    assert!(!flow.browser.cookie_names(LOGIN).contains(&NAME.to_owned()), "only a login makes a browser known");
    let answer = attempt(&server, &client, "", (OWNER, "alice", PASSWORD)).await.expect(303);
    let cookie = known(&answer).unwrap();
    let attributes = ["HttpOnly", "SameSite", "Path", "Max-Age"].map(|name| cookie.attribute(name));
    assert_eq!(attributes, [Some(""), Some("Lax"), Some("/"), Some("31536000")]);
    for name in [NAME, "ory_hydra_session_dev"] {
        let mut flow = client.flow(&server);
        flow.browser = Browser::with_cookie(&server, name, &cookie.value);
        assert!(visit(&mut flow).await.expect(200).text().contains("login-form"), "{name}");
    }
}

#[tokio::test]
async fn with_a_login_application_of_ones_own_there_is_no_such_cookie() {
    let server = TestServer::new().await;
    let mut flow = confidential(&server).await.flow(&server);
    flow.code().await;
    assert!(flow.browser.cookie_names("/").iter().all(|name| !name.contains("known")));
}
