//! How a login session ends while something rests on it: by its person, by the administrator, by time.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::fixtures::Registered;
use crate::support::{Browser, Call, CodeFlow, TestServer};

/// One of the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The person logs out, in another tab.
    Logout,
    /// The administrator ends this session.
    AdministratorEndsSession,
    /// The administrator ends all sessions of the subject.
    AdministratorEndsSubject,
    /// The subject is signed out everywhere.
    SignedOutEverywhere,
    /// The subject's account is disabled.
    AccountDisabled,
    /// Its time is over.
    Expired,
}

/// All of them.
pub(crate) const ENDINGS: [Ending; 6] = [
    Ending::Logout,
    Ending::AdministratorEndsSession,
    Ending::AdministratorEndsSubject,
    Ending::SignedOutEverywhere,
    Ending::AccountDisabled,
    Ending::Expired,
];

/// How long the sessions of [`Person`] last, in seconds.
const REMEMBERED_FOR: i64 = 600;

/// Somebody who signs in through the login application.
pub(crate) struct Person {
    pub(crate) subject: String,
    pub(crate) browser: Browser,
}

impl Person {
    /// Somebody without a session, nor an account here.
    pub(crate) fn new(server: &TestServer) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let subject = format!("person-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Self { subject, browser: Browser::new(server) }
    }

    /// Somebody to whom this can happen: an account that is to be disabled must be there.
    pub(crate) async fn for_ending(server: &TestServer, ending: Ending) -> Self {
        let Self { subject, browser } = Self::new(server);
        if ending != Ending::AccountDisabled {
            return Self { subject, browser };
        }
        let account = json!({ "username": subject, "password": "correct horse battery" });
        let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
        Self { subject, browser }
    }

    /// Signs in; login and consent are remembered.
    pub(crate) async fn signs_in(mut self, server: &TestServer, client: &Registered) -> Self {
        let mut flow = self.flow(server, client);
        flow.tokens().await;
        self.browser = flow.browser;
        self
    }

    /// A flow of this person in this browser.
    pub(crate) fn flow(&self, server: &TestServer, client: &Registered) -> CodeFlow {
        let mut flow = client
            .flow(server)
            .subject(&self.subject)
            .login("remember", json!(true))
            .login("remember_for", json!(REMEMBERED_FOR))
            .consent("remember", json!(true));
        flow.browser = self.browser.clone();
        flow
    }
}

impl Ending {
    /// Ends the session that `browser` has now.
    pub(crate) async fn happen(self, server: &TestServer, subject: &str, browser: &mut Browser) {
        match self {
            Self::Logout => {
                let next = log_out(server, browser).await.0;
                browser.get(&next).await.expect(302);
            }
            Self::AdministratorEndsSession => {
                let sid = log_out(server, &mut browser.clone()).await.1;
                delete(server, &[("sid", &sid)]).await;
            }
            Self::AdministratorEndsSubject => delete(server, &[("subject", subject)]).await,
            Self::SignedOutEverywhere => {
                server.admin(Call::post(format!("/admin/subjects/{subject}/sign-out"))).await.expect(204);
            }
            Self::AccountDisabled => {
                let disable = Call::patch(format!("/admin/accounts/{subject}"));
                server.admin(disable.json(&json!({ "disabled": true }))).await.expect(200);
            }
            Self::Expired => server.clock.advance(REMEMBERED_FOR),
        }
    }
}

/// Where a browser goes that has agreed to its logout, and the session that it would end.
async fn log_out(server: &TestServer, browser: &mut Browser) -> (String, String) {
    let asked = browser.get("/oauth2/sessions/logout").await.expect(302);
    let challenge = asked.location_parameter("logout_challenge").unwrap();
    let call = |call: Call| call.query(&[("logout_challenge", &challenge)]);
    let described = server.admin(call(Call::get("/admin/oauth2/auth/requests/logout"))).await.expect(200);
    let accepted = server.admin(call(Call::put("/admin/oauth2/auth/requests/logout/accept"))).await.expect(200);
    (accepted.member("redirect_to"), described.member("sid"))
}

async fn delete(server: &TestServer, which: &[(&str, &str)]) {
    server.admin(Call::delete("/admin/oauth2/auth/sessions/login").query(which)).await.expect(204);
}

/// The consents that are listed of a subject: none where nothing was granted.
pub(crate) async fn consents(server: &TestServer, subject: &str) -> Vec<Value> {
    let call = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", subject)]);
    server.admin(call).await.expect(200).json().as_array().unwrap().clone()
}
