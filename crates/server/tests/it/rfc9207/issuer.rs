//! RFC 9207 §2, §3: `iss` in every answer to a client, and in the server's metadata.

use serde_json::json;

use crate::fixtures::{confidential, register};
use crate::support::{Answer, Call, TestServer, pair};

const MODES: [&str; 3] = ["query", "fragment", "form_post"];

/// The `iss` of an answer, wherever its mode puts it.
fn issuers(answer: &Answer, mode: &str) -> Vec<String> {
    let of = |pairs: crate::support::Pairs| pairs.into_iter().filter(|(name, _)| name == "iss").map(|(_, it)| it);
    match mode {
        "query" => of(answer.location_query()).collect(),
        "fragment" => of(answer.location_fragment()).collect(),
        _ => {
            let text = answer.text();
            let fields = text.split("name=\"iss\" value=\"").skip(1);
            fields.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        }
    }
}

async fn advertised(server: &TestServer) -> Option<bool> {
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    document["authorization_response_iss_parameter_supported"].as_bool()
}

#[tokio::test]
async fn every_answer_names_the_issuer_in_every_mode() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    assert_eq!(advertised(&server).await, Some(true));
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.json();
    let issuer = document["issuer"].as_str().unwrap();
    for mode in MODES {
        let flow = || client.flow(&server).parameter("response_mode", mode);
        assert_eq!(issuers(&flow().answer().await, mode), [issuer], "{mode}");
        assert_eq!(issuers(&flow().scope("unknown").authorize().await, mode), [issuer], "{mode}: an error");
        let none = flow().parameter("prompt", "none").authorize().await;
        assert_eq!(issuers(&none, mode), [issuer], "{mode}: nobody is signed in");
    }
}

#[tokio::test]
async fn a_redirect_uri_cannot_forge_it() {
    let server = TestServer::new().await;
    let uri = "https://app.example/cb?iss=https%3A%2F%2Fevil.example";
    let client = register(&server, "app", &json!({ "redirect_uris": [uri] })).await;
    let answer = client.flow(&server).parameter("redirect_uri", uri).answer().await.expect(303);
    assert_eq!(issuers(&answer, "query"), [server.public_url()]);
}

#[tokio::test]
async fn it_can_be_switched_off_and_is_not_advertised_then() {
    let server = TestServer::with(|config| config.symbolon.compatibility.authorization_response_iss = false).await;
    let client = confidential(&server).await;
    assert_eq!(advertised(&server).await, None);
    let answer = client.flow(&server).answer().await.expect(303);
    assert!(pair(&answer.location_query(), "iss").is_none() && pair(&answer.location_query(), "code").is_some());
}
