//! Very many registrations: they end at a limit that says when to come again, other networks go on, and what nobody used is
//! gone after a month.

use serde_json::json;

use super::{NOTES, assert_json, configured};
use crate::support::{Call, TestServer};

const MANY: usize = 10_000;

fn registration() -> Call {
    let body = json!({ "redirect_uris": ["http://127.0.0.1:33418/callback"], "token_endpoint_auth_method": "none" });
    Call::post("/oauth2/register").json(&body)
}

#[tokio::test]
async fn ten_thousand_of_one_network_end_at_the_limit() {
    let resources = format!(r#"[{{"identifier": "{NOTES}"}}]"#);
    // What the switch sets where it is not for development.
    let keys = [
        ("symbolon.mcp.resources", resources.as_str()),
        ("symbolon.registration.limit_per_minute", "10"),
        ("symbolon.registration.limit_per_day", "200"),
    ];
    let server = TestServer::start(configured(&keys)).await;
    let mut made = 0;
    for number in 0..MANY {
        let answer = server.public(registration()).await;
        if answer.status == 201 {
            made += 1;
            continue;
        }
        assert_eq!(answer.status, 429, "{number}: {}", answer.text());
        assert_json(&answer);
        let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&wait), "{wait}");
        if number % 100 == 0 {
            server.clock.advance(60);
        }
    }
    // The day's 200, and what came back of them in the hundred minutes.
    assert_eq!(made, 213);
}
