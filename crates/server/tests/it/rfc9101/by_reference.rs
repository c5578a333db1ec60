//! `request_uri` (RFC 9101 §5.2, OpenID Connect Core §6.2): only what the client registered, fetched no more often than
//! needed.

use serde_json::json;
use symbolon_jose::digest::{base64url, sha256};

use super::{INSIDE, Signing};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{RACERS, authorize, borrowed, outcome, race, request, set};
use crate::support::{Call, Listener, Pairs, pair};

/// A client whose objects are at this server.
async fn referring(files: &ClientServer) -> Signing {
    let uris = [format!("{}/request.jwt", files.url), format!("{}/fixed.jwt#fixed", files.url)];
    Signing::with(json!({ "request_uris": uris })).await
}

fn by(signing: &Signing, uri: &str) -> Pairs {
    set(&request(&signing.client.id), "request_uri", uri)
}

#[tokio::test]
async fn the_object_is_fetched_from_a_registered_address() {
    let files = ClientServer::listen(Reply::Status(404)).await;
    let signing = referring(&files).await;
    files.set(Reply::Text(format!("{}\n", signing.object(&json!({ "prompt": "carrier_pigeon" })))));
    let answer = authorize(&signing.server, &by(&signing, &format!("{}/request.jwt", files.url))).await;
    assert_eq!(outcome(&answer), "client invalid_request");
    assert_eq!(pair(&answer.location_query(), "state"), Some(INSIDE));
    assert_eq!(files.count(), 1);
}

#[tokio::test]
async fn nothing_is_fetched_that_is_not_registered() {
    let files = ClientServer::listen(Reply::Status(404)).await;
    let signing = referring(&files).await;
    files.set(Reply::Text(signing.object(&json!({}))));
    let url = &files.url;
    for uri in [
        format!("{url}/other.jwt"),
        format!("{url}/request.jwt?x"),
        format!("{url}/request.jwt/"),
        format!("{url}/REQUEST.jwt"),
        format!("{url}/fixed.jwt"),
        format!("{url}/fixed.jwt#other"),
        format!(" {url}/request.jwt"),
        url.clone(),
        "urn:example:request".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://169.254.169.254/".to_owned(),
        "#".to_owned(),
    ] {
        let answer = authorize(&signing.server, &by(&signing, &uri)).await;
        assert_eq!(outcome(&answer), "client invalid_request_uri", "{uri}");
    }
    assert_eq!(files.count(), 0);
}

#[tokio::test]
async fn a_fragment_is_the_hash_of_what_is_there_and_keeps_it() {
    let files = ClientServer::listen(Reply::Status(404)).await;
    let signing = referring(&files).await;
    let object = signing.object(&json!({ "exp": null }));
    files.set(Reply::Text(object.clone()));
    let hashed = format!("{}/request.jwt#{}", files.url, base64url(&sha256(object.as_bytes())));
    for _ in 0..3 {
        assert_eq!(outcome(&authorize(&signing.server, &by(&signing, &hashed)).await), "login");
        signing.server.clock.advance(600);
    }
    assert_eq!(files.count(), 1, "what has a hash does not change");
    for number in 0..20 {
        let wrong = format!("{}/request.jwt#{}", files.url, base64url(&sha256(&[number])));
        assert_eq!(outcome(&authorize(&signing.server, &by(&signing, &wrong)).await), "client invalid_request_uri");
    }
    assert_eq!(files.count(), 2, "whoever sends a wrong hash does not make the server fetch each time");
}

#[tokio::test]
async fn a_registered_fragment_may_be_anything_and_keeps_nothing() {
    let files = ClientServer::listen(Reply::Status(404)).await;
    let signing = referring(&files).await;
    files.set(Reply::Text(signing.object(&json!({ "exp": null }))));
    let fixed = format!("{}/fixed.jwt#fixed", files.url);
    assert_eq!(outcome(&authorize(&signing.server, &by(&signing, &fixed)).await), "login");
    files.set(Reply::Text(signing.object(&json!({ "iss": "another" }))));
    signing.server.clock.advance(5);
    let answer = authorize(&signing.server, &by(&signing, &fixed)).await;
    assert_eq!(outcome(&answer), "client invalid_request_object");
    assert_eq!(files.count(), 2);
}

#[tokio::test]
async fn strangers_cannot_make_the_server_fetch_often() {
    let files = ClientServer::listen(Reply::Status(404)).await;
    let signing = referring(&files).await;
    let pairs = by(&signing, &format!("{}/request.jwt", files.url));
    let call = || Call::get("/oauth2/auth").query(&borrowed(&pairs)).navigating();
    let answers = race(&signing.server, Listener::Public, (0..RACERS).map(|_| call()).collect()).await;
    assert!(answers.iter().all(|answer| outcome(answer) == "client invalid_request_uri"));
    assert_eq!(files.count(), 1, "failures are kept for a moment, too");
    files.set(Reply::Text(signing.object(&json!({}))));
    signing.server.clock.advance(5);
    assert_eq!(outcome(&signing.server.public(call()).await), "login");
    // Another object under the same address counts after a moment.
    files.set(Reply::Text(signing.object(&json!({ "iss": "another" }))));
    signing.server.clock.advance(5);
    assert_eq!(outcome(&signing.server.public(call()).await), "client invalid_request_object");
    assert_eq!(files.count(), 3);
}

#[tokio::test]
async fn what_cannot_be_fetched_fails_the_request_and_nothing_else() {
    let files = ClientServer::listen(Reply::Endless).await;
    let signing = referring(&files).await;
    let object = signing.object(&json!({ "exp": null }));
    let good = ClientServer::listen(Reply::Text(object.clone())).await;
    for (reply, expected) in [
        (Reply::Endless, "client invalid_request_uri"),
        (Reply::Redirect(format!("{}/request.jwt", good.url)), "client invalid_request_uri"),
        (Reply::HangUp, "client invalid_request_uri"),
        (Reply::Status(404), "client invalid_request_uri"),
        (Reply::Text("x".repeat(20_000)), "client invalid_request_uri"),
        (Reply::Text(String::new()), "client invalid_request_object"),
        (Reply::Text("<html>".to_owned()), "client invalid_request_object"),
        (Reply::Text(object), "login"),
    ] {
        files.set(reply);
        signing.server.clock.advance(5);
        let answer = authorize(&signing.server, &by(&signing, &format!("{}/request.jwt", files.url))).await;
        assert_eq!(outcome(&answer), expected);
    }
    assert_eq!(good.count(), 0, "redirects are not followed");
}
