//! Preparations of the recordings about the device grant: codes that expired or were accepted, and people who are asked
//! to agree.

use super::replay::Replay;
use crate::fixtures::{Registered, text};
use crate::rfc8628::DeviceFlow;
use crate::support::{pair, pairs_of};

pub(super) async fn before(replay: &mut Replay, file: &str, step: &str) {
    match (file, step) {
        // Our server tells a hasty device so.
        ("device_flow", "poll between login and consent") => replay.server.clock.advance(60),
        ("device_errors", "user codes are case-sensitive") => {
            let code = replay.names.get("<user_code:1>").unwrap();
            let swap = |letter: char| {
                if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
            };
            let swapped: String = code.chars().map(swap).collect();
            replay.names.bind("<user_code_case_swapped:1>", swapped);
        }
        ("device_errors", "reject login") => {
            let mut flow = flow(replay, "gold-deverr");
            let codes = flow.ask_with(&[("scope", "openid")]).await.expect(200).json();
            let page = flow.to_login(&codes).await;
            replay.names.bind("<token:ory_dc_:2>", text(&codes, "device_code"));
            bind_challenge(replay, "login_challenge", &page);
            replay.jars.add(flow.browser.jar().clone());
        }
        ("device_errors", "reject consent") => {
            let mut flow = flow(replay, "gold-deverr");
            let codes = flow.ask_with(&[("scope", "openid")]).await.expect(200).json();
            let page = flow.to_consent(&codes).await;
            replay.names.bind("<token:ory_dc_:3>", text(&codes, "device_code"));
            bind_challenge(replay, "consent_challenge", &page);
            replay.jars.add(flow.browser.jar().clone());
        }
        ("device_expired", "poll the one that nobody accepted") => replay.server.clock.advance(3),
        ("device_expired", "accept an expired user code") => {
            let challenge = flow(replay, "gold-devexp").challenge().await;
            replay.names.bind("<device_challenge:1>", challenge);
        }
        _ => {}
    }
}

fn bind_challenge(replay: &mut Replay, name: &str, page: &str) {
    let pairs = pairs_of(page.split_once('?').unwrap().1);
    replay.names.bind(&format!("<{name}:1>"), pair(&pairs, name).unwrap());
}

/// A device of a client that the recording set up.
pub(super) fn flow(replay: &Replay, client_id: &str) -> DeviceFlow {
    let client = replay.client(client_id);
    let client = Registered { id: client_id.to_owned(), secret: text(client, "client_secret").to_owned() };
    DeviceFlow::new(&replay.server, &client)
}
