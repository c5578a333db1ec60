//! Rotation at an operator's request, for one algorithm or all, after the time of publication or at once.

use http::header::IF_NONE_MATCH;
use serde_json::{Value, json};
use symbolon_types::{AccessTokenStrategy, timestamp};

use super::{DAY, client_of, id_token, kid, published, rotate};
use crate::fixtures::{confidential, text, verified_claims};
use crate::support::{Call, START, TestServer};

const HOUR: i64 = 3600;

#[tokio::test]
async fn a_requested_key_is_published_at_once_and_signs_a_day_later() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "RS256").await;
        let token = id_token(server, &client).await;
        let before = published(server).await;
        let rotated = rotate(server, &json!({ "alg": "RS256", "set": "id-token" })).await;
        let new = text(&rotated[0], "kid").to_owned();
        let (at, end) = (START + DAY, START + 31 * DAY + HOUR);
        let old = json!({
            "kid": kid(&token), "retires_at": timestamp::format_seconds(at), "published_until": timestamp::format_seconds(end),
        });
        let expected = json!([{
            "set": "id-token", "alg": "RS256", "kid": new, "state": "pending",
            "activates_at": timestamp::format_seconds(at), "replaces": [old],
        }]);
        assert_eq!(Value::Array(rotated), expected);
        let now = published(server).await;
        assert_eq!((now.len(), now.contains(&new)), (before.len() + 1, true), "published before the answer");
        assert_eq!(kid(&id_token(server, &client).await), kid(&token), "and does not sign yet");

        server.clock.advance(DAY - 1);
        server.server.keep_house().await;
        assert_eq!(kid(&id_token(server, &client).await), kid(&token));
        server.clock.advance(1);
        server.server.keep_house().await;
        assert_eq!(kid(&id_token(server, &client).await), new);
        verified_claims(server, &token).await;
        server.clock.advance(30 * DAY + HOUR - 1);
        server.server.keep_house().await;
        assert!(published(server).await.contains(&kid(&token)));
        server.clock.advance(1);
        server.server.keep_house().await;
        assert!(!published(server).await.contains(&kid(&token)), "gone when it was said to go");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_needed_at_once_signs_at_once_and_the_old_one_still_verifies() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let token = id_token(server, &client).await;
        let rotated = rotate(server, &json!({ "alg": "ES256", "immediately": true })).await;
        assert_eq!(rotated.len(), 1, "access tokens are signed in another algorithm");
        let new = text(&rotated[0], "kid");
        assert_eq!(
            (text(&rotated[0], "state"), &rotated[0]["activates_at"]),
            ("active", &json!("2027-01-15T08:00:00Z"))
        );
        assert_eq!(rotated[0]["replaces"][0]["kid"], kid(&token));
        assert_eq!(rotated[0]["replaces"][0]["retires_at"], "2027-01-15T08:00:00Z");
        let next = id_token(server, &client).await;
        assert_eq!(kid(&next), new);
        verified_claims(server, &token).await;
        verified_claims(server, &next).await;
        let mut flow = client.flow(server).parameter("id_token_hint", &token);
        assert!(flow.authorize().await.expect(302).location().contains("login_challenge="), "hints count");
    })
    .await;
}

#[tokio::test]
async fn without_members_every_set_and_algorithm_gets_a_new_key() {
    let server = TestServer::with(|config| config.strategies.access_token = AccessTokenStrategy::Jwt).await;
    let client = confidential(&server).await;
    let names = |rotated: &[Value]| -> Vec<String> {
        rotated.iter().map(|key| format!("{} {}", text(key, "set"), text(key, "alg"))).collect()
    };
    let all = ["id-token RS256", "id-token ES256", "id-token PS256", "id-token EdDSA", "access-token RS256"];
    let immediate = rotate(&server, &json!({ "immediately": true })).await;
    assert_eq!(names(&immediate), all);
    let tokens = client.flow(&server).scope("openid").tokens().await;
    assert_eq!(kid(text(&tokens, "id_token")), text(&immediate[0], "kid"));
    assert_eq!(kid(text(&tokens, "access_token")), text(&immediate[4], "kid"));
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
    for body in ["", " \n", "{}"] {
        let answer = server.admin(Call::post("/signing-keys/rotate").raw(body)).await.expect(200).json();
        assert_eq!(names(answer["keys"].as_array().unwrap()), all, "{body:?}");
    }
    for (body, expected) in [
        (json!({ "set": "access-token" }), vec!["access-token RS256"]),
        (json!({ "set": "hydra.jwt.access-token" }), vec!["access-token RS256"]),
        (json!({ "alg": "RS256" }), vec!["id-token RS256", "access-token RS256"]),
        (json!({ "alg": "EdDSA", "set": null, "immediately": false }), vec!["id-token EdDSA"]),
    ] {
        assert_eq!(names(&rotate(&server, &body).await), expected, "{body}");
    }
}

#[tokio::test]
async fn a_key_that_waits_is_not_followed_by_a_second_one() {
    let server = TestServer::new().await;
    let client = client_of(&server, "ES256").await;
    let first = rotate(&server, &json!({ "alg": "ES256" })).await;
    let before = published(&server).await;
    server.clock.advance(HOUR);
    assert_eq!(rotate(&server, &json!({ "alg": "ES256" })).await, first);
    assert_eq!(published(&server).await, before);
    // The turn that would have made it active is late: what is due is done first.
    server.clock.advance(DAY - HOUR);
    let second = rotate(&server, &json!({ "alg": "ES256" })).await;
    assert_eq!(second[0]["replaces"][0]["kid"], first[0]["kid"]);
    assert_eq!(kid(&id_token(&server, &client).await), text(&first[0], "kid"));
}

#[tokio::test]
async fn a_key_that_waits_never_signs_after_an_immediate_rotation() {
    let server = TestServer::new().await;
    let client = client_of(&server, "ES256").await;
    let waiting = rotate(&server, &json!({ "alg": "ES256" })).await;
    let immediate = rotate(&server, &json!({ "alg": "ES256", "immediately": true })).await;
    let replaced: Vec<_> = immediate[0]["replaces"].as_array().unwrap().iter().map(|key| text(key, "kid")).collect();
    assert_eq!(replaced.len(), 2);
    assert!(replaced.contains(&text(&waiting[0], "kid")), "it may have been stolen like the one that signed");
    for _ in 0..3 {
        server.clock.advance(DAY);
        server.server.keep_house().await;
        assert_eq!(kid(&id_token(&server, &client).await), text(&immediate[0], "kid"));
    }
}

#[tokio::test]
async fn time_goes_on_from_the_requested_rotation() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 90 * DAY).await;
    let client = client_of(&server, "ES256").await;
    server.clock.advance(80 * DAY);
    let requested = rotate(&server, &json!({ "immediately": true })).await;
    let before = published(&server).await;
    server.clock.advance(20 * DAY);
    server.server.keep_house().await;
    assert_eq!(published(&server).await, before, "nothing is due on the old key's account");
    server.clock.advance(69 * DAY);
    server.server.keep_house().await;
    assert_eq!(kid(&id_token(&server, &client).await), text(&requested[1], "kid"));
    server.clock.advance(DAY);
    server.server.keep_house().await;
    assert_ne!(kid(&id_token(&server, &client).await), text(&requested[1], "kid"));
}

#[tokio::test]
async fn keys_can_be_rotated_by_request_where_time_does_not() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 0).await;
    let client = client_of(&server, "ES256").await;
    let requested = rotate(&server, &json!({ "alg": "ES256" })).await;
    assert_eq!(requested[0]["activates_at"], "2027-01-16T08:00:00Z");
    server.clock.advance(DAY);
    server.server.keep_house().await;
    assert_eq!(kid(&id_token(&server, &client).await), text(&requested[0], "kid"));
    // Where keys live for hours, a day of waiting would be too long.
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 4 * HOUR).await;
    assert_eq!(rotate(&server, &json!({ "alg": "ES256" })).await[0]["activates_at"], "2027-01-15T09:00:00Z");
}

#[tokio::test]
async fn what_is_not_understood_rotates_nothing() {
    let server =
        TestServer::with(|config| config.symbolon.keys.offered_algorithms.retain(|own| own.as_str() != "EdDSA")).await;
    let before = published(&server).await;
    let big = format!("{{\"alg\":\"{}\"}}", "A".repeat(60_000));
    let bodies = [
        r#"{"alg":""}"#,
        r#"{"alg":"ES255"}"#,
        r#"{"alg":"es256"}"#,
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"alg":["ES256"]}"#,
        r#"{"alg":256}"#,
        r#"{"alg":"EdDSA"}"#,
        r#"{"alg":"ES512"}"#,
        r#"{"alg":"ES256","set":"access-token"}"#,
        r#"{"alg":"ES256","alg":"RS256"}"#,
        r#"{"set":""}"#,
        r#"{"set":"id_token"}"#,
        r#"{"set":["id-token"]}"#,
        r#"{"immediately":"true"}"#,
        r#"{"immediately":1}"#,
        r#"{"now":true}"#,
        r#"{"algs":"ES256"}"#,
        r#"["ES256"]"#,
        r#""ES256""#,
        "{",
        "alg=ES256",
        &big,
    ];
    for body in bodies {
        let answer = server.admin(Call::post("/admin/signing-keys/rotate").raw(body)).await.expect(400);
        assert!(!answer.member("error_description").is_empty(), "{}", answer.text());
    }
    let named = server.admin(Call::post("/admin/signing-keys/rotate").raw(r#"{"alg":"EdDSA"}"#)).await;
    assert!(named.member("error_description").ends_with("one of RS256, ES256, PS256."), "{}", named.text());
    assert_eq!(published(&server).await, before);
    let get = server.admin(Call::get("/admin/signing-keys/rotate")).await;
    assert_eq!(get.status, 405);
    let public = server.public(Call::post("/admin/signing-keys/rotate").json(&json!({}))).await;
    assert_eq!(public.status, 404, "only on the admin listener");
}

#[tokio::test]
async fn caches_are_told_by_the_tag_that_the_keys_have_changed() {
    let server = TestServer::new().await;
    for target in ["/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        let first = server.public(Call::get(target)).await.expect(200);
        let tag = first.header("etag").unwrap().to_owned();
        let again = Call::get(target).header(IF_NONE_MATCH, &tag);
        assert_eq!(server.public(again.clone()).await.expect(304).header("etag"), Some(tag.as_str()));
        rotate(&server, &json!({ "alg": "ES256", "immediately": true })).await;
        let changed = target.ends_with("jwks.json");
        let later = server.public(again).await;
        assert_eq!(later.status, if changed { 200 } else { 304 }, "{target}");
        assert_eq!(later.header("etag") != Some(tag.as_str()), changed);
    }
}

#[tokio::test]
async fn another_node_follows_at_its_next_turn() {
    let one = TestServer::new().await;
    let other = one.beside(2, |_| {}).await;
    let client = client_of(&one, "ES256").await;
    let rotated = rotate(&one, &json!({ "alg": "ES256", "immediately": true })).await;
    let new = text(&rotated[0], "kid").to_owned();
    assert!(!published(&other).await.contains(&new));
    other.server.keep_house().await;
    assert_eq!(published(&other).await, published(&one).await);
    assert_eq!(kid(&id_token(&other, &client).await), new);
}
