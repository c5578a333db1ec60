//! Two logins in one browser (OpenID Connect Core §3.1.2.1): when somebody is asked again, and when not.

use serde_json::json;

use crate::conformance::relying_party::{Login, RelyingParty, Run, error};
use crate::fixtures::set;

/// The first login in a browser, and the second one two seconds later.
async fn twice(run: Run, first: &[(&str, &str)], second: &[(&str, &str)]) -> (Login, Login) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let first = party.log_in_with(first).await;
    assert!(first.asked);
    party.server.clock.advance(2);
    let second = party.log_in_with(second).await;
    assert_eq!(first.id_token["sub"], second.id_token["sub"]);
    party.unregister().await;
    (first, second)
}

fn auth_times(logins: &(Login, Login)) -> (i64, i64) {
    let of = |login: &Login| login.id_token["auth_time"].as_i64().unwrap();
    (of(&logins.0), of(&logins.1))
}

/// The second login asked, and says so.
#[track_caller]
fn assert_asked_again(logins: &(Login, Login)) {
    let (first, second) = auth_times(logins);
    assert_eq!((logins.1.asked, second), (true, first + 2));
}

/// The second login did not ask, and speaks of the first.
#[track_caller]
fn assert_silent(logins: &(Login, Login)) {
    let (first, second) = auth_times(logins);
    assert_eq!((logins.1.asked, second), (false, first));
}

pub(crate) async fn prompt_login(run: Run) {
    assert_asked_again(&twice(run, &[], &[("prompt", "login")]).await);
}

pub(crate) async fn prompt_none_not_logged_in(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let state = "s".repeat(128);
    let request = set(&set(&party.request(), "state", &state), "prompt", "none");
    let visit = party.visit(&request).await;
    assert_eq!((error(&party, &request, &visit.answer).as_str(), visit.asked), ("login_required", false));
    party.unregister().await;
}

pub(crate) async fn prompt_none_logged_in(run: Run) {
    assert_silent(&twice(run, &[], &[("prompt", "none")]).await);
}

pub(crate) async fn max_age_1(run: Run) {
    assert_asked_again(&twice(run, &[], &[("max_age", "1")]).await);
}

pub(crate) async fn max_age_10000(run: Run) {
    assert_silent(&twice(run, &[("max_age", "15000")], &[("max_age", "10000")]).await);
}

pub(crate) async fn id_token_hint(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let first = party.log_in_with(&[]).await;
    let hint = first.tokens["id_token"].as_str().unwrap_or_else(|| &first.shown["id_token"]).to_owned();
    party.server.clock.advance(2);
    let second = party.log_in_with(&[("prompt", "none"), ("id_token_hint", &hint)]).await;
    party.unregister().await;
    assert_eq!(first.id_token["sub"], second.id_token["sub"]);
    assert_silent(&(first, second));
}
