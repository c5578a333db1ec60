//! `oidcc-session-management-certification-test-plan` (OpenID Connect Session Management). What the page in the frame does
//! with a message is shown in a browser (`crates/cli/tests/browser/session_management.rs`).

use super::relying_party::{CLIENT, RelyingParty, Run, discovery, provider_with};
use super::rp_initiated_logout::{LoggedIn, assert_returned, metadata};
use crate::fixtures::text;
use crate::session_management::switch_on;
use crate::support::{Browser, Call, TestServer, pair};
use symbolon_jose::digest::{base64url, sha256};

const RUNS: [Run; 4] =
    [Run::of("code"), Run::of("id_token"), Run::of("id_token token"), Run::of("code id_token token")];

async fn provider() -> TestServer {
    provider_with(switch_on).await
}

/// What the frame says to the client's page about a browser.
fn check(server: &TestServer, browser: &Browser, client_id: &str, session_state: &str) -> &'static str {
    let (digest, salt) = session_state.split_once('.').unwrap();
    let sent = browser.jar().sent("/", server.clock.now());
    let state = &sent.iter().find(|(name, _)| name == "symbolon_browser_state_dev").unwrap().1;
    let origin = CLIENT.strip_suffix("/test").unwrap();
    let now = base64url(&sha256(format!("{client_id} {origin} {state} {salt}").as_bytes()));
    if now == digest { "unchanged" } else { "changed" }
}

#[tokio::test]
async fn session_management_discovery_endpoint_verification() {
    let server = provider().await;
    let document = discovery(&server).await;
    super::config::assert_https(&document);
    super::config::assert_registered(&document);
    for name in ["check_session_iframe", "end_session_endpoint"] {
        assert!(text(&document, name).starts_with("https://"), "{name}");
    }
    let page = server.public_target(text(&document, "check_session_iframe")).unwrap();
    server.public(Call::get(page)).await.expect(200);
}

#[tokio::test]
async fn session_management_rp_initiated_logout() {
    for run in RUNS {
        let party = RelyingParty::at(&provider().await, run, metadata()).await;
        let mut person = LoggedIn::of(party).await;
        let value = person.login.shown["session_state"].clone();
        assert!(!value.contains(' '));
        let (server, id) = (person.party.server.clone(), person.party.id().to_owned());
        assert_eq!(check(&server, &person.party.person.browser, &id, &value), "unchanged");
        let request = person.request.clone();
        assert_returned(&person.log_out(&request).await, pair(&request, "state"));
        assert_eq!(check(&server, &person.party.person.browser, &id, &value), "changed");
        person.assert_logged_out().await;
    }
}
