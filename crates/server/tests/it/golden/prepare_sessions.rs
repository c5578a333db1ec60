//! Preparations of the recordings about login sessions, logout and consents: users who are signed in, in one browser or
//! in two, with one client or with two.

use serde_json::json;

use super::compare;
use super::jwt;
use super::replay::Replay;
use crate::support::{Call, CodeFlow};

pub(super) async fn before(replay: &mut Replay, file: &str, step: &str) {
    match (file, step) {
        ("consent_sessions", "list") => consents(replay).await,
        ("login_sessions", "session one works") => {
            let flow = signing_in(replay, "gold-logins").subject("login-user");
            let tokens = replay.sign_in(flow, ["<token:ory_at_:1>", "", ""]).await;
            let (_, claims) = compare::decode(tokens["id_token"].as_str().unwrap()).unwrap();
            replay.names.bind("<uuid:1>", claims["sid"].as_str().unwrap());
        }
        ("login_sessions", "session two works") => {
            let flow = signing_in(replay, "gold-logins").subject("login-user");
            replay.sign_in(flow, ["", "", ""]).await;
        }
        ("logout_channels", "logout") => {
            let mut first = signing_in(replay, "gold-front");
            first.tokens().await;
            let mut second = signing_in(replay, "gold-back");
            second.browser = first.browser;
            replay.sign_in(second, ["", "", "<jwt:1>"]).await;
        }
        ("logout_errors", "state without hint") => logout_errors(replay).await,
        ("logout_op_initiated", "with a session") => {
            let flow = signing_in(replay, "gold-oplogout");
            replay.sign_in(flow, ["", "", ""]).await;
        }
        ("logout_rp_initiated", "logout") => {
            let flow = signing_in(replay, "gold-rplogout");
            replay.sign_in(flow, ["<token:ory_at_:1>", "", "<jwt:1>"]).await;
        }
        ("logout_rp_initiated", "by POST form") => {
            let flow = signing_in(replay, "gold-rplogout");
            replay.sign_in(flow, ["", "", "<jwt:2>"]).await;
        }
        _ => {}
    }
}

async fn logout_errors(replay: &mut Replay) {
    let mut flow = replay.flow("gold-lerr-gone").without_pkce();
    replay.tokens(&mut flow, ["", "", "<jwt:3>"]).await;
    replay.server.admin(Call::delete("/admin/clients/gold-lerr-gone")).await.expect(204);
    let flow = signing_in(replay, "gold-lerr");
    replay.sign_in(flow, ["<token:ory_at_:1>", "", "<jwt:1>"]).await;
    let broken = jwt::alter(replay.names.get("<jwt:1>").unwrap(), 2);
    replay.names.bind("<jwt:2>", broken);
}

/// Two clients in one session. Lists begin with the newest consent here, and with any in the recording.
async fn consents(replay: &mut Replay) {
    let flow = |replay: &Replay, client: &str| {
        let session = json!({ "access_token": { "a": 1 }, "id_token": { "i": 2 } });
        let flow = signing_in(replay, client).subject("consent-user").consent("session", session);
        let flow = flow.consent("remember", json!(true)).consent("remember_for", json!(3600));
        flow.consent("context", json!({ "ctx": true }))
    };
    let mut first = flow(replay, "gold-cons-a");
    let tokens = first.tokens().await;
    replay.learn("<token:ory_at_:1>", tokens["access_token"].as_str().unwrap());
    replay.learn("<token:ory_rt_:1>", tokens["refresh_token"].as_str().unwrap());
    replay.server.clock.advance(1);
    let mut second = flow(replay, "gold-cons-b");
    second.browser = first.browser;
    replay.sign_in(second, ["<token:ory_at_:2>", "", ""]).await;
    replay.names.bind("<hex32:5>", "0123456789abcdef0123456789abcdef");
}

/// A flow whose login is remembered.
fn signing_in(replay: &Replay, client_id: &str) -> CodeFlow {
    replay.flow(client_id).without_pkce().login("remember", json!(true))
}
