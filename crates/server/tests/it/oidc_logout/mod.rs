//! OpenID Connect RP-Initiated, Front-Channel and Back-Channel Logout: asking for a logout, saying yes, and telling the
//! clients of the session.

mod api;
mod back_channel;
mod built_in_page;
mod delivery;
mod front_channel;
mod hint;
mod in_flight;
mod no_open_redirect;
mod op_initiated;
mod rp_initiated;
mod second_login;
mod unremembered;

use serde_json::{Value, json};

use crate::fixtures::{self, Registered, claims, text};
use crate::support::{Answer, Browser, Call, Pairs, TestServer, pair};

/// Where the browser goes when nobody says otherwise.
pub(crate) const DONE: &str = "http://127.0.0.1:3000/done";
/// An address that the client registered.
pub(crate) const BYE: &str = "http://127.0.0.1:5555/bye";
/// Where errors go.
pub(crate) const ERROR_PAGE: &str = "http://127.0.0.1:3000/error?";

/// Somebody who is signed in.
pub(crate) struct SignedIn {
    pub(crate) browser: Browser,
    pub(crate) tokens: Value,
}

impl SignedIn {
    pub(crate) fn id_token(&self) -> &str {
        text(&self.tokens, "id_token")
    }

    /// The session, as ID tokens name it.
    pub(crate) fn sid(&self) -> String {
        claims(self.id_token())["sid"].as_str().unwrap().to_owned()
    }

    /// Whether the browser is still signed in.
    pub(crate) async fn stands(&mut self, server: &TestServer, client: &Registered) -> bool {
        let mut flow = client.flow(server).parameter("prompt", "none");
        flow.browser = self.browser.clone();
        let answer = flow.authorize().await;
        let required = answer.error().as_deref() == Some("login_required");
        assert!(required || answer.error().is_none_or(|error| error == "consent_required"), "{}", answer.location());
        !required
    }
}

/// A client with a place to go afterwards, and further settings.
pub(crate) async fn client(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let settings = fixtures::with(json!({ "post_logout_redirect_uris": [BYE] }), changes);
    fixtures::register(server, id, &settings).await
}

/// Signs in at a client with a new browser; the login is remembered.
pub(crate) async fn sign_in(server: &TestServer, client: &Registered) -> SignedIn {
    sign_in_with(server, client, Browser::new(server)).await
}

/// Signs in at a client with this browser, which may have a session.
pub(crate) async fn sign_in_with(server: &TestServer, client: &Registered, browser: Browser) -> SignedIn {
    let mut flow = client.flow(server).login("remember", json!(true));
    flow.browser = browser;
    let tokens = flow.tokens().await;
    SignedIn { browser: flow.browser, tokens }
}

/// Asks for a logout with these parameters in the query.
pub(crate) async fn ask(browser: &mut Browser, parameters: &[(&str, &str)]) -> Answer {
    let target = Call::get("/oauth2/sessions/logout").query(parameters).target;
    browser.get(&target).await
}

/// The challenge that the browser was sent to the logout page with.
#[track_caller]
pub(crate) fn challenge(answer: &Answer) -> String {
    assert!(answer.location().starts_with("http://127.0.0.1:3000/logout?"), "{}", answer.location());
    assert_eq!(answer.status, 302);
    pair(&answer.location_query(), "logout_challenge").unwrap().to_owned()
}

/// The logout page's question.
pub(crate) fn request(action: &str, challenge: &str) -> Call {
    let path = format!("/admin/oauth2/auth/requests/logout{action}");
    let call = if action.is_empty() { Call::get(path) } else { Call::put(path) };
    call.query(&[("logout_challenge", challenge)])
}

/// The logout page says yes; where the browser goes next.
pub(crate) async fn accept(server: &TestServer, challenge: &str) -> String {
    server.admin(request("/accept", challenge)).await.expect(200).member("redirect_to")
}

/// The whole way: asked, agreed, ended. The last answer.
pub(crate) async fn log_out(server: &TestServer, browser: &mut Browser, parameters: &[(&str, &str)]) -> Answer {
    let asked = ask(browser, parameters).await;
    let next = accept(server, &challenge(&asked)).await;
    browser.get(&next).await
}

/// Fails unless the browser is sent to the error page with this error, and nothing else happened to it.
#[track_caller]
pub(crate) fn assert_error(answer: &Answer, error: &str) {
    assert_eq!(answer.status, 302, "{}", answer.text());
    assert!(answer.location().starts_with(ERROR_PAGE), "{}", answer.location());
    assert_eq!(answer.location_parameter("error").as_deref(), Some(error), "{}", answer.location());
    let names: Pairs = answer.location_query();
    assert!(names.iter().all(|(name, _)| ["error", "error_description"].contains(&name.as_str())), "{names:?}");
    assert!(answer.cookies().is_empty());
}
