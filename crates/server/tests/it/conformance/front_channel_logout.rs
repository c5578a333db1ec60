//! `oidcc-frontchannel-rp-initiated-logout-certification-test-plan` (OpenID Connect Front-Channel Logout).

use serde_json::json;

use super::relying_party::{CLIENT, RelyingParty, Run, discovery, provider};
use super::rp_initiated_logout::{LoggedIn, metadata};
use crate::fixtures::with;
use crate::support::{pair, pairs_of};
use crate::ui::unescaped;

#[tokio::test]
async fn frontchannel_logout_discovery_endpoint_verification() {
    let document = discovery(&provider().await).await;
    super::config::assert_https(&document);
    for name in ["frontchannel_logout_supported", "frontchannel_logout_session_supported"] {
        assert_eq!(document[name], true, "{name}");
    }
}

#[tokio::test]
async fn frontchannel_rp_initiated_logout() {
    let front = format!("{CLIENT}/frontchannel_logout");
    let changes = json!({ "frontchannel_logout_uri": front, "frontchannel_logout_session_required": true });
    let party = RelyingParty::register(Run::of("code"), with(metadata(), &changes)).await;
    let mut person = LoggedIn::of(party).await;
    let request = person.request.clone();
    let page = person.log_out(&request).await.expect(200).text();
    let frame = page.split("<iframe").nth(1).and_then(|rest| rest.split("src=\"").nth(1)?.split('"').next());
    let frame = unescaped(frame.unwrap());
    let (address, query) = frame.split_once('?').unwrap();
    let query = pairs_of(query);
    assert_eq!((address, query.len()), (front.as_str(), 2), "{frame}");
    assert_eq!(pair(&query, "iss"), Some(person.party.server.public_url()));
    assert_eq!(pair(&query, "sid"), person.login.id_token["sid"].as_str());
    let next = format!("{CLIENT}/post_logout_redirect?state={}", "s".repeat(128));
    assert!(unescaped(&page).contains(&next), "{page}");
    person.assert_logged_out().await;
}
