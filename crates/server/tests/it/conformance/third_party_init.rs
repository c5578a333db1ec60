//! `oidcc-3rdparty-init-login-certification-test-plan`: clients at which a login may begin elsewhere (OpenID Connect Core
//! §4).

use serde_json::json;

use super::relying_party::{CLIENT, RelyingParty, Run, provider};
use crate::fixtures::{text, with};
use crate::support::Call;

const RUN: Run = Run::of("code");

#[tokio::test]
async fn third_party_init_login() {
    let uri = json!(format!("{CLIENT}/initiate_login"));
    let party = RelyingParty::register(RUN, json!({ "initiate_login_uri": uri })).await;
    assert_eq!(party.shown["initiate_login_uri"], uri);
    let token = text(&party.shown, "registration_access_token");
    let read = Call::get(format!("/oauth2/register/{}", party.id())).bearer(token);
    let answer = party.server.public(read).await.expect(200);
    assert_eq!(
        (answer.content_type(), &answer.json()["initiate_login_uri"]),
        (Some("application/json; charset=utf-8"), &uri)
    );
    party.unregister().await;
}

#[tokio::test]
async fn third_party_init_login_nohttps() {
    let changes = json!({ "initiate_login_uri": "http://client.example/initiate_login" });
    let metadata = with(RelyingParty::metadata(RUN), &changes);
    let server = provider().await;
    let answer = server.public(Call::post("/oauth2/register").json(&metadata)).await.expect(400);
    assert_eq!(answer.member("error"), "invalid_client_metadata");
}
