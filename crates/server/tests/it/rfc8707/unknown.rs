//! What names no resource is `invalid_target` everywhere, and the error says what was named (RFC 8707 §2).

use serde_json::json;

use super::{CALENDAR, CONTACTS, changes, client, server};
use crate::fixtures::{authorize, confidential, outcome, parameter, register, request, set};
use crate::rfc8628::GRANT_TYPE as DEVICE_CODE;
use crate::support::{Answer, TestServer};

const WRONG: [(&str, &str); 12] = [
    ("unknown", "https://other.example"),
    ("another path", "https://cal.example/v2"),
    ("a slash more", "https://cal.example/v1/"),
    ("below", "https://cal.example/v1/events"),
    ("another scheme", "http://cal.example/v1"),
    ("another port", "https://cal.example:8443/v1"),
    ("a fragment", "https://cal.example/v1#x"),
    ("relative", "/v1"),
    ("two in one", "https://contacts.example https://notes.example"),
    ("a user", "https://x@cal.example/v1"),
    ("a backslash", "https:\\\\cal.example/v1"),
    ("empty", ""),
];

fn assert_refused(answer: &Answer, value: &str, place: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]), (400, &json!("invalid_target")), "{place} {value:?}: {body}");
    let told = body["error_description"].as_str().unwrap();
    // RFC 6749 §5.2: a description has neither quotes nor backslashes.
    assert!(told.contains(&value.escape_debug().to_string().replace('\\', "?")), "{place}: {told}");
}

#[tokio::test]
async fn every_endpoint_refuses_what_it_does_not_know() {
    let server = server().await;
    let client = client(&server).await;
    crate::fixtures::register(
        &server,
        "device",
        &crate::fixtures::with(changes(), &json!({ "grant_types": [DEVICE_CODE] })),
    )
    .await;
    let tokens = client.flow(&server).scope("openid offline").tokens().await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    for (name, value) in WRONG {
        let answer = authorize(&server, &set(&request(&client.id), "resource", value)).await;
        assert_eq!(outcome(&answer), "client invalid_target", "{name}");
        assert!(parameter(answer.location(), "error_description").len() > 10);
        for form in [
            vec![("grant_type", "client_credentials"), ("resource", value)],
            vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("resource", value)],
        ] {
            assert_refused(&server.public(client.token_request(&form)).await, value, form[0].1);
        }
        let pushed: Vec<(String, String)> = set(&request(&client.id), "resource", value);
        let form: Vec<(&str, &str)> =
            crate::fixtures::borrowed(&pushed).into_iter().filter(|(name, _)| *name != "client_id").collect();
        assert_refused(&server.public(client.form("/oauth2/par", &form)).await, value, "par");
    }
    // Nothing was used up by it.
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    server.public(client.token_request(&form)).await.expect(200);
}

#[tokio::test]
async fn a_device_is_refused() {
    let server = server().await;
    let changes = crate::fixtures::with(changes(), &json!({ "grant_types": [DEVICE_CODE] }));
    let client = register(&server, "device", &changes).await;
    for (_, value) in WRONG {
        let answer =
            server.public(client.form("/oauth2/device/auth", &[("scope", "openid"), ("resource", value)])).await;
        assert_refused(&answer, value, "device");
    }
}

/// One that is wrong is enough, whatever stands beside it.
#[tokio::test]
async fn a_good_one_does_not_make_up_for_a_wrong_one() {
    let server = server().await;
    let client = client(&server).await;
    for pair in [[CALENDAR, "x"], ["x", CALENDAR], [CONTACTS, ""], ["", CONTACTS]] {
        let form = [("grant_type", "client_credentials"), ("resource", pair[0]), ("resource", pair[1])];
        let answer = server.public(client.token_request(&form)).await.expect(400).json();
        assert_eq!(answer["error"], "invalid_target", "{pair:?}");
    }
}

/// It is a restriction, so a server without resources does not pass over it.
#[tokio::test]
async fn without_any_resource_it_is_refused_and_not_ignored() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for value in ["https://api.example", ""] {
        let answer = authorize(&server, &set(&request(&client.id), "resource", value)).await;
        assert_eq!(outcome(&answer), "client invalid_target");
        let form = [("grant_type", "client_credentials"), ("resource", value)];
        assert_refused(&server.public(client.token_request(&form)).await, value, "token");
    }
    let document =
        server.public(crate::support::Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert!(!document["scopes_supported"].to_string().contains("events.read"));
}

/// For clients of Hydra; where there are resources it changes nothing.
#[tokio::test]
async fn a_key_passes_over_it_where_there_are_no_resources() {
    for (resources, expected) in [(json!([]), "login"), (super::records(), "client invalid_target")] {
        let server = TestServer::with(|config| {
            config.symbolon.compatibility.resource_ignored = true;
            config.symbolon.resources = symbolon_server::config::Resources::read(&resources).unwrap();
        })
        .await;
        let client = confidential(&server).await;
        for value in ["https://r.example", ""] {
            let answer = authorize(&server, &set(&request(&client.id), "resource", value)).await;
            assert_eq!(outcome(&answer), expected, "{value:?}");
        }
    }
}

#[tokio::test]
async fn there_are_no_more_than_a_hundred_and_none_is_longer_than_two_kibibytes() {
    let server = server().await;
    let client = client(&server).await;
    let many = vec![("resource", CONTACTS); 101];
    let long = format!("https://{}.example", "x".repeat(2_048));
    for (more, told) in [(&many[..], "more than 100 entries"), (&[("resource", long.as_str())], "more than 2048 bytes")]
    {
        let form = super::and(&[("grant_type", "client_credentials")], more);
        let answer = server.public(client.token_request(&form)).await.expect(400).json();
        assert_eq!(answer["error"], "invalid_request");
        assert!(answer["error_description"].as_str().unwrap().contains(told), "{answer}");
    }
    let form = super::and(&[("grant_type", "client_credentials")], &many[..100]);
    let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    assert_eq!(server.introspect(&token).await["aud"], json!([CONTACTS]), "each once");
}
