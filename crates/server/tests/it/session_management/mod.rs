//! OpenID Connect Session Management: `session_state` in the answers of the authorization endpoint, the state of the
//! browser that it is made of, and the page that applications ask in a frame. What the page's script does is tested in a
//! browser (`crates/cli/tests/browser/session_management.rs`); here [`Frame`] stands in for it.

mod answers;
mod browser_state;
mod discovery;
mod endings;
mod frame;
mod switched_off;

use symbolon_jose::digest::{base64url, sha256};
use symbolon_server::config::Config;

use crate::oidc_logout::SignedIn;
use crate::support::{Answer, Browser, CookieJar, TestServer, pair};

/// Origin of the redirect URI that flows send.
const ORIGIN: &str = "http://127.0.0.1:5555";
/// The cookie with the state of a browser, in development mode.
const STATE_COOKIE: &str = "symbolon_browser_state_dev";
/// The page for frames.
const CHECK: &str = "/oauth2/sessions/check";

/// The configuration that all tests here have.
pub(crate) fn switch_on(config: &mut Config) {
    config.symbolon.session_management.enabled = true;
}

/// A server with session management.
async fn server() -> TestServer {
    TestServer::with(switch_on).await
}

/// A parameter of an answer in the query or the fragment.
#[track_caller]
fn named(answer: &Answer, name: &str) -> Option<String> {
    let all = [answer.location_query(), answer.location_fragment()].concat();
    pair(&all, name).map(str::to_owned)
}

/// What an answer says, wherever it says it.
#[track_caller]
fn session_state(answer: &Answer) -> String {
    let found = named(answer, "session_state");
    found.unwrap_or_else(|| panic!("no session_state: {} {}", answer.location(), answer.text()))
}

/// The value of a cookie that a browser sends to this server.
fn cookie(jar: &CookieJar, name: &str, now: i64) -> Option<String> {
    jar.sent("/", now).into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// The state of a browser.
fn state_of(server: &TestServer, browser: &Browser) -> Option<String> {
    cookie(browser.jar(), STATE_COOKIE, server.clock.now())
}

/// Whether a value was made of these (§4.2), of which the salt stands in it.
#[track_caller]
fn is_made_of(value: &str, client_id: &str, origin: &str, state: &str) -> bool {
    let (digest, salt) = value.split_once('.').unwrap_or_else(|| panic!("{value}"));
    assert_eq!((digest.len(), salt.len(), value.contains(' ')), (43, 22, false), "{value}");
    digest == base64url(&sha256(format!("{client_id} {origin} {state} {salt}").as_bytes()))
}

/// What the frame of an application says about a browser: the script, in few words.
fn frame(server: &TestServer, browser: &Browser, client_id: &str, value: &str) -> &'static str {
    match state_of(server, browser) {
        Some(state) if is_made_of(value, client_id, ORIGIN, &state) => "unchanged",
        _ => "changed",
    }
}

/// Asks with `prompt=none` in the browser of somebody, and gives the answer; the browser keeps what it is told.
async fn ask_quietly(server: &TestServer, person: &mut SignedIn, client: &crate::fixtures::Registered) -> Answer {
    let mut flow = client.flow(server).parameter("prompt", "none");
    flow.browser = person.browser.clone();
    let answer = flow.authorize().await;
    person.browser = flow.browser;
    answer
}
