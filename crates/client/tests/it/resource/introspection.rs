//! Opaque tokens, about which the provider is asked (RFC 7662).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_client::{AccessToken, AccessTokenFault, Client, Error, ResourceServer};

use super::api::Api;
use super::stub::{Issuer, RESOURCE, START, form_of};

fn server(issuer: &Issuer) -> ResourceServer {
    ResourceServer::builder(issuer.registered(), RESOURCE).build().unwrap()
}

#[tokio::test]
async fn an_opaque_token_is_asked_about_with_the_credentials_of_the_api() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = issuer.opaque("opaque-1", &json!({ "token_type": "Bearer" }));
    let answer = api.get("/notes", &token).await;
    let read = json!({ "subject": "alice", "client_id": "app", "scope": "notes.read" });
    assert_eq!((answer.status, answer.json()), (200, read));
    let received = issuer.server.received();
    let question = received.iter().find(|request| request.line == "POST /introspect").unwrap();
    assert_eq!(question.authorization, "Basic bm90ZXMtYXBpOnMlM0FlK2M=");
    let form = form_of(&question.body);
    assert_eq!((form["token"].as_str(), form["token_type_hint"].as_str()), ("opaque-1", "access_token"));
    assert_eq!(issuer.server.count("GET /keys"), 0);
}

#[tokio::test]
async fn what_is_answered_is_checked_like_a_token() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    for (index, (changes, status)) in [
        (json!({}), 200),
        (json!({ "exp": null, "iat": null, "sub": null, "iss": null }), 200),
        (json!({ "active": false }), 401),
        (json!({ "aud": "https://other.example" }), 401),
        (json!({ "aud": null }), 401),
        (json!({ "iss": "https://evil.example" }), 401),
        (json!({ "exp": START - 60 }), 401),
        (json!({ "token_use": "refresh_token" }), 401),
        (json!({ "cnf": { "jkt": "x" } }), 401),
        (json!({ "scope": "notes" }), 403),
        (json!({ "active": "true" }), 503),
        (json!({ "active": 1 }), 503),
    ]
    .into_iter()
    .enumerate()
    {
        let token = issuer.opaque(&format!("opaque-{index}"), &changes);
        assert_eq!(api.get("/notes", &token).await.status, status, "{changes}");
    }
}

#[tokio::test]
async fn revocation_is_noticed_within_the_time_that_answers_are_kept() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = issuer.opaque("opaque-1", &json!({}));
    for _ in 0..5 {
        assert_eq!(api.get("/notes", &token).await.status, 200);
    }
    assert_eq!(issuer.questions(), 1);
    issuer.opaque("opaque-1", &json!({ "active": false }));
    issuer.advance(29);
    assert_eq!((api.get("/notes", &token).await.status, issuer.questions()), (200, 1), "kept");
    issuer.advance(1);
    assert_eq!((api.get("/notes", &token).await.status, issuer.questions()), (401, 2), "asked again");
}

#[tokio::test]
async fn an_answer_does_not_outlive_its_token() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = issuer.opaque("opaque-1", &json!({ "exp": START - 50 }));
    assert_eq!(api.get("/notes", &token).await.status, 200, "within the leeway");
    issuer.advance(10);
    assert_eq!((api.get("/notes", &token).await.status, issuer.questions()), (401, 1));
}

#[tokio::test]
async fn that_a_token_is_not_active_is_believed_for_seconds() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    for _ in 0..5 {
        assert_eq!(api.get("/notes", "late").await.status, 401);
    }
    assert_eq!(issuer.questions(), 1);
    issuer.opaque("late", &json!({}));
    issuer.advance(4);
    assert_eq!((api.get("/notes", "late").await.status, issuer.questions()), (401, 1));
    issuer.advance(1);
    assert_eq!((api.get("/notes", "late").await.status, issuer.questions()), (200, 2));
}

#[tokio::test]
async fn sixty_four_requests_with_one_token_ask_once() {
    let issuer = Issuer::start();
    let server = server(&issuer);
    let token = AccessToken::from(issuer.opaque("opaque-1", &json!({})));
    issuer.hangs.store(true, Ordering::SeqCst);
    let checks: Vec<_> = (0..64)
        .map(|_| {
            let (server, token) = (server.clone(), token.clone());
            tokio::spawn(async move { server.verify(&token).await })
        })
        .collect();
    crate::eventually(|| issuer.questions() == 1).await;
    // Whoever began it goes away; the others are answered all the same.
    checks[0].abort();
    issuer.hangs.store(false, Ordering::SeqCst);
    for check in checks.into_iter().skip(1) {
        assert!(check.await.unwrap().is_ok());
    }
    assert_eq!(issuer.questions(), 1);
}

#[tokio::test]
async fn many_tokens_keep_within_the_bound_and_push_out_no_good_one() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.registered(), RESOURCE).introspection_entries(20).build().unwrap();
    let good = AccessToken::from(issuer.opaque("good", &json!({})));
    server.verify(&good).await.unwrap();
    for number in 0..200 {
        let invented = AccessToken::from(format!("invented-{number}"));
        let refused = server.verify(&invented).await.unwrap_err();
        assert_eq!(refused, Error::AccessToken(AccessTokenFault::Inactive));
    }
    server.verify(&good).await.unwrap();
    assert_eq!(issuer.questions(), 201, "the good one was still known");
    // Of ten times as many good ones as there is room, the newest are known.
    for number in 0..200 {
        issuer.opaque(&format!("token-{number}"), &json!({}));
        server.verify(&AccessToken::from(format!("token-{number}"))).await.unwrap();
    }
    let before = issuer.questions();
    server.verify(&AccessToken::from("token-199")).await.unwrap();
    assert_eq!(issuer.questions(), before);
    server.verify(&AccessToken::from("token-0")).await.unwrap();
    assert_eq!(issuer.questions(), before + 1);
}

#[tokio::test]
async fn a_failure_says_nothing_and_is_not_kept() {
    let issuer = Issuer::start();
    let api = Api::start(&server(&issuer)).await;
    let token = issuer.opaque("opaque-1", &json!({}));
    assert_eq!(api.get("/notes", &token).await.status, 200);
    issuer.is_down.store(true, Ordering::SeqCst);
    issuer.advance(30);
    let answer = api.get("/notes", &token).await;
    assert_eq!((answer.status, answer.challenges()), (503, vec![]), "an old answer is not good again");
    issuer.is_down.store(false, Ordering::SeqCst);
    assert_eq!(api.get("/notes", &token).await.status, 200);
}

#[tokio::test]
async fn a_silent_provider_holds_no_request_for_long() {
    let issuer = Issuer::start();
    let short = Duration::from_millis(300);
    let server = ResourceServer::builder(issuer.registered(), RESOURCE).introspection_timeout(short).build().unwrap();
    issuer.hangs.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    // More than may be asked about at once.
    let checks: Vec<_> = (0..200)
        .map(|number| {
            let server = server.clone();
            tokio::spawn(async move { server.verify(&AccessToken::from(format!("token-{number}"))).await })
        })
        .collect();
    for check in checks {
        assert_eq!(check.await.unwrap().unwrap_err(), Error::Timeout);
    }
    assert!(issuer.questions() <= 2 * 64, "{}", issuer.questions());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    issuer.hangs.store(false, Ordering::SeqCst);
}

#[tokio::test]
async fn a_token_that_the_program_revoked_is_forgotten() {
    let issuer = Issuer::start();
    let server = server(&issuer);
    let token = AccessToken::from(issuer.opaque("opaque-1", &json!({})));
    server.verify(&token).await.unwrap();
    issuer.opaque("opaque-1", &json!({ "active": false }));
    server.forget(&token);
    assert_eq!(server.verify(&token).await.unwrap_err(), Error::AccessToken(AccessTokenFault::Inactive));
}

#[tokio::test]
async fn without_a_time_each_request_asks() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.registered(), RESOURCE).introspection_lifetime(Duration::ZERO);
    let server = server.build().unwrap();
    let token = AccessToken::from(issuer.opaque("opaque-1", &json!({})));
    for asked in 1..4 {
        server.verify(&token).await.unwrap();
        assert_eq!(issuer.questions(), asked);
    }
}

#[tokio::test]
async fn how_tokens_are_checked_is_a_setting() {
    let issuer = Issuer::start();
    let signed = AccessToken::from(issuer.token(&json!({})));
    let opaque = AccessToken::from(issuer.opaque("opaque-1", &json!({})));
    let by_keys = ResourceServer::builder(issuer.registered(), RESOURCE).signed_tokens_only().build().unwrap();
    assert!(by_keys.verify(&signed).await.is_ok() && by_keys.verify(&opaque).await.is_err());
    assert_eq!(issuer.questions(), 0);

    let asking = ResourceServer::builder(issuer.registered(), RESOURCE).introspect_always().build().unwrap();
    let refused = asking.verify(&signed).await.unwrap_err();
    assert_eq!(refused, Error::AccessToken(AccessTokenFault::Inactive), "the provider has ended it");
    assert!(asking.verify(&opaque).await.is_ok());
    assert_eq!(issuer.questions(), 2);

    let unregistered = ResourceServer::builder(issuer.unregistered(), RESOURCE);
    assert!(matches!(unregistered.introspect_always().build(), Err(Error::Configuration(_))));
}

#[tokio::test]
async fn a_provider_without_introspection_has_no_opaque_tokens() {
    let server = crate::server::Server::start(|_, url| crate::server::json(200, &json!({ "issuer": url })));
    let client = || Client::builder(&server.url, "api").client_secret("s").without_proxy().build().unwrap();
    let token = AccessToken::from("opaque");
    let automatic = ResourceServer::builder(client(), RESOURCE).build().unwrap();
    assert!(matches!(automatic.verify(&token).await.unwrap_err(), Error::AccessToken(AccessTokenFault::Signature(_))));
    let asking = ResourceServer::builder(client(), RESOURCE).introspect_always().build().unwrap();
    assert_eq!(asking.verify(&token).await.unwrap_err(), Error::MissingEndpoint("introspection_endpoint"));
}

#[tokio::test]
async fn tokens_for_everybody_are_let_in_by_setting() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.registered(), RESOURCE).allow_missing_audience().build().unwrap();
    for (index, (audience, lets_in)) in [
        (json!(null), true),
        (json!([]), true),
        (json!([RESOURCE]), true),
        (json!(["https://other.example"]), false),
        (json!(""), false),
    ]
    .into_iter()
    .enumerate()
    {
        let token = AccessToken::from(issuer.opaque(&format!("opaque-{index}"), &json!({ "aud": audience })));
        assert_eq!(server.verify(&token).await.is_ok(), lets_in, "{audience}");
    }
}
