//! RFC 6749 §4.1.2.1, §5.2: `error` and `error_description` have no characters outside %x20-21 / %x23-5B / %x5D-7E,
//! whatever the request has in the value at fault.

use crate::fixtures::{authorize, confidential, register, request, set};
use crate::rfc8628::device_client;
use crate::support::{Answer, Call, TestServer};

/// A quote, a backslash, controls, what is no ASCII, and something long.
const ODD: [&str; 5] = ["a\"b", "a\\b", "a\r\nSet-Cookie: b", "f\u{fc}r \u{1f600}", "a\u{0}\u{7f}b"];

#[track_caller]
fn assert_presentable(text: &str, what: &str) {
    let allowed = |character: char| matches!(character, ' '..='!' | '#'..='[' | ']'..='~');
    assert!(text.chars().all(allowed), "{what}: {text:?}");
}

/// Checks the pair where the answer has it; gives `error`.
#[track_caller]
fn pair_of(answer: &Answer, what: &str) -> String {
    let of = |name: &str| match answer.header("location") {
        Some(_) => answer.location_parameter(name).unwrap_or_else(|| panic!("{what}: {}", answer.location())),
        None => answer.member(name),
    };
    let (error, description) = (of("error"), of("error_description"));
    assert_presentable(&error, what);
    assert_presentable(&description, what);
    assert!(!description.is_empty(), "{what}");
    error
}

#[tokio::test]
async fn errors_of_the_authorization_endpoint_are_presentable() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let names = [
        "scope",
        "audience",
        "response_type",
        "response_mode",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "id_token_hint",
        "code_challenge",
        "code_challenge_method",
        "registration",
        "redirect_uri",
        "client_id",
        "request",
        "login_verifier",
        "consent_verifier",
    ];
    let mut refused = 0;
    for name in names {
        for value in ODD {
            let answer = authorize(&server, &set(&request(&client.id), name, value)).await;
            if !answer.location().starts_with("http://127.0.0.1:3000/login?") {
                pair_of(&answer, &format!("{name}={value:?}"));
                refused += 1;
            }
        }
    }
    assert!(refused > 60, "{refused}");
}

#[tokio::test]
async fn errors_of_the_token_endpoint_are_presentable() {
    let server = TestServer::new().await;
    let client = register(&server, "cc", &serde_json::json!({})).await;
    let refresh = client.flow(&server).tokens().await["refresh_token"].as_str().unwrap().to_owned();
    for value in ODD {
        let calls = [
            ("grant_type", client.token_request(&[("grant_type", value)])),
            ("code", client.token_request(&[("grant_type", "authorization_code"), ("code", value)])),
            ("refresh_token", client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", value)])),
            ("scope", client.token_request(&[("grant_type", "client_credentials"), ("scope", value)])),
            ("audience", client.token_request(&[("grant_type", "client_credentials"), ("audience", value)])),
            (
                "scope of a refresh",
                client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", &refresh), ("scope", value)]),
            ),
            (
                "client_id",
                Call::post("/oauth2/token").form(&[("grant_type", "authorization_code"), ("client_id", value)]),
            ),
            ("Basic", Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]).basic(value, value)),
        ];
        for (name, call) in calls {
            let answer = server.public(call).await;
            assert!((400..500).contains(&answer.status), "{name}={value:?}: {}", answer.text());
            pair_of(&answer, &format!("{name}={value:?}"));
        }
    }
}

#[tokio::test]
async fn errors_of_the_device_endpoints_are_presentable() {
    let server = TestServer::new().await;
    let client = device_client(&server).await;
    for value in ODD {
        for name in ["scope", "audience", "code_challenge", "code_challenge_method"] {
            let answer = server.public(client.form("/oauth2/device/auth", &[(name, value)])).await.expect(400);
            pair_of(&answer, &format!("{name}={value:?}"));
        }
        let verify = Call::get("/oauth2/device/verify").query(&[("device_verifier", value)]);
        pair_of(&server.public(verify.navigating()).await.expect(302), value);
    }
}
