//! Sector identifier documents (OpenID Connect Core §8.1): fetched with TLS when a client names one, and refused in every
//! form that is not what it must be.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use symbolon_server::config::Config;
use symbolon_types::SubjectType;

use super::{assert_error, minimal, post, register};
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{text, with};
use crate::support::{Call, CodeFlow, REDIRECT_URI, TestServer};

const METADATA: &str = "invalid_client_metadata";
const OTHER_URI: &str = "https://b.example/cb";

fn with_pairwise(config: &mut Config, authority: &Authority) {
    config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
    config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    config.symbolon.outbound.ca_file = Some(authority.file());
}

fn pairwise(sector: &str) -> Value {
    json!({ "redirect_uris": [REDIRECT_URI, OTHER_URI], "subject_type": "pairwise", "sector_identifier_uri": sector })
}

#[tokio::test]
async fn clients_of_one_sector_get_one_subject() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Json(json!([OTHER_URI, REDIRECT_URI])), &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let uri = format!("{}/sector.json", sector.url);
    let mut subjects = Vec::new();
    for _ in 0..2 {
        let client = register(&server, &pairwise(&uri)).await;
        let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
        let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
        assert_ne!(info.member("sub"), "alice");
        subjects.push(info.member("sub"));
    }
    assert_eq!(subjects[0], subjects[1]);
    let called = sector.take();
    assert!(called.iter().all(|call| (call.method.as_str(), call.target.as_str()) == ("GET", "/sector.json")));
    let host = called[0].header("host").unwrap().to_owned();
    assert!(uri.contains(&host), "{host}");
    assert!(called.iter().all(|call| call.header("authorization").is_none() && call.header("cookie").is_none()));
    assert!(called.iter().all(|call| call.header("accept-encoding").is_none()), "what is small stays small");
}

#[tokio::test]
async fn a_sector_document_that_is_not_what_it_must_be_is_refused() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Status(200), &authority).await;
    let good = ClientServer::listen_tls(Reply::Json(json!([REDIRECT_URI, OTHER_URI])), &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let client = register(&server, &minimal()).await;
    let replies = [
        Reply::Status(200),
        Reply::Status(204),
        Reply::Status(404),
        Reply::Status(500),
        Reply::HangUp,
        Reply::Json(json!([])),
        Reply::Json(json!([REDIRECT_URI])),
        Reply::Json(json!([REDIRECT_URI, format!("{OTHER_URI}/")])),
        Reply::Json(json!({ "redirect_uris": [REDIRECT_URI, OTHER_URI] })),
        Reply::Json(json!([REDIRECT_URI, OTHER_URI, 5])),
        Reply::Json(json!(REDIRECT_URI)),
        Reply::Text("[\"http".to_owned()),
        Reply::Redirect(format!("{}/", good.url)),
        Reply::Endless,
    ];
    for reply in replies {
        sector.set(reply.clone());
        let body = pairwise(&sector.url);
        let answer = post(&server, &body).await;
        assert_error(&answer, 400, METADATA);
        let description = answer.member("error_description");
        assert!(description.contains("sector_identifier_uri"), "{reply:?}: {description}");
        // What stands at the address is nobody's business but its owner's.
        assert!(
            !description.contains("404") && !description.contains("500") && !description.contains("refused"),
            "{description}"
        );
    }
    let calls = sector.count();
    assert_error(&server.public(client.replace(&pairwise(&sector.url))).await, 400, METADATA);
    assert_eq!(sector.count(), calls, "nobody is called for a sector that the client cannot change to");
    assert_eq!(good.count(), 0, "redirects are not followed");
    for nowhere in ["https://localhost:1/", "https://nowhere.invalid/sector"] {
        assert_error(&post(&server, &pairwise(nowhere)).await, 400, METADATA);
    }
    let stranger = ClientServer::listen_tls(Reply::Json(json!([REDIRECT_URI, OTHER_URI])), &Authority::new()).await;
    assert_error(&post(&server, &pairwise(&stranger.url)).await, 400, METADATA);
    assert_eq!(stranger.count(), 0, "a certificate of nobody that we know");
    register(&server, &pairwise(&good.url)).await;
}

#[tokio::test]
async fn a_slow_sector_document_does_not_hold_a_request_for_long() {
    let authority = Authority::new();
    let slow = ClientServer::listen_tls(Reply::Slow(Duration::from_secs(60)), &authority).await;
    let dripping = ClientServer::listen_tls(Reply::Drip, &authority).await;
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let begin = Instant::now();
    let (slow, dripping) = (pairwise(&slow.url), pairwise(&dripping.url));
    let answers = tokio::join!(post(&server, &slow), post(&server, &dripping));
    for answer in [answers.0, answers.1] {
        assert_error(&answer, 400, METADATA);
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn several_hosts_without_a_sector_document_cannot_be_pairwise() {
    let authority = Authority::new();
    let server = TestServer::with(|config| with_pairwise(config, &authority)).await;
    let body = with(pairwise(""), &json!({ "sector_identifier_uri": null }));
    assert_error(&post(&server, &body).await, 400, METADATA);
    let one_host = json!({ "redirect_uris": [REDIRECT_URI], "subject_type": "pairwise" });
    let client = register(&server, &one_host).await;
    let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
    assert_ne!(crate::fixtures::claims(text(&tokens, "id_token"))["sub"], "alice");
}
