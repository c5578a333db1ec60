//! Userinfo (OpenID Connect Core §5.3, RFC 6750 §2.1, §2.2).

use serde_json::json;

use crate::conformance::relying_party::{Login, RelyingParty, Run, contains, discovery};
use crate::fixtures::{part, verified_claims};
use crate::support::Call;

/// Somebody who is logged in, at a client with changed metadata.
async fn logged_in(run: Run, changes: serde_json::Value) -> (RelyingParty, Login) {
    let mut party = RelyingParty::register(run, changes).await;
    let login = party.log_in_with(&[("scope", "openid profile")]).await;
    assert!(login.access_token.is_some());
    (party, login)
}

pub(crate) async fn userinfo_get(run: Run) {
    let (party, login) = logged_in(run, json!({})).await;
    let call = Call::get("/userinfo").bearer(login.access_token.as_deref().unwrap());
    assert_eq!(party.userinfo(call, &login.id_token).await, login.userinfo);
    party.unregister().await;
}

pub(crate) async fn userinfo_post_header(run: Run) {
    let (party, login) = logged_in(run, json!({})).await;
    let call = Call::post("/userinfo").bearer(login.access_token.as_deref().unwrap());
    assert_eq!(party.userinfo(call, &login.id_token).await, login.userinfo);
    party.unregister().await;
}

pub(crate) async fn userinfo_post_body(run: Run) {
    let (party, login) = logged_in(run, json!({})).await;
    let call = Call::post("/userinfo").form(&[("access_token", login.access_token.as_deref().unwrap())]);
    assert_eq!(party.userinfo(call, &login.id_token).await, login.userinfo);
    party.unregister().await;
}

pub(crate) async fn userinfo_rs256(run: Run) {
    let mut party = RelyingParty::register(run, json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let advertised = discovery(&party.server).await;
    assert!(contains(&advertised["userinfo_signing_alg_values_supported"], "RS256"));
    let login = party.log_in_with(&[]).await;
    let call = Call::get("/userinfo").bearer(login.access_token.as_deref().unwrap());
    let answer = party.server.public(call).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/jwt"));
    assert_eq!(part(&answer.text(), 0)["alg"], "RS256");
    let told = verified_claims(&party.server, &answer.text()).await;
    assert_eq!((&told["iss"], &told["aud"]), (&json!(party.server.public_url()), &json!([party.id()])));
    assert_eq!((&told["sub"], told.get("nonce")), (&login.id_token["sub"], None));
    party.unregister().await;
}
