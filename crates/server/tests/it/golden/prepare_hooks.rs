//! Preparations of the recordings about web hooks: the grants whose tokens are asked for, and whom the server trusted.

use serde_json::{Value, json};

use super::prepare_grants::trust;
use super::replay::Replay;
use crate::fixtures::text;
use crate::support::CodeFlow;

pub(super) async fn before(replay: &mut Replay, step: &str) {
    match step {
        "code grant, claims replaced" => {
            let flow = with_claims(replay.flow("gold-hook"));
            let flow = flow.login("acr", json!("1")).login("amr", json!(["pwd"]));
            let code = flow.parameter("audience", "https://api.example.com").code().await;
            replay.names.bind("<token:ory_ac_:1>", code);
        }
        "jwt-bearer grant" => {
            let issuer = replay.jwts["<jwt:4>"].claims["iss"].as_str().unwrap().to_owned();
            trust(replay, &issuer, json!("bob"), "hook-key", "2030-01-01T00:00:00Z").await;
        }
        "device grant" => {
            let mut flow = super::prepare_devices::flow(replay, "gold-hook");
            let codes = flow.ask_with(&[("scope", "openid offline")]).await.expect(200).json();
            flow.connect(&codes).await;
            replay.names.bind("<token:ory_dc_:1>", text(&codes, "device_code"));
        }
        "claims replaced" => refresh_token(replay, "<token:ory_rt_:1>").await,
        "403" => refresh_token(replay, "<token:ory_rt_:4>").await,
        "404" => refresh_token(replay, "<token:ory_rt_:6>").await,
        _ => {}
    }
}

async fn refresh_token(replay: &mut Replay, placeholder: &'static str) {
    let mut flow = with_claims(replay.flow("gold-rhook"));
    replay.tokens(&mut flow, ["", placeholder, ""]).await;
}

fn with_claims(flow: CodeFlow) -> CodeFlow {
    let session: Value = json!({ "access_token": { "tier": "gold" }, "id_token": { "email": "a@example.com" } });
    flow.without_pkce().scope("openid offline photos.read").consent("session", session)
}
