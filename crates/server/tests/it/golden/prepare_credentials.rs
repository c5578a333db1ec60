//! Preparations of the recordings about verifiable credentials: access tokens with their nonces, and proofs that are
//! wrong in a way that the decoded token does not show.

use super::jwt;
use super::replay::Replay;
use crate::support::{Call, CodeFlow};

/// The scope that asks for a nonce.
const SCOPE: &str = "openid offline userinfo_credential_draft_00";

pub(super) async fn before(replay: &mut Replay, file: &str, step: &str) {
    match (file, step) {
        ("verifiable_credentials", "client-credentials token: issued with an empty subject") => {
            let form = [("grant_type", "client_credentials"), ("scope", "openid userinfo_credential_draft_00")];
            let call = Call::post("/oauth2/token").form(&form).basic("gold-vc", "golden-secret-vc");
            let token = replay.server.public(call).await.expect(200).member("access_token");
            replay.learn("<token:ory_at_:2>", &token);
            replay.names.bind("<c_nonce:4>", "there-is-no-nonce-for-such-a-token");
        }
        ("verifiable_credential_errors", "refresh token") => {
            let mut flow = asking(replay, "gold-vcerr");
            let tokens = replay.tokens(&mut flow, ["<token:ory_at_:1>", "<token:ory_rt_:1>", ""]).await;
            replay.learn("<c_nonce:1>", tokens["c_nonce_draft_00"].as_str().unwrap());
            let tokens = asking(replay, "gold-vcerr").tokens().await;
            replay.learn("<c_nonce:2>", tokens["c_nonce_draft_00"].as_str().unwrap());
        }
        ("verifiable_credential_errors", "signed with another key") => sign(replay, "<jwt:4>", Some("holder-2")),
        ("verifiable_credential_errors", "expired proof") => {
            replay.names.now -= 600;
            sign(replay, "<jwt:5>", None);
        }
        ("verifiable_credential_errors", "expired token") => {
            let mut flow = asking(replay, "gold-vcexp");
            replay.tokens(&mut flow, ["<token:ory_at_:2>", "", ""]).await;
            replay.server.clock.advance(2);
        }
        _ => {}
    }
}

fn asking(replay: &Replay, client_id: &str) -> CodeFlow {
    replay.flow(client_id).without_pkce().scope(SCOPE)
}

fn sign(replay: &mut Replay, placeholder: &str, key: Option<&str>) {
    let token = jwt::sign(&mut replay.names, &replay.keys, &replay.jwts[placeholder], key);
    replay.names.bind(placeholder, token);
}
