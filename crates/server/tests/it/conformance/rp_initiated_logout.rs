//! `oidcc-rp-initiated-logout-certification-test-plan` (OpenID Connect RP-Initiated Logout). The plan runs with one
//! response type; the tests run with all that give an ID token.

use serde_json::{Value, json};

use super::relying_party::{CLIENT, Login, RelyingParty, Run, discovery, error, provider};
use crate::credentials::{Holder, encoded};
use crate::fixtures::{claims, set};
use crate::oidc_logout::{DONE, ERROR_PAGE, accept, ask, challenge};
use crate::support::{Answer, Pairs, pair};

const RUNS: [Run; 4] =
    [Run::of("code"), Run::of("id_token"), Run::of("id_token token"), Run::of("code id_token token")];

/// Somebody who is logged in at a client that has a place to go afterwards.
pub(super) struct LoggedIn {
    pub(super) party: RelyingParty,
    pub(super) login: Login,
    /// The parameters of a good request for a logout.
    pub(super) request: Pairs,
}

impl LoggedIn {
    /// A client with changed metadata, at which somebody logs in.
    pub(super) async fn of(mut party: RelyingParty) -> Self {
        let login = party.log_in_with(&[]).await;
        let hint = login.tokens["id_token"].as_str().unwrap_or_else(|| &login.shown["id_token"]).to_owned();
        let request = [
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", format!("{CLIENT}/post_logout_redirect")),
            ("state", "s".repeat(128)),
        ];
        Self { party, login, request: request.map(|(name, value)| (name.to_owned(), value)).to_vec() }
    }

    async fn new(run: Run) -> Self {
        Self::of(RelyingParty::register(run, metadata()).await).await
    }

    /// Asks for a logout with these parameters; says yes where that is asked.
    pub(super) async fn log_out(&mut self, request: &Pairs) -> Answer {
        let asked = ask(&mut self.party.person.browser, &crate::fixtures::borrowed(request)).await;
        if asked.header("location").is_none_or(|to| !to.contains("logout_challenge=")) {
            return asked;
        }
        let next = accept(&self.party.server, &challenge(&asked)).await;
        self.party.person.browser.get(&next).await
    }

    /// Fails unless nobody is logged in any more, and takes leave.
    pub(super) async fn assert_logged_out(mut self) {
        let request = set(&self.party.request(), "prompt", "none");
        let visit = self.party.visit(&request).await;
        assert_eq!(error(&self.party, &request, &visit.answer), "login_required");
        self.party.unregister().await;
    }

    /// Fails unless somebody is still logged in, and takes leave.
    async fn assert_logged_in(mut self) {
        let again = self.party.log_in_with(&[("prompt", "none")]).await;
        assert_eq!(again.id_token["auth_time"], self.login.id_token["auth_time"]);
        self.party.unregister().await;
    }
}

/// Where the client wants to have the browser afterwards.
pub(super) fn metadata() -> Value {
    json!({ "post_logout_redirect_uris": [format!("{CLIENT}/post_logout_redirect")] })
}

/// Fails unless the browser is back at the client, with exactly this state.
#[track_caller]
pub(super) fn assert_returned(answer: &Answer, state: Option<&str>) {
    let (to, query) = answer.location().split_once('?').unwrap_or((answer.location(), ""));
    assert_eq!((answer.status, to), (302, format!("{CLIENT}/post_logout_redirect").as_str()));
    assert_eq!((pair(&answer.location_query(), "state"), query.contains('&')), (state, false));
}

#[tokio::test]
async fn rp_initiated_logout_discovery_endpoint_verification() {
    let document = discovery(&provider().await).await;
    super::config::assert_https(&document);
    assert!(document["end_session_endpoint"].is_string());
}

#[tokio::test]
async fn rp_initiated_logout() {
    for run in RUNS {
        let mut person = LoggedIn::new(run).await;
        let request = person.request.clone();
        assert_returned(&person.log_out(&request).await, pair(&request, "state"));
        person.assert_logged_out().await;
    }
}

#[tokio::test]
async fn rp_initiated_logout_no_state() {
    for run in RUNS {
        let mut person = LoggedIn::new(run).await;
        let request = crate::fixtures::unset(&person.request, "state");
        assert_returned(&person.log_out(&request).await, None);
        person.assert_logged_out().await;
    }
}

/// The request is a fault: a page says so, and nothing has ended.
async fn refused(change: impl Fn(&LoggedIn) -> (&'static str, String)) {
    for run in RUNS {
        let mut person = LoggedIn::new(run).await;
        let (name, value) = change(&person);
        let answer = person.log_out(&set(&person.request.clone(), name, &value)).await;
        assert!(answer.location().starts_with(ERROR_PAGE), "{}", answer.location());
        person.assert_logged_in().await;
    }
}

#[tokio::test]
async fn rp_initiated_logout_bad_post_logout_redirect_uri() {
    refused(|_| ("post_logout_redirect_uri", format!("{CLIENT}/INVALID"))).await;
}

#[tokio::test]
async fn rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    refused(|_| ("post_logout_redirect_uri", format!("{CLIENT}/post_logout_redirect?foo=bar"))).await;
}

#[tokio::test]
async fn rp_initiated_logout_bad_id_token_hint() {
    let stranger = Holder::new(symbolon_jose::Algorithm::RS256);
    refused(|person| {
        let own = claims(pair(&person.request, "id_token_hint").unwrap());
        ("id_token_hint", stranger.sign_parts(&json!({ "alg": "RS256" }), &json!(own)))
    })
    .await;
}

#[tokio::test]
async fn rp_initiated_logout_modified_id_token_hint() {
    refused(|person| {
        let own = claims(pair(&person.request, "id_token_hint").unwrap());
        ("id_token_hint", format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&json!(own))))
    })
    .await;
}

#[tokio::test]
async fn rp_initiated_logout_no_id_token_hint() {
    for run in RUNS {
        let mut person = LoggedIn::new(run).await;
        let request = crate::fixtures::unset(&person.request, "id_token_hint");
        let answer = person.log_out(&request).await;
        // Without a hint nobody knows whose address it is, so that it leads nowhere.
        assert!(!answer.location().starts_with(CLIENT), "{}", answer.location());
        person.party.unregister().await;
    }
}

/// The logout happens, and the provider's own page says so.
async fn done(kept: &[&str]) {
    for run in RUNS {
        let mut person = LoggedIn::new(run).await;
        let request = person.request.iter().filter(|(name, _)| kept.contains(&name.as_str())).cloned().collect();
        let answer = person.log_out(&request).await;
        assert_eq!((answer.status, answer.location()), (302, DONE));
        person.assert_logged_out().await;
    }
}

#[tokio::test]
async fn rp_initiated_logout_no_params() {
    done(&[]).await;
}

#[tokio::test]
async fn rp_initiated_logout_only_state() {
    done(&["state"]).await;
}

#[tokio::test]
async fn rp_initiated_logout_no_post_logout_redirect_uri() {
    done(&["id_token_hint", "state"]).await;
}
