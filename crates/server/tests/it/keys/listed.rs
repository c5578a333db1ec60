//! `GET /admin/signing-keys`: states and times of all keys, and when the next rotation is due.

use serde_json::{Value, json};
use symbolon_types::timestamp;

use super::{DAY, rotate};
use crate::support::{Call, START, TestServer};

const HOUR: i64 = 3600;

async fn listed(server: &TestServer) -> Value {
    server.admin(Call::get("/admin/signing-keys")).await.expect(200).json()
}

fn of_algorithm<'v>(all: &'v Value, algorithm: &str) -> Vec<&'v Value> {
    let keys = all["keys"].as_array().unwrap().iter();
    keys.filter(|key| key["alg"] == algorithm && key["set"] == "id-token").collect()
}

#[tokio::test]
async fn a_key_that_signs_tells_its_age_and_when_the_next_one_takes_over() {
    TestServer::each_database(async |server| {
        server.clock.advance(HOUR);
        let all = listed(server).await;
        let period = all["rotation_period_seconds"].as_i64().unwrap();
        assert_eq!((period, all["keys"].as_array().unwrap().len()), (90 * DAY, 5), "{all}");
        let [key] = of_algorithm(&all, "ES256")[..] else { panic!("{all}") };
        let expected = json!({
            "set": "id-token", "kid": key["kid"], "alg": "ES256", "use": "sig", "state": "active",
            "created_at": timestamp::format_seconds(START), "age_seconds": HOUR,
            "activates_at": timestamp::format_seconds(START),
            "next_rotation_at": timestamp::format_seconds(START + 90 * DAY),
        });
        assert_eq!(*key, expected);
    })
    .await;
}

#[tokio::test]
async fn a_rotation_that_was_begun_is_the_next_one_and_then_the_old_key_has_an_end() {
    let server = TestServer::new().await;
    let new = rotate(&server, &json!({ "alg": "ES256", "set": "id-token" })).await;
    let all = listed(&server).await;
    let states = |all: &Value| -> Vec<Value> {
        of_algorithm(all, "ES256").iter().map(|key| json!([key["state"], key["next_rotation_at"]])).collect()
    };
    let at = |moment: i64| json!(timestamp::format_seconds(moment));
    let mut found = states(&all);
    found.sort_by_key(|state| state[0].to_string());
    assert_eq!(found, [json!(["active", at(START + DAY)]), json!(["pending", null])]);

    server.clock.advance(DAY);
    server.server.keep_house().await;
    let all = listed(&server).await;
    let keys = of_algorithm(&all, "ES256");
    let signs = keys.iter().find(|key| key["kid"] == new[0]["kid"]).unwrap();
    assert_eq!((&signs["state"], &signs["next_rotation_at"]), (&json!("active"), &at(START + 91 * DAY)));
    let old = keys.iter().find(|key| key["kid"] != new[0]["kid"]).unwrap();
    assert_eq!((&old["state"], &old["retires_at"]), (&json!("retired"), &at(START + DAY)));
    assert_eq!(
        (&old["published_until"], &old["next_rotation_at"]),
        (&new[0]["replaces"][0]["published_until"], &Value::Null)
    );
}

#[tokio::test]
async fn without_rotation_no_time_is_named_and_no_private_part_ever_is() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 0).await;
    let all = listed(&server).await;
    assert_eq!(all["rotation_period_seconds"], 0);
    for key in all["keys"].as_array().unwrap() {
        assert!(key.get("next_rotation_at").is_none() && key.get("d").is_none() && key.get("k").is_none(), "{key}");
    }
}
