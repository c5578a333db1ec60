//! `oidcc-backchannel-rp-initiated-logout-certification-test-plan` (OpenID Connect Back-Channel Logout).

use serde_json::json;

use super::relying_party::{Beside, RelyingParty, Run, discovery, provider};
use super::rp_initiated_logout::{LoggedIn, assert_returned, metadata};
use crate::client_side::Reply;
use crate::fixtures::{verified_claims, with};
use crate::support::{pair, pairs_of};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[tokio::test]
async fn backchannel_logout_discovery_endpoint_verification() {
    let document = discovery(&provider().await).await;
    super::config::assert_https(&document);
    for name in ["backchannel_logout_supported", "backchannel_logout_session_supported"] {
        assert_eq!(document[name], true, "{name}");
    }
}

#[tokio::test]
async fn backchannel_rp_initiated_logout() {
    let beside = Beside::new().await;
    beside.files.set(Reply::Status(200));
    let changes = json!({
        "backchannel_logout_uri": format!("{}/backchannel_logout", beside.files.url),
        "backchannel_logout_session_required": true,
    });
    let party = RelyingParty::at(&beside.server, Run::of("code"), with(metadata(), &changes)).await;
    let mut person = LoggedIn::of(party).await;
    let request = person.request.clone();
    assert_returned(&person.log_out(&request).await, pair(&request, "state"));
    assert_eq!(beside.server.server.deliver_logout_tokens().await, 1);
    let call = beside.files.take_one().unwrap();
    assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", "/backchannel_logout"));
    assert_eq!(call.header("content-type"), Some("application/x-www-form-urlencoded"));
    let form = pairs_of(&call.body);
    assert_eq!(form.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["logout_token"]);
    let claims = verified_claims(&beside.server, &form[0].1).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(beside.server.public_url()), &json!([person.party.id()])));
    assert_eq!((&claims["iat"], claims["jti"].is_string()), (&json!(beside.server.clock.now()), true));
    assert_eq!((&claims["events"], claims.get("nonce")), (&json!({ EVENT: {} }), None));
    assert_eq!(claims["sid"], person.login.id_token["sid"]);
    person.assert_logged_out().await;
}
