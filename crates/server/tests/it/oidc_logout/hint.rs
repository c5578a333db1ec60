//! `id_token_hint` and `client_id`: who asks (RP-Initiated Logout §2).

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_jose::digest::base64url;
use symbolon_server::clock::Clock;

use super::{BYE, DONE, accept, ask, assert_error, challenge, client, log_out, request, sign_in};
use crate::fixtures::{altered, part, signing_key, text};
use crate::support::{Browser, Call, Profile, START, TestServer};

#[tokio::test]
async fn an_expired_hint_counts() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    server.clock.advance(7 * 24 * 3600);
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    let ended = log_out(&server, &mut person.browser, &parameters).await;
    assert_eq!(ended.expect(302).location(), BYE);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_hint_signed_by_any_published_key_counts() {
    let server = TestServer::new().await;
    for algorithm in ["RS256", "ES256", "PS256", "EdDSA"] {
        let client = client(&server, algorithm, &json!({ "id_token_signed_response_alg": algorithm })).await;
        let mut person = sign_in(&server, &client).await;
        let hint = person.id_token().to_owned();
        assert_eq!(part(&hint, 0)["alg"], algorithm);
        let ended = log_out(&server, &mut person.browser, &[("id_token_hint", &hint)]).await;
        assert_eq!(ended.expect(302).location(), DONE);
        assert!(!person.stands(&server, &client).await);
    }
}

#[tokio::test]
async fn what_is_no_id_token_of_this_server_is_refused() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let (_, payload) = hint.split_once('.').unwrap();
    let claims = Value::Object(part(&hint, 1));
    let (stranger, _) = signing_key(Algorithm::RS256, part(&hint, 0)["kid"].as_str().unwrap());
    let unsigned = base64url(br#"{"alg":"none"}"#);
    let public = server.public(Call::get("/.well-known/jwks.json")).await.text();
    let confused = base64url(br#"{"alg":"HS256"}"#);
    let input = format!("{confused}.{}", payload.split('.').next().unwrap());
    let tag = symbolon_jose::digest::hmac_sha256(public.as_bytes(), input.as_bytes());
    let mut wrong = vec![
        "x".to_owned(),
        "a.b.c".to_owned(),
        "..".to_owned(),
        stranger.sign(Some("JWT"), &claims).unwrap(),
        format!("{unsigned}.{}.", payload.split('.').next().unwrap()),
        format!("{input}.{}", base64url(&tag)),
        crate::fixtures::text(&person.tokens, "access_token").to_owned(),
    ];
    wrong.extend(altered(&hint).into_iter().map(|(_, changed)| changed));
    for token in wrong {
        for uri in ["", BYE] {
            let answer =
                ask(&mut person.browser, &[("id_token_hint", &token), ("post_logout_redirect_uri", uri)]).await;
            assert_error(&answer, "invalid_request");
        }
    }
    // A hint that is there and bad is not the same as none, but an empty one is none.
    challenge(&ask(&mut person.browser, &[("id_token_hint", "")]).await);
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn hints_of_another_issuer_and_from_the_future_are_refused() {
    let server = TestServer::new().await;
    // Servers in memory share their keys, so that only the claims tell these tokens apart.
    let other = TestServer::with(|config| config.urls.issuer = "http://127.0.0.1:4444/other".to_owned()).await;
    let ahead = TestServer::start_at(Profile::Base.config(), Clock::manual(START + 3600), 5).await;
    let here = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &here).await;
    for elsewhere in [&other, &ahead] {
        let there = client(elsewhere, "rp", &json!({})).await;
        let hint = sign_in(elsewhere, &there).await.id_token().to_owned();
        let answer = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
        assert_error(&answer, "invalid_request");
    }
    server.clock.advance(3600);
    let mut flow = client(&ahead, "rp2", &json!({})).await.flow(&ahead).subject("bob");
    let hint = text(&flow.tokens().await, "id_token").to_owned();
    client(&server, "rp2", &json!({})).await;
    assert_eq!(
        ask(&mut person.browser, &[("id_token_hint", &hint)]).await.location(),
        DONE,
        "a session that is not here, of somebody who is not signed in"
    );
    assert!(person.stands(&server, &here).await);
}

#[tokio::test]
async fn the_client_of_a_hint_must_exist_and_be_the_one_that_is_named() {
    let server = TestServer::new().await;
    let (one, other) = (client(&server, "one", &json!({})).await, client(&server, "other", &json!({})).await);
    let mut person = sign_in(&server, &one).await;
    let hint = person.id_token().to_owned();
    let named = |id: &'static str| [("id_token_hint", hint.clone()), ("client_id", id.to_owned())];
    for (id, good) in [("one", true), ("other", false), ("unknown", false), ("ONE", false)] {
        let parameters = named(id);
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = ask(&mut person.browser, &parameters).await;
        if good {
            challenge(&answer);
        } else {
            assert_error(&answer, "invalid_request");
        }
    }
    server.admin(Call::delete("/admin/clients/one")).await.expect(204);
    assert_error(&ask(&mut person.browser, &[("id_token_hint", &hint)]).await, "invalid_request");
    assert!(person.stands(&server, &other).await, "the person is still signed in");
}

#[tokio::test]
async fn a_client_may_name_itself_without_a_hint_and_then_the_page_asks() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({ "skip_logout_consent": true })).await;
    let mut person = sign_in(&server, &client).await;
    let parameters = [("client_id", "rp"), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let asked = ask(&mut person.browser, &parameters).await;
    let sealed = challenge(&asked);
    let described = server.admin(request("", &sealed)).await.expect(200).json();
    assert_eq!(described["rp_initiated"], false, "anybody can name a client: that proves nothing");
    assert_eq!(described["client"]["client_id"], "rp");
    let next = accept(&server, &sealed).await;
    assert_eq!(Browser::new(&server).get(&next).await.expect(302).location(), format!("{BYE}?state=s"));
    assert!(person.stands(&server, &client).await, "only the browser of the session ends it");
    assert_eq!(person.browser.get(&next).await.expect(302).location(), format!("{BYE}?state=s"));
    assert!(!person.stands(&server, &client).await);
    // Nobody is signed in: straight on.
    assert_eq!(ask(&mut person.browser, &parameters).await.location(), format!("{BYE}?state=s"));
    let unknown = ask(&mut person.browser, &[("client_id", "unknown")]).await;
    assert_error(&unknown, "invalid_request");
}

#[tokio::test]
async fn a_hint_signed_by_a_retired_key_counts() {
    const DAY: i64 = 24 * 3600;
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = DAY).await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    for _ in 0..2 {
        server.clock.advance(DAY);
        server.server.keep_house().await;
    }
    let newer = sign_in(&server, &client).await;
    assert_ne!(part(newer.id_token(), 0)["kid"], part(&hint, 0)["kid"]);
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    assert_eq!(log_out(&server, &mut person.browser, &parameters).await.expect(302).location(), BYE);
    assert!(!person.stands(&server, &client).await);
}
